"""Two sentences in, their terms with partners out: which words of one stand for which of the other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.english import word_tables
from ingest.english.date_mentions import dates_share
from ingest.english.quantities import numbers_match
from ingest.english.sentence_analysis import analyse
from ingest.english.word_kinds import CAPITALS, GIVEN_NAMES, Term, TermKind, is_ordinary
from ingest.english.word_tables import rows
from ingest.english.words import fold, stands_for, stem


@dataclass(slots=True)
class Sides:
    """Two sentences as content terms, and for each term the position of its partner in the other sentence."""

    left: str
    right: str
    ours: list[Term]
    theirs: list[Term]
    to_right: list[int | None]
    to_left: list[int | None]
    gaps_left: list[int]  # how many terms of the common chain stand before each term
    gaps_right: list[int]


def match(left: str, right: str) -> Sides:
    """Every term of either sentence with its partner: the same thing however it is written, wherever it stands."""
    ours, theirs = _content(left), _content(right)
    _read_metres(ours, theirs)
    _read_metres(theirs, ours)
    sides = Sides(left, right, ours, theirs, [None] * len(ours), [None] * len(theirs), [], [])
    swapped_left, swapped_right = (
        a | b for a, b in zip(_swapped(sides), _regoverned(sides), strict=True)
    )
    kept_left = [i for i in range(len(ours)) if i not in swapped_left]
    kept_right = [j for j in range(len(theirs)) if j not in swapped_right]
    aligned = _align([ours[i] for i in kept_left], [theirs[j] for j in kept_right])
    chain = [(kept_left[i], kept_right[j]) for i, j in aligned]
    for i, j in chain:
        sides.to_right[i], sides.to_left[j] = j, i
    sides.gaps_left = _positions(len(ours), [i for i, _ in chain])
    sides.gaps_right = _positions(len(theirs), [j for _, j in chain])
    _match_moved(sides, swapped_left, swapped_right)
    return sides


def _content(sentence: str) -> list[Term]:
    """The terms that say something; the first word of a name is one even where it begins a sentence: "Mark Lennon"."""
    terms = written_out(analyse(sentence).terms)
    for n, (term, following) in enumerate(pairwise(terms)):
        begins = term.kind is TermKind.WORD and sentence[term.start].isupper()
        if (
            begins
            and following.kind is TermKind.NAME
            and sentence[term.end : following.start] == " "
        ):
            written = sentence[term.start : term.end].lower()
            if written in GIVEN_NAMES or not is_ordinary(written):
                terms[n] = replace(term, kind=TermKind.NAME, value=fold(written))
    return [t for t in terms if t.kind is not TermKind.FUNCTION]


def _read_metres(terms: list[Term], others: Sequence[Term]) -> None:
    """ "340m" is a length where the other sentence has 340, not 340 million."""
    plain = {t.value for t in others if t.kind is TermKind.NUMBER}
    for n, term in enumerate(terms):
        length = term.value.removesuffix("000000")
        if term.kind is TermKind.NUMBER and length != term.value and length in plain:
            terms[n] = replace(term, value=length)


def _positions(length: int, chain: Sequence[int]) -> list[int]:
    taken = set(chain)
    counts, count = [], 0
    for n in range(length):
        count += n in taken
        counts.append(count)
    return counts


def same(left: Term, right: Term) -> float:
    """How well two terms stand for one another: 0 not at all, 1 the same."""
    if left.kind is right.kind and left.value == right.value:
        return 1.0
    if left.kind is not right.kind:
        return 0.95 if _is_same_word(left, right) or _is_same_word(right, left) else 0.0
    if left.kind is TermKind.WORD:
        return 0.7 if stands_for(left.value, right.value) else 0.0
    if left.kind is TermKind.DATE:
        return 0.8 if dates_share(left.value, right.value) else 0.0
    if left.kind is TermKind.NUMBER:
        return 0.8 if numbers_match(left.value, right.value) else 0.0
    if left.kind is TermKind.NAME:
        one, other = left.value, right.value
        # a capital and its country, or two spellings: "Organisation"
        spelt = one[:3] == other[:3] and min(len(one), len(other)) > 5 and stem(one) == stem(other)
        return 0.7 if spelt or CAPITALS.get(one) == other or CAPITALS.get(other) == one else 0.0
    return 0.0


def _is_same_word(name: Term, word: Term) -> bool:
    """A capital makes "Pictures" a name on one side, a headline a plain word; "2000" may be a year or a number."""
    if name.kind is TermKind.DATE and word.kind is TermKind.NUMBER:
        return name.value == f"{word.value}------"
    return (
        name.kind is TermKind.NAME and word.kind is TermKind.WORD and stem(name.value) == word.value
    )


def _align(ours: Sequence[Term], theirs: Sequence[Term]) -> list[tuple[int, int]]:
    """The heaviest common subsequence, as pairs of positions; what is the same at both ends is taken off first."""
    shorter = min(len(ours), len(theirs))
    head = next((n for n in range(shorter) if same(ours[n], theirs[n]) < 1), shorter)
    tail = next(
        (n for n in range(shorter - head) if same(ours[-1 - n], theirs[-1 - n]) < 1), shorter - head
    )
    middle = _heaviest(ours[head : len(ours) - tail], theirs[head : len(theirs) - tail])
    ends = [(len(ours) - n, len(theirs) - n) for n in range(tail, 0, -1)]
    return [*((n, n) for n in range(head)), *((i + head, j + head) for i, j in middle), *ends]


def _heaviest(ours: Sequence[Term], theirs: Sequence[Term]) -> list[tuple[int, int]]:
    scores = [[same(a, b) for b in theirs] for a in ours]
    rows, columns = len(ours), len(theirs)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        row, below, score = best[i], best[i + 1], scores[i]
        for j in range(columns - 1, -1, -1):
            skip = below[j] if below[j] >= row[j + 1] else row[j + 1]
            taken = score[j] + below[j + 1] if score[j] else 0.0
            row[j] = taken if taken > skip else skip
    pairs, i, j = [], 0, 0
    while i < rows and j < columns:
        if scores[i][j] and best[i][j] == scores[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


FIXED = frozenset({TermKind.NUMBER, TermKind.DATE, TermKind.NAME})


def _match_moved(sides: Sides, swapped_left: Set[int], swapped_right: Set[int]) -> None:
    """Terms that stand elsewhere in the other sentence are no change, unless they took each other's place."""
    free = [
        j for j, partner in enumerate(sides.to_left) if partner is None and j not in swapped_right
    ]
    for i, partner in enumerate(sides.to_right):
        if partner is not None or i in swapped_left:
            continue
        scored = [(same(sides.ours[i], sides.theirs[j]), j) for j in free]
        score, j = max(scored, key=lambda pair: (pair[0], -pair[1]), default=(0.0, -1))
        if score:
            sides.to_right[i], sides.to_left[j] = j, i
            free.remove(j)


