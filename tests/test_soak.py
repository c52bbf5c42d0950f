"""A service that answers for long grows in nothing: memory, threads, file handles."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import httpx2
import pytest
from processes import fill, served_process

from ingest.pipeline import SAMPLE
from ingest.settings import Settings

QUESTIONS = Path(__file__).parents[1] / "evals" / "suites" / "sample-fit.jsonl"
SECONDS = float(os.environ.get("DATELINE_SOAK_SECONDS", "0"))
STREAMS = 4
GROWTH = 1.03  # of the middle third's median: glibc gives nothing back at once


def used(pid: int) -> tuple[int, int, int]:
    """Kilobytes of memory, threads, file handles."""
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    handles = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return int(status["VmRSS"].split()[0]), int(status["Threads"]), handles


@pytest.mark.slow
@pytest.mark.skipif(not SECONDS, reason="make test-long asks for ten minutes")
def test_a_service_that_answers_for_long_grows_in_nothing(settings: Settings) -> None:
    fill(settings, SAMPLE)
    asked = [json.loads(line)["question"] for line in QUESTIONS.read_text("utf-8").splitlines()]
    with served_process(settings) as (url, process):
        ends = time.monotonic() + SECONDS

        def ask(stream: int) -> int:
            answers = 0
            with httpx2.Client(base_url=url, timeout=60) as http:
                while time.monotonic() < ends:
                    question = asked[(stream + STREAMS * answers) % len(asked)]
                    reply = http.post("/v1/answers", json={"question": question})
                    assert reply.status_code == 200
                    answers += 1
            return answers

        seen = []
        with ThreadPoolExecutor(STREAMS) as pool:
            streams = [pool.submit(ask, number) for number in range(STREAMS)]
            while not all(stream.done() for stream in streams):
                seen.append(used(process.pid))
                time.sleep(SECONDS / 300)
            answers = sum(stream.result() for stream in streams)
    third = len(seen) // 3
    assert answers > 0 and third > 10
    for name, middle, last in zip(
        ("memory", "threads", "handles"),
        zip(*seen[third : 2 * third], strict=True),
        zip(*seen[2 * third :], strict=True),
        strict=True,
    ):
        assert median(last) <= GROWTH * median(middle), (name, median(middle), median(last))
