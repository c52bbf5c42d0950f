"""Passage ids or a filter in, where those passages stand out: article, family, dates; never their text.

Ranking looks at some two hundred passages a question and shows ten. Reading whole articles for all of them cost five
times what reading these columns does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ingest.storage.database import chunked, marks, named
from ingest.storage.snapshot import LIVE

if TYPE_CHECKING:
    import sqlite3

    from ingest.storage.catalogue import Snapshot


@dataclass(frozen=True, slots=True)
class Place:
    """What decides whether a live passage may be shown, and in whose place."""

    passage_id: str
    article_id: str
    start: int
    end: int
    family_id: str
    published_on: date | None
    latest_named_date: date | None
    publisher: str | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """A filter as the catalogue can apply it; dates are inclusive, empty tuples bound nothing."""

    as_of: date | None = None
    published_after: date | None = None
    published_before: date | None = None
    publishers: tuple[str, ...] = ()
    article_ids: tuple[str, ...] = ()


def places(snapshot: Snapshot, passage_ids: Iterable[str]) -> dict[str, Place]:
    """Those of the ids that are live."""
    found: dict[str, Place] = {}
    for part in chunked(list(passage_ids)):
        for row in snapshot.rows(f"{_PLACES} AND p.passage_id IN ({marks(part)})", **named(part)):
            found[row["passage_id"]] = _place(row)
    return found


def within(snapshot: Snapshot, bounds: Bounds, most: int) -> list[str] | None:
    """Ids of all live passages that a filter leaves; None where they are more than `most`.

    `as_of` leaves undated articles whose text names no later date. Outlets are compared without case.
    """
    conditions: list[str] = []
    values: dict[str, object] = {}
    if bounds.as_of:
        conditions.append("coalesce(v.published_on, v.latest_named_date, '') <= :as_of")
        values["as_of"] = bounds.as_of.isoformat()
    for name, sign in (("published_after", ">="), ("published_before", "<=")):
        if day := getattr(bounds, name):
            conditions.append(f"v.published_on {sign} :{name}")
            values[name] = day.isoformat()
    for column, bound, wanted in (
        ("publisher", bounds.publishers, _as_written(snapshot, bounds.publishers)),
        ("article_id", bounds.article_ids, bounds.article_ids),
    ):
        if bound:
            conditions.append(f"v.{column} IN (SELECT value FROM json_each(:{column}))")
            values[column] = json.dumps(wanted)
    source = "versions v" if bounds.article_ids else _VERSIONS  # ids have an index of their own
    query = f"{_IDS.format(source)} {' '.join(f'AND {c}' for c in conditions)} LIMIT :most"
    rows = snapshot.rows(query, most=most + 1, **values)
    return None if len(rows) > most else [row["passage_id"] for row in rows]


def _as_written(snapshot: Snapshot, publishers: Sequence[str]) -> tuple[str, ...]:
    """The outlets as their articles spell them: SQLite folds the case of ASCII letters only."""
    if not publishers:
        return ()
    wanted = {name.casefold() for name in publishers}
    rows = snapshot.rows(f"SELECT DISTINCT v.publisher FROM {_VERSIONS} WHERE {_LIVE_VERSION}")
    return tuple(row["publisher"] for row in rows if (row["publisher"] or "").casefold() in wanted)


def _place(row: sqlite3.Row) -> Place:
    return Place(
        row["passage_id"], row["article_id"], row["start"], row["end"], row["family_id"],
        _date(row["published_on"]), _date(row["latest_named_date"]), row["publisher"],
    )  # fmt: skip


def _date(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


_LIVE_VERSION = LIVE.format("v")
_LIVE_MEMBER = LIVE.format("m")
# The index holds every column asked for. In the table they stand behind the text, which would be read to reach them.
_VERSIONS = "versions v INDEXED BY versions_places"
_PLACES = (
    "SELECT p.passage_id, v.article_id, p.start, p.end, m.family_id, v.published_on, v.latest_named_date, v.publisher "
    f"FROM passages p JOIN {_VERSIONS} ON v.version = p.version "
    f"JOIN members m ON m.article_id = v.article_id AND {_LIVE_MEMBER} WHERE {_LIVE_VERSION}"
)
_IDS = (  # the cross join keeps SQLite from walking all passages and looking for each one's version
    f"SELECT p.passage_id FROM {{}} CROSS JOIN passages p ON p.version = v.version WHERE {_LIVE_VERSION}"
)
