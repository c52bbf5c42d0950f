"""A database of ours: its tables brought to this version, writes that are whole or not at all, and
readings whose view stands still until they are closed."""

from __future__ import annotations

import json
import threading
import weakref
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Executable,
    MetaData,
    Row,
    String,
    Table,
    Text,
    bindparam,
    inspect,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection  # all of the pool are in use
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from ingest.errors import IndexUnavailable, NotFound
from ingest.settings import Settings

Rows = Sequence[Row[*tuple[Any, ...]]]
SCRIPTS = Path(__file__).parent / "migrations"
READ_SECONDS = 5.0  # an answer without a model reads for less
OURS = ("catalogue", "receipts", "keys", "slack")  # the names of schemas that have versions


@dataclass(frozen=True)
class Schema:
    """Tables that live in one database under one version.

    The name is that of the SQLite file, too. Each file of `migrations`, `vNNNN_*.py`, leads to
    version NNNN. A schema without them is a cache whose tables never change their shape: what
    changes gets another name. A database that has all tables of `unversioned` and notes no version
    is from before there were versions.
    """

    name: str
    metadata: MetaData
    migrations: Path | None = None
    unversioned: frozenset[str] = frozenset()

    @cached_property
    def newest(self) -> str:
        """The version of this code, four digits; "" for a cache."""
        found = self.migrations.glob("v[0-9]*.py") if self.migrations else ()
        return max((path.stem[1:5] for path in found), default="")

    @cached_property
    def stamp(self) -> Table:
        """Where a database notes its version, as Alembic writes it."""
        column = Column("version_num", String(32), primary_key=True)
        return Table(f"{self.name}_version", MetaData(), column)

    def version_in(self, connection: Connection) -> str | None:
        """The version noted; None where there is none."""
        if not self.newest or not inspect(connection).has_table(self.stamp.name):
            return None
        return connection.execute(select(self.stamp.c.version_num)).scalar()

    def bring_up(self, connection: Connection, place: str) -> None:
        """Makes the tables of an empty database, or migrates an earlier version's, in the caller's
        transaction.

        Raises IndexUnavailable, naming `place`, for a newer version and for somebody else's tables.
        """
        version = self.version_in(connection)
        if self.newest and version == self.newest:
            return
        if version is not None and version > self.newest:
            raise IndexUnavailable(
                f"{place} was written by a newer version of Dateline (tables {version}, this one "
                f"knows {self.newest}): install that version, or set another DATELINE_DATA_DIR"
            )
        standing = set(inspect(connection).get_table_names())
        if version or (self.unversioned and self.unversioned <= standing):
            from alembic import command  # half a second that most starts need not wait
            from alembic.config import Config

            config = Config()
            for name, path in {
                "script_location": SCRIPTS,
                "version_locations": self.migrations,
            }.items():
                config.set_main_option(name, str(path).replace("%", "%%"))
            config.set_main_option("path_separator", "newline")
            config.attributes |= {"connection": connection, "version_table": self.stamp.name}
            command.upgrade(config, "head")
            return
        # where only a table that no schema of ours has stands, this is another program's
        others = {
            name
            for name in standing - self.metadata.tables.keys()
            if not any(f"{one}_version" in standing for one in OURS)
        }
        if others:
            raise IndexUnavailable(
                f"{place} belongs to another application (it has a table "
                f'"{min(others)}"): name a database that is empty or Dateline\'s own'
            )
        self.metadata.create_all(connection)
        if self.newest:
            self.stamp.create(connection)
            connection.execute(self.stamp.insert(), {"version_num": self.newest})


