"""What came back for one case, and what a score is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from evals.cases import Case
from evals.metrics.gold import Side
from evals.replies import Answer, Article, Passage

DEEPEST = 10  # passages asked for, the deepest rank that is scored


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """All that came back for one case; `answer` is None where nothing did, or nothing of the contract's shape."""

    answer: Answer | None
    passages: tuple[Passage, ...] | None
    sides: tuple[Side, ...]
    articles: Mapping[str, Article] = field(default_factory=dict)
    violations: tuple[str, ...] = ()


Judge = Callable[[Case, Outcome], float | None]


@dataclass(frozen=True, slots=True)
class Score:
    """What is measured; `judge` gives 0 to 1 for a case, None where the score does not apply to it.

    A case a score applies to counts also when nothing came back: with the worst value. Scores of what an answer holds
    apply to answers only; that there was none shows in `guarantees` and `right`.
    """

    name: str
    meaning: str
    better: Literal["higher", "lower"]
    judge: Judge
    # the contract promises the best value, so that anything else fails the gate
    promised: bool = False
