"""Counts what the archive holds, for questions about the archive itself and for its page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from os.path import commonprefix
from typing import Any
from urllib.parse import urlencode

from ingest.english.periods import in_words
from ingest.english.words import STOP_WORDS, stem, words
from ingest.storage.catalogue import Snapshot
from ingest.storage.passage_filters import PassageFilter, matching_articles
from service.query.analysis import Query
from service.query.kinds import ArchiveQuestion
from service.retrieval.retriever import filter_of
from service.types import Counted

OUTLETS_NAMED = 5  # in a sentence; the page lists all
PREFIX = 4  # letters of a word that an article must hold before its words are read


@dataclass(frozen=True, slots=True)
class ArchiveFilter:
    """What is counted. Dates are inclusive; `q` are words of which title and text hold each."""

    q: str = ""
    publisher: tuple[str, ...] = ()
    published_after: date | None = None
    published_before: date | None = None
    as_of: date | None = None
    article_id: tuple[str, ...] = ()

    def given(self) -> dict[str, Any]:
        """What narrows the count, as JSON and as the page's parameters have it."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: value.isoformat()
            if isinstance(value, date)
            else list(value)
            if isinstance(value, tuple)
            else value
            for name, value in values.items()
            if value
        }

    @property
    def url(self) -> str:
        given = urlencode(self.given(), doseq=True)
        return f"/archive?{given}" if given else "/archive"


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """One article as the page lists it."""

    article_id: str
    title: str
    publisher: str | None
    published_on: date | None
    family_id: str
    role: str
    canonical: bool
    source: str


SORTS: dict[str, Callable[[ArchiveRow], Any]] = {  # after `rows`, whose order stays among equals
    "newest": lambda row: 0,
    "oldest": lambda row: row.published_on or date.max,
    "title": lambda row: row.title.casefold(),
    "outlet": lambda row: (row.publisher is None, (row.publisher or "").casefold()),
}


def rows(snapshot: Snapshot, wanted: ArchiveFilter) -> list[ArchiveRow]:
    """The articles that a filter leaves, newest first and undated ones last."""
    stems = {stem(word): word for word in words(wanted.q) if word not in STOP_WORDS}
    wanted_articles = PassageFilter(
        wanted.as_of,
        wanted.published_after,
        wanted.published_before,
        wanted.publisher,
        wanted.article_id,
    )
    # Most articles are passed over without reading their words; where no word helps, all are read.
    # A stem may lose one of two letters in a row: "Hallin" has the stem "halin".
    beginnings = [
        commonprefix((word, stemmed)).rstrip("iy")[:PREFIX]  # noqa: RUF071  of letters, not of paths
        if stemmed.isascii()
        else ""
        for stemmed, word in stems.items()
    ]
    found = matching_articles(snapshot, wanted_articles, beginnings)
    return [
        ArchiveRow(
            row.article_id,
            row.title or row.source,
            row.publisher,
            date.fromisoformat(row.published_on) if row.published_on else None,
            row.family_id,
            row.role,
            bool(row.canonical),
            row.source,
        )
        for row in found
        if not stems or stems.keys() <= set(map(stem, words(f"{row.title or ''} {row.text}")))
    ]


def stories(found: Sequence[ArchiveRow]) -> int:
    """How many there are; copies of one article tell one story."""
    return len({row.family_id for row in found})


def outlets(found: Sequence[ArchiveRow]) -> list[tuple[str, int]]:
    """Outlets with the number of their articles, most articles first."""
    counts = Counter(row.publisher for row in found if row.publisher)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def counted_sentences(
    query: Query, asked: ArchiveQuestion, snapshot: Snapshot
) -> list[tuple[str, Counted]] | None:
    """Sentences that answer a question about the archive, each with what it counts.

    None where the question names an outlet that the archive has no article of.
    """
    wanted = _filter(query, asked, snapshot)
    if wanted is None:
        return None
    found = rows(snapshot, wanted)
    counted = Counted(wanted.given(), wanted.url)
    return [(sentence, counted) for sentence in _sentences(asked, wanted, found)]


