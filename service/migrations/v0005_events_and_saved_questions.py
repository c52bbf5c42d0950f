"""Makes room for what is to be told of answers, and for questions that are asked again."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0005", "0004"


def words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("event_id", sa.Text, nullable=False, unique=True),
        *words("kind", "subject", "owner", "made_at", "detail"),
        sa.Column("webhook", sa.Text),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due_at", sa.Double),
    )
    op.create_index("events_by_owner", "events", ["owner", "number"])
    op.create_index("events_due", "events", ["due_at"])
    op.create_table(
        "saved_questions",
        *words("question_id", "owner", "body", "created_at", "answer_id"),
        sa.Column("webhook", sa.Text),
        sa.Column("slack_channel", sa.Text),
        sa.Column("asked_in", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("question_id"),
    )
    op.create_index("saved_by_owner", "saved_questions", ["owner", "created_at"])
