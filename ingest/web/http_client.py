"""Asks web servers, within the address rules, limits of size and time, and what a host bears."""

from __future__ import annotations

import importlib.metadata
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import httpcore2

from ingest.errors import AddressRefused, NotFetched
from ingest.settings import Settings
from ingest.web import robots
from ingest.web.addresses import allowed, checked
from ingest.web.network import CheckedNetwork, Resolve, resolved

if TYPE_CHECKING:
    import httpx2

MOST_REDIRECTS = 5
STEP_SECONDS = 10.0  # of silence
LONGEST_WAIT_SECONDS = 86_400.0  # that a server may ask for
MEGABYTE = 1_000_000  # bytes
_REDIRECTS = (301, 302, 303, 307, 308)


class TooLarge(NotFetched):
    """Of more bytes than are taken of its type."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said. `kind` is the media type in small letters, "" where none is stated;
    `body` is unpacked."""

    address: str  # after redirects
    status: int
    headers: Mapping[str, str]  # names in small letters
    body: bytes = b""

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Client:
    """For one thread: what it knows of hosts, and its connections, last as long as it does."""

    def __init__(
        self,
        settings: Settings,
        *,
        resolve: Resolve = resolved,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self._seconds = settings.fetch_seconds
        self._pause = 60 / settings.fetch_a_minute if settings.fetch_a_minute else 0.0
        self._sleep = sleep
        self._network = CheckedNetwork(allowed(settings.fetch_allow), resolve)
        self._pool = httpcore2.ConnectionPool(network_backend=self._network, max_connections=4)
        self._next: dict[str, float] = {}  # host → when it may be asked again
        self._pauses: dict[str, float] = {}  # host → seconds between two requests
        self._rules: dict[str, robots.Rules] = {}
        about = f" (+{settings.public_url})" if settings.public_url else ""
        self._agent = f"{robots.OUR_NAME}/{importlib.metadata.version('dateline')}{about}"

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def get(
        self,
        address: str | httpx2.URL,
        takes: Mapping[str, int],
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """The reply of an address, redirects followed: 200, 304 where `headers` ask for it, 404 or
        410. A URL has been checked already. `takes` is by media type the most bytes that are taken.

        Raises AddressRefused and NotFetched, with a reason that follows the address in a sentence.
        """
        self._network.deadline = time.monotonic() + self._seconds
        accept = {"accept": ", ".join(takes), **(headers or {})}
        url = checked(address) if isinstance(address, str) else address
        reply = self._through_redirects(url, accept, takes, self._expect_permission)
        if reply.status in (200, 304, 404, 410):
            return reply
        raise NotFetched(
            f"was answered with {reply.status}; try again later, or open it in a browser",
            _wait_seconds(reply.headers.get("retry-after", "")),
        )

    def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """The reply to a message, whatever its status, without its body; a redirect is not followed.

        Raises AddressRefused and NotFetched.
        """
        self._network.deadline = time.monotonic() + self._seconds
        return self._exchange("POST", checked(address), headers, None, body)

    def _through_redirects(
        self,
        url: httpx2.URL,
        headers: Mapping[str, str],
        takes: Mapping[str, int] | int,
        expect_permission: Callable[[httpx2.URL], None],
    ) -> Reply:
        for _ in range(MOST_REDIRECTS + 1):
            expect_permission(url)
            # waits until the host may be asked again; the wait counts for no deadline
            now = time.monotonic()
            wait = max(0.0, self._next.get(url.host, now) - now)
            if wait:
                self._sleep(wait)
            self._network.deadline += wait
            self._next[url.host] = now + wait + self._pauses.get(url.host, self._pause)
            reply = self._exchange("GET", url, headers, takes)
            if reply.status not in _REDIRECTS or "location" not in reply.headers:
                return reply
            try:
                url = checked(reply.headers["location"], url)
            except AddressRefused as error:
                raise AddressRefused(f"redirects to an address that {error}") from error
        raise NotFetched(f"redirects more than {MOST_REDIRECTS} times; check the address")

    def _expect_permission(self, url: httpx2.URL) -> None:
        place = f"{url.scheme}://{url.netloc.decode('ascii')}/robots.txt"
        if place not in self._rules:
            try:
                reply = self._through_redirects(checked(place), {}, robots.LONGEST, lambda _: None)
            except TooLarge as error:
                raise NotFetched(
                    f"has a robots.txt of more than {robots.LONGEST / MEGABYTE:g} MB, which is not "
                    "read; save the page from a browser, or ask its publisher for a shorter one"
                ) from error
            self._rules[place] = robots.Rules(reply.status, reply.body)
        self._rules[place].expect_permission(str(url))
        self._pauses[url.host] = max(self._pause, self._rules[place].pause_seconds)

    def _exchange(
        self,
        method: str,
        url: httpx2.URL,
        headers: Mapping[str, str],
        takes: Mapping[str, int] | int | None,
        content: bytes | None = None,
    ) -> Reply:
        sent = {"user-agent": self._agent, "accept-encoding": "gzip", **headers}
        steps = dict.fromkeys(("connect", "read", "write", "pool"), STEP_SECONDS)
        try:
            with self._pool.stream(
                method,
                str(url),
                headers=list(sent.items()),
                content=content,
                extensions={"timeout": steps},
            ) as response:
                got = {
                    k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers
                }
                reply = Reply(str(url), response.status, got)
                if takes is None or reply.status != 200:
                    return reply
                return Reply(str(url), 200, got, _body(reply, response.iter_stream(), takes))
        except httpcore2.TimeoutException as error:
            raise NotFetched(
                f"did not answer within {self._seconds:g} s; try again later"
            ) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            raise NotFetched(f"cannot be reached ({error}); try again later") from error


def _body(reply: Reply, chunks: Iterable[bytes], takes: Mapping[str, int] | int) -> bytes:
    if isinstance(takes, int):
        takes = {reply.kind: takes}
    if reply.kind not in takes:
        raise NotFetched(
            f'is of type "{reply.kind[:60]}"; Dateline takes {", ".join(takes)}'
            if reply.kind
            else "does not say its type; Dateline cannot take it"
        )
    most = takes[reply.kind]
    length = reply.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise _too_large(most)
    packing = reply.headers.get("content-encoding", "identity").strip().lower()
    if packing not in ("identity", "gzip", "x-gzip", ""):
        raise NotFetched(f'is packed as "{packing[:20]}", which was not asked for')
    return unpacked(chunks, most) if "gzip" in packing else _joined(chunks, most)


def unpacked(chunks: Iterable[bytes], most: int) -> bytes:
    """What gzip packed, never unpacking more than `most` bytes. Raises NotFetched."""

    def pieces() -> Iterable[bytes]:
        unpacking = zlib.decompressobj(wbits=31)
        for chunk in chunks:
            while chunk:
                yield unpacking.decompress(chunk, 1_000_000)
                chunk = unpacking.unconsumed_tail or unpacking.unused_data
                if unpacking.eof and chunk:
                    unpacking = zlib.decompressobj(wbits=31)
        if not unpacking.eof:
            raise zlib.error("it is cut off")

    try:
        return _joined(pieces(), most)
    except zlib.error as error:
        raise NotFetched(f"is no gzip that can be unpacked ({error}); try again later") from error


def _joined(chunks: Iterable[bytes], most: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > most:
            raise _too_large(most)
    return bytes(body)


def _too_large(most: int) -> TooLarge:
    return TooLarge(
        f"has more than the {most / MEGABYTE:g} MB that are taken; raise DATELINE_MAX_ARTICLE_MB"
    )


def _wait_seconds(stated: str) -> float:
    """Of a Retry-After, in seconds or as a date; 0 where there is none."""
    try:
        if stated.strip().isdecimal():
            seconds = float(stated)
        else:
            seconds = (parsedate_to_datetime(stated) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return 0.0
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)
