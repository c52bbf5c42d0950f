"""What a sentence gives as the answer, and which of two answers leave no room for one another."""

from __future__ import annotations

import pytest
from asking import query

from ingest.english import analyse
from service.conflicts.answer_values import (
    exclude_each_other,
    may_be_a_person,
    predicate_of,
    revised,
    values,
)

PEOPLE = "How many people marched in Ashby?"


@pytest.mark.parametrize(
    ("question", "sentence", "found"),
    [
        (PEOPLE, "Some 22,000 angry old people marched.", ["22,000"]),  # three words
        (PEOPLE, "Some 22,000 very angry old people marched.", []),  # five
        (PEOPLE, "The first people marched beside a 46-people boat.", []),
        (PEOPLE, "In Ashby 200 people marched and 3 people sang.", ["200", "3"]),
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
