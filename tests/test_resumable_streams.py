"""Streams that are taken up again: over real HTTP, and the clock that ends them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing

import httpx2
import pytest
from test_rest import COST, NONSENSE, assert_problem, sent_events

from ingest.errors import ModelFailed
from service.contract.response_bodies import answer_of
from service.surfaces.resumable_streams import KEPT_SECONDS, Recordings, replayed
from service.types import Completed, Delta, Event, Started

STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def http(served: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served, timeout=60) as client:
        yield client


@pytest.mark.parametrize("question", [COST, NONSENSE])
def test_a_stream_that_broke_off_goes_on_where_it_was(http: httpx2.Client, question: str) -> None:
    with http.stream("POST", "/v1/answers", json={"question": question, "stream": True}) as reply:
        first = next(reply.iter_text()).split("\n\n")[0] + "\n\n"
    [started] = sent_events(first)
    assert started.id == "0"
    address = f"/v1/answers/{started.data['id']}/events"
    rest = sent_events(http.get(address, headers={"Last-Event-ID": "0"}).text)
    assert [event.id for event in rest] == [str(n) for n in range(1, len(rest) + 1)]
    answer = rest[-1].data
    assert rest[-1].event == "answer.completed" and answer["id"] == started.data["id"]
    assert "".join(e.data["text"] for e in rest if e.event == "answer.delta") == answer["text"]
    assert sent_events(http.get(address).text) == [started, *rest]
    assert http.get(address, headers={"Last-Event-ID": rest[-1].id or ""}).status_code == 204


@pytest.mark.parametrize("question", [COST, NONSENSE])
def test_an_answer_given_earlier_is_replayed_as_it_came(http: httpx2.Client, question: str) -> None:
    streamed = sent_events(
        http.post("/v1/answers", json={"question": question, "stream": True}).text
    )
    whole = http.post("/v1/answers", json={"question": question}).json()
    again = sent_events(http.get(f"/v1/answers/{whole['id']}/events").text)
    assert [(e.event, e.id) for e in again] == [(e.event, e.id) for e in streamed]
    assert again[-1].data == whole
    assert [e.data for e in again[1:-1]] == [e.data for e in streamed[1:-1]]
    last = {"Last-Event-ID": "99"}
    assert http.get(f"/v1/answers/{whole['id']}/events", headers=last).status_code == 204


def test_a_receipt_of_an_earlier_version_is_replayed_too(http: httpx2.Client) -> None:
    whole = http.post("/v1/answers", json={"question": COST}).json()
    earlier = {k: v for k, v in whole.items() if k not in ("read_as", "digest", "conversation_id")}
    answer = answer_of(earlier)
    assert answer.read_as is None and replayed(answer)[-1] == Completed(answer)


def test_an_answer_under_way_is_stopped_by_its_id(http: httpx2.Client) -> None:
    with http.stream("POST", "/v1/answers", json={"question": COST, "stream": True}) as reply:
        [started] = sent_events(next(reply.iter_text()).split("\n\n")[0] + "\n\n")
        address = f"/v1/answers/{started.data['id']}/events"
        assert http.delete(address).status_code == 204
    assert_problem(http.delete(address), 404)


async def test_a_recording_that_is_stopped_ends_its_work_and_its_followers() -> None:
    ended = asyncio.Event()

    async def endless() -> AsyncIterator[Event]:
        try:
            yield Started("ans_1", "?")
            yield Delta("One.")
            await asyncio.Event().wait()
        finally:
            ended.set()

    recordings = Recordings()
    recording = recordings.begin(endless())
    heard = []
    async for _, event in recording.follow():
        heard.append(event)
        if isinstance(event, Delta):
            recording.stop()
    assert heard == [Started("ans_1", "?"), Delta("One.")]
    await ended.wait()
    assert not recordings.known


def test_nothing_is_taken_up_that_never_was(http: httpx2.Client) -> None:
    assert_problem(http.get("/v1/answers/ans_0/events"), 404)
    for wrong in ("-1", "first", "1.5", "9" * 30):
        headers = {"Last-Event-ID": wrong}
        assert_problem(http.get("/v1/answers/ans_0/events", headers=headers), 422)


class Work:
    """An answer of some words; `go` lets it say the next one."""

    def __init__(self) -> None:
        self.go = asyncio.Semaphore(0)
        self.cut = asyncio.Event()

    async def events(self) -> AsyncIterator[Event]:
        try:
            yield Started("ans_1", "?")
            for number in range(3):
                await self.go.acquire()
                yield Delta(f"word {number}")
        except asyncio.CancelledError:
            self.cut.set()
            raise


async def test_work_goes_on_without_a_follower_and_is_cut_when_none_comes_back() -> None:
    assert KEPT_SECONDS == 30.0
    work, recordings = Work(), Recordings(kept_seconds=2)
    recording = recordings.begin(work.events())
    async with aclosing(recording.follow()) as events:
        assert await anext(events) == (0, Started("ans_1", "?"))
    work.go.release()
    async with aclosing(recordings.known["ans_1"].follow(0)) as events:
        assert await anext(events) == (1, Delta("word 0"))
    async with asyncio.timeout(120):
        await work.cut.wait()
    assert recordings.known == {}


async def test_two_followers_hear_the_same_and_the_end_is_kept_for_a_while() -> None:
    work, recordings = Work(), Recordings()
    recording = recordings.begin(work.events())

    async def heard(after: int) -> list[int]:
        return [number async for number, _ in recording.follow(after)]

    following = [asyncio.create_task(heard(after)) for after in (-1, 1)]
    for _ in range(3):
        work.go.release()
    assert [await task for task in following] == [[0, 1, 2, 3], [2, 3]]
    assert recording.ended and recordings.known == {"ans_1": recording}
    assert await heard(2) == [3] and await heard(3) == []


async def test_a_failure_reaches_everybody_who_follows() -> None:
    async def failing() -> AsyncIterator[Event]:
        yield Started("ans_1", "?")
        raise ModelFailed("it broke off")

    recording = Recordings().begin(failing())
    for _ in range(2):
        with pytest.raises(ModelFailed):
            async for _ in recording.follow():
                pass
