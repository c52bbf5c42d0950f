"""Any HTTP request in, an admitted one out: its id, its key, the size and kind of its body; no failure goes unsaid."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import Depends
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest import uploads
from ingest.errors import Refused
from ingest.formats.readers import MEGABYTE
from ingest.settings import Settings
from service.contract.problems import error_response
from service.surfaces import hosts

SAFE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
DRAINED_BODY_BYTES = 64 * 1024 * 1024
DRAIN_SECONDS = 10.0
JSON_ROUTES = ("/v1/", "/owner/")
WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")
UPLOADS = "/v1/articles"
MULTIPART = "multipart/form-data"
JSON_EXPANSION = 3  # JSON may write a letter in six bytes ("\\u0431") that UTF-8 writes in two

# For the documentation of routes that want a key: by the time a route runs, the key has been checked here.
KEY = Depends(
    HTTPBearer(auto_error=False, description="One of DATELINE_API_KEYS, where keys are configured")
)

CONTENT_SECURITY_POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"


def _may_write(request: Request) -> None:
    if not request.state.may_write:
        raise Refused(403, "admin_key_required", "this wants one of DATELINE_ADMIN_KEYS")


WRITES = Depends(_may_write)


@dataclass(frozen=True, slots=True)
class _Limit:
    """The largest body a route takes, and the words for one that is larger."""

    most_bytes: int
    words: str

    def check(self, size: int) -> None:
        if size > self.most_bytes:
            raise Refused(413, "too_large", self.words)


class Door:
    """ASGI middleware around the whole app. With `private` no key is asked for: the socket's file mode is the key."""

    def __init__(self, app: ASGIApp, settings: Settings, private: bool = False):
        self.app = app
        kilobytes, megabytes = (
            settings.max_body_kb,
            uploads.largest_upload_bytes(settings) // MEGABYTE,
        )
        article = max(kilobytes * 1024, int(JSON_EXPANSION * settings.max_article_mb * MEGABYTE))
        self.body = _Limit(
            kilobytes * 1024, f"the body is over {kilobytes} KB (DATELINE_MAX_BODY_KB)"
        )
        self.article = _Limit(
            article, f"an article is over {settings.max_article_mb:g} MB (DATELINE_MAX_ARTICLE_MB)"
        )
        self.files = _Limit(
            uploads.largest_upload_bytes(settings),
            f"the files are over {megabytes} MB together ({uploads.MOST_ARTICLES} times DATELINE_MAX_ARTICLE_MB): "
            "send fewer at a time",
        )
        self.writers = () if private else tuple(_digest(key) for key in settings.writer_keys)
        self.readers = () if private else tuple(_digest(key) for key in settings.reader_keys)
        self.open = not (private or self.readers or self.writers)
        self.public_url = settings.public_url

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
                if scope["method"] in WITH_BODY:
                    await incoming.drain()
                _sign(MutableHeaders(scope=message), request_id, scope["path"])
            await send(message)

        try:
            self._expect_own_host(headers)
            state["may_write"] = self._may_write(scope, headers)
            await self.app(scope, await self._admitted(scope, headers, incoming), send_signed)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001  the outermost rim: everything gets a reply, the unforeseen a trace
            response = error_response(error, scope["path"], request_id)
            if not started:
                await response(scope, receive, send_signed)

    def _expect_own_host(self, headers: Headers) -> None:
        if self.open and not hosts.is_ours(headers.get("host", ""), self.public_url):
            wanted = "set DATELINE_PUBLIC_URL to the address that readers use, or DATELINE_API_KEYS"
            raise Refused(
                421,
                "unknown_host",
                f"without keys this service answers only to this machine: {wanted}",
            )

    def _may_write(self, scope: Scope, headers: Headers) -> bool:
        """Whether the key may write; raises Refused where a key is wanted and none, or a wrong one, is given."""
        if not self.readers and not self.writers:
            # Any page a browser has open may send files to this machine; it must not fill the archive with them.
            return headers.get("sec-fetch-site", "none") in ("none", "same-origin")
        if not (scope["path"] + "/").startswith("/v1/"):
            return False
        scheme, _, key = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise Refused(401, "missing_key", "send a key: Authorization: Bearer <key>")
        digest = _digest(key.strip())
        writes, reads = _any_equal(digest, self.writers), _any_equal(digest, self.readers)
        if not writes and not reads:
            raise Refused(
                401,
                "invalid_key",
                "this key is not one of DATELINE_API_KEYS or DATELINE_ADMIN_KEYS",
            )
        return writes

    async def _admitted(self, scope: Scope, headers: Headers, incoming: _Incoming) -> Receive:
        """What the app may read: the whole body, checked, or files as they come, counted.

        Raises Refused where it is too large, or neither JSON nor, on the one route that takes them, files by its label.
        """
        if scope["method"] not in WITH_BODY:
            return _replayed(b"", incoming.receive)
        is_upload = scope["method"] == "POST" and scope["path"] == UPLOADS
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        limit = self.body if not is_upload else self.files if kind == MULTIPART else self.article
        declared = headers.get("content-length", "0")
        if declared.isdecimal():
            limit.check(int(declared))
        if is_upload and kind == MULTIPART:
            return incoming.counted(limit)
        body = await incoming.whole(limit)
        if scope["path"].startswith(JSON_ROUTES) and (body or "content-type" in headers):
            _expect_json(
                kind,
                "JSON, labelled Content-Type: application/json" + f", or {MULTIPART}" * is_upload,
            )
        return _replayed(body, incoming.receive)


class _Incoming:
    """What the client sends, piece by piece; `more` while there is more to come."""

    def __init__(self, receive: Receive):
        self.receive = receive
        self.more = True

    async def next(self) -> bytes:
        message = await self.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect()
        self.more = message.get("more_body", False)
        return bytes(message.get("body", b""))

    async def whole(self, limit: _Limit) -> bytes:
        chunks: list[bytes] = []
        size = 0
        while self.more:
            chunks.append(await self.next())
            size += len(chunks[-1])
            limit.check(size)
        return b"".join(chunks)

    def counted(self, limit: _Limit) -> Receive:
        """The body as it comes; Refused from the first byte over the limit on."""
        size = 0

        async def receive() -> Message:
            nonlocal size
            if not self.more:
                return await self.receive()
            body = await self.next()
            size += len(body)
            limit.check(size)
            return {"type": "http.request", "body": body, "more_body": self.more}

        return receive

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


def _expect_json(kind: str, wanted: str) -> None:
    if kind != "application/json" and not (
        kind.startswith("application/") and kind.endswith("+json")
    ):
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", f"send {wanted}")


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
