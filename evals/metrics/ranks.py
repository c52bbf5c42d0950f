"""The passages of a search come in; how high the evidence stands among them goes out."""

from __future__ import annotations

import math

from evals.cases import Case
from evals.metrics.gold import retrievable
from evals.metrics.outcome import DEEPEST, Judge, Outcome


def relevant_ranks(outcome: Outcome) -> tuple[list[int], int]:
    """The ranks, from 1, of passages that bring evidence not shown higher up, and how many there could be.

    A passage that repeats what stands higher up, as a copy does, brings nothing. Pieces of evidence in one passage
    count as one; each that was not found counts as a passage of its own.
    """
    wanted = list(retrievable(outcome.sides))
    ranks = []
    for rank, passage in enumerate((outcome.passages or ())[:DEEPEST], 1):
        left = [side for side in wanted if not side.found_in((passage,))]
        if len(left) < len(wanted):
            ranks.append(rank)
        wanted = left
    return ranks, len(ranks) + len(wanted)


def ndcg(case: Case, outcome: Outcome) -> float | None:
    """nDCG@10 with binary relevance (Järvelin and Kekäläinen 2002)."""
    ranks, count = relevant_ranks(outcome)
    if not count:
        return None
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(count, DEEPEST) + 1))
    return sum(1 / math.log2(rank + 1) for rank in ranks) / ideal


def reciprocal_rank(case: Case, outcome: Outcome) -> float | None:
    """1 / rank of the first passage with evidence; 0 where none of the ten has any."""
    ranks, count = relevant_ranks(outcome)
    if not count:
        return None
    return 1 / ranks[0] if ranks else 0.0


def recall(k: int) -> Judge:
    """Share of the evidence in the first `k` passages."""

    def judge(case: Case, outcome: Outcome) -> float | None:
        wanted = retrievable(outcome.sides)
        shown = (outcome.passages or ())[:k]
        return sum(s.found_in(shown) for s in wanted) / len(wanted) if wanted else None

    return judge


def source_recall(k: int) -> Judge:
    """Looser than evidence recall: a search that gives each family one slot may show another of its passages."""

    def judge(case: Case, outcome: Outcome) -> float | None:
        wanted = retrievable(outcome.sides)
        shown = {passage.family.id for passage in (outcome.passages or ())[:k]}
        found = [side for side in wanted if any(place.family_id in shown for place in side.places)]
        return len(found) / len(wanted) if wanted else None

    return judge


def altered_on_top(case: Case, outcome: Outcome) -> float | None:
    """Applies where a sound text has the evidence."""
    if not outcome.passages or not any(not side.altered for side in outcome.sides if side.places):
        return None
    return float(outcome.passages[0].family.role == "altered")
