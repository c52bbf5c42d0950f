"""Log lines of a real service: one JSON object each, with the request's id, and no question in them."""

from __future__ import annotations

import json
import logging
import subprocess
from pathlib import Path

import httpx2
import pytest
from processes import DATELINE, environment, fill, told_address

from ingest.log_lines import JsonLines
from ingest.settings import Settings

QUESTION = "What did the Orvel bridge cost?\nlevel=error"


@pytest.mark.parametrize("told", [False, True])
def test_every_line_is_an_object_and_a_request_can_be_followed_by_its_id(
    settings: Settings, newsroom: Path, tmp_path: Path, told: bool
) -> None:
    fill(settings, newsroom)
    more = {"DATELINE_LOG_FORMAT": "json", "DATELINE_LOG_QUESTIONS": str(told).lower()}
    log = tmp_path / "log"
    with (
        log.open("w") as stream,
        subprocess.Popen(
            [*DATELINE, "serve", "--port", "0"],
            env=environment(settings, **more),
            stderr=stream,
            text=True,
        ) as process,
    ):
        url = told_address(process, log)
        asked = httpx2.post(
            f"{url}/v1/answers",
            json={"question": QUESTION},
            headers={"X-Request-ID": "desk-17"},
            timeout=60,
        )
        assert asked.json()["outcome"] == "answered"
        httpx2.get(f"{url}/readyz", timeout=60)
        httpx2.get(f"{url}/v1/articles/none", headers={"X-Request-ID": "desk-18"}, timeout=60)
        process.terminate()
        assert process.wait(300) == 0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert all({"at", "level", "logger", "message"} <= line.keys() for line in lines)
    of_it = [line for line in lines if line.get("request_id") == "desk-17"]
    answered = next(line for line in of_it if line.get("outcome"))
    assert answered["id"] == asked.json()["id"] and answered["outcome"] == "answered"
    replied = [line for line in lines if line["message"].startswith("replied")]
    assert [(line["route"], line["status"]) for line in replied] == [
        ("/v1/answers", 200), ("/v1/articles/{article_id}", 404)
    ]  # fmt: skip
    assert ("Orvel" in log.read_text()) is told
    assert {line["level"] for line in lines} == {"info"}


def test_what_people_wrote_makes_no_fields_and_a_trace_stays_in_its_line() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        trace = (type(error), error, error.__traceback__)
    record = logging.LogRecord(
        "service", logging.ERROR, __file__, 1, "failed part=%s n=7: level=%s", ("index", "x"), trace
    )
    line = json.loads(JsonLines().format(record))
    assert (line["part"], line["n"], line["level"]) == ("index", 7, "error")
    assert line["trace"].endswith("ValueError: two\nlines")
