"""What publishers took back, and what is under embargo: kept beside the live articles, in no index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, func, select, union

from ingest.storage.catalogue_tables import held, withdrawals
from ingest.storage.database import Database, among, put
from ingest.storage.rows import terms_json, terms_of
from ingest.types import Article, Withdrawn

_ARTICLE: TypeAdapter[Article] = TypeAdapter(Article)


@dataclass(frozen=True, slots=True)
class Held:
    """An article under embargo, and the PATH it was read from."""

    article: Article
    root: str

    @property
    def until(self) -> datetime:
        assert self.article.terms.embargoed_until is not None
        return self.article.terms.embargoed_until


def hold(connection: Connection, found: Iterable[Held]) -> None:
    put(
        connection,
        held,
        [
            {
                "article_id": one.article.article_id,
                "until": _written(one.until),
                "root": one.root,
                "article": _ARTICLE.dump_json(one.article).decode(),
            }
            for one in found
        ],
    )


def take_back(connection: Connection, found: Iterable[Withdrawn]) -> None:
    """Notes kills; what is under embargo by them leaves, too."""
    rows = [
        {
            "article_id": one.article_id,
            "identity": one.identity,
            "source": one.source,
            "reason": one.reason,
            "item_id": one.terms.item_id,
            "terms": terms_json(one.terms),
        }
        for one in found
    ]
    put(connection, withdrawals, rows)
    forget_held(connection, [str(row["article_id"]) for row in rows])


def let_go(connection: Connection, article_ids: Iterable[str]) -> None:
    """What is published is neither killed nor under embargo."""
    ids = list(article_ids)
    forget_held(connection, ids)
    for start in range(0, len(ids), 500):
        some = withdrawals.c.article_id.in_(ids[start : start + 500])
        connection.execute(delete(withdrawals).where(some))


def forget_held(connection: Connection, article_ids: Sequence[str]) -> None:
    for start in range(0, len(article_ids), 500):
        some = held.c.article_id.in_(article_ids[start : start + 500])
        connection.execute(delete(held).where(some))


def all_held(database: Database, by: datetime | None = None) -> list[Held]:
    """What is under embargo, or of it what is free by a moment."""
    query = select(held) if by is None else select(held).where(held.c.until <= _written(by))
    return [Held(_ARTICLE.validate_json(row.article), row.root) for row in database.rows(query)]


def next_release(database: Database) -> datetime | None:
    """When the first embargo ends; None where there is none."""
    first = database.rows(select(func.min(held.c.until)))[0][0]
    return datetime.fromisoformat(first) if first else None


def kills(database: Database, item_ids: Iterable[str]) -> dict[str, list[Withdrawn]]:
    """What was killed under each identifier."""
    found: dict[str, list[Withdrawn]] = {}
    query = select(withdrawals).where(among(withdrawals.c.item_id, "ids"))
    for row in database.rows(query, {"ids": list(item_ids)}):
        kill = Withdrawn(row.identity, row.source, row.reason, terms_of(row.terms))
        found.setdefault(row.item_id, []).append(kill)
    return found


def withdrawn(database: Database, article_ids: Iterable[str]) -> dict[str, str]:
    """Of the articles those that their publisher took back or put under embargo, with the reason,
    which follows the name of the article in a sentence."""
    ids = {"ids": list(article_ids)}
    killed = select(withdrawals).where(among(withdrawals.c.article_id, "ids"))
    waiting = select(held).where(among(held.c.article_id, "ids"))
    return {
        **{
            row.article_id: f"is under embargo until {row.until}"
            for row in database.rows(waiting, ids)
        },
        **{row.article_id: row.reason for row in database.rows(killed, ids)},
    }


# Ids of what no rollback shows again.
TAKEN_BACK = union(select(withdrawals.c.article_id), select(held.c.article_id))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
