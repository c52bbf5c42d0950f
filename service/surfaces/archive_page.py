"""What the archive page shows: stories with their copies, a timeline, and how to narrow both."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ingest.english.periods import in_words
from ingest.storage.catalogue import Snapshot
from service.archive_counts import SORTS, ArchiveFilter, ArchiveRow, outlets, rows, stories
from service.example_questions import example_questions

PAGE_STORIES = 50
NEWEST_SHOWN = 6  # on the front page
MOST_MONTHS = 60  # of a timeline; one that is longer shows years
MOST_OUTLETS = 200  # that the form offers; the address takes any
LEAST_BARS = 2  # below them a timeline says nothing


@dataclass(frozen=True, slots=True)
class Story:
    """The articles of one family that the filter leaves: one that stands for all, and its copies."""

    lead: ArchiveRow
    copies: tuple[ArchiveRow, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A month or year of a timeline; `height` is 0 to 100."""

    name: str
    unit: str
    first: date
    last: date
    count: int
    height: int
    chosen: bool


def archive_view(
    snapshot: Snapshot, wanted: ArchiveFilter, sort: str = "newest", page: int = 1
) -> dict[str, Any]:
    """What the template shows; `page` counts from 1, and one beyond the last is the last."""
    found = sorted(rows(snapshot, wanted), key=SORTS[sort])
    told = told_once(found)
    pages = max(1, -(-len(told) // PAGE_STORIES))
    page = min(page, pages)
    days = [row.published_on for row in found if row.published_on]
    any_time = replace(wanted, published_after=None, published_before=None)
    dated = rows(snapshot, any_time) if any_time != wanted else found
    elsewhere = rows(snapshot, replace(wanted, publisher=())) if wanted.publisher else found
    return {
        "wanted": wanted,
        "given": wanted.given() | ({"sort": sort} if sort != "newest" else {}),
        "sort": sort,
        "sorts": list(SORTS),
        "articles": len(found),
        "story_count": stories(found),
        "first": min(days, default=None),
        "last": max(days, default=None),
        "undated": len(found) - len(days),
        "stories": told[(page - 1) * PAGE_STORIES : page * PAGE_STORIES],
        "bars": timeline(dated, wanted),
        "outlets": outlets(elsewhere)[:MOST_OUTLETS],
        "narrowed": list(_narrowed(wanted)),
        "page": page,
        "pages": pages,
    }


def home_view(snapshot: Snapshot) -> dict[str, Any]:
    """What the front page shows of the archive: its newest stories, its outlets, what to ask."""
    found = rows(snapshot, ArchiveFilter())
    told = told_once(found)
    return {
        "stories": told[:NEWEST_SHOWN],
        "examples": example_questions([story.lead for story in told]),
        "outlets": outlets(found)[:MOST_OUTLETS],
        "articles": len(found),
    }


def told_once(found: Sequence[ArchiveRow]) -> list[Story]:
    """The articles by family, in the order in which each family is first met.

    The canonical member stands for the others; where it is not among them, one that is not altered.
    """
    families: dict[str, list[ArchiveRow]] = {}
    for row in found:
        families.setdefault(row.family_id, []).append(row)
    return [
        Story(lead, tuple(row for row in members if row is not lead))
        for members in families.values()
        for lead in [min(members, key=lambda row: (not row.canonical, row.role == "altered"))]
    ]


def timeline(found: Sequence[ArchiveRow], wanted: ArchiveFilter) -> list[Bar]:
    """Articles a month, or a year where that is more months than a row has room for.

    Those between the first and the last that have none are there too; [] where one bar is all.
    """
    days = [row.published_on for row in found if row.published_on]
    if not days:
        return []
    first, last = (day.year * 12 + day.month - 1 for day in (min(days), max(days)))
    by_month = last - first < MOST_MONTHS
    spans = [_month(n) for n in range(first, last + 1)] if by_month else _years(first, last)
    counts = Counter((day.year, day.month if by_month else 1) for day in days)
    most = max(counts.values())
    bars = [
        Bar(
            f"{start:%B} {start.year}" if by_month else str(start.year),
            "month" if by_month else "year",
            start,
            end,
            count,
            # what is there can be seen, however much more there is elsewhere
            max(4, round(100 * count / most)) if count else 0,
            (wanted.published_after or date.min) <= end
            and (wanted.published_before or date.max) >= start,
        )
        for start, end in spans
        for count in [counts[(start.year, start.month)]]
    ]
    return bars if len(bars) >= LEAST_BARS else []


def _month(number: int) -> tuple[date, date]:
    """The first and the last day of a month, counted from the year 0."""
    year, month = divmod(number, 12)
    return date(year, month + 1, 1), date(year, month + 1, monthrange(year, month + 1)[1])


def _years(first: int, last: int) -> list[tuple[date, date]]:
    return [(date(y, 1, 1), date(y, 12, 31)) for y in range(first // 12, last // 12 + 1)]


def _narrowed(wanted: ArchiveFilter) -> Iterator[tuple[str, dict[str, Any]]]:
    """What narrows the list, in words, each with the parameters that are left without it."""
    if wanted.q:
        yield f"“{wanted.q}”", replace(wanted, q="").given()
    for one in wanted.publisher:
        others = tuple(name for name in wanted.publisher if name != one)
        yield one, replace(wanted, publisher=others).given()
    if wanted.published_after:
        words = f"from {in_words(wanted.published_after)}"
        yield words, replace(wanted, published_after=None).given()
    if wanted.published_before:
        words = f"up to {in_words(wanted.published_before)}"
        yield words, replace(wanted, published_before=None).given()
    if wanted.as_of:
        yield f"known by {in_words(wanted.as_of)}", replace(wanted, as_of=None).given()
    if wanted.article_id:
        number = len(wanted.article_id)
        words = "one article" if number == 1 else f"{number} articles"
        yield f"only {words} asked about", replace(wanted, article_id=()).given()
