"""Sorts what was read by what its publishers say: killed, under embargo, or older than what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ingest.collections import within
from ingest.storage.catalogue import Catalogue, Snapshot
from ingest.storage.withheld_articles import Held
from ingest.types import Article, Withdrawn

Read = tuple[Article, str]  # with the PATH it was read from


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
    kills: Iterable[Withdrawn],
    catalogue: Catalogue,
    snapshot: Snapshot,
    now: datetime,
    only: Sequence[str] = (),
) -> SortedOut:
    """`fresh` are new and changed articles by id, `kills` those of this reading.

    Items are the same that have one identifier of their publisher, whatever file they are in. A
    kill holds for all that is not newer; of two articles the newer one stays. Where `only` names
    collections, live articles that are in any other count for nothing.
    """
    kills = tuple(kills)
    said = (*(kill.terms for kill in kills), *(article.terms for article, _ in fresh.values()))
    items = {terms.item_id for terms in said if terms.item_id}
    live, by_item = snapshot.of_items(items), catalogue.kills(items) if items else {}
    for kill in kills:
        by_item.setdefault(kill.terms.item_id or "", []).append(kill)
    by_item.pop("", None)
    killed_now = {kill.article_id for kill in kills}
    went: dict[str, Withdrawn] = {}
    standing: dict[str, Article] = {
        a.article_id: a
        for found in live.values()
        for a in found
        if within(snapshot.collections_of(a.article_id), only)
    }
    for article in (*standing.values(), *(article for article, _ in fresh.values())):
        for kill in by_item.get(article.terms.item_id or "", ()):
            if _holds(kill, article, killed_now):
                went[article.article_id] = Withdrawn(
                    article.identity,
                    article.source,
                    kill.reason,
                    replace(article.terms, item_id=None),
                )
    left = {i: read for i, read in fresh.items() if i not in went}
    held = tuple(Held(*read) for read in left.values() if _waits(read[0], now))
    left = {i: read for i, read in left.items() if not _waits(read[0], now)}
    waiting = {one.article.article_id for one in held}
    standing = {i: a for i, a in standing.items() if i not in went.keys() | waiting | left.keys()}
    older = dict(_older(standing, left))
    notes = [f"{one.source} {one.reason}" for one in (*kills, *went.values())]
    notes += (
        f"{h.article.source} is under embargo until {h.until.isoformat()} and not shown before"
        for h in held
    )
    notes += (
        f"{source} is an older version of {newer} and is not shown"
        for source, newer in older.values()
    )
    notes += _contradictions(standing, left, older)
    return SortedOut(
        {i: read for i, read in left.items() if i not in older},
        held,
        (*kills, *(one for i, one in went.items() if i not in killed_now)),
        frozenset(killed_now | went.keys() | waiting | older.keys()),
        tuple(dict.fromkeys(notes)),
    )


def _holds(kill: Withdrawn, article: Article, killed_now: set[str]) -> bool:
    """A file that said kill and now says otherwise takes it back, unless with an older version."""
    if kill.article_id == article.article_id and kill.article_id not in killed_now:
        return kill.terms.is_newer(article.terms)
    return not article.terms.is_newer(kill.terms)


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
