"""When a signatory was first invited and last asked, and who did what ended a round."""

import sqlalchemy as sa
from alembic import op

from signflow.store.tables import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("rounds", sa.Column("ended_by", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("signatories", sa.Column("invited_at", Instant(), nullable=True))
    op.add_column("signatories", sa.Column("asked_at", Instant(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("signatories", "asked_at")
    op.drop_column("signatories", "invited_at")
    op.drop_column("rounds", "ended_by")
