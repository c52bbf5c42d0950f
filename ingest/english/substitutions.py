"""Two matched sentences in; which words of one took the place of which words of the other, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ingest.english.word_kinds import Term, TermKind
from ingest.english.word_matching import FIXED, Sides
from ingest.english.words import opposite

Run = range  # neighbouring positions of terms of one kind that have no partner


def _runs(terms: Sequence[Term], partners: Sequence[int | None], sentence: str) -> Iterator[Run]:
    start = 0
    while start < len(terms):
        end = start + 1
        if partners[start] is None:
            while (
                end < len(terms)
                and partners[end] is None
                and _one_run(terms[end - 1], terms[end], sentence)
            ):
                end += 1
            yield range(start, end)
        start = end


def _one_run(first: Term, second: Term, sentence: str) -> bool:
    """Words with nothing but a space, a hyphen or a comma between them; commas part names."""
    if first.kind is not second.kind:
        return False
    allowed = " -\u2010\u2011'\u2019s" if first.kind is TermKind.NAME else " ,-\u2010\u2011'\u2019s"
    return not sentence[first.end : second.start].strip(allowed)


_PAIRED = frozenset({*FIXED, TermKind.WORD, TermKind.QUANTIFIER, TermKind.MODAL})


def pair_runs(sides: Sides) -> list[tuple[Run, Run]]:
    """Which words took the place of which: those between the same neighbours, in the same gap, or opposites."""
    lefts = list(_runs(sides.ours, sides.to_right, sides.left))
    rights = list(_runs(sides.theirs, sides.to_left, sides.right))
    order_left, order_right = (
        _order_in_gap(lefts, sides.gaps_left),
        _order_in_gap(rights, sides.gaps_right),
    )
    scored = []
    for a in lefts:
        for b in rights:
            if (score := _fit(a, b, sides)) >= (
                1 if sides.ours[a[0]].kind is sides.theirs[b[0]].kind else 2
            ):
                scored.append((-score, abs(order_left[a] - order_right[b]), a, b))
    pairs = []
    taken_left: set[Run] = set()
    taken_right: set[Run] = set()
    for _, _, a, b in sorted(scored, key=lambda s: (s[0], s[1], s[2][0], s[3][0])):
        if a not in taken_left and b not in taken_right:
            taken_left.add(a)
            taken_right.add(b)
            pairs.append((a, b))
    return pairs


def _order_in_gap(runs: Sequence[Run], gaps: Sequence[int]) -> dict[Run, int]:
    seen: Counter[int] = Counter()
    order = {}
    for run in runs:
        order[run] = seen[gaps[run[0]]]
        seen[gaps[run[0]]] += 1
    return order


def _fit(a: Run, b: Run, sides: Sides) -> float:
    """How surely run `b` stands where run `a` stood: from 1 on it does, from 2 on if they differ in kind."""
    kind = sides.ours[a[0]].kind
    if common_kind(a, b, sides) is None:
        return 0
    before, after = neighbours_match(a, b, sides)
    edges = 0.5 * (
        (a[0] == b[0] == 0) + (a[-1] + 1 == len(sides.ours) and b[-1] + 1 == len(sides.theirs))
    )
    same_gap = sides.gaps_left[a[0]] == sides.gaps_right[b[0]]
    if kind is TermKind.NAME and (
        _extends(a, sides.ours, sides.to_right, sides.left)
        != _extends(b, sides.theirs, sides.to_left, sides.right)
    ):
        return before + after + 0.5 * same_gap if before and after else 0.0
    alone = kind in (TermKind.NUMBER, TermKind.DATE) and _only(kind, sides)
    opposites = kind is TermKind.WORD and opposed(a, b, sides) is not None
    return before + after + edges + same_gap + alone + 0.5 * opposites


def neighbours_match(a: Run, b: Run, sides: Sides) -> tuple[bool, bool]:
    """Whether the words before, and those after, the two runs are partners."""
    before = a[0] > 0 and b[0] > 0 and sides.to_right[a[0] - 1] == b[0] - 1
    after = (
        a[-1] + 1 < len(sides.ours)
        and b[-1] + 1 < len(sides.theirs)
        and sides.to_right[a[-1] + 1] == b[-1] + 1
    )
    return before, after


def common_kind(a: Run, b: Run, sides: Sides) -> TermKind | None:
    """The kind under which two runs can be compared, None if they cannot."""
    first, second = sides.ours[a[0]], sides.theirs[b[0]]
    kinds = {first.kind, second.kind}
    if len(kinds) == 1:
        return first.kind if first.kind in _PAIRED else None
    if kinds == {TermKind.NUMBER, TermKind.DATE}:
        return TermKind.DATE
    if kinds == {TermKind.NUMBER, TermKind.WORD} and opposed(a, b, sides):
        return TermKind.WORD
    if kinds == {TermKind.NAME, TermKind.WORD} and a[0] > 0 < b[0]:
        # a name on one side, on the other words with capitals, not because a sentence begins
        letters = [sides.left[sides.ours[i].start] for i in a]
        letters += [sides.right[sides.theirs[j].start] for j in b]
        return TermKind.NAME if all(letter.isupper() for letter in letters) else None
    return None


def _extends(
    run: Run, terms: Sequence[Term], partners: Sequence[int | None], sentence: str
) -> bool:
    """Whether a run of name words stands next to a matched one: "Fumio" in "Fumio Kishida"."""
    return any(
        terms[n].kind is TermKind.NAME
        and partners[n] is not None
        and not sentence[terms[min(n, m)].end : terms[max(n, m)].start].strip(" -\u2010\u2011")
        for n, m in ((run[0] - 1, run[0]), (run[-1] + 1, run[-1]))
        if 0 <= n < len(terms)
    )


def _only(kind: TermKind, sides: Sides) -> bool:
    """Whether each side has exactly one unmatched term of this kind."""
    counts = [
        sum(
            partner is None and term.kind is kind
            for term, partner in zip(terms, partners, strict=True)
        )
        for terms, partners in ((sides.ours, sides.to_right), (sides.theirs, sides.to_left))
    ]
    return counts == [1, 1]


def opposed(a: Run, b: Run, sides: Sides) -> tuple[int, int] | None:
    """The first pair of opposites in two runs; "first" is a number and yet the opposite of "last"."""
    return next(
        ((i, j) for i in a for j in b if opposite(_plain(sides.ours[i]), _plain(sides.theirs[j]))),
        None,
    )


def _plain(term: Term) -> str:
    return "first" if term.value == "#1" else term.value
