"""Finds the dates of publication that a text states, and the latest day it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from ingest.english.date_mentions import Mention, day_of, mentions
from ingest.text.header_block import read_header
from ingest.text.header_pieces import (
    BY,
    FIELD_END,
    LABEL,
    PHRASES,
    beside_dates,
    is_dateline,
    states_day,
)
from ingest.types import DateKind, StatedDate

HEADER_LINES, FOOTER_LINES = 12, 10  # lines at either end in which a copy states its dates
# characters; longer lines are prose
LONGEST_HEADER_LINE, LONGEST_STATEMENT = 160, 220


@dataclass(frozen=True, slots=True)
class Published:
    """What a copy states of its own publication; all None where it states nothing."""

    published_on: date | None = None
    republished_on: date | None = None
    updated_on: date | None = None
    is_first: bool = False  # the text says that this was the first publication
    stated: tuple[StatedDate, ...] = ()


def find_published(text: str, latest: date = date.max) -> Published:
    """The dates a copy states in its header, footer or credit lines: never a mention in prose,
    never a guess.

    `published_on` is the first publication stated; `republished_on` a later one that stands beside
    it, or one that stands alone and says so; `updated_on` the last change after it. A day after
    `latest` is stated but not believed.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    prose = next((i for i, line in enumerate(lines) if len(line) > LONGEST_HEADER_LINE), len(lines))
    found: list[tuple[str, Mention]] = []
    for index, line in enumerate(lines):
        if HEADER_LINES <= index < len(lines) - FOOTER_LINES:
            continue
        at_top = index <= min(prose, HEADER_LINES)
        at_top = at_top and not is_fact(lines, index)
        found += [
            (label, mention) for label, mention in _statements(line) if label != "bare" or at_top
        ]
    if prose < min(len(lines), HEADER_LINES):
        opening = _FILED.match(lines[prose])  # of a wire, `ORVEL, 3 May 2025 (Wire) —`
        filed = mentions(opening["day"]) if opening else ()
        found += [("filed", mention) for mention in filed if _certain(mention)]
    if (placed := read_header(lines).dated) is not None:
        found += [("placed", mention) for mention in mentions(lines[placed]) if _certain(mention)]
    # what can be read in one way only, once each, in the order of the text
    stated = dict.fromkeys(
        StatedDate(_KINDS[label], mention.day, mention.precision, "text")
        for label, mention in found
        if mention.precision != "decade" and mention.day and mention.day == mention.latest
    )
    days: dict[str, list[date]] = {label: [] for label in _KINDS}
    for label, mention in found:
        if (day := _certain(mention)) and day <= latest:
            days[label].append(day)
    plain = days["published"] + days["bare"] or days["filed"] or days["placed"]
    again, known = days["republished"], days["first"] or plain
    published = min(known, default=None)
    later = [day for day in again + plain if published is None or day > published]
    republished = min(later) if later and (days["first"] or again) else None
    updated = max(
        (day for day in days["updated"] if published is None or day > published), default=None
    )
    return Published(published, republished, updated, bool(days["first"]), tuple(stated))


def latest_named_date(text: str) -> date | None:
    """The latest day named anywhere in a text, None where it names none.

    A bare month or year counts from its first day. A month without a year takes the latest year the
    text names, and a day that can be read two ways takes the later reading: for an undated article
    this may only err to the late side.
    """
    named = list(mentions(text))
    latest = max((mention.latest for mention in named if mention.latest), default=None)
    if latest is None:
        return None
    yearless = {(mention.month, mention.of_month) for mention in named if mention.latest is None}
    resolved = (day_of(latest.year, month, of_month) for month, of_month in yearless)
    return max([latest, *(day for day in resolved if day)])


def parse(value: str) -> date | None:
    """The one whole day a metadata field names (`2025-05-03T10:00:00Z`, `3 May 2025`); None for
    anything else."""
    found = list(mentions(value))
    if len(found) != 1 or re.search(r"\w", beside_dates(value, found)):
        return None
    return _certain(found[0])


def leading_stamp(line: str) -> int:
    """How many characters of a line are a date stamp stuck to prose (`date 2024-05-01 To that
    end`); 0 for none."""
    stamp = _STAMP.match(line)
    return stamp.end() if stamp else 0


def _statements(line: str) -> Iterator[tuple[str, Mention]]:
    """What one line states of publication: (first | published | republished | updated | bare,
    date)."""
    if len(line) > LONGEST_STATEMENT or not any(map(str.isdecimal, line)):
        return
    for part in FIELD_END.split(line):
        dated = states_day(part)
        if not dated and not _CREDIT.search(part):
            continue
        position = 0
        for mention in mentions(part):
            labels = list(LABEL.finditer(part[position : mention.start]))
            bare = "bare" if dated and mention.precision == "day" else "seen"
            label = (labels[-1].lastgroup if labels else None) or bare
            position = mention.end
            if label != "seen":
                yield label, mention


def is_fact(lines: Sequence[str], index: int) -> bool:
    """Whether a date in a line is one of a box of facts or a table: beside or below the name of a
    fact (`Founded | 28 February 1998`), or in a row beside two others, or beside a dated one."""
    fields = FIELD_END.split(lines[index])
    if any(_FACT.fullmatch(words) for words in [*fields, *lines[max(0, index - 1) : index]]):
        return True
    if len(fields) < 2 or is_dateline(fields[0]) or BY.match(fields[0]):
        return False
    above, below = reversed(lines[max(0, index - 2) : index]), lines[index + 1 : index + 3]
    rows = [
        row
        for beside in (above, below)
        for row in takewhile(lambda row: len(row) == len(fields), map(FIELD_END.split, beside))
    ]
    return len(rows) > 1 or any(is_dateline(cell) for row in rows for cell in row[1:])


def _certain(mention: Mention) -> date | None:
    """The day of a mention that can be read in one way only."""
    return mention.day if mention.precision == "day" and mention.day == mention.latest else None


_KINDS = {
    "first": DateKind.FIRST,
    "published": DateKind.PUBLISHED,
    "bare": DateKind.PUBLISHED,
    "filed": DateKind.PUBLISHED,
    "placed": DateKind.PUBLISHED,
    "republished": DateKind.REPUBLISHED,
    "updated": DateKind.UPDATED,
}

_FIRST, _AGAIN = PHRASES["first"], PHRASES["republished"]
# Credit notes speak of the copy itself too; "first published" in prose is about something else.
_CREDIT = re.compile(
    rf"^\W*(?:{_FIRST}|{_AGAIN})\b|\bwhere\s+it\s+(?:was\s+)?(?:{_FIRST})|"
    r"\bthis\s+(?:article|story|piece|post|report|essay|interview|column|text|commentary)\s+"
    rf"(?:(?:is|was|has\s+been)\s+)?(?:{_FIRST}|{_AGAIN})",
    re.IGNORECASE,
)
_FACT = re.compile(rf"\W*(?:{PHRASES['fact']})(?:\s+(?:on|in|at))?\W*", re.IGNORECASE)
_STAMP = re.compile(
    r"\s*(?:date|published|posted)\b:?\s+\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?Z?)?\s+(?=[^\W_])",
    re.IGNORECASE,
)
_FILED = re.compile(
    r"[A-Z][A-Z .'’-]{2,40}(?:,\s+[A-Z][A-Za-z.]{1,20})?,?\s+(?P<day>[A-Za-z0-9.,\s-]{2,20}?\d{4})\s*"
    r"(?:\([^)]{2,40}\))?\s*[—–-]\s"
)
