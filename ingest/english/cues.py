"""Finds the words that change how far a sentence commits itself, and what each governs."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ingest.english import tables
from ingest.english.words import stem

if TYPE_CHECKING:
    from ingest.english.analysis import Analysis
    from ingest.english.words import Token


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that qualify others: `text[start:end]` governs `text[scope_start:scope_end]`.

    `kind` by field: hedges possible, planned, conditional, attempted, reported, required; conditions
    condition; restrictions only, part, approximately, almost, below, above, except, order, former;
    connectives cause, purpose, concession, time; frames question, fiction, false, exercise, correction (these
    govern their whole sentence).
    """

    kind: str
    start: int
    end: int
    scope_start: int
    scope_end: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`text[start:end]` sets what stands on its left against what stands on its right.

    `kind` is more, less or equal, as seen from the left; either side may be empty.
    """

    kind: str
    start: int
    end: int
    left_start: int
    left_end: int
    right_start: int
    right_end: int


Phrase = tuple[
    tuple[tuple[str, bool], ...], str
]  # (word or stem, whether inflected) each, and the kind

_SENTENCE_END = re.compile(r"[.!?]+[\"”’')\]]*(?=\s+[\"“‘'(]?[^\Wa-z])|[\n;]|$")
_CLAUSE_END = re.compile(r"[;:!?()—–]|\s-\s|[.,](?=[\s\"”’]|$)")
_OPENING = re.compile(r"(?:should|were|had)\b(?=[^?]*,)", re.IGNORECASE)
_LESS = frozenset(
    "less fewer lower smaller shorter younger slower cheaper weaker poorer lighter worse".split()
)


def cues(analysis: Analysis, group: str) -> tuple[Cue, ...]:
    """The cues of one group (hedge, condition, …), in order; the longest phrase wins."""
    found = [
        Cue(kind, start, end, *_scope(analysis, group, kind, start, end))
        for kind, start, end in _phrases_in(analysis, group)
    ]
    if group == "condition":  # "Should the dam fail, the town floods."
        for start, end in sentences(analysis.text):
            if opening := _OPENING.match(analysis.text, start, end):
                scope = _scope(analysis, group, "condition", *opening.span())
                found.append(Cue("condition", *opening.span(), *scope))
    return tuple(sorted(found, key=lambda cue: cue.start))


def comparisons(analysis: Analysis) -> tuple[Comparison, ...]:
    """Comparatives with "than", verbs that set one thing above another, rises and falls."""
    found = list(_phrases_in(analysis, "comparison"))
    for at, token in enumerate(analysis.tokens):
        if not (token.lower in ("more", "less", "fewer", "worse") or token.lower.endswith("er")):
            continue
        than = next((t for t in analysis.tokens[at + 1 : at + 6] if t.lower == "than"), None)
        if than is not None:
            found.append(("less" if token.lower in _LESS else "more", token.start, than.end))
    return tuple(
        Comparison(
            kind,
            start,
            end,
            clause_start(analysis.text, start),
            start,
            end,
            clause_end(analysis.text, end),
        )
        for kind, start, end in sorted(found, key=lambda cue: cue[1])
    )


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of the sentences of a short text, without the space before them."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        start += len(text[start : match.end()]) - len(text[start : match.end()].lstrip())
        if start < match.end():
            yield start, match.end()
        start = match.end()


def sentence_around(text: str, place: int) -> tuple[int, int]:
    """The sentence that holds this offset."""
    return next(((s, e) for s, e in sentences(text) if place < e), (0, len(text)))


def clause_start(text: str, place: int) -> int:
    """Where the clause that holds this offset begins: after the last mark that parts clauses."""
    end = max((m.end() for m in _CLAUSE_END.finditer(text, 0, place)), default=0)
    return end + len(text[end:place]) - len(text[end:place].lstrip(" \"“”'’"))


def clause_end(text: str, place: int) -> int:
    """Where the clause that holds this offset ends: before the next mark that parts clauses."""
    match = _CLAUSE_END.search(text, place)
    return match.start() if match else len(text)


def _scope(analysis: Analysis, group: str, kind: str, start: int, end: int) -> tuple[int, int]:
    """A frame governs its sentence, a restriction the next phrase, others the rest of the clause."""
    text = analysis.text
    if group == "frame" and kind != "question":
        return sentence_around(text, start)
    after = end + len(text[end:]) - len(text[end:].lstrip())
    last = clause_end(text, after)
    if group != "restriction":
        return min(after, last), last
    at = bisect_right(analysis.tokens, end - 1, key=lambda token: token.start)
    reached = min(after, last)
    for token in analysis.tokens[at:]:
        if token.start >= last or (
            token.stop and token.lower not in _INSIDE_PHRASES and reached > after
        ):
            break
        reached = token.end
    return min(after, reached), reached


_INSIDE_PHRASES = frozenset("the a an of its his her their this that these those".split())


@cache
def _phrases(group: str) -> dict[str, list[Phrase]]:
    """The phrases of a group under the stem of their first word, longest first."""
    found: dict[str, list[Phrase]] = {}
    for row_group, kind, written in tables.rows("cues.tsv"):
        for phrase in written.split("; ") if row_group == group else ():
            parts = [
                (word.rstrip("~"), word.endswith("~")) for word in phrase.replace("-", " ").split()
            ]
            words = tuple(
                (stem(word) if inflected else word, inflected) for word, inflected in parts
            )
            found.setdefault(stem(parts[0][0]), []).append((words, kind))
    for choices in found.values():
        choices.sort(key=lambda choice: -len(choice[0]))
    return found


def _phrases_in(analysis: Analysis, group: str) -> Iterator[tuple[str, int, int]]:
    """Kind and offsets of every phrase of a group; "May" as a month is none."""
    phrases, tokens = _phrases(group), analysis.tokens
    dates = {date.start for date in analysis.dates} if group == "hedge" else frozenset()
    numbers = {number.start for number in analysis.numbers}
    at = 0
    while at < len(tokens):
        for words, kind in phrases.get(tokens[at].stem, ()):
            stretch = tokens[at : at + len(words)]
            if _reads(stretch, words, numbers) and stretch[0].start not in dates:
                stretch = stretch[:-1] if words[-1][0] == "#" else stretch
                yield kind, stretch[0].start, stretch[-1].end
                at += len(stretch)
                break
        else:
            at += 1


def _reads(tokens: Sequence[Token], words: Sequence[tuple[str, bool]], numbers: Set[int]) -> bool:
    return len(tokens) == len(words) and all(
        token.start in numbers
        if word == "#"
        else (token.stem if inflected else token.lower) == word
        for token, (word, inflected) in zip(tokens, words, strict=True)
    )
