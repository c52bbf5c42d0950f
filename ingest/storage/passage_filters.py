"""Which live passages and articles a filter permits, and where those passages stand; the one place
of that rule.

Ranking looks at some two hundred passages a question and shows ten. Reading whole articles for all
of them cost five times what reading these columns does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ingest.storage.database import chunked, marks, named
from ingest.storage.snapshot import LIVE

if TYPE_CHECKING:
    from ingest.storage.catalogue import Snapshot, StoredArticle


@dataclass(frozen=True, slots=True)
class PassageRow:
    """Where a live passage stands, without its text."""

    passage_id: str
    article_id: str
    start: int
    end: int
    family_id: str


@dataclass(frozen=True, slots=True)
class PassageFilter:
    """What a question is narrowed to. Dates are inclusive; an empty tuple bounds nothing.

    `as_of` leaves what was published by then, and undated articles whose text names no later date.
    An undated article passes no other date filter. Outlets are compared without case.
    """

    as_of: date | None = None
    published_after: date | None = None
    published_before: date | None = None
    publishers: tuple[str, ...] = ()
    article_ids: tuple[str, ...] = ()


def passage_rows(
    snapshot: Snapshot, passage_ids: Iterable[str], permitted_by: PassageFilter
) -> dict[str, PassageRow]:
    """Those of the ids that are live and permitted."""
    where, values = article_conditions(snapshot, permitted_by)
    found: dict[str, PassageRow] = {}
    for part in chunked(list(passage_ids)):
        query = f"{_ROWS} AND p.passage_id IN ({marks(part)}) {where}"
        for row in snapshot.rows(query, **named(part), **values):
            found[row["passage_id"]] = PassageRow(**dict(row))
    return found


def permitted_articles(
    snapshot: Snapshot, article_ids: Iterable[str], permitted_by: PassageFilter
) -> list[StoredArticle]:
    """Those of the articles that are live and permitted, in order of id."""
    where, values = article_conditions(snapshot, permitted_by)
    stored = snapshot.articles(article_ids)
    permitted: set[str] = set()
    for part in chunked(list(stored)):
        query = f"SELECT v.article_id FROM versions v WHERE {_LIVE_VERSION} AND v.article_id IN ({marks(part)}) {where}"
        permitted.update(row["article_id"] for row in snapshot.rows(query, **named(part), **values))
    return [stored[article_id] for article_id in sorted(permitted)]


def matching_passages(
    snapshot: Snapshot, permitted_by: PassageFilter, most: int
) -> list[str] | None:
    """Ids of all live passages that a filter permits; None where they are more than `most`."""
    where, values = article_conditions(snapshot, permitted_by)
    source = (
        "versions v" if permitted_by.article_ids else _VERSIONS
    )  # ids have an index of their own
    query = (  # the cross join keeps SQLite from walking all passages and looking for each one's version
        f"SELECT p.passage_id FROM {source} CROSS JOIN passages p ON p.version = v.version "
        f"WHERE {_LIVE_VERSION} {where} LIMIT :most"
    )
    rows = snapshot.rows(query, most=most + 1, **values)
    return None if len(rows) > most else [row["passage_id"] for row in rows]


def article_conditions(snapshot: Snapshot, wanted: PassageFilter) -> tuple[str, dict[str, object]]:
    """The filter as SQL over `versions v`, each condition after an AND, and the values it binds."""
    conditions: list[str] = []
    values: dict[str, object] = {}
    if wanted.as_of:
        conditions.append("coalesce(v.published_on, v.latest_named_date, '') <= :as_of")
        values["as_of"] = wanted.as_of.isoformat()
    if wanted.published_after:
        conditions.append("v.published_on >= :published_after")
        values["published_after"] = wanted.published_after.isoformat()
    if wanted.published_before:
        conditions.append("v.published_on <= :published_before")
        values["published_before"] = wanted.published_before.isoformat()
    if wanted.publishers:
        # as their articles spell them: SQLite folds the case of ASCII letters only
        names = {name.casefold() for name in wanted.publishers}
        query = f"SELECT DISTINCT v.publisher FROM {_VERSIONS} WHERE {_LIVE_VERSION}"
        spelled = [row["publisher"] or "" for row in snapshot.rows(query)]
        conditions.append("v.publisher IN (SELECT value FROM json_each(:publishers))")
        values["publishers"] = json.dumps([name for name in spelled if name.casefold() in names])
    if wanted.article_ids:
        conditions.append("v.article_id IN (SELECT value FROM json_each(:article_ids))")
        values["article_ids"] = json.dumps(wanted.article_ids)
    return "".join(f" AND {condition}" for condition in conditions), values


_LIVE_VERSION = LIVE.format("v")
# The index holds every column asked for. In the table they stand behind the text, which would be
# read to reach them.
_VERSIONS = "versions v INDEXED BY versions_places"
_ROWS = (
    f"SELECT p.passage_id, v.article_id, p.start, p.end, m.family_id FROM passages p JOIN {_VERSIONS} "
    f"ON v.version = p.version JOIN members m ON m.article_id = v.article_id AND {LIVE.format('m')} WHERE {_LIVE_VERSION}"
)
