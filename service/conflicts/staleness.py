"""A question and what an answer cites come in; one sentence of how old that is, where it matters, goes out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from ingest.english.date_mentions import mentions
from ingest.english.periods import in_words
from service.query.analysis import Query
from service.types import Evidence

OLD_DAYS = (
    180  # between the newest source and the day asked about: from here on its age is said in words
)

_NOW = re.compile(
    r"(?i)\b(?:now|currently|current|today|nowadays|at present|presently|at the moment|so far|to date|up to now|still|"
    r"latest|newest|most recent(?:ly)?|these days|as of)\b"
)
_ROLES = (
    r"president|prime minister|(?:\w+ )?minister|mayor|premier|chancellor|governor|senator|speaker|king|queen|pope|"
    r"head|leader|chief|boss|chair(?:man|woman|person)?|director|manager|coach|captain|conductor|editor|owner|secretary|"
    r"champion|(?:(?:record|title) )?holder|ceo|cfo|spokes(?:man|woman|person)|ambassador|bishop|commander|principal|"
    r"rector|opposition|favou?rite|front-?runner"
)
_WHO_IS = re.compile(
    rf"(?i)^\W*(?:and\s+)?(?:who|which\s+\w+)\s*(?:is|are|['’]s)\s+(?:[\w.'’-]+\s+){{0,5}}?(?:{_ROLES})\b|"
    r"^\W*(?:and\s+)?(?:who|which\s+\w+|who else)\s+(?:leads|runs|heads|chairs|coaches|owns|holds|manages|governs|"
    r"commands|controls|edits|rules|captains|directs|presides|represents|(?:is|are) in charge)\b"
)
_AMOUNT = re.compile(
    r"(?i)\bwhat(?:\s+is|\s+are|['’]s)\s+(?:[\w'’-]+\s+){0,4}?(?:price|cost|rate|fare|population|status|salary|wage|"
    r"budget|debt|value|record|membership|total|toll|score|ranking|turnover|balance)\b|"
    r"\bhow\s+(?:many|much)\b(?:[^?]*?\b(?:sail|run|work|live|serve|costs?|remain|are left|are there|"
    r"are out of work)\b|[^?]*?\b(?:do|does|is|are)\b[^?]*?\b(?:employ|cost|earn|own|pay|charge|owe)\b)"
)
_PAST = re.compile(r"(?i)\b(?:was|were|did|had|won|died|happened|became)\b")


def changes(query: Query) -> bool:
    """Whether a question is about something that changes, asked in the present: an office, a price, a count so far."""
    return holds_an_office(query) or (
        _plain(query) and not _PAST.search(query.text) and bool(_AMOUNT.search(query.text))
    )


def holds_an_office(query: Query) -> bool:
    """Whether it is about the present in so many words, or about who holds an office: then any source needs a date."""
    text = query.text
    return _plain(query) and bool(
        _NOW.search(text) or (_WHO_IS.search(text) and not _PAST.search(text))
    )


def _plain(query: Query) -> bool:
    return query.about is None and not query.several_articles


def told(
    query: Query, said: str, cited: Sequence[Evidence], as_of: date | None, today: date
) -> tuple[str, tuple[Evidence, ...]] | None:
    """The sentence that dates an answer about something that changes, and what it rests on; None where none is due.

    None is due where the answer names the day itself. What it rests on is the newest dated source that is cited, or the
    first one where none is dated.
    """
    if not cited or not changes(query):
        return None
    dated = [item for item in cited if item.article.published_on is not None]
    newest = max(dated, key=lambda item: item.article.published_on or date.min, default=None)
    if newest is None or newest.article.published_on is None:
        return ("The source is undated.", (cited[0],)) if holds_an_office(query) else None
    day = newest.article.published_on
    if any(mention.day == day and mention.precision == "day" for mention in mentions(said)):
        return None
    days = ((as_of or today) - day).days
    since = (
        f", {_long(days)} {f'before {in_words(as_of)}' if as_of else 'ago'}"
        if days >= OLD_DAYS
        else ""
    )
    return f"This was reported on {in_words(day)}{since}.", (newest,)


def _long(days: int) -> str:
    """`about 7 months`, `about a year`, `over 2 years`."""
    months = round(days / 30.44)
    if months < 24:
        return "about a year" if months in (11, 12, 13) else f"about {months} months"
    return f"over {max(2, int(days / 365.25))} years"
