"""Digests: the lead sentence of each story about a subject, over the bundled sample and an archive of our own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from asking import answered, answering, query
from conftest import ALTERED_BRIDGE, BRIDGE, CHOIR, DAM
from fake_openai import running
from pydantic import SecretStr

from service.answerer import Answerer
from service.drafting.llm import Drafter
from service.query.question_analysis import analyse
from service.query.question_kinds import archive_question, digest_of
from service.types import Question

SAMPLE = Path(__file__).parents[1] / "ingest/sample"
REPAIR = """Repair of the Orvel dam begins

Published 4 September 2025 by the Senn Valley Post

They came with two cranes and a barge. Workers began to repair the Orvel dam on Thursday, three months after its closure.
"""
ORDINARY = (
    "What happened to the mayor's deputy after the vote?",
    "How many articles did the accord have?",
    "How many stories does the tower have?",
    "What is the latest estimate of the cost?",
    "Who told the council about the cable?",
    "What happened when the bridge opened?",
    "Which newspaper published the story about the cable?",
    "How much did the Orvel bridge cost?",
    "Tell me about how many cars the ferry takes.",
    "When did the dam close?",
    "What is in the tower?",
    "What was on the menu of the state dinner?",
    "How far does the cable reach?",
)
DIGESTS = (
    "what happened in Mirefold",
    "What happened in June 2025?",
    "tell me about the cable",
    "Summarise the Wrack Bay story.",
    "Summarize the port protest, please",
    "timeline of the Orvel dam",
    "Any news on Skerra?",
    "latest on the ferries",
    "What's new with the regatta?",
    "Can you give me an overview of the cable deal?",
    "What happened last week?",
    "catch me up on the glassworks",
    "Tell me the story of the cable",
    "the history of the Orvel dam",
    "List the main dates in Ines Carrow's life",
    "what has gone on at the port since 2024",
    "What happened in Mirefold, in short?",
    "What's the story with the Orvel dam?",
    "What is going on with the Orvel dam?",
    "what's up with the Orvel dam",
    "fill me in on the Orvel dam",
    "What happened to the Orvel dam?",
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Answerer]:
    yield from answering(tmp_path_factory.mktemp("sample"), model_cache, SAMPLE)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Answerer]:
    folder = tmp_path_factory.mktemp("small")
    texts = {"a": BRIDGE, "b": ALTERED_BRIDGE, "c": CHOIR, "d": DAM, "e": REPAIR}
    (folder / "articles").mkdir()
    for name, text in texts.items():
        (folder / "articles" / f"{name}.txt").write_text(text, "utf-8")
    yield from answering(folder, model_cache, folder / "articles")


def is_digest(body: dict[str, Any]) -> bool:
    families = [citation["family"]["id"] for citation in body["citations"]]
    roles = {citation["family"]["role"] for citation in body["citations"]}
    return (
        body["outcome"] == "answered"
        and {claim["support"] for claim in body["claims"]} == {"exact"}
        and len(families) == len(body["claims"]) <= 5
        and len([*groupby(families)]) == len(set(families))  # one story after the other
        and "altered" not in roles
    )


@pytest.mark.parametrize("text", DIGESTS)
def test_a_question_for_an_account_of_a_subject_is_read_as_one(text: str) -> None:
    assert digest_of(analyse(Question(text), date(2025, 12, 1))) is not None


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_question_is_neither_a_digest_nor_about_the_archive(text: str) -> None:
    assert digest_of(query(text)) is None and archive_question(query(text)) is None


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("tell me about the cable", {"tide-cable-deal.txt"}),
        (
            "Summarise the Wrack Bay story.",
            {"port-march-gazette.txt", "wrack-bay-protest-free-press.md"},
        ),
        ("What happened in Mirefold?", {"bell-founders-of-mirefold.txt", "northern-briefs.jsonl#"}),
        ("What's new with the regatta?", {"seven-locks-regatta.txt"}),
    ],
)
def test_the_sample_is_told_by_the_stories_of_a_subject(
    sample: Answerer, text: str, sources: set[str]
) -> None:
    body = answered(sample, text)
    assert is_digest(body)
    cited = [citation["source"] for citation in body["citations"]]
    assert all(any(source.startswith(one) for source in cited) for one in sources)
    assert all(any(source.startswith(one) for one in sources) for source in cited)


def test_the_latest_comes_first_in_news_and_last_in_a_timeline(small: Answerer) -> None:
    news = [c["published_on"] for c in answered(small, "Any news on the Orvel dam?")["citations"]]
    line = [c["published_on"] for c in answered(small, "Timeline of the Orvel dam")["citations"]]
    assert [day for day, _ in groupby(news)] == ["2025-09-04", "2025-06-02"]
    assert [day for day, _ in groupby(line)] == ["2025-06-02", "2025-09-04"]


def test_a_lead_that_does_not_stand_alone_gives_way_to_the_next_sentence(small: Answerer) -> None:
    text = answered(small, "latest on the Orvel dam")["text"]
    assert text.startswith("Workers began to repair the Orvel dam") and "They came" not in text


def test_a_single_story_is_told_by_five_sentences_in_a_row(small: Answerer) -> None:
    body = answered(small, "Tell me about the Orvel bridge")
    starts = [citation["start"] for citation in body["citations"]]
    assert len(starts) == 5 and starts == sorted(starts)
    assert body["text"].startswith("The Orvel bridge opened to traffic on Wednesday")


def test_of_two_stories_the_nearer_one_has_three_sentences_of_five(sample: Answerer) -> None:
    body = answered(sample, "Summarise the Wrack Bay story.")
    told = [len([*each]) for _, each in groupby(c["article_id"] for c in body["citations"])]
    assert told == [3, 2]


def test_a_note_that_corrects_another_article_tells_no_story(
    tmp_path: Path, model_cache: Path
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "dam.txt").write_text(DAM, "utf-8")
    note = (
        "Correction: Orvel dam\n\nPublished 9 June 2025 by the Senn Valley Post\n\n"
        "Our report of 2 June on the Orvel dam said that the repair would take nine months. "
        "The regulator puts it at eleven. We are sorry for the mistake about the Orvel dam.\n"
    )
    (folder / "note.txt").write_text(note, "utf-8")
    for answerer in answering(tmp_path, model_cache, folder):
        body = answered(answerer, "Tell me about the Orvel dam")
        assert {c["source"] for c in body["citations"]} == {"dam.txt"}


def test_an_altered_copy_never_tells_a_story(small: Answerer) -> None:
    body = answered(small, "Tell me about the Orvel bridge")
    assert is_digest(body) and {c["source"] for c in body["citations"]} == {"a.txt"}


@pytest.mark.parametrize(
    "text",
    [
        "Timeline of Tarnmouth",
        "Tell me about Pellworth Glass",
        "What happened in March 2025?",
        "What happened on 12 March 2025?",  # two days before the correction
    ],
)
def test_a_story_is_told_as_its_outlet_corrected_it(sample: Answerer, text: str) -> None:
    body = answered(sample, text)
    assert "loss of 204 jobs" in body["text"] and "240" not in body["text"]
    conflict = next(c for c in body["conflicts"] if c["status"] == "superseded")
    assert "240" in conflict["accounts"][1]["text"] and conflict["chosen"] == 0


def test_before_the_correction_a_story_is_told_as_it_stood(sample: Answerer) -> None:
    body = answered(sample, "Tell me about Pellworth Glass", as_of=date(2025, 3, 13))
    assert "loss of 240 jobs" in body["text"] and body["conflicts"] == []


def test_only_what_was_published_in_the_time_asked_about_is_told(small: Answerer) -> None:
    body = answered(small, "What happened in June 2025?")
    assert {c["source"] for c in body["citations"]} == {"d.txt"}
    assert answered(small, "What happened in June 2019?")["outcome"] == "declined"


def test_a_subject_that_no_story_is_about_is_declined(small: Answerer, sample: Answerer) -> None:
    for answerer in (small, sample):
        for text in ("Tell me about Atlantis", "Any news on the Zanzibar railway strike?"):
            assert answered(answerer, text)["outcome"] == "declined"


def test_a_digest_has_at_most_five_sentences(sample: Answerer) -> None:
    body = answered(sample, "latest news")
    days = [citation["published_on"] for citation in body["citations"]]
    assert is_digest(body) and len(days) == 5 and days == sorted(days, reverse=True)


PONY = """Mill pony is back in its field

