"""What was erased for good: its ids and the hashes of its texts, never a word of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select

from ingest.storage.catalogue_tables import erasures, prints, versions
from ingest.storage.database import Database, put
from ingest.types import Article


@dataclass(frozen=True, slots=True)
class Erased:
    """An article stays out by its id, whatever its text has become, and by its text elsewhere."""

    article_ids: frozenset[str]
    text_hashes: frozenset[str]

    def __contains__(self, article: Article) -> bool:
        return self.holds(article.article_id, article.text)

    def holds(self, article_id: str, text: str) -> bool:
        return article_id in self.article_ids or (
            bool(self.text_hashes) and _hash(text) in self.text_hashes
        )


def erased(database: Database) -> Erased:
    rows = database.rows(select(erasures))
    return Erased(
        frozenset(row.article_id for row in rows), frozenset(row.text_hash for row in rows)
    )


def standing(database: Database) -> list[str]:
    """Ids of articles that were erased and are there again, as after a restore."""
    gone = erased(database)
    with database.reading() as reading:
        rows = reading.each(select(versions.c.article_id, versions.c.text))
        return sorted({row.article_id for row in rows if gone.holds(row.article_id, row.text)})


def listed(database: Database) -> list[dict[str, str]]:
    """What is handed to a restore of an earlier backup."""
    rows = database.rows(select(erasures).order_by(erasures.c.erased_at))
    return [dict(row._mapping) for row in rows]


def take_over(database: Database, rows: Iterable[Mapping[str, str]]) -> None:
    """Adds what `listed` gave elsewhere. Raises KeyError where a column is missing."""
    names = [column.name for column in erasures.c]
    with database.write() as connection:
        put(connection, erasures, [{name: str(row[name]) for name in names} for row in rows])


def note(connection: Connection, article_id: str) -> None:
    """Before its versions go."""
    of_it = select(versions.c.content_hash, versions.c.text)
    found = connection.execute(of_it.where(versions.c.article_id == article_id)).all()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    hashes = {_hash(row.text) for row in found}
    rows = [{"article_id": article_id, "text_hash": one, "erased_at": now} for one in hashes]
    put(connection, erasures, rows)
    contents = [row.content_hash for row in found]
    connection.execute(delete(prints).where(prints.c.content_hash.in_(contents)))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
