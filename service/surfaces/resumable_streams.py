"""Answers under way, each of which can be taken up again: it goes on a while after its client
left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from ingest.storage.snapshot import BOUND_TO
from ingest.types import may_see
from service.types import Answer, ClaimReleased, Completed, Delta, Event, Started

KEPT_SECONDS = 30.0  # that an answer goes on, and stays readable, when nobody follows it

Numbered = tuple[int, Event]


class Recordings:
    """The answers that are under way, or were a moment ago, by their id."""

    def __init__(self, kept_seconds: float = KEPT_SECONDS):
        self.kept_seconds = kept_seconds
        self.known: dict[str, Recording] = {}

    def begin(self, events: AsyncIterator[Event], answer_id: str = "") -> Recording:
        """Starts the work; it is under its id at once, or from its first event on."""
        begun = Recording(events, self, answer_id)
        if answer_id:
            self.known[answer_id] = begun
        return begun

    def get(self, answer_id: str) -> Recording | None:
        """One that whoever asks may see."""
        found = self.known.get(answer_id)
        return found if found and may_see(found.bound_to, BOUND_TO.get()) else None


class Recording:
    """One answer: its events so far, and whatever is still to come."""

    def __init__(self, events: AsyncIterator[Event], home: Recordings, answer_id: str = ""):
        self.id = answer_id  # else from the first event on
        self.bound_to = BOUND_TO.get()
        self.events: list[Event] = []
        self.ended = False
        self._home = home
        self._failure: BaseException | None = None
        self._news = asyncio.Event()
        self._followers = 0
        self._forgetting = self._later()
        # One task runs all of `events`: time limits and cancel scopes inside them belong to the
        # task that opened them.
        self._work = asyncio.create_task(self._record(events))

    async def follow(self, after: int = -1) -> AsyncGenerator[Numbered]:
        """The events behind number `after`, the first being 0, as they come.

        Raises what the answer raises. When the last follower leaves, the clock starts.
        """
        self._followers += 1
        self._forgetting.cancel()
        try:
            number = after + 1
            while True:
                while number < len(self.events):
                    yield number, self.events[number]
                    number += 1
                if self.ended:
                    break
                await self._news.wait()
            if self._failure is not None:
                raise self._failure
        finally:
            self._followers -= 1
            if not self._followers:
                self._forgetting = self._later()

    def stop(self) -> None:
        """Ends the work now, whoever follows."""
        self._forgetting.cancel()
        self._forget()

    async def _record(self, events: AsyncIterator[Event]) -> None:
        try:
            async for event in events:
                if isinstance(event, Started):
                    self.id = event.id
                    self._home.known[self.id] = self
                self.events.append(event)
                self._tell()
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001  raised by `follow`; a panic included
            self._failure = error
        finally:
            self.ended = True
            self._tell()

    def _tell(self) -> None:
        told, self._news = self._news, asyncio.Event()
        told.set()

    def _later(self) -> asyncio.TimerHandle:
        loop = asyncio.get_running_loop()
        return loop.call_later(self._home.kept_seconds, self._forget)

    def _forget(self) -> None:
        self._work.cancel()
        self._home.known.pop(self.id, None)
        self.events = []

    @property
    def failed(self) -> bool:
        return self._failure is not None


def replayed(answer: Answer) -> list[Event]:
    """The events of an answer that was given earlier, as they came then."""
    events: list[Event] = [Started(answer.id, answer.question)]
    shown: set[int] = set()
    for claim in answer.claims:
        new = tuple(c for c in answer.citations if c.number in {*claim.citations} - shown)
        shown.update(claim.citations)
        between = " " if len(events) > 1 else ""
        events += [ClaimReleased(claim, new), Delta(between + claim.text)]
    if not answer.claims:
        events.append(Delta(answer.text))
    return [*events, Completed(answer)]


async def unnumbered(steps: AsyncGenerator[Numbered]) -> AsyncGenerator[Event]:
    async with aclosing(steps):
        async for _, event in steps:
            yield event


async def numbered(events: list[Event], after: int = -1) -> AsyncGenerator[Numbered]:
    """Those behind number `after`, the first being 0."""
    for number, event in enumerate(events[after + 1 :], after + 1):
        yield number, event
