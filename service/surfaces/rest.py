"""Questions and searches over HTTP: translated in, the answerer or the retriever called, bodies translated out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from ingest.errors import NotFound, NotReady
from service.contract.bodies import (
    answer_body,
    citation_body,
    claim_body,
    hit_body,
    question_from,
)
from service.contract.problems import problem_body
from service.contract.schemas import (
    LONGEST_QUERY,
    AliveResponse,
    AnswerRequest,
    AnswerResponse,
    Day,
    Name,
    QueryText,
    ReadyResponse,
    ReceiptResponse,
    SearchResponse,
)
from service.surfaces.admission import KEY
from service.surfaces.openapi_errors import PROBLEM, WHEN, problems
from service.surfaces.streaming import PING, collected, frame, paced, streamed
from service.types import ClaimReleased, Completed, Delta, Event, Filters, Question, Started
from service.wiring import Service

EVENT_STREAM = "text/event-stream"


def routes(service: Service) -> APIRouter:
    """These, bound to one service."""
    router = APIRouter()
    guarded = APIRouter(dependencies=[KEY])
    _answers(guarded, service)
    _search(guarded, service)
    _operations(router, service)
    router.include_router(guarded)
    return router


def _answers(router: APIRouter, service: Service) -> None:
    @router.post(
        "/v1/answers",
        tags=["Answers"],
        summary="Ask the archive",
        response_model=AnswerResponse,
        responses={
            200: {
                "content": {EVENT_STREAM: {"example": _STREAM_EXAMPLE}},
                "description": _STREAM_DESCRIPTION,
            },
            **problems(400, 413, 415, 422, 502, 504),
        },
    )
    async def create_answer(request: Request, body: AnswerRequest) -> Response:
        """One answer whose every sentence is checked against the exact characters it rests on, or a refusal saying why.

        With `stream: true`, or `Accept: text/event-stream`, the same comes as server-sent events.
        """
        limit = service.settings.answer_timeout_seconds
        events = paced(
            service.answerer.stream(question_from(body)), request, service.stopping, limit
        )
        if not body.stream and not _wants_stream(request.headers.get("accept", "").lower()):
            return JSONResponse(answer_body(await collected(events)))
        request_id = request.state.request_id
        return await streamed(
            events, _frames, lambda e: frame(problem_body(e, request_id), "error"), request_id
        )

    @router.get(
        "/v1/answers/{answer_id}",
        tags=["Answers"],
        summary="The receipt of an answer",
        response_model=ReceiptResponse,
        responses=problems(404),
    )
    def read_answer(answer_id: str) -> Response:
        """The stored answer, with the evidence, the decision and the settings it was made from."""
        receipt = service.receipts.get(answer_id)
        if receipt is None:
            raise NotFound("there is no answer of this id here")
        return JSONResponse(receipt)


def _wants_stream(accept: str) -> bool:
    """A client that takes both kinds gets the plain one; it can say `stream: true`."""
    return EVENT_STREAM in accept and "application/json" not in accept


def _frames(event: Event | None) -> list[bytes]:
    """Server-sent events as the contract names them; `error` takes the place of `answer.completed` where work fails."""
    match event:
        case None:
            return [PING]
        case Started(id=answer_id, question=question):
            return [frame({"id": answer_id, "question": question}, "answer.started")]
        case ClaimReleased(claim=claim, citations=citations):
            new = [citation_body(citation) for citation in citations]
            return [frame({"claim": claim_body(claim), "citations": new}, "answer.claim")]
        case Delta(text=text):
            return [frame({"text": text}, "answer.delta")]
        case Completed(answer=answer):
            return [frame(answer_body(answer), "answer.completed")]


def _search(router: APIRouter, service: Service) -> None:
    @router.get(
        "/v1/search",
        tags=["Search"],
        summary="Find passages",
        response_model=SearchResponse,
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
    ) -> Response:
        """Passages, best first; the first of every family comes before the second of any. No match is an empty list."""
        filters = Filters(
            published_after, published_before, tuple(publishers or ()), tuple(article_ids or ())
        )
        asked = Question(q, as_of=as_of, filters=filters)
        return JSONResponse(
            {"passages": [hit_body(hit) for hit in service.retriever.find(asked, k)]}
        )


def _operations(router: APIRouter, service: Service) -> None:
    @router.head("/healthz", include_in_schema=False)  # as monitors of uptime ask
    @router.get(
        "/healthz", tags=["Operations"], summary="Is it alive?", response_model=AliveResponse
    )
    async def alive() -> Response:
        return JSONResponse({"status": "alive"})

    @router.head("/readyz", include_in_schema=False)
    @router.get(
        "/readyz",
        tags=["Operations"],
        summary="Can it answer?",
        response_model=ReadyResponse,
        responses={503: {**PROBLEM, "description": WHEN[503]}},
    )
    def ready() -> Response:
        """200 once the index is open and the embedder warm, 503 while the service stops."""
        if service.stopping.is_set():
            raise NotReady("the service is stopping")
        service.retriever.find(Question("is the index open and the embedder warm?"), 1)
        snapshot = service.archive.catalogue.live()
        counts = snapshot.counts()
        return JSONResponse(
            {
                "status": "ready",
                "generation": snapshot.generation,
                "articles": counts["articles"],
                "passages": counts["passages"],
            }
        )


_STREAM_DESCRIPTION = (
    "The answer, or a refusal to answer. As a stream: `answer.started`, then for each sentence `answer.claim` and "
    "`answer.delta`, then `answer.completed` with the whole object, or `error` with a problem."
)
_STREAM_EXAMPLE = (
    'event: answer.started\ndata: {"id":"ans_…","question":"…"}\n\n'
    'event: answer.claim\ndata: {"claim":{…},"citations":[{…}]}\n\n'
    'event: answer.delta\ndata: {"text":"Sentence one [1]."}\n\n'
    "event: answer.completed\ndata: {…}\n\n"
)
