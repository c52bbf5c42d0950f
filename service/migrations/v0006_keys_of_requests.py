"""Makes room for what the keys of requests stand for."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0006", "0005"


def upgrade() -> None:
    op.create_table(
        "repeats",
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("caller", "idempotency_key", "asked", "made")
        ),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("claimed_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("caller", "idempotency_key"),
    )
