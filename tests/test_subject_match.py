"""A sentence that answers for the thing a question names, or for another of its name or in its sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asking import query
from newsroom import card, sentences

from service.evidence import ranking
from service.evidence.subject_match import BEFORE, of_another, of_the_opposite

RATE = "The Bank of Sorrenia raised its key rate to 4.25%."
SHIPS = "The Kittiwake was bought in January; the Guillemot was built at a cost of £24.6 million."


def another(question: str, *texts: str, title: str = "Works") -> bool:
    ranked = sentences(card("a", title), *texts)
    return of_another(query(question), ranked)


@pytest.mark.parametrize(
    ("question", "is_another"),
    [
        ("What is the key rate of the Bank of Tolvay?", True),
        ("What is the key rate of the Bank of Sorrenia?", False),
        ("what is the key rate of the bank of tolvay?", True),
        ("what is the key rate of the bank of sorrenia?", False),
        ("What is the key rate of the Church of Tolvay?", False),  # nothing of that name
        ("What is the key rate in Tolvay?", False),  # no name of several words
    ],
)
def test_a_name_is_not_the_one_that_shares_its_first_words(question: str, is_another: bool) -> None:
    assert another(question, RATE) == is_another


@pytest.mark.parametrize(
    ("question", "is_another"),
    [
        ("How many people were hurt in the Mill Street bridge collapse?", True),
        ("How many people were hurt in the Eastmoor bridge collapse?", True),  # "Eastmoor bridge"
        ("How many people were hurt in the collapse in Eastmoor?", False),  # it may be there
        ("How many people were hurt in the Kestrel Bridge collapse?", False),
        ("How many people did Kestrel hurt in Mill Street?", False),  # one of the names is there
        ("How many people were hurt near Cape Varn?", True),
        ("How many people were hurt near Cape Hollin?", False),
    ],
)
def test_a_thing_of_which_the_article_names_only_others_is_another(
    question: str, is_another: bool
) -> None:
    told = "Fourteen people were hurt when the Kestrel Bridge at Cape Hollin collapsed."
    assert another(question, told, title="Bridge collapses") == is_another


@pytest.mark.parametrize(
    ("question", "told", "is_another"),
    [
        ("Who is the mayor of Skerra?", "Mayor Oswin Trask of Tarnmouth stayed away.", True),
        ("Who is the mayor of Tarnmouth?", "Mayor Oswin Trask of Tarnmouth stayed away.", False),
        ("Who is the mayor of Skerra?", "Mayor Oswin Trask stayed away.", False),  # it may be his
        ("Who is the mayor of the NHS?", "Mayor Oswin Trask of Tarnmouth stayed away.", False),
        ("Who is the mayor of Skerra?", "The mayor of Tarnmouth came to Skerra.", False),
    ],
)
def test_the_mayor_of_one_town_is_not_that_of_another(
    question: str, told: str, is_another: bool
) -> None:
    assert another(question, told, title="Three ferries for Skerra") == is_another


def test_an_office_that_is_said_to_be_of_the_place_is_its_own() -> None:
    told = ("The mayor of Tarnmouth stayed away.", "The mayor of Skerra spoke.")
    assert not another("Who is the mayor of Skerra?", *told, title="Skerra")


def test_a_sentence_that_is_told_of_the_place_may_answer_for_its_namesake() -> None:
    asked = "What is the key rate of the Bank of Tolvay?"
    assert not another(asked, RATE, title="Tolvay follows its neighbour")
    assert not another(asked, "The bank in Tolvay set 3%.", RATE)
    assert not another(asked, RATE, "The Bank of Tolvay waited.")


def test_what_stands_more_than_300_characters_before_tells_nothing_of_a_sentence() -> None:
    asked, early = query("What is the key rate of the Bank of Tolvay?"), "Tolvay waited."
    for gap, is_another in ((BEFORE, False), (BEFORE + 1, True)):
        before, best = sentences(card("a", "Works"), early, RATE)
        best = replace(best, start=before.start + gap, end=before.start + gap + len(RATE))
        assert of_another(asked, (best, before)) == is_another


@pytest.mark.parametrize(
    ("question", "is_another"),
    [
        ("How much did the Kittiwake cost?", True),
        ("How much did the Guillemot cost?", False),
        ("When was the Guillemot built?", True),
        ("When was the Kittiwake bought?", False),
        ("How much did the ships cost?", False),  # no name
        ("How much did the Fulmar cost?", True),  # the article names only others
        ("Who bought the Kittiwake?", False),  # no value
    ],
)
def test_a_value_belongs_to_what_its_clause_tells_of(question: str, is_another: bool) -> None:
    assert another(question, SHIPS) == is_another


def test_what_is_anothers_is_no_answer_however_relevant() -> None:
    best = [replace(item, relevance=0.9) for item in sentences(card("a", "Ships"), SHIPS)]
    assert not ranking.decide(query("How much did the Kittiwake cost?"), best).answer
    assert ranking.decide(query("How much did the Guillemot cost?"), best).answer


@pytest.mark.parametrize(
    ("question", "text", "is_opposite"),
    [
        ("Who won the women's race?", "Karl Venn won the men's race.", True),
        ("Who won the boys’ cup?", "Tarn won the girls’ cup.", True),
        ("Who won the men's race?", "Karl Venn won the men's race.", False),
        ("Who won the women's race?", "Mia Dahl won the women's and Karl Venn the men's race.", False),
        ("Who won the race?", "Karl Venn won the men's race.", False),
        ("Who won the women's race?", "Mia Dahl won; men ran on Sunday.", False),
    ],
)  # fmt: skip
def test_the_mens_race_is_not_the_womens(question: str, text: str, is_opposite: bool) -> None:
    assert of_the_opposite(query(question), text) == is_opposite
