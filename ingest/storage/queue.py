"""A durable queue of jobs in the catalogue's database, for one process or many.

Whoever takes a job beats for it; a job whose worker is silent for LOST_SECONDS is taken up again.
One job is at work at a time, since one process writes at a time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, and_, delete, exists, func, or_, select, update

from ingest.storage.catalogue_tables import jobs
from ingest.storage.database import Database, insert_into

LOST_SECONDS = 30.0  # without a beat of its worker
MOST_ATTEMPTS = 3  # a job that ended its process so often is not tried again
MOST_KEPT = 1_000  # jobs that ended


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A row of the queue. Times are UTC in ISO form; `asked` and `report` are JSON."""

    job_id: str
    request_id: str
    asked: dict[str, Any]
    status: Literal["queued", "running", "done", "failed"]
    stage: str
    done: int
    total: int
    attempts: int
    created_at: str
    finished_at: str | None
    report: dict[str, Any] | None
    error: dict[str, Any] | None  # code, status, detail


class Queue:
    """The jobs of an archive. Raises IndexUnavailable where the database cannot be used.

    `place` is where a job's files lie: only who reaches them can take it.
    """

    def __init__(self, database: Database, place: str):
        self._database = database
        self._now = database.clock()
        self._place = place

    def add(self, job_id: str, request_id: str, asked: dict[str, Any]) -> bool:
        """Whether the job is new; one that is there already stays as it is."""
        ended = select(jobs.c.number).where(jobs.c.finished_at.is_not(None))
        kept = ended.order_by(jobs.c.number.desc()).limit(MOST_KEPT)
        row = {
            "job_id": job_id,
            "request_id": request_id,
            "place": self._place,
            "asked": json.dumps(asked),
            "created_at": _now(),
        }
        with self._database.write() as connection:
            old = and_(jobs.c.finished_at.is_not(None), jobs.c.number.not_in(kept))
            connection.execute(delete(jobs).where(old))
            new = insert_into(connection, jobs).values(**row, **_WAITING, queued_at=self._now)
            put = new.on_conflict_do_nothing().returning(jobs.c.number)
            return connection.execute(put).first() is not None

    def get(self, job_id: str) -> StoredJob | None:
        rows = self._database.rows(select(jobs).where(jobs.c.job_id == job_id))
        return _stored(rows[0]) if rows else None

    def waiting(self) -> int:
        """How many have not ended."""
        query = select(func.count()).select_from(jobs).where(jobs.c.finished_at.is_(None))
        return int(self._database.rows(query)[0][0])

    def unfinished(self) -> list[StoredJob]:
        """Those whose files are needed yet, in the order they came."""
        query = select(jobs).where(jobs.c.finished_at.is_(None)).order_by(jobs.c.number)
        return [_stored(row) for row in self._database.rows(query)]

    def take(self, worker: str, after_seconds: float = 0.0) -> StoredJob | None:
        """The next job that has waited so long, which is the worker's now; None where there is none."""
        # a moment that is still to come was noted before the clock was set back
        waited = or_(jobs.c.queued_at <= self._now - after_seconds, jobs.c.queued_at > self._now)
        lost = and_(jobs.c.status == "running", ~self._alive(jobs.c.beat_at))
        due = and_(jobs.c.status == "queued", waited)
        other = jobs.alias()
        at_work = exists(other.c.number).where(
            other.c.status == "running", self._alive(other.c.beat_at)
        )
        wanted = (
            select(jobs)
            .where(or_(lost, due), jobs.c.place == self._place, ~at_work)
            .order_by(jobs.c.number)
            .limit(1)
            .with_for_update(skip_locked=True, of=jobs)
        )
        with self._database.write() as connection:
            row = connection.execute(wanted).first()
            if row is None:
                return None
            taken = {"status": "running", "worker": worker, "beat_at": self._now}
            this = update(jobs).where(jobs.c.number == row.number)
            connection.execute(this.values(**taken, attempts=jobs.c.attempts + 1))
        return self.get(row.job_id)

    def _alive(self, beat_at: ColumnElement[float | None]) -> ColumnElement[bool]:
        return beat_at.between(self._now - LOST_SECONDS, self._now + LOST_SECONDS)

    def beat(self, job_id: str, worker: str, stage: str, done: int, total: int) -> bool | None:
        """Says that a job is at work and how far it is.

        Whether it is to be cancelled; None where it is not this worker's any more.
        """
        news = {"stage": stage, "done": done, "total": total, "beat_at": self._now}
        mine = _held(job_id, worker)
        with self._database.write() as connection:
            connection.execute(update(jobs).where(mine).values(**news))
            row = connection.execute(select(jobs.c.cancelled).where(mine)).first()
        return bool(row.cancelled) if row else None

    def finish(
        self,
        job_id: str,
        worker: str,
        *,
        report: dict[str, Any] | None = None,
        error: dict[str, Any] | None = None,
    ) -> None:
        """The job has ended, with a report or an error."""
        values = {
            "status": "failed" if error else "done",
            "report": json.dumps(report) if report else None,
            "error": json.dumps(error) if error else None,
            "finished_at": _now(),
        }
        with self._database.write() as connection:
            connection.execute(update(jobs).where(_held(job_id, worker)).values(values))

    def release(self, job_id: str, worker: str) -> None:
        """Puts a job back, which is to be done later or by somebody else."""
        back = update(jobs).where(_held(job_id, worker))
        with self._database.write() as connection:
            connection.execute(back.values(**_BACK, attempts=jobs.c.attempts - 1))

    def release_all(self) -> None:
        """Puts back what was at work, where no other process can be: its process is gone."""
        with self._database.write() as connection:
            connection.execute(update(jobs).where(jobs.c.status == "running").values(**_BACK))

    def cancel(self, job_id: str, error: dict[str, Any]) -> StoredJob | None:
        """Ends a job that waits, with this error, and asks for the end of one at work.

        The job as it was; None where it has ended.
        """
        this = jobs.c.job_id == job_id
        ended = {"status": "failed", "error": json.dumps(error), "finished_at": _now()}
        with self._database.write() as connection:
            row = connection.execute(select(jobs).where(this).with_for_update()).first()
            if row is None or row.finished_at is not None:
                return None
            values = ended if row.status == "queued" else {"cancelled": 1}
            connection.execute(update(jobs).where(this).values(values))
        return _stored(row)


_WAITING = {
    "status": "queued",
    "stage": "waiting",
    "done": 0,
    "total": 0,
    "attempts": 0,
    "cancelled": 0,
}
_BACK = {"status": "queued", "stage": "waiting", "worker": None}


def _held(job_id: str, worker: str) -> ColumnElement[bool]:
    return and_(jobs.c.job_id == job_id, jobs.c.worker == worker, jobs.c.status == "running")


def _stored(row: Row[*tuple[Any, ...]]) -> StoredJob:
    written = {name: getattr(row, name) for name in StoredJob.__slots__}
    for name in ("asked", "report", "error"):
        written[name] = json.loads(written[name]) if written[name] else None
    return StoredJob(**written)


def _now() -> str:
    return datetime.now(UTC).isoformat()
