"""One SQLite file, many threads: connections do not pile up, and what a reading sees stands still."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, Text, delete, insert, select

from ingest.errors import IndexUnavailable
from ingest.storage.database import Reading, Schema
from ingest.storage.sqlite_file import READINGS_KEPT, SQLiteFile

_metadata = MetaData()
WORDS = Table("words", _metadata, Column("word", Text, primary_key=True))
SCHEMA = Schema("words", _metadata)
ALL = select(WORDS.c.word)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_threads_that_come_and_go_leave_no_open_file_behind(tmp_path: Path) -> None:
    database = SQLiteFile(tmp_path / "words.sqlite", SCHEMA)

    def use(number: int) -> None:
        with database.write() as connection:
            connection.execute(insert(WORDS), {"word": f"word {number}"})
        assert database.rows(ALL)

    before = open_files()
    for burst in range(5):
        with ThreadPoolExecutor(12) as threads:
            list(threads.map(use, range(burst * 12, burst * 12 + 12)))
    files_each = 3  # the database, its log and the shared memory of the log
    assert open_files() - before <= files_each * (READINGS_KEPT + 1)
    assert len(database.rows(ALL)) == 60
    database.close()


def test_a_reading_sees_nothing_of_what_is_written_after_it_began(tmp_path: Path) -> None:
    database = SQLiteFile(tmp_path / "words.sqlite", SCHEMA)
    before = database.reading()
    before.rows(ALL)

    def write() -> None:
        with database.write() as connection:
            connection.execute(insert(WORDS), {"word": "later"})

    writer = threading.Thread(target=write)
    writer.start()
    writer.join()

    assert not before.rows(ALL)
    assert [row.word for row in database.rows(ALL)] == ["later"]
    database.close()


def test_a_reading_ends_when_it_is_closed_and_not_when_it_is_collected(tmp_path: Path) -> None:
    database = SQLiteFile(tmp_path / "words.sqlite", SCHEMA)
    with database.reading() as first:
        first.rows(ALL)
    with pytest.raises(IndexUnavailable, match="closed"):
        first.rows(ALL)
    first.close()
    before = open_files()
    for _ in range(20):
        with database.reading() as again:
            again.rows(ALL)
    assert open_files() == before
    database.close()


def test_what_was_deleted_is_in_none_of_the_files(tmp_path: Path) -> None:
    database = SQLiteFile(tmp_path / "words.sqlite", SCHEMA)
    for word in ["hidden" * 900, "shown"]:
        with database.write() as connection:
            connection.execute(insert(WORDS), {"word": word})
    with database.write() as connection:
        connection.execute(delete(WORDS).where(WORDS.c.word.startswith("hidden")))
    database.empty_log()

    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"shown" in kept and b"hidden" not in kept
    database.close()


def log_bytes(database: SQLiteFile) -> int:
    log = database.path.with_name(f"{database.path.name}-wal")
    return log.stat().st_size if log.exists() else 0


def deleted_while_somebody_reads(folder: Path) -> tuple[SQLiteFile, Reading]:
    """A database with a log that a reading keeps from being emptied, and that reading."""
    database = SQLiteFile(folder / "words.sqlite", SCHEMA)
    with database.write() as connection:
        connection.execute(insert(WORDS), {"word": "zeppelin"})
    reading = database.reading()
    reading.rows(ALL)
    with database.write() as connection:
        connection.execute(delete(WORDS))
    return database, reading


def test_a_log_that_is_read_is_emptied_as_soon_as_the_reading_ends(tmp_path: Path) -> None:
    database, reading = deleted_while_somebody_reads(tmp_path)
    database.empty_log()
    assert log_bytes(database) > 0

    waiting = threading.Thread(target=database.empty_log, args=(600.0,))
    waiting.start()
    reading.close()
    waiting.join(120)

    assert not waiting.is_alive() and log_bytes(database) == 0
    database.close()


def test_closing_empties_the_log_whoever_reads(tmp_path: Path) -> None:
    database, _ = deleted_while_somebody_reads(tmp_path)
    other = SQLiteFile(database.path, SCHEMA)  # while it is open SQLite does not empty it itself
    database.close()
    assert log_bytes(database) == 0
    other.close()


@pytest.mark.parametrize("damage", ["its beginning", "its middle"])
def test_a_damaged_file_that_can_be_replaced_is_set_aside(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "words.sqlite"
    database = SQLiteFile(path, SCHEMA)
    with database.write() as connection:
        connection.execute(insert(WORDS), [{"word": f"{n:05d}" * 50} for n in range(500)])
    database.close()
    whole = path.read_bytes()
    start = 0 if damage == "its beginning" else 8192
    path.write_bytes(whole[:start] + b"\xff" * (len(whole) - start))

    database = SQLiteFile(path, SCHEMA, replaceable=True)
    assert database.rows(ALL) == []
    with database.write() as connection:
        connection.execute(insert(WORDS), {"word": "new"})
    assert len(list(tmp_path.glob("words.sqlite.damaged-*"))) == 1
    assert path.stat().st_mode & 0o077 == 0
    database.close()


def test_a_damaged_file_that_cannot_be_replaced_is_named_as_damaged(tmp_path: Path) -> None:
    (tmp_path / "words.sqlite").write_bytes(b"no database" * 999)
    with pytest.raises(IndexUnavailable, match="damaged"):
        SQLiteFile(tmp_path / "words.sqlite", SCHEMA)
    assert (tmp_path / "words.sqlite").read_bytes().startswith(b"no database")
