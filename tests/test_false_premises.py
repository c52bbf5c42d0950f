"""What a question takes for granted and a sentence contradicts, and what it may well take for granted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from asking import query
from newsroom import card, sentences

from service.conflicts.false_premises import Premise, contradicted
from service.types import Evidence

QUARREL = sentences(
    card("q", "Tide cable ends a quarrel", publisher="The Echo"),
    "The quarrel goes back to March 2015, when a Tolvayan ship cut the telephone line to Skerra.",
    "Tolvay paid for the repair, but it never apologised.",
    "The accord does not open Sorrenian waters to Tolvayan trawlers.",
    "The Bank of Sorrenia raised its key interest rate to 4.25% in February 2025.",
    "The mill on Skerra closed in 2019 with the loss of 240 jobs.",
    "The women of Ashby won the Seven Locks Regatta in a new boat.",
)
FALSE = [
    ("Why did Tolvay apologise for cutting the telephone line?", "negation", "never apologised"),
    ("Why does the accord open Sorrenian waters to Tolvayan trawlers?", "negation", "not open"),
    ("Why did Sorrenia pay for the repair of the telephone line?", "name", "Tolvay"),
    ("Why did the mill on Skerra close in 2021?", "date", "2019"),
    ("How did the mill on Skerra close with the loss of 420 jobs?", "number", "240"),
    ("How did the women of Loam win the Seven Locks Regatta?", "name", "Ashby"),
]
TRUE = [
    "Why did Tolvay not apologise for cutting the telephone line?",
    "Why did Tolvay pay for the repair of the telephone line?",
    "Why does the accord not open Sorrenian waters to Tolvayan trawlers?",
    "Why did the Bank of Sorrenia raise its key interest rate in February 2025?",
    "Why did the mill on Skerra close in 2019?",
    "How did the mill on Skerra close with the loss of 240 jobs?",
    "How did the women of Ashby win the Seven Locks Regatta?",
    "Who paid for the repair of the telephone line?",
    "Did Tolvay apologise for cutting the telephone line?",
    "How many jobs did the mill on Skerra lose in 2021?",
    "Which women won the second Seven Locks Regatta?",
    "Why did the opera house in Vienna close in 2021?",
]


def corrected(question: str, *, ranked: list[Evidence] | None = None) -> Premise | None:
    found = ranked or [replace(item, relevance=0.9) for item in QUARREL]
    return contradicted(query(question), found, found)


@pytest.mark.parametrize(("question", "kind", "found"), FALSE)
def test_what_a_sentence_contradicts_is_corrected_by_it(
    question: str, kind: str, found: str
) -> None:
    premise = corrected(question)

    assert premise is not None and (premise.kind, premise.found) == (kind, found)
    assert premise.found in premise.evidence.text and premise.asked in question
    assert premise.found in premise.sentence


@pytest.mark.parametrize("question", TRUE)
def test_what_the_archive_bears_out_or_is_silent_on_is_not_corrected(question: str) -> None:
    assert corrected(question) is None


def test_nobody_is_corrected_where_another_article_bears_the_question_out() -> None:
    other = sentences(
        card("o", "Mill", publisher="The Post"),
        "The mill on Skerra closed in 2021, its owner says.",
    )

    assert corrected("Why did the mill on Skerra close in 2021?", ranked=[*QUARREL, *other]) is None


def test_an_altered_sentence_corrects_nobody() -> None:
    altered = [replace(item, altered=True) for item in QUARREL]

    assert corrected("Why did the mill on Skerra close in 2021?", ranked=altered) is None


def test_only_a_date_is_corrected_by_what_another_time_says() -> None:
    """A question about one year is answered by sentences of that year; the others stand outside."""
    outside = [replace(item, relevance=0.9) for item in QUARREL]

    for question, kind, _ in FALSE:
        premise = contradicted(query(question), (), outside)
        assert (premise is not None) == (kind == "date"), question


CLOSED = "Why did the mill on Skerra close in 2021?"
RAIN = [replace(one, relevance=0.9) for n in range(20) for one in sentences(card(f"r{n}"), "It rained in Tarn.")]  # fmt: skip
MILL = replace(QUARREL[4], relevance=0.9)


@pytest.mark.parametrize(("before", "corrects"), [(0, True), (11, True), (12, False)])
def test_one_of_the_best_twelve_sentences_corrects(before: int, corrects: bool) -> None:
    assert (corrected(CLOSED, ranked=[*RAIN[:before], MILL]) is not None) == corrects


@pytest.mark.parametrize(("relevance", "corrects"), [(0.2, True), (0.19, False)])
def test_what_corrects_is_a_fifth_as_relevant_as_the_best(relevance: float, corrects: bool) -> None:
    ranked = [replace(RAIN[0], relevance=1.0), replace(MILL, relevance=relevance)]
    assert (corrected(CLOSED, ranked=ranked) is not None) == corrects


@pytest.mark.parametrize(("between", "corrects"), [(0, True), (1, True), (2, False)])
def test_the_two_sentences_before_may_name_what_is_spoken_of(between: int, corrects: bool) -> None:
    told = sentences(
        card("m", "Old works"),
        "The mill on Skerra is for sale.",
        *["Rain fell all day."] * between,
        "It was closed by Brant in 2019 with the loss of 240 jobs.",
    )
    ranked = [replace(item, relevance=0.9) for item in reversed(told)]
    question = "Why did Brant close the mill on Skerra with the loss of 240 jobs in 2021?"
    assert (corrected(question, ranked=ranked) is not None) == corrects


@pytest.mark.parametrize(
    ("sentence", "corrects"),
    [
        ("Six large banks on Skerra said that they would pass on the rate rise.", True),
        ("Of the six large banks, only Ostmere on Skerra said it would pass on the rise.", False),
        ("Out of six large banks on Skerra only one said it would pass on the rise.", False),
    ],
)
def test_how_many_there_are_does_not_correct_how_many_did_it(sentence: str, corrects: bool) -> None:
    premise = corrected(
        "Which two banks on Skerra said that they would pass on the rate rise?",
        ranked=told(sentence),
    )
    assert (premise is not None) == corrects


@pytest.mark.parametrize(
    ("other", "borne_out"),
    [
        ("The mill on Orvel closed in 2021, its owner says.", True),  # two of four
        ("The mill of Orvel burned in 2021, its owner says.", False),  # one of three
    ],
)
def test_two_fifths_of_the_rest_bear_a_question_out(other: str, borne_out: bool) -> None:
    ranked = [MILL, *sentences(card("o", "Orvel"), other)]
    assert (corrected(CLOSED, ranked=ranked) is None) == borne_out


def told(*texts: str, title: str = "Works") -> list[Evidence]:
    return [replace(item, relevance=0.9) for item in sentences(card("w", title), *texts)]


@pytest.mark.parametrize(
    ("question", "corrects"),
    [
        ("Why did Brant close the mill in 2021?", True),  # Brant, close, mill; and its year
        ("Why did Brant shut the gate in 2021?", False),  # two of them
        (
            "Why did Brant close the mill and the quarry in 2021?",
            False,
        ),  # the quarry is missing too
    ],
)
def test_three_words_of_the_question_stand_there_and_one_thing_does_not(
    question: str, corrects: bool
) -> None:
    ranked = told("Brant closed the mill in 2019 with all its jobs.")
    assert (corrected(question, ranked=ranked) is not None) == corrects


@pytest.mark.parametrize(
    ("sentence", "corrects"),
    [("It lost the mill in 2019 at Skerra.", True), ("It was lost at Skerra in 2019.", True), ("It was lost in 2019.", False)],
)  # fmt: skip
def test_two_of_these_words_stand_in_the_sentence_itself(sentence: str, corrects: bool) -> None:
    ranked = told(sentence, title="Brant, the mill at Skerra")
    question = "Why did Brant lose the mill at Skerra in 2021?"
    assert (corrected(question, ranked=ranked) is not None) == corrects


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("How did the crew of Bram Stoker win the Seven Locks Regatta?", "Bram Stoker"),
        ("How did the crew of Bram Eric Stoker win the Seven Locks Regatta?", "Bram Eric Stoker"),
        ("How did the crew of Bram, Stoker win the Seven Locks Regatta?", None),
    ],
)
def test_words_of_one_name_are_one_thing(question: str, asked: str | None) -> None:
    ranked = told("The crew of Ida Crane won the Seven Locks Regatta in a new boat.")
    premise = corrected(question, ranked=ranked)
    assert (premise and premise.asked) == asked
    assert premise is None or (premise.kind, premise.found) == ("name", "Ida Crane")


@pytest.mark.parametrize(
    ("question", "corrects"),
    [
        ("How did the women crew of Loam win the Seven Locks Regatta?", True),
        ("How did the men crew in Loam win the Seven Locks Regatta?", False),
        ("How did Loam win it?", False),
    ],
)
def test_a_name_stands_between_the_same_two_neighbours(question: str, corrects: bool) -> None:
    ranked = told("The women crew of Ashby won the Seven Locks Regatta in a new boat.")
    assert (corrected(question, ranked=ranked) is not None) == corrects


def test_neighbours_in_front_count_where_the_name_follows_at_once() -> None:
    ranked = told("At Skerra the choir first hired, then praised Ida Crane.")
    followed = "Why has the choir at Skerra hired, then praised Tom Reed?"
    premise = corrected(followed, ranked=ranked)
    assert premise is not None and (premise.asked, premise.found) == ("Tom Reed", "Ida Crane")
    apart = "Why has the choir at Skerra hired, then praised in Tarn?"
    assert corrected(apart, ranked=ranked) is None


@pytest.mark.parametrize(
    ("question", "corrects"),
    [
        ("How did the mill on Skerra shed 420 jobs at Brant works?", True),  # one word otherwise
        ("How did the mill on Skerra shed and burn 420 jobs at Brant works?", False),
        ("How did the mill shed 420 jobs?", False),  # no more than three in common
        ("How did the mill on Skerra shed 420 rare jobs at Brant works?", False),  # not of jobs
        ("How did the mill on Skerra shed its 420th jobs at Brant works?", False),  # a rank
        ("How did the mill on Skerra shed 42% jobs at Brant works?", False),  # another unit
    ],
)
def test_a_number_of_the_same_thing_is_corrected_in_other_words(
    question: str, corrects: bool
) -> None:
    ranked = told("The mill on Skerra at Brant works closed with the loss of 240 jobs.")
    premise = corrected(question, ranked=ranked)
    assert (premise is not None) == corrects
    assert premise is None or (premise.kind, premise.found) == ("number", "240")


@pytest.mark.parametrize(
    ("other", "borne_out"),
    [
        ("Tolvay apologised to the island.", True),  # two of seven
        ("They apologised to the island.", False),
        ("They never apologised for cutting the telephone line.", False),
    ],
)
def test_a_fifth_of_the_rest_bears_out_what_is_denied_elsewhere(
    other: str, borne_out: bool
) -> None:
    denied = told("Tolvay never apologised for cutting the long telephone line to Skerra island.")
    ranked = [*denied, *sentences(card("o", "Dawn"), other)]
    question = "Why did Tolvay apologise for cutting the long telephone line to Skerra island?"
    assert (corrected(question, ranked=ranked) is None) == borne_out


@pytest.mark.parametrize(("day", "corrects"), [("2021-05-25", False), ("2020-05-25", True)])
def test_a_year_is_not_doubted_by_an_article_of_that_year(day: str, corrects: bool) -> None:
    mill = card("m", "Mill on Skerra", published_on=date.fromisoformat(day))
    ranked = sentences(mill, "The mill on Skerra closed in 2019 with the loss of 240 jobs.")
    ranked = [replace(item, relevance=0.9) for item in ranked]
    question = "Why did the mill on Skerra close in 2021?"
    assert (corrected(question, ranked=ranked) is not None) == corrects


def test_a_yes_or_no_question_is_corrected_in_its_number_and_not_in_what_it_asks() -> None:
    text = "The lighthouse of Cape Hollin is 41 metres high and was not built by Brandt."
    told = sentences(card("a", "Cape Hollin"), text)
    ranked = [replace(told[0], relevance=0.9)]
    asked = query("Is the lighthouse of Cape Hollin 49 metres high?")
    found = contradicted(asked, ranked, ranked)
    assert found and found.sentence == "The question says “49”, but the archive says “41”."
    asked = query("Was the lighthouse of Cape Hollin built by Brandt?")
    assert contradicted(asked, ranked, ranked) is None


def test_what_a_note_takes_back_corrects_nobody() -> None:
    note = "Correction: an earlier version of this article said that 240 jobs would be lost at the mill on Skerra; it is 204."
    right = "The mill on Skerra closed with the loss of 204 jobs."
    asked = "How did the mill on Skerra close with the loss of 300 jobs?"

    def found(*texts: str) -> str | None:
        ranked = [replace(item, relevance=0.9) for item in sentences(card("n", "Mill"), *texts)]
        premise = corrected(asked, ranked=ranked)
        return premise and premise.found

    assert found(note) is None
    assert found(note, right) == "204"
    assert found("The owner said that 240 jobs would be lost at the mill on Skerra.") == "240"
