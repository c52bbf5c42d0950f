"""SQLite files: one connection that writes, and readings whose view stands still until they are
closed."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from ingest.errors import IndexUnavailable

log = logging.getLogger(__name__)

BUSY_TIMEOUT_SECONDS = 30.0
CHECKED_BYTES = 50_000_000  # at opening; damage in a larger file is found when it is read
READINGS_KEPT = (
    8  # connections that wait for the next reading; opening one takes a third of a millisecond
)


class Database:
    """A SQLite file with `schema` applied, write-ahead log, writes one at a time; safe to use from
    any thread.

    Only its owner may read the file, and what is deleted is overwritten. Raises IndexUnavailable,
    with the remedy, wherever the file cannot be opened, read or written.
    """

    def __init__(self, path: Path, schema: str, *, replaceable: bool = False):
        """`replaceable`: the archive can do without what it holds; a damaged file is set aside for
        an empty one."""
        self.path = path
        self._replaceable = replaceable
        self._schemas: list[str] = []
        self._writer: sqlite3.Connection | None = None
        self._opened: list[sqlite3.Connection] = []
        self._idle: deque[sqlite3.Connection] = deque()
        self._write_lock = threading.RLock()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            with contextlib.suppress(
                PermissionError
            ):  # another user's file, as containers mount them
                path.chmod(0o600)  # that of an earlier version; its log takes the same
            self.add(schema)
            if replaceable and path.stat().st_size <= CHECKED_BYTES:
                try:
                    found = self.rows("PRAGMA quick_check(1)")[0][0]
                except IndexUnavailable as error:
                    if not self._was_set_aside(error.__cause__):
                        raise
                else:
                    if found != "ok":
                        self._set_aside(found)
        except OSError as error:
            self.close()
            raise unavailable(path, error) from error
        except IndexUnavailable:
            self.close()
            raise

    def add(self, schema: str) -> None:
        """Tables that share the file; they are made anew where it is set aside."""
        if schema not in self._schemas:
            self._schemas.append(schema)
        try:
            with self.write() as connection:
                connection.executescript(schema)
        except IndexUnavailable as error:
            if not self._was_set_aside(error.__cause__):
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
                raise self.failed(error) from error

    def reading(self) -> Reading:
        """A view of the file as it is now, whatever is written afterwards, until it is closed."""
        try:
            connection = self._idle.popleft()
        except IndexError:
            try:
                connection = self._open()
            except sqlite3.Error as error:
                raise self.failed(error) from error
        return Reading(self, connection)

    def rows(self, query: str, values: Mapping[str, object] | None = None) -> list[sqlite3.Row]:
        """All rows of one query, in a reading of its own."""
        with self.reading() as reading:
            return reading.rows(query, values)

    def failed(self, error: sqlite3.Error) -> IndexUnavailable:
        """What to raise for a fault of the file; a damaged one that is replaceable is set aside."""
        if self._replaceable and _is_damage(error):
            self._set_aside(error)
        return unavailable(self.path, error)

    def give_back(self, connection: sqlite3.Connection) -> None:
        """Ends a reading; its connection serves the next one."""
        if (
            connection not in self._opened
        ):  # the file was closed or set aside before its reader let go
            connection.close()
            return
        connection.rollback()
        if len(self._idle) < READINGS_KEPT:
            self._idle.append(connection)
        else:
            self._opened.remove(connection)
            connection.close()

    def empty_log(self) -> None:
        """Moves the write-ahead log into the file, so that it holds nothing of what was deleted.

        Where somebody still reads an older state nothing happens: the log is emptied with a later
        call, or on closing.
        """
        with self._write_lock:
            connection = self._writer = self._writer or self._open(durable=True)
            connection.execute("PRAGMA busy_timeout=0")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            connection.execute(f"PRAGMA busy_timeout={int(BUSY_TIMEOUT_SECONDS * 1000)}")

    def close(self) -> None:
        opened, self._opened = self._opened, []
        self._idle.clear()
        for connection in opened:
            connection.close()
        self._writer = None

    def _set_aside(self, error: object) -> None:
        """Puts an empty file in the place of a damaged one; who still reads that keeps it until
        they are done."""
        with self._write_lock:
            if self._writer is not None:
                self._writer.close()
            self._opened, self._writer = [], None
            self._idle.clear()
            for ending in ("-wal", "-shm"):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
            moment = time.strftime("%Y%m%d-%H%M%S")
            aside = self.path.with_name(f"{self.path.name}.damaged-{moment}")
            self.path.replace(aside)
            self.path.touch(mode=0o600)
            log.warning("%s is damaged (%s): set aside as %s, begun anew", self.path, error, aside)
            with self.write() as connection:
                for schema in self._schemas:
                    connection.executescript(schema)

    def _was_set_aside(self, error: BaseException | None) -> bool:
        return self._replaceable and isinstance(error, sqlite3.Error) and _is_damage(error)

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
            connection.execute("PRAGMA secure_delete=ON")
        return connection


class Reading:
    """One read transaction over a database, until it is closed; safe to use from any thread."""

    def __init__(self, database: Database, connection: sqlite3.Connection):
        self._database = database
        self._connection = connection
        self._guard = threading.Lock()
        self._end = weakref.finalize(self, database.give_back, connection)  # at the latest
        connection.execute("BEGIN")

    def rows(self, query: str, values: Mapping[str, object] | None = None) -> list[sqlite3.Row]:
        """All rows of a query. Raises IndexUnavailable where the file cannot be read."""
        with self._guard:
            try:
                return self._connection.execute(query, values or {}).fetchall()
            except sqlite3.Error as error:
                if not _is_of_the_file(error):
                    raise
                raise self._database.failed(error) from error

    def close(self) -> None:
        with self._guard:
            self._end()

    def __enter__(self) -> Reading:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def unavailable(path: Path, error: Exception) -> IndexUnavailable:
    """What a person can do about a file of the data directory that cannot be used."""
    said = (error.strerror if isinstance(error, OSError) else None) or error
    if isinstance(error, sqlite3.Error) and _is_damage(error):
        remedy = "it is damaged: put a copy of it back, or delete DATELINE_DATA_DIR and ingest anew"
    else:
        remedy = "check that DATELINE_DATA_DIR is writable and its disk not full, nothing was lost"
    return IndexUnavailable(f"cannot use {path}: {said}; {remedy}")


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


def _is_damage(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
