"""Remembers what the last ingests did, beside the catalogue, for whoever asks later."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from ingest.storage.database import Database
from ingest.summary import report_body
from ingest.types import IngestReport

SCHEMA = """CREATE TABLE IF NOT EXISTS reports(
    report_id INTEGER PRIMARY KEY, at TEXT NOT NULL, body TEXT NOT NULL);"""
KEPT = 100


def keep(database: Database, report: IngestReport) -> None:
    """Notes a report that has something to tell; the last hundred stay."""
    if not (report.added or report.updated or report.removed or report.failed):
        return
    database.add(SCHEMA)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with database.write() as connection:
        connection.execute(
            "INSERT INTO reports(at, body) VALUES (?, ?)", (now, json.dumps(report_body(report)))
        )
        connection.execute(
            "DELETE FROM reports WHERE report_id <= (SELECT max(report_id) FROM reports) - ?",
            (KEPT,),
        )


def latest(database: Database, most: int) -> list[dict[str, Any]]:
    """Newest first: the fields of `ingest --json`, and `at`, a moment in UTC."""
    database.add(SCHEMA)
    rows = database.rows(
        "SELECT * FROM reports ORDER BY report_id DESC LIMIT :most", {"most": most}
    )
    return [{"at": row["at"], **json.loads(row["body"])} for row in rows]


def forget(database: Database, source: str) -> None:
    """Deletes the notes that name an article: some quote words of it."""
    database.add(SCHEMA)
    with database.write() as connection:
        for row in connection.execute("SELECT report_id, body FROM reports").fetchall():
            body = json.loads(row["body"])
            notes = [note for note in body["notes"] if source not in note]
            if len(notes) < len(body["notes"]):
                connection.execute(
                    "UPDATE reports SET body = ? WHERE report_id = ?",
                    (json.dumps(body | {"notes": notes}), row["report_id"]),
                )
