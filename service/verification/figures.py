"""Finds figures of a claim that its sentences do not bear out: other amounts, of another part, of each or of all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.english import word_tables
from ingest.english.word_kinds import TermKind
from service.verification.amount_checks import (
    EACH,
    Amount,
    amounts,
    bears_out,
    derived,
    implied,
    joined,
)
from service.verification.relations import verbs
from service.verification.word_alignment import Alignment, likeness

_CURRENCIES = frozenset(row[1] for row in word_tables.rows("units.tsv") if row[0] == "money")
_TOGETHER = re.compile(r"\b(?:altogether|in all|in total|a total of|between them)\b")


def figures_otherwise(made: Alignment) -> Iterator[str]:
    """Amounts and dates of the claim that nothing it cites has, or has of something else."""
    figures = list(joined(list(amounts(made.claim)), made.claim))
    said = []
    for quote in made.quotes:
        given = list(amounts(quote))
        said += [*given, *(a for a in joined(given, quote) if a not in given), *implied(quote)]
    for mine in figures:
        if _another_currency(made, mine, said):
            yield "number not in the cited sentences"
        if _changed_otherwise(made, mine):
            yield "number of another part"
        if mine.value <= 3 and not mine.unit and _counted_otherwise(made, mine):
            yield "number not in the cited sentences"
        small = mine.value == 1 or (mine.value <= 3 and not mine.unit and not mine.bound)
        borne_out = any(bears_out(a, mine) for a in said)
        if borne_out and not small and _shared_out(made, mine, said):
            yield "of each or of all"
        if not small and not borne_out and not derived(mine, said, made.claim.lower):
            yield "number not in the cited sentences"
    if any(_from_elsewhere(made, n) for n in made.pairs):
        yield "number of another sentence"


def _shared_out(made: Alignment, mine: Amount, said: Sequence[Amount]) -> bool:
    """Whether the claim says of all together what the sentences say of each, or the other way round."""
    sides = (made.claim.lower, " ".join(quote.lower for quote in made.quotes))
    each, whole = ([find.search(side) is not None for side in sides] for find in (EACH, _TOGETHER))
    same = mine.unit and any(a.value == mine.value and a.unit == mine.unit for a in said)
    return bool(same) and (
        (whole[0] and each[1] and not whole[1]) or (each[0] and whole[1] and not each[1])
    )


def _another_currency(made: Alignment, mine: Amount, said: Sequence[Amount]) -> bool:
    """Whether a figure that the sentences give in money counts something in the claim that they do not name."""
    same = [a.unit for a in said if a.written == mine.written]
    behind = next((n for n, t in enumerate(made.claim.content) if t.start == mine.term.end + 1), -1)
    if mine.unit or not same or not all(unit in _CURRENCIES for unit in same) or behind < 0:
        return False
    term = made.claim.content[behind]
    return (
        behind not in made.pairs
        and term.kind is TermKind.WORD
        and term.start not in verbs(made.claim)
    )


_BY, _TO = re.compile(r"\bby (?:\w+ )?$"), re.compile(r"\b(?:to|from) (?:\w+ )?$")


def _changed_otherwise(made: Alignment, mine: Amount) -> bool:
    """Whether the claim says by how much of what is said to how much, or the other way round."""
    sides = (_BY, _TO)
    mine_by = [side.search(made.claim.lower[: mine.term.start]) is not None for side in sides]
    theirs = [
        [side.search(quote.lower[: a.term.start]) is not None for side in sides]
        for quote in made.quotes
        for a in amounts(quote)
        if a.unit == mine.unit and a.value == mine.value
    ]
    return any(mine_by) and bool(theirs) and all(any(one) and one != mine_by for one in theirs)


def _counted_otherwise(made: Alignment, mine: Amount) -> bool:
    """Whether one, two or three of something are another number of it in the sentences."""
    behind = [n for n, t in enumerate(made.claim.content) if t.start == mine.term.end + 1]
    if (
        not behind
        or behind[0] not in made.pairs
        or made.claim.lower.startswith("of", mine.term.end + 1)
    ):
        return False
    (s, place), _ = made.pairs[behind[0]]
    quote = made.quotes[s]
    first = max(0, place - 2)
    counts = [
        a
        for a in amounts(quote)
        if any(t.start == a.term.start for t in quote.content[first:place])
    ]
    said = [a.value for q in made.quotes for a in amounts(q)]
    return bool(counts) and mine.value not in said and not any(a.unit for a in counts)


def _from_elsewhere(made: Alignment, n: int) -> bool:
    """Whether most words beside a number stem from a sentence whose own number of that kind was cut,
    and none of those right beside it from the number's own."""
    (home, place), _ = made.pairs[n]
    mine, number = made.claim.content[n], made.quotes[home].content[place]
    if mine.kind is not TermKind.NUMBER:
        return False
    first, last = made.claim.segment(mine.start)
    beside = [
        s
        for m, ((s, _), _) in made.pairs.items()
        if m != n and first <= made.claim.content[m].start < last
    ]
    other = max(set(beside), key=beside.count, default=home)
    if other == home or 2 * beside.count(other) <= len(beside):
        return False
    near, theirs = (
        [content[m] for m in (at - 1, at + 1) if 0 <= m < len(content)]
        for content, at in ((made.claim.content, n), (made.quotes[home].content, place))
    )
    if any(likeness(a, b) for a in near for b in theirs):
        return False
    units = {a.unit for a in amounts(made.quotes[home]) if a.term.start == number.start}
    kept = {term.start for term in made.kept(other)}
    rivals = [a for a in amounts(made.quotes[other]) if a.unit in units]
    same = any(likeness(mine, term) for term in made.quotes[other].content)
    return not same and any(a.term.start not in kept for a in rivals)
