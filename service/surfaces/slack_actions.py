"""What the Slack bot does for people: answers a question, checks a message, shows quotes."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from ingest.errors import DatelineError, NotReady
from service.surfaces import slack_blocks, slack_messages, slack_text
from service.surfaces.http_api_client import DatelineClient
from service.surfaces.slack_inbox import Inbox
from service.surfaces.slack_messages import Asked
from service.surfaces.slack_people import ASIDE_SECONDS, People
from service.surfaces.slack_reply import Hidden, Place, Reply
from service.surfaces.slack_settings import ChannelSettings
from service.surfaces.slack_web import UNREACHABLE, code, remedy
from service.types import LONGEST_QUESTION, Answer, Turn

# of 200 messages; Slack pages a thread from its start, and the latest turns are the ones wanted
HISTORY_PAGES = 5
TITLE_CHARACTERS = 200  # of a session
EVENTS_READ = 200  # of what happened, at once
LONGEST_CHECK = 20_000  # characters that POST /v1/checks takes

log = logging.getLogger(__name__)


class Errands:
    """One method a kind of work; each writes its reply, or raises what Slack raised."""

    def __init__(
        self,
        web: AsyncWebClient,
        dateline: DatelineClient,
        inbox: Inbox,
        people: People,
        public_url: str | None,
    ):
        self._web = web
        self._dateline = dateline
        self._inbox = inbox
        self._people = people
        self._public_url = public_url
        self._own_user: str | None = None

    async def reply(self, asked: Asked, posted: list[str], again: bool) -> Reply | Hidden:
        """Where the reply to a piece of work goes; what a former try posted is written anew."""
        if asked.hidden:
            return Hidden(asked.response_url)
        thread_ts, opening = asked.thread_ts, []
        if not thread_ts:  # a command, for all to see: a message of ours opens the thread
            opening = posted[:1] or [await self._opening(asked)]
            thread_ts, posted = opening[0], posted[1:]
            await asyncio.to_thread(self._inbox.posted, asked.key, thread_ts, opening + posted)
        if again:
            posted = [*posted, *await self._orphans(asked, thread_ts, opening + posted)]
        place_in_inbox = f"check {asked.ts}" if asked.kind == "check" else thread_ts

        async def keep(messages: list[str]) -> None:
            await asyncio.to_thread(
                self._inbox.posted, asked.key, place_in_inbox, opening + messages
            )

        place = Place(asked.team, asked.channel, thread_ts, asked.user)
        return Reply(self._web, place, keep, posted)

    async def run(
        self, asked: Asked, reply: Reply | Hidden, settings: ChannelSettings, last: bool
    ) -> None:
        """Does one piece of work. Raises what Slack or the network raised, and NotReady where the
        service is away and this is not the last try."""
        started = time.monotonic()
        outcome = "failed"
        try:
            if asked.kind in ("stale", "changed"):
                outcome = asked.kind
                await self._tell(asked, reply)
            elif settings.people and asked.user not in settings.people:
                outcome = "not_allowed"
                await self._web.chat_postEphemeral(
                    channel=asked.channel, user=asked.user, text=slack_text.NOT_FOR_YOU
                )
            elif asked.kind == "quotes":
                answer = await self._dateline.receipt(asked.answer_id)
                outcome = "quotes"
                await reply.settle(slack_blocks.quotes(answer, self._public_url))
            elif asked.kind == "check":
                outcome = "check"
                await self._check(asked, reply)
            else:
                outcome = await self._answer(asked, reply, settings)
        except DatelineError as error:
            outcome = error.code
            if error.status == NotReady.status and not last:
                raise NotReady(str(error)) from error
            await self._fail(reply, slack_text.FAILED.format(why=slack_text.escape(str(error))))
        except (*UNREACHABLE, asyncio.CancelledError):
            raise
        except Exception:  # whoever asked must hear that it failed
            log.exception("slack.failed %s", asked.key)
            await self._fail(reply, slack_text.BROKEN)
        finally:
            milliseconds = (time.monotonic() - started) * 1000
            log.info("slack.reply %s outcome=%s ms=%d", asked.key, outcome, milliseconds)
        if isinstance(reply, Reply) and not reply.ended_session:
            await self.status(reply, "active")

    async def status(self, reply: Reply | Hidden, status: str, title: str | None = None) -> bool:
        """Shows that we are at work, with a button that stops it, or no longer."""
        if isinstance(reply, Hidden):
            return True
        place = reply.place
        try:
            await self._web.agents_sessions_setStatus(
                channel_id=place.channel, thread_ts=place.thread_ts, status=status, title=title
            )
        except UNREACHABLE as error:
            log.info("slack.status not shown: %s", remedy(error))
            return False
        return True

    async def suggest(self, channel: str) -> None:
        """Questions about the newest stories, where a conversation begins."""
        try:
            found = await self._dateline.call(
                "GET", "/v1/articles", params={"sort": "newest", "limit": 20}
            )
            families = {one["family"]["id"]: one["title"] for one in reversed(found["articles"])}
            prompts = slack_blocks.prompts(reversed(families.values()))
            if prompts:
                await self._web.assistant_threads_setSuggestedPrompts(
                    channel_id=channel, title="Newest in the archive", prompts=prompts
                )
        except DatelineError as error:
            log.warning("slack.prompts not made: %s", error)
        except UNREACHABLE as error:
            log.warning("slack.prompts not shown: %s", remedy(error))

    async def _answer(self, asked: Asked, reply: Reply | Hidden, settings: ChannelSettings) -> str:
        """Writes an answer as it comes; how it went, for the log."""
        person = await self._people.person(asked.user)
        if person.is_bot:
            return "bot"
        text, as_of = asked.text, asked.as_of
        if asked.kind == "again":
            text = (await self._dateline.receipt(asked.answer_id)).question
        if not text or len(text) > LONGEST_QUESTION:
            long = slack_text.TOO_LONG.format(count=len(text), limit=LONGEST_QUESTION)
            await self._fail(reply, long if text else slack_text.USAGE)
            return "too_long" if text else "empty"
        shown = await self.status(reply, "processing", text[:TITLE_CHARACTERS])
        if not shown:
            await reply.search()
        history: tuple[Turn, ...] = ()
        if asked.kind == "question" and asked.in_thread:  # its turns, as far as Slack gives them
            messages = await self._thread(asked.channel, asked.thread_ts, asked.ts)
            history = slack_messages.turns(messages, asked.ts, await self._self())
        today = person.day(self._people.now())
        question = _question(text, history, settings) | {
            "as_of": as_of,
            "today": today.isoformat() if today else None,
        }
        answer: Answer | None = None
        async with aclosing(self._dateline.ask(question)) as events:
            async for event in events:
                if isinstance(event, Answer):
                    answer = event
                else:
                    reply.say(slack_text.markdown(event))
        assert answer is not None, "a stream ends with an answer or an error"
        if isinstance(reply, Reply):
            place = (reply.place.team, reply.place.channel, reply.place.thread_ts)
            await asyncio.to_thread(self._inbox.gave, answer.id, *place)
        await reply.settle(
            slack_blocks.settled(answer, self._public_url),
            slack_blocks.settled(answer, self._public_url, cards=False),
        )
        return answer.outcome

    async def happened(self, after: int) -> tuple[int, list[Asked]]:
        """What happened behind an event to answers that were given here and to questions that were
        saved for a channel, as work; and the last event."""
        sent = {"after": after, "limit": EVENTS_READ}
        found = (await self._dateline.call("GET", "/v1/events", params=sent))["events"]
        work = []
        for event in found:
            kind, subject, detail = event["kind"], event["subject"], event["detail"]
            place = await asyncio.to_thread(self._inbox.place_of, subject)
            if place:
                team, channel, thread_ts = place
                told = Asked("stale", team, channel, "", thread_ts, thread_ts, answer_id=subject)
            elif kind == "saved_question.changed" and "slack_channel" in detail:
                told = Asked("changed", "", detail["slack_channel"], "", "", "", answer_id=subject)
            else:
                continue
            work.append(replace(told, key=event["event_id"]))
        return (found[-1]["number"] if found else after), work

    async def _tell(self, asked: Asked, reply: Reply | Hidden) -> None:
        """What became of an answer, in its thread; nothing where that holds no more."""
        if asked.kind == "stale":
            receipt = await self._dateline.call("GET", f"/v1/answers/{asked.answer_id}")
            if receipt["stale"]:
                await reply.settle(slack_blocks.out_of_date(receipt, self._public_url))
            return
        saved = await self._dateline.call("GET", f"/v1/saved-questions/{asked.answer_id}")
        change = next((one for one in saved["changes"] if one["event_id"] == asked.key), None)
        if change is not None:
            await reply.settle(slack_blocks.changed(change, self._public_url))

    async def _check(self, asked: Asked, reply: Reply | Hidden) -> None:
        """A verdict a sentence in the message's thread; where we may not write, for the asker."""
        if not asked.text:
            await self._fail(reply, slack_text.NO_WORDS)
            return
        found = await self._dateline.call(
            "POST", "/v1/checks", json={"text": asked.text[:LONGEST_CHECK]}
        )
        told = slack_blocks.checked(found, self._public_url)
        try:
            await reply.settle(told)
        except SlackApiError as error:
            if code(error) not in ("not_in_channel", "channel_not_found"):
                raise
            await Hidden(asked.response_url).settle(told)

    async def excuse(self, asked: Asked, error: BaseException) -> None:
        """Tells the asker why there is no reply, where Slack gave us a way to."""
        if asked.response_url:
            why = slack_text.FAILED.format(why=slack_text.escape(remedy(error)))
            await self._fail(Hidden(asked.response_url), why)

    async def _fail(self, reply: Reply | Hidden, words: str) -> None:
        await reply.settle([[slack_blocks.section(words)]])

    async def _opening(self, asked: Asked) -> str:
        """The message that opens a thread for a command."""
        said = slack_text.ASKED.format(user=asked.user, question=slack_text.escape(asked.text))
        if asked.kind == "changed":
            saved = await self._dateline.call("GET", f"/v1/saved-questions/{asked.answer_id}")
            said = slack_text.CHANGED.format(question=slack_text.escape(saved["question"]))
        reply = await self._web.chat_postMessage(
            channel=asked.channel,
            text=said,
            blocks=[slack_blocks.section(said)],
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(reply["ts"])

    async def _self(self) -> str | None:
        """Our own user id, asked once; None while Slack does not say."""
        if self._own_user is None:
            try:
                async with asyncio.timeout(ASIDE_SECONDS):
                    self._own_user = (await self._web.auth_test()).get("user_id")
            except UNREACHABLE as error:
                log.warning("slack.identity unknown: %s", remedy(error))
        return self._own_user

    async def _orphans(self, asked: Asked, thread_ts: str, posted: list[str]) -> list[str]:
        """Messages of ours below a question that no reply knows of: a former try was cut off
        before it learned of them."""
        known = await asyncio.to_thread(self._inbox.messages, asked.channel, thread_ts)
        own_user = await self._self()
        return [
            ts
            for message in await self._thread(asked.channel, thread_ts, None)
            if message.get("user") == own_user is not None
            and slack_messages.later(ts := str(message.get("ts")), asked.ts or thread_ts)
            and ts not in known | {*posted}
        ]

    async def _thread(
        self, channel: str, thread_ts: str, latest: str | None
    ) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(ASIDE_SECONDS):
                cursor = None
                for _ in range(HISTORY_PAGES):
                    page = await self._web.conversations_replies(
                        channel=channel, ts=thread_ts, latest=latest, limit=200, cursor=cursor
                    )
                    messages += page.get("messages") or []
                    cursor = (page.get("response_metadata") or {}).get("next_cursor")
                    if not cursor:
                        break
        except UNREACHABLE as error:
            log.warning("slack.history unread: %s", remedy(error))
        return messages


def _question(text: str, history: tuple[Turn, ...], settings: ChannelSettings) -> dict[str, Any]:
    """A question of a channel as `POST /v1/answers` takes it."""
    body: dict[str, Any] = {
        "question": text,
        "history": [{"role": turn.role, "content": turn.content} for turn in history],
    }
    if settings.outlets:
        body["filters"] = {"publishers": [*settings.outlets]}
    if settings.collections:
        body["collections"] = [*settings.collections]
    return body
