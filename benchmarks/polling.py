"""A feed on loopback in; what a poll of it costs against fetching it and its pages, out.

    python -m benchmarks.polling [--items 10000] [--rounds 3] [--json FILE]

The server is a process of its own that sends everything whole, every time: no ETag. In each round the feed and the pages
of its items are fetched with a plain httpx client, then polled: `fetch` as `dateline watch` calls it, a day later, and
the ingest of what it found, which is nothing new. One item was corrected before each poll. Vectors are seeded.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable
from html import escape
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.synthetic import SeededEmbedder, articles_of
from ingest import pipeline
from ingest.embedding.embedder import LocalEmbedder
from ingest.settings import Settings, read_settings
from ingest.storage.archive import Archive
from ingest.web.fetching import REVISIT_SECONDS, fetch

MENU = "".join(f'<li><a href="/topics/{n}">Topic {n}</a></li>' for n in range(100))


def page(number: int, text: str) -> bytes:
    body = "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n"))
    return (
        f"<html><head><title>Report {number}</title></head><body><nav><ul>{MENU}</ul></nav><article>"
        f"<h1>Report {number}</h1>{body}</article></body></html>"
    ).encode()


def serve(pages: list[bytes], told: Connection) -> None:
    """Sends the feed and its pages until it is killed; a number that comes corrects that page."""
    versions = [1] * len(pages)

    def reply(path: str) -> bytes:
        if path == "/feed":
            items = "".join(
                f"<item><title>Report {n}</title><link>/{n}</link><description>Version {version}.</description></item>"
                for n, version in enumerate(versions)
            )
            return f"<rss><channel><title>Post</title>{items}</channel></rss>".encode()
        if path == "/robots.txt":
            return b"User-agent: *\nAllow: /\n"
        return pages[int(path[1:])]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readline():
            while await reader.readline() != b"\r\n":
                pass
            path = head.split(b" ", 2)[1].decode()
            while told.poll():
                number = told.recv()
                versions[number] += 1
                pages[number] = pages[number].replace(b"<h1>", b"<h1>Corrected: ", 1)
            kind = "application/rss+xml" if path == "/feed" else "text/html"
            kind = "text/plain" if path == "/robots.txt" else kind
            body = reply(path)
            writer.write(
                f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n".encode()
            )
            writer.write(body)

    async def listen() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(listen())


def timed(work: Callable[[], Any]) -> dict[str, float]:
    """Seconds of the clock, and of this process's and its children's processors."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def measured(archive: Archive, address: str, items: int, rounds: int, told: Connection) -> Any:
    def progress(stage: str, done: int, total: int) -> None: ...

    def poll(day: int) -> None:
        found = fetch(archive, [f"{address}/feed"], collections=None, progress=progress,
                      now=1e9 + day * REVISIT_SECONDS)  # fmt: skip
        report = pipeline.ingest(archive, found)
        came = report.added, report.updated, len(report.failed)
        assert came == ((items, 0, 0) if day == 0 else (0, 1, 0)), came

    def plain() -> None:
        with httpx2.Client(trust_env=False) as client:
            for path in ("feed", *range(items)):
                assert client.get(f"{address}/{path}").status_code == 200

    first = timed(lambda: poll(0))
    print(f"first poll: {first}", flush=True)
    found = []
    for day in range(1, rounds + 1):
        told.send(day % items)
        found.append({"fetched": timed(plain), "polled": timed(lambda day=day: poll(day))})
        print(found[-1], flush=True)
    ratios = {
        clock: [one["polled"][clock] / one["fetched"][clock] for one in found]
        for clock in ("wall", "cpu")
    }
    return {"items": items, "first": first, "rounds": found, "ratios": ratios} | {
        f"{clock}_median": statistics.median(values) for clock, values in ratios.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    pages = [page(n, one.text) for n, one in enumerate(articles_of(arguments.items))]
    print(f"{sum(map(len, pages)) / len(pages):,.0f} bytes a page", flush=True)
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(pages, theirs))
    server.start()
    known = read_settings()
    limits = {"fetch_allow": "127.0.0.1", "fetch_a_minute": 0, "fetch_pages": arguments.items + 1}
    try:
        address = f"http://127.0.0.1:{ours.recv()}"
        with tempfile.TemporaryDirectory(prefix="dateline-polling-") as folder:
            settings: Settings = known.model_copy(update={**limits, "data_dir": Path(folder)})
            embedder = SeededEmbedder(LocalEmbedder(known.model_dir))
            with Archive(settings, embedder) as archive:
                result = measured(archive, address, arguments.items, arguments.rounds, ours)
    finally:
        server.kill()
    print(json.dumps(result, indent=1))
    if arguments.json:
        arguments.json.write_text(json.dumps(result))


if __name__ == "__main__":
    main()
