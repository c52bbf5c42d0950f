"""The contract's HTTP routes: requests translated in, the archive or the answerer called, bodies translated out."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from ingest import pipeline
from ingest.errors import InvalidRequest, NotFound, NotReady
from service.door import KEY
from service.problems import Refused, problem_body
from service.shapes import (
    LONGEST_QUESTION,
    AliveResponse,
    AnswerRequest,
    AnswerResponse,
    ArticleResponse,
    ArticlesResponse,
    Day,
    FiltersRequest,
    Name,
    Problem,
    QuestionText,
    ReadyResponse,
    ReceiptResponse,
    SearchResponse,
)
from service.streaming import PING, collected, frame, paced, streamed
from service.types import ClaimReleased, Completed, Delta, Event, Question, Started
from service.wire import (
    answer_body,
    article_body,
    article_card_body,
    citation_body,
    claim_body,
    hit_body,
    question_from,
)

if TYPE_CHECKING:
    from service.app import Service

EVENT_STREAM = "text/event-stream"
REMOVAL_WAIT_SECONDS = 10.0  # a removal behind a running ingest is refused rather than left hanging
ARTICLE_ID = re.compile(r"[0-9a-f]{16}")

PROBLEM: dict[str, Any] = {"model": Problem, "content": {"application/problem+json": {}}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documented failures of a route; `default` keeps FastAPI from adding a shape that is not ours."""
    named: dict[int | str, dict[str, Any]] = {s: {**PROBLEM, "description": _WHEN[s]} for s in (*statuses, 401, 503)}
    return {**named, "default": {**PROBLEM, "description": "any other failure, in the same shape"}}


_WHEN = {
    400: "`malformed_json`: the body is not JSON",
    401: "`missing_key`, `invalid_key`: keys are configured, and no known one was sent",
    403: "`admin_key_required`: the key may read, not write",
    404: "`not_found`: there is no such thing",
    413: "`too_large`: the body is over DATELINE_MAX_BODY_KB",
    415: "`unsupported_media_type`: the body is not labelled as JSON",
    422: "`invalid_request`: a field is missing, unknown or out of bounds; its value is not repeated",
    502: "`model_failed`: the language model did not answer",
    503: "`not_ready`: there is no index to answer from yet, or the service is stopping",
    504: "`timeout`: no answer within DATELINE_ANSWER_TIMEOUT_SECONDS",
}


def routes(service: Service) -> APIRouter:
    """All of them, bound to one service."""
    router = APIRouter()
    guarded = APIRouter(dependencies=[KEY])
    _answers(guarded, service)
    _search(guarded, service)
    _articles(guarded, service)
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
            200: {"content": {EVENT_STREAM: {"example": _STREAM_EXAMPLE}}, "description": _STREAM_DESCRIPTION},
            **problems(400, 413, 415, 422, 502, 504),
        },
    )
    async def create_answer(request: Request, body: AnswerRequest) -> Response:
        """One answer whose every sentence is checked against the exact characters it rests on, or a refusal saying why.

        With `stream: true`, or `Accept: text/event-stream`, the same comes as server-sent events.
        """
        limit = service.settings.answer_timeout_seconds
        events = paced(service.answerer.stream(question_from(body)), request, service.stopping, limit)
        if not body.stream and not _wants_stream(request.headers.get("accept", "").lower()):
            return JSONResponse(answer_body(await collected(events)))
        request_id = request.state.request_id
        return await streamed(events, _frames, lambda e: frame(problem_body(e, request_id), "error"), request_id)

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
        q: Annotated[QuestionText, Query(description=f"words or a question, at most {LONGEST_QUESTION:,} characters")],
        k: Annotated[int, Query(ge=1, le=100, description="most passages to return")] = 10,
        as_of: Annotated[Day | None, Query(description="nothing published later")] = None,
        published_after: Annotated[Day | None, Query(description="inclusive; undated articles fail")] = None,
        published_before: Annotated[Day | None, Query(description="inclusive; undated articles fail")] = None,
        publishers: Annotated[list[Name] | None, Query(max_length=200, description="may be given many times")] = None,
        article_ids: Annotated[list[Name] | None, Query(max_length=1000, description="may be given many times")] = None,
    ) -> Response:
        """Passages, best first; the first of every family comes before the second of any. No match is an empty list."""
        filters = FiltersRequest(
            published_after=published_after,
            published_before=published_before,
            publishers=publishers or [],
            article_ids=article_ids or [],
        )
        asked = question_from(AnswerRequest(question=q, as_of=as_of, filters=filters))
        return JSONResponse({"passages": [hit_body(hit) for hit in service.retriever.find(asked, k)]})


