"""Articles, passages, families and generations in SQLite: the record of truth about what readers may see.

A row lives from the generation that added it to the one that removed it. Publishing a generation is one
transaction, so readers see the old state or the new one; Chroma and the text index may hold rows that no
generation shows, and whatever they return is looked up here first.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

from ingest.database import Database, chunked
from ingest.types import (
    Alteration,
    Article,
    DateKind,
    Family,
    Member,
    Passage,
    Role,
    Sentence,
    SentenceKind,
    Span,
    StatedDate,
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS generations(number INTEGER PRIMARY KEY, published_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS versions(
    version INTEGER PRIMARY KEY, article_id TEXT NOT NULL, content_hash TEXT NOT NULL,
    added_in INTEGER NOT NULL, removed_in INTEGER, root TEXT NOT NULL, ingested_at TEXT NOT NULL,
    identity TEXT NOT NULL, source TEXT NOT NULL, text TEXT NOT NULL, title TEXT, author TEXT, publisher TEXT, url TEXT,
    published_on TEXT, republished_on TEXT, updated_on TEXT, date_source TEXT NOT NULL, stated_dates TEXT NOT NULL,
    credited_to TEXT, latest_named_date TEXT, language TEXT, sentences TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS versions_article ON versions(article_id);
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
ADDED_COLUMNS = {"updated_on": "TEXT", "stated_dates": "TEXT NOT NULL DEFAULT '[]'"}  # since the first version
LIVE = "{0}.added_in <= :generation AND ({0}.removed_in IS NULL OR {0}.removed_in > :generation)"


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article of one generation, with its place in its family."""

    article: Article
    member: Member
    family_id: str
    family_size: int
    root: str
    ingested_at: str


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
        self._add_columns()

    def _add_columns(self) -> None:
        """Brings a catalogue that an earlier version made up to today's columns."""
        known = {row["name"] for row in self.database.connection().execute("PRAGMA table_info(versions)")}
        for name, kind in ADDED_COLUMNS.items():
            if name not in known:
                with self.database.write() as connection:
                    connection.execute(f"ALTER TABLE versions ADD COLUMN {name} {kind}")

    @property
    def generation(self) -> int:
        """Number of the newest generation; 0 before the first ingest."""
        row = self.database.connection().execute("SELECT max(number) FROM generations").fetchone()
        return int(row[0] or 0)

    def live(self) -> Snapshot:
        return Snapshot(self.database, self.generation)

    def expect(self, passage_ids: Iterable[str]) -> None:
        """Notes ids that are about to be written to the other indexes, so that a killed ingest can be cleared up."""
        with self.database.write() as connection:
            connection.executemany("INSERT OR IGNORE INTO pending VALUES (?)", [(i,) for i in passage_ids])

    def publish(self, new: Sequence[NewVersion], removed: Iterable[str], families: Iterable[Family]) -> int:
        """One new generation in one transaction: `new` replaces older versions, `families` replaces all memberships."""
        number = self.generation + 1
        now = datetime.now(UTC).isoformat(timespec="seconds")
        gone = [*removed, *(version.article.article_id for version in new)]
        with self.database.write() as connection:
            connection.executemany(
                "UPDATE versions SET removed_in = ? WHERE article_id = ? AND removed_in IS NULL",
                [(number, i) for i in gone],
            )
            for version in new:
                _insert_version(connection, version, number, now)
            _replace_members(connection, families, number)
            connection.execute("INSERT INTO generations VALUES (?, ?)", (number, now))
            connection.execute("DELETE FROM pending WHERE passage_id IN (SELECT passage_id FROM passages)")
        return number

    def dead_passages(self, keep_generations: int = 1) -> list[str]:
        """Ids to take out of the other indexes: left by a killed ingest, or of no generation that is kept."""
        oldest = self.generation - keep_generations
        rows = self.database.connection().execute(
            "SELECT p.passage_id FROM passages p JOIN versions v USING (version) WHERE v.removed_in <= ? "
            "UNION SELECT passage_id FROM pending WHERE passage_id NOT IN (SELECT passage_id FROM passages)",
            (oldest,),
        )
        return [row[0] for row in rows]

    def kept_passages(self, keep_generations: int = 1) -> set[str]:
        """Ids of all passages that a kept generation shows: what Chroma and the text index ought to hold."""
        rows = self.database.connection().execute(
            "SELECT p.passage_id FROM passages p JOIN versions v USING (version) "
            "WHERE v.removed_in IS NULL OR v.removed_in > ?",
            (self.generation - keep_generations,),
        )
        return {row[0] for row in rows}

    def versions_of(self, passage_ids: Sequence[str]) -> list[NewVersion]:
        """The articles, of whichever kept generation, that hold the passages; each with those passages only."""
        rows: list[sqlite3.Row] = []
        for part in chunked(list(passage_ids)):
            query = (
                "SELECT p.passage_id, p.start, p.end, v.*, v.article_id AS family_id, 'original' AS role, "
                "1 AS canonical, '[]' AS alterations, 1 AS family_size FROM passages p JOIN versions v USING (version) "
                f"WHERE p.passage_id IN ({_marks(part)}) ORDER BY version, p.start"
            )
            rows.extend(self.database.connection().execute(query, _named(part)))
        found: list[NewVersion] = []
        for _, group in groupby(rows, key=lambda row: row["version"]):
            pieces = list(group)
            article = _stored_article(pieces[0]).article
            passages = tuple(
                Passage(r["passage_id"], r["article_id"], r["start"], r["end"], article.text[r["start"] : r["end"]])
                for r in pieces
            )
            found.append(NewVersion(article, pieces[0]["root"], (), passages))
        return found

    def inconsistencies(self) -> list[str]:
        """What is wrong inside the catalogue itself, in words; [] where nothing is."""
        connection = self.database.connection()
        found = [row[0] for row in connection.execute("PRAGMA quick_check") if row[0] != "ok"]
        checks = {
            "passages reach beyond their article": "SELECT count(*) FROM passages p JOIN versions v USING (version) "
            "WHERE p.start < 0 OR p.end > length(v.text) OR p.start >= p.end",
            "articles belong to no family": "SELECT count(*) FROM versions v WHERE v.removed_in IS NULL AND NOT EXISTS "
            "(SELECT 1 FROM members m WHERE m.article_id = v.article_id AND m.removed_in IS NULL)",
            "families have not exactly one canonical member": "SELECT count(*) FROM (SELECT family_id FROM members "
            "WHERE removed_in IS NULL GROUP BY family_id HAVING sum(canonical) != 1)",
        }
        for words, query in checks.items():
            if count := connection.execute(query).fetchone()[0]:
                found.append(f"{count} {words}")
        return found

    def forget(self, passage_ids: Sequence[str], keep_generations: int = 1) -> None:
        """Deletes rows of no kept generation, after their passages have left the other indexes."""
        oldest = self.generation - keep_generations
        with self.database.write() as connection:
            connection.executemany("DELETE FROM pending WHERE passage_id = ?", [(i,) for i in passage_ids])
            dead = "SELECT version FROM versions WHERE removed_in <= ?"
            connection.execute(f"DELETE FROM passages WHERE version IN ({dead})", (oldest,))
            connection.execute("DELETE FROM versions WHERE removed_in <= ?", (oldest,))
            connection.execute("DELETE FROM members WHERE removed_in <= ?", (oldest,))

    def close(self) -> None:
        self.database.close()


