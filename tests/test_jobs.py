"""Uploads that wait, run, fail and are cancelled."""

from __future__ import annotations

import io
import json
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from conftest import DAM
from processes import command, served_process
from running import running
from test_reading_process import endless
from test_rest import assert_problem
from test_server import ENDING_SECONDS
from test_uploads import COST, FERRY, ended, files, listed, stored

from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.queue import MOST_ATTEMPTS
from service.jobs import MOST_WAITING
from service.wiring import Service

STAGES = ("waiting", "read", "embed", "index", "group")


@pytest.fixture
def place(settings: Settings) -> Iterator[tuple[httpx2.Client, Service]]:
    """A running service over an empty archive."""
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as client:
        yield client, service


@pytest.fixture
def http(place: tuple[httpx2.Client, Service]) -> httpx2.Client:
    return place[0]


@pytest.fixture
def kept(settings: Settings) -> Path:
    return settings.data_dir / "uploads"


def test_questions_are_answered_from_the_old_archive_until_the_job_is_done(
    settings: Settings, newsroom: Path
) -> None:
    feed = "\n".join(
        json.dumps(
            {
                "id": str(n),
                "title": f"Council {n}",
                "text": f"The council of place {n} met on day {n}.",
            }
        )
        for n in range(400)
    )
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        before = ingest(service.archive, [newsroom]).generation
        generations: list[str] = []

        def look() -> dict[str, Any]:
            job: dict[str, Any] = http.get(reply.headers["location"]).json()
            if job["finished_at"] is None:
                answer = http.post("/v1/answers", json={"question": COST}).json()
                assert "38 million" in answer["text"]
                generations.append(answer["index"]["generation"])
                assert job["report"] is None and job["progress"]["stage"] in STAGES
            return job

        with service.writing:
            reply = http.post("/v1/articles", files=files(feed_jsonl=feed))
            assert look()["status"] == "queued"
        while (job := look())["finished_at"] is None:
            pass
        assert job["status"] == "done" and job["report"]["added"] == 400
        assert before in generations
        assert set(generations) <= {before, job["report"]["generation"]} and generations == sorted(
            generations
        )
        answer = http.post(
            "/v1/answers", json={"question": "When did the council of place 7 meet?"}
        ).json()
        assert answer["index"]["generation"] == job["report"]["generation"]


def test_a_job_is_followed_as_events_until_it_has_ended(http: httpx2.Client) -> None:
    job_id = http.post("/v1/articles", files=files(dam_txt=DAM, x_pdf="no")).json()["job_id"]
    frames: list[dict[str, Any]] = []
    with http.stream("GET", f"/v1/jobs/{job_id}", headers={"Accept": "text/event-stream"}) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        for line in reply.iter_lines():
            assert line == "" or line.startswith((":", "event: job.changed", "data: "))
            frames += [json.loads(line[6:])] if line.startswith("data: ") else []
    assert frames[-1] == http.get(f"/v1/jobs/{job_id}").json()
    assert frames[-1]["status"] == "done" and frames[-1]["report"]["failed"][0]["source"] == "x.pdf"
    assert all(frame["finished_at"] is None for frame in frames[:-1])
    gone = http.get("/v1/jobs/job_0", headers={"Accept": "text/event-stream"})
    assert_problem(gone, 404, "not_found")


def test_jobs_run_one_after_another_and_wait_for_whoever_writes(
    place: tuple[httpx2.Client, Service],
) -> None:
    http, service = place
    with service.writing:
        replies = [
            http.post("/v1/articles", json=FERRY | {"text": f"Version {n} of it."})
            for n in range(3)
        ]
        time.sleep(0.3)
        jobs = [http.get(reply.headers["location"]).json() for reply in replies]
        assert [job["status"] for job in jobs] == ["queued"] * 3
        assert jobs[0]["progress"] == {"stage": "waiting", "done": 0, "total": 0}
        assert http.get("/v1/articles").json()["articles"] == []
    reports = [ended(http, reply)["report"] for reply in replies]
    assert [(report["added"], report["updated"]) for report in reports] == [(1, 0), (0, 1), (0, 1)]
    (card,) = listed(http).values()
    assert "Version 2" in http.get(f"/v1/articles/{card['article_id']}").json()["text"]


def test_more_uploads_than_can_wait_are_turned_away(place: tuple[httpx2.Client, Service]) -> None:
    http, service = place
    with service.writing:
        for n in range(MOST_WAITING):
            assert (
                http.post("/v1/articles", json={"title": "Notes", "text": f"Note {n}."}).status_code
                == 202
            )
        assert_problem(http.post("/v1/articles", json=FERRY), 429, "rate_limited")
        service.stopping.set()


