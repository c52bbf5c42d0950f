"""Takes what Slack delivers, over HTTP and over Socket Mode alike, and hands it to the bot."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, FastAPI, Request, Response
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier

from ingest.errors import DatelineError, Refused
from ingest.settings import Settings
from service.contract.problems import error_response
from service.surfaces import slack_blocks, slack_messages, slack_text
from service.surfaces.http_api_client import DatelineClient
from service.surfaces.slack_bot import Bot
from service.surfaces.slack_inbox import open_inbox
from service.surfaces.slack_keys import value_of
from service.surfaces.slack_settings import Rules
from service.surfaces.slack_web import COMMAND, UNREACHABLE, bolt_log, client, remedy

PING_SECONDS = 10.0  # of Socket Mode; a connection that is lost is made anew within four of them


def bot(settings: Settings, dateline: DatelineClient) -> Bot:
    """The bot of these settings; `open` it, and `close` it at the end.

    Raises WrongUsage where its settings file is wrong, IndexUnavailable where what it hears cannot
    be kept.
    """
    rules = Rules.read(settings.slack_settings)
    web = client(value_of(settings.slack_bot_token), settings.slack_api_url)
    return Bot(web, dateline, open_inbox(settings), rules, settings.public_url)


def mount(app: FastAPI, settings: Settings, dateline: DatelineClient) -> None:
    """Adds `POST /slack/events`: events, commands and buttons, each signed by Slack.

    Call it before the application starts: answers under way are ended by the application's
    shutdown, before the things they need are closed.
    """
    heard = bot(settings, dateline)
    bolt = app_of(heard)
    verifier = SignatureVerifier(value_of(settings.slack_signing_secret))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        heard.open()
        yield
        await heard.close()

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


async def hear(
    settings: Settings,
    dateline: DatelineClient,
    stopped: asyncio.Event,
    say: Callable[[str], None],
) -> None:
    """Hears over Socket Mode, a WebSocket that this side opens and opens again, until `stopped`.

    Raises DatelineError where Slack does not take the tokens or cannot be reached at the start.
    """
    heard = bot(settings, dateline)
    app_token = value_of(settings.slack_app_token)
    try:
        ours = await heard.web.auth_test()
        await heard.web.apps_connections_open(app_token=app_token)
    except UNREACHABLE as error:
        await heard.close()
        raise DatelineError(
            f"Slack cannot be heard: {remedy(error)}; `dateline slack --check` says more"
        ) from error
    handler = AsyncSocketModeHandler(
        app_of(heard), app_token, logger=bolt_log, ping_interval=PING_SECONDS
    )
    heard.open()
    try:
        await handler.client.connect()  # type: ignore[no-untyped-call]
        say(f"Dateline hears Slack as @{ours['user']} in {ours['team']}; it asks {dateline.name}")
        await stopped.wait()
    finally:
        await handler.client.close()  # type: ignore[no-untyped-call]
        await heard.close()


def app_of(heard: Bot) -> AsyncApp:
    """Bolt over whatever transport. It acknowledges once what is asked stands on disk.

    `authorize` is ours because Bolt's calls auth.test before it acknowledges, and because without
    it a SLACK_CLIENT_ID in the environment would switch Bolt to OAuth and drop our token. The route
    checks signatures: Bolt parses the body first and fails with 500 on a body that is no JSON or a
    timestamp that is no number.
    """

    async def authorize(team_id: str | None, enterprise_id: str | None) -> AuthorizeResult:
        token = heard.web.token
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

    async def event(body: dict[str, Any]) -> None:
        await heard.event(body)

    async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _commanded(heard, ack, body)

    async def shortcut(ack: AsyncAck, body: dict[str, Any]) -> None:
        asked = slack_messages.shortcut(body)
        if heard.rules.answers_in(asked.team, asked.channel):
            await heard.hear(asked)
        await ack()

    async def action(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        asked = slack_messages.action(body, action)
        rated = slack_messages.rating(action)
        if asked is not None and heard.rules.answers_in(asked.team, asked.channel):
            await heard.hear(asked)
        elif rated is not None:
            team, user = ((body.get(name) or {}).get("id") for name in ("team", "user"))
            heard.start(heard.rate(str(team), str(user), *rated))
        await ack()

    bolt = AsyncApp(
        name="dateline",
        logger=bolt_log,
        client=heard.web,
        authorize=authorize,
        process_before_response=True,  # first on disk, then acknowledged
        request_verification_enabled=False,
        ssl_check_enabled=False,
        ignoring_self_events_enabled=False,  # the bot ignores every bot, itself first
        attaching_conversation_kwargs_enabled=False,
    )
    # every kind: an event nobody takes is a 404, and Slack stops sending after many
    bolt.event(re.compile(""))(event)
    bolt.command(COMMAND)(command)
    bolt.shortcut(slack_blocks.CHECK)(shortcut)
    bolt.action(re.compile(""))(action)
    return bolt


async def _commanded(heard: Bot, ack: AsyncAck, body: dict[str, Any]) -> None:
    """`/dateline` with a question, or with `settings` and what they are to be."""
    channel, words = str(body.get("channel_id")), str(body.get("text") or "").strip()
    user = str(body.get("user_id"))
    settings = await heard.settings(channel)
    allowed = not settings.people or user in settings.people
    if not heard.rules.answers_in(str(body.get("team_id")), channel):
        await ack(slack_text.NOT_FOR_YOU)
    elif words.partition(" ")[0] == "settings":
        await ack(await heard.change(channel, user, words.removeprefix("settings")))
    elif not allowed or not words:
        await ack(slack_text.USAGE if allowed else slack_text.NOT_FOR_YOU)
    else:
        await heard.hear(slack_messages.command(body, settings.ephemeral))
        await (ack(slack_text.SEARCHING) if settings.ephemeral else ack())


def _refused(
    verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]
) -> Refused | None:
    """Why this is nothing of Slack's, None when it is."""
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
    text = body.decode()
    is_form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    fields = parse_qs(text) if is_form else {"payload": [text]}
    if is_form and "command" in fields:
        return None
    try:
        event = json.loads(fields.get("payload", [""])[0])
    except (ValueError, RecursionError):
        return Refused(400, "malformed_json", "the body is not JSON")
    if not isinstance(event, dict) or not isinstance(event.get("event", {}), dict):
        return Refused(422, "invalid_request", "the body is not a Slack event")
    return None
