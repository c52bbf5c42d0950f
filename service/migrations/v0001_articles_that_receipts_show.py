"""Notes which articles a receipt shows, where an earlier version did not."""

import json

import sqlalchemy as sa
from alembic import op

from service.given_answers.receipts import articles_shown

revision, down_revision = "0001", None


def upgrade() -> None:
    connection = op.get_bind()
    if not sa.inspect(connection).has_table("shown"):
        op.create_table(
            "shown",
            sa.Column("article_id", sa.Text, nullable=False),
            sa.Column("answer_id", sa.Text, nullable=False),
            sa.PrimaryKeyConstraint("article_id", "answer_id"),
        )
    if connection.execute(sa.text("SELECT 1 FROM shown LIMIT 1")).first():
        return
    note = sa.text("INSERT INTO shown(article_id, answer_id) VALUES (:article, :answer)")
    for answer_id, body in connection.execute(
        sa.text("SELECT answer_id, body FROM receipts")
    ).all():
        for article_id in articles_shown(json.loads(body)):
            connection.execute(note, {"article": article_id, "answer": answer_id})