def _filter(query: Query, asked: ArchiveQuestion, snapshot: Snapshot) -> ArchiveFilter | None:
    """The filters and times of the question, and the words and the outlet that it names."""
    given = filter_of(query.question)
    after, before = given.published_after, given.published_before
    for period in query.periods:
        after = max(filter(None, (after, period.first)), default=None)
        before = min(filter(None, (before, period.last)), default=None)
    publishers = given.publishers
    if asked.outlet:
        named = _outlet(asked.outlet, snapshot)
        if not named:
            return None
        publishers = named
    return ArchiveFilter(
        " ".join(asked.words), publishers, after, before, given.as_of, given.article_ids
    )


def _outlet(name: str, snapshot: Snapshot) -> tuple[str, ...]:
    known = [outlet for outlet, _ in outlets(rows(snapshot, ArchiveFilter()))]
    wanted = name.casefold().removeprefix("the ")
    return tuple(one for one in known if one.casefold().removeprefix("the ") == wanted)


def _sentences(
    asked: ArchiveQuestion, wanted: ArchiveFilter, found: Sequence[ArchiveRow]
) -> Iterator[str]:
    number = _articles(len(found))
    told = f"{stories(found)} {'story' if stories(found) == 1 else 'stories'}"
    where = _narrowed(wanted)
    held = ", ".join(f"“{word}”" for word in wanted.q.split())
    kind = "all the words" if " " in wanted.q else "the word"
    having = f" whose title or text has {kind} {held}" if wanted.q else ""
    if not found:
        yield f"The archive holds no articles{where}{having}."
    elif wanted.q:
        yield f"The archive holds {number}{where}{having}; together they tell {told}."
    elif asked.wanted in ("articles", "contents"):
        yield f"The archive holds {number}{where}, which tell {told}; copies count as one story."
    if found and asked.wanted in ("contents", "dates"):
        yield from _dates(found)
    if found and asked.wanted in ("contents", "outlets"):
        yield from _outlets(outlets(found), sum(row.publisher is None for row in found))


def _narrowed(wanted: ArchiveFilter) -> str:
    said = [f" from {' and '.join(wanted.publisher)}"] if wanted.publisher else []
    if wanted.article_id:
        said.append(" among those asked about")
    first, last = wanted.published_after, wanted.published_before
    if first and last:
        said.append(f" published from {in_words(first)} to {in_words(last)}")
    elif first or last:
        said.append(
            f" published {'from' if first else 'up to'} {in_words(first or last or date.max)}"
        )
        said.append(" on" if first else "")
    if wanted.as_of:
        said.append(f" known by {in_words(wanted.as_of)}")
    return "".join(said)


def _dates(found: Sequence[ArchiveRow]) -> Iterator[str]:
    days = sorted(row.published_on for row in found if row.published_on)
    undated = len(found) - len(days)
    if not days:
        yield f"None of its {_articles(undated)} states a date."
        return
    rest = f"; {undated} {'states' if undated == 1 else 'state'} no date" if undated else ""
    span = (
        f"was published on {in_words(days[0])} and the last on {in_words(days[-1])}"
        if days[0] < days[-1]
        else f"and the last were published on {in_words(days[0])}"
    )
    yield f"Of its {_articles(len(days))} with a date, the first {span}{rest}."


def _outlets(counts: Sequence[tuple[str, int]], unnamed: int) -> Iterator[str]:
    if not counts:
        yield "None of its articles names an outlet."
        return
    shown = ", ".join(f"{_one_line(name)} ({number})" for name, number in counts[:OUTLETS_NAMED])
    more = len(counts) - OUTLETS_NAMED
    ending = f" and {more} more with fewer or as many" if more > 0 else ""
    without = (
        f"; {_articles(unnamed)} {'names' if unnamed == 1 else 'name'} none" if unnamed else ""
    )
    if len(counts) == 1:
        yield f"Its articles come from one outlet, {shown}{without}."
    else:
        yield (
            f"Its articles come from {len(counts)} outlets, by number of articles: "
            f"{shown}{ending}{without}."
        )


def _articles(number: int) -> str:
    return f"{number} article{'' if number == 1 else 's'}"


def _one_line(name: str) -> str:
    """An outlet's name in a sentence of ours: markers and line breaks would read as ours."""
    return " ".join(name.replace("[", "(").replace("]", ")").split())
