"""Works the queue of uploads, removals, corrections and rebuilds, one after another, and says how far each is."""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from ingest import pipeline, uploads
from ingest.errors import UNFORESEEN, DatelineError, IndexUnavailable, NotReady, Owned, Refused
from ingest.report_in_words import report_body
from ingest.storage.archive import Archive, Progress
from ingest.storage.queue import MOST_ATTEMPTS, StoredJob
from ingest.storage.snapshot import BOUND_TO
from ingest.types import may_see

log = logging.getLogger(__name__)

MOST_WAITING = 100  # each may hold a hundred megabytes of disk
LOCK_SECONDS = 0.1  # between two looks at whether the service stops
BEAT_SECONDS = 1.0  # between two notes of how far a job is; others see that it is cancelled so soon
LOOK_SECONDS = 1.0  # between two looks for what other processes put into the queue
LEFT_TO_WORKERS_SECONDS = 5.0  # by a service on servers: a worker takes a job sooner


@dataclass(frozen=True, slots=True)
class Job:
    """One upload, removal, correction or rebuild; `done` of `total` steps of `stage`, a total of 0 being not known yet."""

    job_id: str
    request_id: str
    created_at: datetime
    status: Literal["queued", "running", "done", "failed"] = "queued"
    stage: str = "waiting"
    done: int = 0
    total: int = 0
    report: dict[str, Any] | None = None
    error: DatelineError | None = None
    finished_at: datetime | None = None

    @property
    def ended(self) -> bool:
        return self.finished_at is not None


class PutBack(DatelineError):
    """The job goes back into the queue, or is another worker's by now; nothing failed."""


