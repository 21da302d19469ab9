"""Extracts that were sent to those concerned."""

import sqlalchemy as sa
from alembic import op

from signflow.store.tables import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "extract_sendings",
        sa.Column(
            "document_id",
            sa.String(32),
            sa.ForeignKey("documents.id", name="fk_extract_sendings_documents"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("request_key", sa.String(64), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.String(320), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "number", name="pk_extract_sendings"),
    )
    op.create_table(
        "extract_recipients",
        sa.Column("document_id", sa.String(32), nullable=False),
        sa.Column("sending", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("became", sa.String(16), nullable=True),
        sa.Column("became_at", Instant(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id", "sending"],
            ["extract_sendings.document_id", "extract_sendings.number"],
            name="fk_extract_recipients_extract_sendings",
        ),
        sa.PrimaryKeyConstraint("document_id", "sending", "number", name="pk_extract_recipients"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("extract_recipients")
    op.drop_table("extract_sendings")
