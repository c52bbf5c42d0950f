"""The periods that a question names, and which evidence may answer for them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from newsroom import card, sentences

from ingest.english.periods import Period, in_words, periods, spoken, without
from service.evidence.time_filter import placed, time_of, within
from service.query.question_analysis import analyse
from service.types import Evidence, Question

TODAY = date(2026, 11, 21)  # a Saturday
RELATIVE = [
    "last year", "next year", "this week", "next week", "last weekend", "last winter", "90 decades ago", "in March",
    "in the past 20 years", "yesterday", "since last month", "on Monday", "next December", "on 29 February",
]  # fmt: skip


def only(question: str, today: date | None = TODAY) -> Period:
    found = periods(question, today)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What happened in April 2024?", "2024-04-01", "2024-04-30"),
        ("What happened in 2019?", "2019-01-01", "2019-12-31"),
        ("What was said on 12 May 2024?", "2024-05-12", "2024-05-12"),
        ("What was said on May 12, 2024?", "2024-05-12", "2024-05-12"),
        ("Who resigned yesterday?", "2026-11-20", "2026-11-20"),
        ("What changed this week?", "2026-11-15", "2026-11-21"),
        ("What changed last week?", "2026-11-09", "2026-11-15"),
        ("What did the mayor say last month?", "2026-10-01", "2026-10-31"),
        ("How many strikes were there last year?", "2025-01-01", "2025-12-31"),
        ("What is planned for next year?", "2027-01-01", "2027-12-31"),
        ("Who spoke on Monday?", "2026-11-16", "2026-11-16"),
        ("Who spoke on Sunday, Jan. 7, 2024?", "2024-01-07", "2024-01-07"),
        ("Who spoke on Sunday 7 January 2024?", "2024-01-07", "2024-01-07"),
        ("What did the council decide on Monday, mayor?", "2026-11-16", "2026-11-16"),
        ("Who was to march on Monday, may I ask?", "2026-11-16", "2026-11-16"),
        ("Which Monday marches drew a crowd on Monday separately?", "2026-11-16", "2026-11-16"),
        ("What happened in the past two years?", "2024-11-21", "2026-11-21"),
        ("What happened three weeks ago?", "2026-10-28", "2026-11-03"),
        ("What happened two years ago?", "2024-01-01", "2024-12-31"),
        ("How many strikes were there since March 2025?", "2025-03-01", "2026-11-21"),
        ("What happened between 2019 and 2021?", "2019-01-01", "2021-12-31"),
        ("What happened from March to June 2020?", "2020-03-01", "2020-06-30"),
        ("Who was mayor before June 2020?", None, "2020-05-31"),
        ("Who was mayor after June 2020?", "2020-07-01", None),
        ("Who was mayor until 2020?", None, "2020-12-31"),
        ("What closed in the 1990s?", "1990-01-01", "1999-12-31"),
        ("What happened in early 2024?", "2024-01-01", "2024-04-30"),
        ("What was the rate in the third quarter of 2022?", "2022-07-01", "2022-09-30"),
        ("What happened in the summer of 2023?", "2023-06-01", "2023-09-30"),
    ],
)
def test_a_date_in_a_question_becomes_a_period(
    question: str, first: str | None, last: str | None
) -> None:
    found = only(question)

    assert (found.first, found.last) == tuple(
        day and date.fromisoformat(day) for day in (first, last)
    )
    assert found.strict and question[found.start : found.end] == found.words


@pytest.mark.parametrize(
    "question",
    [
        "What did she say before the election?",
        "How many boats sail today?",
        "Who is the mayor now?",
        "May he come in march step?",
        "What are the last words of the play?",
        "How does the third act end?",
        "Who ate 2,019 pies?",
    ],
)
def test_what_names_no_day_is_left_alone(question: str) -> None:
    assert periods(question, TODAY) == ()


@pytest.mark.parametrize(
    "question",
    [
        "Who won the 2022 winter games?",
        "Who died in the storm of 1893?",
        "Who was mayor when the bridge opened in 2019?",
        "How did the decision in February affect the mill?",
    ],
)
def test_a_date_that_may_be_a_name_or_an_aside_does_not_bind(question: str) -> None:
    assert not only(question).strict


def test_as_of_in_the_words_of_a_question_is_noted() -> None:
    found = only("How many ferries are there as of 31 December 2024?")

    assert found.as_of and found.last == date(2024, 12, 31) and found.first is None


def test_when_it_stood_in_the_paper_is_told_from_when_it_happened() -> None:
    assert only("Which articles were published in March 2025 about cables?").published
    assert not only("What was built in March 2025?").published


def test_words_that_count_from_today_mean_nothing_without_a_day() -> None:
    assert periods("What happened last month?", None) == ()
    assert only("What happened in May 2020?", None).first == date(2020, 5, 1)


def test_the_words_of_a_period_can_be_taken_out_of_a_question() -> None:
    question = "How many passengers did the line carry in 2022?"

    assert without(question, periods(question, TODAY)) == "How many passengers did the line carry?"
    assert without("In 2023?", periods("In 2023?", TODAY)) == "In 2023?"


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("in May 2024", "May 2024"),
        ("in 2019", "2019"),
        ("between 2019 and 2021", "2019 to 2021"),
        ("on 3 May 2024", "3 May 2024"),
        ("before June 2020", "the time up to 31 May 2020"),
        ("after June 2020", "the time from 1 July 2020 on"),
    ],
)
def test_a_period_is_spoken_as_people_write_it(question: str, written: str) -> None:
    assert spoken(only(question)) == written


@given(st.text(max_size=200) | st.sampled_from(RELATIVE), st.dates())
def test_any_text_gives_periods_in_order_that_stand_in_it(text: str, today: date) -> None:
    found = periods(text, today)

    ends = [0, *(period.end for period in found)]
    assert all(period.start >= end for period, end in zip(found, ends, strict=False))
    for period in found:
        assert text[period.start : period.end] == period.words
        assert period.first or period.last
        assert not (period.first and period.last and period.first > period.last)
        assert spoken(period)


@given(
    st.dates(date(1600, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["on {}", "since {}", "before {}", "{}"]),
)
def test_a_day_is_read_back_whatever_stands_before_it(day: date, words: str) -> None:
    question = f"What was decided {words.format(in_words(day))}?"

    found = only(question)

    expected = {"on {}": (day, day), "{}": (day, day), "before {}": (None, day - timedelta(1))}
    if words in expected:
        assert (found.first, found.last) == expected[words]
    else:
        assert found.first == day


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_last_and_this_stand_beside_one_another(today: date) -> None:
    for unit in ("month", "quarter", "year"):
        last, this = (only(f"What changed {which} {unit}?", today) for which in ("last", "this"))
        assert last.last and this.first and this.last
        assert last.last + timedelta(1) == this.first
        assert this.first <= today <= this.last


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("Who won over the past weekend?", "2026-11-14", "2026-11-15"),
        ("What happened in the past summer?", "2026-06-01", "2026-09-30"),
        ("Who left in the past January?", "2026-01-01", "2026-01-31"),
        ("What opens next weekend?", "2026-11-21", "2026-11-22"),
        ("What was earned last quarter?", "2026-07-01", "2026-09-30"),
        ("What was built this decade?", "2020-01-01", "2029-12-31"),
        ("What closed in the mid-1990s?", "1994-01-01", "1996-12-31"),
        ("What was founded in the early 1920s?", "1920-01-01", "1923-12-31"),
        ("What was said in the first half of January 2025?", "2025-01-01", "2025-01-15"),
        ("What was said in the second half of January?", "2026-01-16", "2026-01-31"),
        ("What burned in late May 2024?", "2024-05-21", "2024-05-31"),
        ("What was sold in the first half of 2024?", "2024-01-01", "2024-06-30"),
        ("What erupted in AD 79?", "0079-01-01", "0079-12-31"),
    ],
)
def test_parts_of_months_years_and_decades_lie_within_them(
    question: str, first: str, last: str
) -> None:
    found = only(question)

    assert (found.first, found.last) == (date.fromisoformat(first), date.fromisoformat(last))


def test_this_week_is_the_seven_days_that_end_today_whatever_the_weekday() -> None:
    for n in range(7):
        today = TODAY + timedelta(n)
        found = only("What changed this week?", today)
        assert (found.first, found.last) == (today - timedelta(6), today)


def test_a_day_without_a_year_lies_ahead_where_the_question_looks_ahead() -> None:
    today = date(2025, 5, 3)

    behind = periods("What expired on May 11?", today)[0]
    ahead = periods("What happens next week when the deal expires on May 11?", today)

    assert behind.first == date(2024, 5, 11)
    assert [period.first for period in ahead if period.words.endswith("May 11")] == [
        date(2025, 5, 11)
    ]


WHICH = ["last", "past", "this", "previous", "next", "since last", "in the past", "on"]
COUNTS = ["", "2", "999", "a couple of", "a", "twenty", "zero", "ninety"]
UNITS = [
    "day", "days", "week", "weekend", "weekends", "fortnight", "month", "quarters", "year", "decade", "decades", "spring",
    "summer", "autumn", "fall", "winter", "January", "may", "December", "Monday", "sunday", "first half of January", "mid-1990s",
    "early 2020s", "29 February", "late May", "Q3 2024", "AD 79", "night",
]  # fmt: skip


@given(
    st.sampled_from(WHICH),
    st.sampled_from(COUNTS),
    st.sampled_from(UNITS),
    st.sampled_from(["", " ago"]),
    st.dates(),
)
def test_every_direction_number_and_unit_is_read_without_an_error(
    which: str, count: str, unit: str, ago: str, today: date
) -> None:
    for period in periods(f"What happened {which} {count} {unit}{ago}?", today):
        assert period.first is None or period.last is None or period.first <= period.last


# --- which evidence may answer for a period ---------------------------------------------------------------------------

PUBLISHED = date(2024, 5, 16)  # a Thursday


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("The line carried 611,000 people in 2023.", "in 2023", "inside"),
        ("The line carried 611,000 people in 2023.", "in 2022", "outside"),
        ("The line carried 611,000 people in 2023.", "in 2024", "background"),
        ("The crack was found on 6 May.", "in May 2024", "inside"),
        ("The crack was found on 6 May.", "in 2021", "outside"),
        ("The ship made her last crossing on Wednesday.", "in May 2024", "inside"),
        ("The ship made her last crossing on Wednesday.", "in June 2023", "outside"),
        ("The hall opens on 8 July.", "in July 2024", "inside"),
        ("A ticket costs 4 crowns.", "in May 2024", "inside"),
        ("A ticket costs 4 crowns.", "in 2021", "outside"),
        ("A ticket costs 4 crowns.", "in 2026", "outside"),
        ("There are now five ships, up from three in 2019.", "in 2024", "open"),
        ("There are now five ships, up from three in 2019.", "in 2019", "inside"),
        ("The hall will open in 2026.", "in May 2024", "open"),
        ("Its turnover rose last year.", "in 2023", "inside"),
    ],
)
def test_a_sentence_stands_where_its_own_days_say(text: str, question: str, expected: str) -> None:
    item = sentences(card(published_on=PUBLISHED, title="On the water"), text)[0]

    assert placed(item, only(f"What was there {question}?")) == expected


def test_a_sentence_takes_the_time_of_the_one_before_it() -> None:
    found = sentences(
        card(published_on=PUBLISHED),
        "In 2019 the cannery closed.",
        "Four hundred people lost their work.",
    )

    assert placed(found[1], only("How many lost work in 2019?"), found) == "inside"
    assert placed(found[1], only("How many lost work in 2017?"), found) == "outside"


def test_an_undated_article_is_bound_by_what_it_states_only() -> None:
    dated, bare = sentences(
        card(title="Bells"), "The bell was cast in 1961.", "The bell weighs three tonnes."
    )
    question = only("What was cast in 1893?")

    assert (placed(dated, question), placed(bare, question)) == ("outside", "open")


def test_another_year_s_figure_never_answers_and_is_named() -> None:
    found = sentences(card(published_on=PUBLISHED), "The line carried 611,000 people in 2021.")
    kept, passed_over = asked_of("How many people did the line carry in 2023?", found)

    assert kept == () and passed_over == found[0] and time_of(found[0]) == "2021"


def test_of_two_figures_the_one_of_the_period_comes_first() -> None:
    old, new = sentences(
        card(published_on=PUBLISHED),
        "It carried 500 people in 2021.",
        "It carried 700 people in 2023.",
    )
    kept, passed_over = asked_of("How many people did it carry in 2023?", [old, new])

    assert [item.text for item in kept] == [new.text] and passed_over is None


def test_who_took_office_before_the_period_may_hold_it_but_an_earlier_figure_is_another_one() -> (
    None
):
    found = sentences(card(published_on=PUBLISHED), "Ida Crane, who became mayor on 1 February, spoke.",
                      "It carried 500 people in 2023.")  # fmt: skip

    assert found[0] in asked_of("Who was the mayor in May 2024?", found)[0]
    assert found[1] not in asked_of("How many people did it carry in May 2024?", found)[0]


def asked_of(question: str, found: list[Evidence]) -> tuple[tuple[Evidence, ...], Evidence | None]:
    return within(found, analyse(Question(question), TODAY))
