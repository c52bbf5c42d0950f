"""Abbreviations written out: "N.Y." is New York, "Vt." is Vermont, "9 a.m. ET" is nine in the morning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.english.word_kinds import Term, TermKind
from ingest.english.word_tables import rows
from ingest.english.words import stem

_NAMES = {row[1]: row[2] for row in rows("abbreviations.tsv") if row[0] == "name"}
_PHRASES = {tuple(name.split()) for name in _NAMES.values() if " " in name}
_LONGEST = max(map(len, _PHRASES))
_WORDS = {row[1]: stem(row[2]) for row in rows("abbreviations.tsv") if row[0] == "word"}
_ZONES = frozenset(
    w for row in rows("abbreviations.tsv") if row[0] == "zone" for w in row[1].split()
)


def written_out(terms: Sequence[Term]) -> list[Term]:
    """The terms with short and long forms made one; a name of several words becomes one term, a time zone none."""
    found: list[Term] = []
    at = 0
    while at < len(terms):
        term = terms[at]
        follows_clock = at and terms[at - 1].kind is TermKind.NUMBER and ":" in terms[at - 1].value
        if term.kind is TermKind.NAME and term.value in _ZONES and follows_clock:
            at += 1
            continue
        length = _phrase(terms[at : at + _LONGEST])
        if length:
            value = " ".join(t.value for t in terms[at : at + length])
            found.append(replace(term, value=value, end=terms[at + length - 1].end))
            at += length
            continue
        if term.kind is TermKind.NAME and term.value in _NAMES:
            term = replace(term, value=_NAMES[term.value])
        elif term.kind in (TermKind.NAME, TermKind.WORD) and term.value in _WORDS:
            term = replace(term, kind=TermKind.WORD, value=_WORDS[term.value])
        found.append(term)
        at += 1
    return found


def _phrase(terms: Sequence[Term]) -> int:
    """How many of the terms are a name of several words that has a short form; 0 for none."""
    for length in range(len(terms), 1, -1):
        some = terms[:length]
        named = all(t.kind is TermKind.NAME for t in some)
        if named and tuple(t.value for t in some) in _PHRASES:
            return length
    return 0
