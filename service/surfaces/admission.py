"""Admits HTTP requests: their id, host, key and origin, and the size, kind and pace of a body."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import re
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import Depends
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest import uploads
from ingest.errors import Refused
from ingest.formats.file_readers import MEGABYTE
from ingest.log_lines import REQUEST_ID
from ingest.settings import Settings
from ingest.storage.snapshot import BOUND_TO
from service.access.api_keys import Caller
from service.access.audit_log import COMMAND, WITHOUT_KEY, Change
from service.answer_run import SPENT
from service.contract.problems import error_response
from service.given_answers.receipts import ASKED_BY
from service.surfaces.caller_identity import Identity, is_open
from service.wiring import Service

log = logging.getLogger(__name__)

QUIET = ("/healthz", "/readyz", "/metrics", "/static", "other")  # asked all day; no line each
REPLIED = "replied request_id=%s method=%s route=%s status=%d begun_ms=%.0f"
MOST_HEADER_BYTES = 32 * 1024  # names and values together
MOST_TARGET_BYTES = 128 * 1024  # path and query
DRAINED_BODY_BYTES = 64 * 1024 * 1024
DRAIN_SECONDS = 10.0
BODY_SECONDS = 30.0  # for a body to arrive, and a second more for every SLOWEST bytes of it
SLOWEST_BYTES_A_SECOND = 16 * 1024
JSON_ROUTES = ("/v1/", "/owner/")
WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")
UPLOADS = "/v1/articles"
ASKS = (
    "/v1/answers",
    "/v1/checks",
    "/v1/saved-questions",
    "/v1/chat/completions",
    "/v1/responses",
    "/mcp",
)
MULTIPART = "multipart/form-data"
JSON_EXPANSION = 3  # JSON may write a letter in six bytes ("\\u0431") that UTF-8 writes in two
UNKNOWN_HOST = (
    "without keys this service answers only to this machine: set DATELINE_PUBLIC_URL to the "
    "address that readers use, or DATELINE_API_KEYS"
)
ALWAYS = {  # headers of every reply
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
}


def guards(service: Service) -> list[Any]:
    """For the API's documentation of routes that want a key where keys are set.

    By the time a route runs, the key has been checked.
    """
    described = "A key of this service" if service.keys else "None is needed here"
    return [Depends(HTTPBearer(auto_error=False, description=described))]


def _may_write(request: Request) -> None:
    request.state.writes = True
    if not request.state.may_write:
        raise Refused(403, "admin_key_required", "this wants a key that may write: role write")


def _may_manage(request: Request) -> None:
    if not request.state.may_manage:
        raise Refused(403, "admin_key_required", "this wants a key of the role admin")


WRITES = Depends(_may_write)
MANAGES = Depends(_may_manage)


@dataclass(frozen=True, slots=True)
class SizeLimit:
    """The most bytes of something, and the words for one that has more."""

    most_bytes: int
    words: str

    def check(self, size: int) -> None:
        if size > self.most_bytes:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", self.words)


def article_limit(settings: Settings, expansion: int = 1) -> SizeLimit:
    """The most one article may have; `expansion` times that where it is still in JSON."""
    return SizeLimit(
        int(expansion * settings.max_article_mb * MEGABYTE),
        f"an article is over {settings.max_article_mb:g} MB (DATELINE_MAX_ARTICLE_MB)",
    )


class Admission:
    """ASGI middleware around the whole app.

    The `private` app wants no key: the mode of the socket's file is the key.
    """

    def __init__(self, app: ASGIApp, service: Service, private: bool = False):
        self.app = app
        self.settings = settings = service.settings
        most = settings.max_body_kb
        self.body = SizeLimit(most * 1024, f"the body is over {most} KB (DATELINE_MAX_BODY_KB)")
        article = article_limit(settings, JSON_EXPANSION)
        self.article = max(article, self.body, key=lambda limit: limit.most_bytes)
        files = uploads.largest_upload_bytes(settings)
        self.files = SizeLimit(
            files,
            f"the files are over {files // MEGABYTE} MB together ({uploads.MOST_ARTICLES} times "
            "DATELINE_MAX_ARTICLE_MB): send fewer at a time",
        )
        self.keys = service.keys
        self.private = private
        self.identity = Identity(
            service.keys, service.sessions, service.guesses, settings.public_url, private=private
        )
        self.rates = service.rates
        self.turns = service.turns
        self.changes = service.changes
        self.metrics = service.metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, incoming = Headers(scope=scope), Incoming(receive)
        request_id = headers.get("x-request-id", "")
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", request_id):
            request_id = secrets.token_hex(8)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        REQUEST_ID.set(request_id)
        started, came = False, time.monotonic()

        async def send_signed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                await self._note(scope, message["status"])
                route = getattr(scope.get("route"), "path", "other")
                self.metrics.replied(scope["method"], route, message["status"])
                if route not in QUIET:
                    ms = (time.monotonic() - came) * 1000
                    log.info(REPLIED, request_id, scope["method"], route, message["status"], ms)
                if scope["method"] in WITH_BODY:
                    await incoming.drain()
                own = MutableHeaders(scope=message)
                own["X-Request-ID"] = request_id
                own.update(ALWAYS)
                kept = "no-store" if scope["path"].startswith(JSON_ROUTES) else "no-cache"
                own.setdefault("Cache-Control", kept)
                own.update(state.get("rate", {}))
                if incoming.late:
                    own["Connection"] = "close"
            await send(message)

        try:
            caller = self._caller(scope, headers)
            asks = scope["method"] == "POST" and scope["path"] in ASKS
            if caller and caller.id and not is_open(scope["path"]):
                state["rate"] = await self.rates.admit(caller, asks=asks)
            body = await self._admitted(scope, headers, incoming)
            async with self._turn(scope, caller, incoming.receive) if asks else nullcontext():
                await self.app(scope, body, send_signed)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001  the outermost rim: the unforeseen leaves a trace
            response: Response = error_response(error, scope["path"], request_id)
            if _wants_sign_in(error, scope, headers):
                response = RedirectResponse(_sign_in_address(scope), HTTPStatus.SEE_OTHER)
            if not started:
                await response(scope, receive, send_signed)

    def _caller(self, scope: Scope, headers: Headers) -> Caller | None:
        """Who asks, noted in the request's state. Raises Refused."""
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADER_BYTES:
            most = f"{MOST_HEADER_BYTES // 1024} KB"
            raise Refused(431, "headers_too_large", f"the headers are over {most}")
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MOST_TARGET_BYTES:
            most = f"{MOST_TARGET_BYTES // 1024} KB"
            raise Refused(414, "uri_too_long", f"the address is over {most}")
        is_ours = _is_our_host(headers.get("host", ""), self.settings.public_url)
        if not (self.private or self.keys or is_ours):
            raise Refused(421, "unknown_host", UNKNOWN_HOST)
        caller = self.identity.of(scope, headers)
        state = scope["state"]
        state["caller"] = caller.id if caller else None
        state["author"] = state["caller"] or (COMMAND if self.private else WITHOUT_KEY)
        state["may_write"] = bool(caller and caller.may_write)
        state["may_manage"] = bool(caller and caller.may_manage)
        # what `/mcp` asks inside keeps its own caller and their key's bounds
        if not self.private or state["caller"]:
            BOUND_TO.set(caller.collections if caller else ())
            ASKED_BY.set(state["caller"] or "")
        return caller

    @asynccontextmanager
    async def _turn(
        self, scope: Scope, caller: Caller | None, left: Receive
    ) -> AsyncIterator[None]:
        """A turn of whoever asks, whose tokens are counted. What a command of this machine asks has
        no turn, nor what `/mcp` asks in its own."""
        if self.private or caller is None:
            yield
            return
        SPENT.set(self.rates.spender(caller))
        client = scope.get("client")
        async with self.turns.turn(caller.id or (client[0] if client else ""), left):
            yield

    async def _note(self, scope: Scope, status: int) -> None:
        """Writes down who changes something, before they hear that it was done."""
        state, path = scope["state"], scope["path"]
        of_owner = path.startswith("/owner/") and scope["method"] != "GET"
        if not (state.get("writes") or (self.private and of_owner)):
            return
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        change = Change(
            now, state["author"], f"{scope['method']} {path}", state["request_id"], status
        )
        await asyncio.to_thread(self.changes.note, change)

    async def _admitted(self, scope: Scope, headers: Headers, incoming: Incoming) -> Receive:
        """What the app may read: the whole body, checked, or files as they come, counted.

        Refused where it is too large, too slow, or of a kind that the route does not take.
        """
        if scope["method"] not in WITH_BODY:
            return _replayed(b"", incoming.receive)
        is_upload = scope["method"] == "POST" and scope["path"] == UPLOADS
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        is_multipart = is_upload and kind == MULTIPART
        limit = self.files if is_multipart else self.article if is_upload else self.body
        declared = headers.get("content-length", "0")
        if declared.isdecimal():
            limit.check(int(declared))
        if is_multipart:
            return incoming.counted(limit)
        body = await incoming.whole(limit)
        labelled = body or "content-type" in headers
        is_json = re.fullmatch(r"application/(?:json|.*\+json)", kind)
        if scope["path"].startswith(JSON_ROUTES) and labelled and not is_json:
            wanted = "JSON, labelled Content-Type: application/json"
            wanted += f", or {MULTIPART}" * is_upload
            raise Refused(415, "unsupported_media_type", f"send {wanted}")
        return _replayed(body, incoming.receive)


