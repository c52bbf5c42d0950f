"""Slack on loopback: a Web API and a WebSocket that keep Slack's own rules, and signed deliveries of its events."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import yaml
from aiohttp import ClientError, WSMsgType, web

BOT_TOKEN = "xoxb-fake-token"
APP_TOKEN = "xapp-fake-token"
SIGNING_SECRET = "fake-signing-secret"
BOT_USER = "U0BOT"
BOT_ID = "B0BOT"
TEAM = "T0TEAM"
MANIFEST = Path(__file__).parents[1] / "slack" / "manifest.yaml"
TEXT_CHARACTERS = 40_000
MARKDOWN_CHARACTERS = 12_000
STREAM_BYTES = 10_600
EDITS_A_SECOND = 1.0
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
# what each method wants of a bot, as its page at docs.slack.dev/reference/methods says
SCOPES: dict[str, tuple[str, ...]] = {
    "agents.sessions.setStatus": ("chat:write",),
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
    "auth.test": (),
    "chat.appendStream": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.startStream": ("chat:write",),
    "chat.stopStream": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.replies": HISTORY,
    "users.info": ("users:read",),
}

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Web API and how it was answered; `error` is None where it succeeded."""

    method: str
    fields: Fields
    status: int
    error: str | None


class FakeSlack:
    """Channels with their messages, every call made, and what goes wrong on purpose.

    `rate_limited[method] = n`: the next n calls are answered 429 with `Retry-After`; `limits(n)` says of the n-th call
    of all whether it is. `failing[method] = "missing_scope"`: calls are answered with that error. `closed`: channels
    that the bot is not in. `scopes`: what the bot's token has, at first what the manifest asks for.
    """

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[Call] = []
        self.channels: defaultdict[str, list[Fields]] = defaultdict(list)
        self.hidden: list[Fields] = []  # messages to response URLs, with the URL's `id`
        self.rate_limited: dict[str, int] = {}
        self.limits: Callable[[int], bool] = lambda _: False
        self.retry_after_seconds = 0
        self.impatient = 0  # calls before the time that a 429 named
        self.failing: dict[str, str] = {}
        self.closed: set[str] = set()
        self.scopes = manifest_scopes()
        self.people: dict[str, Fields] = {}
        self.page_size = 200
        self.connections = 0
        self.waiting: dict[str, Fields] = {}  # envelopes that were not acknowledged
        self.acknowledged: list[Fields] = []  # envelopes, with the payload of their answer
        self._connection: web.WebSocketResponse | None = None  # the latest
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = threading.Condition()
        self._seconds = itertools.count(1_713_350_000)
        self._numbers = itertools.count(1)
        self._edited: dict[str, float] = {}
        self._not_before: dict[str, float] = {}

    # What people do -------------------------------------------------------------------------------------------------

    def say(
        self,
        channel: str,
        text: str,
        user: str = "U0ANN",
        thread_ts: str | None = None,
        **more: Any,
    ) -> Fields:
        """A person's message, kept in its channel; returns the `message` event that Slack sends for it."""
        message = {"type": "message", "user": user, "text": text, "ts": self._ts(), **more}
        if thread_ts:
            message["thread_ts"] = thread_ts
        with self._changed:
            self.channels[channel].append(message)
        return {
            **message,
            "channel": channel,
            "channel_type": "im" if channel.startswith("D") else "channel",
        }

    def mention(self, channel: str, text: str, **more: Any) -> Fields:
        """A message that calls the bot; returns the `app_mention` event, which has no channel_type."""
        event = self.say(channel, f"<@{BOT_USER}> {text}", **more)
        event.pop("channel_type")
        return {**event, "type": "app_mention"}

    def envelope(self, event: Fields, event_id: str | None = None) -> Fields:
        return {
            "token": "deprecated",
            "team_id": TEAM,
            "api_app_id": "A0APP",
            "type": "event_callback",
            "event": event,
            "event_id": event_id or f"Ev{next(self._numbers):08d}",
            "event_time": int(time.time()),
            "authorizations": [
                {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}
            ],
        }

    def command(self, text: str, channel: str = "C1", user: str = "U0ANN") -> Fields:
        """What Slack sends for `/ask TEXT`."""
        return {
            "token": "deprecated",
            "team_id": TEAM,
            "channel_id": channel,
            "user_id": user,
            "command": "/ask",
            "text": text,
            "trigger_id": f"trigger.{next(self._numbers)}",
            "response_url": self._response_url(),
        }

    def shortcut(self, message: Fields, user: str = "U0ANN") -> Fields:
        """What Slack sends where somebody chose "Check this against the archive" of a message."""
        return {
            "type": "message_action",
            "callback_id": "dateline_check",
            "team": {"id": TEAM},
            "user": {"id": user},
            "channel": {"id": message["channel"]},
            "message": message,
            "message_ts": message["ts"],
            "action_ts": self._ts(),
            "trigger_id": f"trigger.{next(self._numbers)}",
            "response_url": self._response_url(),
        }

    def press(
        self, channel: str, ts: str, action_id: str, user: str = "U0ANN", **more: Any
    ) -> Fields:
        """What Slack sends where somebody pressed a button of a message; it must stand there."""
        message = self.message(channel, ts)
        assert message is not None
        block, element = next(
            (block, element)
            for block in message["blocks"]
            for element in block.get("elements", ())
            if element.get("action_id") == action_id
        )
        action = {
            "type": element["type"],
            "action_id": action_id,
            "block_id": block.get("block_id", "b1"),
            "value": element.get("value"),
            "action_ts": self._ts(),
            **more,
        }
        return {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": user},
            "channel": {"id": channel},
            "container": {"type": "message", "message_ts": ts, "is_ephemeral": False},
            "message": {"ts": ts, "thread_ts": message.get("thread_ts")},
            "actions": [action],
            "trigger_id": f"trigger.{next(self._numbers)}",
            "response_url": self._response_url(),
        }

    def stop_stream(self, channel: str, thread_ts: str) -> Fields:
        """Somebody presses the stop button: Slack ends the streams, and sends this event."""
        with self._changed:
            streams = [m for m in self.channels[channel] if m.get("streaming")]
            for message in streams:
                message["streaming"] = False
        return {
            "type": "agent_session_stopped",
            "channel": channel,
            "thread_ts": thread_ts,
            "user": "U0ANN",
            "streaming_message_ts": [message["ts"] for message in streams],
            "event_ts": self._ts(),
        }

    def _response_url(self) -> str:
        return self.url.replace("/api/", f"/response/{next(self._numbers)}")

    # Over the WebSocket ---------------------------------------------------------------------------------------------

    def send(self, kind: str, payload: Fields) -> str:
        """An envelope to the latest socket of the app; its id. It must be open."""
        envelope = {
            "type": kind,
            "envelope_id": f"envelope-{next(self._numbers)}",
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        self._on_loop(self._send(envelope))
        return str(envelope["envelope_id"])

    def reconnect(self, politely: bool = True) -> None:
        """Ends the app's sockets, with the warning that Slack gives or without; waits for a new one.

        What was not acknowledged is delivered again over the new one.
        """
        before = self.connections
        self._on_loop(self._disconnect(politely))
        self.wait(lambda: self.connections > before, "a new connection")

    async def _send(self, envelope: Fields) -> None:
        assert self._connection is not None
        self.waiting[envelope["envelope_id"]] = envelope
        with suppress(ClientError):  # a new connection brings it again
            await self._connection.send_json(envelope)

    async def _disconnect(self, politely: bool) -> None:
        assert self._connection is not None
        if politely:
            await self._connection.send_json({"type": "disconnect", "reason": "refresh_requested"})
        else:
            await self._connection.close()

    def _on_loop(self, work: Any) -> Any:
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(120)

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        await connection.send_json({"type": "hello", "num_connections": 1})
        self._connection = connection
        with self._changed:
            self.connections += 1
            self._changed.notify_all()
        for envelope in [*self.waiting.values()]:
            await self._send({**envelope, "retry_attempt": 1, "retry_reason": "timeout"})
        async for message in connection:
            if message.type == WSMsgType.TEXT:
                answer = json.loads(message.data)
                with self._changed:
                    self.waiting.pop(answer.get("envelope_id"), None)
                    self.acknowledged.append(answer)
                    self._changed.notify_all()
        return connection

    # What the bot did -----------------------------------------------------------------------------------------------

    def made(self, method: str) -> list[Fields]:
        """The fields of every successful call of a method, in order."""
        with self._changed:
            return [
                call.fields for call in self.calls if call.method == method and call.error is None
            ]

    def wait(self, holds: Callable[[], Any], what: str, timeout_seconds: float = 120.0) -> None:
        """Returns once something holds; AssertionError when it is late."""
        with self._changed:
            assert self._changed.wait_for(holds, timeout_seconds), f"not in time: {what}"

    def wait_for(self, method: str, count: int = 1, timeout_seconds: float = 120.0) -> list[Fields]:
        """The fields of the successful calls of a method, once there are `count` of them."""
        self.wait(
            lambda: len(self.made(method)) >= count, f"{count} calls of {method}", timeout_seconds
        )
        return self.made(method)

    def replies(self, channel: str, thread_ts: str) -> list[Fields]:
        """The bot's messages in a thread."""
        with self._changed:
            return [
                {**m} for m in self.channels[channel]
                if m.get("user") == BOT_USER and m.get("thread_ts") == thread_ts
            ]  # fmt: skip

    def settled(
        self, channel: str, thread_ts: str, count: int = 1, timeout_seconds: float = 120.0
    ) -> list[Fields]:
        """The bot's messages in a thread, once there are `count` and none of them is still being written."""

        def done() -> bool:
            found = self.replies(channel, thread_ts)
            return len(found) >= count and all(
                not m.get("streaming") and is_settled(m) for m in found
            )

        self.wait(done, f"{count} settled replies in {thread_ts}", timeout_seconds)
        return self.replies(channel, thread_ts)

    def streaming(self) -> list[Fields]:
        """The messages that are being streamed, in every channel."""
        return [m for messages in self.channels.values() for m in messages if m.get("streaming")]

    def message(self, channel: str, ts: Any) -> Fields | None:
        return next((m for m in self.channels[channel] if m["ts"] == ts), None)

    # The Web API ----------------------------------------------------------------------------------------------------

    def answer(self, method: str, token: str, fields: Fields) -> tuple[int, Fields]:
        with self._changed:
            status, reply = self._answer(method, token, fields)
            self.calls.append(Call(method, fields, status, reply.get("error")))
            self._changed.notify_all()
            return status, reply

    def _answer(self, method: str, token: str, fields: Fields) -> tuple[int, Fields]:
        self.impatient += time.monotonic() < self._not_before.get(method, 0.0)
        if self.rate_limited.get(method, 0) > 0 or self.limits(len(self.calls)):
            self.rate_limited[method] = max(0, self.rate_limited.get(method, 0) - 1)
            self._not_before[method] = time.monotonic() + self.retry_after_seconds
            return 429, {"ok": False, "error": "ratelimited"}
        if method == "apps.connections.open":
            if token != APP_TOKEN:
                return 200, {"ok": False, "error": "invalid_auth"}
            address = self.url.replace("http:", "ws:").replace(
                "/api/", "/link?ticket=secret-ticket"
            )
            return 200, {"ok": True, "url": address}
        if token != BOT_TOKEN:
            return 200, {"ok": False, "error": "invalid_auth" if token else "not_authed"}
        if method in self.failing:
            return 200, {"ok": False, "error": self.failing[method], "needed": "a:scope"}
        wanted = SCOPES.get(method, ("unknown",))
        if wanted and not self.scopes.intersection(wanted):
            return 200, {"ok": False, "error": "missing_scope", "needed": wanted[0]}
        replies = {
            "agents.sessions.setStatus": self._status,
            "assistant.threads.setSuggestedPrompts": self._prompts,
            "auth.test": self._auth_test,
            "chat.appendStream": self._append,
            "chat.delete": self._delete,
            "chat.postEphemeral": lambda fields: (
                message_fault(fields) or {"message_ts": self._ts()}
            ),
            "chat.postMessage": self._post,
            "chat.startStream": self._start,
            "chat.stopStream": self._stop,
            "chat.update": self._update,
            "conversations.replies": self._replies,
            "users.info": self._user,
        }
        if fields.get("channel") in self.closed:
            return 200, {"ok": False, "error": "not_in_channel"}
        reply = replies[method](fields) if method in replies else "unknown_method"
        if reply == "edited_too_often":
            return 429, {"ok": False, "error": "ratelimited"}
        return 200, {"ok": False, "error": reply} if isinstance(reply, str) else {
            "ok": True,
            **reply,
        }

    def _auth_test(self, fields: Fields) -> Fields:
        return {
            "url": self.url,
            "team": "Fake",
            "user": "dateline",
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": BOT_ID,
        }

    def _status(self, fields: Fields) -> Fields | str:
        if fields.get("status") not in ("active", "processing", "suspended", "closed"):
            return "invalid_status"
        if len(fields.get("title") or "") > 200:
            return "invalid_title"
        return (
            {}
            if self.message(fields["channel_id"], fields.get("thread_ts"))
            else "thread_not_found"
        )

    def _prompts(self, fields: Fields) -> Fields | str:
        prompts = fields["prompts"]
        fine = 0 < len(prompts) <= 4 and all(p.get("title") and p.get("message") for p in prompts)
        return {} if fine and "thread_ts" not in fields else "invalid_arguments"

    def _user(self, fields: Fields) -> Fields | str:
        known = {"tz": "Europe/London", "is_admin": False, "is_owner": False, "is_bot": False}
        return {"user": {"id": fields["user"], **known, **self.people.get(fields["user"], {})}}

    def _keep(self, fields: Fields, **more: Any) -> Fields:
        message = {
            "type": "message",
            "user": BOT_USER,
            "bot_id": BOT_ID,
            "ts": self._ts(),
            "text": fields.get("text", ""),
            "blocks": fields.get("blocks") or [],
            **more,
        }
        if fields.get("thread_ts"):
            message["thread_ts"] = fields["thread_ts"]
        self.channels[fields["channel"]].append(message)
        return message

    def _post(self, fields: Fields) -> Fields | str:
        fault = message_fault(fields)
        if fault:
            return fault
        message = self._keep(fields)
        self._edited[message["ts"]] = time.monotonic()
        return {"channel": fields["channel"], "ts": message["ts"], "message": message}

    def _update(self, fields: Fields) -> Fields | str:
        message = self.message(fields["channel"], fields.get("ts"))
        if message is None:
            return "message_not_found"
        if message.get("streaming"):
            return "streaming_state_conflict"
        if fault := message_fault(fields):
            return fault
        now = time.monotonic()
        if now - self._edited.get(message["ts"], 0.0) < EDITS_A_SECOND:
            return "edited_too_often"
        self._edited[message["ts"]] = now
        message |= {"text": fields.get("text", ""), "blocks": fields.get("blocks") or []}
        return {"channel": fields["channel"], "ts": message["ts"], "text": message["text"]}

    def _delete(self, fields: Fields) -> Fields | str:
        message = self.message(fields["channel"], fields.get("ts"))
        if message is None:
            return "message_not_found"
        self.channels[fields["channel"]].remove(message)
        return {}

    def _start(self, fields: Fields) -> Fields | str:
        if not fields.get("thread_ts"):
            return "invalid_thread_ts"
        if not fields["channel"].startswith("D"):
            for name in ("recipient_team_id", "recipient_user_id"):
                if not fields.get(name):
                    return f"missing_{name}"
        message = self._keep(fields, streaming=True)
        fault = self._chunks(message, fields)
        if fault:
            self.channels[fields["channel"]].remove(message)
            return fault
        return {"channel": fields["channel"], "ts": message["ts"]}

    def _append(self, fields: Fields) -> Fields | str:
        message = self.message(fields["channel"], fields.get("ts"))
        if message is None:
            return "message_not_found"
        if not message.get("streaming"):
            return "message_not_in_streaming_state"
        return self._chunks(message, fields) or {"ts": message["ts"]}

    def _stop(self, fields: Fields) -> Fields | str:
        message = self.message(fields["channel"], fields.get("ts"))
        if message is None:
            return "message_not_found"
        if not message.get("streaming"):
            return "message_not_in_streaming_state"
        fault = blocks_fault(fields.get("blocks") or []) or self._chunks(message, fields)
        if fault:
            return fault
        message |= {"streaming": False, "blocks": fields.get("blocks") or []}
        return {"ts": message["ts"], "message": message}

    def _chunks(self, message: Fields, fields: Fields) -> str | None:
        chunks = fields.get("chunks") or []
        if any(chunk.get("type") != "markdown_text" for chunk in chunks):
            return "invalid_chunks"
        text = "".join([*(chunk["text"] for chunk in chunks), fields.get("markdown_text") or ""])
        if len(text) > MARKDOWN_CHARACTERS or len((message["text"] + text).encode()) > STREAM_BYTES:
            return "msg_too_long"
        message["text"] += text
        return None

    def _replies(self, fields: Fields) -> Fields | str:
        """The thread from its start, as Slack pages it: its parent comes first on every page."""
        messages = self.channels[fields["channel"]]
        parent = self.message(fields["channel"], fields.get("ts"))
        if parent is None:
            return "thread_not_found"
        replies = [m for m in messages if m.get("thread_ts") == fields["ts"] and m is not parent]
        latest = float(fields.get("latest") or "inf")
        return self._page([m for m in replies if float(m["ts"]) < latest], fields, [parent])

    def _page(self, messages: list[Fields], fields: Fields, first: list[Fields]) -> Fields:
        start = int(fields.get("cursor") or 0)
        end = start + min(int(fields.get("limit") or 100), self.page_size)
        more = end < len(messages)
        cursor = {"next_cursor": str(end) if more else ""}
        return {
            "messages": first + messages[start:end],
            "has_more": more,
            "response_metadata": cursor,
        }

    def _ts(self) -> str:
        return f"{next(self._seconds)}.000100"

    def respond(self, number: str, fields: Fields) -> tuple[int, str]:
        """A message to a response URL, which takes five of them."""
        with self._changed:
            if sum(one["id"] == number for one in self.hidden) >= 5:
                return 404, "used_url"
            fault = message_fault({**fields, "channel": "hidden"})
            if fault:
                return 400, fault
            self.hidden.append({**fields, "id": number})
            self._changed.notify_all()
            return 200, "ok"

    # HTTP -----------------------------------------------------------------------------------------------------------

    async def call(self, request: web.Request) -> web.Response:
        fields: Fields = dict(request.query)
        if request.content_type == "application/json":
            fields |= await request.json()
        else:
            fields |= dict(await request.post())
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or str(
            fields.pop("token", "")
        )
        for name in ("blocks", "chunks", "prompts"):  # JSON in a form
            if isinstance(fields.get(name), str):
                fields[name] = json.loads(fields[name])
        status, reply = self.answer(request.match_info["method"], token, fields)
        headers = {"x-oauth-scopes": ",".join(sorted(self.scopes))}
        if status == 429:
            headers["Retry-After"] = str(self.retry_after_seconds)
        return web.json_response(reply, status=status, headers=headers)

    async def response(self, request: web.Request) -> web.Response:
        status, text = self.respond(request.match_info["number"], await request.json())
        return web.Response(status=status, text=text)


def manifest_scopes() -> set[str]:
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    return set(manifest["oauth_config"]["scopes"]["bot"])


def is_settled(message: Fields) -> bool:
    """Whether a reply has come to its end: something stands below its words, and no note that more comes."""
    kinds = {block["type"] for block in message["blocks"]}
    return bool(kinds - {"markdown", "context"})


def message_fault(fields: Fields) -> str | None:
    if not fields.get("channel"):
        return "channel_not_found"
    if not fields.get("text") and not fields.get("blocks"):
        return "no_text"
    if len(fields.get("text") or "") > TEXT_CHARACTERS:
        return "msg_too_long"
    return blocks_fault(fields.get("blocks") or [])


def blocks_fault(blocks: list[Fields]) -> str | None:
    """What is wrong with the blocks of one message, as docs.slack.dev/reference/block-kit limits them."""
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if len(blocks) > 50 or markdown > MARKDOWN_CHARACTERS:
        return "msg_blocks_too_long"
    return "invalid_blocks" if any(not _fits(block) for block in blocks) else None


def _fits(block: Fields) -> bool:
    def text(name: str, most: int) -> bool:
        return name not in block or 0 < len(block[name]["text"]) <= most

    elements = block.get("elements", [])
    actions = [one["action_id"] for one in elements if "action_id" in one]
    if len(set(actions)) != len(actions) or len(block.get("block_id", "")) > 255:
        return False
    kind = block["type"]
    if kind == "section":
        return text("text", 3_000)
    if kind == "markdown":
        return bool(block["text"])
    if kind == "context":
        return 0 < len(elements) <= 10
    if kind == "context_actions":
        return 0 < len(elements) <= 5 and all(map(_fits_element, elements))
    if kind == "actions":
        return 0 < len(elements) <= 25 and all(map(_fits_element, elements))
    if kind == "carousel":
        return 0 < len(elements) <= 10 and all(
            card["type"] == "card" and _fits(card) for card in elements
        )
    if kind == "card":
        buttons = block.get("actions", [])
        return (
            text("title", 150) and text("subtitle", 150) and text("body", 200)
            and bool({"title", "body", "actions"} & block.keys())
            and len(buttons) <= 3 and all(map(_fits_element, buttons))
        )  # fmt: skip
    return False


def _fits_element(element: Fields) -> bool:
    if element["type"] == "button":
        return (
            0 < len(element["text"]["text"]) <= 75
            and len(element.get("value", "")) <= 2_000
            and len(element.get("url", "")) <= 3_000
        )
    if element["type"] == "feedback_buttons":
        choices = (element["positive_button"], element["negative_button"])
        return all(
            0 < len(one["text"]["text"]) <= 75 and len(one["value"]) <= 2_000 for one in choices
        )
    return bool(element["type"] == "datepicker" and len(element["placeholder"]["text"]) <= 150)


@contextmanager
def running() -> Iterator[FakeSlack]:
    """The Web API under `fake.url` and its WebSocket, in a thread of its own."""
    fake = FakeSlack()
    loop = asyncio.new_event_loop()
    fake._loop = loop
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    app = web.Application(client_max_size=10_000_000)
    app.router.add_route("*", "/api/{method}", fake.call)
    app.router.add_post("/response/{number}", fake.response)
    app.router.add_get("/link", fake.socket)
    runner = web.AppRunner(app, shutdown_timeout=0.1)

    async def start() -> int:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return int(runner.addresses[0][1])

    fake.url = (
        f"http://127.0.0.1:{asyncio.run_coroutine_threadsafe(start(), loop).result(120)}/api/"
    )
    try:
        yield fake
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(120)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(120)
        loop.close()


def deliver(
    address: str,
    payload: Any,
    *,
    form: bool = False,
    secret: str = SIGNING_SECRET,
    age_seconds: float = 0,
    **headers: str,
) -> httpx2.Response:
    """Sends a payload to the app as Slack does, signed; `headers` replace or add, with `_` for `-`.

    As a `form`: a command's fields, or anything else as `payload=`.
    """
    if form:
        fields = payload if "command" in payload else {"payload": json.dumps(payload)}
        body = urlencode(fields).encode()
    else:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    timestamp = str(int(time.time() - age_seconds))
    signed = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    sent = {
        "Content-Type": "application/x-www-form-urlencoded" if form else "application/json",
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={signed.hexdigest()}",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.post(address, content=body, headers=sent, timeout=120, trust_env=False)
