"""A case and what came back for it come in; its value on every score that applies to it goes out."""

from __future__ import annotations

from collections.abc import Sequence

from evals.cases import Case
from evals.metrics import citations, guarantees, overlap, ranks, truth, words
from evals.metrics.gold import Side
from evals.metrics.outcome import DEEPEST, Outcome, Score
from evals.replies import Answer, Citation, Passage


def score(case: Case, outcome: Outcome) -> dict[str, float | None]:
    """The value of every score, None where one does not apply."""
    return {each.name: each.judge(case, outcome) for each in SCORES}


def _evidence_cited(case: Case, outcome: Outcome) -> float | None:
    if not case.answerable or not outcome.sides:
        return None
    if outcome.answer is None:
        return 0.0
    if case.expect == "report_conflict":
        return float(all(side.found_in(_shown(outcome.answer)) for side in outcome.sides))
    return _share(outcome.sides, outcome.answer.citations)


def _answer_hit(case: Case, outcome: Outcome) -> float | None:
    return float(_said(case, outcome.answer)) if case.answerable else None


def _answer_parts(case: Case, outcome: Outcome) -> float | None:
    if not (case.answerable and case.wants_parts):
        return None
    return (
        words.parts(case, outcome.answer.text)
        if outcome.answer and not outcome.answer.declined
        else 0.0
    )


def _correct_refusal(case: Case, outcome: Outcome) -> float | None:
    return (
        float(outcome.answer is not None and outcome.answer.declined)
        if case.expect == "abstain"
        else None
    )


def _wrong_refusal(case: Case, outcome: Outcome) -> float | None:
    return float(outcome.answer is None or outcome.answer.declined) if case.answerable else None


def _false_premise(case: Case, outcome: Outcome) -> float | None:
    """Without words to accept, citing the evidence counts as correcting the premise."""
    answer = outcome.answer
    if case.expect != "correct_premise":
        return None
    if answer is None or answer.declined:
        return float(answer is not None)
    corrected = (
        words.hit(case, answer.text)
        if case.accept
        else _share(outcome.sides, answer.citations) == 1
    )
    return float(corrected and bool(answer.citations))


def _right(case: Case, outcome: Outcome) -> float | None:
    judges = {"abstain": _correct_refusal, "correct_premise": _false_premise}
    return judges.get(case.expect, _answer_hit)(case, outcome)


def _citation_exactness(case: Case, outcome: Outcome) -> float | None:
    shown = _shown(outcome.answer) if outcome.answer else []
    return sum(guarantees.exact(c, outcome.articles) for c in shown) / len(shown) if shown else None


def _guarantees(case: Case, outcome: Outcome) -> float | None:
    return float(outcome.answer is not None and not outcome.violations)


def _altered_adoption(case: Case, outcome: Outcome) -> float | None:
    if outcome.answer is None or outcome.answer.declined:
        return None
    return float(bool(guarantees.adopted(outcome.answer, outcome.articles)))


def _conflict_disclosure(case: Case, outcome: Outcome) -> float | None:
    """A conflict about something else discloses nothing: one of its accounts must be a listed side."""
    if case.expect != "report_conflict":
        return None
    conflicts = outcome.answer.conflicts if outcome.answer else ()
    if not outcome.sides:
        return float(bool(conflicts))
    accounts = [[account.citation for account in conflict.accounts] for conflict in conflicts]
    return float(any(side.found_in(shown) for shown in accounts for side in outcome.sides))


def _copy_inflation(case: Case, outcome: Outcome) -> float | None:
    answer = outcome.answer
    if answer is None or not answer.claims:
        return None
    return guarantees.inflated(answer, outcome.articles) / len(answer.claims)


def _said(case: Case, answer: Answer | None) -> bool:
    return answer is not None and not answer.declined and words.hit(case, answer.text)


