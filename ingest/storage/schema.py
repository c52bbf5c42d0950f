"""Brings the tables of a database to this version of Dateline, and refuses what is not its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from ingest.errors import IndexUnavailable

SCRIPTS = Path(__file__).parent / "migrations"


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


OURS = ("catalogue", "receipts", "keys", "slack")
