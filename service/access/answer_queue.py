"""Lets so many answers be made at once; the rest wait in a bounded queue, one turn a caller, round and round."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from math import ceil
from typing import Any

from starlette.requests import ClientDisconnect

from ingest.errors import NotReady, Refused
from ingest.settings import Settings

LATELY = 16  # answers over which their time is smoothed
LONGEST_RETRY_SECONDS = 60


class Turns:
    """The turns of one process; all of it runs in one event loop."""

    def __init__(self, settings: Settings, stopping: asyncio.Event):
        self._free = settings.answers_at_once
        self._at_once = settings.answers_at_once
        self._most_waiting = settings.answers_waiting
        self._of_a_key = settings.key_answers_at_once
        self._wait_seconds = settings.answer_timeout_seconds
        self._stopping = stopping
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._under_way: Counter[str] = Counter()  # waiting ones included
        self._seconds = 1.0  # that an answer took lately

    @property
    def waiting(self) -> int:
        return sum(map(len, self._queues.values()))

    @property
    def running(self) -> int:
        return self._at_once - self._free

    @asynccontextmanager
    async def turn(self, caller: str, left: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
        """The block is one turn. `left` returns when the client goes away.

        Raises Refused where too many wait, or this caller has too many; ClientDisconnect;
        NotReady while the service stops.
        """
        most = self._of_a_key
        if most and self._under_way[caller] >= most:
            words = f"this caller has {most:,} answers under way: ask again when one is done"
            raise Refused(
                HTTPStatus.TOO_MANY_REQUESTS, "rate_limited", words, headers=self._later(1)
            )
        waiting = self.waiting
        if not self._free and waiting >= self._most_waiting:
            later = self._later((waiting + 1) / self._at_once)
            words = (
                f"{waiting:,} questions wait already: ask again in {later['Retry-After']} seconds"
            )
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "overloaded", words, headers=later)
        self._under_way[caller] += 1
        try:
            await self._wait(caller, left)
            began = time.monotonic()
            try:
                yield
            finally:
                self._seconds += (time.monotonic() - began - self._seconds) / LATELY
                self._pass_on()
        finally:
            self._under_way[caller] -= 1
            if not self._under_way[caller]:
                del self._under_way[caller]

    def _later(self, turns: float) -> dict[str, str]:
        seconds = ceil(turns * self._seconds)
        return {"Retry-After": str(min(max(seconds, 1), LONGEST_RETRY_SECONDS))}

    async def _wait(self, caller: str, left: Callable[[], Awaitable[object]]) -> None:
        if self._free:
            self._free -= 1
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(caller, deque()).append(mine)
        gone: asyncio.Future[object] = asyncio.ensure_future(left())
        stopping: asyncio.Future[object] = asyncio.ensure_future(self._stopping.wait())
        news: set[asyncio.Future[Any]] = {mine, gone, stopping}
        try:
            first = asyncio.FIRST_COMPLETED
            await asyncio.wait(news, timeout=self._wait_seconds, return_when=first)
            if gone.done():
                raise ClientDisconnect()
            if not mine.done():
                if stopping.done():
                    raise NotReady("the service is stopping; ask again when it is back")
                words = "too many questions wait: ask again later"
                later = self._later(self.waiting / self._at_once)
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "overloaded", words, headers=later)
        except BaseException:
            self._give_up(caller, mine)
            raise
        finally:
            gone.cancel()
            stopping.cancel()
            await asyncio.gather(gone, stopping, return_exceptions=True)

    def _give_up(self, caller: str, mine: asyncio.Future[None]) -> None:
        if mine.done():
            self._pass_on()
            return
        with contextlib.suppress(ValueError):
            self._queues[caller].remove(mine)
        if not self._queues[caller]:
            del self._queues[caller]

    def _pass_on(self) -> None:
        """To whoever has waited longest for a turn of their own; a caller with many waits as one."""
        if not self._queues:
            self._free += 1
            return
        caller, queue = next(iter(self._queues.items()))
        queue.popleft().set_result(None)
        if queue:
            self._queues.move_to_end(caller)
        else:
            del self._queues[caller]
