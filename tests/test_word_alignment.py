"""Words of a claim and of the sentences it cites that stand for one another."""

from __future__ import annotations

import pytest

from service.verification.claim_reading import read
from service.verification.role_swaps import turned
from service.verification.word_alignment import align, likeness


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("boats", "boat", 1.0),
        ("inspect", "inspection", 1.0),
        ("in the Bakery", "bakery", 0.95),  # a name and a word
        ("3 May 2025", "May 2025", 0.9),
        ("3 May 2025", "4 May 2025", 0.0),
        ("40", "50", 0.0),
        ("arson", "arsonist", 0.7),  # five letters of one root
        ("bank", "banker", 0.0),  # four
        ("purchase", "buy", 0.6),
        ("rise", "fall", 0.0),
        ("Orvel", "Skerra", 0.0),
    ],
)
def test_a_word_of_a_claim_stands_for_another(one: str, other: str, alike: float) -> None:
    left, right = read(one).content[0], read(other).content[0]
    assert likeness(left, right) == likeness(right, left) == alike


@pytest.mark.parametrize(
    ("claim", "sentence", "held"),
    [
        ("Boats sank.", "Boats sank.", 1.0),
        ("Boats burned.", "Boats sank.", 0.5),
        ("Arsonists purchase boats.", "Arson: they buy boats.", (0.7 + 0.6 + 1) / 3),
        ("The.", "Boats sank.", 0.0),
    ],
)
def test_of_a_claim_is_held_what_has_a_partner_by_how_alike_they_are(
    claim: str, sentence: str, held: float
) -> None:
    assert align(read(claim), [read(sentence)]).held == pytest.approx(held)


@pytest.mark.parametrize(
    ("sentence", "claim", "exchanged"),
    [
        ("Finch praises Abel today.", "Abel praises Finch today.", True),  # a name follows
        ("The fox praises the hen.", "The hen praises the fox.", True),
        ("The fox, who fled the hen, caught the cat.", "The hen caught the cat.", True),
        ("The fox was pleased after the hen fed him.", "The fox fed the hen.", True),
        ("The fox from the hill sold it to the hen.", "The hen sold it to the fox.", True),
        ("The fox that caught the hen ran.", "It was the fox that caught the hen.", False),
        ("The fox sold on Monday ran.", "The hen sold the fox.", False),  # it was sold, perhaps
        ("The fox is taller than the hen.", "The hen is taller than the fox.", True),
        ("The fox is taller than the hen.", "The hen is shorter than the fox.", False),
        ("The fox is twice as tall as the hen.", "The hen is twice as tall as the fox.", True),
        ("The fox is twice as tall as the hen.", "The hen is half as tall as the fox.", False),
        ("The fox caught more than the hen.", "The hen caught less than the fox.", False),
        ("The fox hit the hen.", "The hen hit the fox.", True),  # unchanged in the past
        ("The fox said the hen.", "The hen said the fox.", False),  # "wrote Ostrow"
        ("The fox bought it from the hen.", "The hen sold it to the fox.", False),
        ("The fox caught the hen.", "The hen was caught by the fox.", False),
        ("The fox caught the hen.", "The fox was caught by the hen.", True),
    ],
)
def test_subject_and_object_keep_their_places(sentence: str, claim: str, exchanged: bool) -> None:
    assert turned(align(read(claim), [read(sentence)])) == exchanged
