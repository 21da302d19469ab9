"""Who is asked to read a text before it is signed, and what is remarked on it."""

import sqlalchemy as sa
from alembic import op

from signflow.store.tables import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "readers",
        sa.Column("document_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("link_digest", sa.String(64), nullable=False),
        sa.Column("invited_at", Instant(), nullable=False),
        sa.Column("link_expires_at", Instant(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("dismissed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_readers_documents"),
        sa.PrimaryKeyConstraint("document_id", "number", name="pk_readers"),
        sa.UniqueConstraint("link_digest", name="uq_readers_link_digest"),
    )
    op.create_table(
        "comments",
        sa.Column("document_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("draft_number", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(16), nullable=False),
        sa.Column("changed_in", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_comments_documents"),
        sa.PrimaryKeyConstraint("document_id", "number", name="pk_comments"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("comments")
    op.drop_table("readers")
