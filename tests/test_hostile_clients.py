"""Clients that hold connections, send slowly or flood headers: others are answered, and nothing grows."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from processes import fill, served_process
from test_soak import used

from benchmarks.hostile import KINDS, hostile
from ingest.settings import Settings

HOSTILE = int(os.environ.get("DATELINE_HOSTILE", "300"))
SLOW = int(os.environ.get("DATELINE_SLOW_CLIENTS", "600"))
QUESTION = {"question": "Who leads the regulator?"}
MOST_GROWTH_KB = 100_000


@contextlib.contextmanager
def handles(wanted: int) -> Iterator[None]:
    """As many file handles as that in this process and those that it starts, where the machine has them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, wanted)), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.slow
def test_honest_clients_are_answered_beside_hostile_ones_and_memory_is_bounded(
    settings: Settings, newsroom: Path
) -> None:
    fill(settings, newsroom)
    with handles(2 * HOSTILE + 1_000), served_process(settings) as (url, process):
        with httpx2.Client(base_url=url, timeout=120) as http:
            for _ in range(8):
                assert http.post("/v1/answers", json=QUESTION).status_code == 200
        before, _, _ = used(process.pid)
        with hostile(url, HOSTILE) as opened:
            for _ in range(8):  # a connection each
                reply = httpx2.post(f"{url}/v1/answers", json=QUESTION, timeout=120)
                assert reply.status_code == 200 and reply.json()["outcome"] == "answered"
                assert httpx2.get(f"{url}/healthz", timeout=60).status_code == 200
            assert set(opened()) == set(KINDS) and sum(opened().values()) >= HOSTILE
        assert used(process.pid)[0] - before < MOST_GROWTH_KB
        assert httpx2.get(f"{url}/healthz", timeout=60).status_code == 200


@pytest.mark.slow
def test_each_of_many_slow_clients_is_told_so_or_closed(settings: Settings, newsroom: Path) -> None:
    fill(settings, newsroom)
    with (
        handles(SLOW + 1_000),
        served_process(settings) as (url, process),
        contextlib.ExitStack() as stack,
    ):
        address = (urlsplit(url).hostname, urlsplit(url).port)
        peers = []
        for number in range(SLOW):
            peer = stack.enter_context(socket.create_connection(address, timeout=60))
            with contextlib.suppress(ConnectionError):
                peer.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
            peers.append(peer)
            if number % 100 == 0:
                assert httpx2.get(f"{url}/healthz", timeout=60).status_code == 200
        told = 0
        for peer in peers:
            said = b""
            with contextlib.suppress(ConnectionError):
                while piece := peer.recv(65536):
                    said += piece
            if said:
                problem = json.loads(said.partition(b"\r\n\r\n")[2])
                assert (problem["status"], problem["code"]) == (408, "request_timeout")
                told += 1
        assert told > 0
        assert httpx2.get(f"{url}/healthz", timeout=60).status_code == 200
        assert process.poll() is None
