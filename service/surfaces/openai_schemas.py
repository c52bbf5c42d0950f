"""What OpenAI's clients send; sampling and tool fields are passed over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.errors import Refused
from service.contract.requests import LAST_TURNS, LONGEST_TURN, AnswerRequest, TurnRequest
from service.types import Question

MODEL = "dateline"
TEXT_PARTS = frozenset({"text", "input_text", "output_text", "refusal"})

Content = str | list[dict[str, Any]] | None


class Message(BaseModel):
    role: str = Field(description="user and assistant messages are read, others passed over")
    content: Content = Field(None, description="text, or parts of text; other parts are refused")


class StreamOptions(BaseModel):
    include_usage: bool = False


class ChatRequest(BaseModel):
    """A chat: the last user message is the question, what stands before it is its history."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "model": MODEL,
                "messages": [{"role": "user", "content": "When did the bridge reopen?"}],
            }
        },
    )
    model: str = MODEL
    messages: list[Message]
    stream: bool | None = False
    stream_options: StreamOptions | None = None


class InputItem(BaseModel):
    """A message of the Responses API; items of other types are passed over."""

    model_config = ConfigDict(extra="allow")
    type: str = "message"
    role: str = ""
    content: Content = None


class ResponsesRequest(BaseModel):
    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {"model": MODEL, "input": "When did the harbour bridge reopen?"}
        },
    )
    model: str = MODEL
    input: str | list[InputItem]
    stream: bool | None = False
    previous_response_id: str | None = None


def chat_question(request: ChatRequest) -> Question:
    """Raises Refused: 404 for another model, 400 for no question or a kept conversation."""
    _known(request.model)
    return _question([(m.role, m.content) for m in request.messages], "messages")


def responses_question(request: ResponsesRequest) -> Question:
    """Raises Refused: 404 for another model, 400 where there is no question or a kept conversation
    is asked for.
    """
    _known(request.model)
    if request.previous_response_id:
        detail = "no conversation is kept here: send the earlier turns in input"
        raise Refused(400, "invalid_request", detail, param="previous_response_id")
    if isinstance(request.input, str):
        return _question([("user", request.input)], "input")
    return _question(
        [(item.role, item.content) for item in request.input if item.type == "message"], "input"
    )


def _known(model: str) -> None:
    if model != MODEL:
        raise Refused(404, "model_not_found", f'there is one model here: "{MODEL}"', param="model")


def _question(said: Sequence[tuple[str, Content]], param: str) -> Question:
    """The last user text, and the turns before it."""
    at = max((n for n, (role, _) in enumerate(said) if role == "user"), default=None)
    if at is None:
        raise Refused(400, "invalid_request", "there is no user message to answer", param=param)
    text = _text(said[at][1], param)
    roles: dict[str, Literal["user", "assistant"]] = {"user": "user", "assistant": "assistant"}
    spoken = [(roles[role], _text(words, param)) for role, words in said[:at] if role in roles]
    try:
        history = [
            TurnRequest(role=role, content=words[:LONGEST_TURN])
            for role, words in spoken[-LAST_TURNS:]
            if words.strip()
        ]
        return AnswerRequest(question=text, history=history).read()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        what = "the question" if first["loc"][0] == "question" else "an earlier turn"
        reason = first["msg"].removeprefix("Value error, ")
        detail = f"{what}: {reason[:1].lower()}{reason[1:]}"
        raise Refused(400, "invalid_request", detail, param=param) from None


def _text(content: Content, param: str) -> str:
    if isinstance(content, list):
        kinds = [str(part.get("type")) for part in content]
        parts = [
            part.get("refusal" if part.get("type") == "refusal" else "text") for part in content
        ]
        if not TEXT_PARTS.issuperset(kinds) or not all(isinstance(part, str) for part in parts):
            raise Refused(400, "invalid_request", "only text parts are read here", param=param)
        return "\n".join(str(part) for part in parts)
    return content or ""
