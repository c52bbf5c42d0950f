"""The Slack bot in a thread of the test, over either transport: `with hearing("http", …) as send: send(event)`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import fake_slack
from fake_dateline import FakeDateline, served
from fake_slack import FakeSlack, deliver
from fastapi import FastAPI

from ingest.settings import Settings
from service.surfaces import slack
from service.surfaces.http_api_client import DatelineClient

Send = Callable[[dict[str, Any]], Any]


def connected(settings: Settings, workspace: FakeSlack, **other: Any) -> Settings:
    """Settings with the fake workspace's keys, and what is given beside them."""
    keys = {
        "SLACK_BOT_TOKEN": fake_slack.BOT_TOKEN,
        "SLACK_APP_TOKEN": fake_slack.APP_TOKEN,
        "SLACK_SIGNING_SECRET": fake_slack.SIGNING_SECRET,
    }
    read = Settings(_env_file=None, **keys)  # type: ignore[call-arg, arg-type]
    names = ("slack_bot_token", "slack_app_token", "slack_signing_secret")
    known = {name: getattr(read, name) for name in names}
    return settings.model_copy(update=known | {"slack_api_url": workspace.url} | other)


def envelope(workspace: FakeSlack, payload: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What kind of delivery a payload is, and an event in its envelope."""
    if "command" in payload:
        return "slash_commands", payload
    if payload["type"] in ("block_actions", "message_action"):
        return "interactive", payload
    return "events_api", payload if "event_id" in payload else workspace.envelope(payload)


@contextmanager
def hearing(
    transport: str, settings: Settings, workspace: FakeSlack, dateline: FakeDateline
) -> Iterator[Send]:
    """The bot while it runs; what is returned delivers a payload as Slack does."""
    over = over_http if transport == "http" else over_socket
    with over(settings, workspace, dateline) as send:
        yield send


@contextmanager
def mounted(settings: Settings, dateline: FakeDateline) -> Iterator[str]:
    """The address of `/slack/events` while the bot hears over HTTP."""
    app = FastAPI()
    slack.mount(app, settings, DatelineClient(settings.data_dir, dateline.url))
    with served(app) as url:
        yield f"{url}/slack/events"


@contextmanager
def over_http(settings: Settings, workspace: FakeSlack, dateline: FakeDateline) -> Iterator[Send]:
    with mounted(settings, dateline) as address:

        def send(payload: dict[str, Any]) -> Any:
            kind, sent = envelope(workspace, payload)
            reply = deliver(address, sent, form=kind != "events_api")
            assert reply.status_code == 200, reply.text
            return reply

        yield send


@contextmanager
def over_socket(settings: Settings, workspace: FakeSlack, dateline: FakeDateline) -> Iterator[Send]:
    begun = threading.Event()
    loop, stopped = asyncio.new_event_loop(), asyncio.Event()

    async def hear() -> None:
        client = DatelineClient(settings.data_dir, dateline.url)
        await slack.hear(settings, client, stopped, lambda _: begun.set())

    thread = threading.Thread(target=lambda: loop.run_until_complete(hear()), daemon=True)
    thread.start()
    assert begun.wait(120)

    def send(payload: dict[str, Any]) -> Any:
        number = workspace.send(*envelope(workspace, payload))
        answers = lambda: [a for a in workspace.acknowledged if a["envelope_id"] == number]  # noqa: E731
        workspace.wait(answers, f"an acknowledgement of {number}")
        return answers()[0]

    try:
        yield send
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(120)
        assert not thread.is_alive()
        loop.close()
