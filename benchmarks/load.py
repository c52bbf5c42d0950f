"""Questions in, streams out, against a model of fixed speed: throughput and waits at 1 to 256 streams, and the CPU of an answer.

    python -m benchmarks.load [--streams 1,8,64,256] [--each 6] [--articles DIR] [--questions FILE] [--json FILE]

The model takes one second an answer, one sentence in 25 pieces. The same clients ask the service, then the model itself.
"first of retrieval and model" is the wait for the first checked sentence over the sum of retrieval, as the answer times it,
and the model's own sentence. Client, model and service are processes of one machine; questions that warm up are others than
those measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
PIECES, SECONDS = 25, 1.0
EVIDENCE = re.compile(r"^\[([^\]\s]+)\] (.+)$", re.MULTILINE)
END = b"0\r\n\r\n"


class Reply(NamedTuple):
    """What a client saw, in seconds; of a reply without a sentence or a time, `first` and `retrieve` are 0."""

    whole: bool
    seconds: float
    first: float
    retrieve: float


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--streams", default="1,8,64,256")
    parser.add_argument("--each", type=int, default=6, help="questions of one stream")
    parser.add_argument("--articles", type=Path, default=ROOT / "ingest" / "sample")
    parser.add_argument("--questions", type=Path, default=ROOT / "evals/suites/sample-fit.jsonl")
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    lines = wanted.questions.read_text("utf-8").splitlines()
    asked = list(dict.fromkeys(json.loads(line)["question"] for line in lines))
    found: dict[str, Any] = {"questions": len(asked)}
    with tempfile.TemporaryDirectory() as folder:
        model, model_url = started(["-c", "from benchmarks.load import model; model()"])
        served = {"DATELINE_DATA_DIR": folder, "OPENAI_BASE_URL": f"{model_url}/v1"}
        run = [sys.executable, "-c", "import dateline; dateline.main()"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **served}
        subprocess.run([*run, "ingest", wanted.articles], env=environment, check=True)
        service, url = started([*run[1:], "serve", "--port", "0"], **served)
        try:
            warm, measured = asked[::2], asked[1::2]
            asyncio.run(ask(url, bodies_of(warm, answers=True), 4, len(warm) // 4))
            for streams in map(int, wanted.streams.split(",")):
                each = max(2, wanted.each * 2 if streams < 8 else wanted.each)
                found[str(streams)] = compared(url, model_url, service.pid, measured, streams, each)
                print(json.dumps({streams: found[str(streams)]}), flush=True)
        finally:
            for process in (service, model):
                process.terminate()
                process.wait()
    if wanted.json:
        wanted.json.write_text(json.dumps(found, indent=1), "utf-8")


def started(arguments: Sequence[str], **more: str) -> tuple[subprocess.Popen[str], str]:
    """A Python process, and the address that it says first."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **more},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if address := re.search(r"http://127\.0\.0\.1:\d+", line):
            # what it says later goes where somebody reads it
            subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)
            return process, address[0]
    raise SystemExit(f"{arguments} did not start")


def compared(
    url: str, model_url: str, pid: int, questions: Sequence[str], streams: int, each: int
) -> dict[str, Any]:
    straight = asyncio.run(ask(model_url, bodies_of(questions, answers=False), streams, each))
    before = seconds_used(pid)
    ours = asyncio.run(ask(url, bodies_of(questions, answers=True), streams, each))
    used = seconds_used(pid) - before
    replies = [reply for reply in ours["replies"] if reply.whole]
    served = [reply.seconds for reply in replies]
    model = [reply.seconds for reply in straight["replies"]]
    own = quantile(model, 0.5)
    median = quantile(served, 0.5)
    return {
        "answers": len(served),
        "failed": len(ours["replies"]) - len(served),
        "throughput": round(len(served) / ours["wall"], 2),
        "of the model's": round(
            len(served) / ours["wall"] / (len(straight["replies"]) / straight["wall"]), 3
        ),
        **{f"p{p}": round(quantile(served, p / 100), 3) for p in (50, 95, 99)},
        "model p50": round(own, 3),
        "model p95": round(quantile(model, 0.95), 3),
        "first of retrieval and model": round(
            quantile([r.first / (r.retrieve + own) for r in replies if r.first], 0.5), 3
        ),
        "longest of median": round(max(served) / median, 2),
        "cpu_ms": round(1000 * used / max(1, len(served)), 1),
    }


