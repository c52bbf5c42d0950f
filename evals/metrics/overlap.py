"""An answer and the words a case gives as right come in; how much of their words they share goes out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from evals.cases import Case
from evals.metrics.outcome import Outcome
from evals.metrics.words import plain

_WORD = re.compile(r"\w+")
_ARTICLES = {"a", "an", "the"}


def token_f1(case: Case, outcome: Outcome) -> float | None:
    """F1 over words without order, articles and punctuation (SQuAD, Rajpurkar et al. 2016), of the closest reference."""
    return _best(case, outcome, _f1)


def rouge_l(case: Case, outcome: Outcome) -> float | None:
    """F1 of the longest common subsequence of words (Lin 2004), of the closest reference."""
    return _best(case, outcome, _lcs_f1)


def references(case: Case) -> list[list[str]]:
    """The answer as its author wrote it, and each accepted alternative where `accept` lists no parts."""
    alternatives = () if case.wants_parts else case.accept
    texts = [case.answer or "", *(one for entry in alternatives for one in _each(entry))]
    return [tokens for tokens in map(_tokens, texts) if tokens]


def _best(
    case: Case, outcome: Outcome, judge: Callable[[list[str], list[str]], float]
) -> float | None:
    wanted = references(case)
    if not case.answerable or not wanted:
        return None
    if outcome.answer is None or outcome.answer.declined:
        return 0.0
    said = _tokens(outcome.answer.text)
    return max(judge(said, tokens) for tokens in wanted)


def _f1(said: list[str], wanted: list[str]) -> float:
    return _harmonic((Counter(said) & Counter(wanted)).total(), len(said), len(wanted))


def _lcs_f1(said: list[str], wanted: list[str]) -> float:
    longest = [0] * (len(wanted) + 1)
    for word in said:
        before = 0
        for at, other in enumerate(wanted, 1):
            above = longest[at]
            longest[at] = before + 1 if word == other else max(above, longest[at - 1])
            before = above
    return _harmonic(longest[-1], len(said), len(wanted))


def _harmonic(shared: int, said: int, wanted: int) -> float:
    return 2 * shared / (said + wanted) if shared else 0.0


def _tokens(text: str) -> list[str]:
    return [word for word in _WORD.findall(plain(text)) if word not in _ARTICLES]


def _each(entry: str | tuple[str, ...]) -> Iterable[str]:
    return (entry,) if isinstance(entry, str) else entry
