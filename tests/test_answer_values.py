"""What value a sentence gives in answer to a question, and whether two sentences give it of one event or thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from asking import query
from newsroom import card, sentences

from ingest.english import analyse
from service.conflicts.answer_values import (
    exclude_each_other,
    may_be_a_person,
    predicate_of,
    same_matter,
    values,
)
from service.conflicts.revisions import answered_by, revised
from service.types import Evidence

PEOPLE = "How many people marched in Ashby?"


@pytest.mark.parametrize(
    ("question", "sentence", "found"),
    [
        (PEOPLE, "Some 22,000 angry old people marched.", ["22,000"]),  # three words
        (PEOPLE, "Some 22,000 very angry old people marched.", []),  # five
        (PEOPLE, "The first people marched beside a 46-people boat.", []),
        (PEOPLE, "In Ashby 200 people marched and 3 people sang.", ["200"]),
        ("How much did the pool cost?", "It cost £4 million and took 3 years.", ["£4 million"]),
        ("When did the pool open?", "It opened on 4 May 2025, a Sunday.", ["4 May 2025"]),
        ("Who opened the pool?", "Ida Crane opened it with a speech in Loam.", ["Ida Crane"]),
        ("Who opened the pool?", "Ida Crane sat and one two three opened it.", ["Ida Crane"]),
        ("Who opened the pool?", "Ida Crane sat and one two three four opened it.", []),
        ("Did the council approve the quarry?", "The council approved the quarry.", ["yes"]),
        ("Did the council approve the quarry?", "The council did not approve the quarry.", ["no"]),
        ("What happened in Ashby?", "Some 22,000 people marched.", []),
        (PEOPLE, "Four people had gone home by themselves.", []),  # of these nobody asks
        (PEOPLE, "There were 138 people on board.", ["138"]),
        (PEOPLE, "An earlier version said 300 people marched.", []),
        (PEOPLE, "**14.20** 13,000 people have marched through the town.", ["13,000"]),
    ],
)
def test_a_sentence_gives_values_of_the_wanted_kind(
    question: str, sentence: str, found: list[str]
) -> None:
    given = values(query(question), sentence)
    assert sorted(given.values()) == sorted(found)


@pytest.mark.parametrize(
    ("one", "other", "excluded"),
    [
        ("40 people marched.", "95 people marched.", True),
        ("40 people marched.", "40 people marched.", False),
        ("About 1,000 people marched.", "1,050 people marched.", False),
        ("About 1,000 people marched.", "1,060 people marched.", True),
        ("More than 1,000 people marched.", "1,250 people marched.", False),
        ("More than 1,000 people marched.", "1,260 people marched.", True),
        ("More than 1,000 people marched.", "940 people marched.", True),
        ("40 people marched.", "It rained.", False),
    ],
)
def test_values_of_one_thing_exclude_each_other_unless_they_are_about_the_same(
    one: str, other: str, excluded: bool
) -> None:
    mine, theirs = (values(query(PEOPLE), text) for text in (one, other))
    assert exclude_each_other(one, mine, other, theirs) == excluded
    assert exclude_each_other(other, theirs, one, mine) == excluded


@pytest.mark.parametrize(
    ("question", "predicate"),
    [
        ("Did the council approve the quarry?", "approv"),
        ("Did Mayor Reed resign?", "resign"),
        ("Was the council of Ashby sued?", "su"),
        ("Is it?", None),
    ],
)
def test_a_yes_or_no_is_about_the_predicate(question: str, predicate: str | None) -> None:
    assert predicate_of(question) == predicate


DEAL = "Did the council approve the quarry?"


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            "The council never once in bitter years approved the quarry.",
            ["no"],
        ),  # three words before
        ("The council never once in cold bitter years approved the quarry.", ["yes"]),  # far off
        ("Not even so, the council approved the quarry.", ["yes"]),  # another clause
        ("Few of the council approved the quarry.", ["no"]),
        ("The council rejected the quarry.", ["no"]),
        ("The council did not reject the quarry.", ["yes"]),
        ("The council approved the quarry and rejected the mill.", []),
        ("It is unclear if the council approved the quarry.", ["unclear"]),
        ("Whether the council likes it is unclear.", []),  # one word of three
        ("It is unclear what the council wants with the quarry.", ["unclear"]),  # two
    ],
)
def test_a_sentence_says_yes_or_no_or_that_nobody_knows(sentence: str, found: list[str]) -> None:
    assert list(values(query(DEAL), sentence).values()) == found


@pytest.mark.parametrize(
    ("one", "other", "excluded"),
    [
        ("Tim Cook opened it.", "Tim Cook Received opened it.", False),
        ("Tim Cook opened it.", "Ida Cook opened it.", True),
        ("Ida Crane opened it.", "Tom Reed opened it.", True),
    ],
)
def test_a_name_that_holds_another_leaves_room_for_it(one: str, other: str, excluded: bool) -> None:
    found = [values(query("Who opened the pool?"), text) for text in (one, other)]
    (mine,), (theirs,) = (list(given.values()) for given in found)
    given = ({mine.lower(): mine}, {theirs.lower(): theirs})
    assert exclude_each_other(one, given[0], other, given[1]) == excluded


@pytest.mark.parametrize(
    ("text", "name", "person"),
    [
        ("SS Valencia sank.", "SS Valencia", False),
        ("China said so.", "China", False),
        ("It was seen in Ashby.", "Ashby", False),
        ("It was seen by Ashby.", "Ashby", True),
        ("Ida Crane said so.", "Ida Crane", True),
    ],
)
def test_a_person_is_no_ship_country_or_place(text: str, name: str, person: bool) -> None:
    found = next(n for n in analyse(text).names if text[n.start : n.end] == name)
    assert may_be_a_person(text, found) == person


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The report raises the number of the injured from 17 to 21.", ("17", "21")),
        ("The number of beds has been cut from 48 to 40 to save money.", ("48", "40")),
        ("The bus runs from Ashby to Loam.", None),
        ("It is open from 10 a.m. on.", None),
    ],
)
def test_a_sentence_says_from_what_to_what_a_number_was_changed(
    text: str, found: tuple[str, str] | None
) -> None:
    anew = revised(text)
    assert (anew and (anew[0], *anew[1])) == found


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


def test_what_the_article_said_before_and_in_that_passage_counts_and_nothing_later() -> None:
    one = told("a", "The Loam ferry hit a pier.", "Four sailors were hurt when the ferry hit it.")
    told_before = told(
        "b", "In Loam it was dark.", "Nine sailors were hurt when a ferry hit a pier."
    )
    assert same(HURT, one, told_before)
    said, later = told("b", "Nine sailors were hurt when a ferry hit a pier.", "It was in Loam.")
    query_, mine = query(HURT), one[-1]
    assert same_matter(query_, [*one, said, later], mine, said, settles=False)
    later = replace(later, passage_id="b-p9")
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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The toll was lowered from nine to seven.", ({"7": "seven"}, True)),
        ("The mill loses 7 of 80 staff, and denied that it was 9.", ({"7": "7"}, False)),
        ("The mill denied that it was 9.", None),
        ("The mill loses 7 of 80 staff, and said that it was 9.", None),
        ("The mill loses 7 of 80 staff, and denied that it was 12.", None),
    ],
)
def test_a_sentence_may_say_what_it_is_instead_of_another_account_s_number(
    text: str, found: tuple[dict[str, str], bool] | None
) -> None:
    assert answered_by(text, {"9": "nine"}) == found
