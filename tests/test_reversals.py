"""Where a claim puts a value in the place of another, and where words only moved."""

from __future__ import annotations

import pytest

from service.verification.reversals import displaced, flipped

RACE = "Anna Finch beat Leon Abel in Loam on Monday."
BOATS = "The red boat sank near Skerra, and the blue one near Orvel."
LISTED = "Spain and Italy and Malta won three prizes here."


@pytest.mark.parametrize(
    ("sentence", "claim", "kind"),
    [
        (RACE, RACE, None),
        (RACE, "Leon Abel beat Anna Finch in Loam on Monday.", "name"),
        (RACE, "Leon Abel was beaten by Anna Finch in Loam on Monday.", None),
        (BOATS, "The red boat sank near Orvel, and the blue one near Skerra.", "name"),
        ("The red boat sank near Skerra.", "The red boat sank near Orvel.", "name"),
        ("The red boat sank near Skerra and Orvel.", "The red boat sank near Orvel.", None),
        (LISTED, "Spain won three prizes here.", None),
        (LISTED, "Malta won three prizes here.", None),
        ("Spain won three prizes here.", "Malta won three prizes here.", "name"),
        ("Finch won it.", "Abel won it.", "name"),  # two words beside it
        ("Finch won.", "Abel won.", None),  # one
        ("The boat went up in May.", "The boat went down in May.", "antonym"),
        ("It is not legal to swim here in May.", "It is illegal to swim here in May.", None),
        ("The boat cost 40 crowns in May.", "The boat cost 50 crowns in May.", "number"),
        ("The boat cost a b c d 40 crowns in May.", "The boat cost f g h i 50 crowns in May.", "number"),
        ("The boat cost a b c d e 40 crowns in May.", "The boat cost f g h i j 50 crowns in May.", None),
    ],
)  # fmt: skip
def test_a_slot_is_filled_with_something_else(sentence: str, claim: str, kind: str | None) -> None:
    assert displaced([sentence], claim) == kind


@pytest.mark.parametrize(
    ("sentence", "other", "claim"),
    [
        ("The boat cost 40 crowns in May.", "The other boat cost 50 crowns in June.", "The boat cost 50 crowns in May."),
        (RACE, "Leon Abel beat Anna Finch in Loam on Sunday.", "Leon Abel beat Anna Finch in Loam."),
    ],
)  # fmt: skip
def test_what_another_sentence_has_in_a_row_is_at_home_there(
    sentence: str, other: str, claim: str
) -> None:
    assert displaced([sentence], claim) is not None
    assert displaced([sentence, other], claim) is None


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
