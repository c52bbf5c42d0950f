"""Runs migrations in the transaction of whoever opens a database; Alembic looks for this file."""

from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"], version_table=given["version_table"])
context.run_migrations()
