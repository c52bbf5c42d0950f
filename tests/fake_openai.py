"""A model endpoint on loopback: chat completions say what a test scripts, embeddings are made of the texts' words."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import select
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

EVIDENCE = re.compile(r"^\[([^\]\s]+)\] (.+)$", re.MULTILINE)


@dataclass
class Script:
    """What the endpoint does with one request: pieces of text to stream, or a status, or raw bytes."""

    pieces: list[str] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    cut: bool = False  # close the connection before the stream is complete
    delay_seconds: float = 0.0
    delta: dict[str, Any] | None = None  # sent instead of the first piece
    whole: dict[str, Any] | None = (
        None  # sent as one JSON object, as an endpoint does that ignores `stream`
    )


DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072}
Reply = Callable[[dict[str, Any]], Script]


class FakeOpenAI:
    """Records requests; `reply` maps a request's body to a Script; embedding requests fail as `failures` says first."""

    def __init__(self) -> None:
        self.reply: Reply = lambda body: Script(["NO_ANSWER"])
        self.requests: list[dict[str, Any]] = []
        self.left = 0  # requests whose client went away before its reply was due
        self.times: list[float] = []  # monotonic seconds at which each request came
        self.key = (
            ""  # what the last caller authorised itself with: all that a model could give away
        )
        self.embedding_requests: list[dict[str, Any]] = []
        self.failures: list[Script] = []
        self.url = ""


def prompt_of(body: dict[str, Any]) -> str:
    return str(body["messages"][-1]["content"])


def evidence_of(body: dict[str, Any]) -> list[tuple[str, str]]:
    """(key, sentence) of every line of evidence in the prompt."""
    return EVIDENCE.findall(prompt_of(body))


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1_000  # of five, the sixth that comes at once would try again in seconds


@contextmanager
def running() -> Iterator[FakeOpenAI]:
    fake = FakeOpenAI()
    server = Server(("127.0.0.1", 0), _handler(fake))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    fake.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


def _embedded(body: dict[str, Any]) -> dict[str, Any]:
    """One dimension a word, as the real endpoint sends it: base64 of float32 where that is asked for, last one first."""
    rows: list[dict[str, Any]] = []
    for index, text in enumerate(body["input"]):
        vector = [0.001] * DIMENSIONS[body["model"]]
        for word in re.findall(r"\w+", text.lower()):
            vector[
                int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % len(vector)
            ] += 1.0
        length = sum(x * x for x in vector) ** 0.5
        unit = [x / length for x in vector]
        packed = base64.b64encode(struct.pack(f"<{len(unit)}f", *unit)).decode()
        rows.append(
            {
                "object": "embedding",
                "index": index,
                "embedding": packed if body.get("encoding_format") == "base64" else unit,
            }
        )
    return {
        "object": "list",
        "model": body["model"],
        "data": rows[::-1],
        "usage": {"prompt_tokens": 1, "total_tokens": 1},
    }


def _handler(fake: FakeOpenAI) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path.endswith("/embeddings"):
                self._embed(body)
                return
            fake.requests.append(body)
            fake.times.append(time.monotonic())
            fake.key = self.headers.get("Authorization", "").removeprefix("Bearer ")
            script = fake.reply(body)
            if script.delay_seconds and self._left_within(script.delay_seconds):
                fake.left += 1
                return
            self.close_connection = True
            try:
                self._send(body, script)
            except (BrokenPipeError, ConnectionResetError):
                return

        def _left_within(self, seconds: float) -> bool:
            """Whether the client, which has nothing more to say, closes its connection."""
            return bool(select.select([self.connection], [], [], seconds)[0])

        def _embed(self, body: dict[str, Any]) -> None:
            fake.embedding_requests.append(body)
            script = fake.failures.pop(0) if fake.failures else None
            content = (
                script.raw
                if script and script.raw is not None
                else json.dumps(_embedded(body)).encode()
            )
            self.send_response(script.status if script else 200)
            for name, value in (script.headers if script else {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _send(self, body: dict[str, Any], script: Script) -> None:
            self.send_response(script.status)
            for name, value in script.headers.items():
                self.send_header(name, value)
            self.send_header("Connection", "close")
            if script.status != 200 or script.whole is not None:
                failure = {
                    "error": {"message": "scripted", "type": "x", "param": None, "code": None}
                }
                content = json.dumps(failure if script.whole is None else script.whole).encode()
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                return
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            if script.raw is not None:
                self.wfile.write(script.raw)
                return
            for number, piece in enumerate(script.pieces):
                delta = (
                    script.delta if script.delta is not None and number == 0 else {"content": piece}
                )
                self._frame(body, [{"index": 0, "delta": delta, "finish_reason": None}])
            if script.cut:
                return
            self._frame(body, [{"index": 0, "delta": {}, "finish_reason": "stop"}])
            self._frame(
                body, [], usage={"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
            )
            self.wfile.write(b"data: [DONE]\n\n")

        def _frame(
            self,
            body: dict[str, Any],
            choices: list[dict[str, Any]],
            usage: dict[str, int] | None = None,
        ) -> None:
            frame = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": body["model"],
                     "choices": choices, "usage": usage}  # fmt: skip
            self.wfile.write(b"data: " + json.dumps(frame).encode() + b"\n\n")
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler
