"""Items that are adjusted at once in a document of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "parts",
        sa.Column("part_id", sa.String(32), nullable=False),
        sa.Column("main_id", sa.String(32), sa.ForeignKey("documents.id", name="fk_parts_documents"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("part_id", name="pk_parts"),
    )
    op.create_index("ix_parts_main_id", "parts", ["main_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_parts_main_id", "parts")
    op.drop_table("parts")
