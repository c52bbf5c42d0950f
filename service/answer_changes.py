"""Two answers to one question in; which sentences and citations went and came out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from service.answer_text import plain

Body = dict[str, Any]


def changes(before: Body, after: Body) -> Body:
    """`sentences` and `citations` that were `kept`, are `gone` or `new`, in their order; `same`
    where nothing went or came. Two citations are the same that quote the same words of one article."""
    sentences = _apart(
        [plain(claim["text"]) for claim in before["claims"]],
        [plain(claim["text"]) for claim in after["claims"]],
        str,
    )
    citations = _apart(
        before["citations"], after["citations"], lambda one: (one["article_id"], one["quote"])
    )
    moved = (*sentences["gone"], *sentences["new"], *citations["gone"], *citations["new"])
    return {
        "same": not moved and before["outcome"] == after["outcome"],
        "before": _card(before),
        "after": _card(after),
        "sentences": sentences,
        "citations": citations,
    }


def _apart(
    ours: Sequence[Any], theirs: Sequence[Any], key: Callable[[Any], Any]
) -> dict[str, list[Any]]:
    before, after = {key(one) for one in ours}, {key(one) for one in theirs}
    return {
        "kept": [one for one in theirs if key(one) in before],
        "gone": [one for one in ours if key(one) not in after],
        "new": [one for one in theirs if key(one) not in before],
    }


def _card(answer: Body) -> Body:
    names = ("id", "outcome", "text")
    card = {name: answer[name] for name in names}
    return card | {"generation": answer["index"]["generation"]}