def test_a_job_that_fails_says_why_and_the_next_one_runs(http: httpx2.Client, kept: Path) -> None:
    kept.mkdir()
    (kept / "json").write_text("in the way")
    failed = ended(http, http.post("/v1/articles", json=FERRY, headers={"X-Request-ID": "trace-7"}))
    assert failed["status"] == "failed" and failed["report"] is None and failed["finished_at"]
    assert failed["error"]["code"] == "not_ready" and failed["error"]["request_id"] == "trace-7"
    assert "DATELINE_DATA_DIR" in failed["error"]["detail"] and listed(http) == {}
    assert ended(http, http.post("/v1/articles", files=files(dam_txt=DAM)))["report"]["added"] == 1
    assert stored(kept) == {"json", "dam.txt"}


def test_uploads_from_many_sides_at_once_all_come_in(http: httpx2.Client) -> None:
    jobs: list[dict[str, Any]] = []

    def send(number: int) -> None:
        sent = {
            "title": f"Notes {number}",
            "text": f"Seal number {number} was seen.",
            "id": str(number),
        }
        jobs.append(ended(http, http.post("/v1/articles", json=sent)))

    threads = [threading.Thread(target=send, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [job["status"] for job in jobs] == ["done"] * 8 and len(listed(http)) == 8


FEED = "\n".join(
    json.dumps({"id": str(n), "text": f"The council of place {n} met."}) for n in range(1_500)
)


def at_work(http: httpx2.Client, reply: httpx2.Response, stage: str) -> None:
    """Waits until the job has come to this stage, and has not ended."""
    deadline = time.monotonic() + 180
    while True:
        job = http.get(reply.headers["location"]).json()
        assert job["finished_at"] is None and time.monotonic() < deadline, job
        if job["progress"]["stage"] in STAGES[STAGES.index(stage) :]:
            return
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_what_a_service_had_not_done_is_done_once_by_the_next(
    settings: Settings, end: signal.Signals
) -> None:
    with (
        served_process(settings) as (url, process),
        httpx2.Client(base_url=url, timeout=60) as http,
    ):
        ended(http, http.post("/v1/articles", files=files(dam_txt=DAM)))
        both = [
            ("files", ("feed.jsonl", io.BytesIO(FEED.encode()))),
            *files(dam_txt=DAM.replace("41", "44")),
        ]
        replies = [http.post("/v1/articles", files=both)]
        at_work(http, replies[0], "embed")
        replies.append(http.post("/v1/articles", json=FERRY))
        process.send_signal(end)
        process.wait(ENDING_SECONDS)
    found = json.loads(command(settings, "articles", "list", "--json").stdout)
    assert [one["source"] for one in found["articles"]] == ["dam.txt"], "nothing is half done"
    with served_process(settings) as (url, _), httpx2.Client(base_url=url, timeout=60) as http:
        first, second = (ended(http, reply) for reply in replies)
        assert first["report"]["added"] == 1_500 and first["report"]["updated"] == 1
        assert second["report"]["added"] == 1 and len(listed(http)) == 200
        assert http.get("/v1/articles").json()["total"] == 1_502
    uploads = settings.data_dir / "uploads"
    assert (uploads / "dam.txt").read_text() == DAM.replace("41", "44")
    assert not (uploads / ".incoming").exists() or not any((uploads / ".incoming").iterdir())


def test_a_job_that_ends_its_process_again_and_again_is_given_up(settings: Settings) -> None:
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        with service.writing:
            reply = http.post("/v1/articles", files=files(dam_txt=DAM))
            for attempt in range(1, MOST_ATTEMPTS + 1):
                stored = service.archive.queue.take(f"killed {attempt}")
                assert stored is not None and stored.attempts == attempt
                service.archive.queue.release_all()
        service.jobs.work()
        job = ended(http, reply)
        assert job["status"] == "failed" and "3 times" in job["error"]["detail"]
        assert listed(http) == {}


def test_what_waits_is_known_to_another_process_and_after_a_start(settings: Settings) -> None:
    with (
        running(settings) as (url, service),
        httpx2.Client(base_url=url, timeout=60) as http,
        service.writing,
    ):
        reply = http.post("/v1/articles", files=files(dam_txt=DAM))
        service.stopping.set()
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        assert http.get(reply.headers["location"]).json()["status"] == "queued"
        service.jobs.work()
        assert ended(http, reply)["report"]["added"] == 1
    with running(settings) as (url, _), httpx2.Client(base_url=url, timeout=60) as http:
        assert http.get(reply.headers["location"]).json()["status"] == "done"


def test_an_upload_can_be_cancelled_while_it_waits_and_while_it_is_read(
    settings: Settings,
) -> None:
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        with service.writing:
            waiting = http.post("/v1/articles", files=files(dam_txt=DAM))
            assert http.delete(waiting.headers["location"]).status_code == 204
            job = ended(http, waiting)
            assert job["status"] == "failed" and job["error"]["code"] == "cancelled"
        assert_problem(http.delete(waiting.headers["location"]), 404)
        assert_problem(http.delete("/v1/jobs/job_unknown"), 404)

        slow = http.post("/v1/articles", files=files(slow_html=endless()))
        deadline = time.monotonic() + 180
        while http.get(slow.headers["location"]).json()["status"] == "queued":
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert http.delete(slow.headers["location"]).status_code == 204
        assert ended(http, slow)["error"]["code"] == "cancelled"
        assert http.get("/v1/articles").json()["articles"] == []
        assert ended(http, http.post("/v1/articles", files=files(dam_txt=DAM)))["status"] == "done"


def removal(http: httpx2.Client, service: Service) -> tuple[str, httpx2.Response]:
    """An article that was uploaded, and the reply to its removal while somebody writes."""
    ended(http, http.post("/v1/articles", json=FERRY))
    (article_id,) = (card["article_id"] for card in listed(http).values())
    with service.writing:
        reply = http.delete(f"/v1/articles/{article_id}")
        assert reply.status_code == 202 and reply.headers["location"].endswith(
            reply.json()["job_id"]
        )
        assert http.get(f"/v1/articles/{article_id}").status_code == 200
        assert http.get(reply.headers["location"]).json()["status"] == "queued"
    return article_id, reply


def test_a_removal_waits_in_the_queue_for_whoever_writes(
    place: tuple[httpx2.Client, Service], kept: Path
) -> None:
    article_id, reply = removal(*place)
    job = ended(place[0], reply)
    assert job["status"] == "done" and job["report"] is None and job["error"] is None
    assert place[0].get(f"/v1/articles/{article_id}").status_code == 404
    assert not [path for path in kept.rglob("*") if path.is_file()]


def test_a_correction_waits_in_the_queue_for_whoever_writes(
    place: tuple[httpx2.Client, Service],
) -> None:
    http, service = place
    ended(http, http.post("/v1/articles", json=FERRY))
    (article_id,) = (card["article_id"] for card in listed(http).values())
    path = f"/v1/articles/{article_id}"
    with service.writing:
        reply = http.patch(path, json={"author": "Ada Vane"})
        page = http.post(f"/articles/{article_id}", data={"publisher": "Senn Courier"})
        assert (reply.status_code, page.status_code) == (
            202,
            202,
        ) and "once it is done" in page.text
        assert http.patch(path, json={"family": "nobody"}).status_code == 422
    assert ended(http, reply)["status"] == "done"
    while service.jobs.waiting:
        time.sleep(0.02)
    article = http.get(path).json()
    # a form is sent whole: what is empty in it takes the desk's word back
    assert (article["author"], article["publisher"]) == (None, "Senn Courier")


def test_a_removal_that_waits_can_be_cancelled(place: tuple[httpx2.Client, Service]) -> None:
    http, service = place
    ended(http, http.post("/v1/articles", json=FERRY))
    (article_id,) = (card["article_id"] for card in listed(http).values())
    with service.writing:
        reply = http.delete(f"/v1/articles/{article_id}")
        assert http.delete(reply.headers["location"]).status_code == 204
    job = http.get(reply.headers["location"]).json()
    assert job["status"] == "failed" and job["error"]["code"] == "cancelled"
    assert http.get(f"/v1/articles/{article_id}").status_code == 200


def test_a_removal_whose_process_died_is_done_by_the_next_one(settings: Settings) -> None:
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        ended(http, http.post("/v1/articles", json=FERRY))
        (article_id,) = (card["article_id"] for card in listed(http).values())
        with service.writing:
            job_id = http.delete(f"/v1/articles/{article_id}").json()["job_id"]
            assert service.archive.queue.take("killed") is not None
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        service.jobs.work()
        last = http.get(f"/v1/jobs/{job_id}", headers={"Accept": "text/event-stream"}).text
        assert '"status":"done"' in last.replace('": "', '":"')
        assert http.get(f"/v1/articles/{article_id}").status_code == 404


def test_indexes_that_one_process_has_open_are_not_made_anew_beside_it(
    http: httpx2.Client,
) -> None:
    refused = http.post("/v1/rebuilds")
    assert_problem(refused, 422, "wrong_usage")
    assert "dateline ingest --rebuild" in refused.json()["detail"]
