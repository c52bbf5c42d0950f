"""Events at a bearable pace: kept alive, and stopped when nobody listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from ingest.errors import ModelFailed, NotReady
from service.surfaces.streaming import STOPPING_GRACE_SECONDS, paced


class Source:
    """Words with pauses between them; remembers whether it was ended before its last word."""

    def __init__(self, *pauses_seconds: float):
        self.pauses_seconds = pauses_seconds
        self.cut = False

    async def words(self) -> AsyncGenerator[str]:
        try:
            async with asyncio.timeout(60):  # must be left by the task that entered it
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
    source = Source(0, 0.25, 0)
    async with aclosing(
        paced(source.words(), listening(), asyncio.Event(), ping_seconds=0.1)
    ) as events:
        got = [event async for event in events]
    assert [event for event in got if event] == ["word 0", "word 1", "word 2"]
    assert got[1:3] == [None, None] and not source.cut


async def test_work_for_a_client_that_went_away_is_cut() -> None:
    source, gone = Source(0, 30), asyncio.Event()
    with pytest.raises(ClientDisconnect):
        async for _ in paced(source.words(), listening(gone), asyncio.Event()):
            gone.set()
    assert source.cut


async def test_an_iterator_that_is_closed_cuts_the_work() -> None:
    source = Source(0, 30)
    async with aclosing(paced(source.words(), listening(), asyncio.Event())) as events:
        assert await anext(events) == "word 0"
    assert source.cut


async def test_when_the_service_stops_short_work_ends_well_and_long_work_is_cut() -> None:
    stopping = asyncio.Event()
    stopping.set()
    short, long = Source(0, STOPPING_GRACE_SECONDS / 10), Source(0, 30)
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
