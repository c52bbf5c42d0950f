"""OpenAI's chat completions over the archive, whole or streamed."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncGenerator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from ingest.errors import DatelineError, Refused
from service.contract.problems import openai_error_of
from service.contract.response_bodies import body_of
from service.surfaces import openai_responses
from service.surfaces.admission import guards
from service.surfaces.event_streams import DONE, PING, collected, frame, paced, streamed
from service.surfaces.openai_schemas import (
    MODEL,
    ChatRequest,
    ResponsesRequest,
    chat_said,
    question_of,
    reply_to_frontend,
    responses_said,
)
from service.surfaces.source_links import ByArticle
from service.types import Answer, ClaimReleased, Completed, Delta, Event, Question, Started
from service.wiring import Service

Body = dict[str, Any]

TAGS: list[Any] = ["OpenAI-compatible"]


def streamed_as(example: str) -> dict[int | str, dict[str, Any]]:
    content = {"text/event-stream": {"example": example}}  # a schema would be that of one event
    words = "Whole, or with `stream: true` as OpenAI's chunks"
    return {200: {"description": words, "content": content}}


CHUNKS = (
    'data: {"id":"chatcmpl-…","choices":[{"index":0,"delta":{"content":"Sentence one [1]."}}]}\n\n'
    'data: {"id":"chatcmpl-…","choices":[{"index":0,"delta":{"annotations":[{…}]}}]}\n\n'
    'data: {"id":"chatcmpl-…","choices":[{"delta":{},"finish_reason":"stop"}],"dateline":{…}}\n\n'
    "data: [DONE]\n\n"
)
RESPONSE_EVENTS = (
    'event: response.output_text.delta\ndata: {"delta":"Sentence one [1].","sequence_number":4}\n\n'
    'event: response.completed\ndata: {"response":{…},"sequence_number":9}\n\n'
)
_WHEN: dict[int | str, str] = {
    400: "No question, one out of bounds, parts that are no text, or `n` above 1",
    401: "Keys are configured, and no known one was sent",
    404: "`model_not_found`: the one model here is `dateline`",
    413: "`too_large`: the body is over DATELINE_MAX_BODY_KB",
    415: "`unsupported_media_type`: the body is not labelled as JSON",
    503: "`not_ready`",
    504: "`timeout`",
    "default": "Any other failure, in the same shape",
}
_SHAPE = {"application/json": {"schema": {"$ref": "#/components/schemas/OpenAIError"}}}
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "content": _SHAPE} for status, words in _WHEN.items()
}
READING = {status: ERRORS[status] for status in (401, 503, "default")}  # what no body can cause


def routes(service: Service) -> APIRouter:
    """`/v1/models`, `/v1/chat/completions` and `/v1/responses`, bound to one service."""
    router = APIRouter(tags=TAGS, dependencies=guards(service))
    _models(router)

    @router.post(
        "/v1/chat/completions",
        summary="Chat with the archive",
        responses=streamed_as(CHUNKS) | ERRORS,
    )
    async def chat(request: Request, body: ChatRequest) -> Response:
        """The last user message is the question; annotations are its sources.

        What a frontend asks on its own, a title or tags or search queries for a chat, and small
        talk are answered by rule, without a search; `dateline` is null then.
        """
        said = chat_said(body)
        include_usage = bool(body.stream_options and body.stream_options.include_usage)
        reply = reply_to_frontend(said)
        if reply is not None:
            chunks = _Chunks(ByArticle(""), include_usage)
            return _sent(chunks.told(reply)) if body.stream else JSONResponse(told(reply))
        events, numbering = _asked(service, request, question_of(said, "messages"))
        if not body.stream:
            return JSONResponse(completion(await collected(events), numbering))
        chunks = _Chunks(numbering, include_usage)

        def failure(error: DatelineError) -> bytes:
            return frame(openai_error_of(error))

        return await streamed(events, chunks.frames, failure, request.state.request_id)

    @router.post(
        "/v1/responses",
        summary="The Responses API over the archive",
        responses=streamed_as(RESPONSE_EVENTS) | ERRORS,
    )
    async def respond(request: Request, body: ResponsesRequest) -> Response:
        """The last user text is the question; the answer object is the response's `dateline`."""
        said = responses_said(body)
        reply = reply_to_frontend(said)
        if reply is not None:
            if body.stream:
                return _sent(openai_responses.Stream(ByArticle("")).told(reply))
            return JSONResponse(openai_responses.told(reply))
        events, numbering = _asked(service, request, question_of(said, "input"))
        if not body.stream:
            return JSONResponse(openai_responses.response(await collected(events), numbering))
        stream = openai_responses.Stream(numbering)
        return await streamed(events, stream.frames, stream.failure, request.state.request_id)

    return router


