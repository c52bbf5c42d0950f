"""The tables of keys and of who changed what, in a database of their own.

What is beside the archive else may be lost, and is set aside where it is damaged. These may not:
a service that has lost its keys would be open to everybody.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Index, Integer, MetaData, Table

from ingest.settings import Settings
from ingest.storage.catalogue_tables import WORDS, words
from ingest.storage.database import Database, Schema, open_database

_metadata = MetaData()

keys = Table(
    "keys",
    _metadata,
    words("key_id", primary_key=True),
    words("name"),
    words("role"),  # ask | write | admin
    words("digest"),  # SHA-256, hexadecimal; empty once revoked
    words("added_at"),
    Column("last_used_on", WORDS),  # YYYY-MM-DD
    Column("revoked_at", WORDS),
    Column("collections", WORDS),  # that it is bound to; JSON
)
changes = Table(
    "changes",
    _metadata,
    words("change_id", primary_key=True),  # a request's own id may be its client's choice
    words("at"),
    words("caller"),  # the id of a key; "command" for the owner's socket
    words("did"),  # method and path
    words("request_id"),
    Column("status", Integer, nullable=False),
    Index("changes_by_time", "at", "change_id"),
)
KEYS = Schema("keys", _metadata, Path(__file__).parents[1] / "migrations" / "keys")


def open_keys(settings: Settings) -> Database:
    """Raises IndexUnavailable with the remedy."""
    return open_database(settings, KEYS)
