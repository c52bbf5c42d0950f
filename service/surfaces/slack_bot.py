"""The Slack bot: hears what is asked, once and on disk, and answers it in its thread."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any
from weakref import WeakValueDictionary

from slack_sdk.web.async_client import AsyncWebClient

from ingest.errors import DatelineError, NotReady, WrongUsage
from service.surfaces import slack_messages, slack_settings, slack_text
from service.surfaces.http_api_client import DatelineClient
from service.surfaces.slack_actions import Errands
from service.surfaces.slack_inbox import LEASE_SECONDS, Inbox
from service.surfaces.slack_messages import Asked
from service.surfaces.slack_people import People
from service.surfaces.slack_reply import FINAL, Hidden, Reply
from service.surfaces.slack_settings import ChannelSettings, Rules
from service.surfaces.slack_web import UNREACHABLE, code, remedy

GRACE_SECONDS = 3.0  # what a shutdown gives answers under way
AT_ONCE = 16  # answers under way; more wait for their turn
TRIES = 5  # of one answer at a stretch; then it waits for the next look
MOST_TRIES = 50  # before it is given up: half an hour of Slack being away
AGAIN_SECONDS = 2.0  # from a failure of Slack or the network to the next try, times the tries
LOOK_SECONDS = 30.0  # between two looks for work that another left
FAREWELL_SECONDS = 2.0  # for saying that an answer was stopped or comes later

log = logging.getLogger(__name__)


class Bot:
    """Answers under way, and who we are in this workspace."""

    def __init__(
        self,
        web: AsyncWebClient,
        dateline: DatelineClient,
        inbox: Inbox,
        rules: Rules,
        public_url: str | None,
    ):
        self.web = web
        self.rules = rules
        self.people = People(web)
        self._dateline = dateline
        self._inbox = inbox
        self._errands = Errands(web, dateline, inbox, self.people, public_url)
        self._known_event = 0  # all are looked at anew after a restart: who was told, is not again
        self._tasks: set[asyncio.Task[None]] = set()
        self._answers: dict[str, asyncio.Task[None]] = {}  # by key
        self._asked: dict[str, Asked] = {}  # what they answer
        self._replies: dict[str, Reply | Hidden] = {}
        self._stopped: set[str] = set()  # keys that somebody stopped
        # one answer at a time in a thread, so that each is in the history of the next
        self._threads: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        self._room = asyncio.Semaphore(AT_ONCE)

    # What comes in -------------------------------------------------------------------------------

    async def event(self, body: dict[str, Any]) -> None:
        """An event of any kind; returns once what is asked is on disk."""
        event = body["event"]
        kind = event.get("type")
        if not self.rules.answers_in(str(body.get("team_id") or ""), str(event.get("channel"))):
            return
        if kind == "agent_session_stopped":
            self.stop(str(event.get("channel")), str(event.get("thread_ts")))
        elif kind == "app_home_opened" and event.get("tab") == "messages":
            self.start(self._errands.suggest(str(event.get("channel"))))
        else:
            asked = slack_messages.asked(body)
            if asked is None:
                return
            # a message without a mention may continue a thread that we answered
            if asked.mentioned or (
                (await self.settings(asked.channel)).follow_ups
                and await asyncio.to_thread(self._inbox.answered, asked.channel, asked.thread_ts)
            ):
                await self.hear(asked)

    async def hear(self, asked: Asked) -> bool:
        """Starts one piece of work, however often it is delivered; False where it was heard."""
        place = asked.thread_ts if asked.kind != "check" else f"check {asked.ts}"
        new = await asyncio.to_thread(
            self._inbox.hear, asked.key, asked.channel, place, asked.work()
        )
        if new:
            self._answer(asked)
        return new

    def stop(self, channel: str, thread_ts: str) -> None:
        """Ends the answers under way in a thread, as somebody there wants it."""
        for key, asked in self._asked.items():
            reply = self._replies.get(key)
            thread = reply.place.thread_ts if isinstance(reply, Reply) else asked.thread_ts
            if (asked.channel, thread) == (channel, thread_ts):
                self._stopped.add(key)
                self._answers[key].cancel()

    async def rate(self, team: str, user: str, answer_id: str, rating: str) -> None:
        """Keeps a rating where `POST /v1/feedback` keeps them."""
        rated = {"answer_id": answer_id, "rating": rating, "user": f"slack:{team}:{user}"}
        try:
            await self._dateline.call("POST", "/v1/feedback", json=rated)
        except DatelineError as error:
            log.warning("slack.rating lost: %s", error)

    async def settings(self, channel: str) -> ChannelSettings:
        return self.rules.of(channel, await asyncio.to_thread(self._inbox.channel, channel))

    async def change(self, channel: str, user: str, words: str) -> str:
        """What `/ask settings …` replies; raises nothing."""
        person = await self.people.person(user)
        if not (person.is_admin or user in self.rules.file.admins):
            return "Only admins of this workspace may see and change these settings."
        before = await asyncio.to_thread(self._inbox.channel, channel)
        try:
            after = slack_settings.changed(words, before) if words.strip() else before
        except WrongUsage as error:
            return f"That changed nothing: {slack_text.escape(str(error))}."
        if after != before:
            await asyncio.to_thread(self._inbox.set_channel, channel, after)
        return slack_settings.shown(self.rules.of(channel, after))

    # Life ----------------------------------------------------------------------------------------

    def open(self) -> None:
        """Takes up what a former life left, and looks for more from now on."""
        self.start(self._look())

    async def close(self) -> None:
        """Gives answers under way 3 seconds; what is left says so, and is answered after a
        restart."""
        if self._answers:
            await asyncio.wait(self._answers.values(), timeout=GRACE_SECONDS)
        left = [*self._tasks]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._dateline.close()
        self._inbox.close()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs work aside; the loop itself keeps no hold on tasks."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _look(self) -> None:
        renewed = time.monotonic()
        while True:
            try:
                for key, work in await asyncio.to_thread(self._inbox.take):
                    if key not in self._answers:
                        self._answer(Asked(**work))
                if self._answers and time.monotonic() - renewed > LEASE_SECONDS / 4:
                    renewed = time.monotonic()
                    await asyncio.to_thread(self._inbox.renew, [*self._answers])
            except DatelineError as error:
                log.error("slack.inbox %s", error)
            await self._hear_of_answers()
            await asyncio.sleep(LOOK_SECONDS)

    async def _hear_of_answers(self) -> None:
        """Takes up what happened to answers that stand in a thread; of each once, as of questions."""
        try:
            before = -1
            while before != self._known_event:
                before = self._known_event
                after, work = await self._errands.happened(before)
                for asked in work:
                    if self.rules.answers_in(asked.team, asked.channel):
                        await self.hear(asked)
                self._known_event = after
        except DatelineError as error:
            log.info("slack.events not read: %s", error)

    def _answer(self, asked: Asked) -> None:
        task = self.start(self._run(asked))
        self._answers[asked.key], self._asked[asked.key] = task, asked

        def forget(_: asyncio.Task[None]) -> None:
            del self._answers[asked.key], self._asked[asked.key]
            self._replies.pop(asked.key, None)
            self._stopped.discard(asked.key)

        task.add_done_callback(forget)

    async def _run(self, asked: Asked) -> None:
        """One piece of work from start to end, tried again where Slack or the network fails."""
        try:
            thread = asked.channel, asked.thread_ts or asked.key
            async with self._threads.setdefault(thread, asyncio.Lock()), self._room:
                for attempt in range(1, TRIES + 1):
                    if await self._tried(asked, last=attempt == TRIES):
                        break
                    await asyncio.sleep(AGAIN_SECONDS * attempt)
                else:
                    await asyncio.to_thread(self._inbox.release, asked.key)
                    return
        except asyncio.CancelledError:
            if not await self._farewell(asked):
                return
        except Exception:  # the outermost rim of this task
            log.exception("slack.failed %s", asked.key)
        await asyncio.to_thread(self._inbox.finish, asked.key)

    async def _tried(self, asked: Asked, last: bool) -> bool:
        """Whether work is done, or no other try would do it."""
        tries, posted = await asyncio.to_thread(self._inbox.begin, asked.key)
        try:
            before = self._replies.get(asked.key)
            if before is not None:
                await before.drop()
            reply = await self._errands.reply(asked, posted, again=tries > 1)
            self._replies[asked.key] = reply
            await self._errands.run(asked, reply, await self.settings(asked.channel), last)
        except (*UNREACHABLE, NotReady) as error:
            log.warning("slack.reply %s try=%d: %s", asked.key, tries, remedy(error))
            if code(error) not in FINAL and tries < MOST_TRIES:
                return False
            await self._errands.excuse(asked, error)
        return True

    async def _farewell(self, asked: Asked) -> bool:
        """Says why nothing more comes; whether that is the end of it."""
        stopped = asked.key in self._stopped
        reply = self._replies.get(asked.key)
        words = slack_text.RESTARTING
        if stopped:
            words = slack_text.STOPPED if reply and reply.messages else slack_text.STOPPED_EARLY
        if reply is not None:
            with suppress(*UNREACHABLE):
                async with asyncio.timeout(FAREWELL_SECONDS):
                    await reply.end(words)
                    await self._errands.status(reply, "active")
        if not stopped:
            await asyncio.to_thread(self._inbox.release, asked.key)
        return stopped
