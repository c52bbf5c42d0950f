"""Decides which of the dates that a copy states are believed, and says why not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ingest.english.date_mentions import day_of
from ingest.text.publication_dates import Published, find_published, latest_named_date, parse
from ingest.types import DateKind, StatedDate

AHEAD = timedelta(
    days=1
)  # somewhere it is tomorrow already; a day beyond that is a mistake or an embargo
EARLIEST = date(1000, 1, 1)  # that a field may name: what has fewer digits is no year


@dataclass(frozen=True, slots=True)
class Believed:
    """The date fields of an Article, and a sentence for every stated date that is not believed."""

    published_on: date | None
    republished_on: date | None
    updated_on: date | None
    date_source: str
    stated: tuple[StatedDate, ...]
    latest_named: date | None
    notes: tuple[str, ...]


def believe(text: str, metadata: Sequence[StatedDate], today: date) -> Believed:
    """The metadata goes before the text, unless its stamp is in UTC and the text prints the day
    beside that day, or the text puts a first publication earlier: then the
    day of the metadata is that of the republication. Only whole days count; a day after tomorrow is
    reported and not believed.

    `latest_named` is the latest day the text names; of an undated copy also the latest it states
    anywhere.
    """
    latest = today + AHEAD
    found = find_published(text, latest)
    stated = tuple(dict.fromkeys([*metadata, *found.stated]))
    days = [
        known for known in metadata if known.precision in ("minute", "day") and known.day <= latest
    ]
    days = _as_printed(days, found)
    published, republished, source = _published(found, days)
    changed: list[date | None] = [
        known.day for known in days if known.kind is DateKind.UPDATED
    ] or [found.updated_on]
    updated = max(
        (day for day in changed if day and (published is None or day > published)), default=None
    )
    named: list[date | None] = [
        latest_named_date(text),
        *(() if published else (known.day for known in stated)),
    ]
    notes = tuple(
        dict.fromkeys(
            f"says it was {known.kind} on {known.day}, which is not believed: that day is to come"
            for known in stated
            if known.day > latest
        )
    )
    return Believed(
        published,
        republished,
        updated,
        source,
        stated,
        max((day for day in named if day), default=None),
        notes,
    )


def stated_date(kind: DateKind, words: str, where: str) -> StatedDate | None:
    """The date that a metadata field names, with its precision; None where it is none or can be
    read in two ways.

    The calendar day is the one written, in the offset it is written in: `2026-05-03T23:30-05:00` is
    3 May.
    """
    iso = _ISO.fullmatch(words.strip())
    if iso is None:
        day = parse(words)
        return (
            StatedDate(kind, day, "minute" if _CLOCK.search(words) else "day", where)
            if day
            else None
        )
    day = day_of(int(iso["year"]), int(iso["month"] or 1), int(iso["day"] or 1))
    precision = (
        "minute" if iso["clock"] else "day" if iso["day"] else "month" if iso["month"] else "year"
    )
    zone = iso["zone"] or ""
    may_be_utc = bool(iso["clock"]) and not any(digit in zone for digit in "123456789")
    return StatedDate(kind, day, precision, where, may_be_utc) if day else None


def _as_printed(days: Sequence[StatedDate], found: Published) -> list[StatedDate]:
    """Stamps in UTC on the day that the copy itself prints, or another stamp with its offset names,
    where that is the day before or after: readers there saw that day, and so did the writer."""
    printed = {
        DateKind.PUBLISHED: [found.published_on] if found.published_on else [],
        DateKind.UPDATED: [found.updated_on] if found.updated_on else [],
    }
    for known in days:
        if known.precision == "minute" and not known.may_be_utc and known.kind in printed:
            printed[known.kind].append(known.day)
    moved: dict[date, date] = {}
    for known in days:
        near = [day for day in printed.get(known.kind, ()) if abs(day - known.day) <= AHEAD]
        if known.may_be_utc and near and known.day not in near:
            moved.setdefault(known.day, near[0])
    return [
        replace(known, day=moved[known.day]) if known.may_be_utc and known.day in moved else known
        for known in days
    ]


def _published(
    found: Published, days: Sequence[StatedDate]
) -> tuple[date | None, date | None, str]:
    """(published, republished, where the first was read)."""
    first = min((known.day for known in days if known.kind is DateKind.FIRST), default=None)
    plain = next((known.day for known in days if known.kind is DateKind.PUBLISHED), None)
    if first is not None and plain is not None and first < plain:
        return first, plain, "metadata"
    stated = first or plain
    if stated is None:
        return found.published_on, found.republished_on, "text" if found.published_on else "none"
    if found.is_first and found.published_on and found.published_on < stated:
        return found.published_on, stated, "text"
    again = found.republished_on
    return stated, again if again and again > stated else None, "metadata"


_CLOCK = re.compile(r"\d:\d\d")
_ISO = re.compile(
    r"(?P<year>[1-9]\d{3})(?:(?P<mark>-?)(?P<month>[01]\d)(?:(?P=mark)(?P<day>[0-3]\d)"
    r"(?P<clock>(?:T|\s+)\d{2}:?\d{2}(?::?\d{2})?(?:[.,]\d+)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{0,2})?)?)?)?"
)
