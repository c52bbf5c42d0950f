"""Remembers what the last ingests did, beside the catalogue, for whoever asks later."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from ingest.report_in_words import report_body
from ingest.storage.catalogue_tables import reports
from ingest.storage.database import Database
from ingest.types import IngestReport

KEPT = 100


class Reports:
    """The reports of the last hundred ingests that did something."""

    def __init__(self, database: Database):
        self._database = database

    def keep(self, report: IngestReport) -> None:
        """Notes a report that has something to tell."""
        if not (report.added or report.updated or report.removed or report.failed):
            return
        now = datetime.now(UTC).isoformat(timespec="seconds")
        row = {"at": now, "body": json.dumps(report_body(report))}
        with self._database.write() as connection:
            connection.execute(insert(reports), row)
            newest = connection.execute(select(func.max(reports.c.report_id))).scalar_one()
            connection.execute(delete(reports).where(reports.c.report_id <= newest - KEPT))

    def latest(self, most: int) -> list[dict[str, Any]]:
        """Newest first: the fields of `ingest --json`, and `at`, a moment in UTC."""
        query = select(reports).order_by(reports.c.report_id.desc()).limit(most)
        return [{"at": row.at, **json.loads(row.body)} for row in self._database.rows(query)]

    def forget(self, source: str) -> None:
        """Deletes the notes that name an article: some quote words of it."""
        with self._database.write() as connection:
            for row in connection.execute(select(reports)).all():
                body = json.loads(row.body)
                notes = [note for note in body["notes"] if source not in note]
                if len(notes) < len(body["notes"]):
                    changed = update(reports).where(reports.c.report_id == row.report_id)
                    connection.execute(changed, {"body": json.dumps(body | {"notes": notes})})
