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


HALL = "The lease of the old hall, which the council signed in May, costs {}."
SIGNED = "In May the council signed a lease: {} for the old hall."
PIER = "The fund paid £30 million for the pier at Larn and the state paid £12 million."


@pytest.mark.parametrize(
    ("sentence", "claim", "borne_out", "too_far"),
    [
        (
            "When the market opened in Larn, stewards counted 1,000 people in its hall.",
            "About {} people were in the hall when Larn's market opened.",
            "1,060",
            "1,080",
        ),
        (HALL.format("£6,000 a year"), SIGNED, "£500 a month", "£520 a month"),
        (HALL.format("£6,000 a year"), SIGNED, "£115 a week", "£121 a week"),
        (HALL.format("£70 a week"), SIGNED, "£10 a day", "£12 a day"),
        (
            "The herd on the northern moor fell by 17% over the last decade, wardens say.",
            "Over the decade wardens saw the moor's herd fall to {} of what it was.",
            "83%",
            "79%",
        ),
        (
            PIER,
            "For the pier at Larn the fund paid {} more than the state.",
            "£18 million",
            "£16 million",
        ),
        (
            "From the sea the canal at Larn runs for 40 miles to the lake.",
            "At Larn the lake is {} from the sea by canal.",
            "64 kilometres",
            "66 kilometres",
        ),
        (
            "The pilot, who had flown for a year and a half, landed at Larn.",
            "Landing at Larn was a pilot with {} of flying.",
            "18 months",
            "15 months",
        ),
        (
            "Output of the works at Larn doubled to 40 tonnes, its owner said.",
            "At Larn the owner's works had {} the output, 40 tonnes.",
            "twice",
            "four times",
        ),
    ],
)
def test_an_amount_that_is_reckoned_from_others_is_borne_out(
    sentence: str, claim: str, borne_out: str, too_far: str
) -> None:
    assert released(sentence, claim.format(borne_out))
    assert not released(sentence, claim.format(too_far))
