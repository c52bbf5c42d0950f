"""Opens the database of a schema where the settings say it is."""

from __future__ import annotations

from ingest.errors import NotFound
from ingest.settings import Settings
from ingest.storage.database import Database
from ingest.storage.schema import Schema
from ingest.storage.sqlite_file import SQLiteFile


def expect_archive(settings: Settings) -> None:
    """Raises NotFound where nothing was ever taken in: who only asks makes no archive."""
    if not settings.on_servers and not (settings.data_dir / "catalogue.sqlite").exists():
        raise NotFound(
            f"no archive at {settings.data_dir}: run dateline ingest, or set DATELINE_DATA_DIR"
        )


def open_database(settings: Settings, schema: Schema, *, replaceable: bool = False) -> Database:
    """Raises IndexUnavailable with the remedy. `replaceable` is what SQLiteFile says of it."""
    if settings.database_url is not None:
        from ingest.storage.postgres import PostgresDatabase

        return PostgresDatabase(settings.database_url.get_secret_value(), schema)
    path = settings.data_dir / f"{schema.name}.sqlite"
    return SQLiteFile(path, schema, replaceable=replaceable)
