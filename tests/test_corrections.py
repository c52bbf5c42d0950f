"""What an outlet took back in a note of its own answers nothing, and what it says instead does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from newsroom import card, sentences

from service.evidence.corrections import in_their_place, put_right, taken_back, without
from service.query.question_analysis import Wanted
from service.types import Evidence

STORY = sentences(
    card("s", "Mill to close", publisher="The Echo", published_on=date(2025, 7, 31)),
    "The Orvel mill will close at the end of March 2026.",
    "It has 230 workers.",
)
NOTE = (
    "In our report of 31 July we stated that the Orvel mill would close at the end of March 2026.",
    "That was wrong.",
    "The mill will close at the end of May 2026.",
)


def note(
    *told: str, outlet: str = "The Echo", day: int = 2, title: str = "Correction"
) -> list[Evidence]:
    return sentences(card("n", title, publisher=outlet, published_on=date(2025, 8, day)), *told)


def test_a_note_takes_back_the_sentence_that_it_repeats_and_says_what_is_right() -> None:
    ranked = [*STORY, *note(*NOTE)]
    (one,) = taken_back(ranked)
    assert (one.wrong.text, one.note.text, one.right.text) == (STORY[0].text, NOTE[0], NOTE[2])
    assert [item.text for item in without(ranked, [one])] == [STORY[1].text, *NOTE[1:]]
    assert [item.text for item in put_right([STORY[0], ranked[2], STORY[1]], [one])] == [
        NOTE[2],
        STORY[1].text,
    ]


def test_a_note_of_one_sentence_stands_for_itself() -> None:
    told = (
        "An earlier version said the Orvel mill would close in March 2026; it closes in May 2026."
    )
    ranked = [*STORY, *note(told)]
    (one,) = taken_back(ranked)
    assert one.note == one.right
    assert [item.text for item in without(ranked, [one])] == [STORY[1].text, told]


@pytest.mark.parametrize(
    "other",
    [
        note(*NOTE, outlet="The Dawn"),  # of others nobody takes anything back
        note(NOTE[0].replace("March 2026", "April 2026")),  # what it did not say
        note("We stated that the dam of Tarn opens at the end of March 2026."),  # another thing
        note("As we stated, the Orvel mill will close at the end of March 2026."),
        # told again, and not taken back
        note(NOTE[0], "The union meets on 4 August 2025.", title="Mill workers meet"),
        note("We stated that the Tarn mill would close."),  # another name, and no number or day
    ],
)
def test_nothing_else_is_taken_back(other: list[Evidence]) -> None:
    assert taken_back([*STORY, *other]) == ()


def test_a_note_without_figures_takes_back_what_has_all_its_names_and_words() -> None:
    story = sentences(
        card("s", "Head of school goes", publisher="The Echo", published_on=date(2025, 7, 31)),
        "The head of Orvel Primary School, Piet Ansgar, has resigned after a quarrel.",
    )
    for told in (
        "Last week we reported that the head of Orvel Primary School, Piet Ansgar, had resigned.",
        "Our report that Piet Ansgar, the head of Orvel Primary School, had resigned was wrong.",
    ):
        ranked = [*story, *note(told, "This was incorrect.", "Mr Ansgar is on leave.")]
        (one,) = taken_back(ranked)
        assert one.wrong == story[0] and one.right.text == "Mr Ansgar is on leave."
    plain = note("We reported that Piet Ansgar had resigned.", "Parents are angry.", title="School")
    assert taken_back([*story, *plain]) == ()


def test_an_earlier_note_takes_nothing_back() -> None:
    before = sentences(
        card("n", "Correction", publisher="The Echo", published_on=date(2025, 7, 30)), *NOTE
    )
    assert taken_back([*STORY, *before]) == ()


BARE = (
    "We said that the Orvel mill would close in March 2026.",
    "The correct date is May 2026.",
)


@pytest.mark.parametrize(
    ("told", "wanted", "left"),
    [
        (NOTE, "date", [NOTE[2], STORY[1].text, NOTE[1]]),
        (BARE, "date", [*BARE, STORY[1].text]),  # it is not understood without the note
        (NOTE, "person", [STORY[0].text, STORY[1].text, *NOTE]),
    ],
)
def test_what_is_right_stands_where_the_wrong_sentence_stood(
    told: tuple[str, ...], wanted: Wanted, left: list[str]
) -> None:
    found = [*STORY, *note(*told)]
    ranked = [replace(item, relevance=0.9 - 0.1 * n) for n, item in enumerate(found)]
    placed = in_their_place(ranked, taken_back(ranked), wanted)
    assert [item.text for item in placed] == left


@pytest.mark.parametrize(
    ("told", "note_at", "right_at"),
    [
        (("We gave the wrong number of workers that the Orvel mill has.", "It is 130, not 230."), 0, 1),
        (("The Orvel mill has 130 workers, not 230.", "We are sorry."), 0, 0),
    ],
)  # fmt: skip
def test_a_note_may_name_what_was_wrong_behind_not(
    told: tuple[str, ...], note_at: int, right_at: int
) -> None:
    story = sentences(STORY[0].article, "The Orvel mill has 230 workers.")
    (one,) = taken_back([*story, *note(*told)])
    assert (one.wrong, one.note.text, one.right.text) == (story[0], told[note_at], told[right_at])


@pytest.mark.parametrize(
    "told",
    [
        ("The Orvel mill has 130 workers, not 230.",),  # who says that this outlet was wrong?
        ("It has the wrong number of workers, the mill says.", "It needs 130 and 230 barns."),
    ],
)
def test_not_alone_takes_nothing_back(told: tuple[str, ...]) -> None:
    story = sentences(STORY[0].article, "The Orvel mill has 230 workers.")
    assert taken_back([*story, *note(*told, title="Mill workers meet")]) == ()


def test_what_we_said_is_taken_back_in_any_article() -> None:
    story = sentences(STORY[0].article, "The Orvel mill has 230 workers.")
    told = note("The Orvel mill has 130 workers, not 230 as we stated.", title="Mill workers meet")
    (one,) = taken_back([*story, *told])
    assert one.right.text == told[0].text