class Snapshot:
    """Everything readers may see in one generation; safe to use from any thread."""

    def __init__(self, database: Database, generation: int):
        self._database = database
        self.number = generation

    @property
    def generation(self) -> str:
        return f"g{self.number:06d}"

    def article(self, article_id: str) -> StoredArticle | None:
        return self.articles([article_id]).get(article_id)

    def articles(self, article_ids: Iterable[str]) -> dict[str, StoredArticle]:
        """Those of the ids that are live."""
        found: dict[str, StoredArticle] = {}
        for part in chunked(list(dict.fromkeys(article_ids))):
            for row in self._select(f"AND v.article_id IN ({_marks(part)})", part):
                found[row["article_id"]] = _stored_article(row)
        return found

    def page(self, after: str, limit: int) -> list[StoredArticle]:
        """The next `limit` articles in order of id, after the id `after` ("" for the first page)."""
        rows = self._select(
            "AND v.article_id > :after ORDER BY v.article_id LIMIT :limit", (), after=after, limit=limit
        )
        return [_stored_article(row) for row in rows]

    def everything(self) -> Iterator[StoredArticle]:
        after = ""
        while page := self.page(after, 200):
            yield from page
            after = page[-1].article.article_id

    def sentences(self, article_id: str) -> tuple[Sentence, ...]:
        """In order; () where the article is not live."""
        query = f"SELECT v.text, v.sentences FROM versions v WHERE v.article_id = :article AND {LIVE.format('v')}"
        row = self._execute(query, article=article_id).fetchone()
        return _sentences(row["text"], row["sentences"]) if row else ()

    def passages(self, passage_ids: Iterable[str]) -> dict[str, Passage]:
        """Those of the ids that are live; whatever another index returned beyond them does not exist."""
        found: dict[str, Passage] = {}
        for part in chunked(list(passage_ids)):
            for row in self._execute(_PASSAGES + f" AND p.passage_id IN ({_marks(part)})", **_named(part)):
                found[row["passage_id"]] = Passage(**dict(row))
        return found

    def passages_of(self, article_id: str) -> list[Passage]:
        rows = self._execute(_PASSAGES + " AND v.article_id = :article ORDER BY p.start", article=article_id)
        return [Passage(**dict(row)) for row in rows]

    def passage_ids(self) -> set[str]:
        return {row["passage_id"] for row in self._execute(_PASSAGE_IDS)}

    def family(self, family_id: str) -> Family | None:
        """The live members, canonical first."""
        query = (
            f"SELECT m.* FROM members m WHERE m.family_id = :family AND {LIVE.format('m')} "
            "ORDER BY m.canonical DESC, m.article_id"
        )
        members = tuple(_member(row) for row in self._execute(query, family=family_id))
        return Family(family_id, members) if members else None

    def family_ids(self) -> dict[str, str]:
        """article id → family id of all live articles."""
        rows = self._execute(f"SELECT m.article_id, m.family_id FROM members m WHERE {LIVE.format('m')}")
        return {row["article_id"]: row["family_id"] for row in rows}

    def known_hashes(self) -> dict[str, tuple[str, str, str]]:
        """article id → (content hash, identity, root) of all live articles."""
        query = f"SELECT v.article_id, v.content_hash, v.identity, v.root FROM versions v WHERE {LIVE.format('v')}"
        return {r["article_id"]: (r["content_hash"], r["identity"], r["root"]) for r in self._execute(query)}

    def counts(self) -> dict[str, int]:
        """articles, passages, families, altered."""
        row = self._execute(
            f"SELECT (SELECT count(*) FROM versions v WHERE {LIVE.format('v')}) AS articles, "
            f"(SELECT count(*) FROM passages p JOIN versions v USING (version) WHERE {LIVE.format('v')}) AS passages, "
            f"(SELECT count(DISTINCT family_id) FROM members m WHERE {LIVE.format('m')}) AS families, "
            f"(SELECT count(*) FROM members m WHERE role = 'altered' AND {LIVE.format('m')}) AS altered"
        ).fetchone()
        return dict(row)

    def _execute(self, query: str, **values: object) -> sqlite3.Cursor:
        return self._database.connection().execute(query, {"generation": self.number, **values})

    def _select(self, where: str, ids: Sequence[str], **values: object) -> sqlite3.Cursor:
        query = (
            "SELECT v.*, m.family_id, m.role, m.canonical, m.alterations, "
            f"(SELECT count(*) FROM members n WHERE n.family_id = m.family_id AND {LIVE.format('n')}) AS family_size "
            f"FROM versions v JOIN members m ON m.article_id = v.article_id AND {LIVE.format('m')} "
            f"WHERE {LIVE.format('v')} {where}"
        )
        return self._execute(query, **_named(ids), **values)


