"""Where an answer is declined: for which reason, and in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.english.periods import Period, in_words, spoken
from ingest.english.words import stems
from ingest.types import SentenceKind
from service.answer_text import plain
from service.evidence import ranking
from service.evidence.ranking import Selection, Selector
from service.types import Filters, Question, Reason


def why_not(selector: Selector, selection: Selection) -> Reason:
    """Why nothing is said; the first reason that holds."""
    query, decision = selection.query, selection.decision
    question = query.question
    if selection.no_such_day:
        return "outside_dates"
    empty = selection.considered and not selection.evidence  # nothing of the time asked about
    if not decision.answer and (empty or selection.passed_over is not None):
        return "outside_dates"
    if question.as_of or question.filters != Filters():
        filters = replace(question.filters, published_after=None, published_before=None)
        undated = replace(query, question=replace(question, as_of=None, filters=filters))
        silent = not decision.answer and not _speaks_of_it(selection)
        if silent and selector.select(undated, selection.snapshot).decision.answer:
            return "outside_dates"
    if selection.evidence and selection.evidence[0].altered and decision.answer:
        return "only_altered_copies"
    return "not_supported" if decision.answer else decision.reason or "no_match"


def refusal(
    reason: Reason,
    question: Question,
    asked_about: Sequence[Period] = (),
    nearest: str = "",
    no_such_day: str = "",
) -> str:
    """One plain sentence; `nearest` is the time that the archive does speak of, `no_such_day` what
    no calendar has.
    """
    if no_such_day:
        return f"There is no such day as {plain(no_such_day)}."
    if reason != "outside_dates":
        return {
            "no_match": "I found no answer to this in the archive.",
            "not_supported": "I can't answer this directly: no sentence in the archive says it.",
            "only_altered_copies": "Only altered copies speak of this: there is no sound source.",
        }[reason]
    bound = [period for period in asked_about if period.strict] or asked_about
    when = " or ".join(f"for {spoken(period)}" for period in bound)
    if when and nearest:
        return f"The archive speaks of this, but not {when}: the nearest it has is for {nearest}."
    if question.as_of:
        day = in_words(question.as_of)
        return f"The archive speaks of this, but not in anything published on or before {day}."
    return "The archive speaks of this, but not in anything published within the dates asked for."


def _speaks_of_it(selection: Selection) -> bool:
    """Whether what dates and filters permit is near: alike, and with most words of the question."""
    terms = {stemmed for _, stemmed in selection.query.terms}
    return any(
        item.kind is SentenceKind.BODY
        and item.relevance >= ranking.NOTHING_ALIKE
        and 2 * len(terms & stems(f"{item.article.title} {item.text}")) > len(terms)
        for item in selection.sound
    )