Published 2 May 2024 by the Senn Valley Post

A pony that was taken from the mill field on Sunday came home by itself. Its owner, Hester Vane, had offered cake to whoever brought it.
"""


def test_a_story_is_told_under_a_word_that_it_does_not_have(
    tmp_path: Path, model_cache: Path
) -> None:
    (tmp_path / "articles").mkdir()
    for name, text in {"a": PONY, "b": f"{DAM} A pony grazed below it.", "c": CHOIR}.items():
        (tmp_path / "articles" / f"{name}.txt").write_text(text, "utf-8")
    for told in answering(tmp_path, model_cache, tmp_path / "articles"):
        # who is named must be named, and so must the word that the fewest passages have
        begins = {
            "pony thief": "A pony that was",
            "spillway pony": "The dam at",
            "Tidewick pony": None,
        }
        for subject, opening in begins.items():
            body = answered(told, f"What's the story with the {subject}?")
            assert body["digest"] == ("relevance" if opening else None)
            assert body["text"].startswith(opening or "I can't answer this")
        fate = answered(told, "What happened to the pony thief?")
        assert fate["digest"] == "relevance" and fate["text"].startswith("A pony that was")


def test_a_timeline_says_the_day_of_what_states_none(small: Answerer) -> None:
    told = [claim["text"] for claim in answered(small, "timeline of the Orvel dam")["claims"]]
    assert told[0].startswith("The dam at Orvel was closed on 2 June 2025")
    (dated,) = (text for text in told if text.startswith("Reported on "))
    assert dated.startswith("Reported on 4 September 2025: Workers began to repair")
    assert "Reported on" not in answered(small, "tell me about the Orvel dam")["text"]


LIFE = """Odile Marrin, swimmer and teacher

