"""Requests that no client should send, thousands of them: each is told what is wrong with it, and none is a 5xx."""

from __future__ import annotations

import json
import os
import random
import re
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
import pytest
from processes import fill, served_process

from ingest.settings import Settings

REQUESTS = int(os.environ.get("DATELINE_BAD_REQUESTS", "2000"))
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
WORDS = ("", "\0", "\ud83d", "💧" * 9, "../..", "%00", "null", "-1", "1e999", "9" * 400, "a" * 3000, "'; --", "{{7*7}}")  # fmt: skip
VALUES = (None, True, -1, 2**70, 1e308, [], {}, [[[]]], {"a": {"b": []}}, "2024-13-45", "2024-04-26", *WORDS)  # fmt: skip
HEADERS = {
    "Content-Type": ("application/json", "text/plain", "multipart/form-data; boundary=x", "multipart/form-data", "application/x-www-form-urlencoded", ";;", ""),
    "Accept": ("text/event-stream", "*/*", "text/html", "\xff"),
    "Last-Event-ID": ("-1", "x", "99999999999999"),
    "Idempotency-Key": ("k", "", "é" * 300),
    "If-None-Match": ('W/"', "*"),
    "Authorization": ("Bearer", "Bearer \xff", "Basic eDp5"),
    "Range": ("bytes=9-1", "x"),
    "Cookie": ("dateline=x; =;;", "\xff"),
}  # fmt: skip
STREAMS = "/mcp"  # stays open when it is asked rightly


class Sender:
    """Seeded random requests to the routes of one service."""

    def __init__(self, url: str, seed: int):
        self.address = urlsplit(url).netloc
        self.random = random.Random(seed)
        document = httpx2.get(f"{url}/openapi.json").json()
        self.fields = sorted({name for one in document["components"]["schemas"].values() for name in one.get("properties", {})})  # fmt: skip
        self.paths = [*document["paths"], "/", "/archive", "/check", "/topics/x", "/nowhere"]
        self.paths = [path for path in self.paths if path != STREAMS]
        self.connection = HTTPConnection(self.address, timeout=60)

    def send(self) -> tuple[int, str]:
        """The status of one more, and what was sent."""
        chosen = self.random.choice
        path = re.sub(r"\{.*?\}", lambda _: self._quoted(chosen(WORDS)), chosen(self.paths))
        names = ("q", "k", "cursor", "limit", "as_of", "sort", "stale", "collection", "x")
        asked = "&".join(
            f"{chosen(names)}={self._quoted(chosen(WORDS))}" for _ in range(chosen((0, 0, 1, 3)))
        )
        method, body = chosen(METHODS), self._body()
        headers = {
            name: chosen(HEADERS[name])
            for name in self.random.sample([*HEADERS], chosen((0, 1, 3)))
        }
        if chosen((True, True, False)):
            headers["Content-Type"] = "application/json"
        target = f"{path}?{asked}" if asked else path
        try:
            self.connection.request(
                method,
                target,
                body,
                {k: v.encode("latin-1", "replace") for k, v in headers.items()},
            )
            reply = self.connection.getresponse()
            reply.read()
            status = reply.status
        except (HTTPException, ConnectionError):  # turned away in mid-sentence
            self.connection.close()
            status = 0
        return status, f"{method} {target[:200]} {headers} {body[:200]!r}"

    def _quoted(self, word: str) -> str:
        return quote(word.encode("utf-8", "surrogatepass"), safe="")

    def _body(self) -> bytes:
        chosen = self.random.choice
        if chosen((True, False, False)):
            return self.random.randbytes(chosen((0, 3, 3000)))
        body: Any = {chosen(self.fields): self._value() for _ in range(chosen((0, 1, 4)))}
        whole = json.dumps(chosen((body, body, body, [body], self._value()))).encode()
        return whole[: self.random.randrange(len(whole) + 1)] if chosen((True, False)) else whole

    def _value(self) -> Any:
        value = self.random.choice(VALUES)
        return [value, {"role": value, "content": value}] if self.random.random() < 0.2 else value


@pytest.mark.slow
def test_no_bad_request_is_a_5xx(settings: Settings, newsroom: Path) -> None:
    fill(settings, newsroom)
    with served_process(settings) as (url, process):
        sender = Sender(url, seed=16)
        told = [sender.send() for _ in range(REQUESTS)]
        assert [sent for status, sent in told if status >= 500] == []
        assert sum(status == 0 for status, _ in told) < REQUESTS / 20
        assert sum(status >= 400 for status, _ in told) > REQUESTS / 2
        assert process.poll() is None and httpx2.get(f"{url}/readyz").status_code == 200
