"""The running service as a process: its port, its socket, its neighbours, and how it ends."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import fake_openai
import httpx2
import pytest
from processes import command, fill, served_process

from ingest.errors import DatelineError, WrongUsage
from ingest.settings import Settings
from ingest.storage import directory_owner
from service.serving import server

ENDING_SECONDS = 120.0  # far more than it takes, on a busy machine too


def test_a_service_takes_work_from_its_neighbours_refuses_a_second_and_ends_on_sigterm(
    settings: Settings, newsroom: Path
) -> None:
    with served_process(settings) as (url, process):
        handed = command(settings, "ingest", str(newsroom), "--json")
        assert handed.returncode == 0 and json.loads(handed.stdout)["added"] == 3
        found = httpx2.get(f"{url}/v1/search", params={"q": "Orvel bridge crowns"}).json()[
            "passages"
        ]
        assert "38 million" in found[0]["text"]

        second = command(settings, "serve", "--port", "0")
        assert (
            second.returncode == 1
            and str(process.pid) in second.stderr
            and "Traceback" not in second.stderr
        )
        port = url.rpartition(":")[2]
        taken = command(
            settings.model_copy(update={"data_dir": settings.data_dir / "other"}),
            "serve",
            "--port",
            port,
        )
        assert (
            taken.returncode == 1
            and port in taken.stderr
            and f"process {process.pid}" in taken.stderr
        )

        process.send_signal(signal.SIGTERM)
        assert process.wait(ENDING_SECONDS) == 0
    assert directory_owner.owner_of(settings.data_dir) is None
    assert not (settings.data_dir / directory_owner.SOCKET).exists()


def test_a_stream_that_is_cut_by_the_end_of_the_service_says_so(
    settings: Settings, newsroom: Path
) -> None:
    fill(settings, newsroom)
    with fake_openai.running() as model:
        model.reply = lambda body: fake_openai.Script(["NO_ANSWER"], delay_seconds=3600)
        with served_process(settings, OPENAI_BASE_URL=model.url) as (url, process):
            asked = {"question": "How much did the Orvel bridge cost?", "stream": True}
            with httpx2.stream("POST", f"{url}/v1/answers", json=asked, timeout=60) as reply:
                lines = reply.iter_lines()
                assert next(lines) == "event: answer.started"
                _wait_until(lambda: bool(model.requests))
                process.send_signal(signal.SIGTERM)
                rest = list(lines)
            assert (
                "event: error" in rest
                and '"code":"not_ready"' in rest[rest.index("event: error") + 1]
            )
            assert process.wait(ENDING_SECONDS) == 0


@pytest.mark.parametrize(
    ("headers", "seconds", "left", "finished"),
    [({}, 3600, 1, 0), ({"Idempotency-Key": "once"}, 2, 0, 1)],
    ids=["nobody can ask for it again", "its key can ask for it again"],
)
def test_a_client_that_goes_away_stops_the_work_unless_it_can_come_back(
    settings: Settings,
    newsroom: Path,
    headers: dict[str, str],
    seconds: float,
    left: int,
    finished: int,
) -> None:
    """A stream goes on for a while, and can be taken up again (test_recordings)."""
    fill(settings, newsroom)
    with fake_openai.running() as model:
        model.reply = lambda body: fake_openai.Script(["NO_ANSWER"], delay_seconds=seconds)
        with served_process(settings, OPENAI_BASE_URL=model.url) as (url, _):
            client = http.client.HTTPConnection(url.removeprefix("http://"))
            asked = json.dumps({"question": "How much did the Orvel bridge cost?"})
            sent = headers | {"Content-Type": "application/json"}
            client.request("POST", "/v1/answers", asked, sent)
            _wait_until(lambda: bool(model.requests))
            client.close()
            _wait_until(lambda: (model.left, _receipts(settings)) == (left, finished))
        assert (model.left, _receipts(settings)) == (left, finished)


def _receipts(settings: Settings) -> int:
    with contextlib.closing(sqlite3.connect(settings.data_dir / "receipts.sqlite")) as records:
        return int(records.execute("SELECT count(*) FROM receipts").fetchone()[0])


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", ""])
def test_an_open_address_wants_keys(settings: Settings, host: str) -> None:
    with pytest.raises(WrongUsage, match="DATELINE_API_KEYS"):
        server.check_binding(settings, host)
    server.check_binding(settings.model_copy(update={"api_keys": "k"}), host)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.9.10"])
def test_loopback_wants_none(settings: Settings, host: str) -> None:
    server.check_binding(settings, host)
    assert not settings.data_dir.exists()  # no keys were looked for


def test_an_open_address_without_keys_is_wrong_usage_of_the_command(settings: Settings) -> None:
    refused = command(settings, "serve", "--host", "0.0.0.0", "--port", "0")
    assert refused.returncode == 2 and "DATELINE_API_KEYS" in refused.stderr


def test_a_taken_port_is_told_before_anything_is_opened(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            DatelineError, match=rf"port {port} is taken by .*process {os.getpid()}"
        ):
            server.check(settings, "127.0.0.1", port)
    assert not settings.data_dir.exists()


def _wait_until(happened: Callable[[], bool], seconds: float = 180.0) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)
