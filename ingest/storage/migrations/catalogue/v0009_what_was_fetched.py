"""Makes room for what was fetched from the web."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0009", "0008"
WORDS = ("root", "address", "etag", "last_modified", "digest", "stated", "failure", "articles")


def upgrade() -> None:
    op.create_table(
        "addresses",
        *(sa.Column(name, sa.Text, nullable=False) for name in WORDS),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("looked_at", "wait_until")),
        sa.PrimaryKeyConstraint("root", "address"),
    )