def _share(wanted: Sequence[Side], shown: Sequence[Citation] | Sequence[Passage]) -> float:
    return sum(side.found_in(shown) for side in wanted) / len(wanted) if wanted else 0.0


def _shown(answer: Answer) -> list[Citation]:
    return [*answer.citations, *answer.accounts]


SCORES: tuple[Score, ...] = (
    Score(
        "right",
        "ended as it should: said what is accepted, refused or corrected what should be",
        "higher",
        _right,
    ),
    Score(
        "answer_hit",
        "answerable: the text says what is accepted (of several parts, 60 %)",
        "higher",
        _answer_hit,
    ),
    Score(
        "answer_parts", "several parts: share of them that the text says", "higher", _answer_parts
    ),
    Score("token_f1", "answerable: words shared with the answer", "higher", overlap.token_f1),
    Score("rouge_l", "answerable: longest run of words in order shared", "higher", overlap.rouge_l),
    Score(
        "evidence_cited",
        "answerable: share of evidence cited; a conflict: every side",
        "higher",
        _evidence_cited,
    ),
    Score(
        "evidence_recall_at_1",
        "share of the evidence in the first passage of a search",
        "higher",
        ranks.recall(1),
    ),
    Score(
        "evidence_recall_at_5",
        "share of the evidence in the first 5 passages",
        "higher",
        ranks.recall(5),
    ),
    Score(
        "evidence_recall_at_10",
        "share of the evidence in the first 10 passages",
        "higher",
        ranks.recall(DEEPEST),
    ),
    Score(
        "source_recall_at_5",
        "share of it whose article, or a copy, is in the first 5",
        "higher",
        ranks.source_recall(5),
    ),
    Score("ndcg_at_10", "nDCG of the first 10 passages", "higher", ranks.ndcg),
    Score(
        "mrr_at_10",
        "1 / rank of the first passage with evidence",
        "higher",
        ranks.reciprocal_rank,
    ),
    Score(
        "altered_on_top",
        "first passage from an altered copy though a sound text has it",
        "lower",
        ranks.altered_on_top,
    ),
    Score("correct_refusals", "unanswerable: declined", "higher", _correct_refusal),
    Score("wrong_refusals", "answerable: declined, or nothing came back", "lower", _wrong_refusal),
    Score(
        "false_premise",
        "false premise: declined, or corrected with a citation",
        "higher",
        _false_premise,
    ),
    Score(
        "conflict_disclosure",
        "conflict: shown in conflicts[] with a listed side",
        "higher",
        _conflict_disclosure,
    ),
    Score(
        "citation_exactness",
        "share of quotes that stand at their offsets",
        "higher",
        _citation_exactness,
        True,
    ),
    Score(
        "citation_recall",
        "share of sentences that what they cite bears out",
        "higher",
        citations.recall,
    ),
    Score(
        "citation_precision",
        "share of citations that a sentence needs",
        "higher",
        citations.precision,
    ),
    Score(
        "unsupported_claims",
        "share of sentences that what they cite does not bear out",
        "lower",
        citations.unsupported,
    ),
    Score(
        "altered_facts",
        "known truth: says what only an altered copy says",
        "lower",
        truth.altered_facts,
    ),
    Score("stale_facts", "known truth: says what is no longer so", "lower", truth.stale_facts),
    Score(
        "inflation",
        "known truth: share of sentences that count copies as sources",
        "lower",
        truth.inflation,
    ),
    Score(
        "origin_credited",
        "known truth: names the outlet that the story comes from",
        "higher",
        truth.origin_credited,
    ),
    Score("guarantees", "all six guarantees of the contract hold", "higher", _guarantees, True),
    Score(
        "altered_adoption",
        "a claim takes over words that a copy altered",
        "lower",
        _altered_adoption,
        True,
    ),
    Score(
        "copy_inflation",
        "share of claims that count copies as independent sources",
        "lower",
        _copy_inflation,
        True,
    ),
)
