"""Finished answers in, receipts out: what each answer was made from, in an SQLite file of their own."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from ingest.errors import IndexUnavailable
from ingest.storage.database import Database

log = logging.getLogger(__name__)

SCHEMA = "CREATE TABLE IF NOT EXISTS receipts(answer_id TEXT PRIMARY KEY, made_at TEXT NOT NULL, body TEXT NOT NULL);"


class Receipts:
    """An append-only table of answers."""

    def __init__(self, path: Path):
        self.database = Database(path, SCHEMA)

    def keep(self, answer_id: str, made_at: str, body: dict[str, Any]) -> None:
        """Where the disk is full there is no receipt: an answer does not wait for room."""
        try:
            with self.database.write() as connection:
                connection.execute(
                    "INSERT INTO receipts VALUES (?, ?, ?)", (answer_id, made_at, json.dumps(body))
                )
        except IndexUnavailable as error:
            log.warning("no receipt of %s: %s", answer_id, error)

    def get(self, answer_id: str) -> dict[str, Any] | None:
        """The answer as it was sent, with `made_at` and `made_from`; None where there is no such answer."""
        query = "SELECT body FROM receipts WHERE answer_id = :id"
        return next(
            (
                json.loads(row["body"])
                for row in self.database.reading().rows(query, {"id": answer_id})
            ),
            None,
        )

    def close(self) -> None:
        self.database.close()
