"""Makes room for the terms and subjects of articles, for kills, and for what is under embargo."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0008", "0007"


def upgrade() -> None:
    op.add_column("versions", sa.Column("item_id", sa.Text))
    op.add_column("versions", sa.Column("terms", sa.Text))
    op.create_index("versions_item", "versions", ["item_id"])
    op.create_table(
        "classed",
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("subject", "version"),
    )
    op.create_index("classed_version", "classed", ["version"])
    op.create_table(
        "held",
        sa.Column("article_id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("until", "root", "article")),
    )
    op.create_table(
        "withdrawals",
        sa.Column("article_id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("identity", "source", "reason")),
        sa.Column("item_id", sa.Text),
        sa.Column("terms", sa.Text, nullable=False),
    )
    op.create_index("withdrawals_item", "withdrawals", ["item_id"])