def _articles(router: APIRouter, service: Service) -> None:
    @router.get(
        "/v1/articles",
        tags=["Articles"],
        summary="List articles",
        response_model=ArticlesResponse,
        responses=problems(422),
    )
    def list_articles(
        cursor: Annotated[str | None, Query(max_length=100, description="`next_cursor` of the page before")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Response:
        """The catalogue in order of `article_id`; `next_cursor` is null at the end."""
        after = _after(cursor) if cursor is not None else ""
        found = service.archive.catalogue.live().page(after, limit + 1)
        page = found[:limit]
        more = _cursor(page[-1].article.article_id) if len(found) > limit else None
        return JSONResponse({"articles": [article_card_body(stored) for stored in page], "next_cursor": more})

    @router.get(
        "/v1/articles/{article_id}",
        tags=["Articles"],
        summary="Read an article",
        response_model=ArticleResponse,
        responses=problems(404),
    )
    def read_article(article_id: str) -> Response:
        """Text, metadata, the copies of it, and, of an altered copy, every change against the canonical one."""
        snapshot = service.archive.catalogue.live()
        stored = snapshot.article(article_id)
        if stored is None:
            raise NotFound("there is no article of this id here")
        return JSONResponse(article_body(stored, snapshot))

    @router.delete(
        "/v1/articles/{article_id}",
        tags=["Articles"],
        summary="Remove an article",
        status_code=204,
        response_class=Response,
        dependencies=[Depends(_may_write)],
        responses=problems(403, 404),
    )
    def remove_article(article_id: str) -> Response:
        """Takes the article out of the catalogue and every index at once; the file it came from is not touched."""
        if not service.writing.acquire(timeout=REMOVAL_WAIT_SECONDS):
            raise NotReady("an ingest is running; remove the article when it is done")
        try:
            removed = pipeline.remove(service.archive, article_id)
        finally:
            service.writing.release()
        if not removed:
            raise NotFound("there is no article of this id here")
        return Response(status_code=204)


def _operations(router: APIRouter, service: Service) -> None:
    @router.get("/healthz", tags=["Operations"], summary="Is it alive?", response_model=AliveResponse)
    async def alive() -> Response:
        return JSONResponse({"status": "alive"})

    @router.get(
        "/readyz",
        tags=["Operations"],
        summary="Can it answer?",
        response_model=ReadyResponse,
        responses={503: {**PROBLEM, "description": _WHEN[503]}},
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


def _may_write(request: Request) -> None:
    if not request.state.may_write:
        raise Refused(403, "admin_key_required", "this wants one of DATELINE_ADMIN_KEYS")


def _cursor(article_id: str) -> str:
    return base64.urlsafe_b64encode(f"after:{article_id}".encode()).decode().rstrip("=")


def _after(cursor: str) -> str:
    """The article id in a cursor; InvalidRequest for anything that we did not make."""
    try:
        said = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        said = ""
    kind, _, article_id = said.partition(":")
    if kind != "after" or not ARTICLE_ID.fullmatch(article_id) or _cursor(article_id) != cursor:
        raise InvalidRequest("cursor: send next_cursor of the page before as it is, or leave it out")
    return article_id


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
