"""Makes room for what an ingest says of the columns of its tables."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0010", "0009"


def upgrade() -> None:
    op.add_column("roots", sa.Column("columns", sa.Text))
