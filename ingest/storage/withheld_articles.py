"""What publishers took back, what is under embargo and what was erased for good: sorted out of what is read, in no
index, and of the erased no word."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, func, select

from ingest.storage.catalogue_tables import erasures, held, prints, versions, withdrawals
from ingest.storage.database import Database, among, put
from ingest.storage.generations import terms_json, terms_of
from ingest.types import Article, Withdrawn, may_see

if TYPE_CHECKING:
    from ingest.storage.catalogue import Catalogue, Snapshot

Read = tuple[Article, str]  # with the PATH it was read from
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


@dataclass(frozen=True, slots=True)
class SortedOut:
    """What of it may go live, what waits, and what has to leave."""

    fresh: dict[str, Read]
    held: tuple[Held, ...]
    withdrawn: tuple[Withdrawn, ...]  # the kills, and the articles they take away
    removed: frozenset[str]  # ids of live articles
    notes: tuple[str, ...]


def sorted_out(
    fresh: Mapping[str, Read],
    killed: Iterable[Withdrawn],
    catalogue: Catalogue,
    snapshot: Snapshot,
    now: datetime,
    only: Sequence[str] = (),
) -> SortedOut:
    """`fresh` are new and changed articles by id, `killed` the kills of this reading.

    Items are the same that have one identifier of their publisher, whatever file they are in. A
    kill holds for all that is not newer; of two articles the newer one stays. Where `only` names
    collections, live articles that are in any other count for nothing.
    """
    killed = tuple(killed)
    said = (*(kill.terms for kill in killed), *(article.terms for article, _ in fresh.values()))
    items = {terms.item_id for terms in said if terms.item_id}
    live, by_item = snapshot.of_items(items), catalogue.kills(items) if items else {}
    for kill in killed:
        by_item.setdefault(kill.terms.item_id or "", []).append(kill)
    by_item.pop("", None)
    killed_now = {kill.article_id for kill in killed}
    went: dict[str, Withdrawn] = {}
    standing: dict[str, Article] = {
        a.article_id: a
        for found in live.values()
        for a in found
        if may_see(snapshot.collections_of(a.article_id), only)
    }
    for article in (*standing.values(), *(article for article, _ in fresh.values())):
        for kill in by_item.get(article.terms.item_id or "", ()):
            # a file that said kill and now says otherwise takes it back, unless with an older version
            own = kill.article_id == article.article_id and kill.article_id not in killed_now
            newer = kill.terms.is_newer(article.terms)
            if newer if own else not article.terms.is_newer(kill.terms):
                terms = replace(article.terms, item_id=None)
                gone = Withdrawn(article.identity, article.source, kill.reason, terms)
                went[article.article_id] = gone
    left = {i: read for i, read in fresh.items() if i not in went}
    embargoed = tuple(Held(*read) for read in left.values() if _waits(read[0], now))
    left = {i: read for i, read in left.items() if not _waits(read[0], now)}
    waiting = {one.article.article_id for one in embargoed}
    standing = {i: a for i, a in standing.items() if i not in went.keys() | waiting | left.keys()}
    older = dict(_older(standing, left))
    notes = [f"{one.source} {one.reason}" for one in (*killed, *went.values())]
    notes += (
        f"{h.article.source} is under embargo until {h.until.isoformat()} and not shown before"
        for h in embargoed
    )
    notes += (f"{old} is an older version of {new} and is not shown" for old, new in older.values())
    notes += _contradictions(standing, left, older)
    return SortedOut(
        {i: read for i, read in left.items() if i not in older},
        embargoed,
        (*killed, *(one for i, one in went.items() if i not in killed_now)),
        frozenset(killed_now | went.keys() | waiting | older.keys()),
        tuple(dict.fromkeys(notes)),
    )


def _waits(article: Article, now: datetime) -> bool:
    until = article.terms.embargoed_until
    return until is not None and until > now


def _older(
    standing: Mapping[str, Article], left: Mapping[str, Read]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """(id, (source, source of the newest)) of what is not the newest of its item."""
    for items in _by_item(standing, left):
        newest = items[0]
        for one in items[1:]:
            newest = one if one.terms.is_newer(newest.terms) else newest
        for one in items:
            if newest.terms.is_newer(one.terms):
                yield one.article_id, (one.source, newest.source)


def _contradictions(
    standing: Mapping[str, Article], left: Mapping[str, Read], older: Mapping[str, object]
) -> Iterator[str]:
    for items in _by_item(standing, left):
        first, *others = [one for one in items if one.article_id not in older]
        for one in others:
            if one.text != first.text:
                yield (
                    f"{one.source} has the identifier of {first.source}, no later version and another "
                    "text: both are kept"
                )


def _by_item(standing: Mapping[str, Article], left: Mapping[str, Read]) -> Iterator[list[Article]]:
    """The articles of each item of which there are several, one of them new or changed."""
    found: dict[str, list[Article]] = {}
    for article in (*standing.values(), *(article for article, _ in left.values())):
        if article.terms.item_id:
            found.setdefault(article.terms.item_id, []).append(article)
    return (items for items in found.values() if len(items) > 1)


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


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


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


def erased_yet_there(database: Database) -> list[str]:
    """Ids of articles that were erased and are there again, as after a restore."""
    gone = erased(database)
    with database.reading() as reading:
        rows = reading.each(select(versions.c.article_id, versions.c.text))
        return sorted({row.article_id for row in rows if gone.holds(row.article_id, row.text)})


def all_erasures(database: Database) -> list[dict[str, str]]:
    """What is handed to a restore of an earlier backup."""
    rows = database.rows(select(erasures).order_by(erasures.c.erased_at))
    return [dict(row._mapping) for row in rows]


def take_over_erasures(database: Database, rows: Iterable[Mapping[str, str]]) -> None:
    """Adds what `listed` gave elsewhere. Raises KeyError where a column is missing."""
    names = [column.name for column in erasures.c]
    with database.write() as connection:
        put(connection, erasures, [{name: str(row[name]) for name in names} for row in rows])


def note_erasure(connection: Connection, article_id: str) -> None:
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
