"""Questions and their answers over HTTP, whole or streamed; streams taken up again; receipts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import JSONResponse

from ingest.errors import DatelineError, IndexUnavailable, NotFound
from service.access.idempotency_keys import Keyed
from service.answer_run import new_id
from service.contract.cursors import Cursor, Limit, cursor_of, place_of
from service.contract.problems import problem_of, problems
from service.contract.request_bodies import AnswerRequest, IdempotencyKey
from service.contract.response_bodies import Receipt, ReceiptList, SigningKey, answer_of, body_of
from service.record_tables import AFTER_ALL
from service.surfaces.admission import guards
from service.surfaces.event_streams import EVENT_STREAM, PING, collected, frame, paced, streamed
from service.surfaces.resumable_streams import (
    Numbered,
    Recordings,
    numbered,
    replayed,
    unnumbered,
)
from service.types import Answer, ClaimReleased, Completed, Delta, Event, Started
from service.wiring import Service

LOOK_SECONDS = 0.1  # between two looks for an answer that another process makes
LOST_SECONDS = 5.0  # beyond the time limit of an answer, until its process is taken for dead
NO_ANSWER = "there is no answer of this id here"
NOT_UNDER_WAY = "no answer of this id is under way here"
EVENT_NAMES = {
    Started: "answer.started",
    ClaimReleased: "answer.claim",
    Delta: "answer.delta",
    Completed: "answer.completed",
}
_STREAM_DESCRIPTION = (
    "The answer, or a refusal to answer. As a stream: `answer.started`, then for each sentence "
    "`answer.claim` and `answer.delta`, then `answer.completed` with the whole object, "
    "or `error` with a problem."
)
_STREAM_EXAMPLE = (
    'event: answer.started\ndata: {"id":"ans_…","question":"…"}\nid: 0\n\n'
    'event: answer.claim\ndata: {"claim":{…},"citations":[{…}]}\nid: 1\n\n'
    'event: answer.delta\ndata: {"text":"Sentence one [1]."}\nid: 2\n\n'
    "event: answer.completed\ndata: {…}\nid: 3\n\n"
)
_STREAM = {"example": _STREAM_EXAMPLE}  # a schema would be read as that of one event


def routes(service: Service) -> APIRouter:
    """These, bound to one service."""
    router = APIRouter(tags=["Answers"], dependencies=guards(service))
    recordings = Recordings()
    _asking(router, service, recordings)
    _taking_up(router, service, recordings)
    _receipts(router, service)
    return router


def _asking(router: APIRouter, service: Service, recordings: Recordings) -> None:
    @router.post(
        "/v1/answers",
        summary="Ask the archive",
        response_model=Answer,
        responses={
            200: {
                "content": {EVENT_STREAM: _STREAM},
                "description": _STREAM_DESCRIPTION,
            },
            **problems(400, 404, 413, 415, 422, 502, 504),
        },
    )
    async def create_answer(
        request: Request, body: AnswerRequest, idempotency_key: IdempotencyKey = None
    ) -> Response:
        """An answer whose every sentence is checked against what it cites, or why there is none.

        With `stream: true`, or `Accept: text/event-stream`, the same comes as server-sent events.
        The same question with the same `Idempotency-Key` is answered once.
        """
        accept = request.headers.get("accept", "").lower()
        # a client that takes both kinds gets the plain one; it can say `stream: true`
        streams = body.stream or (EVENT_STREAM in accept and "application/json" not in accept)
        if not streams and idempotency_key is None:  # nobody could come back for it
            answering = await _answering(service, request, body)
            events = paced(answering, request, service.stopping)
            return JSONResponse(body_of(await collected(events)))
        if idempotency_key is None:
            steps = recordings.begin(await _answering(service, request, body)).follow()
        else:
            asked = body.model_dump_json(exclude={"stream"})
            once = Keyed(request.state.caller or "", idempotency_key, asked)
            steps = await _once(service, recordings, request, body, once)
        if streams:
            return await _sent(service, request, steps)
        events = paced(unnumbered(steps), request, service.stopping)
        return JSONResponse(body_of(await collected(events)))


async def _answering(
    service: Service, request: Request, body: AnswerRequest, answer_id: str | None = None
) -> AsyncIterator[Event]:
    """The events of a new answer, which its conversation keeps if it has one."""
    question = body.read()
    thread = None
    if body.conversation_id:
        thread = await asyncio.to_thread(
            service.conversations.open, body.conversation_id, request.state.caller
        )
    if thread is None:
        return service.answerer.stream(question, answer_id)
    question = replace(question, history=thread.history, conversation_id=thread.conversation_id)
    return service.conversations.kept(service.answerer.stream(question, answer_id), thread)


async def _once(
    service: Service,
    recordings: Recordings,
    request: Request,
    body: AnswerRequest,
    once: Keyed,
) -> AsyncGenerator[Numbered]:
    """The events of the one answer that is made for a key, in whichever process that is."""
    lost_seconds = service.settings.answer_timeout_seconds + LOST_SECONDS
    gone = False
    while True:
        claim = await asyncio.to_thread(
            service.repeats.claim, once, new_id(), lost_seconds, gone=gone
        )
        if claim.ours:
            try:
                answering = await _answering(service, request, body, claim.made)
            except DatelineError:
                await asyncio.to_thread(service.repeats.release, once)
                raise
            return recordings.begin(_claimed(service, once, answering), claim.made).follow()
        begun = recordings.get(claim.made)
        if begun is not None and not begun.failed:
            return begun.follow()
        receipt = await asyncio.to_thread(service.stale_answers.read, claim.made)
        if receipt is not None:
            return numbered(replayed(answer_of(receipt)))
        gone = claim.done
        if not gone:  # another process is at it
            await asyncio.sleep(LOOK_SECONDS)


async def _claimed(
    service: Service, once: Keyed, answering: AsyncIterator[Event]
) -> AsyncIterator[Event]:
    """The events as they come. The key stands for the answer when it is there, and for nothing
    where it failed."""
    done = False
    try:
        async for event in answering:
            if isinstance(event, Completed):
                done = True
                with suppress(IndexUnavailable):  # its receipt tells it, too
                    await asyncio.to_thread(service.repeats.done, once)
            yield event
    finally:
        if not done:  # in a task that may be cancelled, so nobody waits for it
            asyncio.get_running_loop().run_in_executor(None, service.repeats.release, once)


def _taking_up(router: APIRouter, service: Service, recordings: Recordings) -> None:
    @router.get(
        "/v1/answers/{answer_id}/events",
        summary="Take up the stream of an answer",
        response_class=Response,
        responses={
            200: {
                "content": {EVENT_STREAM: _STREAM},
                "description": "The events behind `Last-Event-ID`, or all",
            },
            204: {"description": "There is no event behind `Last-Event-ID`"},
            **problems(404, 422),
        },
    )
    async def take_up(
        request: Request,
        answer_id: str,
        last_event_id: Annotated[int | None, Header(ge=0, le=1_000_000)] = None,
    ) -> Response:
        """The events of an answer again, from where a connection broke off.

        An answer that is streamed goes on for 30 seconds after its client went away; whoever takes
        it up in that time hears the rest as it comes, others what was kept of it.
        """
        after = -1 if last_event_id is None else last_event_id
        known = recordings.get(answer_id)
        if known is None:
            receipt = await asyncio.to_thread(service.stale_answers.read, answer_id)
            if receipt is None:
                raise NotFound(NO_ANSWER)
            events = replayed(answer_of(receipt))
        else:
            events = known.events
        if (known is None or known.ended) and after + 1 >= len(events):
            return Response(status_code=204)  # as EventSource is told to stop
        return await _sent(
            service, request, known.follow(after) if known else numbered(events, after)
        )

    @router.delete(
        "/v1/answers/{answer_id}/events",
        summary="Stop an answer",
        status_code=204,
        response_class=Response,
        responses=problems(404),
    )
    async def stop(answer_id: str) -> Response:
        """Ends the work on an answer that is streamed; who follows it hears no more."""
        known = recordings.get(answer_id)
        if known is None:
            raise NotFound(NOT_UNDER_WAY)
        known.stop()
        return Response(status_code=204)


async def _sent(service: Service, request: Request, events: AsyncIterator[Numbered]) -> Response:
    def frames(step: Numbered | None) -> list[bytes]:
        if step is None:
            return [PING]
        number, event = step
        value = event.answer if isinstance(event, Completed) else event
        return [frame(body_of(value), EVENT_NAMES[type(event)], number)]

    request_id = request.state.request_id
    return await streamed(
        paced(events, request, service.stopping),
        frames,
        lambda e: frame(problem_of(e, request_id), "error"),
        request_id,
    )


def _receipts(router: APIRouter, service: Service) -> None:
    @router.get(
        "/v1/answers",
        summary="List stale answers",
        response_model=ReceiptList,
        responses=problems(422),
    )
    def list_stale(
        request: Request,
        stale: Annotated[Literal["true"], Query(description="only `true`")],
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """Answers of this key whose cited words changed or are gone; the role admin sees all."""
        service.stale_answers.catch_up()
        before = place_of(cursor, AFTER_ALL)
        asked_by = None if request.state.may_manage else request.state.caller
        found = service.stale_answers.page(asked_by, before, limit + 1)
        more = len(found) > limit
        return JSONResponse(
            {
                "answers": [body for _, body in found[:limit]],
                "next_cursor": cursor_of(*found[limit - 1][0]) if more else None,
            }
        )

    @router.get("/v1/receipts/key", summary="The key that receipts are signed with")
    def read_key() -> SigningKey:
        """Of this archive, made at its first start. `dateline receipts verify` checks with it."""
        signer = service.receipts.signer
        return SigningKey(**asdict(signer.public), pem=signer.pem)

    @router.get(
        "/v1/answers/{answer_id}",
        summary="The receipt of an answer",
        response_model=Receipt,
        responses=problems(404),
    )
    def read_answer(answer_id: str) -> Response:
        """The stored answer, with the evidence, the decision and the settings it was made from.

        Without the words of articles that are gone; `stale` says what else became of those cited.
        """
        receipt = service.stale_answers.read(answer_id)
        if receipt is None:
            raise NotFound(NO_ANSWER)
        return JSONResponse(receipt)
