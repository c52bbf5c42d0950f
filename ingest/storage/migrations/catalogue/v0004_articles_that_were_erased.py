"""Makes room for what was erased, so that it does not come back."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0004", "0003"


def upgrade() -> None:
    op.create_table(
        "erasures",
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("article_id", "text_hash", "erased_at")
        ),
        sa.PrimaryKeyConstraint("article_id", "text_hash"),
    )
