"""A database on a PostgreSQL server, shared by any number of processes; the only file that knows
psycopg."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Double,
    Engine,
    Table,
    cast,
    create_engine,
    extract,
    func,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from ingest.errors import IndexUnavailable, Owned, WrongUsage
from ingest.storage.database import Database, Schema

CONNECT_SECONDS = 5
READINGS_KEPT, MOST_READINGS = 10, 40
WAITING_SECONDS = 10.0  # for one of them
WRITER, MAKING_TABLES = 0x446174656C696E65, 0x446174656C696E66  # advisory locks: "Dateline", …f
LOOK_SECONDS = 0.1
CHANNEL = "dateline_generations"


class PostgresDatabase(Database):
    """The tables of a schema in the database of an address."""

    def __init__(self, address: str, schema: Schema):
        """Raises WrongUsage for an address that is none, IndexUnavailable with the remedy."""
        url = parsed(address)
        self.place = f"the database {url.database} at {url.host}:{url.port or 5432}"
        self._url = url
        self._lock: Connection | None = None
        self._listener: Any = None
        self._guard = threading.Lock()
        try:
            engine = create_engine(
                url,
                pool_size=READINGS_KEPT,
                max_overflow=MOST_READINGS - READINGS_KEPT,
                pool_timeout=WAITING_SECONDS,
                pool_pre_ping=True,
                pool_use_lifo=True,  # the one used last has its statements prepared
                connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": "dateline"},
            )
        except ImportError as error:
            raise WrongUsage(
                "DATELINE_DATABASE_URL needs psycopg: pip install 'dateline[scale]'"
            ) from error
        super().__init__(engine, schema)
        try:
            self._bring_up()
        except IndexUnavailable:
            self.close()
            raise

    def _bring_up(self) -> None:
        """A replica whose server lets it read only opens tables that are made already."""
        try:
            with self._engine.connect() as connection:
                if self._schema.version_in(connection) == self._schema.newest:
                    return
        except DBAPIError as error:
            raise self.failed(error) from error
        with self.write() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(MAKING_TABLES)))
            self._schema.bring_up(connection, self.place)

    def empty_log(self, patience: float = 0.0) -> None:
        """The server's log and its vacuum are its operator's (docs/scaling.md)."""

    def inconsistencies(self) -> list[str]:
        return []

    def is_at_fault(self, error: DBAPIError) -> bool:
        import psycopg

        faults = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError)
        return isinstance(error.orig, (*faults, psycopg.errors.InsufficientPrivilege))

    def unavailable(self, error: Exception) -> IndexUnavailable:
        cause = error.orig if isinstance(error, DBAPIError) else error
        said = str(cause).strip().splitlines()
        return IndexUnavailable(
            f"cannot use {self.place}: {said[0] if said else type(cause).__name__}; check "
            "DATELINE_DATABASE_URL, and that PostgreSQL runs there and lets this user write"
        )

    def clock(self) -> ColumnElement[float]:
        return cast(extract("epoch", func.clock_timestamp()), Double)

    def announce(self, connection: Connection) -> None:
        connection.execute(select(func.pg_notify(CHANNEL, "")))

    def filled(self, connection: Connection, table: Table) -> None:
        key = table.autoincrement_column
        if key is not None:
            counter = func.pg_get_serial_sequence(table.name, key.name)
            newest = select(func.coalesce(func.max(key), 0) + 1).scalar_subquery()
            connection.execute(select(func.setval(counter, newest, False)))

    def wait(self, seconds: float) -> None:
        """Until a generation is announced, or so long. Raises IndexUnavailable."""
        import psycopg

        with self._guard:
            try:
                if self._listener is None or self._listener.closed:
                    plain = self._url.set(drivername="postgresql")
                    self._listener = psycopg.connect(
                        plain.render_as_string(hide_password=False),
                        autocommit=True,
                        connect_timeout=CONNECT_SECONDS,
                    )
                    self._listener.execute(f"LISTEN {CHANNEL}")
                for _ in self._listener.notifies(timeout=seconds, stop_after=1):
                    pass
            except psycopg.Error as error:
                self._listener = None
                raise self.unavailable(error) from error

    @contextmanager
    def exclusively(self, seconds: float) -> Iterator[None]:
        """The server frees the lock with our connection, however this process ends."""
        deadline = time.monotonic() + seconds
        with contextlib.ExitStack() as stack:
            try:
                connection = stack.enter_context(self._engine.connect())
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
                taking = select(func.pg_try_advisory_lock(WRITER))
                while not connection.execute(taking).scalar():
                    if time.monotonic() > deadline:
                        raise Owned(
                            f"another process writes to {self.place}: wait until it ends, then "
                            "try again"
                        )
                    time.sleep(LOOK_SECONDS)
            except DBAPIError as error:
                raise self.failed(error) from error
            self._lock = connection
            try:
                yield
            finally:
                self._lock = None
                with contextlib.suppress(SQLAlchemyError):  # gone, and the lock with it
                    connection.execute(select(func.pg_advisory_unlock(WRITER)))

    @contextmanager
    def _writing(self, engine: Engine) -> Iterator[Connection]:
        if self._lock is not None:  # lost with its connection: somebody else may write by now
            self._lock.execute(select(1))
        with engine.begin() as connection:
            yield connection

    def _viewing(self, engine: Engine) -> Connection:
        connection = engine.connect()
        try:
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            connection.begin()
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        super().close()
        with self._guard:
            if self._listener is not None:
                self._listener.close()


def parsed(address: str) -> URL:
    """The address with our driver. Raises WrongUsage, which names no password."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise WrongUsage(
            "DATELINE_DATABASE_URL is no address of PostgreSQL: write "
            "postgresql://USER:PASSWORD@HOST:5432/DATABASE"
        )
    if not url.database or not url.host:
        raise WrongUsage("DATELINE_DATABASE_URL names no host and database: …@HOST:5432/DATABASE")
    return url.set(drivername="postgresql+psycopg")
