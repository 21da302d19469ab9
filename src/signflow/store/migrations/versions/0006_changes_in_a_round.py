"""What may change in an open round: who stands in, who is away, who was reminded; objections by item, dissent."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("rounds", sa.Column("objection_items", sa.JSON(), nullable=True))
    op.add_column("signatories", sa.Column("reminders", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("signatories", sa.Column("holder", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("signatories", sa.Column("away_until", sa.Date(), nullable=True))
    op.add_column("signatures", sa.Column("dissent", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("signatories", sa.Column("replaced", sa.JSON(), nullable=True))
    op.create_table(
        "former_links",
        sa.Column("link_digest", sa.String(64), nullable=False),
        sa.Column("document_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("link_digest", name=op.f("pk_former_links")),
        sa.ForeignKeyConstraint(
            ["document_id", "round", "field"],
            ["signatories.document_id", "signatories.round", "signatories.field"],
            name=op.f("fk_former_links_signatories"),
        ),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("former_links")
    op.drop_column("signatories", "replaced")
    op.drop_column("signatures", "dissent")
    op.drop_column("signatories", "away_until")
    op.drop_column("signatories", "holder")
    op.drop_column("signatories", "reminders")
    op.drop_column("rounds", "objection_items")
