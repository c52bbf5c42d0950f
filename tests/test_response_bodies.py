"""The JSON of an answer can be read back into what it was made from."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from ingest.types import Span
from service.contract.response_bodies import answer_of, body_of
from service.types import (
    Account,
    Answer,
    ArticleCard,
    Citation,
    Claim,
    Conflict,
    FamilyPlace,
    Nearest,
)

CARD = ArticleCard(
    "a1", "Cable deal", None, "The Strait Ledger", None, "cable.txt", date(2025, 3, 3), "text",
    FamilyPlace("f1", 3, "republished", True),
)  # fmt: skip
CITED = Citation(1, "p1", "It was signed.", 4, 18, CARD)
NEAR = Nearest("p1", 0, 5, "words", 0.5, CARD, sentence=Span(0, 5, "words"))


def answer() -> Answer:
    claim = Claim("It was signed [1].", 0, 18, (1,), "exact", 1)
    conflict = Conflict("the day", "disputed", (Account("…", CITED),), None, "why")
    return Answer(
        id="ans_1", question="?", read_as=None, text=claim.text, outcome="answered", declined_because=None,
        claims=(claim,), citations=(CITED,), conflicts=(conflict,), nearest=(NEAR,), as_of=None,
        answerer="extractive", model=None, fallback=None, usage={}, timings_ms={}, index={}, conversation_id=None,
    )  # fmt: skip


def test_an_answer_read_from_its_own_json_is_the_same() -> None:
    assert answer_of(body_of(answer())) == answer()


def test_a_later_version_may_say_more_of_an_answer() -> None:
    assert answer_of(body_of(answer()) | {"of_a_later_version": 1}) == answer()


def test_what_is_no_answer_is_refused() -> None:
    with pytest.raises(ValidationError):
        answer_of({"id": "ans_1"})
