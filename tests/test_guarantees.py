"""The six guarantees hold on either back end, and nothing is lost whichever server is killed under load."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest
import servers
from guarantees import broken
from processes import DATELINE, command, environment, served_process
from running import running
from test_uploads import ended

from ingest.pipeline import SAMPLE, ingest
from ingest.settings import Settings

pytestmark = pytest.mark.slow

SUITE = Path(__file__).parents[1] / "evals" / "suites" / "sample-fit.jsonl"
CASES = [json.loads(line) for line in SUITE.read_text("utf-8").splitlines()]
# of each server; `dateline doctor` finds nothing after them; `make test-long` has more
KILLS = int(os.environ.get("DATELINE_KILLS", "2"))


@pytest.fixture(scope="module", params=["embedded", "servers"])
def http(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, model_cache: Path
) -> Iterator[httpx2.Client]:
    """A running service over the bundled articles."""
    place = tmp_path_factory.mktemp("guarantees")
    with ExitStack() as stack:
        more: dict[str, Any] = {}
        if request.param == "servers":
            more["database_url"] = stack.enter_context(servers.postgres()).address
            more["chroma_url"] = stack.enter_context(servers.chroma(place / "chroma")).address
        settings = Settings(
            _env_file=None, data_dir=place / "data", model_cache=model_cache, **more
        )  # type: ignore[call-arg]
        url, service = stack.enter_context(running(settings))
        ingest(service.archive, [SAMPLE])
        yield stack.enter_context(httpx2.Client(base_url=url, timeout=60))


@pytest.mark.parametrize("as_of", [None, "2024-05-01"])
def test_every_answer_keeps_the_six_guarantees(http: httpx2.Client, as_of: str | None) -> None:
    def article_of(article_id: str) -> dict[str, Any]:
        return dict(http.get(f"/v1/articles/{article_id}").json())

    answered = 0
    for case in CASES[:40]:
        reply = http.post("/v1/answers", json={"question": case["question"], "as_of": as_of})
        assert reply.status_code == 200, reply.text
        day = date.fromisoformat(as_of) if as_of else None
        assert broken(reply.json(), article_of, day) == [], case["question"]
        answered += reply.json()["outcome"] == "answered"
    assert answered


def article(number: int) -> dict[str, str]:
    town = f"Tarn{chr(97 + number % 26)}{chr(97 + number // 26)}"
    text = f"The harbour of {town} holds {1_000 + number} boats. It was counted in May."
    return {"id": str(number), "title": f"The harbour of {town}", "text": text}


class Asking:
    """Asks one service after another until it is left; what it met on the way."""

    def __init__(self, urls: Callable[[], list[str]]):
        self.wrong: list[str] = []
        self.answered = 0
        self._urls = urls
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Asking:
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        number = 0
        while not self._over.is_set():
            urls = self._urls()
            number += 1
            asked = article(number % 5)
            try:
                with httpx2.Client(base_url=urls[number % len(urls)], timeout=60) as http:
                    question = f"How many boats does the harbour of {asked['title'][15:]} hold?"
                    reply = http.post("/v1/answers", json={"question": question})
                    self._judge(reply, http)
            except httpx2.TransportError:  # it was killed
                time.sleep(0.1)

    def _judge(self, reply: httpx2.Response, http: httpx2.Client) -> None:
        body = reply.json()
        if reply.status_code == 503 and body["code"] == "not_ready":
            return
        if reply.status_code != 200:
            self.wrong.append(reply.text)
            return
        for one in body["citations"]:
            known = http.get(f"/v1/articles/{one['article_id']}")
            if known.status_code == 200:
                self.answered += 1
                if known.json()["text"][one["start"] : one["end"]] != one["quote"]:
                    self.wrong.append(f"{one} is no span")


@pytest.mark.parametrize("victim", ["replica", "worker", "writer", "postgres", "chroma"])
def test_whatever_is_killed_under_load_nothing_is_lost(
    archive_servers: tuple[servers.Server, servers.Server],
    shared: Settings,
    tmp_path: Path,
    victim: str,
) -> None:
    more = {"DATELINE_UPLOADS": str(tmp_path / "uploads")}
    places = {
        name: shared.model_copy(
            update={"data_dir": tmp_path / name, "model_cache": shared.model_dir}
        )
        for name in ("replica", "worker", "writer")
    }
    folder = tmp_path / "folder"
    folder.mkdir()
    with served_process(shared, **more) as (url, _), ExitStack() as stack:
        replica = [stack.enter_context(served_process(places["replica"], **more))]

        def started(name: str, *arguments: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [*DATELINE, *arguments],
                env=environment(places[name], **more),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            stack.callback(lambda: (process.kill(), process.wait()))
            return process

        worker = started("worker", "worker")
        http = stack.enter_context(httpx2.Client(base_url=url, timeout=60))
        for number in range(5):
            ended(http, sent(http, article(number)), 600)
        replies: list[httpx2.Response] = []
        with Asking(lambda: [url, replica[0][0]]) as asking:
            for number in range(KILLS):
                replies.append(sent(http, article(5 + number)))
                (folder / f"{number}.json").write_text(json.dumps(article(50 + number)), "utf-8")
                writer = started("writer", "ingest", str(folder))
                time.sleep(0.7 * (number + 1))  # of the writer's few seconds another moment each
                if victim == "replica":
                    replica[0][1].kill()
                    replica[0][1].wait()  # only then its directory is another's
                    replica[0] = stack.enter_context(served_process(places["replica"], **more))
                elif victim == "worker":
                    worker.kill()
                    worker.wait()
                    worker = started("worker", "worker")
                elif victim == "writer":
                    writer.kill()
                else:
                    server = archive_servers[victim == "chroma"]
                    server.kill()
                    server.again()
                writer.wait()
            done = [ended(http, reply, 600) for reply in replies]
            deadline = time.monotonic() + 300
            while not (asking.answered or asking.wrong):
                assert time.monotonic() < deadline
                time.sleep(0.1)
        assert [job["status"] for job in done] == ["done"] * KILLS
        assert command(places["writer"], "ingest", str(folder)).returncode == 0
        assert http.get("/v1/articles").json()["total"] == 5 + 2 * KILLS
        assert asking.wrong == []
    found = command(places["writer"], "doctor")
    assert found.returncode == 0 and "sound" in found.stdout, found.stdout


def sent(http: httpx2.Client, body: dict[str, str]) -> httpx2.Response:
    """An upload that was acknowledged; while a server is away it is refused, and sent again."""
    deadline = time.monotonic() + 300
    while (reply := http.post("/v1/articles", json=body)).status_code == 503:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return reply
