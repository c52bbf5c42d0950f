"""Finds the title, author, publisher and credit that an article states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.english.date_mentions import MONTHS, WEEKDAYS, mentions
from ingest.text.line_kinds import (
    LAST_WORDS,
    LONGEST_HEADING,
    NAME_WORD,
    OUTLET,
    RANK,
    ends_within,
    fields_of,
    is_byline,
    is_dateline,
    is_heading,
    is_notice,
    is_outlet,
    same_line,
    site_suffix,
)

# paragraphs at either end that speak of the article and not of its subject
HEADER_LINES, FOOTER_LINES = 10, 10
LONGEST_LINE, LONGEST_TITLE, LONGEST_CREDIT = 160, 300, 400  # characters


@dataclass(frozen=True, slots=True)
class Header:
    """What an article says of itself; None where it says nothing."""

    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    credited_to: str | None = None


def find_header(text: str, heading: str | None = None) -> Header:
    """What the clean text of an article states of itself. `heading` is its first-level markdown
    heading, if it has one.

    A text that starts in mid-article has no title. Nothing is guessed from prose.
    """
    lines = [line for line in text.split("\n") if line]
    opening = _opening(lines)
    title, site = _title(lines, opening, heading)
    author, house = _byline(lines, opening)
    fields = [
        field
        for line in opening
        if not (title and same_line(line, title))
        for field in fields_of(line)
    ]
    fields += [found["name"] for line in opening if (found := _PUBLISHED_BY.search(line))]
    outlet = next(filter(is_outlet, fields), None)
    # "the views … do not reflect those of X" names the platform
    disclaimers = filter(None, map(_DISCLAIMER.search, reversed(lines[-FOOTER_LINES:])))
    disclaimed = next((_DOMAIN.sub("", found["name"].strip(" .")) for found in disclaimers), None)
    publisher = site or outlet or disclaimed or house
    ends = (*reversed(lines[-FOOTER_LINES:]), *lines[:HEADER_LINES])
    short = (line for line in ends if len(line) <= LONGEST_CREDIT)
    sentences = (sentence for line in short for sentence in _ROUGH_END.split(line))
    credit = next(filter(None, map(credit_in, sentences)), None)
    wired = next(filter(None, map(_WIRED.match, lines[:HEADER_LINES])), None)
    if credit is None and wired is not None:
        credit = wired["name"]
    signed = _SIGNED.search(lines[-1]) if lines else None
    if credit is None and signed is not None and is_agency(signed["name"]):
        credit = signed["name"]
    return Header(title, author, publisher, credit)


def authors(words: str, publisher: str = "") -> str:
    """The names of a field that states authors: without `By`, and without what they are for whom
    (`DANA REED, AP Maritime Writer`; `Dana Reed, Harbour Gazette` where `publisher` is part of
    it)."""
    words = _OFFICE.sub("", _PLACE.sub("", _BY.sub("", _before_day(words))))
    names, comma, house = words.rpartition(",")
    house, outlet = house.strip().casefold(), (publisher or "").casefold()
    # one may be an edition of the other
    if comma and outlet and (outlet in house or (" " in house and outlet.startswith(f"{house} "))):
        words = names
    return person(words) if words.isupper() and " " in words else words


def _before_day(words: str) -> str:
    """A byline without the day after it: "By Dana Reed March 3, 2025" names no Mr March."""
    day = next((m for m in mentions(words) if m.precision == "day" and m.start), None)
    return _DAY_NAME.sub("", words[: day.start]).rstrip(" ,|") if day else words


def person(name: str) -> str:
    """A name as people write it: `DR ANNA-LENA OLM` → Dr Anna-Lena Olm, `McKAY Jean T.` → Jean T.
    McKay."""
    words = name.strip(" .,;:").split()
    if name.rstrip().endswith(".") and words and len(words[-1]) == 1:
        words[-1] += "."
    if all(word.upper() == word for word in words):
        return " ".join(_cased(word) for word in words)
    if (
        len(words) > 1
        and _SURNAME.fullmatch(words[0])
        and not any(_SURNAME.fullmatch(word) for word in words[1:])
    ):
        head = None if words[0].isupper() else _PREFIX.match(words[0])
        surname = head[0] + words[0][head.end() :].capitalize() if head else _cased(words[0])
        words = [*words[1:], surname]
    return " ".join(words)


def credit_in(sentence: str) -> str | None:
    """The outlet that a credit line names, None for any other sentence."""
    found = _CREDIT.search(sentence) if len(sentence) <= LONGEST_CREDIT else None
    if found and is_notice(sentence) and found["name"].split()[0] not in (*MONTHS, *WEEKDAYS):
        return found["name"].strip(" .,")
    return None


def _opening(lines: Sequence[str]) -> list[str]:
    """The lines above the first paragraph of prose."""
    opening: list[str] = []
    for line in lines[:HEADER_LINES]:
        asks = len(line) <= LONGEST_HEADING and line[-1] in "?!"
        may_be_title = is_heading(line) or (
            (asks or len(fields_of(line)) > 1) and not ends_within(line)
        )
        broken_off = line is lines[-1] and ends_within(line)  # prose without its full stop
        if (
            broken_off
            or len(line) > LONGEST_LINE
            or not (_states_else(line) or may_be_title or _NOTE.match(line))
        ):
            break
        opening.append(line)
    return opening


def _title(
    lines: Sequence[str], opening: Sequence[str], heading: str | None
) -> tuple[str | None, str | None]:
    """The title without the name of a site at its end, and that name."""
    if heading:
        line: str | None = heading
    elif len(lines) > 1 and len(lines[0]) <= LONGEST_TITLE and same_line(lines[0], lines[1]):
        line = lines[0]
    elif len(lines) <= len(opening):
        return None, None  # nothing follows: not a header
    else:
        plain = [line for line in opening if not _states_else(line)]
        named = [line for line in plain if not OUTLET.fullmatch(line)]
        line = next(iter(named or plain), None)
    if line is None:
        return None, None
    bare, site = site_suffix(line)
    repeated = len(lines) > 1 and same_line(lines[0], lines[1])
    if site and (repeated or "|" in line[len(bare) :] or is_outlet(site)):
        return bare, site
    return line, None


def _states_else(line: str) -> bool:
    """Whether a header line is a byline, date line or notice, and so no title."""
    return any(
        is_byline(field) or is_dateline(field) for field in [line, *fields_of(line)]
    ) or is_notice(line)


def is_agency(name: str) -> bool:
    """Whether a name is that of a news agency by its last word."""
    return _AGENCY.search(name) is not None


def _byline(lines: Sequence[str], opening: Sequence[str]) -> tuple[str | None, str | None]:
    """The author and the outlet that a byline or signature names."""
    ends = [
        *lines[: max(HEADER_LINES, len(opening))],
        *lines[max(HEADER_LINES, len(lines) - FOOTER_LINES) :],
    ]
    for line in ends:
        for field in fields_of(line):
            if not is_byline(field):
                continue
            field = _PICTURES.split(_before_day(field))[0]
            for shape in _AUTHORS:
                found = shape.search(field)
                if found:
                    house = (found.groupdict().get("house") or "").strip(" .")
                    return person(found["name"]), house if is_outlet(house) else None
    return None, None


def _cased(word: str) -> str:
    """An all-capitals word as a name: O'NEIL-SMITH → O'Neil-Smith, McCARTHY → McCarthy; initials
    stay."""
    if len(word.strip(".")) == 1:
        return word
    return re.sub(
        r"[^\W\d_]+",
        lambda part: part.group().capitalize() if len(part.group()) > 1 else part.group(),
        word,
    )


_DAY_NAME = re.compile(rf"[\s,|–—-]+(?:on\s+)?(?:{'|'.join(WEEKDAYS)})[\s,|]*$", re.IGNORECASE)
_PICTURES = re.compile(r"\.?\s+(?:Photo|Picture|Illustration|Image|Video)\w*\b")
_BY = re.compile(r"^(?:written\s+)?by:?\s+", re.IGNORECASE)
_OFFICE = re.compile(
    r"\s*(?:,|\||–|—|\s-)\s*(?:[\w&.'’-]+\s+){0,5}"
    r"(?i:writer|reporter|correspondent|editor|columnist|critic|contributor|staff|bureau|intern)\b[^,]*$"
)
_PLACE = re.compile(r"\s+in\s+[A-Z][\w'’.-]+(?:\s+[A-Z][\w'’.-]+){0,3}(?=$|,|\s+and\b)")
_PREFIX = re.compile(r"Mc|Mac|O['’]|[Dd]e|[Vv]an")
_ROUGH_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_SURNAME = re.compile(r"(?:Mc|Mac|O['’])?[A-Z][A-Z'’-]{2,}")
_NOTE = re.compile(
    r"(?:correction|updated?|editor['’]s note|exclusive|opinion|analysis)\b", re.IGNORECASE
)
_AGENCY = re.compile(rf"(?:^Reuters|\w (?:\w*(?:{LAST_WORDS['agency']})))$")
_PUBLISHED_BY = re.compile(
    r"^(?i:published|posted)\b.{0,40}\bby\s+(?:the\s+)?(?P<name>[A-Z][^.,;|]{2,38})$"
)
_NAME = rf"(?:{RANK}\s+)?{NAME_WORD}(?:\s+{NAME_WORD}){{0,6}}"
_PEOPLE = rf"(?P<name>{_NAME}(?:(?:,\s+{_NAME})*,?\s+(?:and|&)\s+{_NAME})?)"
_HOUSE = r"(?:\s*(?:,|\||for|–|—|-|\()\s*(?P<house>[A-Z][^,|()]{2,40}))?"
_AUTHORS = (
    re.compile(
        rf"\b(?i:by|authors?|byline|reporter|correspondent|auteur|autor):?\s+{_PEOPLE}{_HOUSE}"
    ),
    re.compile(rf"^From\s+[^,]{{2,40}},\s+{_PEOPLE}$"),
    re.compile(rf"^{_PEOPLE},\s"),
)
_DISCLAIMER = re.compile(
    r"views\b.{0,120}\bdo(?:es)? not (?:necessarily )?(?:represent|reflect)\b.{0,60}?\b(?:of|by)\s+(?:the\s+)?"
    r"(?P<name>[A-Z0-9][\w.&'’-]*(?:\s+[A-Z][\w.&'’-]*){0,4})"
)
_DOMAIN = re.compile(r"\.(?:com|org|net|eu|info|co\.uk)$", re.IGNORECASE)
_CREDITED = (
    r"(?P<name>(?:[Tt]he\s+)?[A-Z0-9][\w&'’-]*(?:\.[a-z]{2,4}\b)?"
    r"(?:\s+(?:of\s+|the\s+|and\s+|&\s+)?[A-Z][\w&'’-]*){0,5})"
)
# "BRASK HAVEN, March 3 (Norden Wire) - ": the place, and the agency that sent it
_WIRED = re.compile(
    r"[A-Z][^()\n\"“”:;?!]{1,60}\((?P<name>[A-Z][\w&.-]*(?: [A-Z][\w&.-]*){0,3}|[a-z]{2,4})\) ?(?:[-–—]|--) "
)
# "— Norden Wire", alone or behind the last sentence
_SIGNED = re.compile(
    r"(?:^|[.!?”\"] )(?:[—–]|--?) ?(?P<name>[A-Z][\w.&'’-]*(?: [A-Z][\w.&'’-]*){0,5}?)\.?$"
)
_CREDIT = re.compile(
    r"\b(?i:(?:re-?published|reprinted|reproduced|syndicated)\s+(?:(?:here|with permission|courtesy|in full)\s+)*"
    r"(?:from|by permission of|of)"
    rf"|(?:first|originally)\s+(?:published|appeared|printed|posted|ran)\s+(?:in|by|on|at|with))\s+{_CREDITED}"
)
