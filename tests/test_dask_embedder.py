"""Embedding on a Dask cluster gives what embedding here gives, though a worker is killed meanwhile."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from processes import DATELINE, command, environment
from servers import free_port

from ingest.embedding.dask_embedder import LEAST, DaskEmbedder
from ingest.embedding.embedder import LocalEmbedder
from ingest.settings import Settings

pytest.importorskip("distributed", reason="no Dask: pip install 'dateline[scale]'")


def test_an_address_that_nobody_answers_or_that_is_none_is_named(settings: Settings) -> None:
    settings.data_dir.mkdir()
    article = settings.data_dir / "a.txt"
    article.write_text("The ferry sails again from Tarn.")
    for address, words in (("tcp://127.0.0.1:1", "dask scheduler"), ("nonsense://", "tcp://")):
        done = command(settings, "ingest", str(article), "--dask", address)
        assert done.returncode in (1, 2) and words in done.stderr, done.stderr
        assert "Traceback" not in done.stderr


@contextmanager
def cluster(settings: Settings) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler with two workers of one thread, each a process."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    run = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", str(port)]
    work = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny"]
    quiet = {
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        "env": environment(settings),
    }
    with ExitStack() as stack:

        def start(arguments: list[str]) -> subprocess.Popen[bytes]:
            process = subprocess.Popen([*arguments, "--no-dashboard"], **quiet)  # type: ignore[call-overload]
            stack.callback(lambda: (process.kill(), process.wait()))
            return process

        start([*run, "--host", "127.0.0.1"])
        deadline = time.monotonic() + 180
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield address, [start([*work, "--nthreads", "1"]) for _ in range(2)]


def feed(folder: Path) -> Path:
    path = folder / "feed.jsonl"
    lines = (
        {"id": str(n), "text": f"The council of place {n} met on day {n}. It closed the old mill."}
        for n in range(600)
    )
    path.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    return path


def kept_bytes(settings: Settings) -> int:
    """How many bytes of vectors are kept by now; SQLite makes and removes its log as it likes."""
    size = 0
    for path in settings.data_dir.glob("vectors.sqlite*"):
        with suppress(FileNotFoundError):
            size += path.stat().st_size
    return size


def rows(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """The catalogue without moments."""
    with closing(sqlite3.connect(settings.data_dir / "catalogue.sqlite")) as file:
        file.row_factory = sqlite3.Row
        found = {}
        for table in ("versions", "passages", "members"):
            every = file.execute(f"SELECT * FROM {table} ORDER BY 1")
            found[table] = [
                tuple(row[name] for name in row.keys() if name != "ingested_at")  # noqa: SIM118
                for row in every
            ]
        return found


@pytest.mark.slow
def test_a_worker_that_is_killed_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    articles = feed(tmp_path)
    here = settings.model_copy(update={"data_dir": tmp_path / "here"})
    here = here.model_copy(update={"model_cache": settings.model_dir})
    there = here.model_copy(update={"data_dir": tmp_path / "there"})
    assert command(here, "ingest", str(articles)).returncode == 0
    with cluster(here) as (address, workers):
        ingesting = subprocess.Popen(
            [*DATELINE, "ingest", str(articles), "--dask", address],
            env=environment(there),
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 300
        while kept_bytes(there) < 200_000:
            assert time.monotonic() < deadline and ingesting.poll() in (None, 0)
            time.sleep(0.05)
        workers[0].send_signal(signal.SIGKILL)
        assert ingesting.wait(600) == 0
        assert rows(here) == rows(there)

        local = LocalEmbedder(here.model_dir)
        texts = [f"The ferry number {n} sails." for n in range(LEAST)]
        embedder, done = DaskEmbedder(local, address), list[int]()
        vectors = embedder.embed(texts, done.append)
        embedder.close()
        assert sum(done) == len(texts)
        assert np.array_equal(vectors, local.embed(texts))
