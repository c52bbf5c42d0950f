"""What the archive page shows: stories with their copies, a timeline, and how to narrow both."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ingest.english.periods import in_words
from ingest.storage.article_listing import Listing
from ingest.storage.catalogue import Snapshot
from service.archive_questions import ArchiveFilter, holding, listing, stories
from service.example_questions import TITLES_READ, example_questions

PAGE_STORIES = 50
NEWEST_SHOWN = 6  # on the front page
MOST_MONTHS = 60  # of a timeline; one that is longer shows years
MOST_OUTLETS = 200  # that the form offers; the address takes any
LEAST_BARS = 2  # below them a timeline says nothing
PAGE_SORTS = ("newest", "oldest", "title", "outlet", "copies")


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
    any_time = replace(wanted, published_after=None, published_before=None)
    anywhere, anything = replace(wanted, publisher=()), replace(wanted, collection=())
    # the words are looked for once, in whatever the other filters leave
    held = holding(snapshot, replace(any_time, publisher=(), collection=()))
    found, dated, elsewhere, beside = (
        Listing(snapshot, one.permitted, held) for one in (wanted, any_time, anywhere, anything)
    )
    articles, story_count, with_day, first, last = found.counts()
    pages = max(1, -(-story_count // PAGE_STORIES))
    page = min(page, pages)
    return {
        "wanted": wanted,
        "given": wanted.given() | ({"sort": sort} if sort != "newest" else {}),
        "sort": sort,
        "sorts": PAGE_SORTS,
        "articles": articles,
        "story_count": story_count,
        "first": first,
        "last": last,
        "undated": articles - with_day,
        "stories": stories(found, sort, (page - 1) * PAGE_STORIES, PAGE_STORIES),
        "bars": timeline(dated.months(), wanted),
        "outlets": elsewhere.outlets()[:MOST_OUTLETS],
        "collections": beside.collections()[:MOST_OUTLETS],
        "narrowed": list(_narrowed(wanted)),
        "page": page,
        "pages": pages,
    }


def home_view(snapshot: Snapshot) -> dict[str, Any]:
    """What the front page shows of the archive: its newest stories, its outlets, what to ask."""
    found = listing(snapshot, ArchiveFilter())
    newest = stories(found, "newest", 0, TITLES_READ)
    return {
        "stories": newest[:NEWEST_SHOWN],
        "examples": example_questions([story.lead for story in newest]),
        "outlets": found.outlets()[:MOST_OUTLETS],
        "collections": found.collections()[:MOST_OUTLETS],
        "articles": found.counts()[0],
    }


def timeline(months: Sequence[tuple[str, int]], wanted: ArchiveFilter) -> list[Bar]:
    """Articles a month, or a year where that is more months than a row has room for.

    `months` are `YYYY-MM` with their numbers, in order. Those between the first and the last that
    have none are there too; [] where one bar is all.
    """
    if not months:
        return []
    first, last = (12 * int(name[:4]) + int(name[5:]) - 1 for name in (months[0][0], months[-1][0]))
    by_month = last - first < MOST_MONTHS
    years = range(first // 12, last // 12 + 1)
    spans = (
        [
            (date(year, month + 1, 1), date(year, month + 1, monthrange(year, month + 1)[1]))
            for year, month in (divmod(number, 12) for number in range(first, last + 1))
        ]
        if by_month
        else [(date(year, 1, 1), date(year, 12, 31)) for year in years]
    )
    counts: Counter[str] = Counter()
    for name, number in months:
        counts[name if by_month else f"{name[:4]}-01"] += number
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
        for count in [counts[start.isoformat()[:7]]]
    ]
    return bars if len(bars) >= LEAST_BARS else []


def _narrowed(wanted: ArchiveFilter) -> Iterator[tuple[str, dict[str, Any]]]:
    """What narrows the list, in words, each with the parameters that are left without it."""
    if wanted.q:
        yield f"“{wanted.q}”", replace(wanted, q="").given()
    for one in wanted.publisher:
        others = tuple(name for name in wanted.publisher if name != one)
        yield one, replace(wanted, publisher=others).given()
    for one in wanted.collection:
        others = tuple(name for name in wanted.collection if name != one)
        yield f"collection {one}", replace(wanted, collection=others).given()
    for one in wanted.subject:
        others = tuple(name for name in wanted.subject if name != one)
        yield f"subject {one}", replace(wanted, subject=others).given()
    for one in wanted.author:
        others = tuple(name for name in wanted.author if name != one)
        yield f"by {one}", replace(wanted, author=others).given()
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
