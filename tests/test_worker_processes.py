"""Several processes behind one port, and workers that are killed, over one archive on servers."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest
from conftest import DAM
from processes import DATELINE, command, environment, served_process
from test_jobs import FEED, at_work
from test_uploads import ended, files

from ingest.settings import Settings
from ingest.storage.archive import open_archive

T = TypeVar("T")
COST = "When was the dam at Orvel closed?"


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (("serve", "--workers", "2"), "DATELINE_CHROMA_URL"),
        (("worker",), "DATELINE_UPLOADS"),
    ],
)
def test_one_process_owns_a_data_directory(
    settings: Settings, arguments: tuple[str, ...], remedy: str
) -> None:
    done = command(settings, *arguments)
    assert done.returncode == 2 and remedy in done.stderr and "Traceback" not in done.stderr


def children(process: int) -> list[int]:
    """Those of a process that serve; Python starts one more, which looks after shared memory."""
    found: list[int] = []
    for one in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended
            if "spawn_main" in Path(f"/proc/{one}/cmdline").read_text():
                found.append(int(one))
    return found


def asked(url: str) -> httpx2.Response:
    """One answer over a connection of its own, so that any of the processes may take it."""
    with httpx2.Client(base_url=url, timeout=60) as http:
        return http.post("/v1/answers", json={"question": COST})


def answered(url: str) -> dict[str, Any]:
    """What is answered; nothing where a killed process had taken the connection."""
    with contextlib.suppress(httpx2.TransportError):
        reply = asked(url)
        if reply.status_code == 200:
            return dict(reply.json())
    return {}


def until(happened: Callable[[], T], seconds: float = 600) -> T:
    """What `happened` says once it says something; a loaded machine starts processes slowly."""
    deadline = time.monotonic() + seconds
    while not (found := happened()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


@pytest.mark.slow
def test_processes_behind_one_port_answer_alike_and_one_that_is_killed_comes_again(
    shared: Settings,
) -> None:
    with served_process(shared, "--workers", "2") as (url, process):
        with httpx2.Client(base_url=url, timeout=60) as http:
            report = ended(http, http.post("/v1/articles", files=files(dam_txt=DAM)))["report"]
        assert report["added"] == 1
        until(lambda: len(children(process.pid)) >= 2)
        for _ in range(2):
            # the oldest; on a loaded machine the service may replace one by itself meanwhile
            victim = until(lambda: children(process.pid))[0]
            with contextlib.suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
            until(lambda: len(set(children(process.pid)) - {victim}) >= 2)  # noqa: B023
            answer = until(lambda: answered(url))
            assert "2 June 2025" in answer["text"]
            assert answer["index"]["generation"] == report["generation"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(300) == 0


@contextmanager
def worker(settings: Settings, **more: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*DATELINE, "worker"], env=environment(settings, **more), stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None and "Working on" in process.stderr.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_the_job_of_a_killed_worker_is_done_once_by_another(
    shared: Settings, tmp_path: Path
) -> None:
    more = {"DATELINE_UPLOADS": str(tmp_path / "uploads")}
    one, two = (
        shared.model_copy(update={"data_dir": tmp_path / name, "model_cache": shared.model_dir})
        for name in ("one", "two")
    )
    with (
        served_process(shared, **more) as (url, _),
        httpx2.Client(base_url=url, timeout=60) as http,
        worker(one, **more) as first,
    ):
        reply = http.post("/v1/articles", files=files(feed_jsonl=FEED))
        at_work(http, reply, "embed")
        first.kill()
        with worker(two, **more):
            job = ended(http, reply, seconds=600)
        assert job["report"]["added"] == 1_500
        assert http.get("/v1/articles").json()["total"] == 1_500
        assert job["report"]["generation"] == asked(url).json()["index"]["generation"]
    done = command(shared, "doctor")
    assert done.returncode == 0 and "sound" in done.stdout, done.stdout


@pytest.mark.slow
def test_removals_and_rebuilds_outlive_the_process_that_took_them_on(
    shared: Settings, tmp_path: Path
) -> None:
    more = {"DATELINE_UPLOADS": str(tmp_path / "uploads")}
    one, two, writer = (
        shared.model_copy(update={"data_dir": tmp_path / name, "model_cache": shared.model_dir})
        for name in ("one", "two", "writer")
    )
    with (
        open_archive(writer) as archive,
        served_process(one, **more) as (url, process),
        httpx2.Client(base_url=url, timeout=60) as http,
    ):
        ended(http, http.post("/v1/articles", files=files(dam_txt=DAM)))
        (article,) = http.get("/v1/articles").json()["articles"]
        with archive.writing():
            removal = http.delete(f"/v1/articles/{article['article_id']}")
            rebuild = http.post("/v1/rebuilds")
            assert (removal.status_code, rebuild.status_code) == (202, 202)
            process.kill()
            process.wait()
    with (
        served_process(two, **more) as (url, _),
        httpx2.Client(base_url=url, timeout=60) as http,
        worker(one, **more),
    ):
        for reply in (removal, rebuild):
            assert ended(http, reply, seconds=300)["status"] == "done"
        assert http.get("/v1/articles").json()["total"] == 0
    done = command(two, "doctor")
    assert done.returncode == 0 and "sound" in done.stdout, done.stdout
