"""What one side denies and the other states; what both deny, and what is denied in another clause."""

from __future__ import annotations

import pytest

from service.verification.negations import flipped


@pytest.mark.parametrize(
    ("sentence", "claim", "turned"),
    [
        ("The boats never sank.", "The boats sank.", True),
        ("The boats sank.", "The boats never sank.", True),
        ("No boats sank.", "Boats sank.", True),
        ("The boats did not sink.", "The boats never sank.", False),
        ("The boats never sank. The boats sank.", "The boats sank.", False),
        ("It is not legal.", "It is illegal.", False),
        ("Boats sank, the mill did not burn.", "Boats sank.", False),
        ("Boats sank, the mill did not burn.", "The mill did burn.", True),
        ("They sank? Not the boats.", "The boats sank.", True),
        ("Nobody saw it.", "It rained in Tarn.", False),
    ],
)
def test_a_word_is_denied_on_one_side_only(sentence: str, claim: str, turned: bool) -> None:
    assert flipped([sentence], claim) == turned


def test_one_sentence_that_says_it_plainly_is_enough() -> None:
    assert not flipped(["The boats never sank.", "The boats sank."], "The boats sank.")
