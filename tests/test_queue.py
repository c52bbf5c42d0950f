"""Jobs are taken by one worker each, given back and taken up again, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from pydantic import SecretStr
from servers import postgres
from sqlalchemy import update

from ingest.settings import Settings
from ingest.storage.catalogue_tables import CATALOGUE, jobs
from ingest.storage.database import Database, open_database
from ingest.storage.queue import LOST_SECONDS, MOST_KEPT, Queue


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)], scope="module")
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("queue"))  # type: ignore[call-arg]
    if request.param == "sqlite":
        with closing(open_database(settings, CATALOGUE)) as opened:
            yield opened
        return
    with postgres() as server:
        remote = settings.model_copy(update={"database_url": SecretStr(server.address)})
        with closing(open_database(remote, CATALOGUE)) as opened:
            yield opened


@pytest.fixture
def queue(database: Database) -> Queue:
    with database.write() as connection:
        connection.execute(jobs.delete())
    return Queue(database, "/here")


def test_jobs_are_taken_in_order_one_at_a_time(queue: Queue) -> None:
    for name in ("a", "b"):
        queue.add(name, "r", {"names": [name]})
    first = queue.take("one")
    assert first is not None and first.job_id == "a" and first.asked == {"names": ["a"]}
    assert queue.take("two") is None, "one is at work"
    queue.finish("a", "one", report={"added": 1})
    done, second = queue.get("a"), queue.take("two")
    assert done is not None and done.status == "done" and done.report == {"added": 1}
    assert second is not None and second.job_id == "b" and queue.waiting() == 1


def test_many_workers_take_each_job_once(queue: Queue) -> None:
    for number in range(12):
        queue.add(str(number), "r", {})
    taken: list[str] = []

    def work(name: str) -> None:
        while queue.waiting():
            if job := queue.take(name):
                taken.append(job.job_id)
                queue.finish(job.job_id, name, report={"by": name})

    workers = [threading.Thread(target=work, args=(str(n),)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken, key=int) == [str(number) for number in range(12)]


@pytest.mark.parametrize(("silent", "lost"), [(LOST_SECONDS - 15, False), (LOST_SECONDS + 2, True)])
def test_a_job_of_a_silent_worker_is_taken_up_again(
    database: Database, queue: Queue, silent: float, lost: bool
) -> None:
    queue.add("a", "r", {})
    queue.take("one")
    assert queue.beat("a", "one", "embed", 1, 2) is False
    with database.write() as connection:
        connection.execute(update(jobs).values(beat_at=jobs.c.beat_at - silent))
    again = queue.take("two")
    assert (again is not None) is lost
    if again:
        assert again.attempts == 2
        assert queue.beat("a", "one", "embed", 1, 2) is None, "it is another worker's"
        queue.finish("a", "one", report={})
        found = queue.get("a")
        assert found is not None and found.status == "running"


def test_a_job_given_back_was_not_tried(queue: Queue) -> None:
    queue.add("a", "r", {})
    for _ in range(2):
        job = queue.take("one")
        assert job is not None and job.attempts == 1
        queue.release("a", "one")


def test_a_cancelled_job_ends_at_once_or_is_told_to(queue: Queue) -> None:
    queue.add("a", "r", {})
    queue.add("b", "r", {})
    queue.take("one")
    error = {"code": "cancelled", "status": 409, "detail": "no"}
    running, waiting = queue.cancel("a", error), queue.cancel("b", error)
    assert running is not None and running.status == "running"
    assert waiting is not None and waiting.status == "queued"
    ended = queue.get("b")
    assert ended is not None and ended.error == error and queue.beat("a", "one", "read", 0, 0)
    assert queue.cancel("b", error) is None and queue.cancel("unknown", error) is None


def test_who_reaches_its_files_takes_a_job_and_a_service_leaves_it_to_a_worker_first(
    database: Database, queue: Queue
) -> None:
    queue.add("a", "r", {})
    assert Queue(database, "/elsewhere").take("one") is None
    assert queue.take("service", 600.0) is None
    assert queue.take("worker") is not None


def test_of_jobs_that_ended_the_newest_are_known(database: Database, queue: Queue) -> None:
    row = {"request_id": "r", "place": "/here", "asked": "{}", "created_at": "", "status": "done"}
    row |= {"stage": "", "done": 0, "total": 0, "attempts": 1, "cancelled": 0, "queued_at": 0.0}
    ended = [row | {"job_id": f"old {n}", "finished_at": "x"} for n in range(MOST_KEPT + 1)]
    with database.write() as connection:
        connection.execute(jobs.insert(), ended)
    queue.add("new", "r", {})
    assert queue.get("old 0") is None and queue.get("old 1") is not None


@pytest.mark.parametrize("seconds", [-3_600, 3_600])
def test_a_clock_that_jumps_keeps_no_job_waiting_and_loses_none(
    queue: Queue, database: Database, seconds: int
) -> None:
    """Moments that were noted an hour ago, or lie an hour ahead."""

    def jumped() -> None:
        with database.write() as connection:
            moved = {one.name: one + seconds for one in (jobs.c.queued_at, jobs.c.beat_at)}
            connection.execute(update(jobs).values(moved))

    queue.add("a", "r", {})
    jumped()
    first = queue.take("one")
    assert first is not None and first.job_id == "a"
    jumped()
    second = queue.take("two")
    assert second is not None and second.attempts == 2, "as the job of a lost worker"
    assert queue.beat("a", "one", "read", 0, 1) is None, "who had it lets go of it"
    assert queue.beat("a", "two", "read", 0, 1) is False
