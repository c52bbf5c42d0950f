"""Makes room for keys that are added at run time, and for who changed what."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None


def words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "keys",
        *words("key_id", "name", "role", "digest", "added_at"),
        sa.Column("last_used_on", sa.Text),
        sa.Column("revoked_at", sa.Text),
        sa.PrimaryKeyConstraint("key_id"),
    )
    op.create_table(
        "changes",
        *words("change_id", "at", "caller", "did", "request_id"),
        sa.Column("status", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("change_id"),
    )
    op.create_index("changes_by_time", "changes", ["at", "change_id"])
