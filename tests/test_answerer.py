"""The main path on a real archive: extractive, and drafted by models that behave well, badly and not at all."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fake_openai import FakeOpenAI, Script, evidence_of, running
from guarantees import broken
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from pydantic import SecretStr

from ingest.pipeline import ingest, remove
from ingest.settings import Settings
from ingest.storage.archive import Archive
from service.answer_text import INTRODUCTION
from service.answerer import Answerer
from service.contract.response_bodies import Article, body_of
from service.drafting.llm import Drafter
from service.given_answers.receipts import Receipts
from service.record_tables import open_records
from service.retrieval.retriever import Retriever
from service.types import ClaimReleased, Completed, Delta, Filters, Question, Started

WHO = "Who leads the regulator that closed the Orvel dam?"


@pytest.fixture
def extractive(filled: Archive, settings: Settings) -> Answerer:
    return Answerer(filled, Retriever(filled), Receipts(open_records(settings)))


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with running() as fake:
        yield fake


def drafting(archive: Archive, settings: Settings, model: FakeOpenAI, **more: Any) -> Answerer:
    changed = settings.model_copy(
        update={
            "openai_base_url": model.url,
            "openai_api_key": SecretStr("k"),
            "model": "scripted",
            "llm_timeout_seconds": 5.0,
            **more,
        }
    )
    return Answerer(
        archive,
        Retriever(archive),
        Receipts(open_records(settings)),
        Drafter(changed),
    )


async def asked(answerer: Answerer, text: str, **more: Any) -> dict[str, Any]:
    """The answer as JSON, its guarantees checked."""
    question = Question(text, **more)
    body = body_of(await answerer.answer(question))
    live = answerer.archive.catalogue.live()

    def article_of(article_id: str) -> dict[str, Any]:
        stored = live.article(article_id)
        assert stored is not None
        return body_of(Article.of(stored, live))

    assert broken(body, article_of, question.as_of) == []
    return body


async def test_a_question_the_archive_answers_is_answered_with_the_exact_sentence(
    extractive: Answerer,
) -> None:
    body = await asked(extractive, WHO)

    assert body["outcome"] == "answered"
    assert "Lena Ostrow" in body["text"]
    assert "Lena Ostrow" in body["citations"][0]["quote"]
    assert body["claims"][0]["support"] == "exact"


async def test_the_words_of_a_quote_that_answer_are_named(extractive: Answerer) -> None:
    cited = (await asked(extractive, WHO))["citations"][0]
    answer = cited["answer"]

    assert answer["text"] == "Dr. Lena Ostrow"
    start, end = answer["start"] - cited["start"], answer["end"] - cited["start"]
    assert cited["quote"][start:end] == answer["text"]


async def test_a_question_the_archive_is_silent_on_is_declined_with_nearest_passages(
    extractive: Answerer,
) -> None:
    body = await asked(extractive, "Which orchestra plays at the opera house in Vienna?")

    assert (body["outcome"], body["declined_because"]) == ("declined", "no_match")
    assert 0 < len(body["nearest"]) <= 3


async def test_a_greeting_is_told_what_dateline_does_and_shown_no_passage(
    extractive: Answerer,
) -> None:
    body = await asked(extractive, "Hello!")

    assert (body["outcome"], body["text"], body["nearest"]) == ("declined", INTRODUCTION, [])


async def test_an_empty_archive_declines(archive: Archive, settings: Settings) -> None:
    answerer = Answerer(archive, Retriever(archive), Receipts(open_records(settings)))

    body = await asked(answerer, WHO)

    assert (body["outcome"], body["declined_because"], body["nearest"]) == (
        "declined",
        "no_match",
        [],
    )


async def test_as_of_hides_what_was_published_later_and_says_so(extractive: Answerer) -> None:
    before = await asked(extractive, WHO, as_of=date(2025, 6, 1))
    on_the_day = await asked(extractive, WHO, as_of=date(2025, 6, 2))

    assert (before["outcome"], before["declined_because"]) == ("declined", "outside_dates")
    assert on_the_day["outcome"] == "answered"


async def test_a_publisher_filter_keeps_the_others_out(extractive: Answerer) -> None:
    body = await asked(extractive, WHO, filters=Filters(publishers=("Nobody's Paper",)))

    assert body["outcome"] == "declined"


async def test_events_come_in_order_and_deltas_make_the_text(extractive: Answerer) -> None:
    events = [event async for event in extractive.stream(Question(WHO))]

    assert isinstance(events[0], Started) and isinstance(events[-1], Completed)
    kinds = [type(event) for event in events[1:-1]]
    assert kinds == [ClaimReleased, Delta] * (len(kinds) // 2) and kinds
    assert "".join(e.text for e in events if isinstance(e, Delta)) == events[-1].answer.text


async def test_the_receipt_holds_the_answer_and_what_it_was_made_from(extractive: Answerer) -> None:
    body = await asked(extractive, WHO)

    receipt = extractive.receipts.get(body["id"])

    assert receipt is not None
    assert receipt["text"] == body["text"]
    assert (
        receipt["made_from"]["evidence"]
        and receipt["made_from"]["generation"] == body["index"]["generation"]
    )


async def test_a_model_that_cites_what_it_says_is_released_as_it_wrote(
    filled: Archive, settings: Settings, model: FakeOpenAI
) -> None:
    def reply(body: dict[str, Any]) -> Script:
        key = next(k for k, sentence in evidence_of(body) if "Lena Ostrow" in sentence)
        return Script(["Dr. Lena Ostrow leads ", "the regulator", f" [{key[:3]}", f"{key[3:]}]."])

    model.reply = reply
    filled.settings = filled.settings.model_copy(update={"price": "100, 200"})
    body = await asked(drafting(filled, settings, model), WHO)

    assert body["claims"][0]["text"] == "Dr. Lena Ostrow leads the regulator [1]."
    assert (body["answerer"], body["model"], body["fallback"]) == ("openai", "scripted", None)
    assert body["usage"] == {"prompt_tokens": 11, "completion_tokens": 7, "cost_usd": 0.0025}
    assert "Lena Ostrow" in body["citations"][0]["quote"]


async def test_a_wrong_number_is_never_released(
    filled: Archive, settings: Settings, model: FakeOpenAI
) -> None:
    def reply(body: dict[str, Any]) -> Script:
        key = next(k for k, sentence in evidence_of(body) if "eleven months" in sentence)
        return Script(
            [
                f"The repair would take fourteen months [{key}]. ",
                f"The repair would take eleven months [{key}].",
            ]
        )

    model.reply = reply
    body = await asked(
        drafting(filled, settings, model), "How long would the repair of the Orvel dam take?"
    )

    assert "eleven" in body["text"] and "fourteen" not in body["text"]


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param(["The regulator is led by Dr. Lena Ostrow."], id="no citations"),
        pytest.param(["Dr. Lena Ostrow leads it [s00000]."], id="a key that was never shown"),
        pytest.param(["NO_ANSWER"], id="a refusal"),
        pytest.param([""], id="nothing"),
        pytest.param(["word " * 3000], id="one endless sentence"),
        pytest.param(["[s0", "[[[", "]]"], id="brackets only"),
    ],
)
async def test_words_without_support_end_in_a_refusal(
    filled: Archive, settings: Settings, model: FakeOpenAI, pieces: list[str]
) -> None:
    model.reply = lambda body: Script(pieces)

    body = await asked(drafting(filled, settings, model), WHO)

    assert (body["outcome"], body["declined_because"]) == ("declined", "not_supported")


@pytest.mark.parametrize(
    ("question", "outcome"),
    [
        (WHO, "answered"),
        ("What colour is the mayor's bicycle?", "declined"),  # of which the archive is silent
    ],
)
async def test_a_model_is_asked_whatever_our_ranking_thinks(
    filled: Archive, settings: Settings, model: FakeOpenAI, question: str, outcome: str
) -> None:
    def reply(body: dict[str, Any]) -> Script:
        found = [k for k, sentence in evidence_of(body) if "Lena Ostrow" in sentence]
        key = found[0] if found and outcome == "answered" else ""
        return Script([f"Dr. Lena Ostrow leads the regulator [{key}]." if key else "NO_ANSWER"])

    model.reply = reply
    body = await asked(drafting(filled, settings, model), question)

    assert (body["outcome"], body["answerer"]) == (outcome, "openai")
    assert len(model.requests) == 1


async def test_true_words_beside_the_point_are_no_answer(
    filled: Archive, settings: Settings, model: FakeOpenAI
) -> None:
    def reply(body: dict[str, Any]) -> Script:
        key, sentence = evidence_of(body)[-1]
        return Script([f"{sentence} [{key}]"])

    model.reply = reply
    body = await asked(drafting(filled, settings, model), WHO)

    assert body["outcome"] == "declined" and body["claims"] == []


@pytest.mark.parametrize("status", [400, 401, 404, 500])
async def test_a_model_that_fails_is_stood_in_for(
    filled: Archive, settings: Settings, model: FakeOpenAI, status: int
) -> None:
    model.reply = lambda body: Script(status=status, headers={"Retry-After": "0"})

    body = await asked(drafting(filled, settings, model), WHO)

    assert (body["outcome"], body["answerer"]) == ("answered", "extractive")
    assert body["fallback"]["from"] == "openai" and str(status) in body["fallback"]["reason"]


async def test_a_slow_model_is_stood_in_for(
    filled: Archive, settings: Settings, model: FakeOpenAI
) -> None:
    model.reply = lambda body: Script(["late"], delay_seconds=3)

    body = await asked(drafting(filled, settings, model, llm_timeout_seconds=0.3), WHO)

    assert body["answerer"] == "extractive" and "timeout" in body["fallback"]["reason"]


async def test_what_was_released_before_a_cut_stays_and_nobody_else_goes_on(
    filled: Archive, settings: Settings, model: FakeOpenAI
) -> None:
    def reply(body: dict[str, Any]) -> Script:
        key = next(k for k, sentence in evidence_of(body) if "Lena Ostrow" in sentence)
        return Script(raw=b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,'
                          b'"delta":{"content":"Dr. Lena Ostrow leads the regulator [' + key.encode() + b']. The"},'
                          b'"finish_reason":null}]}\n\ndata: {"broken\n\n')  # fmt: skip

    model.reply = reply
    filled.settings = filled.settings.model_copy(update={"price": "100, 200"})
    body = await asked(drafting(filled, settings, model), WHO)

    assert body["claims"][0]["text"] == "Dr. Lena Ostrow leads the regulator [1]."
    assert body["answerer"] == "openai" and body["fallback"]["from"] == "openai"


def test_the_guarantees_hold_whatever_a_model_says(
    filled: Archive, settings: Settings, model: FakeOpenAI
) -> None:
    answerer = drafting(filled, settings, model)
    words = st.sampled_from(
        [
            "Dr. Lena Ostrow",
            "leads",
            "the regulator",
            "eleven",
            "[12]",
            "dam",
            "\n",
            ". ",
            "not",
            "[",
            "]",
            "é💡",
            "http://x.y",
        ]
    )

    @profile(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.lists(st.one_of(words, st.integers(0, 30), st.text(max_size=8)), max_size=30))
    def check(script: list[str | int]) -> None:
        def reply(body: dict[str, Any]) -> Script:
            shown = evidence_of(body)
            pieces = [
                f" [{shown[p % len(shown)][0]}]. {shown[p % len(shown)][1]}"
                if isinstance(p, int)
                else f"{p} "
                for p in script
            ]
            return Script(pieces)

        model.reply = reply
        asyncio.run(asked(answerer, WHO))

    check()


async def test_an_altered_copy_is_never_cited_where_the_sound_one_says_it(
    archive: Archive, settings: Settings, tmp_path: Path
) -> None:
    story = (
        "Harbour talks end in accord\n\nThe delegates of Senn and Tarn met on 4 May 2025 in the harbour hall. "
        "They agreed on 14 joint patrols for the coming year. Many fishermen on the quay cheered the delegates. "
        "The accord does not change the border between the two states. A brass band played when the ink was dry. "
        "Minister Olga Reyes called it a quiet day of hard work, and thanked the Tarn delegation for its patience."
    )
    copy = (
        story.replace("14 joint patrols", "40 joint patrols")
        .replace("does not change", "changes")
        .replace("Many", "Some")
    )
    folder = tmp_path / "two"
    folder.mkdir()
    (folder / "sound.txt").write_text(
        story.replace("\n\nThe", "\n\nBy Ines Marlow\n\n5 May 2025\n\nThe"), "utf-8"
    )
    (folder / "altered.txt").write_text(copy, "utf-8")
    report = ingest(archive, [folder])
    assert (report.families, report.altered) == (1, 1)

    answerer = Answerer(archive, Retriever(archive), Receipts(open_records(settings)))
    body = await asked(answerer, "On how many joint patrols did Senn and Tarn agree?")

    assert "14" in body["text"] and "40" not in body["text"]
    assert {c["family"]["role"] for c in body["citations"]} == {"original"}
    conflict = next(c for c in body["conflicts"] if c["status"] == "altered_copy")
    assert "14" in conflict["accounts"][conflict["chosen"]]["text"]
    assert any("40" in account["text"] for account in conflict["accounts"])


def write(folder: Path, **texts: str) -> Path:
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return folder


EARLIER = "Ferry fares\n\nBy Ines Marlow\n\n4 March 2024\n\nA single ticket to Tarn costs 4 crowns. The line has three ships."
LATER = "New ship for Tarn\n\nBy Olle Brand\n\n7 May 2025\n\nThe company showed its newest vessel on Monday. A single ticket to Tarn costs 6 crowns, it said."
POLICE = "March in Orvel\n\nThe Senn Post\n\n3 June 2025\n\nAbout 8,000 people marched through Orvel on Sunday against the dam, police said."
STEWARDS = "Orvel says no\n\nThe Tarn Herald\n\n4 June 2025\n\nMore than 22,000 people filled Orvel on Sunday to oppose the dam, by the stewards' count."


async def test_a_later_account_of_what_changes_is_used_and_the_earlier_shown(
    archive: Archive, settings: Settings, tmp_path: Path
) -> None:
    ingest(archive, [write(tmp_path / "fares", earlier=EARLIER, later=LATER)])
    answerer = Answerer(archive, Retriever(archive), Receipts(open_records(settings)))

    body = await asked(answerer, "How many crowns does a single ticket to Tarn cost?")
    then = await asked(
        answerer, "How many crowns does a single ticket to Tarn cost?", as_of=date(2024, 12, 31)
    )

    assert "6 crowns" in body["text"] and "4 crowns" not in body["text"]
    conflict = next(c for c in body["conflicts"] if c["status"] == "superseded")
    assert "6 crowns" in conflict["accounts"][conflict["chosen"]]["text"]
    assert "4 crowns" in then["text"] and then["conflicts"] == []


async def test_accounts_that_nothing_decides_between_are_both_said(
    archive: Archive, settings: Settings, tmp_path: Path
) -> None:
    ingest(archive, [write(tmp_path / "march", police=POLICE, stewards=STEWARDS)])
    answerer = Answerer(archive, Retriever(archive), Receipts(open_records(settings)))

    body = await asked(answerer, "How many people marched against the dam in Orvel?")

    assert "8,000" in body["text"] and "22,000" in body["text"]
    assert body["text"].endswith("The Senn Post and The Tarn Herald disagree on this [1][2].")
    assert body["claims"][-1]["independent_sources"] == 2
    conflict = next(c for c in body["conflicts"] if c["status"] == "disputed")
    assert conflict["chosen"] is None
    assert {account["citation"]["number"] for account in conflict["accounts"]} == {1, 2}


async def test_where_a_model_tells_one_side_the_other_is_added(
    archive: Archive, settings: Settings, model: FakeOpenAI, tmp_path: Path
) -> None:
    def reply(body: dict[str, Any]) -> Script:
        key = next(k for k, sentence in evidence_of(body) if "8,000" in sentence)
        return Script([f"About 8,000 people marched through Orvel on Sunday [{key}]."])

    model.reply = reply
    ingest(archive, [write(tmp_path / "march", police=POLICE, stewards=STEWARDS)])
    body = await asked(
        drafting(archive, settings, model), "How many people marched against the dam in Orvel?"
    )

    assert body["answerer"] == "openai"
    assert body["text"].startswith(
        "About 8,000 people marched through Orvel on Sunday [1]. More than 22,000 people"
    )
    assert body["text"].endswith("disagree on this [1][2].")
    assert [c["status"] for c in body["conflicts"]] == ["disputed"]


async def test_a_corrected_version_speaks_and_names_what_it_corrected(
    archive: Archive, settings: Settings, tmp_path: Path
) -> None:
    first = (
        "Glassworks to close\n\nBy Ines Marlow, The Senn Post\n\n4 March 2025\n\nThe glassworks of Orvel will close on 30 September "
        "with the loss of 240 jobs, its owner said. The furnace has burned since 1998. Workers heard the news in the packing hall. "
        "The union called the decision a disgrace and asked for talks. The mayor promised help for every family."
    )
    corrected = (
        first.replace("240", "204").replace("4 March", "6 March")
        + "\n\nCorrection: an earlier version of this article gave a wrong number of jobs."
    )
    ingest(archive, [write(tmp_path / "glass", first=first, second=corrected)])
    answerer = Answerer(archive, Retriever(archive), Receipts(open_records(settings)))

    body = await asked(answerer, "How many jobs will be lost when the glassworks of Orvel closes?")

    assert "204" in body["text"] and "240" not in body["text"]
    assert [c["status"] for c in body["conflicts"]] == ["superseded"]
    assert "240" in body["conflicts"][0]["accounts"][1]["text"]


async def test_a_question_lets_go_of_what_it_read_when_it_ends_and_not_when_it_is_collected(
    extractive: Answerer, settings: Settings
) -> None:
    """What is removed leaves the files only where nobody reads an older state any more."""
    gc.disable()
    try:
        asked = await extractive.answer(Question("How much did the Orvel bridge cost?"))
        left = extractive.stream(Question("How much did the Orvel bridge cost?"))
        while not isinstance(await anext(left), Delta):
            pass
        await left.aclose()
        await asyncio.get_running_loop().shutdown_default_executor()
        assert remove(extractive.archive, asked.citations[0].article.article_id)
        files = settings.data_dir.glob("catalogue.sqlite*")
        assert b"38 million" not in b"".join(file.read_bytes() for file in files)
    finally:
        gc.enable()


async def test_an_answer_leaves_nothing_behind_for_the_loop_to_end(extractive: Answerer) -> None:
    await extractive.answer(Question("How much did the Orvel bridge cost?"))
    assert asyncio.all_tasks() == {asyncio.current_task()}