_SAME_SENTENCE = 0.85  # share of plain words two sentences have in common from which their order is taken to be one


def _swapped(sides: Sides) -> tuple[Set[int], Set[int]]:
    """Positions of names, dates and numbers that took each other's place around words that stayed: "Japan beat Brazil".

    Not where one sentence is passive and the other is not, and not in enumerations, which have no word in between.
    """
    ours, theirs = _other_terms(sides.ours), _other_terms(sides.theirs)
    common = sum(
        (
            Counter(sides.ours[i].value for i in ours)
            & Counter(sides.theirs[j].value for j in theirs)
        ).values()
    )
    if common < _SAME_SENTENCE * max(len(ours), len(theirs), 1) or _passive(sides.left) != _passive(
        sides.right
    ):
        return frozenset(), frozenset()
    chain = _align([sides.ours[i] for i in ours], [sides.theirs[j] for j in theirs])
    left = _fixed_by_gap(sides.ours, _positions(len(sides.ours), [ours[i] for i, _ in chain]))
    right = _fixed_by_gap(
        sides.theirs, _positions(len(sides.theirs), [theirs[j] for _, j in chain])
    )
    lost, gained = _missing(left, right), _missing(right, left)
    lost_left = [i for place in lost.keys() & gained.keys() for i in lost[place]]
    gained_right = [j for place in lost.keys() & gained.keys() for j in gained[place]]
    moved = {sides.ours[i].value for i in lost_left} & {sides.theirs[j].value for j in gained_right}
    if len(moved) < 2:
        return frozenset(), frozenset()
    return (
        frozenset(i for i in lost_left if sides.ours[i].value in moved),
        frozenset(j for j in gained_right if sides.theirs[j].value in moved),
    )


