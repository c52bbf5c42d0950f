"""Answers mentions and direct messages in Slack, in the thread where they were written.

A mention or a direct message is acknowledged at once and answered by a background task, because
Slack delivers again whatever is not acknowledged within 3 seconds.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

import aiohttp
from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import SecretStr
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.models.blocks import MarkdownTextObject, SectionBlock
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from ingest.errors import DatelineError, Refused, WrongUsage
from ingest.settings import Settings
from service.contract.problems import error_response
from service.surfaces import slack_messages, slack_text
from service.surfaces.slack_messages import Asked, Heard
from service.types import LONGEST_QUESTION, Answer, Question, Turn

# of 200 messages; Slack pages a thread from its start, and the latest turns are the ones wanted
HISTORY_PAGES = 5
ASIDE_SECONDS = 10.0  # longest wait for anything that an answer can do without
GRACE_SECONDS = 3.0  # what a shutdown gives answers under way
WORKING = "eyes"

log = logging.getLogger(__name__)
_bolt_log = logging.getLogger(f"{__name__}.bolt")
_UNREACHABLE = (SlackClientError, aiohttp.ClientError, TimeoutError)


class Answerer(Protocol):
    async def answer(self, question: Question) -> Answer: ...


def mount(app: FastAPI, answerer: Answerer, settings: Settings) -> None:
    """Adds `POST /slack/events` where SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET are both set.

    Call it before the application starts: answers under way are ended by the application's
    shutdown, before the things they need are closed. Raises WrongUsage when only one of the two is
    set.
    """
    token, secret = _value(settings.slack_bot_token), _value(settings.slack_signing_secret)
    if not token and not secret:
        return
    if not token or not secret:
        names = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET")
        have, lack = names if token else names[::-1]
        raise WrongUsage(
            f"{have} is set but {lack} is not: set {lack}, or unset {have} to run without Slack"
        )
    # It waits as long as a 429 says, and tries again where no connection was made. The SDK's own
    # choice also retries lost connections, after which a message may stand twice.
    client = AsyncWebClient(
        token=token,
        base_url=settings.slack_api_url,
        logger=_bolt_log,
        retry_handlers=[
            AsyncConnectionErrorRetryHandler(error_types=[aiohttp.ClientConnectorError]),
            AsyncRateLimitErrorRetryHandler(max_retry_count=2),
        ],
    )
    bot = Bot(client, answerer, settings.public_url)
    bolt, verifier = _bolt(bot, token), SignatureVerifier(secret)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await bot.close()

    router = APIRouter(lifespan=lifespan)

    @router.post("/slack/events", include_in_schema=False)
    async def events(request: Request) -> Response:
        body = await request.body()
        refused = _refused(verifier, body, request.headers)
        if refused is not None:
            return error_response(
                refused, request.url.path, getattr(request.state, "request_id", "")
            )
        return to_starlette_response(
            await bolt.async_dispatch(to_async_bolt_request(request, body))
        )

    app.include_router(router)


def _value(secret: SecretStr | None) -> str:
    return secret.get_secret_value().strip() if secret else ""


def _bolt(bot: Bot, token: str) -> AsyncApp:
    """Bolt over whatever transport: it acknowledges every event and hands it to the bot.

    `authorize` is ours because Bolt's calls auth.test before it acknowledges, and because without
    it a SLACK_CLIENT_ID in the environment would switch Bolt to OAuth and drop our token. The route
    checks signatures: Bolt parses the body first and fails with 500 on a body that is no JSON or a
    timestamp that is no number.
    """
    # its warnings are hints to people who write a bot: "token will be ignored"
    _bolt_log.setLevel(logging.ERROR)

    async def authorize(team_id: str | None, enterprise_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

    async def heard(body: dict[str, Any]) -> None:
        bot.hear(body)

    bolt = AsyncApp(
        name="dateline",
        logger=_bolt_log,
        client=bot.client,
        authorize=authorize,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        ignoring_self_events_enabled=False,  # the bot ignores every bot, itself first
    )
    # every kind: an event nobody takes is a 404, and Slack stops sending after many
    bolt.event(re.compile(""))(heard)
    return bolt


def _refused(
    verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]
) -> Refused | None:
    """Why this is not an event of Slack's, None when it is one."""
    timestamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    signed = False
    if re.fullmatch(r"[0-9]{1,12}", timestamp) and signature.isascii():  # the SDK raises on others
        with suppress(UnicodeDecodeError):
            signed = verifier.is_valid(body, timestamp, signature)  # in constant time
    if not signed:
        return Refused(
            401, "invalid_key", "not signed with SLACK_SIGNING_SECRET in the last 5 minutes"
        )
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return Refused(400, "malformed_json", "the body is not JSON")
    if not isinstance(event, dict) or not isinstance(event.get("event", {}), dict):
        return Refused(422, "invalid_request", "the body is not a Slack event")
    return None


