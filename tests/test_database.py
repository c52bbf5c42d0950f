"""An archive of any version opens and answers the same; what is newer or somebody else's is refused."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from conftest import texts
from processes import command, environment
from sqlalchemy import create_engine

from ingest.settings import Settings
from ingest.storage.archive import Archive
from ingest.storage.catalogue_tables import CATALOGUE
from ingest.storage.database import Schema, open_database
from service.access.key_tables import KEYS
from service.record_tables import RECORDS
from service.surfaces.slack_inbox import SLACK

# As they were written before there were versions, with what was added to them by and by.
CATALOGUE_BEFORE = """
CREATE TABLE IF NOT EXISTS generations(number INTEGER PRIMARY KEY, published_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS versions(
    version INTEGER PRIMARY KEY, article_id TEXT NOT NULL, content_hash TEXT NOT NULL,
    added_in INTEGER NOT NULL, removed_in INTEGER, root TEXT NOT NULL, ingested_at TEXT NOT NULL,
    identity TEXT NOT NULL, source TEXT NOT NULL, text TEXT NOT NULL, title TEXT, author TEXT, publisher TEXT, url TEXT,
    published_on TEXT, republished_on TEXT, updated_on TEXT, date_source TEXT NOT NULL, stated_dates TEXT NOT NULL,
    credited_to TEXT, latest_named_date TEXT, language TEXT, sentences TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS versions_article ON versions(article_id);
CREATE INDEX IF NOT EXISTS versions_removed ON versions(removed_in);
CREATE INDEX IF NOT EXISTS versions_places ON versions(
    version, article_id, published_on, latest_named_date, publisher, added_in, removed_in);
CREATE TABLE IF NOT EXISTS passages(
    passage_id TEXT PRIMARY KEY, version INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS passages_version ON passages(version);
CREATE TABLE IF NOT EXISTS members(
    article_id TEXT NOT NULL, family_id TEXT NOT NULL, role TEXT NOT NULL, canonical INTEGER NOT NULL,
    alterations TEXT NOT NULL, added_in INTEGER NOT NULL, removed_in INTEGER);
CREATE INDEX IF NOT EXISTS members_article ON members(article_id);
CREATE INDEX IF NOT EXISTS members_family ON members(family_id);
CREATE TABLE IF NOT EXISTS pending(passage_id TEXT PRIMARY KEY);
ALTER TABLE generations ADD COLUMN kind TEXT NOT NULL DEFAULT 'ingest';
ALTER TABLE generations ADD COLUMN back_to INTEGER;
ALTER TABLE generations ADD COLUMN embedding_model TEXT;
CREATE TABLE IF NOT EXISTS files(
    file TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, articles TEXT NOT NULL, PRIMARY KEY(file, name));
CREATE TABLE IF NOT EXISTS prints(
    content_hash TEXT PRIMARY KEY, form INTEGER NOT NULL, shingles BLOB NOT NULL, stems BLOB NOT NULL) WITHOUT ROWID;
"""
RECEIPTS_BEFORE = """
CREATE TABLE IF NOT EXISTS receipts(
    answer_id TEXT PRIMARY KEY, made_at TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS shown(
    article_id TEXT NOT NULL, answer_id TEXT NOT NULL, PRIMARY KEY(article_id, answer_id));
"""
# The first archives had less.
FIRST_COLUMNS = {"versions": ("updated_on", "stated_dates"), "generations": ("kind", "back_to")}


def made_old(path: Path, before: str) -> None:
    """The rows of a database in the tables of an earlier version."""
    new = path.rename(path.with_suffix(".new"))
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.executescript(before)
        file.execute("ATTACH ? AS new", (str(new),))
        for (table,) in file.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'"):
            names = [row[1] for row in file.execute(f"PRAGMA main.table_info({table})")]
            columns = ", ".join(f'"{name}"' for name in names)
            file.execute(f"INSERT INTO main.{table}({columns}) SELECT {columns} FROM new.{table}")
        file.commit()
    new.unlink()


@pytest.fixture
def old(filled: Archive, settings: Settings) -> Settings:
    filled.close()
    made_old(settings.data_dir / "catalogue.sqlite", CATALOGUE_BEFORE)
    return settings


def asked(settings: Settings, *arguments: str) -> str:
    done = command(settings, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_an_archive_from_before_there_were_versions_answers_the_same(
    filled: Archive, settings: Settings
) -> None:
    question = ("search", "cracks in the spillway", "--json")
    with filled.catalogue.live() as snapshot:
        before, families = texts(snapshot), snapshot.families()
    filled.close()
    answer = asked(settings, *question)
    made_old(settings.data_dir / "catalogue.sqlite", CATALOGUE_BEFORE)
    made_old(settings.data_dir / "receipts.sqlite", RECEIPTS_BEFORE)

    assert asked(settings, *question) == answer
    with Archive(settings) as archive, archive.catalogue.live() as snapshot:
        assert (texts(snapshot), snapshot.families()) == (before, families)


def test_an_archive_without_the_columns_of_later_versions_gets_them(old: Settings) -> None:
    with contextlib.closing(sqlite3.connect(old.data_dir / "catalogue.sqlite")) as file, file:
        file.execute("DROP INDEX versions_places")
        file.execute("DROP TABLE prints")
        for table, columns in FIRST_COLUMNS.items():
            for column in columns:
                file.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    with Archive(old) as archive, archive.catalogue.live() as snapshot:
        assert all(s.article.stated_dates == () for s in snapshot.everything())
        assert archive.catalogue.previous() is None


@pytest.mark.parametrize(
    ("schema", "age"),
    [
        (CATALOGUE, "new"),
        (CATALOGUE, "old"),
        (RECORDS, "new"),
        (RECORDS, "old"),
        (KEYS, "new"),
        (SLACK, "new"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_tables_are_the_same_whether_made_today_or_migrated(
    settings: Settings, schema: Schema, age: str
) -> None:
    path = settings.data_dir / f"{schema.name}.sqlite"
    if age == "old":
        path.parent.mkdir()
        before = {CATALOGUE: CATALOGUE_BEFORE, RECORDS: RECEIPTS_BEFORE}[schema]
        with contextlib.closing(sqlite3.connect(path)) as file:
            file.executescript(before)
    open_database(settings, schema).close()
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        options = {"version_table": f"{schema.name}_version"}
        context = MigrationContext.configure(connection, opts=options)
        found = compare_metadata(context, schema.metadata)
        # SQLite lets a key of text be null, and the first archives did not forbid it
        assert [one for one in found if one[0][0] != "modify_nullable"] == []
        assert schema.version_in(connection) == schema.newest
    engine.dispose()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE catalogue_version SET version_num = '9999'", "newer version of Dateline"),
        ("DROP TABLE catalogue_version; DROP TABLE members; CREATE TABLE orders(n)", '"orders"'),
    ],
)
def test_a_newer_database_and_one_of_another_application_are_refused(
    filled: Archive, settings: Settings, statement: str, said: str
) -> None:
    filled.close()
    path = settings.data_dir / "catalogue.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.executescript(statement)
    before = path.read_bytes()
    done = command(settings, "search", "bridge")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert said in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert path.read_bytes() == before


def test_a_start_that_migrates_nothing_does_not_load_alembic(
    filled: Archive, settings: Settings
) -> None:
    filled.close()
    script = (
        "import sys; from ingest.settings import read_settings;"
        "from ingest.storage.database import open_database;"
        "from ingest.storage.catalogue_tables import CATALOGUE; open_database(read_settings(), CATALOGUE);"
        "sys.exit('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], env=environment(settings))
    assert done.returncode == 0
