"""Which files an ingest has read, and what each of them gave."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import select

from ingest.storage.catalogue_tables import files
from ingest.storage.database import Database, put

Record = tuple[str, dict[str, str]]  # digest of the bytes, article id → content hash


class FileRecords:
    """A record by (file, name): where the file is, and the source of its articles."""

    def __init__(self, database: Database):
        self._database = database

    def known(self) -> dict[tuple[str, str], Record]:
        rows = self._database.rows(select(files))
        return {(row.file, row.name): (row.digest, json.loads(row.articles)) for row in rows}

    def keep(self, records: Mapping[tuple[str, str], Record]) -> None:
        """Raises IndexUnavailable where the disk does not take them."""
        rows = [
            {"file": file, "name": name, "digest": digest, "articles": json.dumps(articles)}
            for (file, name), (digest, articles) in records.items()
        ]
        if rows:
            with self._database.write() as connection:
                put(connection, files, rows)