def bodies_of(questions: Sequence[str], *, answers: bool) -> list[tuple[str, bytes]]:
    """Path and body of each request; to the model, of a prompt as long as ours."""
    if answers:
        return [
            ("/v1/answers", json.dumps({"question": q, "stream": True}).encode()) for q in questions
        ]
    lines = "\n".join(
        f"[s{n:05}] {'A sentence of evidence of some length. ' * 4}" for n in range(40)
    )
    chat = [{"role": "user", "content": lines}]
    return [
        ("/v1/chat/completions", json.dumps({"messages": chat, "q": q}).encode()) for q in questions
    ]


async def ask(
    url: str, bodies: Sequence[tuple[str, bytes]], streams: int, each: int
) -> dict[str, Any]:
    """What `streams` clients saw that ask `each` questions one after another."""
    replies: list[Reply] = []
    place = urlsplit(url)

    async def client(number: int) -> None:
        for turn in range(each):
            path, body = bodies[(number * each + turn) % len(bodies)]
            began = time.perf_counter()
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
            head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            said, first = b"", 0.0
            while not said.endswith(END):
                piece = await reader.read(65536)
                if not piece:
                    break
                said += piece
                if not first and b"event: answer.delta" in said:
                    first = time.perf_counter() - began
            writer.close()
            took = time.perf_counter() - began
            whole = b"answer.completed" in said or b"[DONE]" in said
            retrieve = re.search(rb'"retrieve":([\d.]+)', said)
            replies.append(Reply(whole, took, first, float(retrieve[1]) / 1000 if retrieve else 0))

    began = time.perf_counter()
    await asyncio.gather(*(client(number) for number in range(streams)))
    return {"wall": time.perf_counter() - began, "replies": replies}


def seconds_used(pid: int) -> float:
    """CPU time of a process and its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def said_of(prompt: str) -> str:
    """The sentence of the evidence that has most words of the question, with its key."""
    asked = set(re.findall(r"\w{3,}", prompt.rpartition("Question: ")[2].lower()))
    key, text = max(
        EVIDENCE.findall(prompt),
        key=lambda one: (
            one[1].endswith("."),
            len(asked & {*re.findall(r"\w{3,}", one[1].lower())}),
        ),
    )
    return f"{text} [{key}]"


def model() -> None:
    """The model: says one sentence in 25 pieces, one second long."""

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
                body = json.loads(await reader.readexactly(int(length[1]) if length else 0))
                said = said_of(body["messages"][-1]["content"])
                size = -(-len(said) // PIECES)
                pieces = [said[n * size : (n + 1) * size] for n in range(PIECES)]
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                )
                began = asyncio.get_running_loop().time()
                for number, piece in enumerate(pieces, 1):
                    late = began + number * SECONDS / PIECES - asyncio.get_running_loop().time()
                    await asyncio.sleep(max(0.0, late))
                    chunk = {"choices": [{"index": 0, "delta": {"content": piece}}]}
                    _send(writer, f"data: {json.dumps(chunk)}\n\n".encode())
                _send(writer, b"data: [DONE]\n\n")
                writer.write(END)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
        writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def serve() -> None:
        server = await asyncio.start_server(reply, "127.0.0.1", 0, backlog=1024)
        port = server.sockets[0].getsockname()[1]
        print(f"http://127.0.0.1:{port}", file=sys.stderr, flush=True)
        await server.serve_forever()

    asyncio.run(serve())


if __name__ == "__main__":
    main()
