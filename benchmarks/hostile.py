"""Hostile clients beside honest ones: how long the honest ones wait, and what the service grows by.

    python -m benchmarks.hostile [--hostile 2000] [--each 6] [--after 0] [--articles DIR] [--questions FILE] [--json FILE]

A quarter of the hostile sockets each send nothing, a head byte by byte, or a body byte by byte; the last quarter come again
and again with 200 KB of headers. They have eight addresses of this machine. Eight honest clients ask before and meanwhile,
of a service without a model, a connection each time; meanwhile is `--after` so many seconds from when all are there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.load import ROOT, ask, bodies_of, quantile, started

KINDS = ("silent", "slow head", "slow body", "flood")
HEAD = b"POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
FLOOD = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Much: " + b"x" * 200_000
BYTE_SECONDS = 1.0
AGAIN_SECONDS = 1.0  # between two connections of one that floods
ADDRESSES = 8
HONEST = 8


@contextmanager
def hostile(url: str, count: int) -> Iterator[Callable[[], dict[str, int]]]:
    """So many hostile sockets from a process of their own, once all have connected; how many
    connections each kind has opened so far."""
    context = multiprocessing.get_context("spawn")
    opened = {kind: context.Value("q", 0) for kind in KINDS}
    ready = context.Event()
    process = context.Process(target=_attack, args=(url, count, opened, ready), daemon=True)
    process.start()
    try:
        if not ready.wait(120):
            raise SystemExit("the hostile clients did not connect")
        yield lambda: {kind: value.value for kind, value in opened.items()}
    finally:
        process.kill()
        process.join()


def _attack(url: str, count: int, opened: dict[str, Any], ready: Any) -> None:
    place = urlsplit(url)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, count + 100)), hard))

    async def socket(number: int) -> None:
        kind = KINDS[number % len(KINDS)]
        # another address of loopback for each, where the system has them: Linux does
        source = f"127.0.0.{2 + number % ADDRESSES}" if sys.platform == "linux" else "127.0.0.1"
        while True:
            with suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection(
                    place.hostname, place.port, local_addr=(source, 0)
                )
                opened[kind].value += 1
                if sum(value.value for value in opened.values()) >= count:
                    ready.set()
                try:
                    await _misbehave(kind, reader, writer)
                finally:
                    writer.close()
            await asyncio.sleep(AGAIN_SECONDS)

    async def all_of_them() -> None:
        await asyncio.gather(*(socket(number) for number in range(count)))

    asyncio.run(all_of_them())


async def _misbehave(kind: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the service ends it."""
    if kind == "silent":
        await reader.read()
        return
    if kind == "flood":
        writer.write(FLOOD)
        await writer.drain()
        await reader.read()
        return
    if kind == "slow body":
        writer.write(HEAD + b"Content-Length: 1000\r\n\r\n")
    while not reader.at_eof():
        writer.write(b"x")
        await writer.drain()
        with suppress(TimeoutError):
            async with asyncio.timeout(BYTE_SECONDS):
                await reader.read(65536)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hostile", type=int, default=2_000)
    parser.add_argument("--each", type=int, default=6, help="questions of one honest client")
    parser.add_argument("--after", type=float, default=0.0, help="seconds of the attack")
    parser.add_argument("--articles", type=Path, default=ROOT / "ingest" / "sample")
    parser.add_argument("--questions", type=Path, default=ROOT / "evals/suites/sample-fit.jsonl")
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    lines = wanted.questions.read_text("utf-8").splitlines()
    bodies = bodies_of([json.loads(line)["question"] for line in lines], answers=True)
    with tempfile.TemporaryDirectory() as folder:
        run = [sys.executable, "-c", "import dateline; dateline.main()"]
        served = {"DATELINE_DATA_DIR": folder}
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **served}
        subprocess.run([*run, "ingest", wanted.articles], env=environment, check=True)
        service, url = started([*run[1:], "serve", "--port", "0"], **served)
        try:
            asyncio.run(ask(url, bodies, HONEST, wanted.each))  # warm
            found: dict[str, Any] = {"without": measured(url, bodies, wanted.each)}
            before = resident_mb(service.pid)
            with hostile(url, wanted.hostile) as opened:
                time.sleep(wanted.after)
                found["with"] = measured(url, bodies, wanted.each)
                found["grown_mb"] = round(resident_mb(service.pid) - before, 1)
                found["hostile connections"] = opened()
            found["p95 of without"] = round(found["with"]["p95"] / found["without"]["p95"], 2)
        finally:
            service.terminate()
            service.wait()
    print(json.dumps(found))
    if wanted.json:
        wanted.json.write_text(json.dumps(found, indent=1), "utf-8")


def measured(url: str, bodies: list[tuple[str, bytes]], each: int) -> dict[str, Any]:
    replies = asyncio.run(ask(url, bodies, HONEST, each))["replies"]
    seconds = [reply.seconds for reply in replies if reply.whole]
    answered = Counter(reply.whole for reply in replies)
    return {
        "answered": answered[True],
        "failed": answered[False],
        **{f"p{p}": round(quantile(seconds, p / 100), 3) for p in (50, 95)},
    }


def resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
