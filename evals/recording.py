"""Calls to a model, or to a service, go through here and are kept, so that a run can be replayed without a network."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ingest.errors import DatelineError

CALLS = "calls"
ATTEMPT = "x-stainless-retry-count"  # the SDK counts its attempts; each is a call of its own
PASSED_ON = ("authorization", "content-type", "accept")
KEPT = ("content-type", "retry-after")  # headers of a reply that its reader looks at
UNREACHABLE, MISSING = 502, 404  # 404 is not asked again by the SDK
Call = dict[str, Any]


class Recorder:
    """A loopback server between a run and `upstream`; without one it answers from `folder` alone.

    A call's file is named by the SHA-256 of its method, path, body and attempt, and holds the reply as it came, but no
    key. A call that is there is not made again, so that a run that is resumed goes on with the same replies.
    """

    def __init__(self, folder: Path, upstream: str | None, timeout_seconds: float):
        self.folder = folder
        self.upstream = upstream
        self.missed: list[str] = []  # method and path of calls that a replay does not hold
        self.url = ""
        self._timeout_seconds = timeout_seconds

    async def reply(self, request: Request) -> Response:
        body = await request.body()
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        attempt = request.headers.get(ATTEMPT, "0")
        call = {"method": request.method, "path": path, "attempt": attempt, "body": _text(body)}
        kept = self.folder / f"{_name(call)}.json"
        if kept.exists():
            return _replayed(_read(kept))
        if self.upstream is None:
            self.missed.append(f"{request.method} {request.url.path}")
            return Response(status_code=MISSING)
        headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
        client: httpx2.AsyncClient = request.app.state.client
        asked = client.build_request(
            request.method, self.upstream.rstrip("/") + path, content=body, headers=headers
        )
        try:
            reply = await client.send(asked, stream=True)
        except httpx2.HTTPError as error:  # not kept: a run that is resumed asks again
            why = f"{self.upstream} did not answer: {type(error).__name__}; is it running?"
            problem = {"code": "unreachable", "detail": why}
            return Response(json.dumps(problem), UNREACHABLE, media_type="application/json")
        return StreamingResponse(
            self._passed_on(call, kept, reply), reply.status_code, _kept_headers(reply.headers)
        )

    async def _passed_on(
        self, call: Call, kept: Path, reply: httpx2.Response
    ) -> AsyncIterator[bytes]:
        """The reply's bytes as they come; kept at the end, also where one side breaks off."""
        chunks: list[bytes] = []
        whole = False
        try:
            async with aclosing(reply.aiter_bytes()) as pieces:
                async for piece in pieces:
                    chunks.append(piece)
                    yield piece
            whole = True
        finally:
            said = {
                "status": reply.status_code,
                "headers": _kept_headers(reply.headers),
                "body": _text(b"".join(chunks)),
                "whole": whole,
            }
            _write(kept, {"call": call, "reply": said})
            await reply.aclose()

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        async with httpx2.AsyncClient(timeout=self._timeout_seconds) as client:
            app.state.client = client
            yield


@contextmanager
def recording(
    folder: Path, upstream: str | None, timeout_seconds: float = 300.0
) -> Iterator[Recorder]:
    """A recorder that listens on loopback, at its `url`, until the end of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    recorder = Recorder(folder, upstream, timeout_seconds)
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    route = Route("/{path:path}", recorder.reply, methods=methods)
    app = Starlette(routes=[route], lifespan=recorder.lifespan)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="on"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        recorder.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield recorder
        finally:
            server.should_exit = True
            thread.join()


def _replayed(reply: Mapping[str, Any]) -> Response:
    body = _bytes(reply["body"])
    if reply["whole"]:
        return Response(body, reply["status"], reply["headers"])

    async def broken_off() -> AsyncIterator[bytes]:
        yield body
        raise ConnectionAbortedError("the reply broke off here when it was recorded")

    return StreamingResponse(broken_off(), reply["status"], reply["headers"])


def _kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in KEPT if name in headers}


def _name(call: Call) -> str:
    return hashlib.sha256(json.dumps(call, sort_keys=True).encode()).hexdigest()


def _read(path: Path) -> Call:
    try:
        reply: Call = json.loads(path.read_text("utf-8"))["reply"]
        return {name: reply[name] for name in ("status", "headers", "body", "whole")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatelineError(f"{path} is no recorded call: remove it and record again") from error


def _write(path: Path, content: Call) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(content, indent=1), "utf-8")
    part.replace(path)


def _text(body: bytes) -> str:
    """Bytes as JSON can hold them, readable where they are UTF-8; `_bytes` gives the same bytes back."""
    return body.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
