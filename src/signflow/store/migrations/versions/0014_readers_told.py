"""Readers know of versions."""

import sqlalchemy as sa
from alembic import op

from signflow.store.tables import Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change. Whoever was asked before is not written to about what came before."""
    op.add_column("readers", sa.Column("told_draft", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("readers", sa.Column("told_at", Instant(), nullable=True))
    op.execute(
        "UPDATE readers SET told_draft = (SELECT draft_number FROM documents WHERE documents.id = readers.document_id)"
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_column("readers", "told_at")
    op.drop_column("readers", "told_draft")
