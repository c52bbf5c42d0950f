"""Makes room for who asked, and for answers that their articles no longer bear out."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0004", "0003"


def upgrade() -> None:
    op.add_column("receipts", sa.Column("asked_by", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "stale",
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("answer_id", "since", "because", "numbers")
        ),
        sa.PrimaryKeyConstraint("answer_id"),
    )
    op.create_index("stale_by_time", "stale", ["since", "answer_id"])
    op.create_table(
        "followed",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
