"""One SQLite file in, connections out: one that writes, and one a reading, whose view stands still."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import IndexUnavailable

BUSY_TIMEOUT_SECONDS = 30.0
READINGS_KEPT = (
    8  # connections that wait for the next reading; opening one takes a third of a millisecond
)


class Database:
    """A SQLite file with `schema` applied, write-ahead log, writes one at a time; safe to use from any thread.

    Raises IndexUnavailable, with the remedy, wherever the file cannot be opened, read or written.
    """

    def __init__(self, path: Path, schema: str):
        self.path = path
        self._writer: sqlite3.Connection | None = None
        self._opened: list[sqlite3.Connection] = []
        self._idle: deque[sqlite3.Connection] = deque()
        self._write_lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self.write() as connection:
                connection.executescript(schema)
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise unavailable(path, error) from error
        except IndexUnavailable:
            self.close()
            raise

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it, or none where the block raises."""
        with self._write_lock:
            try:
                self._writer = self._writer or self._open(durable=True)
                with self._writer:
                    yield self._writer
            except sqlite3.Error as error:
                if not _is_of_the_file(error):
                    raise
                raise unavailable(self.path, error) from error

    def reading(self) -> Reading:
        """A view of the file as it is now, whatever is written afterwards."""
        try:
            connection = self._idle.popleft()
        except IndexError:
            connection = self._open()
        return Reading(self, connection)

    def give_back(self, connection: sqlite3.Connection) -> None:
        """Ends a reading; its connection serves the next one."""
        if connection not in self._opened:  # the file was closed before its reader let go
            return
        connection.rollback()
        if len(self._idle) < READINGS_KEPT:
            self._idle.append(connection)
        else:
            self._opened.remove(connection)
            connection.close()

    def close(self) -> None:
        opened, self._opened = self._opened, []
        self._idle.clear()
        for connection in opened:
            connection.close()
        self._writer = None

    def _open(self, durable: bool = False) -> sqlite3.Connection:
        """Rows come back as sqlite3.Row. `durable`: what it commits must survive a power cut."""
        connection = sqlite3.connect(
            self.path, timeout=BUSY_TIMEOUT_SECONDS, check_same_thread=False
        )
        self._opened.append(connection)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        if durable:
            connection.execute("PRAGMA synchronous=FULL")
        return connection


class Reading:
    """One read transaction over a database, for as long as this object lives; safe to use from any thread."""

    def __init__(self, database: Database, connection: sqlite3.Connection):
        self._path = database.path
        self._connection = connection
        self._guard = threading.Lock()
        weakref.finalize(self, database.give_back, connection)
        connection.execute("BEGIN")

    def rows(self, query: str, values: Mapping[str, object] | None = None) -> list[sqlite3.Row]:
        """All rows of a query. Raises IndexUnavailable where the file cannot be read."""
        with self._guard:
            try:
                return self._connection.execute(query, values or {}).fetchall()
            except sqlite3.Error as error:
                if not _is_of_the_file(error):
                    raise
                raise unavailable(self._path, error) from error


def unavailable(path: Path, error: Exception) -> IndexUnavailable:
    """What a person can do about a file of the data directory that cannot be used."""
    said = (error.strerror if isinstance(error, OSError) else None) or error
    return IndexUnavailable(
        f"cannot use {path}: {said}; check that DATELINE_DATA_DIR is writable and its disk not full, nothing was lost"
    )


def chunked(items: list[str], size: int = 500) -> Iterator[list[str]]:
    """Lists short enough for one SQL statement's placeholders."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def marks(values: Sequence[str]) -> str:
    """Placeholders for `named(values)` in a statement."""
    return ",".join(f":i{n}" for n in range(len(values)))


def named(values: Sequence[str]) -> dict[str, str]:
    return {f"i{n}": value for n, value in enumerate(values)}


def _is_of_the_file(error: sqlite3.Error) -> bool:
    """Full disk, no permission, damage; not a statement of ours that is wrong."""
    return isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError
