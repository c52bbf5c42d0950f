"""Makes room for ratings of answers, conversations and share links."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "feedback",
        *words("answer_id", "rated_by", "rated_at", "rating"),
        sa.Column("comment", sa.Text),
        sa.PrimaryKeyConstraint("answer_id", "rated_by"),
        if_not_exists=True,
    )
    op.create_table(
        "conversations",
        *words("conversation_id", "owner", "created_at", "updated_at"),
        sa.Column("title", sa.Text),
        sa.PrimaryKeyConstraint("conversation_id"),
        if_not_exists=True,
    )
    op.create_table(
        "turns",
        *words("answer_id", "conversation_id", "asked_at"),
        sa.PrimaryKeyConstraint("answer_id"),
        if_not_exists=True,
    )
    op.create_table(
        "shares",
        *words("token_hash", "answer_id", "owner", "shared_at"),
        sa.PrimaryKeyConstraint("token_hash"),
        if_not_exists=True,
    )
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns.split(), if_not_exists=True)


INDEXES = {
    "receipts_by_time": ("receipts", "made_at"),
    "shown_by_answer": ("shown", "answer_id"),
    "feedback_by_time": ("feedback", "rated_at answer_id rated_by"),
    "conversations_by_owner": ("conversations", "owner updated_at conversation_id"),
    "turns_by_conversation": ("turns", "conversation_id asked_at answer_id"),
    "shares_by_answer": ("shares", "answer_id"),
}
