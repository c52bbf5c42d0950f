"""Makes room for where each answer was given, so that its thread can be told what became of it."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    op.create_table(
        "slack_answers",
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("answer_id", "team", "channel", "thread_ts")
        ),
        sa.Column("given_at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("answer_id"),
    )
