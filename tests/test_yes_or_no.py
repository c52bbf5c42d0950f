"""A sentence says yes, no, or neither to what somebody asks about."""

from __future__ import annotations

import pytest
from newsroom import card, sentences

from service.verification.yes_or_no import yes_or_no


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
