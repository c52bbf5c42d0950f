"""Makes room for uploads that wait."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0007", "0006"


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("job_id", sa.Text, nullable=False, unique=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("request_id", "place", "asked", "created_at", "status", "stage")
        ),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("done", "total", "attempts", "cancelled")
        ),
        sa.Column("queued_at", sa.Double, nullable=False),
        sa.Column("beat_at", sa.Double),
        *(sa.Column(name, sa.Text) for name in ("worker", "report", "error", "finished_at")),
    )