_AROUND = word_tables.lists("function_words.tsv")
_PREPOSITIONS, _DETERMINERS = _AROUND["preposition"], _AROUND["plain determiner"]


def _regoverned(sides: Sides) -> tuple[Set[int], Set[int]]:
    """Positions of names, dates and numbers that took over each other's preposition: "the Heron at the Mill".

    "To Oslo from Tarn" says the same as "from Tarn to Oslo", and members of an enumeration may change places.
    """
    ours, theirs = _governed(sides.ours, sides.left), _governed(sides.theirs, sides.right)
    common = [
        values for values in ours if values in theirs and ours[values][0] != theirs[values][0]
    ]
    left: set[int] = set()
    right: set[int] = set()
    for n, one in enumerate(common):
        for other in common[n + 1 :]:
            words = ours[one][0], ours[other][0]
            if None not in words and words == (theirs[other][0], theirs[one][0]):
                left |= {*ours[one][1], *ours[other][1]}
                right |= {*theirs[one][1], *theirs[other][1]}
    return left, right


def _governed(
    terms: Sequence[Term], sentence: str
) -> dict[tuple[str, ...], tuple[str | None, range]]:
    """Runs of names, dates and numbers by their values, each once in the sentence: the preposition before it ("" where
    there is none, None in an enumeration) and its positions."""
    found: dict[tuple[str, ...], tuple[str | None, range]] = {}
    repeated: set[tuple[str, ...]] = set()
    start = 0
    while start < len(terms):
        end = start + 1
        while (
            end < len(terms)
            and terms[end].kind is terms[start].kind
            and not sentence[terms[end - 1].end : terms[end].start].strip()
        ):
            end += 1
        if terms[start].kind in FIXED:
            values = tuple(term.value for term in terms[start:end])
            repeated |= {values} & found.keys()
            found[values] = (
                _preposition(sentence[: terms[start].start], sentence[terms[end - 1].end :]),
                range(start, end),
            )
        start = end
    return {values: place for values, place in found.items() if values not in repeated}


_COORDINATED = re.compile(r"(?:,|&|/|-|–|\b(?:and|or|nor|but|versus|vs))\W*$", re.IGNORECASE)
_COORDINATES = re.compile(r"^(?:,|\s+(?:and|or|nor|&|versus|vs)\b|[-–/])", re.IGNORECASE)


def _preposition(before: str, after: str) -> str | None:
    words = before.split()
    while words and words[-1].lower() in _DETERMINERS:
        words.pop()
    if _COORDINATED.search(" ".join(words)) or _COORDINATES.search(after):
        return None
    last = words[-1].lower() if words else ""
    return last if last in _PREPOSITIONS else ""


def _passive(sentence: str) -> bool:
    return " by " in sentence


def _other_terms(terms: Sequence[Term]) -> list[int]:
    return [n for n, term in enumerate(terms) if term.kind not in FIXED]


_Places = dict[tuple[int, TermKind], dict[str, int]]  # gap and kind → value → position


def _fixed_by_gap(terms: Sequence[Term], gaps: Sequence[int]) -> _Places:
    found: _Places = {}
    for n, term in enumerate(terms):
        if term.kind in FIXED:
            found.setdefault((gaps[n], term.kind), {})[term.value] = n
    return found


def _missing(here: _Places, there: _Places) -> dict[tuple[int, TermKind], list[int]]:
    """The positions of values that the same gap of the other sentence has not."""
    found: dict[tuple[int, TermKind], list[int]] = {}
    for place, values in here.items():
        if positions := [n for value, n in values.items() if value not in there.get(place, {})]:
            found[place] = positions
    return found


# Abbreviations: "N.Y." is New York, "Vt." is Vermont, "9 a.m. ET" is nine in the morning.
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
