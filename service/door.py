"""Any HTTP request in, an admitted one out: its id, its key, the size and kind of its body; no failure goes unsaid."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from http import HTTPStatus

from fastapi import Depends
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest.settings import Settings
from service.problems import Refused, error_response

SAFE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
DRAINED_BODY_BYTES = 64 * 1024 * 1024
DRAIN_SECONDS = 10.0
JSON_ROUTES = ("/v1/", "/owner/")

# For the documentation of routes that want a key: by the time a route runs, the key has been checked here.
KEY = Depends(HTTPBearer(auto_error=False, description="One of DATELINE_API_KEYS, where keys are configured"))
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)


class Door:
    """ASGI middleware around the whole app. With `private` no key is asked for: the socket's file mode is the key."""

    def __init__(self, app: ASGIApp, settings: Settings, private: bool = False):
        self.app = app
        self.largest_body_bytes = settings.max_body_kb * 1024
        self.writers = () if private else tuple(_digest(key) for key in settings.writer_keys)
        self.readers = () if private else tuple(_digest(key) for key in settings.reader_keys)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id, incoming = _request_id(headers), _Incoming(receive)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        started = False

        async def send_signed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _sign(MutableHeaders(scope=message), request_id, scope["path"])
            await send(message)

        try:
            state["may_write"] = self._may_write(scope, headers)
            body = await self._body(scope, headers, incoming)
            await self.app(scope, _replayed(body, receive), send_signed)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001  the outermost rim: everything gets a reply, the unforeseen a trace
            response = error_response(error, scope["path"], request_id)
            if not started:
                await incoming.drain()
                await response(scope, receive, send_signed)

    def _may_write(self, scope: Scope, headers: Headers) -> bool:
        """Whether the key may write; raises Refused where a key is wanted and none, or a wrong one, is given."""
        if not self.readers and not self.writers:
            return True
        if not (scope["path"] + "/").startswith("/v1/"):
            return False
        scheme, _, key = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise Refused(401, "missing_key", "send a key: Authorization: Bearer <key>")
        digest = _digest(key.strip())
        writes, reads = _any_equal(digest, self.writers), _any_equal(digest, self.readers)
        if not writes and not reads:
            raise Refused(401, "invalid_key", "this key is not one of DATELINE_API_KEYS or DATELINE_ADMIN_KEYS")
        return writes

    async def _body(self, scope: Scope, headers: Headers, incoming: _Incoming) -> bytes:
        """The whole body; raises Refused where it is too large or not JSON by its label."""
        if scope["method"] not in ("POST", "PUT", "PATCH", "DELETE"):
            return b""
        declared = headers.get("content-length", "0")
        if declared.isdecimal() and int(declared) > self.largest_body_bytes:
            raise self._too_large()
        chunks: list[bytes] = []
        size = 0
        while incoming.more:
            chunks.append(await incoming.next())
            size += len(chunks[-1])
            if size > self.largest_body_bytes:
                raise self._too_large()
        if scope["path"].startswith(JSON_ROUTES) and (size or "content-type" in headers):
            _expect_json(headers)
        return b"".join(chunks)

    def _too_large(self) -> Refused:
        limit = self.largest_body_bytes // 1024
        return Refused(413, "too_large", f"the body is over {limit} KB (DATELINE_MAX_BODY_KB)")


class _Incoming:
    """What the client sends, piece by piece; `more` while there is more to come."""

    def __init__(self, receive: Receive):
        self._receive = receive
        self.more = True

    async def next(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect()
        self.more = message.get("more_body", False)
        return bytes(message.get("body", b""))

    async def drain(self) -> None:
        """Reads what is still being sent, within bounds: who sends first and reads later must hear the reply."""
        size = 0
        with contextlib.suppress(TimeoutError, ClientDisconnect):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self.more and size < DRAINED_BODY_BYTES:
                    size += len(await self.next())


def _request_id(headers: Headers) -> str:
    """The caller's own id where it is a short safe token, else a new one."""
    given = headers.get("x-request-id", "")
    return given if SAFE_REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _sign(headers: MutableHeaders, request_id: str, path: str) -> None:
    headers["X-Request-ID"] = request_id
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    headers.setdefault("Cache-Control", "no-store" if path.startswith(JSON_ROUTES) else "no-cache")


def _digest(key: str) -> bytes:
    """Keys are compared by their digests, so that not even their length takes time to tell."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def _any_equal(digest: bytes, known: Sequence[bytes]) -> bool:
    """Compares with every key, so that the time does not tell which one was near."""
    found = False
    for other in known:
        found |= hmac.compare_digest(digest, other)
    return found


def _expect_json(headers: Headers) -> None:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        raise Refused(status, "unsupported_media_type", "send JSON, labelled Content-Type: application/json")


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body as one message, then whatever the connection still says: that the client went away."""
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
