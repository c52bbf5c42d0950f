"""Sentences that say otherwise than a claim, and sentences that only do not say it."""

from __future__ import annotations

import pytest
from newsroom import card, sentences

from service.verification.contradictions import contradiction

DAM = "The dam at Orvel was closed on 2 June 2025 after inspectors found cracks in its spillway."


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("The dam at Orvel was closed on 9 June 2025 after inspectors found cracks.", DAM),
        ("The dam at Orvel was not closed after inspectors found cracks in its spillway.", DAM),
        ("The reservoir holds 14 million cubic metres of water.",
         "The reservoir holds 41 million cubic metres of water."),
        ("Houses were evacuated.", "No houses were evacuated."),
        ("The council rejected the plan for a new harbour on Monday.",
         "The council approved the plan for a new harbour on Monday."),
        ("Marsh Dairies sued Tindle Foods over the price of milk in March.",
         "Tindle Foods sued Marsh Dairies over the price of milk in March."),
    ],
)  # fmt: skip
def test_what_both_cannot_be_true_is_a_contradiction(claim: str, sentence: str) -> None:
    [item] = sentences(card(), sentence)
    assert contradiction(claim, item) is not None


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        (DAM, DAM),
        ("The dam at Orvel was closed.", DAM),
        ("The dam at Orvel was built by prisoners.", DAM),
        ("The dam at Tarn was closed on 4 May 2011 after a landslide.", DAM),
        ("Parents need an appointment unless their child is under 12 months old.",
         "Parents do not need an appointment if their child is over 12 months old."),
    ],
)  # fmt: skip
def test_what_is_only_not_said_is_none(claim: str, sentence: str) -> None:
    [item] = sentences(card(), sentence)
    assert contradiction(claim, item) is None
