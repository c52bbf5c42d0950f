"""Sentences of two copies that stand for one another."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.copies.near_duplicates import comparable
from ingest.copies.sentence_alignment import chain, increasing, word_overlap
from ingest.types import Sentence, SentenceKind


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
