"""Makes room for a desk's own day, outlet, byline and family of an article."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0005", "0004"


def upgrade() -> None:
    op.create_table(
        "overrides",
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("article_id", "field", "value", "set_by", "set_at")
        ),
        sa.PrimaryKeyConstraint("article_id", "field"),
    )
    op.add_column("versions", sa.Column("stated", sa.Text))
