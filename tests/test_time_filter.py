"""Dates through the whole service: in the question, as of a day, in the answer; on every surface."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fake_openai import FakeOpenAI, Script, evidence_of, running
from newsroom import card, sentences
from pydantic import SecretStr
from test_answerer import asked

from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.archive import Archive
from service.answerer import Answerer
from service.drafting.llm import Drafter
from service.evidence.time_filter import placed, within
from service.given_answers.receipts import Receipts
from service.query.question_analysis import analyse
from service.record_tables import open_records
from service.retrieval.retriever import Retriever
from service.types import Evidence, Filters, Question, Turn

WHO = "Who leads the regulator that closed the Orvel dam?"
TODAY = datetime(2026, 2, 1, tzinfo=UTC)
TEXTS = {
    "line21.txt": "The Tarn line in 2021\n\nBy Ines Marlow\n\n14 January 2022\n\nThe Tarn line carried 240,000 passengers in 2021, "
    "its director said. Most of them were commuters.",
    "line24.txt": "A record for the Tarn line\n\nBy Ines Marlow\n\n12 January 2025\n\nThe Tarn line carried 410,000 passengers in "
    "2024, more than ever before. A new timetable starts in June.",
    "fair.txt": "Boat fair in Orvel\n\nThe Senn Post\n\n20 January 2026\n\nThe boat fair in Orvel drew 6,000 visitors on "
    "Saturday. It rained on both days.",
    "mayor.txt": "A new bench for Orvel\n\nThe Senn Post\n\n3 May 2024\n\nIda Crane, the mayor of Orvel, sat down first. The bench "
    "is made of oak.",
    "mill.txt": "The mill of Tarn\n\nThe Senn Post\n\n9 June 2025\n\nThe paper mill of Tarn closed in 2019 because its river ran "
    "dry. It had made paper for ninety years.",
    "bells.txt": "The bell of Tarn\n\nThe great bell of Tarn weighs three tonnes. It was cast in 1961 in Orvel.",
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Settings:
    folder = tmp_path_factory.mktemp("time")
    return Settings(_env_file=None, data_dir=folder / "data", model_cache=model_cache)  # type: ignore[call-arg]


@pytest.fixture(scope="module")
def tarn(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """One archive for all tests here: they only read."""
    folder = tmp_path_factory.mktemp("tarn")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, "utf-8")
    with Archive(settings) as archive:
        assert ingest(archive, [folder]).added == len(TEXTS)
        yield archive


@pytest.fixture
def answerer(tarn: Archive, settings: Settings) -> Answerer:
    return Answerer(tarn, Retriever(tarn), Receipts(open_records(settings)), clock=lambda: TODAY)


async def test_the_figure_of_the_year_that_is_asked_for_is_given(answerer: Answerer) -> None:
    assert (
        "240,000"
        in (await asked(answerer, "How many passengers did the Tarn line carry in 2021?"))["text"]
    )
    assert (
        "410,000"
        in (await asked(answerer, "How many passengers did the Tarn line carry in 2024?"))["text"]
    )


async def test_a_figure_of_another_year_is_no_answer_and_is_named(answerer: Answerer) -> None:
    body = await asked(answerer, "How many passengers did the Tarn line carry in 2023?")

    assert (body["outcome"], body["declined_because"]) == ("declined", "outside_dates")
    assert "for 2023" in body["text"] and ("2024" in body["text"] or "2021" in body["text"])
    assert body["nearest"]


async def test_last_month_is_counted_from_the_clock_or_from_as_of(answerer: Answerer) -> None:
    question = "How many visitors did the boat fair in Orvel draw last month?"

    assert "6,000" in (await asked(answerer, question))["text"]
    late = await asked(answerer, question, as_of=date(2026, 3, 20))
    assert late["outcome"] == "answered" or late["declined_because"] == "outside_dates"
    later = await asked(answerer, question, as_of=date(2026, 6, 20))
    assert (later["outcome"], later["declined_because"]) == ("declined", "outside_dates")


async def test_last_month_is_counted_from_the_asker_s_day_where_it_is_told(
    answerer: Answerer,
) -> None:
    question = "How many visitors did the boat fair in Orvel draw last month?"
    body = await asked(answerer, question, today=date(2026, 3, 10))

    assert (body["outcome"], body["declined_because"]) == ("declined", "outside_dates")
    assert body["as_of"] is None


async def test_a_filter_s_dates_go_before_those_in_the_question(answerer: Answerer) -> None:
    filters = Filters(published_after=date(2022, 1, 1), published_before=date(2022, 12, 31))

    body = await asked(
        answerer, "How many passengers did the Tarn line carry in 2021?", filters=filters
    )

    assert "240,000" in body["text"]


async def test_as_of_may_stand_in_the_question(answerer: Answerer) -> None:
    body = await asked(answerer, "Who is the mayor of Orvel as of 2 May 2024?")

    assert (body["outcome"], body["declined_because"], body["as_of"]) == (
        "declined",
        "outside_dates",
        "2024-05-02",
    )


async def test_an_office_carries_the_day_and_the_age_of_its_source(answerer: Answerer) -> None:
    body = await asked(answerer, "Who is the mayor of Orvel?")

    assert body["text"].endswith("This was reported on 3 May 2024, about 21 months ago [1].")
    assert body["claims"][0]["support"] == "exact" and body["claims"][-1]["support"] == "supported"


async def test_what_does_not_change_carries_no_age(answerer: Answerer) -> None:
    assert (
        "reported" not in (await asked(answerer, "What does the great bell of Tarn weigh?"))["text"]
    )


async def test_a_model_s_answer_carries_the_day_too(tarn: Archive, settings: Settings) -> None:
    with running() as model:
        changed = settings.model_copy(
            update={
                "openai_base_url": model.url,
                "openai_api_key": SecretStr("k"),
                "model": "scripted",
            }
        )
        receipts = Receipts(open_records(settings))
        drafting = Answerer(tarn, Retriever(tarn), receipts, Drafter(changed), lambda: TODAY)

        def reply(body: dict[str, Any]) -> Script:
            key = next(k for k, sentence in evidence_of(body) if "Ida Crane" in sentence)
            return Script([f"Ida Crane is the mayor of Orvel [{key}]."])

        model.reply = reply
        body = await asked(drafting, "Who is the mayor of Orvel?")
        years = await asked_for_years(drafting, model)

    assert body["answerer"] == "openai"
    assert (
        body["text"]
        == "Ida Crane is the mayor of Orvel [1]. This was reported on 3 May 2024, about 21 months ago [1]."
    )
    assert years == (["240,000"], "answered")


async def asked_for_years(drafting: Answerer, model: FakeOpenAI) -> tuple[list[str], str]:
    """Which figures a model is shown for 2021, and what becomes of its answer."""
    shown: list[str] = []

    def reply(body: dict[str, Any]) -> Script:
        shown.extend(
            n for n in ("240,000", "410,000") for _, sentence in evidence_of(body) if n in sentence
        )
        key = next(k for k, sentence in evidence_of(body) if "240,000" in sentence)
        return Script([f"It carried 240,000 passengers [{key}]."])

    model.reply = reply
    body = await asked(drafting, "How many passengers did the Tarn line carry in 2021?")
    return shown, body["outcome"]


@pytest.mark.parametrize("with_model", [False, True])
async def test_a_false_premise_is_corrected_with_a_citation(
    tarn: Archive, settings: Settings, with_model: bool
) -> None:
    with running() as model:  # a model that says nothing
        changed = settings.model_copy(update={"openai_base_url": model.url, "model": "scripted"})
        receipts = Receipts(open_records(settings))
        drafter = Drafter(changed) if with_model else None
        answering = Answerer(tarn, Retriever(tarn), receipts, drafter, lambda: TODAY)
        body = await asked(answering, "Why did the paper mill of Tarn close in 2021?")
        true = await asked(
            Answerer(tarn, Retriever(tarn), receipts),
            "Why did the paper mill of Tarn close in 2019?",
        )

    assert body["outcome"] == "answered"
    assert body["text"].startswith("The question says “2021”, but the archive says “2019” [1].")
    assert "2019" in body["citations"][0]["quote"]
    assert "The question says" not in true["text"] and "river ran dry" in true["text"]


async def test_a_follow_up_with_another_year_is_answered_for_that_year(answerer: Answerer) -> None:
    history = (
        Turn("user", "How many passengers did the Tarn line carry in 2021?"),
        Turn("assistant", "240,000 [1]."),
    )

    body = await asked(answerer, "And in 2024?", history=history)

    assert "410,000" in body["text"] and "240,000" not in body["text"]


async def test_an_answer_leaves_one_line_in_the_log_without_words_of_anybody(
    answerer: Answerer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="service.answerer"):
        body = await asked(answerer, "Who is the mayor of Orvel?")

    lines = [record.getMessage() for record in caplog.records if body["id"] in record.getMessage()]
    assert len(lines) == 1
    assert "outcome=answered" in lines[0] and "kept=2 dropped=0" in lines[0]
    for stage in ("retrieve_ms=", "draft_ms=", "verify_ms=", "total_ms="):
        assert stage in lines[0]
    assert "Crane" not in lines[0] and "mayor" not in lines[0]


# --- as of a day, on every surface ------------------------------------------------------------------------------------


def test_as_of_holds_on_rest(served: str) -> None:
    for day, outcome in (("2025-06-01", "declined"), ("2025-06-02", "answered")):
        body = httpx2.post(f"{served}/v1/answers", json={"question": WHO, "as_of": day}).json()
        assert (body["outcome"], body["as_of"]) == (outcome, day)
        shown = [hit["published_on"] for hit in body["nearest"]]
        shown += [a["citation"]["published_on"] for c in body["conflicts"] for a in c["accounts"]]
        assert all(found is None or found <= day for found in shown)


@pytest.mark.parametrize(
    ("route", "asking"),
    [
        ("chat/completions", lambda text: {"messages": [{"role": "user", "content": text}]}),
        ("responses", lambda text: {"input": text}),
    ],
)
def test_as_of_in_the_question_holds_on_the_openai_routes(
    served: str, route: str, asking: Any
) -> None:
    for day, outcome in (("1 June 2025", "declined"), ("2 June 2025", "answered")):
        sent = {
            "model": "dateline",
            **asking(f"As of {day}, who leads the regulator that closed the Orvel dam?"),
        }
        body = httpx2.post(f"{served}/v1/{route}", json=sent).json()["dateline"]
        assert body["outcome"] == outcome


@pytest.mark.slow
def test_as_of_holds_in_the_terminal(tmp_path: Path, newsroom: Path, model_cache: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parent.parent),
        "DATELINE_DATA_DIR": str(tmp_path / "data"),
        "DATELINE_MODEL_CACHE": str(model_cache),
    }

    def dateline(*words: str) -> str:
        command = [sys.executable, "-m", "dateline", *words]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=True
        ).stdout

    dateline("ingest", str(newsroom))
    for day, outcome in (("2025-06-01", "declined"), ("2025-06-02", "answered")):
        assert json.loads(dateline("ask", WHO, "--as-of", day, "--json"))["outcome"] == outcome


@pytest.mark.parametrize(
    ("days_later", "outcome"), [(31, "declined"), (38, "answered")], ids=["kept", "ended"]
)
async def test_this_week_is_asked_in_vain_only_while_an_archive_is_kept(
    tarn: Archive, settings: Settings, days_later: int, outcome: str
) -> None:
    """The newest article is of 20 January 2026; "this week" are the last seven days."""
    today = datetime(2026, 1, 20, tzinfo=UTC) + timedelta(days_later)
    receipts = Receipts(open_records(settings))
    answering = Answerer(tarn, Retriever(tarn), receipts, None, lambda: today)
    body = await asked(answering, "How many visitors did the boat fair in Orvel draw this week?")

    assert body["outcome"] == outcome
    if outcome == "answered":
        assert "6,000" in body["text"]
        assert "This was reported on 20 January 2026" in body["text"]
    else:
        assert body["declined_because"] == "outside_dates"


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("What happened on 31 February 2025?", "31 February 2025"),
        ("Tell me about Orvel on February 30, 2024", "February 30, 2024"),
        ("Who is the mayor of Orvel as of 31 April 2024?", "31 April 2024"),
        ("How many articles were published on 31 june?", "31 june"),
        ("How many passengers did the Tarn line carry on 2024-02-30?", "2024-02-30"),
    ],
)
async def test_of_a_day_that_no_calendar_has_that_is_said(
    answerer: Answerer, question: str, day: str
) -> None:
    body = await asked(answerer, question)
    assert (body["outcome"], body["declined_because"]) == ("declined", "outside_dates")
    assert body["text"] == f"There is no such day as {day}." and body["claims"] == []


IN_2021 = analyse(Question("How many rode the Tarn line in 2021?"), TODAY.date())


def of_day(name: str, day: date | None, text: str, relevance: float = 1.0) -> Evidence:
    (item,) = sentences(card(name, "The line", published_on=day), text)
    return replace(item, relevance=relevance)


@pytest.mark.parametrize(("days", "place"), [(0, "inside"), (14, "inside"), (15, "outside")])
def test_a_fortnight_after_a_year_an_article_still_tells_of_it(days: int, place: str) -> None:
    (year,) = IN_2021.periods
    item = of_day("a", date(2021, 12, 31) + timedelta(days=days), "Many rode the line.")
    assert placed(item, year, [item]) == place


@pytest.mark.parametrize(("days", "place"), [(0, "inside"), (-2, "inside"), (-3, "outside")])
def test_what_appeared_two_days_before_a_week_still_tells_of_it(days: int, place: str) -> None:
    (week,) = analyse(Question("Who rode the Tarn line this week?"), TODAY.date()).periods
    assert week.first
    item = of_day("a", week.first + timedelta(days=days), "Many rode the line.")
    assert placed(item, week, [item]) == place
    (month,) = analyse(Question("Who rode the Tarn line last month?"), TODAY.date()).periods
    assert month.first
    item = of_day("a", month.first - timedelta(days=1), "Many rode the line.")
    assert placed(item, month, [item]) == "outside"


@pytest.mark.parametrize(
    ("text", "day", "enough"),
    [
        ("Some went by rail.", date(2021, 5, 1), 0.08),
        ("How many rode the Tarn line was counted.", date(2021, 5, 1), 0.02),
        ("Some went by rail.", None, 0.3),
    ],
)
def test_what_is_near_enough_to_a_better_sentence_of_another_time_takes_over_its_relevance(
    text: str, day: date | None, enough: float
) -> None:
    other = of_day("b", date(2024, 5, 1), "Many rode the Tarn line in 2024.")
    for relevance, taken in ((enough, True), (enough - 0.001, False)):
        kept, passed = within([other, of_day("a", day, text, relevance)], IN_2021)
        assert [item.relevance for item in kept] == [pytest.approx(1.0 if taken else relevance)]
        assert (passed is None) == taken


@pytest.mark.parametrize(("relevance", "first"), [(0.34, "a"), (0.33, "b")])
def test_what_stands_inside_counts_three_times(relevance: float, first: str) -> None:
    inside = of_day("a", date(2021, 5, 1), "Some went by rail.", relevance)
    kept, _ = within([of_day("b", None, "Some rode the line."), inside], IN_2021)
    assert kept[0].article.article_id == first
    assert kept[0].relevance == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("question", "published", "kept"),
    [
        ("Who won the election in May 2026?", date(2026, 4, 30), False),
        ("Who won the election in May 2026?", date(2026, 5, 10), True),
        ("When is the election in May 2026 due?", date(2026, 4, 30), True),
        ("What was planned for the election in May 2026?", date(2026, 4, 30), True),
    ],
)
def test_what_happened_is_not_answered_with_a_plan_for_it(
    question: str, published: date, kept: bool
):
    told = sentences(card("a", published_on=published), "The election is set for 10 May 2026.")
    ranked = [replace(told[0], relevance=0.9)]
    found, _ = within(ranked, analyse(Question(question), TODAY.date()))
    assert bool(found) is kept


@pytest.mark.parametrize(
    ("published", "text", "kept"),
    [
        (date(2025, 5, 20), "Joren Pask won the Tarn mile on Sunday.", False),
        (date(2023, 5, 20), "Joren Pask won the Tarn mile on Sunday.", False),
        (date(2024, 5, 20), "Joren Pask won the Tarn mile on Sunday.", True),
        (date(2025, 5, 20), "Joren Pask won the Tarn mile in 2024.", True),
        (None, "Joren Pask won the Tarn mile on Sunday.", True),
    ],
)
def test_a_year_before_a_name_leaves_out_what_a_dated_article_tells_of_another(
    published: date | None, text: str, kept: bool
) -> None:
    asked = analyse(Question("Who won the 2024 Tarn mile?"), TODAY.date())
    assert [period.strict for period in asked.periods] == [False]
    ranked = [
        replace(one, relevance=0.9) for one in sentences(card("a", published_on=published), text)
    ]
    found, passed = within(ranked, asked)
    assert bool(found) is kept and (passed is None) is kept
