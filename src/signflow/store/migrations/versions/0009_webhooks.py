"""What webhooks are to be told, and which of them are told nothing more."""

import sqlalchemy as sa
from alembic import op

from signflow.store.tables import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("hook", sa.String(40), nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("document_id", sa.String(64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("done_at", Instant()),
        sa.Column("given_up_at", Instant()),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_index("ix_webhook_deliveries_hook_done_at_next_at", "webhook_deliveries", ["hook", "done_at", "next_at"])
    op.create_table(
        "webhook_stops",
        sa.Column("hook", sa.String(40), primary_key=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("webhook_stops")
    op.drop_index("ix_webhook_deliveries_hook_done_at_next_at", "webhook_deliveries")
    op.drop_table("webhook_deliveries")