_PASSAGES = (
    "SELECT p.passage_id, v.article_id, p.start, p.end, substr(v.text, p.start + 1, p.end - p.start) AS text "
    f"FROM passages p JOIN versions v USING (version) WHERE {LIVE.format('v')}"
)
_PASSAGE_IDS = f"SELECT p.passage_id FROM passages p JOIN versions v USING (version) WHERE {LIVE.format('v')}"


def _marks(ids: Sequence[str]) -> str:
    return ",".join(f":i{n}" for n in range(len(ids)))


def _named(ids: Sequence[str]) -> dict[str, str]:
    return {f"i{n}": value for n, value in enumerate(ids)}


def _insert_version(connection: sqlite3.Connection, new: NewVersion, number: int, now: str) -> None:
    a = new.article
    sentences = json.dumps([[s.start, s.end, s.kind] for s in new.sentences], separators=(",", ":"))
    row = {
        "article_id": a.article_id, "content_hash": a.content_hash, "added_in": number, "root": new.root,
        "ingested_at": now, "identity": a.identity, "source": a.source, "text": a.text, "title": a.title,
        "author": a.author, "publisher": a.publisher, "url": a.url, "published_on": _iso(a.published_on),
        "republished_on": _iso(a.republished_on), "updated_on": _iso(a.updated_on), "date_source": a.date_source,
        "stated_dates": json.dumps([[d.kind, d.day.isoformat(), d.precision, d.where] for d in a.stated_dates]),
        "credited_to": a.credited_to, "latest_named_date": _iso(a.latest_named_date), "language": a.language,
        "sentences": sentences,
    }  # fmt: skip
    columns = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    cursor = connection.execute(f"INSERT INTO versions({columns}) VALUES ({marks})", row)
    connection.executemany(
        "INSERT OR REPLACE INTO passages VALUES (?, ?, ?, ?)",
        [(p.passage_id, cursor.lastrowid, p.start, p.end) for p in new.passages],
    )


