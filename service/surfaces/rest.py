"""Questions, receipts, searches and health checks over HTTP."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from ingest.errors import NotFound, NotReady
from service.contract.problems import problem_of, problems
from service.contract.replies import Alive, Ready, Receipt, Search, body_of
from service.contract.requests import (
    LONGEST_QUERY,
    AnswerRequest,
    CheckRequest,
    Day,
    Name,
    QueryText,
)
from service.surfaces.admission import guards
from service.surfaces.streaming import PING, collected, frame, paced, streamed
from service.types import (
    Answer,
    Check,
    ClaimReleased,
    Completed,
    Delta,
    Event,
    Filters,
    Question,
    Started,
)
from service.wiring import Service

EVENT_STREAM = "text/event-stream"
EVENT_NAMES = {
    Started: "answer.started",
    ClaimReleased: "answer.claim",
    Delta: "answer.delta",
    Completed: "answer.completed",
}


def routes(service: Service) -> APIRouter:
    """These, bound to one service."""
    router = APIRouter()
    guarded = APIRouter(dependencies=guards(service.settings))
    _answers(guarded, service)
    _search(guarded, service)
    _checks(guarded, service)

    @router.head("/healthz", include_in_schema=False)  # as monitors of uptime ask
    @router.get("/healthz", tags=["Operations"], summary="Is it alive?")
    async def alive() -> Alive:
        return Alive()

    @router.head("/readyz", include_in_schema=False)
    @router.get(
        "/readyz",
        tags=["Operations"],
        summary="Can it answer?",
        responses=problems(),
    )
    def ready() -> Ready:
        """200 once the index is open and the embedder warm, 503 while the service stops."""
        if service.stopping.is_set():
            raise NotReady("the service is stopping")
        service.retriever.find(Question("is the index open and the embedder warm?"), 1)
        with service.archive.catalogue.live() as snapshot:
            counts, generation = snapshot.counts(), snapshot.generation
        return Ready(
            generation=generation,
            articles=counts["articles"],
            passages=counts["passages"],
        )

    router.include_router(guarded)
    return router


def _answers(router: APIRouter, service: Service) -> None:
    @router.post(
        "/v1/answers",
        tags=["Answers"],
        summary="Ask the archive",
        response_model=Answer,
        responses={
            200: {
                "content": {EVENT_STREAM: {"example": _STREAM_EXAMPLE}},
                "description": _STREAM_DESCRIPTION,
            },
            **problems(400, 404, 413, 415, 422, 502, 504),
        },
    )
    async def create_answer(request: Request, body: AnswerRequest) -> Response:
        """An answer whose every sentence is checked against what it cites, or why there is none.

        With `stream: true`, or `Accept: text/event-stream`, the same comes as server-sent events.
        """
        question = body.read()
        thread = None
        if body.conversation_id:
            thread = await asyncio.to_thread(
                service.conversations.open, body.conversation_id, request.state.caller
            )
        if thread:
            question = replace(
                question, history=thread.history, conversation_id=thread.conversation_id
            )
        answering = service.answerer.stream(question)
        if thread:
            answering = service.conversations.kept(answering, thread)
        events = paced(answering, request, service.stopping)
        accept = request.headers.get("accept", "").lower()
        # a client that takes both kinds gets the plain one; it can say `stream: true`
        if not body.stream and (EVENT_STREAM not in accept or "application/json" in accept):
            return JSONResponse(body_of(await collected(events)))

        def frames(event: Event | None) -> list[bytes]:
            if event is None:
                return [PING]
            value = event.answer if isinstance(event, Completed) else event
            return [frame(body_of(value), EVENT_NAMES[type(event)])]

        request_id = request.state.request_id
        return await streamed(
            events, frames, lambda e: frame(problem_of(e, request_id), "error"), request_id
        )

    @router.get(
        "/v1/answers/{answer_id}",
        tags=["Answers"],
        summary="The receipt of an answer",
        response_model=Receipt,
        responses=problems(404),
    )
    def read_answer(answer_id: str) -> Response:
        """The stored answer, with the evidence, the decision and the settings it was made from."""
        service.receipts.forget_removed(service.archive.catalogue)
        receipt = service.receipts.get(answer_id)
        if receipt is None:
            raise NotFound("there is no answer of this id here")
        return JSONResponse(receipt)


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
    ) -> Search:
        """Passages, best first; no match is an empty list.

        The first of every family comes before the second of any.
        """
        filters = Filters(
            published_after, published_before, tuple(publishers or ()), tuple(article_ids or ())
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
        steps = service.checker.stream(body.text, body.as_of)
        async with aclosing(paced(steps, request, service.stopping)) as paced_steps:
            async for step in paced_steps:
                if isinstance(step, Check):
                    return step
        raise NotReady("the check ended early; send the text again")


_STREAM_DESCRIPTION = (
    "The answer, or a refusal to answer. As a stream: `answer.started`, then for each sentence "
    "`answer.claim` and `answer.delta`, then `answer.completed` with the whole object, "
    "or `error` with a problem."
)
_STREAM_EXAMPLE = (
    'event: answer.started\ndata: {"id":"ans_…","question":"…"}\n\n'
    'event: answer.claim\ndata: {"claim":{…},"citations":[{…}]}\n\n'
    'event: answer.delta\ndata: {"text":"Sentence one [1]."}\n\n'
    "event: answer.completed\ndata: {…}\n\n"
)