class Incoming:
    """What the client sends, piece by piece; `more` while there is more to come.

    `seconds` is the time a body has; each SLOWEST_BYTES_A_SECOND of it give one second more.
    """

    def __init__(self, receive: Receive, seconds: float = BODY_SECONDS):
        self.receive = receive
        self.more = True
        self.late = False
        self._size = 0
        self._ends = asyncio.get_running_loop().time() + seconds

    async def next(self) -> bytes:
        try:
            async with asyncio.timeout_at(self._ends + self._size / SLOWEST_BYTES_A_SECOND):
                message = await self.receive()
        except TimeoutError as error:
            self.late, self.more = True, False
            raise Refused(408, "request_timeout", "the body did not arrive in time") from error
        if message["type"] == "http.disconnect":
            raise ClientDisconnect()
        self.more = message.get("more_body", False)
        body = bytes(message.get("body", b""))
        self._size += len(body)
        return body

    async def whole(self, limit: SizeLimit) -> bytes:
        chunks: list[bytes] = []
        while self.more:
            chunks.append(await self.next())
            limit.check(self._size)
        return b"".join(chunks)

    def counted(self, limit: SizeLimit) -> Receive:
        """The body as it comes; Refused from the first byte over the limit on."""

        async def receive() -> Message:
            if not self.more:
                return await self.receive()
            body = await self.next()
            limit.check(self._size)
            return {"type": "http.request", "body": body, "more_body": self.more}

        return receive

    async def drain(self) -> None:
        """Reads what is still being sent: who sends first and reads later must hear the reply."""
        most = self._size + DRAINED_BODY_BYTES
        with contextlib.suppress(TimeoutError, ClientDisconnect, Refused):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self.more and self._size < most:
                    await self.next()


