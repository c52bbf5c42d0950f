"""One SQLite file, many threads: connections do not pile up, and what a reading sees stands still."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest.errors import IndexUnavailable
from ingest.storage.database import READINGS_KEPT, Database

SCHEMA = "CREATE TABLE IF NOT EXISTS words(word TEXT PRIMARY KEY);"


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_threads_that_come_and_go_leave_no_open_file_behind(tmp_path: Path) -> None:
    database = Database(tmp_path / "words.sqlite", SCHEMA)

    def use(number: int) -> None:
        with database.write() as connection:
            connection.execute("INSERT INTO words VALUES (?)", (f"word {number}",))
        assert database.reading().rows("SELECT count(*) AS n FROM words")[0]["n"]

    before = open_files()
    for burst in range(5):
        with ThreadPoolExecutor(12) as threads:
            list(threads.map(use, range(burst * 12, burst * 12 + 12)))
    files_each = 3  # the database, its log and the shared memory of the log
    assert open_files() - before <= files_each * (READINGS_KEPT + 1)
    assert database.reading().rows("SELECT count(*) AS n FROM words")[0]["n"] == 60
    database.close()


def test_a_reading_sees_nothing_of_what_is_written_after_it_began(tmp_path: Path) -> None:
    database = Database(tmp_path / "words.sqlite", SCHEMA)
    before = database.reading()
    before.rows("SELECT * FROM words")

    def write() -> None:
        with database.write() as connection:
            connection.execute("INSERT INTO words VALUES ('later')")

    writer = threading.Thread(target=write)
    writer.start()
    writer.join()

    assert not before.rows("SELECT * FROM words")
    assert [row["word"] for row in database.reading().rows("SELECT * FROM words")] == ["later"]
    database.close()


def test_a_reading_ends_when_it_is_closed_and_not_when_it_is_collected(tmp_path: Path) -> None:
    database = Database(tmp_path / "words.sqlite", SCHEMA)
    with database.reading() as first:
        first.rows("SELECT * FROM words")
    again = database.reading()
    assert again._connection is first._connection
    again.close()
    again.close()
    database.close()


def test_what_was_deleted_is_in_none_of_the_files(tmp_path: Path) -> None:
    database = Database(tmp_path / "words.sqlite", SCHEMA)
    for word in ["hidden" * 900, "shown"]:
        with database.write() as connection:
            connection.execute("INSERT INTO words VALUES (?)", (word,))
    with database.write() as connection:
        connection.execute("DELETE FROM words WHERE word LIKE 'hidden%'")
    database.empty_log()

    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"shown" in kept and b"hidden" not in kept
    database.close()


@pytest.mark.parametrize("damage", ["its beginning", "its middle"])
def test_a_damaged_file_that_can_be_replaced_is_set_aside(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "words.sqlite"
    database = Database(path, SCHEMA)
    with database.write() as connection:
        connection.executemany(
            "INSERT INTO words VALUES (?)", [(f"{n:05d}" * 50,) for n in range(500)]
        )
    database.close()
    whole = path.read_bytes()
    start = 0 if damage == "its beginning" else 8192
    path.write_bytes(whole[:start] + b"\xff" * (len(whole) - start))

    database = Database(path, SCHEMA, replaceable=True)
    assert database.rows("SELECT * FROM words") == []
    with database.write() as connection:
        connection.execute("INSERT INTO words VALUES ('new')")
    assert len(list(tmp_path.glob("words.sqlite.damaged-*"))) == 1
    assert path.stat().st_mode & 0o077 == 0
    database.close()


def test_a_damaged_file_that_cannot_be_replaced_is_named_as_damaged(tmp_path: Path) -> None:
    (tmp_path / "words.sqlite").write_bytes(b"no database" * 999)
    with pytest.raises(IndexUnavailable, match="damaged"):
        Database(tmp_path / "words.sqlite", SCHEMA)
    assert (tmp_path / "words.sqlite").read_bytes().startswith(b"no database")
