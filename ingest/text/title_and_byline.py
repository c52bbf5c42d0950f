"""Finds the title, author, publisher and credit that an article states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from ingest.english.date_mentions import MONTHS, WEEKDAYS, mentions
from ingest.text.header_block import HeaderBlock, read_header
from ingest.text.header_pieces import (
    LAST_WORDS,
    NAME_WORD,
    RANK,
    Says,
    fields_of,
    is_byline,
    outlet_named,
    pieces,
)
from ingest.text.line_kinds import HEADLINE_LABEL, is_notice, same_line, site_suffix

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
    header = read_header(lines, heading)
    title, site = _title(lines, header)
    author = _byline(lines, len(header.lines)) or next(map(person, header.people), None)
    outlet = next(iter(header.outlets), None)
    # "the views … do not reflect those of X" names the platform
    disclaimers = filter(None, map(_DISCLAIMER.search, reversed(lines[-FOOTER_LINES:])))
    disclaimed = next((_DOMAIN.sub("", found["name"].strip(" .")) for found in disclaimers), None)
    publisher = site or outlet or disclaimed
    ends = (*reversed(lines[-FOOTER_LINES:]), *lines[:HEADER_LINES])
    short = (line for line in ends if len(line) <= LONGEST_CREDIT)
    sentences = (sentence for line in short for sentence in _ROUGH_END.split(line))
    credit = next(filter(None, map(credit_in, sentences)), None)
    wired = next(filter(None, map(_WIRED.match, lines[:HEADER_LINES])), None)
    if credit is None and wired is not None:
        credit = wired["name"]
    if credit is None:  # beside the outlet at the top
        credit = next(filter(is_agency, header.outlets[1:]), None)
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


def _title(lines: Sequence[str], header: HeaderBlock) -> tuple[str | None, str | None]:
    """The title without the name of a site at its end, and that name."""
    line = HEADLINE_LABEL.sub("", header.headline or "") or None
    bare, site = site_suffix(line or "")
    repeated = len(lines) > 1 and same_line(lines[0], lines[1])
    if line and site and (repeated or "|" in line[len(bare) :] or outlet_named(site)):
        return bare, site
    return line, None


def is_agency(name: str) -> bool:
    """Whether a name is that of a news agency by its last word."""
    return _AGENCY.search(name) is not None


def _byline(lines: Sequence[str], above: int) -> str | None:
    """The author that a byline or signature names; `above` prose stand so many lines."""
    ends = [
        *lines[: max(HEADER_LINES, above)],
        *lines[max(HEADER_LINES, len(lines) - FOOTER_LINES) :],
    ]
    for line in filter(is_byline, ends):
        for field in [*_signed(line), *filter(is_byline, fields_of(line))]:
            field = _PICTURES.split(_before_day(field))[0]
            found = next(filter(None, (shape.search(field) for shape in _AUTHORS)), None)
            if found and all(says in (Says.NAME, Says.ROLE) for says, _ in pieces(found["name"])):
                return person(found["name"])
    return None


def _signed(line: str) -> Iterator[str]:
    """The pieces of a line that are marked as an author's, each with the names that follow it."""
    rest = list(pieces(line))
    while rest:
        says, words = rest.pop(0)
        if says is Says.AUTHOR:
            names = takewhile(lambda piece: piece[0] is Says.NAME, rest)
            yield ", ".join([words, *(name for _, name in names)])


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
_AGENCY = re.compile(rf"(?:^Reuters|\w (?:\w*(?:{LAST_WORDS['agency']})))$")
_NAME = rf"(?:{RANK}\s+)?{NAME_WORD}(?:\s+{NAME_WORD}){{0,6}}"
_PEOPLE = rf"(?P<name>{_NAME}(?:(?:,\s+{_NAME})*,?\s+(?:and|&)\s+{_NAME})?)"
_AUTHORS = (
    re.compile(
        rf"\b(?i:by|authors?|byline|reporter|correspondent|auteur|autor|(?:words|text)(?=:)):?\s+{_PEOPLE}"
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
