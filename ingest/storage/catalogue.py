"""Articles, passages, families and generations in SQLite: the record of truth about what readers
may see.

A row lives from the generation that added it to the one that removed it. Publishing a generation is
one transaction, so readers see the old state or the new one; Chroma and the text index may hold
rows that no generation shows, and whatever they return is looked up here first. What the newest
generation took away stays until the next one comes, so that it can be rolled back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from ingest.storage.database import Database, chunked, marks, named
from ingest.storage.rows import StoredArticle as StoredArticle
from ingest.storage.rows import article_of, article_row, member_rows
from ingest.storage.snapshot import Snapshot as Snapshot
from ingest.types import Article, Family, Passage, Sentence

SCHEMA = """
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
"""
ADDED_COLUMNS = (  # since the first version: table, column, what it is
    ("versions", "updated_on", "TEXT"),
    ("versions", "stated_dates", "TEXT NOT NULL DEFAULT '[]'"),
    (
        "generations",
        "kind",
        "TEXT NOT NULL DEFAULT 'ingest'",
    ),  # ingest | removal | rollback | model
    ("generations", "back_to", "INTEGER"),  # the generation that a rollback of this one shows again
    ("generations", "embedding_model", "TEXT"),
)


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What an ingest wants to publish of one article."""

    article: Article
    root: str
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]


