"""`dateline slack --check`: tokens, scopes, reachability, settings; what is missing, and where it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from ingest.errors import DatelineError
from ingest.settings import Settings
from ingest.storage import directory_owner
from service.surfaces.http_api_client import DatelineClient
from service.surfaces.slack_keys import value_of
from service.surfaces.slack_settings import Rules
from service.surfaces.slack_web import UNREACHABLE, client, code, remedy, scopes

WAIT_SECONDS = 10.0  # for each of Slack and Dateline


@dataclass(frozen=True)
class Finding:
    what: str
    ok: bool
    detail: str


async def findings(settings: Settings) -> list[Finding]:
    """What the bot needs, each with whether it is there."""
    web = client(value_of(settings.slack_bot_token), settings.slack_api_url)
    found = [one async for one in _tokens(settings, web)]
    return [*found, await _service(settings), _rules(settings)]


async def _tokens(settings: Settings, web: AsyncWebClient) -> AsyncIterator[Finding]:
    if not value_of(settings.slack_bot_token):
        yield Finding("SLACK_BOT_TOKEN", False, "not set: OAuth & Permissions shows it")
    else:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                reply = await web.auth_test()
            yield Finding("SLACK_BOT_TOKEN", True, f"@{reply['user']} in {reply['team']}")
            headers = {name.lower(): value for name, value in reply.headers.items()}
            given = {one.strip() for one in headers.get("x-oauth-scopes", "").split(",")}
            lacking = sorted(scopes() - given)
            yield Finding(
                "scopes",
                not lacking,
                f"add {', '.join(lacking)} under OAuth & Permissions, and install the app anew"
                if lacking
                else "all are granted",
            )
        except UNREACHABLE as error:
            yield Finding("SLACK_BOT_TOKEN", False, remedy(error))
    secret, app_token = value_of(settings.slack_signing_secret), value_of(settings.slack_app_token)
    if not secret and not app_token:
        yield Finding(
            "SLACK_APP_TOKEN",
            False,
            "not set, for Socket Mode; nor is SLACK_SIGNING_SECRET, for /slack/events: "
            "Basic Information shows both",
        )
    if app_token:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await web.apps_connections_open(app_token=app_token)
            yield Finding("SLACK_APP_TOKEN", True, "Socket Mode opens")
        except UNREACHABLE as error:
            yield Finding(
                "SLACK_APP_TOKEN",
                False,
                f"{code(error)}: make one with connections:write under Basic Information, and turn "
                "Socket Mode on",
            )
    if secret:
        yield Finding(
            "SLACK_SIGNING_SECRET", True, "set; the first event shows whether it is right"
        )


async def _service(settings: Settings) -> Finding:
    name = settings.url or str(settings.data_dir)
    try:
        if not settings.url and not directory_owner.serving(settings.data_dir):
            return Finding("Dateline", True, f"dateline slack opens {name} itself")
        dateline = DatelineClient(settings.data_dir, settings.url, value_of(settings.key))
        try:
            ready = await dateline.call("GET", "/readyz")
            await dateline.call("GET", "/v1/articles", params={"limit": 1})
        finally:
            await dateline.close()
    except DatelineError as error:
        return Finding("Dateline", False, str(error))
    return Finding("Dateline", True, f"{name} has {ready['articles']:,} articles")


def _rules(settings: Settings) -> Finding:
    try:
        rules = Rules.read(settings.slack_settings)
    except DatelineError as error:
        return Finding("settings", False, str(error))
    return Finding("settings", True, f"{len(rules.file.channels)} channels have their own")