class Bot:
    """What was heard lately, the answers under way, and who we are in this workspace."""

    def __init__(
        self,
        client: AsyncWebClient,
        answerer: Answerer,
        public_url: str | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.client = client
        self._answerer = answerer
        self._public_url = public_url
        self._clock = clock
        self._heard = Heard(clock)
        self._under_way: set[asyncio.Task[None]] = set()
        self._own_user: str | None = None

    def hear(self, body: dict[str, Any]) -> None:
        """Starts one answer for a message that asks for one, however often it is delivered."""
        asked = slack_messages.asked(body["event"])
        if asked is None:
            return
        new_event = self._heard.first(f"event {body.get('event_id', (asked.channel, asked.ts))}")
        # one message can come as two events
        new_message = self._heard.first(f"message {asked.channel} {asked.ts}")
        if new_event and new_message:
            self._start(self._reply(asked))

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._under_way.add(task)  # the loop itself keeps no hold on tasks
        task.add_done_callback(self._under_way.discard)
        return task

    async def close(self) -> None:
        """Gives answers under way 3 seconds, then ends them."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=GRACE_SECONDS)
        remaining = [*self._under_way]
        for task in remaining:
            task.cancel()
        await asyncio.gather(*remaining, return_exceptions=True)

    async def _reply(self, asked: Asked) -> None:
        if asked.user == await self._self():
            return
        started = self._clock()
        working = self._start(self._react("reactions.add", asked))
        text, outcome = await self._text(asked)
        await self._post(asked, text)
        log.info(
            "slack.reply channel=%s ts=%s outcome=%s milliseconds=%d",
            asked.channel,
            asked.ts,
            outcome,
            (self._clock() - started) * 1000,
        )
        await working
        await self._react("reactions.remove", asked)

    async def _text(self, asked: Asked) -> tuple[str, str]:
        """What to say, and for the log how it went."""
        if not asked.text:
            return slack_text.USAGE, "empty"
        if len(asked.text) > LONGEST_QUESTION:
            return slack_text.TOO_LONG.format(
                count=len(asked.text), limit=LONGEST_QUESTION
            ), "too_long"
        try:
            answer = await self._answerer.answer(
                Question(asked.text, history=await self._history(asked))
            )
        except DatelineError as error:
            return slack_text.FAILED.format(why=slack_text.escape(str(error))), error.code
        except Exception:  # the outermost rim of this task: whoever asked must hear that it failed
            log.exception("slack.failed channel=%s ts=%s", asked.channel, asked.ts)
            return slack_text.BROKEN, "internal"
        return slack_text.render(answer, self._public_url), answer.outcome

    async def _history(self, asked: Asked) -> tuple[Turn, ...]:
        """The turns of the thread before this message, as far as Slack gives them."""
        messages: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(ASIDE_SECONDS):
                cursor = None
                for _ in range(HISTORY_PAGES if asked.in_thread else 0):
                    page = await self.client.conversations_replies(
                        channel=asked.channel,
                        ts=asked.thread_ts,
                        latest=asked.ts,
                        limit=200,
                        cursor=cursor,
                    )
                    messages += page.get("messages") or []
                    cursor = (page.get("response_metadata") or {}).get("next_cursor")
                    if not cursor:
                        break
        except _UNREACHABLE as error:
            log.warning(
                "slack.history channel=%s ts=%s unread: %s", asked.channel, asked.ts, _reason(error)
            )
        return slack_messages.turns(messages, asked.ts, await self._self()) if messages else ()

    async def _self(self) -> str | None:
        """Our own user id, asked once; None while Slack does not say."""
        if self._own_user is None:
            try:
                async with asyncio.timeout(ASIDE_SECONDS):
                    self._own_user = (await self.client.auth_test()).get("user_id")
            except _UNREACHABLE as error:
                log.warning("slack.identity unknown: %s; check SLACK_BOT_TOKEN", _reason(error))
        return self._own_user

    async def _post(self, asked: Asked, text: str) -> None:
        """The reply in the thread, in as many messages as it needs, with nothing unfurled."""
        try:
            for message in slack_text.parts(text, slack_text.MESSAGE_CHARACTERS):
                await self.client.chat_postMessage(
                    channel=asked.channel,
                    thread_ts=asked.thread_ts,
                    text=message,
                    # whole, and verbatim: a bare address in an article's words stays words
                    blocks=[
                        SectionBlock(text=MarkdownTextObject(text=part, verbatim=True), expand=True)
                        for part in slack_text.parts(message, slack_text.SECTION_CHARACTERS)
                    ],
                    unfurl_links=False,
                    unfurl_media=False,
                    link_names=False,
                    parse="none",
                )
        except _UNREACHABLE as error:
            log.error(
                "slack.post channel=%s ts=%s failed: %s", asked.channel, asked.ts, _reason(error)
            )

    async def _react(self, method: str, asked: Asked) -> None:
        """Shows or ends the sign that we are at work, where the workspace allows it."""
        try:
            params = {"name": WORKING, "channel": asked.channel, "timestamp": asked.ts}
            await self.client.api_call(method, params=params)
        except _UNREACHABLE as error:
            log.info(
                "slack.reaction %s channel=%s failed: %s", method, asked.channel, _reason(error)
            )


def _reason(error: Exception) -> str:
    """Slack's word for what went wrong, or the kind of failure; never a token or a text."""
    if isinstance(error, SlackApiError) and isinstance(error.response, AsyncSlackResponse):
        return str(error.response.get("error") or error.response.status_code)
    return type(error).__name__