class Catalogue:
    """Writes generations; `live()` reads the newest."""

    def __init__(self, path: Path):
        self.database = Database(path, SCHEMA)
        self._embedding_model: str | None = None
        # brings a catalogue that an earlier version made up to today's columns
        for table, name, kind in ADDED_COLUMNS:
            if name not in {row["name"] for row in self._rows(f"PRAGMA table_info({table})")}:
                with self.database.write() as connection:
                    connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")

    @property
    def generation(self) -> int:
        """Number of the newest generation; 0 before the first ingest."""
        return int(self.database.rows(_NUMBER)[0][0] or 0)

    def live(self) -> Snapshot:
        """The newest generation, as it is now; close it when it has been read."""
        reading = self.database.reading()
        return Snapshot(reading, int(reading.rows(_NUMBER)[0][0] or 0))

    def previous(self) -> Snapshot | None:
        """What a rollback would show again; None where there is nothing to go back to. Removed
        articles are gone."""
        reading = self.database.reading()
        number = _back_to(reading.rows(_NEWEST))
        if number is None:
            reading.close()
            return None
        return Snapshot(reading, number)

    def removals_since(self, number: int) -> int:
        """How many articles were removed by name after a generation."""
        query = "SELECT count(*) FROM generations WHERE kind = 'removal' AND number > :number"
        return int(self._rows(query, {"number": number})[0][0])

    def expect(self, passage_ids: Iterable[str]) -> None:
        """Notes ids about to be written to the other indexes, for whoever comes next if this
        process is killed."""
        with self.database.write() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO pending VALUES (?)", [(i,) for i in passage_ids]
            )

    def publish(
        self, new: Sequence[NewVersion], removed: Iterable[str], families: Iterable[Family]
    ) -> int:
        """One new generation in one transaction: `new` replaces older versions, `families` replaces
        all memberships."""
        gone = [*removed, *(version.article.article_id for version in new)]
        with self.database.write() as connection:
            number, now = self._new_generation(connection, "ingest")
            connection.executemany(
                "UPDATE versions SET removed_in = ? WHERE article_id = ? AND removed_in IS NULL",
                [(number, i) for i in gone],
            )
            for version in new:
                row = article_row(version.article, version.sentences) | {
                    "added_in": number,
                    "root": version.root,
                    "ingested_at": now,
                }
                places = ", ".join(f":{name}" for name in row)
                query = f"INSERT INTO versions({', '.join(row)}) VALUES ({places})"
                key = connection.execute(query, row).lastrowid
                connection.executemany(
                    "INSERT OR REPLACE INTO passages VALUES (?, ?, ?, ?)",
                    [(p.passage_id, key, p.start, p.end) for p in version.passages],
                )
            _replace_members(connection, families, number)
            connection.execute(
                "DELETE FROM pending WHERE passage_id IN (SELECT passage_id FROM passages)"
            )
        return number

    def purge(self, article_id: str, families: Iterable[Family]) -> int:
        """A new generation without the article; its text leaves the catalogue in the same
        transaction, for good."""
        versions = "SELECT version FROM versions WHERE article_id = ?"
        with self.database.write() as connection:
            number, _ = self._new_generation(connection, "removal")
            connection.execute(
                f"INSERT OR IGNORE INTO pending SELECT passage_id FROM passages WHERE version IN ({versions})",
                (article_id,),
            )
            connection.execute(f"DELETE FROM passages WHERE version IN ({versions})", (article_id,))
            connection.execute("DELETE FROM versions WHERE article_id = ?", (article_id,))
            connection.execute("DELETE FROM members WHERE article_id = ?", (article_id,))
            _replace_members(connection, families, number)
        return number

    def roll_back(self, families: Iterable[Family]) -> int:
        """A new generation that shows what `previous()` shows, in one transaction; it has nothing
        to go back to itself.

        The view of the generation that is undone is not kept: its readers hold a transaction of
        their own.
        """
        with self.database.write() as connection:
            back_to = _back_to(connection.execute(_NEWEST).fetchall())
            if back_to is None:
                raise AssertionError("there is nothing to go back to: ask previous() first")
            number, _ = self._new_generation(connection, "rollback")
            connection.execute(
                "UPDATE versions SET removed_in = ? WHERE removed_in IS NULL AND added_in > ?",
                (number, back_to),
            )
            connection.execute(
                "UPDATE versions SET removed_in = NULL WHERE added_in <= ? AND removed_in > ?",
                (back_to, back_to),
            )
            _replace_members(connection, families, number)
        return number

    def made_with(self, embedding_model: str) -> None:
        """Notes the model behind the vectors; another one than before makes a new generation of the
        same articles."""
        self._embedding_model = embedding_model
        newest = self._rows(_NEWEST)
        if not newest or newest[0]["embedding_model"] == embedding_model:
            return
        with self.database.write() as connection:
            if newest[0]["embedding_model"] is not None:
                self._new_generation(connection, "model")
            connection.execute(
                "UPDATE generations SET embedding_model = ? WHERE embedding_model IS NULL",
                (embedding_model,),
            )

    def is_settled(self) -> bool:
        """Whether the other indexes were left in peace: false from before they are written until
        what is dead is gone.

        Where it is false in a process that has just begun, the one before it was killed while it
        wrote.
        """
        query = "SELECT EXISTS(SELECT 1 FROM pending) OR EXISTS(SELECT 1 FROM versions WHERE removed_in <= :oldest) AS busy"
        return not self._rows(query, {"oldest": self._oldest()})[0]["busy"]

    def dead_passages(self) -> list[str]:
        """Ids to take out of the other indexes: left by a killed ingest, or of no generation that
        is kept."""
        query = (
            "SELECT p.passage_id FROM passages p JOIN versions v USING (version) WHERE v.removed_in <= :oldest "
            "UNION SELECT passage_id FROM pending WHERE passage_id NOT IN (SELECT passage_id FROM passages)"
        )
        return [row[0] for row in self._rows(query, {"oldest": self._oldest()})]

    def kept_passages(self) -> set[str]:
        """Ids of all passages that a kept generation shows: what Chroma and the text index ought to
        hold."""
        query = (
            "SELECT p.passage_id FROM passages p JOIN versions v USING (version) "
            "WHERE v.removed_in IS NULL OR v.removed_in > :oldest"
        )
        return {row[0] for row in self._rows(query, {"oldest": self._oldest()})}

    def forget(self) -> None:
        """Deletes rows of no kept generation, after their passages have left the other indexes."""
        oldest = self._oldest()
        with self.database.write() as connection:
            connection.execute("DELETE FROM pending")
            dead = "SELECT version FROM versions WHERE removed_in <= ?"
            connection.execute(f"DELETE FROM passages WHERE version IN ({dead})", (oldest,))
            connection.execute("DELETE FROM versions WHERE removed_in <= ?", (oldest,))
            connection.execute("DELETE FROM members WHERE removed_in <= ?", (oldest,))
        self.database.empty_log()

    def versions_of(self, passage_ids: Sequence[str]) -> list[NewVersion]:
        """The articles, of whichever kept generation, that hold the passages; each with those
        passages only."""
        rows: list[sqlite3.Row] = []
        for part in chunked(list(passage_ids)):
            query = (
                "SELECT p.passage_id, p.start, p.end, v.* FROM passages p JOIN versions v USING (version) "
                f"WHERE p.passage_id IN ({marks(part)}) ORDER BY version, p.start"
            )
            rows.extend(self._rows(query, named(part)))
        found: list[NewVersion] = []
        for _, group in groupby(rows, key=lambda row: row["version"]):
            pieces = list(group)
            article = article_of(pieces[0])
            passages = tuple(
                Passage(
                    r["passage_id"],
                    r["article_id"],
                    r["start"],
                    r["end"],
                    article.text[r["start"] : r["end"]],
                )
                for r in pieces
            )
            found.append(NewVersion(article, pieces[0]["root"], (), passages))
        return found

    def inconsistencies(self) -> list[str]:
        """What is wrong inside the catalogue itself, in words; [] where nothing is."""
        found = [row[0] for row in self._rows("PRAGMA quick_check") if row[0] != "ok"]
        checks = {
            "passages reach beyond their article": "SELECT count(*) FROM passages p JOIN versions v USING (version) "
            "WHERE p.start < 0 OR p.end > length(v.text) OR p.start >= p.end",
            "articles belong to no family": "SELECT count(*) FROM versions v WHERE v.removed_in IS NULL AND NOT EXISTS "
            "(SELECT 1 FROM members m WHERE m.article_id = v.article_id AND m.removed_in IS NULL)",
            "families have not exactly one canonical member": "SELECT count(*) FROM (SELECT family_id FROM members "
            "WHERE removed_in IS NULL GROUP BY family_id HAVING sum(canonical) != 1)",
        }
        for words, query in checks.items():
            if count := self._rows(query)[0][0]:
                found.append(f"{count} {words}")
        return found

    def close(self) -> None:
        self.database.close()

    def _new_generation(self, connection: sqlite3.Connection, kind: str) -> tuple[int, str]:
        """Its number and time. An ingest can be rolled back to what was there before it; a removal
        and a change of the model leave the way back as it was."""
        newest = connection.execute(_NEWEST).fetchall()
        number = int(newest[0]["number"]) if newest else 0
        back_to = {"ingest": number or None, "rollback": None}.get(kind, _back_to(newest))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        connection.execute(
            "INSERT INTO generations(number, published_at, kind, back_to, embedding_model) VALUES (?, ?, ?, ?, ?)",
            (number + 1, now, kind, back_to, self._embedding_model),
        )
        return number + 1, now

    def _oldest(self) -> int:
        """Rows removed in this generation or before are shown by none that is kept."""
        newest = self._rows(_NEWEST)
        if not newest:
            return 0
        back_to = _back_to(newest)
        return int(newest[0]["number"]) - 1 if back_to is None else back_to

    def _rows(self, query: str, values: Mapping[str, object] | None = None) -> list[sqlite3.Row]:
        return self.database.rows(query, values)


_NUMBER = "SELECT max(number) FROM generations"
_NEWEST = "SELECT * FROM generations ORDER BY number DESC LIMIT 1"


def _back_to(newest: Sequence[sqlite3.Row]) -> int | None:
    return None if not newest or newest[0]["back_to"] is None else int(newest[0]["back_to"])


def _replace_members(
    connection: sqlite3.Connection, families: Iterable[Family], number: int
) -> None:
    """Closes the rows that changed and opens their successors; what is the same stays."""
    wanted = member_rows(families)
    standing = {
        r["article_id"]: (r["family_id"], r["role"], r["canonical"], r["alterations"])
        for r in connection.execute("SELECT * FROM members WHERE removed_in IS NULL")
    }
    closed = [i for i, row in standing.items() if wanted.get(i) != row]
    connection.executemany(
        "UPDATE members SET removed_in = ? WHERE article_id = ? AND removed_in IS NULL",
        [(number, i) for i in closed],
    )
    connection.executemany(
        "INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, NULL)",
        [(i, *row, number) for i, row in wanted.items() if standing.get(i) != row],
    )