def _models(router: APIRouter) -> None:
    @router.get("/v1/models", summary="The one model", responses=READING)
    async def list_models() -> dict[str, Any]:
        """What frontends offer in their list of models."""
        return {"object": "list", "data": [_MODEL_CARD]}

    @router.get(
        "/v1/models/{model}",
        summary="The one model by name",
        responses=READING | {404: ERRORS[404]},
    )
    async def read_model(model: str) -> dict[str, Any]:
        """`dateline`; any other name is a 404."""
        if model != MODEL:
            raise Refused(
                404, "model_not_found", f'there is one model here: "{MODEL}"', param="model"
            )
        return _MODEL_CARD


def _asked(
    service: Service, request: Request, question: Question
) -> tuple[AsyncGenerator[Event | None], ByArticle]:
    """The answer's events, and a numbering whose links lead to where readers reach this service."""
    events = paced(service.answerer.stream(question), request, service.stopping)
    return events, ByArticle(service.settings.public_url or str(request.base_url))


def completion(answer: Answer, numbering: ByArticle) -> Body:
    """A whole `chat.completion`."""
    numbering.know(answer.citations)
    text = numbering.write(answer.text) + numbering.refusal(answer)
    return _whole(chat_id(answer.id), text, nested(numbering), answer)


def told(text: str) -> Body:
    """A whole `chat.completion` of words that are no answer."""
    return _whole(chat_id(uuid.uuid4().hex), text, [], None)


def _whole(id_: str, text: str, annotations: list[Body], answer: Answer | None) -> Body:
    message = {
        "role": "assistant",
        "content": text,
        "refusal": None,
        "annotations": annotations,
    }
    return {
        "id": id_,
        "object": "chat.completion",
        "created": int(time.time()),
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": _usage(answer),
        "dateline": body_of(answer) if answer else None,
    }


def _sent(frames: list[bytes]) -> Response:
    return Response(b"".join(frames), media_type="text/event-stream")


def nested(numbering: ByArticle) -> list[dict[str, Any]]:
    """Nested, as chat completions have them; the flat form breaks the AI SDK."""
    return [{"type": "url_citation", "url_citation": a.body()} for a in numbering.annotations]


def chat_id(answer_id: str) -> str:
    return "chatcmpl-" + answer_id.removeprefix("ans_")


class _Chunks:
    """Events of one answer in, frames of one chat completion stream out."""

    def __init__(self, numbering: ByArticle, include_usage: bool):
        self._numbering = numbering
        self._include_usage = include_usage
        self._head: dict[str, Any] = {
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": MODEL,
        }

    def frames(self, event: Event | None) -> list[bytes]:
        match event:
            case None:
                return [PING]
            case Started(id=answer_id):
                self._head = {"id": chat_id(answer_id), **self._head}
                return [self._chunk({"role": "assistant", "content": ""})]
            case ClaimReleased(citations=citations):
                self._numbering.know(citations)
                return []
            case Delta(text=text):
                return [self._chunk({"content": self._numbering.write(text)})]
            case Completed(answer=answer):
                frames = []
                if more := self._numbering.refusal(answer):
                    frames.append(self._chunk({"content": more}))
                if self._numbering.annotations:
                    frames.append(self._chunk({"annotations": nested(self._numbering)}))
                return [*frames, *self._ended(answer)]

    def told(self, text: str) -> list[bytes]:
        """A whole stream of words that are no answer."""
        begun = self.frames(Started(uuid.uuid4().hex, ""))
        return [*begun, self._chunk({"content": text}), *self._ended(None)]

    def _ended(self, answer: Answer | None) -> list[bytes]:
        # in the last chunk, whichever that is
        own = {"dateline": body_of(answer) if answer else None}
        if not self._include_usage:
            return [self._chunk({}, finish_reason="stop", **own), DONE]
        last = {**self._head, "choices": [], "usage": _usage(answer), **own}
        return [self._chunk({}, finish_reason="stop"), frame(last), DONE]

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        usage = {"usage": None} if self._include_usage else {}
        return frame({**self._head, "choices": [choice], **usage, **more})


def _usage(answer: Answer | None) -> dict[str, int]:
    usage = answer.usage if answer else {}
    read, written = usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0)
    return {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
    }


_MODEL_CARD = {
    "id": MODEL,
    "object": "model",
    "created": 1767225600,  # 1 January 2026
    "owned_by": "dateline",
}