class Database(ABC):
    """The tables of one schema, in a file or on a server; safe to use from any thread.

    Raises IndexUnavailable, with the remedy, wherever it cannot be opened, read or written.
    """

    def __init__(self, engine: Engine, schema: Schema):
        self._engine = engine
        self._schema = schema
        self._readings: weakref.WeakSet[Reading] = weakref.WeakSet()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it, or none where the block raises."""
        try:
            with self._writing(self._engine) as connection:
                yield connection
        except (DBAPIError, NoConnection) as error:
            raise self.failed(error) from error

    def reading(self) -> Reading:
        """A view of the database as it is now, whatever is written afterwards, until it is closed."""
        try:
            reading = Reading(self, self._viewing(self._engine))
        except (DBAPIError, NoConnection) as error:
            raise self.failed(error) from error
        self._readings.add(reading)
        return reading

    def rows(self, query: Executable, values: Mapping[str, object] | None = None) -> Rows:
        """All rows of one query, in a reading of its own."""
        with self.reading() as reading:
            return reading.rows(query, values)

    def failed(self, error: DBAPIError | NoConnection) -> Exception:
        """What to raise for a fault of the database; a wrong statement of ours stays what it is."""
        at_fault = isinstance(error, NoConnection) or self.is_at_fault(error)
        return self.unavailable(error) if at_fault else error

    def close(self) -> None:
        for reading in list(self._readings):
            reading.close()
        with suppress(IndexUnavailable):  # closing a damaged file is no time to complain of it
            self.empty_log()
        self._engine.dispose()

    def exclusively(self, seconds: float) -> AbstractContextManager[None]:
        """Keeps other processes from writing to the archive while the block runs.

        Raises Owned where another one writes for longer than `seconds`. A file has one owner
        anyway.
        """
        return nullcontext()

    @abstractmethod
    def clock(self) -> ColumnElement[float]:
        """Seconds by the one clock that all processes on this database share."""

    @abstractmethod
    def announce(self, connection: Connection) -> None:
        """Tells other processes of a new generation, once what `connection` does is done."""

    @abstractmethod
    def filled(self, connection: Connection, table: Table) -> None:
        """After rows were put in with numbers that the database gives out itself."""

    @abstractmethod
    def empty_log(self, patience: float = 0.0) -> None:
        """Leaves nothing of what was deleted in the database's log, where that is ours to do; waits
        `patience` seconds, at most, for whoever still reads an older state."""

    @abstractmethod
    def inconsistencies(self) -> list[str]:
        """What the database finds wrong with itself, in words."""

    @abstractmethod
    def is_at_fault(self, error: DBAPIError) -> bool:
        """Whether it is down, full, damaged or closed to us."""

    @abstractmethod
    def unavailable(self, error: Exception) -> IndexUnavailable:
        """The same for a person, with the remedy."""

    @abstractmethod
    def _writing(self, engine: Engine) -> Any:
        """A transaction that writes, as a context."""

    @abstractmethod
    def _viewing(self, engine: Engine) -> Connection:
        """A connection whose view of the data stands still from now on."""


class Reading:
    """One read transaction over a database, until it is closed; safe to use from any thread."""

    def __init__(self, database: Database, connection: Connection):
        self._database = database
        self._connection = connection
        self._guard = threading.Lock()

    def rows(self, query: Executable, values: Mapping[str, object] | None = None) -> Rows:
        """All rows of a query. Raises IndexUnavailable where the database cannot be read, or the
        reading was closed: whoever asked has gone."""
        with self._guard:
            if self._connection.closed:
                raise IndexUnavailable("this view of the archive was closed: ask again")
            try:
                return self._connection.execute(query, values or {}).all()
            except DBAPIError as error:
                raise self._database.failed(error) from error

    def each(self, query: Executable) -> Iterator[Row[*tuple[Any, ...]]]:
        """The rows of a query one by one, for tables that are larger than memory."""
        with self._guard:
            try:
                yield from self._connection.execute(query, execution_options={"yield_per": 500})
            except DBAPIError as error:
                raise self._database.failed(error) from error

    def close(self) -> None:
        with self._guard:
            self._connection.close()

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, *ended: object) -> None:
        self.close()


def insert_into(connection: Connection, table: Table) -> Any:
    """An insert that can say what becomes of a row whose key is there already."""
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    return dialect.insert(table)


def put(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, object]],
    *,
    replace: bool = True,
) -> None:
    """Inserts rows. One whose key is there already takes its place, or is left out."""
    if rows:
        connection.execute(_putting(connection.dialect.name, table, replace), list(rows))


@cache  # a third of a millisecond
def _putting(dialect: str, table: Table, replace: bool) -> Any:
    statement = import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
    others = {c.name: statement.excluded[c.name] for c in table.c if not c.primary_key}
    if not (replace and others):
        return statement.on_conflict_do_nothing()
    keys = list(table.primary_key.columns)
    return statement.on_conflict_do_update(index_elements=keys, set_=others)


def chunked(items: list[str], size: int = 500) -> Iterator[list[str]]:
    """Lists short enough for one statement's placeholders."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


class Values(TypeDecorator[Sequence[str]]):
    """A list of texts as a parameter."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        found = list(value or ())
        return json.dumps(found) if dialect.name == "sqlite" else found


class each(FunctionElement[str]):
    """The values of such a parameter, as rows."""

    type = Text()
    inherit_cache = True


def among(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Whether the column's value is one of those in the parameter of that name, a list."""
    values = each(bindparam(name, type_=Values()))
    return column.op("IN", is_comparison=True, return_type=Boolean())(values)


@compiles(each, "sqlite")
def _in_sqlite(element: each, compiler: Any, **options: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **options)}))"


@compiles(each, "postgresql")
def _in_postgresql(element: each, compiler: Any, **options: Any) -> str:
    values = compiler.process(element.clauses, **options)
    return f"(SELECT unnest(CAST({values} AS text[])))"


def expect_archive(settings: Settings) -> None:
    """Raises NotFound where nothing was ever taken in: who only asks makes no archive."""
    if not settings.on_servers and not (settings.data_dir / "catalogue.sqlite").exists():
        raise NotFound(
            f"no archive at {settings.data_dir}: run dateline ingest, or set DATELINE_DATA_DIR"
        )


def open_database(settings: Settings, schema: Schema, *, replaceable: bool = False) -> Database:
    """Raises IndexUnavailable with the remedy. `replaceable` is what SQLiteFile says of it."""
    if settings.database_url is not None:
        from ingest.storage.postgres import PostgresDatabase

        return PostgresDatabase(settings.database_url.get_secret_value(), schema)
    from ingest.storage.sqlite_file import SQLiteFile

    path = settings.data_dir / f"{schema.name}.sqlite"
    return SQLiteFile(path, schema, replaceable=replaceable)
