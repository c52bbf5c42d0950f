"""Articles over HTTP: list, read, compare, add and remove them, and follow their uploads."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from ingest import uploads
from ingest.errors import InvalidRequest, NotFound, NotReady, Owned, Refused, WrongUsage
from ingest.storage.archive import REBUILT_ALONE
from ingest.storage.catalogue import Snapshot
from ingest.storage.snapshot import BOUND_TO
from ingest.types import may_see
from service.access.idempotency_keys import Keyed
from service.archive_questions import ArchiveFilter, listing
from service.conflicts.side_by_side import canonical_of, compared
from service.contract.cursors import cursor_of, place_of
from service.contract.problems import problem_of, problems
from service.contract.request_bodies import (
    UPLOAD_SCHEMAS,
    ArticlesRequest,
    CollectionName,
    IdempotencyKey,
    OverridesRequest,
)
from service.contract.response_bodies import (
    Article,
    Articles,
    Comparison,
    JobAccepted,
    JobState,
    body_of,
)
from service.desk_overrides import OTHER_COLLECTION, changeable, overridden
from service.jobs import Job, Jobs, new_id
from service.retrieval.retriever import card
from service.surfaces.admission import MANAGES, WRITES, guards
from service.surfaces.event_streams import EVENT_STREAM, PING, frame, paced, streamed
from service.surfaces.upload_parsing import staged_from
from service.wiring import Service

LOOK_SECONDS = 0.1  # between two looks at a job that is followed
_STREAM = {"example": 'event: job.changed\ndata: {"job_id":"…","status":"running",…}\n\n'}
NO_ARTICLE = "there is no article of this id here"
WAITS = "It waits until whoever writes is done"


def routes(service: Service) -> APIRouter:
    """These, bound to one service."""
    router = APIRouter(dependencies=guards(service))
    _reading(router, service)
    _adding(router, service)
    _rebuilding(router, service)
    _changing(router, service)
    _jobs(router, service)
    return router


def _jobs(router: APIRouter, service: Service) -> None:
    @router.get(
        "/v1/jobs/{job_id}",
        tags=["Articles"],
        summary="How far a job is",
        response_model=JobState,
        responses={200: {"content": {EVENT_STREAM: _STREAM}}, **problems(404)},
    )
    async def read_job(request: Request, job_id: str) -> Response:
        """Where the job stands and what it did. Of jobs that ended the last 1,000 are known.

        With `Accept: text/event-stream` each change comes as a `job.changed` event with the whole
        state; the last one has `finished_at`.
        """
        job = await asyncio.to_thread(service.jobs.get, job_id)
        if job is None:
            raise NotFound("there is no job of this id here; it may be too old")
        if EVENT_STREAM not in request.headers.get("accept", "").lower():
            return JSONResponse(body_of(JobState.of(job)))

        def frames(job: Job | None) -> list[bytes]:
            return [PING] if job is None else [frame(body_of(JobState.of(job)), "job.changed")]

        request_id = request.state.request_id
        return await streamed(
            paced(_states(service.jobs, job), request, service.stopping),
            frames,
            lambda error: frame(problem_of(error, request_id), "error"),
            request_id,
        )

    @router.delete(
        "/v1/jobs/{job_id}",
        tags=["Articles"],
        summary="Cancel a job",
        status_code=204,
        response_class=Response,
        dependencies=[WRITES],
        responses=problems(403, 404),
    )
    def cancel_job(job_id: str) -> Response:
        """Ends a job that waits or is at work; the archive stays as it is. 404 once it ended."""
        if not service.jobs.cancel(job_id):
            raise NotFound("there is no job of this id under way")
        return Response(status_code=204)


def _reading(router: APIRouter, service: Service) -> None:
    @router.get(
        "/v1/articles",
        tags=["Articles"],
        summary="List articles",
        responses=problems(422),
    )
    def list_articles(
        wanted: Annotated[ArticlesRequest, Query()],
    ) -> Articles:
        """Articles, in order of `article_id` unless `sort` says otherwise, page by page.

        `next_cursor` is null at the end; `total` counts all that the filters leave. A cursor goes
        with the `sort` and the filters of its page.
        """
        with service.archive.catalogue.live() as snapshot:
            return _page(snapshot, wanted)

    @router.get(
        "/v1/articles/{article_id}",
        tags=["Articles"],
        summary="Read an article",
        responses=problems(404),
    )
    def read_article(article_id: str) -> Article:
        """Text, metadata, copies and, of an altered copy, every change."""
        with service.archive.catalogue.live() as snapshot:
            stored = snapshot.article(article_id)
            if stored is None:
                raise NotFound(NO_ARTICLE)
            return Article.of(stored, snapshot)

    @router.get(
        "/v1/articles/{article_id}/alterations",
        tags=["Articles"],
        summary="Compare an altered copy",
        responses=problems(404),
    )
    def compare_article(article_id: str) -> Comparison:
        """The sentences in which an altered copy differs from its canonical copy, in pairs."""
        with service.archive.catalogue.live() as snapshot:
            stored = snapshot.article(article_id)
            canonical = canonical_of(stored, snapshot) if stored else None
            if stored is None or canonical is None:
                raise NotFound(NO_ARTICLE)
            return Comparison.of(stored, canonical, compared(stored, canonical, snapshot))


def _adding(router: APIRouter, service: Service) -> None:
    @router.post(
        "/v1/articles",
        tags=["Articles"],
        summary="Add or update articles",
        status_code=202,
        dependencies=[WRITES],
        responses=problems(400, 403, 413, 415, 422, 429),
        openapi_extra={"requestBody": {"required": True, "content": UPLOAD_SCHEMAS}},
    )
    async def add_articles(
        request: Request,
        reply: Response,
        collection: Annotated[
            list[CollectionName] | None,
            Query(max_length=100, description="collections of all that is sent"),
        ] = None,
        idempotency_key: IdempotencyKey = None,
    ) -> JobAccepted:
        """Takes files, or one article as JSON, and ingests them in the background, one upload after
        another.

        The reply comes at once and names the job; `Location` leads to it. Questions are answered
        from the archive as it was until the job is done, then from the new one. Of many files those
        that cannot be read are named in the job's report, and the rest is taken in. At most 100
        files; what they may weigh follows DATELINE_MAX_ARTICLE_MB. Sent again with the same
        `Idempotency-Key` it names the same job; bodies of one size are taken for the same.

        A key that is bound to collections adds to these only: to all of them where none is named.
        """
        size, caller = request.headers.get("content-length", ""), request.state.caller
        once = Keyed(caller or "", idempotency_key, size) if idempotency_key else None
        known = await asyncio.to_thread(service.repeats.known, once) if once else None
        job_id = known.made if known else new_id()
        if known is None or await asyncio.to_thread(service.jobs.get, job_id) is None:
            await asyncio.to_thread(service.jobs.expect_room)
            bound_to = BOUND_TO.get()
            given = bound_to if collection is None and bound_to else collection
            if given is not None and not all(may_see([one], bound_to) for one in given):
                raise Refused(403, "other_collection", OTHER_COLLECTION, param="collection")
            staged = await staged_from(request, service.settings)
            named = None if given is None else tuple(given)
            staged = replace(staged, collections=named, bound_to=bound_to)
            if once:
                job_id = (await asyncio.to_thread(service.repeats.claim, once, job_id)).made
            request_id = request.state.request_id
            await asyncio.to_thread(service.jobs.submit, staged, request_id, job_id)
        reply.headers["Location"] = f"/v1/jobs/{job_id}"
        return JobAccepted(job_id=job_id)


def _rebuilding(router: APIRouter, service: Service) -> None:
    @router.post(
        "/v1/rebuilds",
        tags=["Articles"],
        summary="Make the indexes anew",
        status_code=202,
        dependencies=[WRITES, MANAGES],
        responses=problems(403, 422),
    )
    def rebuild(request: Request, reply: Response) -> JobAccepted:
        """Makes all vectors anew with the model of the settings, in a job, while questions are
        answered from the old ones. For an archive on servers; elsewhere
        `dateline ingest --rebuild` does it while no service runs.
        """
        if not service.settings.on_servers:
            raise WrongUsage(REBUILT_ALONE)
        job_id = service.jobs.rebuild(request.state.request_id)
        reply.headers["Location"] = f"/v1/jobs/{job_id}"
        return JobAccepted(job_id=job_id)


def _changing(router: APIRouter, service: Service) -> None:
    @router.delete(
        "/v1/articles/{article_id}",
        tags=["Articles"],
        summary="Remove an article",
        status_code=204,
        response_class=Response,
        dependencies=[WRITES],
        responses={202: {"model": JobAccepted, "description": WAITS}, **problems(403, 404)},
    )
    def remove_article(request: Request, article_id: str) -> Response:
        """Takes the article out of the catalogue and every index at once; behind an ingest, as soon
        as that is done: the reply is a 202 then and names the job, which `Location` leads to.

        Of an article that was uploaded the stored file goes too. The file of any other is not
        touched: the next ingest of its folder adds the article again.
        """
        identity = changeable(service, article_id).article.identity
        try:
            with service.changing_soon():
                uploads.remove(service.archive, article_id, identity)
                service.stale_answers.catch_up()
        except (NotReady, Owned):
            job_id = service.jobs.remove(article_id, identity, request.state.request_id)
            return _waits(job_id)
        return Response(status_code=204)

    @router.patch(
        "/v1/articles/{article_id}",
        tags=["Articles"],
        summary="Correct what is known of an article",
        response_model=Article,
        dependencies=[WRITES],
        responses={202: {"model": JobAccepted, "description": WAITS}, **problems(403, 404, 422)},
    )
    def override_article(request: Request, article_id: str, said: OverridesRequest) -> Any:
        """Puts a desk's day, outlet, byline or family in the place of what the file states.

        Fields that are left out stay, null takes the desk's word back. What the file states is
        shown beside it, and an ingest of the file changes nothing of it. Behind an ingest it waits:
        the reply is a 202 then and names the job, which `Location` leads to.
        """
        state = request.state
        done = overridden(service, article_id, said, state.author, state.request_id)
        return _waits(done) if isinstance(done, str) else done


def _waits(job_id: str) -> Response:
    where = {"Location": f"/v1/jobs/{job_id}"}
    return JSONResponse({"job_id": job_id}, 202, where)


def _page(snapshot: Snapshot, wanted: ArticlesRequest) -> Articles:
    """A cursor names the list, the place and the article it stands behind."""
    narrowed = wanted.narrowed()
    asked = hashlib.sha256(repr((wanted.sort, narrowed)).encode()).hexdigest()[:16]
    list_of, place, after = place_of(wanted.cursor, (asked, "0", ""))
    if list_of != asked or not place.isdecimal():
        raise InvalidRequest("cursor: it goes with another sort or other filters; leave it out")
    if wanted.sort == "id" and narrowed == ArchiveFilter():  # without reading the whole catalogue
        found, total = snapshot.page(after, wanted.limit + 1), snapshot.counts()["articles"]
    else:
        listed = listing(snapshot, narrowed)
        total = listed.counts()[0]
        start, ids = listed.articles(wanted.sort, after, min(int(place), total), wanted.limit + 1)
        known = snapshot.articles(ids)
        found, place = [known[one] for one in ids], str(start)
    page, more = found[: wanted.limit], None
    if len(found) > wanted.limit:
        last = page[-1].article.article_id
        more = cursor_of(asked, str(int(place) + wanted.limit), last)
    return Articles(articles=[card(stored) for stored in page], next_cursor=more, total=total)


async def _states(jobs: Jobs, job: Job) -> AsyncIterator[Job]:
    """A job whenever it has changed, until it ends."""
    yield job
    while not job.ended:
        await asyncio.sleep(LOOK_SECONDS)
        now = await asyncio.to_thread(jobs.get, job.job_id)
        if now is None:
            return
        if now != job:
            yield now
        job = now
