"""Cuts a line above an article's prose into pieces, and says what each of them is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache

from ingest.english.date_mentions import WEEKDAYS, Mention, mentions
from ingest.english.word_tables import rows
from ingest.english.words import STOP_WORDS

LONGEST_BYLINE, LONGEST_DATELINE, LONGEST_FIELD, LONGEST_OUTLET = 160, 120, 60, 40  # characters


class Says(StrEnum):
    """What a piece of a header line is."""

    DAY = "day"
    OUTLET = "outlet"
    AUTHOR = "author"  # marked as one: "By Ines Marlow"
    ROLE = "role"  # "chief reporter", "staff and agencies"
    SECTION = "section"  # "Obituary", "Press release", "Food & Drink"
    ASIDE = "aside"  # "412 words", "3 min read", "Pictures: Tom Orrick"
    NAME = "name"  # capitalised words that may name a person, a place or an outlet
    PLACED = "placed"  # "Ines Marlow at Mill Green"
    WORDS = "words"  # anything else, such as a headline


Piece = tuple[Says, str]  # what it is, and its words


@lru_cache(maxsize=4096)
def pieces(line: str) -> tuple[Piece, ...]:
    """The pieces of a header line, between its days, bars, dots, dashes, commas and brackets; an
    outlet in capitals is written as others are.

    >>> [f"{says}: {words}" for says, words in pieces("THE ORVEL POST - Ines Marlow, reporter")]
    ['outlet: The Orvel Post', 'name: Ines Marlow', 'role: reporter']
    """
    days = [
        day
        for day in mentions(line)
        if day.precision == "day" or (day.day and day.precision == "month")
    ]
    marked = line.replace(_MARK, " ")
    for day in reversed(days):
        marked = f"{marked[: day.start]}{_MARK}{marked[day.end :]}"
    found: list[Piece] = []
    stated = iter(days)
    for part in filter(None, _CUTS.split(_AROUND_DAY.sub(_MARK, marked))):
        if part == _MARK:
            day = next(stated)
            is_day = day.precision == "day" and day.day
            found.append((Says.DAY if is_day else Says.ASIDE, line[day.start : day.end]))
        elif piece := _piece(part.strip()):
            named = found and found[-1][0] is Says.NAME and _TELLS_OUTLET.fullmatch(part.strip())
            if named:  # "TIDEMARKS - the magazine of the coast"
                found[-1] = (Says.OUTLET, title_case(found[-1][1]))
            found.append((Says.ASIDE, piece[1]) if named else piece)
    return tuple(found)


def _piece(part: str) -> Piece | None:
    """What a part of a line is; None where it only stands beside a day, as a time or label does."""
    label = LABEL.match(part)
    words = part[label.end() :].strip(" :") if label else part
    if not any(map(str.isalnum, _FILLER.sub(" ", words))):
        return None
    bare = _LEADS.sub("", words)
    for says, shape in _SHAPES:
        if shape.fullmatch(words) or shape.fullmatch(bare):
            return says, words
    if any(shape.match(words) for shape in _BYLINES) or _is_by_names(words):
        return Says.AUTHOR, words
    if outlet := outlet_named(bare):
        return Says.OUTLET, outlet
    if _ROLE.fullmatch(bare):
        return Says.ROLE, words
    shouted = (word.lower() for word in words.split()[1:] if word.isupper() and len(word) > 1)
    if NAMES.fullmatch(words) and STOP_WORDS.isdisjoint(shouted):
        return Says.NAME, words
    placed = _PLACED.fullmatch(words)
    return (Says.PLACED, placed["name"]) if placed else (Says.WORDS, words)


@lru_cache(maxsize=4096)
def is_header_line(line: str) -> bool:
    """Whether a line says nothing but where, when and by whom an article was published, or of what
    kind it is. Names alone do not tell, and a headline may look like the name of an outlet."""
    if len(line) > LONGEST_BYLINE:
        return False
    kinds = {says for says, _ in pieces(line)}
    if not kinds or kinds & {Says.WORDS, Says.PLACED}:
        return False
    if Says.NAME in kinds:
        return bool(kinds & {Says.AUTHOR, Says.OUTLET, Says.ROLE}) or (
            Says.DAY in kinds and FIELD_END.search(line) is not None
        )
    return kinds != {Says.OUTLET} or _THE_OUTLET.fullmatch(line) is None


def is_byline(line: str) -> bool:
    """Whether a line or a field of it says who wrote the article (`By Ines Marlow, Harbour
    Gazette`) and little else."""
    return len(line) <= LONGEST_BYLINE and (
        any(shape.match(field) for field in (line, *fields_of(line)) for shape in _BYLINES)
        or (
            ("by" in line.lower() or ":" in line)
            and any(says is Says.AUTHOR for says, _ in pieces(line))
            and any(map(is_header_line, (line, *fields_of(line))))
        )
    )


def states_day(line: str) -> bool:
    """Whether a line or a field of it is a date line, or it is a header line with a day in it."""
    if len(line) > LONGEST_BYLINE or not any(map(str.isdecimal, line)):
        return False
    return any(map(is_dateline, (line, *fields_of(line)))) or (
        any(says is Says.DAY for says, _ in pieces(line)) and is_header_line(line)
    )


def days_of(line: str) -> list[date]:
    """The whole days that a line names."""
    return [day.day for day in mentions(line) if day.precision == "day" and day.day]


def fields_of(line: str) -> list[str]:
    """The fields of a header line between its bars and dots; the line where one of them is prose."""
    parts = [part.strip() for part in FIELD_END.split(line) if part.strip()]
    return parts if all(len(part) <= LONGEST_FIELD for part in parts) else [line]


def is_dateline(line: str) -> bool:
    """Whether a line is mainly a date, such as `17 April 2024` or `Published: 3 May 2025, 14:24
    CEST`."""
    if len(line) > LONGEST_DATELINE or not any(map(str.isdecimal, line)):
        return False
    found = list(mentions(line))
    if not any(mention.precision == "day" and mention.day for mention in found):
        return False
    rest = beside_dates(line, found)
    labelled = _LABELLED.search(line) is not None
    return sum(map(str.isalpha, LABEL.sub(" ", rest) if labelled else rest)) <= (
        25 if labelled else 2
    )


def beside_dates(line: str, found: Sequence[Mention]) -> str:
    """What a line says beside its dates and their times, zones and days of the week."""
    for mention in reversed(found):
        line = line[: mention.start] + " " + line[mention.end :]
    return _FILLER.sub(" ", line)


def outlet_named(words: str) -> str | None:
    """The name of the outlet that short words are, by their last word or by The before it; None for
    others."""
    name = title_case(words)
    shapes = (_OUTLET, _THE_OUTLET, _MAGAZINE)
    is_name = any(shape.fullmatch(name) for shape in shapes)
    return name if len(words) <= LONGEST_OUTLET and is_name else None


def title_case(words: str) -> str:
    """Words in capitals as others are written: THE ORVEL POST → The Orvel Post, but BBC."""
    if not words.isupper():
        return words
    return " ".join(
        word.capitalize() if len(word) > 3 or word in _SHORT_WORDS else word
        for word in words.split()
    )


def _is_by_names(words: str) -> bool:
    return BY.match(words) is not None and _PROSE_WORD.search(words, 2) is None


# A word of a person's name, and what stands before one.
NAME_WORD = r"(?:[A-Z][\w.'’-]*|(?:de|van|von|der|den|al|bin|bint|di|da|la|le|du|ter|af|y|e)\b)"
_PERSON = rf"{NAME_WORD}(?:\s+{NAME_WORD}){{1,5}}"
RANK = r"(?:Dr|Prof|Professor|Mr|Mrs|Ms|Sir|Dame|DR|PROF|MR|MRS|MS)\.?"
_WRITES = r"(?:professor|lecturer|reader|fellow|reporter|correspondent|editor|writer|columnist|researcher|candidate|analyst)"
_BYLINES = (
    re.compile(
        r"(?i:(?:written|story|text|words|report|reported|reporting|analysis|opinion|commentary|interview|photos?)"
        rf"(?:\s+and\s+\w+)?\s+by:?|(?:words|text):)\s+(?:{RANK}\s+)?[A-Z]"
    ),
    re.compile(
        rf"(?:By|BY|by)\s+(?:{RANK}\s+)?{_PERSON}"
        r"(?:\s*(?:,|\||·|–|—|-|\(|and\b|&|for\b|in\b)\s*\S.{0,80})?[.]?$"
    ),
    re.compile(r"(?i:authors?|byline|reporter|correspondent|autor|auteur):\s+\S.{2,100}$"),
    re.compile(rf"From\s+[A-Z][\w.'’-]+(?:\s+[A-Z][\w.'’-]+)?,\s+(?:{RANK}\s+)?{_PERSON}$"),
    re.compile(
        rf"(?:{RANK}\s+)?{_PERSON},\s+(?:[A-Z]?[\w-]+\s+){{0,3}}(?i:{_WRITES})\b[^.!?]{{0,90}}$"
    ),
)
_WORD = r"(?:[A-Z0-9][\w.'’&-]*|of|the|and|&|for|de|la)"
LAST_WORDS = {kind: "|".join(words.split()) for kind, words in rows("outlets.tsv")}
_OUTLET = re.compile(rf"(?:{_WORD}\s+){{0,4}}(?:\w*(?:{LAST_WORDS['ends']})|{LAST_WORDS['is']})")
_MAGAZINE = re.compile(
    rf"[A-Z][\w'’-]*(?:\s+{_WORD}){{0,3}}\s+(?:magazine|newspaper|weekly|newsletter)"
)
_THE_OUTLET = re.compile(rf"The(?:\s+{_WORD}){{1,4}}")
FIELD_END = re.compile(r"\s[|·•]\s")
BY = re.compile(r"[Bb][Yy]\s+[A-Z]")
_PROSE_WORD = re.compile(r"\b(?!(?:and|of|the|de|van|von|der|al|bin|for|in)\b)[a-z]{2,}")

# Phrases of data/publication.tsv by kind, as alternatives of a pattern in their order; a space is
# any white space.
PHRASES = {
    kind: re.escape(phrases).replace(r";\ ", "|").replace(r"\ ", r"\s+").replace(r"\*", r"\w*")
    for kind, phrases in rows("publication.tsv")
}
_KNOWN = ("first", "republished", "updated", "seen", "published")
LABEL = re.compile(
    rf"\b(?:{'|'.join(f'(?P<{kind}>{PHRASES[kind]})' for kind in _KNOWN)})\b", re.IGNORECASE
)
# A label speaks of the copy itself where it opens the line or stands before a colon.
_ANY_LABEL = f"(?:{'|'.join(PHRASES[kind] for kind in _KNOWN)})"
_LABELLED = re.compile(
    rf"(?:^\W*|[(|·.]\s*){_ANY_LABEL}\b|\b(?!date){_ANY_LABEL}\s*:", re.IGNORECASE
)
_DAYS = "|".join(name for day in WEEKDAYS for name in (day, day[:3]))
_CLOCK = (
    rf"(?:\b(?:(?:utc|gmt)\s*[+-]\d{{1,2}}(?::?\d\d)?|(?-i:{PHRASES['zone']})|"
    r"(?:(?:[a-z]+\s+){1,2}(?:standard|daylight|summer|mean)|local|eastern|central|mountain|pacific|atlantic|indian?|"
    r"singapore|hong\s+kong|japan|korea|moscow|beijing|china)\s+time|\d{1,2}\s*[ap]\.?m\.?|hrs|"
    r"ces?t|[ecmp][sd]?t|[ap]\.?m\.?|"
    r"t?\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:\.\d+)?z?(?:\s*[ap]\.?m\.?)?)(?!\w)|[+-]\d{2}:?\d{2}\b)"
)
_FILLER = re.compile(rf"\b(?:{_DAYS}|{PHRASES['beside']})(?!\w)|{_CLOCK}", re.IGNORECASE)
_SHORT_WORDS = frozenset("THE OF AND FOR NEW SUN DAY".split())
# Stands for a day where a line is cut.
_MARK = "\0"
_AROUND_DAY = re.compile(
    rf"(?:\bon\s+)?(?:\b(?:{_DAYS})\b[.,]?\s+)?{_MARK}(?:(?:[\s,]|\bat\b)*{_CLOCK})*", re.IGNORECASE
)
_PICTURES = r"(?:photo(?:graph)?|picture|image|illustration|drawing|graphic|video)s?"
_CUTS = re.compile(
    rf"({_MARK})|\s[|·•/]\s|\s+(?:[–—-]|--)\s+|[,;]\s+|[()\[\]]|(?<!and)\s(?=(?i:{_PICTURES}(?:\s+by:?|:)\s))"
)
_SECTIONS = PHRASES["section"]
_ASIDE = (
    r"(?:(?:words|reading time|length):?\s*)?\d[\d,.]*(?:[\s-]*(?:words?|characters?|min(?:ute)?s?))?(?:\s+read)?|"
    r"(?:no|vol|volume|issue|page|pp?)\b\.?\s*[\w–-]+|[£$€]\s?\d+(?:\.\d\d)?|\S*@\S+|(?:https?://|www\.)\S+"
)
_SHAPES = (
    (Says.ASIDE, re.compile(rf"{_ASIDE}|{_PICTURES}(?:\s+by:?|:)\s.*", re.IGNORECASE)),
    (
        Says.SECTION,
        re.compile(
            rf"(?:{_SECTIONS})(?:(?:\s+|\s*[&/:]\s*|\s+(?:and|in|of)\s+)(?:{_SECTIONS}))*:?",
            re.IGNORECASE,
        ),
    ),
)
_LEADS = re.compile(r"^(?i:©|for|from|in|via|by|source:?)\s+(?:the\s+(?=[A-Z]))?")
_TELLS_OUTLET = re.compile(
    r"(?i:the|a|your|our)\s(?:\S+\s){0,5}(?i:magazine|newspaper|paper|weekly|journal|newsletter)(?:\s\S+){0,4}"
)
_ROLE = re.compile(
    rf"(?:(?:[A-Z][\w.&'’-]*|and|of|at|our|own|chief|senior|special|deputy|staff|(?i:{_SECTIONS}))\s+){{0,4}}"
    r"(?i:writers?|reporters?|correspondents?|editors?|columnists?|critic|contributors?|staff|agencies|bureau|desk|"
    r"newsroom|team)(?:\s(?:in|at)\s[A-Z]\w+)?"
)
NAMES = re.compile(
    rf"(?:{RANK}\s+)?{NAME_WORD}(?:\s+{NAME_WORD}){{0,3}}(?:\s+(?:and|&)\s+{NAME_WORD}(?:\s+{NAME_WORD}){{0,3}})?"
)
_PLACED = re.compile(
    rf"(?P<name>(?:{RANK}\s+)?{NAME_WORD}(?:\s+{NAME_WORD}){{1,2}})\s+(?:in|at|on|from)\s+[^.!?:]{{3,40}}"
)