def _wants_sign_in(error: Exception, scope: Scope, headers: Headers) -> bool:
    """Whether a person in a browser asked for a page and has shown no key yet."""
    return (
        isinstance(error, Refused)
        and error.status == HTTPStatus.UNAUTHORIZED
        and scope["method"] == "GET"
        and not scope["path"].startswith(JSON_ROUTES)
        and "text/html" in headers.get("accept", "")
    )


def _sign_in_address(scope: Scope) -> str:
    """Relative, so that a service behind a path of another site works too."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    wanted = raw.decode("latin-1").removeprefix("/") + (
        f"?{query.decode('latin-1')}" if query else ""
    )
    return ("../" * (raw.count(b"/") - 1) or "./") + "sign-in?" + urlencode({"next": wanted})


def _is_our_host(host: str, public_url: str | None) -> bool:
    """True for a loopback name or address, with or without port, and for `public_url`'s host.

    A page of any site can make its own name lead to 127.0.0.1 and then read a service without keys
    as its own origin (DNS rebinding). Its requests still carry that name. No Host at all is no
    browser's request, and true.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
        public = urlsplit(public_url or "").hostname
    except ValueError:
        return False
    if (
        not host
        or name == "localhost"
        or name.endswith(".localhost")
        or (public and name == public)
    ):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body as one message, then whatever the connection still says: that the client went."""
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
