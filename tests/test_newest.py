"""Of several accounts the newest is told: who holds an office, how a thing stands, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from asking import query
from newsroom import card, sentences

from service.drafting.extractive import draft
from service.drafting.newest import ANEW, OF_IT, asks_of_a_state, outdated, own_note
from service.types import ArticleCard, Evidence

FIRST = card("first", "Ferry news", published_on=date(2023, 2, 14))
LATER = card("later", "Harbour firm misses its date", published_on=date(2024, 6, 28))
SAILS = "The Ida Bell went back into service in January after a long refit."
GONE = "The Ida Bell will not come back, the firm said."
STILL = "Is the Ida Bell still in service?"


def told(text: str, relevance: float, by: ArticleCard = LATER) -> Evidence:
    return replace(sentences(by, text)[0], relevance=relevance)


def drafted(question: str, *ranked: Evidence) -> list[str]:
    best_first = sorted(ranked, key=lambda item: -item.relevance)
    return [one.text for one in draft(query(question), best_first)]


@pytest.mark.parametrize(
    "question", [STILL, "Where did the Ida Bell end up?", "What became of the Ida Bell?"]
)
def test_how_a_thing_stands_is_told_by_the_latest_article_that_names_it(question: str) -> None:
    assert drafted(question, told(SAILS, 0.9, FIRST), told(GONE, 0.2)) == [GONE]


def test_what_happened_once_is_told_by_whoever_tells_it_best() -> None:
    first, later = told(SAILS, 0.9, FIRST), told(GONE, 0.2)
    assert drafted("When did the Ida Bell go back into service?", first, later)[0] == SAILS
    assert drafted("Did the Ida Bell go back into service?", first, later)[0] == SAILS


@pytest.mark.parametrize(("share", "days", "first"), [
    (OF_IT, 30, GONE), (0.98 * OF_IT, 30, SAILS), (OF_IT, 29, SAILS),
])  # fmt: skip
def test_it_is_of_a_later_month_and_near_enough(share: float, days: int, first: str) -> None:
    by = replace(LATER, published_on=date(2023, 2, 14) + timedelta(days))
    assert drafted(STILL, told(SAILS, 1.0, FIRST), told(GONE, share, by))[0] == first


@pytest.mark.parametrize("later", [
    told("The Mary Rose will not come back.", 0.2),
    told(GONE, 0.2, replace(LATER, published_on=None)),
])  # fmt: skip
def test_another_thing_or_an_undated_account_is_not_the_latest(later: Evidence) -> None:
    assert drafted(STILL, told(SAILS, 0.9, FIRST), later)[0] == SAILS


def test_a_thing_without_a_name_is_told_of_in_the_same_words() -> None:
    runs = told("The night bus on route 9 runs every hour.", 0.9, FIRST)
    asked = "Is the route 9 night bus still running?"
    for text, first in (
        ("The night bus on route 9 was withdrawn on Saturday.", True),
        ("Drivers on that route sue over pay, and union leaders back them at night.", False),
    ):  # fmt: skip
        assert (drafted(asked, runs, told(text, 0.2))[0] == text) is first
    assert ANEW == 0.4


def test_no_older_account_follows_where_the_present_is_asked_for() -> None:
    new = told("Ed Moss, who fought the plan for years, leads the council.", 0.9)
    old = told("Ed Moss led the opposition to the plan in the council.", 0.8, FIRST)
    dated = told("In May 2022 Ed Moss was the council's whip.", 0.8, FIRST)
    assert drafted("Is Ed Moss still in opposition in the council?", new, old) == [new.text]
    asked = query("What is Ed Moss doing in the council now?")
    assert outdated(asked, old, new) and not outdated(asked, dated, new)
    assert not outdated(asked, new, old) and not outdated(query("What did Ed Moss do?"), old, new)
    month = replace(old.article, published_on=date(2024, 5, 30))
    assert not outdated(asked, replace(old, article=month), new)


DEAL = "Mira Dost, chief executive of Hallow Foods, welcomed the deal."
RESULTS = "It was the first report of Tobias Wren, who became chief executive in May."
PROFIT = card("profit", "Hallow Foods: profit slips", published_on=date(2025, 7, 30))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (RESULTS, True),
        ("It was the first report since the former chief executive, Tobias Wren, left.", False),
        ("It was the first report of Tobias Wren, who became chairman in May.", False),
        ("It was the first report that the chief executive signed.", False),
    ],
)
def test_the_latest_that_names_somebody_in_an_office_tells_who_holds_it(
    text: str, first: bool
) -> None:
    ranked = told(DEAL, 0.9, FIRST), told(text, 0.01, PROFIT)
    for asked in ("Who is the chief executive of Hallow Foods?", "Who leads Hallow Foods?"):
        if asked.startswith("Who is") or "chairman" not in text:
            assert (drafted(asked, *ranked)[0] == text) is first
    other = replace(PROFIT, title="Corbel Glass: profit slips")
    assert drafted("Who is the chief executive of Hallow Foods?", ranked[0], told(text, 0.01, other))[0] == DEAL  # fmt: skip


def test_of_two_that_were_appointed_the_last_is_told() -> None:
    pike = told("The Rovers appointed Dan Pike as coach on Thursday.", 0.9, FIRST)
    lunn = told("The Rovers appointed Sara Lunn as coach in January.", 0.1)
    assert drafted("Who did the Rovers appoint as coach?", pike, lunn)[0] == lunn.text
    sacked = told("The Rovers sacked their coach Dan Pike, and Sara Lunn wept.", 0.1)
    assert drafted("Who did the Rovers appoint as coach?", pike, sacked)[0] == pike.text


RACE = (
    "Greta Ohlin broke the record of the Loam ten miles in 52:11.",
    "It was a cool day.",
    "NOTE, 7 October: The course was 150 metres short.",
    "The times will not count as records.",
    "Buses were late.",
)


def race(*texts: str) -> list[Evidence]:
    made = sentences(FIRST, *texts)
    return [replace(item, relevance=0.9 / (n + 1)) for n, item in enumerate(made)]


def test_a_note_in_the_article_itself_goes_before_what_it_takes_back() -> None:
    assert drafted("Does Greta Ohlin hold the record?", *race(*RACE)) == [RACE[2], RACE[3]]
    assert drafted("Who holds the record at Loam?", *race(*RACE)) == [RACE[2], RACE[3], RACE[0]]


def test_a_note_on_something_else_changes_nothing() -> None:
    for asked in ("Did Greta Ohlin win at Loam?", "How fast was Greta Ohlin?"):
        found = drafted(asked, *race(*RACE))
        assert found[0] == RACE[0]
    plain = race(*(text.replace("NOTE, 7 October: ", "") for text in RACE))
    assert own_note(query("Does Greta Ohlin hold the record?"), plain[0], plain) == []


def test_a_state_is_asked_for_by_still_and_by_what_became_of_it() -> None:
    asked: Sequence[tuple[str, bool]] = (
        (STILL, True),
        ("Has the bridge reopened yet?", True),
        ("What became of the bridge?", True),
        ("Is the bridge a listed one?", False),
        ("Was the bridge still open then?", False),
        ("Who is still missing?", False),
    )
    assert [asks_of_a_state(query(text)) for text, _ in asked] == [state for _, state in asked]
