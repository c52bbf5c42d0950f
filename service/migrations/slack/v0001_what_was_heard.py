"""Makes room for what was heard in Slack, and for the settings that were changed there."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None


def upgrade() -> None:
    texts = ("key", "channel", "thread_ts", "work", "posted", "worker")
    op.create_table(
        "slack_heard",
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("tries", "done")),
        *(sa.Column(name, sa.Float, nullable=False) for name in ("until", "heard_at")),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "slack_channels",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("channel", "settings")),
        sa.PrimaryKeyConstraint("channel"),
    )
    op.create_index("slack_heard_thread", "slack_heard", ["channel", "thread_ts"])
    op.create_index("slack_heard_open", "slack_heard", ["done", "until"])
