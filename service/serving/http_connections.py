"""HTTP connections with limits on their number, their headers and their time.

uvicorn parses; what it has no setting for is here (docs/decisions/0007-limits-on-connections.md).
"""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import secrets
import sys
import time
from collections import Counter
from http import HTTPStatus
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from ingest.errors import Refused
from service.contract.problems import PROBLEM_MEDIA_TYPE, RETRY_AFTER_SECONDS, problem_of

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 2_000
RESERVED_HANDLES = 400  # of the process's file handles: the archive's files, and a burst of accepts
ADDRESS_SHARE = 2  # one address may have every second connection
HEAD_SECONDS = 10.0  # from the start of a connection or request to the end of its headers
# a search of 10,000 characters in a URL has at most 120,000 bytes
MOST_HEAD_BYTES = 144 * 1024
FLOODS = 8  # endless heads of one address within `head_seconds` that are refused at once
ACCEPTS_AT_ONCE = 64  # connections taken in one turn of the loop, before any limit can act
ACCEPT_LOG_SECONDS = 60.0

TOO_LARGE = Refused(431, "headers_too_large", f"the headers are over {MOST_HEAD_BYTES // 1024} KB")
TOO_SLOW = Refused(
    408, "request_timeout", f"the headers did not arrive within {HEAD_SECONDS:g} seconds"
)
OVERLOADED = Refused(503, "overloaded", "every connection is in use; try again in a few seconds")
INVALID = Refused(400, "malformed_request", "this is not HTTP")


def most_connections() -> int:
    """How many connections the file handles of this process allow, at most 2,000."""
    handles, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if handles == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return min(MOST_CONNECTIONS, max(handles - RESERVED_HANDLES, handles // 4))


Queue = dict["LimitedConnection", None]


class LimitedConnection(H11Protocol):
    """One connection. A new one takes the place of the oldest that has sent no whole request."""

    most = most_connections()
    head_seconds = HEAD_SECONDS
    _open: ClassVar[dict[tuple[int, str | None], Queue]] = {}  # by server and address, oldest first
    _floods: ClassVar[WeakKeyDictionary[Any, Counter[str]]] = (
        WeakKeyDictionary()
    )  # the same, of late
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        everybody, neighbours = (self._open.setdefault(key, {}) for key in self._keys)
        if len(neighbours) >= max(1, self.most // ADDRESS_SHARE):
            self._make_room(neighbours)
        elif len(everybody) >= self.most:
            self._make_room(everybody)
        everybody[self] = neighbours[self] = None
        self._expect_head()

    def _make_room(self, among: Queue) -> None:
        oldest = next((one for one in among if one.is_waiting), None)
        if oldest is not None:
            oldest.transport.abort()
        else:
            self._turn_away(OVERLOADED)

    @property
    def _keys(self) -> tuple[tuple[int, str | None], tuple[int, str | None]]:
        """Of this server's connections, and of those of this address."""
        server = id(self.server_state)
        return (server, None), (server, self.client[0] if self.client else "")

    @property
    def is_waiting(self) -> bool:
        """Whether nothing is being answered here: no request yet, or not the whole of one."""
        return not self.transport.is_closing() and (
            self.cycle is None or self.cycle.response_complete or self.cycle.more_body
        )

    def _expect_head(self) -> None:
        self._forget_head()
        self._head_timer = self.loop.call_later(self.head_seconds, self._turn_away, TOO_SLOW)

    def _forget_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self.conn.their_state is h11.IDLE and self._head_timer is None:
            self._expect_head()  # the next request on a connection that was kept
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._forget_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_head()
        for key in self._keys:
            queue = self._open.get(key, {})
            queue.pop(self, None)
            if not queue:
                self._open.pop(key, None)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """uvicorn calls this while it handles what h11 found wrong."""
        error = sys.exc_info()[1]
        hint = getattr(error, "error_status_hint", HTTPStatus.BAD_REQUEST)
        if hint != TOO_LARGE.status:
            self._turn_away(INVALID)
        elif self._is_flood():
            self._tell_later(TOO_LARGE)
        else:
            self._turn_away(TOO_LARGE)

    def _is_flood(self) -> bool:
        """Whether this address has sent too many heads without an end lately, this one included."""
        address = self.client[0] if self.client else ""
        counts = self._floods.setdefault(self.server_state, Counter())
        counts[address] += 1

        def forget() -> None:
            counts[address] -= 1
            if not counts[address]:
                del counts[address]

        self.loop.call_later(self.head_seconds, forget)
        return counts[address] > FLOODS

    def _tell_later(self, refused: Refused) -> None:
        """After the time that a head has: each refusal costs as much as what comes in its place.

        What was sent is let go of, and no more is read.
        """
        self._forget_head()
        self.flow.pause_reading()
        self.conn = h11.Connection(h11.SERVER, MOST_HEAD_BYTES)
        self._head_timer = self.loop.call_later(self.head_seconds, self._turn_away, refused)

    def _turn_away(self, refused: Refused) -> None:
        """A reply without a request that the application has seen, and the end."""
        self._forget_head()
        if self.transport.is_closing():
            return
        request_id = secrets.token_hex(8)
        body = json.dumps(problem_of(refused, request_id)).encode()
        lines = [
            f"HTTP/1.1 {refused.status} {HTTPStatus(refused.status).phrase}",
            f"Content-Type: {PROBLEM_MEDIA_TYPE}",
            f"Content-Length: {len(body)}",
            f"X-Request-ID: {request_id}",
            *([f"Retry-After: {RETRY_AFTER_SECONDS}"] if refused is OVERLOADED else []),
            "Connection: close",
        ]
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        self.transport.close()


def log_rarely(loop: asyncio.AbstractEventLoop) -> None:
    """Where file handles run out, the loop says so once a minute and not at every attempt."""
    told = -ACCEPT_LOG_SECONDS

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal told
        if not str(context.get("message", "")).startswith("socket.accept()"):
            loop.default_exception_handler(context)
        elif time.monotonic() - told >= ACCEPT_LOG_SECONDS:
            told = time.monotonic()
            log.error("connections wait: no file handle is free; raise the limit (ulimit -n)")

    loop.set_exception_handler(handle)