Published 4 April 2023 by the Senn Valley Post

Odile Marrin, who taught half of Tarn to swim, has died. She liked cold water and warm bread. Her brothers liked neither of them. She was born on 3 May 1931 at the ferry house. Neighbours remember her red bathing cap. She opened the pool in 1968. The first race there began at 9.30 am on a wet Monday. “It was my lucky day,” she said at 4.30 pm. Her last swim was in June.
"""


def test_a_timeline_takes_the_sentences_that_say_when(tmp_path: Path, model_cache: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "life.txt").write_text(LIFE, "utf-8")
    for told in answering(tmp_path, model_cache, tmp_path / "articles"):
        dates = answered(told, "List the main dates in Odile Marrin's life")["claims"]
        assert [claim["text"].split(" ", 2)[:2] for claim in dates[1:]] == [
            ["She", "was"], ["She", "opened"], ["The", "first"], ["Her", "last"]
        ]  # fmt: skip
        about = answered(told, "Tell me about Odile Marrin")["claims"]
        assert about[1]["text"].startswith("She liked cold water")


def test_no_model_is_asked_for_a_digest(small: Answerer) -> None:
    settings = small.archive.settings
    with running() as model:
        changed = settings.model_copy(
            update={"openai_base_url": model.url, "openai_api_key": SecretStr("k"), "model": "m"}
        )
        one = Answerer(small.archive, small.retriever, small.receipts, Drafter(changed))
        assert is_digest(answered(one, "Tell me about the Orvel dam"))
        assert answered(one, "How many articles are there?")["claims"][0]["support"] == "counted"
        assert model.requests == []
