"""Whether two sentences are accounts of one event or thing: by names, days, and the words of the question."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from asking import query
from newsroom import card, sentences

from service.conflicts.same_matter import same_matter
from service.types import Evidence

FIRST = date(2025, 3, 3)


def told(name: str, *texts: str, title: str = "", days: int | None = 0) -> list[Evidence]:
    """The sentences of an article that came out so many days after the first one."""
    day = None if days is None else FIRST + timedelta(days=days)
    return sentences(card(name, title, publisher=f"Outlet {name}", published_on=day), *texts)


def same(
    question: str, one: list[Evidence], other: list[Evidence], *, settles: bool = False
) -> bool:
    """Whether the last sentences of two articles speak of the same."""
    return same_matter(query(question), [*one, *other], one[-1], other[-1], settles=settles)


HURT = "How many sailors were hurt when the Loam ferry hit the pier?"


@pytest.mark.parametrize(
    ("other", "same_then"),
    [
        ("The ferry in Loam hit a pier and nine sailors were hurt.", True),
        ("The ferry hit a pier in Ashby and nine sailors were hurt.", False),  # no Loam
        ("In Loam a ferry had nine sailors aboard.", False),  # two of its six words
    ],
)
def test_an_account_has_the_names_and_most_words_of_the_question(
    other: str, same_then: bool
) -> None:
    one = told("a", "Four sailors were hurt when the Loam ferry hit a pier.")
    assert same(HURT, one, told("b", other)) == same_then


FAR_OFF = "as the radio told us twice before noon, with music after it"


@pytest.mark.parametrize(("name", "same_then"), [("Crane", True), ("Ida", False)])
def test_a_last_name_is_enough(name: str, same_then: bool) -> None:
    one = told("a", "Ida Crane of Loam raised 40 sheep on the hill.")
    other = told("b", f"Some 90 sheep were raised on the hill of Loam by {name}, {FAR_OFF}.")
    assert same("How many sheep did Ida Crane raise on the hill of Loam?", one, other) == same_then


@pytest.mark.parametrize(
    ("name", "same_then"),
    [("the Loam Harbour Rescue", True), ("Loam Harbour", True), ("Loam", False)],
)
def test_of_a_long_name_two_words_are_enough(name: str, same_then: bool) -> None:
    one = told("a", "The Loam Harbour Rescue saved 40 sailors in the storm at Ashby.")
    other = told("b", f"In the storm at Ashby 90 sailors were saved by {name}, {FAR_OFF}.")
    question = "How many sailors did the Loam Harbour Rescue save in the storm at Ashby?"
    assert same(question, one, other) == same_then


@pytest.mark.parametrize(("number", "same_then"), [("12", True), ("14", False), ("some", False)])
def test_a_number_of_the_question_stands_in_both(number: str, same_then: bool) -> None:
    one = told("a", "Storm 12 hurt 40 sailors at Loam pier.")
    other = told(
        "b", f"Some 90 sailors were hurt by storm {number} at the pier of Loam, {FAR_OFF}."
    )
    assert same("How many sailors did storm 12 hurt at the Loam pier?", one, other) == same_then


@pytest.mark.parametrize(
    ("words", "same_then"),
    [("sailors hurt at the pier", True), ("sailors at the pier", False)],  # four and three of six
)
def test_six_words_of_ten_of_one_account_stand_in_the_other(words: str, same_then: bool) -> None:
    one = told("a", "Four sailors were hurt when the Loam ferry hit a pier.")
    other = told("b", f"There were nine {words} of Loam, {FAR_OFF}.")
    assert same(HURT, one, other) == same_then


@pytest.mark.parametrize(("town", "same_then"), [("Skerra", True), ("Corbel", False)])
def test_two_names_in_common_make_up_for_words(town: str, same_then: bool) -> None:
    one = told("a", "Four sailors of Skerra were hurt when the Loam ferry hit a pier.")
    other = told("b", f"Nine came home to {town} from Loam, {FAR_OFF}.")
    assert same(HURT, one, other) == same_then


def test_what_the_article_said_before_counts_and_what_it_says_later_does_not() -> None:
    one = told("a", "The Loam ferry hit a pier.", "Four sailors were hurt when the ferry hit it.")
    told_before = told(
        "b", "In Loam it was dark.", "Nine sailors were hurt when a ferry hit a pier."
    )
    assert same(HURT, one, told_before)
    said, later = told("b", "Nine sailors were hurt when a ferry hit a pier.", "It was in Loam.")
    query_, mine = query(HURT), one[-1]
    assert not same_matter(query_, [*one, said, later], mine, said, settles=False)


@pytest.mark.parametrize(
    ("days", "settles", "same_then"),
    [(7, False, True), (8, False, False), (8, True, True), (None, True, False)],
)
def test_accounts_stand_within_a_week_unless_one_left_the_matter_open(
    days: int | None, settles: bool, same_then: bool
) -> None:
    one = told("a", "Four sailors of Skerra were hurt when the Loam ferry hit a pier.")
    text = f"There were nine sailors hurt in Loam, and one of them is from Skerra, {FAR_OFF}."
    assert same(HURT, one, told("b", text, days=days), settles=settles) == same_then


@pytest.mark.parametrize(("town", "same_then"), [("Skerra", True), ("Corbel", False)])
def test_what_was_left_open_is_known_by_two_names(town: str, same_then: bool) -> None:
    one = told("a", "Four sailors of Skerra were hurt when the Loam ferry hit a pier.")
    text = f"There were nine sailors hurt in Loam, and one of them is from {town}, {FAR_OFF}."
    assert same(HURT, one, told("b", text, days=30), settles=True) == same_then


@pytest.mark.parametrize(
    ("text", "same_then"),
    [
        ("{far}, nine sailors were hurt when the Loam ferry hit a pier.", True),
        ("{far}, nine sailors were hurt when the Loam ferry ran into rocks near a pier.", False),
    ],
)
def test_accounts_of_different_weeks_have_every_word_of_the_question(
    text: str, same_then: bool
) -> None:
    one = told("a", "Four sailors were hurt when the Loam ferry hit a pier.")
    assert same(HURT, one, told("b", text.format(far=FAR_OFF), days=30)) == same_then


@pytest.mark.parametrize(("when", "same_then"), [("2 March 2025", True), ("9 June 2021", False)])
@pytest.mark.parametrize("days", [2, 30])
def test_what_happened_at_different_times_is_not_one_event(
    when: str, same_then: bool, days: int
) -> None:
    one = told("a", "Four sailors were hurt when the Loam ferry hit a pier on 2 March 2025.")
    other = told(
        "b", f"On {when} nine sailors were hurt when a ferry hit the Loam pier.", days=days
    )
    assert same(HURT, one, other) == same_then


@pytest.mark.parametrize(
    ("tail", "same_then"),
    [(" near rocks", True), ("", False)],  # seven stems of fourteen, and of fifteen
)
def test_sentences_made_to_one_pattern_have_every_word_of_the_question(
    tail: str, same_then: bool
) -> None:
    one = told("a", "Four sailors were hurt when the old Loam ferry hit the wet pier.")
    other = told(
        "b",
        f"Four goats were hurt when the old Loam ferry hit the pier at dawn in fog by night{tail}.",
    )
    assert same(HURT, one, other) == same_then
