"""Notes which collection of a Chroma server a generation is searched in."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    op.add_column("generations", sa.Column("collection", sa.Text))