def _replace_members(connection: sqlite3.Connection, families: Iterable[Family], number: int) -> None:
    """Closes the rows that changed and opens their successors; what is the same stays."""
    wanted = {
        m.article_id: (
            f.family_id,
            str(m.role),
            int(m.canonical),
            json.dumps([_alteration_row(x) for x in m.alterations]),
        )
        for f in families
        for m in f.members
    }
    standing = {
        r["article_id"]: (r["family_id"], r["role"], r["canonical"], r["alterations"])
        for r in connection.execute("SELECT * FROM members WHERE removed_in IS NULL")
    }
    closed = [i for i, row in standing.items() if wanted.get(i) != row]
    connection.executemany(
        "UPDATE members SET removed_in = ? WHERE article_id = ? AND removed_in IS NULL", [(number, i) for i in closed]
    )
    connection.executemany(
        "INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, NULL)",
        [(i, *row, number) for i, row in wanted.items() if standing.get(i) != row],
    )


def _alteration_row(alteration: Alteration) -> list[object]:
    h, c = alteration.here, alteration.canonical
    return [alteration.kind, h.start, h.end, h.text, c.start, c.end, c.text]


def _member(row: sqlite3.Row) -> Member:
    alterations = tuple(
        Alteration(kind, Span(a, b, here), Span(c, d, there))
        for kind, a, b, here, c, d, there in json.loads(row["alterations"])
    )
    return Member(row["article_id"], Role(row["role"]), bool(row["canonical"]), alterations)


def _stored_article(row: sqlite3.Row) -> StoredArticle:
    article = Article(
        identity=row["identity"], source=row["source"], text=row["text"], title=row["title"], author=row["author"],
        publisher=row["publisher"], url=row["url"], published_on=_date(row["published_on"]),
        republished_on=_date(row["republished_on"]), updated_on=_date(row["updated_on"]),
        date_source=row["date_source"], stated_dates=_stated_dates(row["stated_dates"]),
        credited_to=row["credited_to"], latest_named_date=_date(row["latest_named_date"]), language=row["language"],
    )  # fmt: skip
    return StoredArticle(article, _member(row), row["family_id"], row["family_size"], row["root"], row["ingested_at"])


def _sentences(text: str, stored: str) -> tuple[Sentence, ...]:
    return tuple(Sentence(a, b, text[a:b], SentenceKind(kind)) for a, b, kind in json.loads(stored))


def _stated_dates(stored: str) -> tuple[StatedDate, ...]:
    return tuple(StatedDate(DateKind(k), date.fromisoformat(day), p, w) for k, day, p, w in json.loads(stored))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None
