"""Counts what the archive holds, for questions about the archive itself and for its page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from os.path import commonprefix
from typing import Any
from urllib.parse import urlencode

from ingest.english.periods import in_words
from ingest.english.words import STOP_WORDS, stem, stems, words
from ingest.storage.article_listing import Listing
from ingest.storage.catalogue import Snapshot
from ingest.storage.passage_filters import PassageFilter, matching_articles
from service.query.question_analysis import Query
from service.query.question_kinds import ArchiveQuestion
from service.retrieval.retriever import card, filter_of
from service.types import Counted

OUTLETS_NAMED = 5  # in a sentence; the page lists all
TITLES_NAMED = 5  # likewise
PREFIX = 4  # letters of a word that an article must hold before its words are read
_SHOWING = ("outlets", "titles", "newest", "oldest")  # what there must be something to show of
_OF_SEVERAL_WORDS = {*stems("United States"), *map(stem, ("united", "states", "america"))}


@dataclass(frozen=True, slots=True)
class ArchiveFilter:
    """What is counted. Dates are inclusive; `q` are words of which title and text hold each."""

    q: str = ""
    publisher: tuple[str, ...] = ()
    published_after: date | None = None
    published_before: date | None = None
    as_of: date | None = None
    article_id: tuple[str, ...] = ()
    collection: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    author: tuple[str, ...] = ()  # bylines as the articles state them

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
    def permitted(self) -> PassageFilter:
        """All of it but the words."""
        return PassageFilter(
            self.as_of,
            self.published_after,
            self.published_before,
            self.publisher,
            self.article_id,
            self.collection,
            self.subject,
            self.author,
        )

    @property
    def url(self) -> str:
        given = urlencode(self.given(), doseq=True)
        return f"/archive?{given}" if given else "/archive"


def holding(snapshot: Snapshot, wanted: ArchiveFilter) -> list[str] | None:
    """Ids of the articles whose title and text hold the words; None where no word narrows the list.

    Symbols alone are no words, and no article holds them.

    Outlets and dates of publication narrow it where they are given.
    """
    asked = {stem(word): word for word in words(wanted.q) if word not in STOP_WORDS}
    if not asked:
        return [] if wanted.q.strip() and not words(wanted.q) else None
    # Most articles are passed over without reading their words; where no word helps, all are read.
    beginnings = {stemmed: _beginning(stemmed, word) for stemmed, word in asked.items()}
    found = matching_articles(snapshot, wanted.permitted, [*beginnings.values()])
    return [row.article_id for row in found if _holds(f"{row.title or ''}\n{row.text}", beginnings)]


def _beginning(stemmed: str, word: str) -> str:
    """Small letters that all words of a stem begin with, as they stand in a text; or "".

    A stem may lose one of two letters in a row: "Hallin" has the stem "halin".
    """
    if not stemmed.isascii() or stemmed in _OF_SEVERAL_WORDS:
        return ""
    return commonprefix((word, stemmed)).rstrip("iy")[:PREFIX]  # noqa: RUF071  letters, not paths


def _holds(text: str, beginnings: Mapping[str, str]) -> bool:
    """Whether it has a word of each stem; only words with its beginning in them are read."""
    return all(
        any(stemmed in _stems_of(chunk) for chunk in _around(text, beginning))
        if beginning
        else stemmed in stems(text)
        for stemmed, beginning in beginnings.items()
    )


def _around(text: str, beginning: str) -> Iterator[str]:
    """What stands between spaces around each place of some letters."""
    for found in re.finditer(re.escape(beginning), text, re.IGNORECASE):
        start, end = found.span()
        while start and not text[start - 1].isspace():
            start -= 1
        while end < len(text) and not text[end].isspace():
            end += 1
        yield text[start:end]


_stems_of = lru_cache(maxsize=4096)(stems)  # the same few words in article after article


def listing(snapshot: Snapshot, wanted: ArchiveFilter) -> Listing:
    """The articles that a filter leaves."""
    return Listing(snapshot, wanted.permitted, holding(snapshot, wanted))


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """One article as pages list it."""

    article_id: str
    title: str
    publisher: str | None
    published_on: date | None
    role: str
    canonical: bool


@dataclass(frozen=True, slots=True)
class Story:
    """The articles of one family that the filter leaves: one that stands for all, and its copies."""

    lead: ArchiveRow
    copies: tuple[ArchiveRow, ...]


def stories(found: Listing, sort: str, first: int, most: int) -> list[Story]:
    """At most `most` stories from the `first` on, which counts from 0.

    The canonical member leads; where it is not among them, one that is not altered.
    """
    families: dict[str, list[ArchiveRow]] = {
        family_id: [] for family_id in found.stories(sort, first, most)
    }
    rows = found.members(list(families), sort)
    bound = found.snapshot.bound_to  # a copy of which no other is seen stands alone
    seen = found.snapshot.articles(row.article_id for row in rows) if bound else {}
    for row in rows:
        place = card(seen[row.article_id]).family if bound else row
        families[row.family_id].append(
            ArchiveRow(
                row.article_id,
                row.title or row.source,
                row.publisher,
                date.fromisoformat(row.published_on) if row.published_on else None,
                place.role,
                bool(place.canonical),
            )
        )
    return [
        Story(lead, tuple(row for row in members if row is not lead))
        for members in families.values()
        for lead in [min(members, key=lambda row: (not row.canonical, row.role == "altered"))]
    ]


def counted_sentences(
    query: Query, asked: ArchiveQuestion, snapshot: Snapshot
) -> list[tuple[str, Counted]] | None:
    """Sentences that answer a question about the archive, each with what it counts.

    None where the question names an outlet or author that the archive has no article of, or asks
    for the outlets or the titles of a story in words that no article has.
    """
    wanted = _filter(query, asked, snapshot)
    if wanted is None:
        return None
    found = listing(snapshot, wanted)
    if asked.wanted in _SHOWING and asked.words and not found.counts()[0]:
        return None
    counted = Counted(wanted.given(), wanted.url)
    said = [(sentence, counted) for sentence in _sentences(asked, wanted, found)]
    return said if found.counts()[0] else said + _nearly(query, asked, wanted, snapshot)


def _nearly(
    query: Query, asked: ArchiveQuestion, wanted: ArchiveFilter, snapshot: Snapshot
) -> list[tuple[str, Counted]]:
    """Where no article has all the words, how many have all but one that is no name: whoever asks has words of
    his own."""
    held, named = wanted.q.split(), {word for name in query.names for word in words(name)}
    fewer = [
        replace(wanted, q=" ".join(held[:n] + held[n + 1 :]))
        for n, word in enumerate(held)
        if word not in named and len(held) > 1
    ]
    found = [(one, listing(snapshot, one)) for one in fewer]
    best, articles = max(found, key=lambda pair: pair[1].counts()[0], default=(wanted, None))
    if articles is None or not articles.counts()[0]:
        return []
    return [(one, Counted(best.given(), best.url)) for one in _sentences(asked, best, articles)]


def _filter(query: Query, asked: ArchiveQuestion, snapshot: Snapshot) -> ArchiveFilter | None:
    """The filters and times of the question, and the words and whose articles it names."""
    given = filter_of(query.question)
    after, before = given.published_after, given.published_before
    for period in query.periods:
        after = max(filter(None, (after, period.first)), default=None)
        before = min(filter(None, (before, period.last)), default=None)
    publishers, authors = given.publishers, tuple[str, ...]()
    if asked.by:
        everything = listing(snapshot, ArchiveFilter())
        wanted = asked.by.casefold().removeprefix("the ")
        named = [outlet for outlet, _ in everything.outlets()]
        named = [one for one in named if one.casefold().removeprefix("the ") == wanted]
        byline = f" {' '.join(words(asked.by))} "  # "Jo Lee" stands in "Jo Lee and Kit Barraclough"
        bylines = everything.bylines() if byline.strip() and not named else ()
        signed = [one for one in bylines if byline in f" {' '.join(words(one))} "]
        if not named and not signed:
            return None
        publishers, authors = tuple(named) or publishers, tuple(signed)
    return ArchiveFilter(
        " ".join(asked.words),
        publishers,
        after,
        before,
        given.as_of,
        given.article_ids,
        given.collections,
        author=authors,
    )


def _sentences(asked: ArchiveQuestion, wanted: ArchiveFilter, found: Listing) -> Iterator[str]:
    articles, stories, dated, *days = found.counts()
    number = _articles(articles)
    told = f"{stories} {'story' if stories == 1 else 'stories'}"
    where = _narrowed(wanted, asked.by)
    held = ", ".join(f"“{word}”" for word in wanted.q.split())
    kind = "all the words" if " " in wanted.q else "the word"
    having = f" whose title or text has {kind} {held}" if wanted.q else ""
    if not articles:
        yield f"The archive holds no articles{where}{having}."
    elif wanted.q:
        yield f"The archive holds {number}{where}{having}; together they tell {told}."
    elif asked.wanted not in ("dates", "outlets") and articles == 1:
        yield f"The archive holds {number}{where}."
    elif asked.wanted not in ("dates", "outlets"):
        yield f"The archive holds {number}{where}, which tell {told}; copies count as one story."
    if articles and asked.wanted in ("titles", "newest", "oldest"):
        yield _titles(asked, found, stories)
    if articles and asked.wanted in ("contents", "dates"):
        first, last = (date.fromisoformat(day) if day else None for day in days)
        yield _dates(first, last, dated, articles - dated)
    if articles and asked.wanted in ("contents", "outlets"):
        outlets = found.outlets()
        yield _outlets(outlets, articles - sum(number for _, number in outlets))


def _titles(asked: ArchiveQuestion, found: Listing, number: int) -> str:
    """The titles of the stories, newest first where nothing else is asked for, with outlet and day."""
    sort, most = ("oldest" if asked.wanted == "oldest" else "newest"), TITLES_NAMED
    if asked.wanted != "titles":
        most = 1
    rows = [story.lead for story in stories(found, sort, 0, most)]
    days = [in_words(row.published_on) if row.published_on else "undated" for row in rows]
    told = "; ".join(
        f"“{_one_line(row.title)}” ({', '.join(filter(None, (_one_line(row.publisher or ''), day)))})"
        for row, day in zip(rows, days, strict=True)
    )
    if asked.wanted != "titles":
        return f"The {sort} of them is {told}."
    if number == 1:
        return f"It is {told}."
    return f"The newest {most} are {told}." if number > most else f"They are {told}."


def _narrowed(wanted: ArchiveFilter, by: str) -> str:
    said = [f" from {' and '.join(wanted.publisher)}"] if wanted.publisher else []
    if wanted.author:
        # of a byline only the name that is asked for: what else stands in it may be anything
        name = re.compile(r"\W+".join(map(re.escape, words(by))), re.IGNORECASE)
        signed = (found[0] if by and (found := name.search(one)) else one for one in wanted.author)
        said.append(f" by {' or '.join(dict.fromkeys(map(_one_line, signed)))}")
    if wanted.collection:
        kind = "collection" if len(wanted.collection) == 1 else "collections"
        said.append(f" in the {kind} {' and '.join(map(_one_line, wanted.collection))}")
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


def _dates(first: date | None, last: date | None, dated: int, undated: int) -> str:
    if first is None or last is None:
        return f"None of its {_articles(undated)} states a date."
    rest = f"; {undated} {'states' if undated == 1 else 'state'} no date" if undated else ""
    span = (
        f"was published on {in_words(first)} and the last on {in_words(last)}"
        if first < last
        else f"and the last were published on {in_words(first)}"
    )
    return f"Of its {_articles(dated)} with a date, the first {span}{rest}."


def _outlets(counts: Sequence[tuple[str, int]], unnamed: int) -> str:
    if not counts:
        return "None of its articles names an outlet."
    shown = ", ".join(f"{_one_line(name)} ({number})" for name, number in counts[:OUTLETS_NAMED])
    more = len(counts) - OUTLETS_NAMED
    ending = f" and {more} more with fewer or as many" if more > 0 else ""
    without = (
        f"; {_articles(unnamed)} {'names' if unnamed == 1 else 'name'} none" if unnamed else ""
    )
    if len(counts) == 1:
        return f"Its articles come from one outlet, {shown}{without}."
    return (
        f"Its articles come from {len(counts)} outlets, by number of articles: "
        f"{shown}{ending}{without}."
    )


def _articles(number: int) -> str:
    return f"{number} article{'' if number == 1 else 's'}"


def _one_line(name: str) -> str:
    """An outlet's name in a sentence of ours: markers and line breaks would read as ours."""
    return " ".join(name.replace("[", "(").replace("]", ")").split())
