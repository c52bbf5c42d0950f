"""Reads the lines above an article's prose: which is its headline, and what the others say of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.english.date_mentions import mentions
from ingest.text.header_pieces import (
    Says,
    days_of,
    fields_of,
    is_byline,
    is_header_line,
    pieces,
    states_day,
    title_case,
)
from ingest.text.line_kinds import LONGEST_HEADING, ends_within, is_heading, is_notice, same_line

HEADER_LINES = 10
LONGEST_LINE, LONGEST_TITLE = 160, 300  # characters
PROSE_LINES = 20  # below the header, in which a name is looked for
LONG_WORD = 4  # characters of a word that is looked for


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """The lines above the first paragraph of prose, and what they state."""

    lines: tuple[str, ...]
    headline: str | None = None
    people: tuple[str, ...] = ()  # who wrote it, of names without a By
    outlets: tuple[str, ...] = ()  # the first of each line that names one
    said: frozenset[int] = frozenset()  # the lines that tell of the article, not of its subject
    dated: int | None = None  # the one of these that is a name or PLACE and a day


def read_header(lines: Sequence[str], heading: str | None = None) -> HeaderBlock:
    """The header of an article of these lines; `heading` is its headline where that is known.

    A line that can be a headline or a name (`Bridge Opens`, `Ines Marlow`) is a name where another
    line is the headline, and that of an author where the prose speaks of nobody so called.
    """
    opening = _opening(lines)
    if heading is None and len(lines) > 1 and len(lines[0]) <= LONGEST_TITLE:
        heading = lines[0] if same_line(lines[0], lines[1]) else None
    if heading is None and len(lines) <= len(opening):
        return HeaderBlock(tuple(opening))  # nothing follows: not a header
    prose = lines[len(opening) : len(opening) + PROSE_LINES]
    others = [n for n, line in enumerate(opening) if not (heading and same_line(line, heading))]
    said = {n for n in others if is_header_line(opening[n]) or states_else(opening[n])}
    names = {n for n in others if n not in said and _is_name(opening[n], prose)}
    best, is_sure = _headline(opening, prose, others, said, names)
    headline = heading or (None if best is None else _first_field(opening[best]))
    is_sure = is_sure or heading is not None
    told = [n for n in others if opening[n] != headline and (n in said or (n in names and is_sure))]
    people = {n: name for n in told if (name := _person(n, opening[n], prose))}
    places = [n for n in told if n in people or opening[n].partition(",")[0].isupper()]
    below = [n for n in places if n not in said and (heading or n > (best or 0))]
    last = (n for n in below if _is_last_day(opening[n], lines))
    dated = next(last, None)
    # a name beside another day is that of a picture or event
    wrote = {
        n: name for n, name in people.items() if n in (*said, dated) or not days_of(opening[n])
    }
    stating = [opening[n] for n in told if not is_notice(opening[n])]
    named = [[words for says, words in pieces(line) if says is Says.OUTLET] for line in stating]
    outlets = [words for words, *_ in filter(None, named)]
    masthead = _MASTHEAD.match(opening[0]) if told[:1] == [0] and not outlets else None
    if masthead and pieces(opening[0])[0][0] is Says.NAME:
        outlets, wrote[0] = [title_case(masthead[0])], ""
    return HeaderBlock(
        tuple(opening),
        headline,
        tuple(filter(None, wrote.values())),
        tuple(outlets),
        frozenset((said | wrote.keys()) & set(told)) - _heads_prose(opening),
        dated,
    )


def _heads_prose(opening: Sequence[str]) -> set[int]:
    """The last line, where it is a section alone under others: of a list or column that it heads."""
    last = len(opening) - 1
    alone = last > 0 and all(says is Says.SECTION for says, _ in pieces(opening[last]))
    return {last} if alone else set()


def _headline(
    opening: Sequence[str],
    prose: Sequence[str],
    others: Sequence[int],
    said: set[int],
    names: set[int],
) -> tuple[int | None, bool]:
    """Which line is the headline, and whether that is sure: the first that says something, else the
    first name, then outlet, of which the prose speaks, else the first of these, else what a line of
    several fields begins with."""
    plain = [n for n in others if n not in said and n not in names]
    if plain:
        return plain[0], True
    left = [n for n in others if n in said and not states_else(opening[n])]
    spoken = [n for n in others if n in names | set(left) and _is_spoken_of(opening[n], prose)]
    spoken.sort(key=lambda n: n in said)
    fields = [n for n in others if _first_field(opening[n]) != opening[n]]
    is_sure = bool(spoken) and spoken[0] in names
    return next(iter([*spoken, *sorted(names), *left, *fields]), None), is_sure


def _first_field(line: str) -> str:
    """A headline without what stands behind its bars, where that is said of the article."""
    first, *rest = fields_of(line)
    behind = states_else(line) and pieces(first)[:1] == ((Says.WORDS, first),)
    return first if behind and any(map(is_header_line, rest)) else line


def _opening(lines: Sequence[str]) -> list[str]:
    """The lines above the first paragraph of prose."""
    opening: list[str] = []
    for line in lines[:HEADER_LINES]:
        asks = len(line) <= LONGEST_HEADING and line[-1] in "?!"
        may_be_title = is_heading(line) or (
            (asks or len(fields_of(line)) > 1) and not ends_within(line)
        )
        broken_off = line is lines[-1] and ends_within(line)  # prose without its full stop
        told = may_be_title or is_header_line(line) or states_else(line) or _NOTE.match(line)
        if broken_off or len(line) > LONGEST_LINE or not told:
            break
        opening.append(line)
    return opening


def states_else(line: str) -> bool:
    """Whether a header line is a byline, date line or notice, and so no title."""
    return is_byline(line) or states_day(line) or is_notice(line)


def _is_name(line: str, prose: Sequence[str]) -> bool:
    """Whether a line is names and what may stand beside them, and nobody seen somewhere of whom the
    prose speaks ("Mayor Quill in court")."""
    return all(
        says is not Says.WORDS and not (says is Says.PLACED and _is_spoken_of(words, prose))
        for says, words in pieces(line)
    )


def _person(index: int, line: str, prose: Sequence[str]) -> str | None:
    """The author whom a line names; one alone at the very top is a place or a section."""
    found = pieces(line)
    names = [words for says, words in found if says in (Says.NAME, Says.PLACED)]
    alone = index == 0 and len(found) == 1
    if alone or not names or not _PERSON.fullmatch(names[0]) or _is_spoken_of(names[0], prose):
        return None
    last = next((n for n, name in enumerate(names) if " and " in name), 0)
    return ", ".join(names[: last + 1])  # "Ines Marlow, Tom Orrick and Lena Ostrow"


def _is_spoken_of(name: str, prose: Sequence[str]) -> bool:
    """Whether the prose has a long word of a name, but for a line that begins with it: who wrote it
    may be told below."""
    known = _words(name)
    return any(known & _words(line) for line in prose if not line.startswith(name))


def _is_last_day(line: str, lines: Sequence[str]) -> bool:
    """Whether a line names a day, and the article no later one: that of a picture is an older day."""
    day = next(iter(days_of(line)), None)
    return day is not None and not any(
        found.latest and found.latest > day for text in lines for found in mentions(text)
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"\w+", text.casefold()) if len(word) >= LONG_WORD)


_NOTE = re.compile(
    r"(?:correction|updated?|editor['’]s note|exclusive|opinion|analysis)\b", re.IGNORECASE
)
_PERSON = re.compile(
    r"(?:\w+\.\s)?(?:[\w.'’-]+\s){1,2}[\w.'’-]+(?:\s(?:and|&)\s(?:[\w.'’-]+\s){1,2}[\w.'’-]+)?"
)
# Several words in capitals, or one with capitals within
_MASTHEAD = re.compile(
    r"[^\Wa-z]+(?:(?:\s|\s&\s)[^\Wa-z]+)+(?=\s[|·•–—-]\s|$)|[A-Z][a-z]+[A-Z0-9]\w*(?=\s[|·•–—-]\s|$)"
)
