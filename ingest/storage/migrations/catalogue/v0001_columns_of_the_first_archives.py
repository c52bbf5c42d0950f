"""Adds what the first archives lack: they note no version, and made their tables one by one."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None

ADDED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("versions", "updated_on", {}),
    ("versions", "stated_dates", {"nullable": False, "server_default": "[]"}),
    ("generations", "kind", {"nullable": False, "server_default": "ingest"}),
    ("generations", "embedding_model", {}),
)


def upgrade() -> None:
    found = sa.inspect(op.get_bind())
    for table, name, options in ADDED:
        if name not in {column["name"] for column in found.get_columns(table)}:
            op.add_column(table, sa.Column(name, sa.Text, **options))
    if "back_to" not in {column["name"] for column in found.get_columns("generations")}:
        op.add_column("generations", sa.Column("back_to", sa.Integer))
    if not found.has_table("prints"):
        op.create_table(
            "prints",
            sa.Column("content_hash", sa.Text, primary_key=True),
            sa.Column("form", sa.Integer, nullable=False),
            sa.Column("shingles", sa.LargeBinary, nullable=False),
            sa.Column("stems", sa.LargeBinary, nullable=False),
            sqlite_with_rowid=False,
        )
    if not found.has_table("files"):
        op.create_table(
            "files",
            *(sa.Column(name, sa.Text, nullable=False) for name in ("file", "name")),
            *(sa.Column(name, sa.Text, nullable=False) for name in ("digest", "articles")),
            sa.PrimaryKeyConstraint("file", "name"),
        )
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns, if_not_exists=True)


INDEXES = (
    ("versions_article", "versions", ["article_id"]),
    ("versions_removed", "versions", ["removed_in"]),
    (
        "versions_places",
        "versions",
        [
            "version",
            "article_id",
            "published_on",
            "latest_named_date",
            "publisher",
            "added_in",
            "removed_in",
        ],
    ),
    ("passages_version", "passages", ["version"]),
    ("members_article", "members", ["article_id"]),
    ("members_family", "members", ["family_id"]),
)
