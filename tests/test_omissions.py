"""How near to what a claim kept a word must stand, for the claim to need that word too."""

from __future__ import annotations

import pytest

from service.verification.claim_reading import read
from service.verification.omissions import (
    cut_bound,
    cut_frame,
    cut_head,
    cut_opening,
    cut_operators,
    cut_rank,
    cut_source,
    denied_later,
)
from service.verification.word_alignment import Edit, edit


def made(sentence: str, claim: str) -> Edit:
    return edit(read(claim), read(sentence))


def between(length: int) -> str:
    """One word that is no verb, with the white space on either side as long as that."""
    return f" {'z' * (length - 4)}ly "


@pytest.mark.parametrize(("apart", "cut"), [(23, True), (24, False)])
def test_a_bound_belongs_to_what_stands_within_two_dozen_characters(apart: int, cut: bool) -> None:
    sentence = f"Nearly{between(apart)}sixty boats sank."
    assert cut_bound(made(sentence, "Sixty boats sank.")) == cut


@pytest.mark.parametrize(("apart", "cut"), [(15, True), (16, False)])
def test_a_rank_belongs_to_what_stands_within_sixteen_characters(apart: int, cut: bool) -> None:
    sentence = f"The former{between(apart)}mayor of Larn resigned."
    assert cut_rank(made(sentence, "The mayor of Larn resigned.")) == cut


@pytest.mark.parametrize(
    ("word", "apart", "cut"),
    [("might", 29, True), ("might", 30, False), ("not", 29, True), ("not", 60, True)],
)
def test_a_modal_reaches_thirty_characters_and_a_negation_all_of_its_clause(
    word: str, apart: int, cut: bool
) -> None:
    sentence = f"The boats {word}{between(apart)}sink in June."
    assert bool(list(cut_operators(made(sentence, "The boats sink in June.")))) == cut


@pytest.mark.parametrize(
    ("sentence", "claim", "cut"),
    [
        ("Nearly all of the boats sank.", "All of the boats sank.", True),
        ("Nearly, they say, all of the boats sank.", "All of the boats sank.", False),
        ("All but two of the boats sank.", "All of the boats sank.", True),
        ("All but one of the nine boats sank.", "Eight of the nine boats sank.", False),
        ("Nearly sixty boats sank.", "Almost sixty boats sank.", False),
        ("Half of the boats sank.", "The boats sank.", True),
        ("Half of the boats sank.", "Half the boats sank.", False),
    ],
)
def test_a_bound_goes_with_what_it_bounds(sentence: str, claim: str, cut: bool) -> None:
    assert cut_bound(made(sentence, claim)) == cut


@pytest.mark.parametrize(
    ("sentence", "claim", "cut"),
    [
        ("The deputy mayor of Larn resigned.", "The mayor of Larn resigned.", True),
        ("His mother-in-law paid the fine.", "His mother paid the fine.", True),
        ("His mother-in-law paid the fine.", "His mother-in-law paid.", False),
    ],
)
def test_a_rank_goes_with_the_noun_that_it_changes(sentence: str, claim: str, cut: bool) -> None:
    assert cut_rank(made(sentence, claim)) == cut


@pytest.mark.parametrize(
    ("sentence", "claim", "cut"),
    [
        ("The brother of the mayor bought the mill.", "The mayor bought the mill.", True),
        ("The brother of the mayor bought the mill.", "The brother bought the mill.", False),
    ],
)
def test_what_belongs_to_the_head_is_not_the_head(sentence: str, claim: str, cut: bool) -> None:
    assert cut_head(made(sentence, claim)) == cut


@pytest.mark.parametrize(("ruling", "cut"), [("false", True), ("true", False)])
def test_what_is_called_false_afterwards_is_no_fact(ruling: str, cut: bool) -> None:
    sentence = f"The mill was sold for a song, a claim that the court found to be {ruling}."
    assert denied_later(made(sentence, "The mill was sold for a song.")) == cut


@pytest.mark.parametrize(
    ("source", "cut"),
    [
        ("The owner said", True),
        ("The commission said", False),
        ("The commission, as far as anybody at all in the whole of the old town of Larn can remember now, said", True),
    ],
)  # fmt: skip
def test_who_said_it_goes_with_it_unless_an_office_counts(source: str, cut: bool) -> None:
    claim = "The old mill by the river was sold in May."
    assert cut_source(made(f"{source} the old mill by the river was sold in May.", claim)) == cut


@pytest.mark.parametrize(
    ("sentence", "cut"),
    [
        ("In May, had it rained, the boats stayed in the harbour.", True),
        ("In May it had rained, the boats stayed in the harbour.", False),  # a tense
        ("Even if it rained, the boats stayed in the harbour.", False),
        ("If it rained, the boats stayed in the harbour.", True),
        ("If ever, the boats stayed in the harbour.", False),
        ("If it rained (as it may), the boats sank; the boats stayed in the harbour.", False),
    ],
)
def test_a_condition_is_cut_where_it_is_one(sentence: str, cut: bool) -> None:
    found = set(cut_operators(made(sentence, "The boats stayed in the harbour.")))
    assert ("condition left out" in found) == cut


@pytest.mark.parametrize(
    ("sentence", "claim", "cut"),
    [
        ("Quill said the mill burned down in May.", "The mill burned down in May.", True),
        ("The police said the mill burned down in May.", "The mill burned down in May.", False),
        ("Quill said so. The mill burned down in May.", "The mill burned down in May.", False),
        ("Quill said rain fell, and the mill burned down in May.", "The mill burned down in May.", False),
        ("“The mill burned down,” he said in May.", "The mill burned down in May.", True),
        ("Quill said the mill burned down in May.", "Quill said the mill burned down.", False),
    ],
)  # fmt: skip
def test_whoever_says_it_goes_with_it(sentence: str, claim: str, cut: bool) -> None:
    assert cut_source(made(sentence, claim)) == cut


def test_a_kept_word_stands_behind_a_place_from_its_first_letter_on() -> None:
    kept = made("The mill burned down in May.", "The mill burned.")
    assert kept.kept_after(4, 9) == [(4, 8)]
    assert kept.kept_after(5) == [(9, 15)]


@pytest.mark.parametrize(
    ("opening", "cut"),
    [
        ("Nominally the", True),
        ("Unofficially, the", True),
        ("It is hoped that the", True),
        ("There are signs that the", True),
        ("Finally, the", False),
        ("Emily Ward and the", False),
    ],
)
def test_what_opens_a_sentence_and_says_how_far_it_holds_goes_with_it(
    opening: str, cut: bool
) -> None:
    sentence = f"{opening} harbour board owns the quay."
    assert cut_opening(made(sentence, "The harbour board owns the quay.")) == cut


def test_a_frame_that_the_claim_keeps_was_not_cut() -> None:
    told = "The lane is old. A likely explanation is that the name is derived from a rite of sailors (see Rites)."
    kept = "A likely explanation is that the name is derived from a rite of sailors."
    assert not cut_frame(edit(read(kept), read(told)))
    assert cut_frame(edit(read("The name is derived from a rite of sailors."), read(told)))
