"""A question and ranked evidence come in; what it takes for granted and a sentence contradicts goes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.drafting.composer import plain
from service.retrieval.questions import Asked
from service.types import Draft, Evidence


@dataclass(frozen=True, slots=True)
class Premise:
    """What the question says and what the archive says instead; both as they are written there."""

    kind: str
    asked: str
    found: str
    evidence: Evidence

    @property
    def sentence(self) -> str:
        """What tells a reader that the question is corrected."""
        if self.kind == "negation":
            return "The question takes for granted what the archive denies."
        return f"The question says “{self.asked}”, but the archive says “{self.found}”."

    @property
    def draft(self) -> Draft:
        return Draft(plain(self.evidence.text), (self.evidence.key,))


def contradicted(asked: Asked, question: str, ranked: Sequence[Evidence]) -> Premise | None:
    return None
