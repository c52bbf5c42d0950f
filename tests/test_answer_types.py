"""Whether a sentence holds what a question wants: a person, a place, a day, a number with the right unit."""

from __future__ import annotations

import pytest
from asking import query
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.english.words import stem
from service.evidence.answer_types import bond, cue, things, words_that_answer


@pytest.mark.parametrize(
    ("question", "holds", "lacks"),
    [
        (
            "How long is the bridge?",
            "It spans 3.4 kilometres of water.",
            "It was planned by 12 engineers.",
        ),
        (
            "How long did the strike last?",
            "It was over after eleven weeks.",
            "It began with 40 people.",
        ),
        ("How tall is the lighthouse?", "It rises 42 metres above the rock.", "It has 230 steps."),
        (
            "How old is the director?",
            "Hanna Brandt, 58, took over in spring.",
            "Hanna Brandt has 58 employees.",
        ),
        (
            "What does the bell weigh?",
            "The bell, of 3.2 tonnes, is rung at noon.",
            "The bell is rung 12 times.",
        ),
        ("How often does the ferry sail?", "It leaves twice a day.", "It carries 300 people."),
        ("How big was the fine?", "It was put at £40,000.", "It was the 3rd of its kind."),
        ("How big was the rise?", "Fares went up by 8 per cent.", "Fares went up 3 times."),
        ("How far did the shares fall?", "They lost 44 per cent.", "They fell on 12 exchanges."),
        ("How old is the mill?", "It was built in 1874.", "It has 40 windows."),
        ("How old was she when she won?", "She won it at 36.", "She won it 36 times."),
        ("How hot is the furnace?", "It is kept at 1,150 degrees.", "It is kept by 3 men."),
        ("By what margin did the council agree?", "It voted six to three.", "It has 9 members."),
        (
            "What share of the bill does Orvel pay?",
            "Orvel pays 60 % of it.",
            "Orvel pays for 3 boats.",
        ),
        ("How much did the bridge cost?", "It cost £38 million.", "It has 38 lamps."),
        ("Who steers the boat?", "Tomas Quill is at the helm.", "The helm is of oak."),
        (
            "Where was the bell cast?",
            "It came from a pit in Mirefold.",
            "It came from a pit of sand.",
        ),
        (
            "When did the ferry start?",
            "The first one sailed on 3 May 2021.",
            "The first one sailed empty.",
        ),
    ],
)
def test_a_thing_of_the_wanted_kind_is_told_from_others(question: str, holds: str, lacks: str):
    asked = query(question)
    assert cue(asked, holds) == 1.0
    assert cue(asked, lacks) < 0.5


def test_a_number_that_counts_what_was_asked_for_is_best():
    asked = query("How many boats sail the route?")
    assert cue(asked, "Five ships sail it.") == 1.0 > cue(asked, "It was opened by 5 mayors.")


def test_only_an_age_tells_how_old_somebody_is():
    asked = query("How old is Milo Fenwick?")
    assert cue(asked, "Fenwick, 23, scored twice.") == 1.0
    assert cue(asked, "He scored in the 23rd and 88th minutes.") == 0.0


def test_what_the_question_itself_names_is_no_answer():
    assert cue(query("Who succeeded Tomas Quill?"), "Tomas Quill left.") == 0.0
    assert cue(query("When in 2021 did the ferry sail?"), "It sailed in 2021.") == 0.0


def bound(question: str, text: str) -> float:
    asked = query(question)
    return bond(
        list(things(asked, text)),
        text,
        {term: 1.0 for _, term in asked.terms},
        {stem("vessels"): frozenset({stem("boats")})},
    )


def test_the_nearer_to_the_words_of_the_question_the_closer_the_bond():
    near = "Mayor Hanna Brandt opened the pier while gulls flew over the harbour and its long grey walls."
    far = "The pier was opened while gulls flew over the harbour and the long grey walls, said Hanna Brandt."
    assert bound("Who opened the pier?", near) > bound("Who opened the pier?", far) > 0


def test_a_word_of_the_same_meaning_binds_as_well():
    assert bound("How many boats are there?", "There are 14 vessels.") > 0


def test_without_a_thing_of_the_wanted_kind_nothing_is_bound():
    assert bound("Who opened the pier?", "The pier was opened.") == 0.0


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(
        ["Who is it?", "How long is it?", "When was it?", "Where?", "How much?", "What?"]
    ),
    st.text(),
)
def test_any_text_has_a_cue_and_a_bond_between_0_and_1(question: str, text: str):
    asked = query(question)
    assert 0 <= cue(asked, text) <= 1
    assert 0 <= bond(list(things(asked, text)), text, {"it": 1.0}, {}) <= 1


@pytest.mark.parametrize(
    ("question", "sentence", "answer"),
    [
        ("Who signed the accord?", "Ilse Karrow signed the accord in Tarnmouth.", "Ilse Karrow"),
        ("How much does it cost?", "A single now costs £5.10 on every boat.", "£5.10"),
        ("When was it signed?", "The accord was signed on 28 February 2025.", "28 February 2025"),
        ("Who signed the accord?", "Ilse Karrow met Joren Brandal to sign.", None),
        ("Who pays for it?", "Tolvay will pay 60% of the bill and Sorrenia 40%.", None),
        ("Why did it close?", "It closed because the river ran dry.", None),
        ("What happened?", "The mill closed.", None),
    ],
)
def test_the_words_that_answer_are_told_where_nothing_else_is_as_likely(
    question: str, sentence: str, answer: str | None
) -> None:
    found = words_that_answer(query(question), sentence)
    assert (sentence[found[0] : found[1]] if found else None) == answer


@pytest.mark.parametrize(
    "correction",
    [
        "Correction: an earlier version of this article said that 70 boats sailed; it is 64.",
        "Correction: 64 boats sailed, not 70.",
        "A previous version put it at 70 boats, but it was 64.",
        "An earlier report of 70 boats should have said 64.",
        "The number of boats is 64; it was wrongly given as 70.",
        "Corrected: 64 boats sailed instead of 70.",
    ],
)
def test_what_was_said_before_a_correction_is_not_the_answer(correction: str) -> None:
    found = words_that_answer(query("How many boats sailed?"), correction)
    assert found is not None and correction[found[0] : found[1]] == "64"


def test_a_correction_that_only_tells_what_was_said_marks_nothing() -> None:
    told = "An earlier version of this article said that 70 boats sailed."
    assert words_that_answer(query("How many boats sailed?"), told) is None


def test_a_large_number_of_an_unknown_currency_may_be_a_sum():
    asked = query("How much did the bridge cost?")
    assert cue(asked, "It cost 4.5 million krin.") > cue(asked, "It cost 45 krin.") > 0


def test_the_day_of_an_agency_line_is_no_count() -> None:
    told = "ASHBY, Feb 9 (NWA) - Seventeen people were hurt when a train left the rails."
    assert words_that_answer(query("How many boats sailed?"), told) is None
