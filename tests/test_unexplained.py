"""What a claim says of its own over the words of its sentence."""

from __future__ import annotations

import pytest

from service.verification.claim_reading import read
from service.verification.unexplained import (
    of_its_own,
    only_subject,
    verbs_unexplained,
    words_unheard,
)
from service.verification.word_alignment import Alignment, align

SOLD = "Marta Quill sold the tannery on Friday."


def laid(claim: str, *sentences: str) -> Alignment:
    return align(read(claim), [read(one) for one in sentences])


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        ("Marta Quill considered selling the tannery on Friday.", ["verb put in"]),
        ("It is doubtful that Marta Quill sold the tannery.", ["verb put in"]),
        ("Jonas Brill sold the tannery on Friday.", ["somebody else"]),
        ("She sold the tannery on Friday.", []),
        ("Quill sold the tannery.", []),
        ("On Friday the tannery was sold by Marta Quill.", []),
        ("Marta Quill plans to sell the tannery.", []),  # left to what reads plans
    ],
)
def test_a_verb_put_over_another_and_somebody_else_are_told(claim: str, told: list[str]) -> None:
    assert list(of_its_own(laid(claim, SOLD))) == told


def test_what_somebody_said_may_be_said_to_be_reported() -> None:
    said = 'The children had not been asked, said the chairman: "Nobody did that."'
    assert not list(of_its_own(laid("The chairman complained that children had been asked.", said)))


@pytest.mark.parametrize(
    ("claim", "alone"),
    [
        ("Marta Quill was arrested for theft.", True),
        ("Mayor Marta Quill is a thief.", True),
        ("The tannery has burned down.", True),
        (
            "Marta Quill robbed the tannery.",
            False,
        ),  # two words of the sentence, one of them no name
        ("The owner disposed of the tannery.", False),  # what a verb is done to
        ("Marta Quill gave up the tannery after 9 years.", False),  # figures are seen to elsewhere
    ],
)
def test_a_claim_that_has_only_its_subject_from_the_sentence_is_told(
    claim: str, alone: bool
) -> None:
    assert only_subject(laid(claim, SOLD)) is alone


@pytest.mark.parametrize(
    ("claim", "unexplained"),
    [
        ("Marta Quill praised the tannery.", True),
        ("Marta Quill sold the tannery.", False),
        ("Marta Quill of Tarn praised the tannery.", True),  # five words with a content
        ("On Friday Marta Quill of Tarn praised the tannery.", False),  # six
        ("The tannery on Friday.", False),  # no verb
    ],
)
def test_of_a_short_claim_a_verb_must_be_in_the_sentence(claim: str, unexplained: bool) -> None:
    assert verbs_unexplained(laid(claim, SOLD)) is unexplained


@pytest.mark.parametrize(
    ("claim", "unheard"),
    [
        ("Marta Quill said that the ferry was late.", True),
        ("Marta Quill said that the ferry by the tannery was late.", True),
        ("Marta Quill said that the tannery was late.", False),  # half of it
    ],
)
def test_half_of_what_somebody_said_must_be_in_the_sentences(claim: str, unheard: bool) -> None:
    assert words_unheard(laid(claim, "Marta Quill said that she had sold the tannery.")) == unheard
