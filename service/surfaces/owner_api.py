"""Does the work that other commands hand to the owner of the data directory."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.requests import ClientDisconnect

from ingest import pipeline, uploads
from ingest.errors import NotFound, NotReady
from ingest.report_in_words import report_body
from ingest.storage.doctor import findings
from ingest.web.fetching import fetch
from service.contract.problems import known_failure
from service.contract.request_bodies import CollectionName, PlainText, must
from service.contract.request_bodies import Request as RequestModel
from service.surfaces.event_streams import PING_SECONDS, gone
from service.wiring import Service

PROGRESS_SECONDS = 0.1  # between two lines of one stage: a terminal shows no more than that


AbsolutePath = Annotated[
    PlainText, must(os.path.isabs, "be absolute: the service works in another directory")
]


class IngestRequest(RequestModel):
    paths: list[AbsolutePath]
    addresses: list[PlainText] = Field(default_factory=list)
    prune: bool = False
    dry_run: bool = False
    expecting: str | None = None
    collections: list[CollectionName] | None = None
    columns: dict[str, str] | None = None


class DoctorRequest(RequestModel):
    repair: bool = False


def routes(service: Service) -> APIRouter:
    """`/owner/…`, for the owner's socket alone: it reads any file that the service may read."""
    router = APIRouter()

    @router.post("/owner/ingest", include_in_schema=False)
    async def ingest(request: Request, body: IngestRequest) -> StreamingResponse:
        lines = _lines(service, body, request)
        return StreamingResponse(lines, media_type="application/x-ndjson")

    @router.post("/owner/doctor", include_in_schema=False)
    def doctor(body: DoctorRequest) -> dict[str, Any]:
        with service.writing:
            return findings(service.archive, mend=body.repair)

    @router.get("/owner/articles/{article_id}/origin", include_in_schema=False)
    def origin(article_id: str) -> dict[str, Any]:
        """Where an article came from: the PATH, its file if that is still there, or an upload."""
        with service.archive.catalogue.live() as snapshot:
            stored = snapshot.article(article_id)
        if stored is None:
            raise NotFound("there is no article of this id here")
        identity = stored.article.identity
        found = uploads.file_of(identity)
        return {
            "path": stored.root,
            "file": str(found[0]) if found else None,
            "uploaded": uploads.is_upload(service.settings, identity),
            "sample": stored.root == str(pipeline.SAMPLE),
        }

    @router.post("/owner/articles/{article_id}/erase", include_in_schema=False)
    def erase(article_id: str) -> dict[str, Any]:
        with service.writing:
            identity = pipeline.erase(service.archive, article_id)
            if identity is None:
                raise NotFound("there is no article of this id here")
            uploads.forget(service.settings, identity)
            service.stale_answers.catch_up()
        return {"erased": article_id}

    @router.get("/owner/erasures", include_in_schema=False)
    def erasures() -> dict[str, Any]:
        return {"erased": service.archive.catalogue.erasures()}

    @router.post("/owner/rollback", include_in_schema=False)
    def rollback() -> dict[str, Any]:
        with service.writing:
            report = pipeline.rollback(service.archive)
            service.stale_answers.catch_up()
            return report_body(report)

    return router


async def _lines(service: Service, body: IngestRequest, request: Request) -> AsyncIterator[bytes]:
    """Progress while a thread works, then `report` or `error`; ends with its client."""
    work = _Ingest(service, body)
    left = asyncio.create_task(gone(request))
    result = asyncio.create_task(asyncio.to_thread(work.run))
    try:
        while not result.done():
            if left.done() or service.stopping.is_set():
                work.stop.set()
            await asyncio.wait({result}, timeout=PROGRESS_SECONDS)
            if line := work.news():
                yield _line(line)
        yield _line({"report": await result})
    except ClientDisconnect:
        return
    except Exception as error:  # noqa: BLE001  the reply has begun
        known = known_failure(error, request.state.request_id)
        yield _line({"error": {"code": known.code, "message": str(known)}})
    finally:
        work.stop.set()
        left.cancel()
        # where nobody waits any more
        result.add_done_callback(lambda ended: ended.cancelled() or ended.exception())


class _Ingest:
    """One ingest in a thread: its latest progress, and a flag that ends it between two steps."""

    def __init__(self, service: Service, body: IngestRequest):
        self.service = service
        self.body = body
        self.stop = threading.Event()
        self._latest: dict[str, Any] = {}
        self._told: dict[str, Any] = {}
        self._told_at = time.monotonic()

    def run(self) -> dict[str, Any]:
        """The report. Raises what the pipeline raises, NotReady where it was stopped."""
        found = fetch(
            self.service.archive,
            self.body.addresses,
            collections=self.body.collections,
            progress=self._progress,
        )
        while not self.service.writing.acquire(timeout=PROGRESS_SECONDS):
            self._progress("waiting", 0, 0)
        try:
            report = pipeline.ingest(
                self.service.archive,
                [*map(Path, self.body.paths), *found],
                prune=self.body.prune,
                dry_run=self.body.dry_run,
                expecting=self.body.expecting,
                collections=self.body.collections,
                columns=self.body.columns,
                progress=self._progress,
            )
            self.service.stale_answers.catch_up()
            return report_body(report)
        finally:
            self.service.writing.release()

    def news(self) -> dict[str, Any] | None:
        """The latest progress where it changed, or after 15 seconds of silence."""
        latest, now = self._latest, time.monotonic()
        if not latest or (latest == self._told and now - self._told_at < PING_SECONDS):
            return None
        self._told, self._told_at = latest, now
        return latest

    def _progress(self, stage: str, done: int, total: int) -> None:
        if self.stop.is_set():
            raise NotReady("the ingest was stopped; the archive is as it was before, run it again")
        self._latest = {"stage": stage, "done": done, "total": total}


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"
