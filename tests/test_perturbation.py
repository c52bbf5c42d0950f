"""False claims are made with words that the verifier's lists do not have, and each says something else."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest

from evals.lab import words
from evals.lab.perturbation import hedged, perturb
from ingest.english.words import opposite, stem, synonyms

ROOT = Path(__file__).parent.parent
# The lists by which readers of sentences and the verifier know an operator, a hedge or a denial.
LISTS = [ROOT / "ingest/english/data/speech.tsv", *(ROOT / "service/verification").glob("*.tsv")]
PASSAGE = (
    "Anna Quist ratified the treaty with Oslo on 3 May 1994, and 12 states were fertile ground."
)


def listed() -> set[str]:
    """Every phrase of those lists, without their signs for endings and numbers."""
    rows = chain.from_iterable(path.read_text("utf-8").splitlines() for path in LISTS)
    cells = chain.from_iterable(row.split("\t")[1:] for row in rows if not row.startswith("#"))
    return {phrase.strip(" ~*#") for cell in cells for phrase in cell.split(";")} - {""}


def test_no_opposite_is_one_that_a_detector_lists() -> None:
    pairs = words.opposites().items()
    known = [(a, b) for a, b in pairs if opposite(stem(a), stem(b)) or stem(b) in synonyms(stem(a))]
    operators = {a for a, _ in pairs if a in listed()}

    assert len(pairs) > 200
    assert not known and not operators, "take these out of evals/lab/data/opposites.tsv"


def test_no_paraphrase_is_one_that_a_detector_lists() -> None:
    pairs = words.paraphrases().items()
    known = [(a, b) for a, b in pairs if stem(b) in synonyms(stem(a)) or opposite(stem(a), stem(b))]

    assert len(pairs) > 100
    assert not known, "take these out of evals/lab/data/paraphrases.tsv"


def test_no_hedge_is_one_that_a_detector_lists() -> None:
    phrases = words.hedges()
    known = [
        hedge
        for hedge in phrases
        if any(re.search(rf"\b{re.escape(phrase)}\b", hedge) for phrase in listed())
    ]

    assert len(phrases) > 10
    assert not known, "take these out of evals/lab/data/hedges.txt"


@pytest.mark.parametrize(
    ("kind", "claim", "gone"),
    [
        ("number", "There were 12 states.", "12"),
        ("date", "It was ratified in 1994.", "1994"),
        ("foreign_name", "The treaty was made with Oslo.", "Oslo"),
        ("role_swap", "The envoy Anna Quist met Oslo.", "Quist met Oslo"),
        ("negation", "The ground was fertile.", "was fertile"),
        ("antonym", "She ratified the treaty.", "ratified"),
        ("antonym", "The ground was fertile.", "fertile"),
    ],
)
def test_a_false_claim_no_longer_says_what_was_true(kind: str, claim: str, gone: str) -> None:
    made = perturb(claim, PASSAGE)

    assert gone not in made[kind] and made[kind] != claim


def test_a_negated_claim_loses_its_not() -> None:
    assert perturb("The ground was not fertile.", PASSAGE)["negation"] == "The ground was fertile."


def test_a_claim_gets_a_name_of_its_passage_that_it_does_not_have() -> None:
    made = perturb("A treaty with Oslo was signed.", "Oslo signed a treaty. So did Bergen.")

    assert made["passage_name"] == "A treaty with Bergen was signed."


def test_the_same_claim_always_gives_the_same_false_ones() -> None:
    claim = "Anna Quist ratified the treaty in 1994."

    assert perturb(claim, PASSAGE) == perturb(claim, PASSAGE)


def test_a_hedged_sentence_keeps_its_words_behind_the_hedge() -> None:
    made = hedged("The ground was fertile.")

    assert made.endswith("the ground was fertile.") and made.lower().startswith(words.hedges())
    assert hedged("Oslo grew.").endswith("Oslo grew.")
