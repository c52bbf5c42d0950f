"""A database in one SQLite file: what there is where one machine is enough; the only file that
knows SQLite."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Engine,
    QueuePool,
    Table,
    create_engine,
    event,
    func,
    text,
)
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from ingest.errors import IndexUnavailable
from ingest.storage.database import Database, Schema

log = logging.getLogger(__name__)

BUSY_TIMEOUT_SECONDS = 30.0
CHECKED_BYTES = 50_000_000  # at opening; damage in a larger file is found when it is read
READINGS_KEPT = (
    8  # connections that wait for the next reading; opening one takes a third of a millisecond
)
EMPTYING_PAUSE_SECONDS = 0.05
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON")


def copy(source: Path, target: Path) -> None:
    """The file as it is at one moment, whoever writes to it meanwhile; nothing where there is none."""
    if source.exists():
        with (
            contextlib.closing(sqlite3.connect(source)) as known,
            contextlib.closing(sqlite3.connect(target)) as copied,
        ):
            known.backup(copied)


class SQLiteFile(Database):
    """A file with a write-ahead log; writes come one at a time, and survive a power cut.

    Only its owner may read the file, and what is deleted is overwritten.
    """

    def __init__(self, path: Path, schema: Schema, *, replaceable: bool = False):
        """`replaceable`: the archive can do without what it holds; a damaged file is set aside for
        an empty one."""
        super().__init__(_engine(path), schema)
        self.path = path
        self._replaceable = replaceable
        self._write_lock = threading.RLock()
        self._at_once = self._engine.execution_options(begin="IMMEDIATE")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            with contextlib.suppress(
                PermissionError
            ):  # another user's file, as containers mount them
                path.chmod(0o600)  # that of an earlier version; its log takes the same
            self._open()
        except OSError as error:
            self.close()
            raise self.unavailable(error) from error
        except IndexUnavailable:
            self.close()
            raise

    def _open(self) -> None:
        try:
            with self.write() as connection:
                self._schema.bring_up(connection, str(self.path))
            checked = self._replaceable and self.path.stat().st_size <= CHECKED_BYTES
            damage = self.inconsistencies() if checked else []
        except IndexUnavailable as error:
            if not (self._replaceable and _is_damage(error.__cause__)):
                raise
        else:
            if damage:
                self._set_aside(damage[0])

    def inconsistencies(self) -> list[str]:
        return [row[0] for row in self.rows(text("PRAGMA quick_check")) if row[0] != "ok"]

    def failed(self, error: DBAPIError | NoConnection) -> Exception:
        """A damaged file that is replaceable is set aside."""
        if self._replaceable and _is_damage(error):
            self._set_aside(getattr(error, "orig", error))
        return super().failed(error)

    def is_at_fault(self, error: DBAPIError) -> bool:
        return (
            isinstance(error.orig, sqlite3.OperationalError)
            or type(error.orig) is sqlite3.DatabaseError
        )

    def unavailable(self, error: Exception) -> IndexUnavailable:
        return unavailable(self.path, error)

    def clock(self) -> ColumnElement[float]:
        return (func.julianday("now", type_=Double) - 2440587.5) * 86400.0

    def announce(self, connection: Connection) -> None:
        """Nobody else reads the file."""

    def filled(self, connection: Connection, table: Table) -> None:
        """The next number is one more than the largest by itself."""

    def empty_log(self, patience: float = 0.0) -> None:
        """Moves the write-ahead log into the file, so that nothing deleted stands there any more.

        Where somebody still reads an older state this waits for them, `patience` seconds at most;
        then the log is emptied with a later call, or on closing.
        """
        until = time.monotonic() + patience
        while not self._emptied() and time.monotonic() < until:
            time.sleep(EMPTYING_PAUSE_SECONDS)

    def _emptied(self) -> bool:
        """Whether nobody was in the way. Raises IndexUnavailable."""
        try:
            with (
                self._write_lock,
                contextlib.closing(self._engine.raw_connection()) as connection,
            ):
                cursor = connection.cursor()
                cursor.execute("PRAGMA busy_timeout=0")
                busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                cursor.execute(f"PRAGMA busy_timeout={int(BUSY_TIMEOUT_SECONDS * 1000)}")
                return not busy
        except (sqlite3.Error, DBAPIError, NoConnection) as error:
            raise self.unavailable(error) from error

    @contextmanager
    def _writing(self, engine: Engine) -> Iterator[Connection]:
        with self._write_lock, self._at_once.begin() as connection:
            yield connection

    def _viewing(self, engine: Engine) -> Connection:
        connection = engine.connect()
        try:
            connection.begin()
        except BaseException:
            connection.close()
            raise
        return connection

    def _set_aside(self, error: object) -> None:
        """Puts an empty file in the place of a damaged one; who still reads that keeps it until
        they are done."""
        with self._write_lock:
            self._engine.dispose()
            for ending in ("-wal", "-shm"):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
            moment = time.strftime("%Y%m%d-%H%M%S")
            aside = self.path.with_name(f"{self.path.name}.damaged-{moment}")
            self.path.replace(aside)
            self.path.touch(mode=0o600)
            log.warning("%s is damaged (%s): set aside as %s, begun anew", self.path, error, aside)
            with self.write() as connection:
                self._schema.bring_up(connection, str(self.path))


class _Compiler(SQLiteCompiler):
    """Writes `INDEXED BY` where a statement hints at an index."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:
        return text


def _engine(path: Path) -> Engine:
    def opened() -> sqlite3.Connection:
        connection = sqlite3.connect(
            path,
            timeout=BUSY_TIMEOUT_SECONDS,
            check_same_thread=False,
            isolation_level=None,  # transactions begin where we say so
        )
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    engine = create_engine(
        "sqlite://",
        creator=opened,
        poolclass=QueuePool,
        pool_size=READINGS_KEPT,
        max_overflow=-1,
    )
    engine.dialect.statement_compiler = _Compiler

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if kind := connection.get_execution_options().get("begin"):
            connection.exec_driver_sql(f"BEGIN {kind}")
        else:  # waits for nobody, and a question has many
            connection.connection.cursor().execute("BEGIN")

    return engine


def unavailable(path: Path, error: Exception) -> IndexUnavailable:
    """What a person can do about a file of the data directory that cannot be used."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    said = (cause.strerror if isinstance(cause, OSError) else None) or cause
    if _is_damage(error):
        # the catalogue is the record of all the rest; another file stands for itself
        whole = path.name == "catalogue.sqlite"
        anew = (
            "DATELINE_DATA_DIR and ingest anew" if whole else "this file, which loses what it held"
        )
        remedy = f"it is damaged: put a copy of it back, or delete {anew}"
    else:
        remedy = "check that DATELINE_DATA_DIR is writable and its disk not full, nothing was lost"
    return IndexUnavailable(f"cannot use {path}: {said}; {remedy}")


def _is_damage(error: object) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
