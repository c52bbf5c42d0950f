"""Searches, checks of texts and health checks over HTTP."""

from __future__ import annotations

from contextlib import aclosing
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from ingest.errors import NotReady
from service import telemetry
from service.contract.problems import problems
from service.contract.request_bodies import (
    LONGEST_QUERY,
    CheckRequest,
    Day,
    Name,
    QueryText,
)
from service.contract.response_bodies import Alive, Ready, Search
from service.serving.readiness import expect_ready
from service.surfaces.admission import MANAGES, guards
from service.surfaces.event_streams import paced
from service.types import (
    Check,
    Filters,
    Question,
)
from service.wiring import Service


def routes(service: Service) -> APIRouter:
    """These, bound to one service."""
    router = APIRouter()
    guarded = APIRouter(dependencies=guards(service))
    _search(guarded, service)
    _checks(guarded, service)

    @router.head("/healthz", include_in_schema=False)  # as monitors of uptime ask
    @router.get("/healthz", tags=["Operations"], summary="Is it alive?")
    async def alive() -> Alive:
        """200 for as long as the process answers at all."""
        return Alive()

    @router.head("/readyz", include_in_schema=False)
    @router.get(
        "/readyz",
        tags=["Operations"],
        summary="Can it answer?",
        responses=problems(),
    )
    def ready() -> Ready:
        """200 once the index is open and the embedder warm; a 503 names in `missing` each part that
        does not work, while the service stops too."""
        generation, articles, passages = expect_ready(service)
        return Ready(generation=generation, articles=articles, passages=passages)

    @guarded.get(
        "/metrics",
        tags=["Operations"],
        summary="Figures for Prometheus",
        response_class=PlainTextResponse,
        dependencies=[MANAGES],
        responses=problems(403),
    )
    def metrics() -> Response:
        """Counts since the process began, and the archive as it is now; wants the role admin."""
        body = telemetry.page(service, datetime.now(UTC))
        return Response(body, media_type=telemetry.MEDIA_TYPE)

    router.include_router(guarded)
    return router


def _search(router: APIRouter, service: Service) -> None:
    @router.get(
        "/v1/search",
        tags=["Search"],
        summary="Find passages",
        responses=problems(422),
    )
    def search(
        q: Annotated[
            QueryText,
            Query(description=f"words or a question, at most {LONGEST_QUERY:,} characters"),
        ],
        k: Annotated[int, Query(ge=1, le=100, description="most passages to return")] = 10,
        as_of: Annotated[Day | None, Query(description="nothing published later")] = None,
        published_after: Annotated[
            Day | None, Query(description="inclusive; undated articles fail")
        ] = None,
        published_before: Annotated[
            Day | None, Query(description="inclusive; undated articles fail")
        ] = None,
        publishers: Annotated[
            list[Name] | None, Query(max_length=200, description="may be given many times")
        ] = None,
        article_ids: Annotated[
            list[Name] | None, Query(max_length=1000, description="may be given many times")
        ] = None,
        collections: Annotated[
            list[Name] | None, Query(max_length=200, description="may be given many times")
        ] = None,
    ) -> Search:
        """Passages, best first; no match is an empty list.

        The first of every family comes before the second of any.
        """
        filters = Filters(
            published_after,
            published_before,
            tuple(publishers or ()),
            tuple(article_ids or ()),
            tuple(collections or ()),
        )
        found = service.retriever.find(Question(q, as_of=as_of, filters=filters), k)
        return Search(passages=list(found))


def _checks(router: APIRouter, service: Service) -> None:
    @router.post(
        "/v1/checks",
        tags=["Answers"],
        summary="Check a text",
        responses=problems(400, 413, 415, 422, 504),
    )
    async def check_text(request: Request, body: CheckRequest) -> Check:
        """What the archive says to each sentence of a text, by rule and without a model.

        Each has a verdict and cites what it rests on, as an answer does. Nothing is kept.
        """
        steps = service.checker.stream(body.read())
        async with aclosing(paced(steps, request, service.stopping)) as paced_steps:
            async for step in paced_steps:
                if isinstance(step, Check):
                    return step
        raise NotReady("the check ended early; send the text again")
