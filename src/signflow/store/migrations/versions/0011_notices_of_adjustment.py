"""Notices of adjustment, and what proves that they were up."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "notices",
        sa.Column(
            "document_id", sa.String(32), sa.ForeignKey("documents.id", name="fk_notices_documents"), nullable=False
        ),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("posted_by", sa.Text(), nullable=False),
        sa.Column("taken_down_on", sa.Date(), nullable=True),
        sa.Column("taken_down_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name="pk_notices"),
    )
    op.create_index("ix_notices_taken_down_on", "notices", ["taken_down_on"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_notices_taken_down_on", "notices")
    op.drop_table("notices")
