"""One SQLite file in, connections out: one a thread, write-ahead log, writes one at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import IndexUnavailable

BUSY_TIMEOUT_SECONDS = 30.0


class Database:
    """A SQLite file with `schema` applied. Raises IndexUnavailable where it cannot be opened or is not a database."""

    def __init__(self, path: Path, schema: str):
        self.path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._write_lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self.write() as connection:
                connection.executescript(schema)
        except (sqlite3.Error, OSError) as error:
            raise IndexUnavailable(
                f"cannot open {path}: {error}; check that DATELINE_DATA_DIR is writable and not full"
            ) from error

    def connection(self) -> sqlite3.Connection:
        """This thread's connection; rows come back as sqlite3.Row."""
        known: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if known is None:
            known = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_SECONDS, check_same_thread=False)
            known.row_factory = sqlite3.Row
            known.execute("PRAGMA journal_mode=WAL")
            known.execute("PRAGMA synchronous=FULL")  # a published generation must survive a power cut
            self._local.connection = known
            self._opened.append(known)
        return known

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it, or none where the block raises."""
        with self._write_lock:
            connection = self.connection()
            with connection:
                yield connection

    def close(self) -> None:
        for connection in self._opened:
            connection.close()
        self._opened.clear()
        self._local = threading.local()


def chunked(items: list[str], size: int = 500) -> Iterator[list[str]]:
    """Lists short enough for one SQL statement's placeholders."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
