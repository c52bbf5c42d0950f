"""Sentences that say otherwise than a claim or only do not say it, and that say yes or no to a statement."""

from __future__ import annotations

import pytest
from newsroom import card, sentences

from service.verification.stance import contradiction, yes_or_no

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
        ("The ferry will sail in May if the pier is mended.",
         "The ferry will sail in May unless the pier is mended."),
        ("All of the herring is sold in Orvel.", "Nearly all of the herring is sold in Orvel."),
        ("The director, Ada Quill, opened the mill.",
         "The former director, Ada Quill, opened the mill."),
        ("Nine trains run on Sundays.", "Nine trains run on weekdays and five on Sundays."),
        ("The mill burned down.", "An earlier version of this report said the mill burned down."),
        ("In June 31 sailors drowned.", "In the film, in June 31 sailors drowned."),
        ("The flight home took 94 seconds on quiet nights.",
         "The flight home took 94 minutes on quiet nights."),
        ("Police counted 12,000 people at the fair.", "Police counted 8,000 people at the fair."),
        ("Nora Lind said that the old bridge was safe.",
         '"The old bridge is safe," said Astrid Moe, the engineer.'),
        ("The judge who sentenced Marlow was Quill.", "Judge Edith Farrow sentenced Marlow."),
        ("The judge who sentenced Marlow was Quill.",
         "Marlow was sentenced by the judge, Edith Farrow, to four years."),
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
        ("All of the herring and the cod is sold in Orvel.",
         "Nearly all of the herring is sold in Orvel."),  # a word of its own
        ("The mill at Senn burned down.",
         "A report that the mill at Loam burned down was wrong."),
        ("The firm bought the mill for $22 million.", "The firm bought the mill in May."),
        ("Nora Lind said that the bridge was safe for lorries.",
         '"The bridge is safe," said Astrid Moe, the engineer.'),
        ("Nora Lind said that the bridge was safe.",
         '"The bridge is safe, but only for as long as the river is low and the ice holds off," '
         "said Astrid Moe."),
        ("The mayor of Loam was Ada Quill.", "The mayor of Loam, Edith Farrow, spoke."),
        ("Best actress in a short comedy", "Ada Quill won best actor in a short comedy."),
    ],
)  # fmt: skip
def test_what_is_only_not_said_is_none(claim: str, sentence: str) -> None:
    [item] = sentences(card(), sentence)
    assert contradiction(claim, item) is None


@pytest.mark.parametrize(
    ("asked", "told", "word"),
    [
        ("the council did approve the plan", "The council approved the plan by 11 to 8.", "Yes"),
        ("Bo Ferring is mayor of Loam", "Bo Ferring has been mayor of Loam since Monday.", "Yes"),
        ("Loam Rovers did beat Senn United", "Loam Rovers beat Senn United 3-2.", "Yes"),
        ("Senn United did beat Loam Rovers", "Loam Rovers beat Senn United 3-2.", None),
        ("the council did approve the plan", "The council may approve the plan.", None),
        ("the council did approve the plan", "The council said it would approve the plan.", None),
        ("the bridge did collapse", "Readers tell us that the bridge has collapsed.", None),
        ("the bridge did collapse", "The bridge has collapsed, police say.", "Yes"),
        ("Ada Quill is mayor of Loam", "Ada Quill was elected mayor of Loam on Sunday.", None),
        ("Ada Quill is still mayor of Loam", "Ada Quill has resigned as mayor of Loam.", None),
        ("the state did oppose the appeal", "The state did not oppose the appeal.", "No"),
        ("Elise Malin was convicted", "His wife, Elise Malin, was acquitted.", "No"),
        ("the tower is 49 metres high", "The tower is 41 metres high and built of brick.", "No"),
        ("Orvel School will stay open", "Garnet School will stay open after all.", None),
        ("Ada Quill did leave the council", "Ada Quill did not sit on the panel.", None),
        ("parents do need an appointment", "Parents need no appointment unless it rains.", None),
    ],
)
def test_yes_wants_the_same_verb_and_no_a_denial_or_another_number(
    asked: str, told: str, word: str | None
) -> None:
    assert yes_or_no(asked, sentences(card("a"), told)[0]) == word


def test_we_is_whom_the_title_names() -> None:
    notice = sentences(
        card(title="New hours at the library"), "We are closed on Mondays and Sundays."
    )
    assert yes_or_no("the library is open on Sundays", notice[0]) == "No"
    (elsewhere,) = sentences(card(title="New hours"), "We are closed on Mondays and Sundays.")
    assert yes_or_no("the library is open on Sundays", elsewhere) is None
