"""The six guarantees over one answer, by the rules `dateline eval` judges by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from evals.metrics.guarantees import violations
from evals.replies import Article


def broken(
    answer: Mapping[str, Any],
    article_of: Callable[[str], Mapping[str, Any]],
    as_of: date | None = None,
) -> list[str]:
    """What an answer breaks; `article_of` gives the body of `GET /v1/articles/{id}`."""
    shown = [
        *answer["citations"],
        *(account["citation"] for c in answer["conflicts"] for account in c["accounts"]),
    ]
    ids = {citation["article_id"] for citation in shown}
    return violations(answer, {i: Article.model_validate(article_of(i)) for i in ids}, as_of)
