"""Amounts that a sentence bears out and that it does not, on both sides of each edge."""

from __future__ import annotations

import pytest
from newsroom import card, sentences

from service.types import Draft
from service.verification.verify import verify


def released(sentence: str, claim: str) -> bool:
    cited = sentences(card(), sentence)[0]
    return verify(Draft(claim, (cited.key,)), {cited.key: cited}).support is not None


CROWD = "Counters saw 2,316 people in the square."
HERD = "The herd fell by 17% in a decade."
LATE = "One in five ferries was late in May."


@pytest.mark.parametrize(
    ("sentence", "claim", "borne_out", "too_far"),
    [
        (CROWD, "Counters saw {} people in the square.", "more than 1,900", "more than 1,800"),
        (CROWD, "Counters saw {} people in the square.", "more than 2,315", "more than 2,316"),
        (CROWD, "Counters saw {} people in the square.", "at least 2,316", "at least 2,317"),
        (CROWD, "Counters saw {} people in the square.", "fewer than 2,800", "fewer than 2,900"),
        (CROWD, "Counters saw {} people in the square.", "fewer than 2,317", "fewer than 2,316"),
        (HERD, "The herd fell to {} of what it was in a decade.", "83%", "73%"),
        (LATE, "{} of ferries were late in May.", "20%", "25%"),
    ],
)
def test_an_amount_is_borne_out_up_to_its_edge(
    sentence: str, claim: str, borne_out: str, too_far: str
) -> None:
    assert released(sentence, claim.format(borne_out))
    assert not released(sentence, claim.format(too_far))
