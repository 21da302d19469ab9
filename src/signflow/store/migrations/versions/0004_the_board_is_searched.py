"""What the board is searched for, and the order in which it is shown."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_documents = sa.table(
    "documents",
    sa.column("id", sa.String()),
    sa.column("title", sa.Text()),
    sa.column("body", sa.Text()),
    sa.column("draft_number", sa.Integer()),
    sa.column("searched", sa.Text()),
)
_versions = sa.table(
    "versions",
    sa.column("document_id", sa.String()),
    sa.column("number", sa.Integer()),
    sa.column("filename", sa.Text()),
    sa.column("appointments", sa.JSON()),
)


def upgrade() -> None:
    """Make the change."""
    op.add_column("documents", sa.Column("searched", sa.Text(), nullable=True))
    op.create_index(
        op.f("ix_documents_board"), "documents", ["state", "updated_at", "minutes_class", "meeting_on", "id"]
    )
    op.create_index(op.f("ix_documents_body"), "documents", ["body"])
    connection = op.get_bind()
    present = sa.and_(_versions.c.document_id == _documents.c.id, _versions.c.number == _documents.c.draft_number)
    kept = sa.select(_documents, _versions.c.filename, _versions.c.appointments).join(_versions, present)
    for row in connection.execute(kept).all():
        people = (entry["person"] for entry in row.appointments)
        text = " ".join((row.title, row.body, *people, row.filename, row.id))
        folded = " ".join(unicodedata.normalize("NFC", text).casefold().split())
        connection.execute(sa.update(_documents).where(_documents.c.id == row.id).values(searched=folded))


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_documents_body"), "documents")
    op.drop_index(op.f("ix_documents_board"), "documents")
    op.drop_column("documents", "searched")
