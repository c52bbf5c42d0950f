"""The one sentence that tells a reader why a question is not answered."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.english.periods import Period, in_words, spoken
from service.types import Question, Reason


def refusal(
    reason: Reason, question: Question, asked_about: Sequence[Period] = (), nearest: str = ""
) -> str:
    """One plain sentence; `nearest` is the time that the archive does speak of."""
    if reason == "outside_dates":
        return _outside(question, [period for period in asked_about if period.strict], nearest)
    return {
        "no_match": "The archive holds nothing that answers this question.",
        "not_supported": "I can't answer this directly: no sentence in the archive says it.",
        "only_altered_copies": "Only altered copies speak of this: there is no sound source.",
    }[reason]


def _outside(question: Question, periods: Sequence[Period], nearest: str) -> str:
    if periods and nearest:
        when = " or ".join(f"for {spoken(period)}" for period in periods)
        return f"The archive speaks of this, but not {when}: the nearest it has is for {nearest}."
    if question.as_of:
        day = in_words(question.as_of)
        return f"The archive speaks of this, but not in anything published on or before {day}."
    return "The archive speaks of this, but not in anything published within the dates asked for."
