"""What a case knows of its articles comes in with the answer; what the answer made of copies and old facts goes out.

Nothing here asks the archive which articles are copies or altered: the case says it, whoever made the articles.
"""

from __future__ import annotations

from collections.abc import Sequence

from evals.cases import Case
from evals.metrics import words
from evals.metrics.outcome import Outcome
from evals.replies import Answer


def altered_facts(case: Case, outcome: Outcome) -> float | None:
    """Whether the answer says what only an altered copy says, and not what is right."""
    return _says_wrongly(case, outcome, case.truth.altered if case.truth else ())


def stale_facts(case: Case, outcome: Outcome) -> float | None:
    """Whether the answer says what was once so, and not what is so now."""
    return _says_wrongly(case, outcome, case.truth.stale if case.truth else ())


def inflation(case: Case, outcome: Outcome) -> float | None:
    """Share of the sentences that count copies as independent sources."""
    answer = outcome.answer
    if case.truth is None or not case.truth.copies or answer is None:
        return None
    claims = [claim for claim in answer.claims if claim.citations]
    counted = [
        claim.independent_sources > _stories(claim.citations, answer, case.truth.copies)
        for claim in claims
    ]
    return sum(counted) / len(counted) if counted else None


def origin_credited(case: Case, outcome: Outcome) -> float | None:
    """Whether the answer names the outlet that the story comes from."""
    if case.truth is None or not case.truth.origin:
        return None
    answer = outcome.answer
    return float(answer is not None and words.says(answer.text, (case.truth.origin,)))


def _says_wrongly(case: Case, outcome: Outcome, wrong: Sequence[str]) -> float | None:
    """Whether a sentence says it: instead of what is right, or as one of two accounts that disagree."""
    answer = outcome.answer
    if not wrong or answer is None or answer.declined:
        return None
    if case.accept and words.hit(case, answer.text):
        two = any(conflict.status == "disputed" for conflict in answer.conflicts)
        if not two or case.expect == "report_conflict":
            return 0.0
    return float(any(words.says(claim.text, tuple(wrong)) for claim in answer.claims))


def _stories(numbers: Sequence[int], answer: Answer, copies: Sequence[Sequence[str]]) -> int:
    """How many stories the cited articles tell, by the case's own groups of copies."""
    group = {file: n for n, files in enumerate(copies) for file in files}
    names = {
        citation.source.rsplit("/", 1)[-1]
        for citation in answer.citations
        if citation.number in numbers
    }
    return len({group.get(name, name) for name in names})
