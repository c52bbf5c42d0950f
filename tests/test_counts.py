"""What the numbers of a sentence count, and which of them answer "how many"."""

from __future__ import annotations

import pytest
from asking import query

from ingest.english import analyse
from service.conflicts.counts import (
    asked_noun,
    counted,
    counts,
    is_aside,
    one_thing,
    put_at,
    tolls,
)


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        ("How many dock workers were hurt?", "worker"),
        ("How many died in the flood?", "peopl"),
        ("How many were hurt?", "peopl"),
        ("number of barns that burnt down", "barn"),
        ("Which barns burnt down?", "barn"),
    ],
)
def test_what_is_counted_ends_the_words_behind_how_many(question: str, noun: str) -> None:
    assert asked_noun(query(question)) == noun


PORTERS = "Some 340 porters left the market at noon."
WORKERS = "How many workers left the market?"


@pytest.mark.parametrize(("share", "found"), [(0.3, ["340"]), (0.29, [])])
def test_people_of_another_kind_count_in_a_sentence_that_is_as_good_an_answer(
    share: float, found: list[str]
) -> None:
    assert [*counted(query(WORKERS), PORTERS, share=share).values()] == found


@pytest.mark.parametrize(("title", "found"), [("Two hurt in Loam", ["Two"]), ("Loam crash", [])])
def test_a_title_tells_that_people_of_one_kind_are_all_of_them(
    title: str, found: list[str]
) -> None:
    asked = query("How many people were hurt when the crane fell?")
    told = "Two porters were taken to hospital after the crane fell."
    assert [*counted(asked, told, title).values()] == found


@pytest.mark.parametrize(("share", "found"), [(0.1, ["Four"]), (0.09, [])])
def test_what_does_something_else_counts_only_in_a_likely_answer(
    share: float, found: list[str]
) -> None:
    asked = query("How many crates ended up in the water?")
    assert [*counted(asked, "Four crates slid off the quay.", share=share).values()] == found


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("How many people were saved by boat in the flood?", ["48"]),
        ("How many people spent Saturday night in halls?", ["900"]),
    ],
)
def test_of_several_counts_that_one_is_meant_of_which_the_question_s_words_are_said(
    question: str, found: list[str]
) -> None:
    told = (
        "Boats saved 48 people from the flood, and some 900 people spent Saturday night in halls."
    )
    assert [*counted(query(question), told).values()] == found


def test_those_who_live_in_homes_are_no_homes() -> None:
    asked = query("How many homes in Ashby were told to shut their windows?")
    assert counted(asked, "Some 1,900 residents of Ashby were told to shut them.", share=1.0) == {}


def test_a_number_alone_stands_for_those_counted_before() -> None:
    told = "Six of the nine members backed it; two wanted half a point."
    asked = query("How many members wanted half a point?")
    assert [*counted(asked, told).values()] == ["two"]


@pytest.mark.parametrize("fate", ["killed", "hurt"])
def test_the_dead_are_not_the_injured(fate: str) -> None:
    asked = query(f"How many people were {fate} in the Loam fire?")
    given = {
        word: bool(counted(asked, f"Nine people were {word} in the Loam fire."))
        for word in ("killed", "injured")
    }
    assert given == {"killed": fate == "killed", "injured": fate == "hurt"}


@pytest.mark.parametrize(
    ("text", "aside"),
    [
        ("The toll is up from 12.", True),
        ("They counted birds, against 900 in 2017.", True),
        ("The fine would have been £5 million.", True),
        ("The fine was £5 million.", False),
        ("More than 12 barns burnt.", False),
        ("It cost more, rather than 12 crowns.", True),
    ],
)
def test_what_was_before_or_might_have_been_is_no_value(text: str, aside: bool) -> None:
    assert is_aside(text, analyse(text).numbers[0]) is aside


def test_two_numbers_count_one_thing_by_a_word_or_as_people() -> None:
    (porters,), (staff,), (barns,) = (
        [after for _, after in counts(text)]
        for text in ("Some 340 porters left.", "About 270 market staff left.", "Six barns burnt.")
    )
    assert one_thing(porters, staff) and one_thing(barns, barns)
    assert not one_thing(porters, barns)


DEAD = "How many people died in the Loam crash?"


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        (DEAD, "Three people were killed and 41 hurt in the crash at Loam.", ["Three"]),
        ("How many were hurt at Loam?", "Three people were killed and 41 hurt at Loam.", ["41"]),
        ("How many people are missing at Loam?", "Nine were dead and 12 missing at Loam.", ["12"]),
        (DEAD, "Two more people died, which brings the number killed to five.", ["five"]),
        (DEAD, "More than two people died in the crash.", ["two"]),
        (DEAD, "The toll was lowered to seven, after two dead were counted twice.", ["seven"]),
        ("How many people were hurt at Loam?", "Six people are still in hospital.", []),
        ("How many people were hurt at Loam?", "Six people are in hospital.", ["Six"]),
    ],
)
def test_the_dead_the_hurt_and_the_missing_are_counted_apart_and_in_all(
    question: str, text: str, found: list[str]
) -> None:
    assert [*counted(query(question), text, share=1.0).values()] == found


def test_victims_are_people() -> None:
    asked = (DEAD, "How many sheep did the storm kill?", "How many people came?", "Who died?")
    assert [tolls(query(text)) for text in asked] == [True, False, False, False]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The union put the turnout at 9,000.", "9000"),
        ("It puts the number of marchers at about 9,000 people.", "9000"),
        ("The union put 9,000 on the street.", None),
        ("Some 9,000 marched.", None),
        ("He put the number of new jobs at 9,000.", None),
        ("She put the cost at 9,000 krin.", None),
    ],
)
def test_somebody_puts_a_number_at_what_he_counted(text: str, value: str | None) -> None:
    number = put_at(query("How many people marched in Orvel?"), text)
    assert (number and number.value) == value
