"""Connections that come in numbers, with endless headers, or without an end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from processes import fill, served_process
from starlette.types import Receive, Scope, Send

from ingest.settings import Settings
from service.serving.http_connections import FLOODS, MOST_HEAD_BYTES, LimitedConnection
from service.serving.server import http_server

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


class Few(LimitedConnection):
    most = 4


class Hasty(LimitedConnection):
    head_seconds = 0.3


HELD, GO = threading.Semaphore(0), threading.Event()  # what is asked under /held


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers at once, and under /held when it is let go."""
    if scope["path"] == "/held":
        HELD.release()
        await asyncio.to_thread(GO.wait, 120)
    head = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
    await send(head)
    await send({"type": "http.response.body", "body": b"ok"})


@contextlib.contextmanager
def listening(protocol: type[LimitedConnection]) -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server: Any = http_server(app, protocol)  # type: ignore[arg-type]
        server.config.lifespan = "off"
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield listener.getsockname()
        finally:
            server.should_exit = True
            thread.join(120)


def reply(peer: socket.socket) -> tuple[int, Any]:
    """Status and body of what the server says before it closes."""
    peer.settimeout(120)
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := peer.recv(65536):
            said += piece
    head, _, body = said.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body) if body.startswith(b"{") else body


def test_headers_that_never_end_are_a_431() -> None:
    with listening(LimitedConnection) as address, socket.create_connection(address) as peer:
        peer.sendall(GET + b"X-Much: ")
        with contextlib.suppress(OSError):
            for _ in range(1_000):
                peer.sendall(b"x" * 1024)
        status, problem = reply(peer)
    assert (status, problem["code"], problem["status"]) == (431, "headers_too_large", 431)


def test_an_address_that_floods_is_told_late_until_that_is_forgotten() -> None:
    class Patient(LimitedConnection):
        head_seconds = 3.0

    def seconds_to_be_told(address: tuple[str, int]) -> float:
        started = time.monotonic()
        with socket.create_connection(address) as peer:
            with contextlib.suppress(OSError):
                peer.sendall(GET + b"X-Much: " + b"x" * (MOST_HEAD_BYTES + 1))
            assert reply(peer)[0] == 431
        return time.monotonic() - started

    with listening(Patient) as address:
        # one is told late as soon as eight others came in the same time; then that time is over for all of them
        assert any(seconds_to_be_told(address) >= Patient.head_seconds for _ in range(500))
        Patient.head_seconds = 600.0  # longer than anybody here waits
        seconds_to_be_told(address)


def test_from_the_ninth_on_endless_headers_of_an_address_are_held() -> None:
    class Patient(LimitedConnection):
        head_seconds = 600.0

    with listening(Patient) as address, contextlib.ExitStack() as stack:
        for number in range(FLOODS + 1):
            peer = stack.enter_context(socket.create_connection(address))
            with contextlib.suppress(OSError):
                peer.sendall(GET + b"X-Much: " + b"x" * (MOST_HEAD_BYTES + 1))
            if number < FLOODS:
                assert reply(peer)[0] == 431
        with socket.create_connection(address) as other:  # whoever asks later is answered sooner
            other.sendall(GET + b"Connection: close\r\n\r\n")
            assert reply(other) == (200, b"ok")
        peer.setblocking(False)
        with pytest.raises(BlockingIOError):
            peer.recv(1)


def test_a_head_that_does_not_arrive_in_time_is_a_408() -> None:
    with listening(Hasty) as address, socket.create_connection(address) as peer:
        peer.sendall(GET)
        status, problem = reply(peer)
        assert (status, problem["code"]) == (408, "request_timeout")


def test_neither_may_that_of_the_second_request_of_a_kept_connection_be_late() -> None:
    class Hastier(LimitedConnection):
        head_seconds = 60.0

    with listening(Hastier) as address, socket.create_connection(address) as peer:
        peer.sendall(GET + b"\r\n")
        said = piece = peer.recv(1000)
        while piece and not said.endswith(b"ok"):
            piece = peer.recv(1000)
            said += piece
        Hastier.head_seconds = 0.3
        peer.sendall(GET)
        assert reply(peer)[0] == 408


def test_what_is_no_http_is_a_400() -> None:
    with listening(LimitedConnection) as address, socket.create_connection(address) as peer:
        peer.sendall(b"\x16\x03\x01\x02\x00 hello\r\n\r\n")
        assert reply(peer)[0] == 400


def test_a_new_connection_takes_the_place_of_the_oldest_that_asks_nothing() -> None:
    with listening(Few) as address, contextlib.ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(socket.create_connection(address)).sendall(GET)
        with socket.create_connection(address) as peer:
            peer.sendall(GET + b"Connection: close\r\n\r\n")
            assert reply(peer) == (200, b"ok")


def test_where_every_connection_is_being_answered_a_new_one_is_a_503() -> None:
    with listening(Few) as address, contextlib.ExitStack() as stack:
        busy = [stack.enter_context(socket.create_connection(address)) for _ in range(2)]
        for peer in busy:
            peer.sendall(b"GET /held HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        for _ in busy:
            assert HELD.acquire(timeout=120)
        with socket.create_connection(address) as peer:
            status, problem = reply(peer)
        assert (status, problem["code"]) == (503, "overloaded")
        GO.set()
        assert [reply(peer) for peer in busy] == [(200, b"ok")] * 2


@pytest.mark.slow
def test_half_open_connections_beyond_the_file_handles_leave_the_service_answering(
    settings: Settings, newsroom: Path
) -> None:
    fill(settings, newsroom)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (1024, {hard})); "
    with served_process(settings, before=limit) as (url, process), contextlib.ExitStack() as stack:
        address = (urlsplit(url).hostname, urlsplit(url).port)
        for _ in range(1_300):
            peer = stack.enter_context(socket.create_connection(address, timeout=120))
            peer.sendall(GET)
        for _ in range(5):
            assert httpx2.get(f"{url}/healthz").status_code == 200
        assert process.poll() is None
