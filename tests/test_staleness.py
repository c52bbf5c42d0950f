"""Which answers carry the date of their source, and in which words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from asking import query
from newsroom import card, sentences

from service.conflicts.staleness import changes, note

CHANGING = [
    "How much is a single ticket to Skerra?",
    "Who is the prime minister of Sorrenia?", "Who is the mayor of Ashby?", "Who leads the regulator?", "Who's the chair?",
    "Who is the current champion?", "Which party is in charge of the council?", "How many ferries serve Skerra now?",
    "How many people have died so far?", "What is the price of a ticket?", "What is the population of Skerra?",
    "How much does a ticket cost?", "How many people work at the mill?", "Is the bridge still closed?",
    "What is the latest estimate for the terminal?",
]  # fmt: skip
TIMELESS = [
    "Who was the mayor in 1999?", "Who won the regatta?", "When was the accord signed?", "How deep is the trench?",
    "Why did the mill close?", "How many people marched?", "What does the bell weigh?", "Who wrote the article?",
    "How many jobs were lost?", "Who is Ottoline Brake?", "Where is the quay?",
]  # fmt: skip


@pytest.mark.parametrize("question", CHANGING)
def test_a_question_about_what_changes_is_told(question: str) -> None:
    assert changes(query(question))


@pytest.mark.parametrize("question", TIMELESS)
def test_a_question_about_what_stays_is_left_alone(question: str) -> None:
    assert not changes(query(question))


MAYOR = query("Who is the mayor of Ashby?")


@pytest.mark.parametrize(
    ("published", "as_of", "written"),
    [
        ("2026-11-01", None, "This was reported on 1 November 2026."),
        ("2026-03-01", None, "This was reported on 1 March 2026, about 9 months ago."),
        ("2025-11-20", None, "This was reported on 20 November 2025, about a year ago."),
        ("2021-11-20", None, "This was reported on 20 November 2021, over 5 years ago."),
        (
            "2024-05-16",
            "2024-12-31",
            "This was reported on 16 May 2024, about 8 months before 31 December 2024.",
        ),
        ("2024-12-20", "2024-12-31", "This was reported on 20 December 2024."),
    ],
)
def test_the_day_is_said_and_the_age_where_it_is_old(
    published: str, as_of: str | None, written: str
) -> None:
    cited = sentences(
        card(published_on=date.fromisoformat(published)), "Ida Crane is the mayor of Ashby."
    )

    told_of = note(
        MAYOR,
        "Ida Crane is the mayor of Ashby [1].",
        cited,
        as_of and date.fromisoformat(as_of),
        date(2026, 11, 21),
    )

    assert told_of == (written, (cited[0],))


def test_of_several_sources_the_newest_counts() -> None:
    old = sentences(card("a", published_on=date(2025, 1, 1)), "Ida Crane is the mayor.")
    new = sentences(card("b", published_on=date(2026, 11, 1)), "Mayor Ida Crane spoke.")

    told_of = note(MAYOR, "", [*old, *new], None, date(2026, 11, 21))

    assert told_of is not None and told_of[1] == (new[0],) and "1 November 2026" in told_of[0]


def test_an_undated_source_is_called_so_where_the_question_is_about_now() -> None:
    cited = sentences(card(), "Ida Crane is the mayor of Ashby.")

    assert note(MAYOR, "", cited, None, date(2026, 11, 21)) == (
        "The source is undated.",
        (cited[0],),
    )
    assert (
        note(query("How many people work at the mill?"), "", cited, None, date(2026, 11, 21))
        is None
    )


def test_a_day_that_the_answer_names_is_not_said_twice() -> None:
    cited = sentences(
        card(published_on=date(2026, 11, 1)), "On 1 November 2026 Ida Crane became mayor."
    )

    assert (
        note(
            MAYOR, "On 1 November 2026 Ida Crane became mayor [1].", cited, None, date(2026, 11, 21)
        )
        is None
    )


@pytest.mark.parametrize(("days", "told_in_words"), [(179, False), (180, True)])
def test_the_age_is_said_from_180_days_on(days: int, told_in_words: bool) -> None:
    today = date(2026, 11, 21)
    cited = sentences(
        card(published_on=today - timedelta(days)), "Ida Crane is the mayor of Ashby."
    )

    said = note(MAYOR, "", cited, None, today)

    assert said is not None and ("ago" in said[0]) == told_in_words
