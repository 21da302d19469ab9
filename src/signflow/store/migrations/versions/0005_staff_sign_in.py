"""Sessions of staff, and what they were asked before they got one."""

import sqlalchemy as sa
from alembic import op

from signflow.store.tables import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "sessions",
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=True),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_address"), "sessions", ["address"])
    op.create_table(
        "staff_challenges",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("begun", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_challenges")),
    )
    op.create_index(
        op.f("ix_staff_challenges_address_device_asked_at"), "staff_challenges", ["address", "device", "asked_at"]
    )
    op.create_index(op.f("ix_staff_challenges_asked_at"), "staff_challenges", ["asked_at"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("staff_challenges")
    op.drop_table("sessions")