class Jobs:
    """What waits to be done to an archive. `writing` is held while one runs here, as by everybody who
    writes."""

    def __init__(
        self,
        archive: Archive,
        writing: threading.Lock,
        stopping: Callable[[], bool],
        published: Callable[[], None],
    ):
        """`published` is called when a job has changed what the archive shows."""
        self._archive = archive
        self._queue = archive.queue
        self._published = published
        self._writing = writing
        self._stopping = stopping
        self._closed = threading.Event()
        self._more = threading.Event()
        self._name = secrets.token_hex(8)
        self._guard = threading.Lock()
        self._worker: threading.Thread | None = None
        self._shared = archive.settings.on_servers
        self._after = LEFT_TO_WORKERS_SECONDS if self._shared else 0.0
        self._now: Job | None = None  # at work here, with its latest progress
        self._cancelled: set[str] = set()

    @property
    def waiting(self) -> int:
        """How many are not done yet."""
        return self._queue.waiting()

    def expect_room(self) -> None:
        """Raises Refused where too many uploads wait already."""
        if self.waiting >= MOST_WAITING:
            raise Refused(
                429,
                "rate_limited",
                f"{MOST_WAITING} uploads are waiting: send more when some are done",
            )

    def submit(self, staged: uploads.Staged, request_id: str, job_id: str | None = None) -> str:
        """Takes an upload on, which belongs to the job of this id now, a new one unless named; one
        of a job that there is already is discarded. Raises NotReady while the service stops,
        IndexUnavailable where it cannot be noted."""
        job_id = job_id or new_id()
        try:
            if not self._add(job_id, request_id, uploads.asked_of(staged)):
                uploads.discard(staged)
        except DatelineError:
            uploads.discard(staged)
            raise
        return job_id

    def remove(self, article_id: str, identity: str, request_id: str) -> str:
        """Takes on the removal of an article, which waits for whoever writes. Raises as `submit`."""
        asked = {"remove": article_id, "identity": identity, "bound_to": BOUND_TO.get()}
        self._add(job_id := new_id(), request_id, asked)
        return job_id

    def override(
        self, article_id: str, words: dict[str, str | None], author: str, request_id: str
    ) -> str:
        """Takes on what a desk says of an article, as `pipeline.override` does. Raises as `submit`."""
        asked = {"override": article_id, "words": words, "author": author}
        asked |= {"bound_to": BOUND_TO.get()}
        self._add(job_id := new_id(), request_id, asked)
        return job_id

    def rebuild(self, request_id: str) -> str:
        """Takes on making the indexes anew. Raises as `submit`."""
        self._add(job_id := new_id(), request_id, {"rebuild": True})
        return job_id

    def _add(self, job_id: str, request_id: str, asked: dict[str, Any]) -> bool:
        if self._ends():
            raise NotReady("the service is stopping; send this again when it is back")
        new = self._queue.add(job_id, request_id, asked)
        self._begin()
        return new

    def work(self, *, at_once: bool = False) -> None:
        """Takes up what other processes left, and what comes; a worker does `at_once`."""
        if at_once:
            self._after = 0.0
        if self._shared or self.waiting:
            self._begin()

    def get(self, job_id: str) -> Job | None:
        """None, too, where it was sent with a key that sees more than whoever asks."""
        stored = self._queue.get(job_id)
        if stored is None or not _seen(stored):
            return None
        job, here = _job_of(stored), self._now
        if here is None or here.job_id != job_id or job.status != "running":
            return job
        return replace(job, stage=here.stage, done=here.done, total=here.total)

    def cancel(self, job_id: str) -> bool:
        """Ends a job before it publishes anything, at once or within a second; False where it has
        ended, or was sent with a key that sees more than whoever asks."""
        stored = self._queue.get(job_id)
        if stored is None or not _seen(stored):
            return False
        found = self._queue.cancel(job_id, _told(CANCELLED))
        if found is not None and found.status == "queued":
            self._give_up(found)
        elif found is not None:
            self._cancelled.add(job_id)
        return found is not None

    def close(self) -> None:
        """Puts the job under way back before it publishes anything, and waits for that."""
        self._closed.set()
        self._more.set()
        with self._guard:
            worker = self._worker
        if worker is not None:
            worker.join()

    def _begin(self) -> None:
        self._more.set()
        with self._guard:
            # commands that open the service for one question need no thread
            if self._worker is None and not self._ends():
                self._worker = threading.Thread(target=self._work, name="uploads")
                self._worker.start()

    def _ends(self) -> bool:
        return self._closed.is_set() or self._stopping()

    def _work(self) -> None:
        while not self._ends():
            self._more.clear()
            seconds = LOOK_SECONDS if self._shared else None
            try:
                if self._next():
                    continue
            except IndexUnavailable as error:
                log.warning("the queue of uploads waits: %s", error)
                seconds = LOOK_SECONDS
            self._more.wait(seconds)

    def _next(self) -> bool:
        """Whether there was a job, which has ended now."""
        # nothing is taken while somebody else writes here, so that it is seen to wait
        while not self._writing.acquire(timeout=LOCK_SECONDS):
            if self._ends():
                return False
        try:
            stored = None if self._ends() else self._queue.take(self._name, self._after)
            return stored is not None and self._done(stored)
        finally:
            self._writing.release()

    def _done(self, stored: StoredJob) -> bool:
        """Works a job; False where it went back into the queue."""
        self._now = _job_of(stored)
        try:
            if stored.attempts > MOST_ATTEMPTS:
                raise DatelineError(WORN_OUT)
            self._finish(stored, report=self._worked(stored))
        except (PutBack, Owned):
            self._queue.release(stored.job_id, self._name)
            return False
        except IndexUnavailable as error:
            if self._shared:  # a server is away: the job waits for it
                self._queue.release(stored.job_id, self._name)
                raise
            self._finish(stored, error=error)
        except DatelineError as error:
            self._finish(stored, error=error)
        except BaseException:  # the rim of a job; a native library's panic is no Exception
            log.exception("job failed request_id=%s", stored.request_id)
            self._finish(stored, error=DatelineError(UNFORESEEN))
        finally:
            self._now = None
            self._cancelled.discard(stored.job_id)
        return True

    def _worked(self, stored: StoredJob) -> dict[str, Any] | None:
        """Does what was asked; the report of an upload."""
        asked = stored.asked
        with self._beating(stored.job_id) as progress:
            if "remove" in asked:
                progress("remove", 0, 1)
                uploads.remove(self._archive, asked["remove"], asked["identity"])
                report = None
            elif "override" in asked:
                progress("set", 0, 1)
                pipeline.override(self._archive, asked["override"], asked["words"], asked["author"])
                report = None
            elif "rebuild" in asked:
                self._archive.rebuild(progress)
                report = None
            else:
                staged = uploads.staged_at(self._archive.settings, asked)
                progress("read", 0, len(staged.names))
                report = report_body(uploads.ingest(self._archive, staged, progress))
            self._published()
        return report

    @contextlib.contextmanager
    def _beating(self, job_id: str) -> Iterator[Progress]:
        """Tells the queue on a thread of its own that the job is at work, and how far; what it
        gives raises where the work has to end."""
        over, ours = threading.Event(), threading.Event()
        ours.set()

        def beat() -> None:
            while not over.wait(BEAT_SECONDS):
                now = self._now
                if now is None:
                    return
                with contextlib.suppress(IndexUnavailable):  # the work itself will meet it
                    ends = self._queue.beat(job_id, self._name, now.stage, now.done, now.total)
                    if ends is None:
                        ours.clear()
                    elif ends:
                        self._cancelled.add(job_id)

        def progress(stage: str, done: int, total: int) -> None:
            if self._ends() or not ours.is_set():
                raise PutBack("the job goes on later")
            if job_id in self._cancelled:
                raise CANCELLED
            if self._now is not None:
                self._now = replace(self._now, stage=stage, done=done, total=total)

        beats = threading.Thread(target=beat, name="beats")
        beats.start()
        try:
            yield progress
        finally:
            over.set()
            beats.join()

    def _finish(
        self,
        stored: StoredJob,
        *,
        report: dict[str, Any] | None = None,
        error: DatelineError | None = None,
    ) -> None:
        if error is not None:
            self._give_up(stored)
        told = _told(error) if error else None
        self._queue.finish(stored.job_id, self._name, report=report, error=told)
        if "folder" in stored.asked:
            uploads.discard(uploads.staged_at(self._archive.settings, stored.asked))

    def _give_up(self, stored: StoredJob) -> None:
        if "folder" in stored.asked:
            staged = uploads.staged_at(self._archive.settings, stored.asked)
            uploads.give_up(self._archive, staged)


CANCELLED = Refused(409, "cancelled", "it was cancelled; the archive is as it was")
WORN_OUT = f"it ended its process {MOST_ATTEMPTS} times: of an upload, send its files one by one"


def new_id() -> str:
    """Of a job."""
    return f"job_{secrets.token_hex(8)}"


def _seen(stored: StoredJob) -> bool:
    return may_see(stored.asked.get("bound_to", ()), BOUND_TO.get())


def _told(error: DatelineError) -> dict[str, Any]:
    return {"code": error.code, "status": error.status, "detail": str(error)}


def _job_of(stored: StoredJob) -> Job:
    error, ended = stored.error, stored.finished_at
    return Job(
        stored.job_id,
        stored.request_id,
        datetime.fromisoformat(stored.created_at),
        stored.status,
        stored.stage,
        stored.done,
        stored.total,
        stored.report,
        Refused(error["status"], error["code"], error["detail"]) if error else None,
        datetime.fromisoformat(ended) if ended else None,
    )
