"""Slack on loopback: a Web API that keeps channels and answers like Slack's, and signed deliveries of its events."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2

BOT_TOKEN = "xoxb-fake-token"
SIGNING_SECRET = "fake-signing-secret"
BOT_USER = "U0BOT"
BOT_ID = "B0BOT"
TEAM = "T0TEAM"
TEXT_CHARACTERS = 40_000
SECTION_CHARACTERS = 3_000
BLOCKS = 50

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Web API and how it was answered; `error` is None where it succeeded."""

    method: str
    fields: Fields
    status: int
    error: str | None
    at_seconds: float


class FakeSlack:
    """Channels with their messages, every call made, and what goes wrong on purpose.

    `rate_limited[method] = n`: the next n calls are answered 429 with `Retry-After`.
    `failing[method] = "missing_scope"`: calls are answered with that error.
    """

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[Call] = []
        self.channels: defaultdict[str, list[Fields]] = defaultdict(list)
        self.rate_limited: dict[str, int] = {}
        self.retry_after_seconds = 0
        self.failing: dict[str, str] = {}
        self.page_size = 200
        self._changed = threading.Condition()
        self._seconds = itertools.count(1_713_350_000)
        self._events = itertools.count(1)

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
            "event_id": event_id or f"Ev{next(self._events):08d}",
            "event_time": int(time.time()),
            "authorizations": [
                {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}
            ],
        }

    # What the bot did -----------------------------------------------------------------------------------------------

    def made(self, method: str) -> list[Fields]:
        """The fields of every successful call of a method, in order."""
        with self._changed:
            return [
                call.fields for call in self.calls if call.method == method and call.error is None
            ]

    def wait_for(self, method: str, count: int = 1, timeout_seconds: float = 20.0) -> list[Fields]:
        """The fields of the successful calls of a method, once there are `count` of them; AssertionError when late."""
        with self._changed:
            done = self._changed.wait_for(lambda: len(self.made(method)) >= count, timeout_seconds)
        assert done, f"{len(self.made(method))} of {count} calls of {method}"
        return self.made(method)

    # The Web API ----------------------------------------------------------------------------------------------------

    def answer(self, method: str, token: str, fields: Fields) -> tuple[int, Fields]:
        with self._changed:
            status, reply = self._answer(method, token, fields)
            self.calls.append(Call(method, fields, status, reply.get("error"), time.monotonic()))
            self._changed.notify_all()
            return status, reply

    def _answer(self, method: str, token: str, fields: Fields) -> tuple[int, Fields]:
        if self.rate_limited.get(method, 0) > 0:
            self.rate_limited[method] -= 1
            return 429, {"ok": False, "error": "ratelimited"}
        if token != BOT_TOKEN:
            return 200, {"ok": False, "error": "invalid_auth" if token else "not_authed"}
        if method in self.failing:
            return 200, {"ok": False, "error": self.failing[method]}
        replies = {
            "auth.test": self._auth_test,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "reactions.add": self._react,
            "reactions.remove": self._react,
            "conversations.replies": self._replies,
            "conversations.history": self._history,
        }
        reply = replies[method](fields) if method in replies else "unknown_method"
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

    def _post(self, fields: Fields) -> Fields | str:
        fault = _message_fault(fields)
        if fault:
            return fault
        message = {
            "type": "message",
            "user": BOT_USER,
            "bot_id": BOT_ID,
            "ts": self._ts(),
            "text": fields.get("text", ""),
        }
        if fields.get("thread_ts"):
            message["thread_ts"] = fields["thread_ts"]
        self.channels[fields["channel"]].append(message)
        return {"channel": fields["channel"], "ts": message["ts"], "message": message}

    def _update(self, fields: Fields) -> Fields | str:
        message = self._message(fields.get("channel"), fields.get("ts"))
        if message is None:
            return "message_not_found"
        message["text"] = fields.get("text", "")
        return {"channel": fields["channel"], "ts": message["ts"], "text": message["text"]}

    def _react(self, fields: Fields) -> Fields | str:
        return (
            {}
            if self._message(fields.get("channel"), fields.get("timestamp"))
            else "message_not_found"
        )

    def _replies(self, fields: Fields) -> Fields | str:
        """The thread from its start, as Slack pages it: its parent comes first on every page."""
        messages = self.channels[fields["channel"]]
        parent = self._message(fields["channel"], fields.get("ts"))
        if parent is None:
            return "thread_not_found"
        replies = [m for m in messages if m.get("thread_ts") == fields["ts"] and m is not parent]
        latest = float(fields.get("latest") or "inf")
        return self._page([m for m in replies if float(m["ts"]) < latest], fields, [parent])

    def _history(self, fields: Fields) -> Fields:
        """The channel, latest message first, without the replies in threads."""
        return self._page(
            [m for m in reversed(self.channels[fields["channel"]]) if "thread_ts" not in m],
            fields,
            [],
        )

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

    def _message(self, channel: Any, ts: Any) -> Fields | None:
        return next((m for m in self.channels[str(channel)] if m["ts"] == ts), None)

    def _ts(self) -> str:
        return f"{next(self._seconds)}.000100"


def _message_fault(fields: Fields) -> str | None:
    if not fields.get("channel"):
        return "channel_not_found"
    if not fields.get("text") and not fields.get("blocks"):
        return "no_text"
    if len(fields.get("text") or "") > TEXT_CHARACTERS:
        return "msg_too_long"
    blocks = fields.get("blocks") or []
    too_long = any(
        not 0 < len(block.get("text", {}).get("text", "-")) <= SECTION_CHARACTERS
        for block in blocks
    )
    return "invalid_blocks" if too_long or len(blocks) > BLOCKS else None


@contextmanager
def running() -> Iterator[FakeSlack]:
    """The Web API under `fake.url`, in a thread of its own."""
    fake = FakeSlack()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    fake.url = f"http://127.0.0.1:{server.server_port}/api/"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


def _handler(fake: FakeSlack) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            address = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            fields: Fields = dict(parse_qsl(address.query, keep_blank_values=True))
            if self.headers.get_content_type() == "application/json":
                fields |= json.loads(body or "{}")
            else:
                fields |= dict(parse_qsl(body, keep_blank_values=True))
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ") or str(
                fields.pop("token", "")
            )
            status, reply = fake.answer(address.path.removeprefix("/api/"), token, fields)
            sent = json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(sent)))
            if status == 429:
                self.send_header("Retry-After", str(fake.retry_after_seconds))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler


def deliver(
    address: str,
    payload: Any,
    *,
    secret: str = SIGNING_SECRET,
    age_seconds: float = 0,
    **headers: str,
) -> httpx2.Response:
    """Sends a payload to the app as Slack does, signed; `headers` replace or add, with `_` for `-`."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    timestamp = str(int(time.time() - age_seconds))
    signed = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    sent = {
        "Content-Type": "application/json",
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={signed.hexdigest()}",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.post(address, content=body, headers=sent, timeout=20, trust_env=False)
