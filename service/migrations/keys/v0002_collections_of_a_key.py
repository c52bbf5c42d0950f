"""Notes which collections a key is bound to."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    op.add_column("keys", sa.Column("collections", sa.Text))
