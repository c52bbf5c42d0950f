"""Who may have an answer made now: a bounded queue, fair between keys, and what is said beyond it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx2
import pytest
from fake_openai import Script
from fake_openai import running as model_running
from pydantic import SecretStr
from running import running
from starlette.requests import ClientDisconnect
from test_feedback import COST, key
from test_rest import assert_problem

from ingest.errors import NotReady, Refused
from ingest.pipeline import ingest
from ingest.settings import Settings
from service.access.answer_queue import Turns


async def staying() -> None:
    await asyncio.Event().wait()


class Room:
    """Turns, and the order in which callers got one; a turn ends when it is told to."""

    def __init__(self, settings: Settings, **limits: int):
        self.stopping = asyncio.Event()
        self.turns = Turns(settings.model_copy(update=limits), self.stopping)
        self.order: list[str] = []
        self.ends: list[asyncio.Event] = []

    async def ask(self, caller: str, left: Callable[[], Awaitable[object]] = staying) -> None:
        async with self.turns.turn(caller, left):
            self.order.append(caller)
            end = asyncio.Event()
            self.ends.append(end)
            await end.wait()

    def begin(self, *callers: str) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(self.ask(caller)) for caller in callers]

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    async def finish(self) -> None:
        """All turns one after another, the oldest first."""
        for number in range(100):
            await self.settle()
            if number == len(self.ends):
                return
            self.ends[number].set()


def test_a_key_with_many_questions_waits_as_one(settings: Settings) -> None:
    async def busy() -> list[str]:
        room = Room(settings, answers_at_once=1)
        asked = room.begin(*"AAAAA", "B", "C", "B")
        await room.settle()
        assert (room.turns.running, room.turns.waiting) == (1, 7)
        await room.finish()
        await asyncio.gather(*asked)
        assert (room.turns.running, room.turns.waiting) == (0, 0)
        return room.order

    assert "".join(asyncio.run(busy())) == "AABCABAA"


def test_beyond_the_queue_and_beyond_a_keys_share_it_is_said_when_to_come_back(
    settings: Settings,
) -> None:
    async def full() -> None:
        room = Room(settings, answers_at_once=1, answers_waiting=2, key_answers_at_once=2)
        asked = room.begin("A", "A", "B")
        await room.settle()
        with pytest.raises(Refused, match="2 questions wait already") as refused:
            await room.ask("C")
        assert (refused.value.status, refused.value.code) == (503, "overloaded")
        assert refused.value.headers == {"Retry-After": "3"}
        with pytest.raises(Refused, match="2 answers under way") as refused:
            await room.ask("A")
        assert (refused.value.status, refused.value.code) == (429, "rate_limited")
        await room.finish()
        await asyncio.gather(*asked)
        again = room.begin("A")
        await room.finish()
        await asyncio.gather(*again)

    asyncio.run(full())


def test_whoever_leaves_or_is_stopped_gives_the_turn_on(settings: Settings) -> None:
    async def left() -> list[str]:
        room, went = Room(settings, answers_at_once=1), asyncio.Event()
        first = room.begin("A")
        leaving = asyncio.create_task(room.ask("B", went.wait))
        cancelled, last = room.begin("C", "D")
        await room.settle()
        went.set()
        cancelled.cancel()
        with pytest.raises(ClientDisconnect):
            await leaving
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        await room.finish()
        await asyncio.gather(*first, last)
        blocked = room.begin("A", "B")
        await room.settle()
        room.stopping.set()
        with pytest.raises(NotReady, match="stopping"):
            await blocked[1]
        await room.finish()
        assert room.turns.running == 0
        return room.order

    assert asyncio.run(left()) == ["A", "D", "A"]


def test_an_answer_that_waits_too_long_is_refused(settings: Settings) -> None:
    async def late() -> None:
        limits = {"answers_at_once": 1, "answer_timeout_seconds": 0.01}
        room = Room(settings, **limits)  # type: ignore[arg-type]
        first = room.begin("A")
        await room.settle()
        with pytest.raises(Refused, match="too many questions wait"):
            await room.ask("B")
        await room.finish()
        await asyncio.gather(*first)

    asyncio.run(late())


def test_a_key_has_so_many_tokens_a_day_and_is_told_what_is_left(
    settings: Settings, newsroom: object
) -> None:
    with model_running() as model:
        model.reply = lambda body: Script(["NO_ANSWER"])
        limits = {"api_keys": "ann,bob", "tokens_a_day": 10, "openai_base_url": model.url}
        given = settings.model_copy(update=limits | {"openai_api_key": SecretStr("x")})
        with running(given) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
            ingest(service.archive, [newsroom])  # type: ignore[list-item]

            def ask(name: str) -> httpx2.Response:
                return http.post("/v1/answers", json={"question": COST}, headers=key(name))

            first = ask("ann")
            assert first.status_code == 200
            assert first.headers["ratelimit-policy"] == '"tokens";q=10;w=86400'
            assert first.headers["ratelimit"].startswith('"tokens";r=10;t=')
            usage = first.json()["usage"]
            assert usage["prompt_tokens"] + usage["completion_tokens"] >= 10
            over = ask("ann")
            assert_problem(over, 429, "rate_limited")
            assert "10 tokens a day" in over.json()["detail"] and over.headers["retry-after"]
            assert http.get("/v1/articles", headers=key("ann")).status_code == 200
            assert ask("bob").status_code == 200
