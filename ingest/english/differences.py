"""Two aligned sentences in, the places where they say different things out; what only reads differently gives none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from ingest.english.date_mentions import dates_conflict
from ingest.english.quantities import is_converted
from ingest.english.sentence_analysis import analyse
from ingest.english.substitutions import Run, common_kind, neighbours_match, opposed, pair_runs
from ingest.english.word_kinds import RANKS, Term, TermKind, is_rare
from ingest.english.word_matching import Sides, match
from ingest.english.words import stems


@dataclass(frozen=True, slots=True)
class Difference:
    """`left[left_start:left_end]` says something else than `right[right_start:right_end]`; an empty span is an absence.

    `kind` is number, date, name, negation, quantifier, antonym, quotation or wording; `severity` runs from 0 to 1.
    """

    kind: str
    left_start: int
    left_end: int
    right_start: int
    right_end: int
    severity: float


# How much a reader is misled, most first; the order counts, not the distance. Wordings stay below the least of them.
SEVERITY = {
    "negation": 0.95,
    "number": 0.9,
    "name": 0.88,
    "date": 0.85,
    "antonym": 0.8,
    "quantifier": 0.75,
}
SEVERITY |= {"quotation": 0.7}
_RANK, _MODAL, _WORDING, _GAINED = 0.55, 0.5, 0.4, 0.25


def differences(left: str, right: str) -> tuple[Difference, ...]:
    """Where `right` says something else than `left`, in order of `left`; the same sentence gives nothing.

    `left` is the text that is trusted, `right` the one that is checked: words that `right` puts between quotation marks
    must be those of `left`. Both are taken to speak of the same thing: pairs that do not align give noise. What one
    side leaves out or adds gives nothing, save negations, modals and ranks ("former", "assistant").
    Pure rules over words; about 1 ms for two sentences of thirty words that differ.
    """
    if left == right:
        return ()
    sides = match(left, right)
    pairs = pair_runs(sides)
    found = [d for a, b in pairs for d in _compare(a, b, sides)]
    found += _changed_quotations(sides)
    found += _one_sided(sides, pairs)
    found += _other_party(left, right)
    found = _exchanged(sides, found)
    found = [d for d in found if not _is_converted(d, left, right)]
    return tuple(
        sorted(_cancel_double_negation(found), key=lambda d: (d.left_start, d.right_start))
    )


def _is_converted(found: Difference, left: str, right: str) -> bool:
    """Whether a difference lies within one amount that both sides give, in other units."""
    return any(
        is_converted(here, there)
        for here in analyse(left).quantities
        if here.start <= found.left_start and found.left_end <= here.end
        for there in analyse(right).quantities
        if there.start <= found.right_start and found.right_end <= there.end
    )


def _compare(a: Run, b: Run, sides: Sides) -> Iterator[Difference]:
    kind = common_kind(a, b, sides)
    if kind is TermKind.WORD:
        yield from _compare_words(a, b, sides)
    elif kind is TermKind.NAME:
        ours, theirs = {sides.ours[i].value for i in a}, {sides.theirs[j].value for j in b}
        matched = {
            sides.ours[i].value for i, partner in enumerate(sides.to_right) if partner is not None
        }
        if not ours | theirs <= matched:  # else one is only named once more often
            yield _difference("name", a, b, sides)
    elif kind is TermKind.MODAL:
        yield _difference("wording", a, b, sides, _MODAL)
    else:
        for i, j in zip(a, b, strict=False):
            both_dates = sides.ours[i].kind is sides.theirs[j].kind is TermKind.DATE
            if not both_dates or dates_conflict(sides.ours[i].value, sides.theirs[j].value):
                yield _difference(str(kind), range(i, i + 1), range(j, j + 1), sides)


def _compare_words(a: Run, b: Run, sides: Sides) -> Iterator[Difference]:
    opposites = opposed(a, b, sides)
    if opposites is not None:
        i, j = opposites
        yield _difference("antonym", range(i, i + 1), range(j, j + 1), sides)
        before, after = (
            (range(a[0], i), range(b[0], j)),
            (range(i + 1, a[-1] + 1), range(j + 1, b[-1] + 1)),
        )
        for left, right in (before, after):
            if left and right:
                yield from _compare_words(left, right, sides)
        return
    if _written(a, sides.ours, sides.left) == _written(b, sides.theirs, sides.right):
        return
    if any(sides.theirs[j].quoted for j in b):
        yield _difference("quotation", a, b, sides)
    else:
        yield _difference("wording", a, b, sides, _wording_severity(a, b, sides))


def _written(run: Run, terms: Sequence[Term], sentence: str) -> str:
    """ "health care" and "healthcare" are one word."""
    return "".join(sentence[terms[n].start : terms[n].end].lower() for n in run)


def _wording_severity(a: Run, b: Run, sides: Sides) -> float:
    """One word for one tells more than a phrase for a phrase, a rare word more than a common one; verbs and adverbs
    have most synonyms."""
    endings = (sides.left[: sides.ours[a[-1]].end], sides.right[: sides.theirs[b[-1]].end])
    loose = all(ending.endswith(("ed", "ing", "ly")) for ending in endings)
    rare = any(is_rare(sides.left[sides.ours[i].start : sides.ours[i].end].lower()) for i in a)
    before, after = neighbours_match(a, b, sides)
    return max(
        0.05,
        _WORDING
        - 0.03 * (len(a) + len(b) - 2)
        - 0.08 * loose
        + 0.07 * rare
        + 0.03 * (before and after),
    )


def _changed_quotations(sides: Sides) -> Iterator[Difference]:
    """Inside quotation marks on both sides even a synonym is a change."""
    for i, j in enumerate(sides.to_right):
        if (
            j is None
            or sides.ours[i].kind is not TermKind.WORD
            or sides.ours[i].value == sides.theirs[j].value
        ):
            continue
        if sides.ours[i].quoted and sides.theirs[j].quoted:
            yield _difference("quotation", range(i, i + 1), range(j, j + 1), sides)


def _one_sided(sides: Sides, pairs: Sequence[tuple[Run, Run]]) -> Iterator[Difference]:
    """Negations, modals and ranks that only one side has."""
    lost = _unpaired(sides.ours, sides.to_right, [n for a, _ in pairs for n in a])
    gained = _unpaired(sides.theirs, sides.to_left, [n for _, b in pairs for n in b])
    fewer = [n for n in lost if sides.ours[n].kind is TermKind.NEGATION]
    more = [n for n in gained if sides.theirs[n].kind is TermKind.NEGATION]
    if len(fewer) != len(more):
        yield from (
            _difference("negation", range(i, i + 1), _NOWHERE, sides)
            for i in fewer
            if _denies_shared(i, sides.to_right)
        )
        yield from (
            _difference("negation", _NOWHERE, range(j, j + 1), sides)
            for j in more
            if _denies_shared(j, sides.to_left)
        )
    for i in lost:
        kind, severity = _told(sides.ours[i], sides.left, sides.right, sides.theirs)
        if severity:
            yield _difference(kind, range(i, i + 1), _NOWHERE, sides, severity)
    for j in gained:
        kind, severity = _told(sides.theirs[j], sides.right, sides.left, sides.ours)
        if severity:
            yield _difference(
                kind, _NOWHERE, range(j, j + 1), sides, _GAINED if severity == _MODAL else severity
            )


def _other_party(left: str, right: str) -> Iterator[Difference]:
    """Another first party of "between A and B", where `right` does not name A as the second one either."""
    ours, theirs = _BETWEEN.search(left), _BETWEEN.search(right)
    if not ours or not theirs or not all(re.search("[A-Z]", one[1]) for one in (ours, theirs)):
        return
    if stems(ours[1]).isdisjoint(stems(theirs[0])):
        yield Difference("name", *ours.span(1), *theirs.span(1), SEVERITY["name"])


def _exchanged(sides: Sides, found: list[Difference]) -> list[Difference]:
    """With names whose numbers changed places: "A pays 60 and B 40" against "B pays 60 and A 40".

    "B pays 40 and A 60" says the same, whatever the alignment made of it.
    """
    ours, theirs = _holders(sides.ours), _holders(sides.theirs)
    shared = ours.keys() & theirs.keys()
    names = {n: (sides.ours[ours[n]], sides.theirs[theirs[n]]) for n in shared}
    if len(shared) > 1 and all(a.value == b.value for a, b in names.values()):
        moved = {a.start for a, _ in names.values()}
        moved |= {term.start for term in sides.ours if term.value in shared}
        return [d for d in found if d.kind not in ("name", "number") or d.left_start not in moved]
    swapped = [
        Difference("name", a.start, a.end, b.start, b.end, SEVERITY["name"])
        for one, other in permutations(shared, 2)
        for (a, b), (c, d) in [(names[one], names[other])]
        if a.value != b.value and (c.value, d.value) == (b.value, a.value)
    ]
    return found + [one for one in swapped if one not in found]


def _holders(terms: Sequence[Term]) -> dict[str, int]:
    """Number → place of the last name before it, of numbers that stand once."""
    found: dict[str, int] = {}
    name, seen = None, Counter(term.value for term in terms if term.kind is TermKind.NUMBER)
    for place, term in enumerate(terms):
        if term.kind is TermKind.NAME:
            name = place
        elif term.kind is TermKind.NUMBER and name is not None and seen[term.value] == 1:
            found[term.value] = name
    return found


_BETWEEN = re.compile(r"\bbetween\s+([^,;:.\d]{2,60}?)\s+and\s+[^,;:.]*")
_NOWHERE = range(0)


def _denies_shared(position: int, partners: Sequence[int | None]) -> bool:
    """Whether one of the next two words, or else the last, stands in the other sentence too: else the two do not align
    there, and a denial of something else is no change."""
    near = [*partners[position + 1 : position + 3], *partners[max(0, position - 1) : position]]
    return any(partner is not None for partner in near)


def _unpaired(
    terms: Sequence[Term], partners: Sequence[int | None], paired: Sequence[int]
) -> list[int]:
    return [n for n in range(len(terms)) if partners[n] is None and n not in paired]


_ADDS = re.compile(
    r"\b(also|both|too|besides|as well|in addition|not (only|just|merely|simply))\b", re.IGNORECASE
)


def _told(term: Term, sentence: str, other: str, others: Sequence[Term]) -> tuple[str, float]:
    """What leaving out or adding this word changes, and how much: who, how sure, or whether others are meant too."""
    if term.kind is TermKind.QUANTIFIER and term.value == "not only":
        return "quantifier", 0.0 if _ADDS.search(other) else SEVERITY["quantifier"]
    if term.kind is TermKind.MODAL and term.value != "will":
        return "wording", 0.0 if any(t.kind is TermKind.MODAL for t in others) else _MODAL
    is_rank = term.kind is TermKind.WORD and sentence[term.start : term.end].lower() in RANKS
    return "wording", _RANK if is_rank else 0.0


def _difference(
    kind: str, a: Run, b: Run, sides: Sides, severity: float | None = None
) -> Difference:
    left = _span(a, sides.ours) if a else _place(b[0], sides.to_left, sides.ours)
    right = _span(b, sides.theirs) if b else _place(a[0], sides.to_right, sides.theirs)
    return Difference(kind, *left, *right, SEVERITY[kind] if severity is None else severity)


def _span(run: Run, terms: Sequence[Term]) -> tuple[int, int]:
    return terms[run[0]].start, terms[run[-1]].end


def _place(
    position: int, partners: Sequence[int | None], others: Sequence[Term]
) -> tuple[int, int]:
    """Where a word is missing: before the partner of the next matched word, or after that of the last one."""
    following = next((p for p in partners[position + 1 :] if p is not None), None)
    if following is not None:
        return others[following].start, others[following].start
    earlier = next((p for p in reversed(partners[:position]) if p is not None), None)
    place = others[earlier].end if earlier is not None else 0
    return place, place


def _cancel_double_negation(found: list[Difference]) -> list[Difference]:
    """ "did not reject" and "approved" say the same: a negation on one side and an opposite cancel out."""
    negations = [d for d in found if d.kind == "negation"]
    antonyms = [d for d in found if d.kind == "antonym"]
    if len(negations) == 1 and len(antonyms) == 1:
        return [d for d in found if d is not negations[0] and d is not antonyms[0]]
    return found
