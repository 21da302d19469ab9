"""Sign-ins at an identity provider, and what people are known by there."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("signatories", sa.Column("challenge_method", sa.String(32), nullable=True))
    op.add_column("signatories", sa.Column("challenge_identified", sa.JSON(), nullable=True))
    op.execute("UPDATE signatories SET challenge_method = 'mail-code' WHERE challenge_id IS NOT NULL")
    op.create_index(op.f("ix_signatories_challenge_id"), "signatories", ["challenge_id"])
    op.add_column("signatures", sa.Column("identified", sa.JSON(), nullable=True))
    op.add_column("people", sa.Column("identifier_digest", sa.String(64), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("people", "identifier_digest")
    op.drop_column("signatures", "identified")
    op.drop_index(op.f("ix_signatories_challenge_id"), "signatories")
    op.drop_column("signatories", "challenge_identified")
    op.drop_column("signatories", "challenge_method")
