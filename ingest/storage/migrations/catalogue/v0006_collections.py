"""Makes room for collections; what lies in a folder belongs to it."""

import sqlalchemy as sa
from alembic import op

from ingest.types import folder_of

revision, down_revision = "0006", "0005"


def upgrade() -> None:
    collected = op.create_table(
        "collected",
        sa.Column("collection", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("collection", "version"),
    )
    op.create_index("collected_version", "collected", ["version"])
    op.create_table(
        "roots",
        sa.Column("root", sa.Text, primary_key=True),
        sa.Column("collections", sa.Text, nullable=False),
    )
    versions = sa.table("versions", sa.column("version"), sa.column("source"))
    for version, source in op.get_bind().execute(sa.select(versions)).all():
        if name := folder_of(source):
            op.get_bind().execute(collected.insert(), {"collection": name, "version": version})
