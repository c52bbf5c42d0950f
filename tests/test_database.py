"""One SQLite file, many threads: connections do not pile up, and what a reading sees stands still."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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
