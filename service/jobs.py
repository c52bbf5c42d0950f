"""Uploads that are ingested in the background, one after another, and how far each is."""

from __future__ import annotations

import logging
import queue
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from ingest import uploads
from ingest.errors import UNFORESEEN, DatelineError, NotReady, Refused
from ingest.storage.archive import Archive
from ingest.types import IngestReport

log = logging.getLogger(__name__)

MOST_WAITING = 100  # each may hold a hundred megabytes of disk
MOST_KEPT = 1_000  # jobs that ended; asking for an older one is a 404
LOCK_SECONDS = 0.1  # between two looks at whether the service stops


@dataclass(frozen=True, slots=True)
class Job:
    """One upload; `done` of `total` steps of `stage`, a total of 0 being not known yet."""

    job_id: str
    request_id: str
    created_at: datetime
    status: Literal["queued", "running", "done", "failed"] = "queued"
    stage: str = "waiting"
    done: int = 0
    total: int = 0
    report: IngestReport | None = None
    error: DatelineError | None = None
    finished_at: datetime | None = None

    @property
    def ended(self) -> bool:
        return self.finished_at is not None


class Jobs:
    """The uploads of one process. `writing` is held while one runs, as by everybody who writes."""

    def __init__(
        self,
        archive: Archive,
        writing: threading.Lock,
        stopping: Callable[[], bool],
        published: Callable[[], None],
    ):
        """`published` is called when a job has changed what the archive shows."""
        self._archive = archive
        self._published = published
        self._writing = writing
        self._stopping = stopping
        self._closed = threading.Event()
        self._waiting: queue.SimpleQueue[tuple[str, uploads.Staged] | None] = queue.SimpleQueue()
        self._jobs: dict[str, Job] = {}  # in the order they came
        self._guard = threading.Lock()
        self._worker: threading.Thread | None = None
        self._cancelled: set[str] = set()

    @property
    def waiting(self) -> int:
        """How many are not done yet."""
        return sum(not job.ended for job in list(self._jobs.values()))

    def expect_room(self) -> None:
        """Raises Refused where too many uploads wait already."""
        if self.waiting >= MOST_WAITING:
            raise Refused(
                429,
                "rate_limited",
                f"{MOST_WAITING} uploads are waiting: send more when some are done",
            )

    def submit(self, staged: uploads.Staged, request_id: str) -> Job:
        """Takes an upload on, which belongs to it now. Raises NotReady while the service stops."""
        job = Job(f"job_{secrets.token_hex(8)}", request_id, datetime.now(UTC))
        with self._guard:
            if self._ends():
                uploads.discard(staged)
                raise NotReady("the service is stopping; send the articles again when it is back")
            self._jobs[job.job_id] = job
            ended = [known.job_id for known in self._jobs.values() if known.ended]
            for job_id in ended[: max(0, len(ended) - MOST_KEPT)]:
                del self._jobs[job_id]
            self._waiting.put((job.job_id, staged))
            if (
                self._worker is None
            ):  # commands that open the service for one question need no thread
                self._worker = threading.Thread(target=self._work, name="uploads")
                self._worker.start()
        return job

    def get(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id)

    def cancel(self, job_id: str) -> bool:
        """Ends a job before it publishes anything, within a second; False where it has ended."""
        job = self.get(job_id)
        if job is None or job.ended:
            return False
        self._cancelled.add(job_id)
        return True

    def close(self) -> None:
        """Ends the job under way before it publishes anything, and waits for that."""
        self._closed.set()
        with self._guard:
            worker = self._worker
        if worker is not None:
            self._waiting.put(None)
            worker.join()

    def _ends(self) -> bool:
        return self._closed.is_set() or self._stopping()

    def _work(self) -> None:
        while (next_up := self._waiting.get()) is not None:
            job_id, staged = next_up
            try:
                report = self._ingest(job_id, staged)
                self._tell(job_id, status="done", report=report, finished_at=datetime.now(UTC))
            except DatelineError as error:
                self._tell(job_id, status="failed", error=error, finished_at=datetime.now(UTC))
            except BaseException:  # the rim of a job; a native library's panic is no Exception
                log.exception("upload failed request_id=%s", self._jobs[job_id].request_id)
                known = DatelineError(UNFORESEEN)
                self._tell(job_id, status="failed", error=known, finished_at=datetime.now(UTC))

    def _ingest(self, job_id: str, staged: uploads.Staged) -> IngestReport:
        def progress(stage: str, done: int, total: int) -> None:
            if self._ends():
                raise NotReady("the service stopped before the articles were in; send them again")
            if job_id in self._cancelled:
                raise Refused(409, "cancelled", "it was cancelled; nothing of it is in the archive")
            self._tell(job_id, stage=stage, done=done, total=total)

        try:
            progress("waiting", 0, 0)
            while not self._writing.acquire(timeout=LOCK_SECONDS):
                progress("waiting", 0, 0)
            try:
                self._tell(job_id, status="running")
                progress("read", 0, len(staged.names))
                report = uploads.ingest(self._archive, staged, progress)
                self._published()
                return report
            finally:
                self._writing.release()
        finally:
            uploads.discard(staged)
            self._cancelled.discard(job_id)

    def _tell(self, job_id: str, **news: object) -> None:
        self._jobs[job_id] = replace(self._jobs[job_id], **news)  # type: ignore[arg-type]
