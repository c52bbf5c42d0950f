"""Events at a bearable pace: kept alive, and stopped when nobody listens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fake_openai import Script, evidence_of
from fake_openai import running as model_running
from running import running
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from ingest.errors import ModelFailed, NotReady
from ingest.pipeline import SAMPLE, ingest
from ingest.settings import Settings
from service.surfaces.event_streams import STOPPING_GRACE_SECONDS, paced


class Source:
    """Words with pauses between them; remembers whether it was ended before its last word."""

    def __init__(self, *pauses_seconds: float):
        self.pauses_seconds = pauses_seconds
        self.cut = False

    async def words(self) -> AsyncGenerator[str]:
        try:
            async with asyncio.timeout(1_000):  # must be left by the task that entered it
                for number, pause in enumerate(self.pauses_seconds):
                    await asyncio.sleep(pause)
                    yield f"word {number}"
        except asyncio.CancelledError:
            self.cut = True
            raise


def listening(gone: asyncio.Event | None = None) -> Request:
    """A request whose client stays, or goes away with the event."""

    async def receive() -> Message:
        await (gone or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http"}, receive)


async def test_events_come_as_they_are_and_silence_is_filled() -> None:
    filled = asyncio.Event()

    async def words() -> AsyncGenerator[str]:
        yield "word 0"
        await filled.wait()
        yield "word 1"
        yield "word 2"

    got: list[str | None] = []
    async with aclosing(paced(words(), listening(), asyncio.Event(), ping_seconds=0.05)) as events:
        async for event in events:
            got.append(event)
            if got.count(None) == 2:
                filled.set()
    assert [event for event in got if event] == ["word 0", "word 1", "word 2"]
    assert got[:3] == ["word 0", None, None]


async def test_work_for_a_client_that_went_away_is_cut() -> None:
    source, gone = Source(0, 600), asyncio.Event()
    with pytest.raises(ClientDisconnect):
        async for _ in paced(source.words(), listening(gone), asyncio.Event()):
            gone.set()
    assert source.cut


async def test_an_iterator_that_is_closed_cuts_the_work() -> None:
    source = Source(0, 600)
    async with aclosing(paced(source.words(), listening(), asyncio.Event())) as events:
        assert await anext(events) == "word 0"
    assert source.cut


async def test_when_the_service_stops_short_work_ends_well_and_long_work_is_cut() -> None:
    stopping = asyncio.Event()
    stopping.set()
    short, long = Source(0, STOPPING_GRACE_SECONDS / 100), Source(0, 600)
    assert [e async for e in paced(short.words(), listening(), stopping)] == [
        "word 0",
        "word 1",
    ]
    with pytest.raises(NotReady, match="stopping"):
        async for _ in paced(long.words(), listening(), stopping):
            pass
    assert long.cut


async def test_a_failure_of_the_work_arrives_after_what_it_said() -> None:
    async def failing() -> AsyncIterator[str]:
        yield "word"
        raise ModelFailed("it broke off")

    got = []
    with pytest.raises(ModelFailed):
        async for event in paced(failing(), listening(), asyncio.Event()):
            got.append(event)
    assert got == ["word"]


SUITES = Path(__file__).parents[1] / "evals" / "suites"
PROTOCOLS = {
    "/v1/answers": lambda question: {"question": question},
    "/v1/chat/completions": lambda question: {"messages": [{"role": "user", "content": question}]},
    "/v1/responses": lambda question: {"input": question},
}


def whole_of(path: str, reply: dict[str, Any]) -> tuple[str, list[Any]]:
    """Text and citations of a whole reply."""
    if path == "/v1/answers":
        return reply["text"], reply["citations"]
    if path == "/v1/responses":
        [part] = reply["output"][0]["content"]
        return part["text"], part["annotations"]
    message = reply["choices"][0]["message"]
    return message["content"], message["annotations"]


def streamed_of(path: str, stream: str) -> tuple[str, list[Any]]:
    """The same of a stream, from its deltas alone."""
    events = [json.loads(one[6:]) for one in stream.splitlines() if one.startswith("data: {")]
    if path == "/v1/answers":
        cited = [c for one in events if "claim" in one for c in one["citations"]]
        return "".join(one["text"] for one in events if set(one) == {"text"}), cited
    if path == "/v1/responses":
        notes = [one["annotation"] for one in events if "annotation" in one]
        return "".join(one["delta"] for one in events if "delta" in one), notes
    deltas = [one["choices"][0]["delta"] for one in events]
    notes = [note for delta in deltas for note in delta.get("annotations", [])]
    return "".join(delta.get("content") or "" for delta in deltas), notes


@pytest.mark.slow
@pytest.mark.parametrize(("answerer", "every"), [("extractive", 2), ("openai", 6)])
def test_streamed_answers_carry_the_citations_of_the_whole_form(
    settings: Settings, answerer: str, every: int
) -> None:
    lines = (SUITES / "sample.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines][::every]
    with_citations = 0
    with model_running() as model:
        model.reply = lambda body: Script(
            [f"{text} [{key}] " for key, text in evidence_of(body)[:3]] or ["NO_ANSWER"]
        )
        chosen = {"answerer": answerer, "openai_base_url": model.url}
        with (
            running(settings.model_copy(update=chosen)) as (url, service),
            httpx2.Client(base_url=url, timeout=60) as http,
        ):
            ingest(service.archive, [SAMPLE])
            for question in questions:
                for path, body_of in PROTOCOLS.items():
                    body = body_of(question)
                    text, citations = whole_of(path, http.post(path, json=body).json())
                    stream = http.post(path, json=body | {"stream": True}).text
                    assert streamed_of(path, stream) == (text, citations), (path, question)
                    with_citations += bool(citations)
    assert with_citations >= 2 * len(questions)  # of three protocols; some questions are declined
