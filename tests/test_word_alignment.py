"""Sentences of two copies, and words of a claim and its sentences, that stand for one another."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.copies.sentence_alignment import chain, comparable, increasing, word_overlap
from ingest.types import Sentence, SentenceKind
from service.verification.claim_reading import read
from service.verification.role_swaps import turned
from service.verification.word_alignment import align, likeness


def body(*texts: str) -> list[Sentence]:
    return [Sentence(0, len(text), text, SentenceKind.BODY) for text in texts]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 4), st.integers(0, 4), st.data())
def test_no_chain_of_sentences_is_heavier(rows: int, columns: int, data: st.DataObject) -> None:
    weights = np.array(
        [[data.draw(st.integers(0, 3)) for _ in range(columns)] for _ in range(rows)], dtype=float
    ).reshape(rows, columns)
    cells = [(i, j) for i in range(rows) for j in range(columns)]
    heaviest = max(
        sum(weights[cell] for cell in some)
        for count in range(min(rows, columns) + 1)
        for some in combinations(cells, count)
        if all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(some))
    )

    found = increasing(weights)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(found))
    assert all(weights[cell] > 0 for cell in found)
    assert sum(weights[cell] for cell in found) == heaviest


def test_more_pairs_are_better_than_closer_ones_and_closer_ones_decide_between_as_many() -> None:
    assert chain(np.array([[0.3, 0.9], [0.0, 0.3]]), 0.3) == [(0, 0), (1, 1)]
    assert chain(np.array([[0.6, 0.7]]), 0.3) == [(0, 1)]


def test_a_pair_of_a_chain_is_at_least_as_alike_as_asked_and_the_best_of_its_row_or_column() -> (
    None
):
    assert chain(np.array([[0.5]]), 0.5) == [(0, 0)]
    assert chain(np.array([[0.49]]), 0.5) == []
    assert chain(np.array([[0.9, 0.0], [0.8, 0.9]]), 0.5) == [(0, 0), (1, 1)]
    assert chain(np.array([[0.7, 0.9], [0.9, 0.8]]), 0.5) in ([(0, 1)], [(1, 0)])
    assert chain(np.empty((0, 3)), 0.5) == []


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("The ferry sails at noon.", "The ferry sails at noon!", 1.0),
        ("Ferries sailed.", "The ferry is sailing.", 1.0),  # stems, without what every sentence has
        ("Red ferry sails.", "Red tower burns.", 1 / 3),
        ("Red ferry sails.", "Red.", 0.5),
        ("The.", "Of.", 0.0),
    ],
)
def test_the_words_two_sentences_have_in_common_count_twice(
    one: str, other: str, share: float
) -> None:
    assert word_overlap(body(one), body(other))[0, 0] == pytest.approx(share)


def test_a_copy_would_repeat_prose_and_headings_once_and_no_byline() -> None:
    kinds = {
        SentenceKind.TITLE: "Ferry bought",
        SentenceKind.HEADING: "Price",
        SentenceKind.BODY: "It cost £5.",
        SentenceKind.BYLINE: "By Ines Marlow",
        SentenceKind.BOILERPLATE: "Subscribe now.",
    }
    found = [Sentence(0, 1, text, kind) for kind, text in kinds.items()]
    again = [*found, *body("it cost £5", "Ferry bought.", "...", "!!!")]
    assert [s.text for s in comparable(again)] == [
        "Ferry bought",
        "Price",
        "It cost £5.",
        "...",
        "!!!",
    ]


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
