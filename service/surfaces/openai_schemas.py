"""What OpenAI's clients send; sampling and tool fields are passed over."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationError

from ingest.errors import Refused
from service.contract.request_bodies import LAST_TURNS, LONGEST_TURN, AnswerRequest, TurnRequest
from service.surfaces import frontend_prompts
from service.types import Question

MODEL = "dateline"
TEXT_PARTS = frozenset({"text", "input_text", "output_text", "refusal"})

_NO_QUESTION = 'send the question as a message whose role is "user": there is none'

Content = str | list[dict[str, Any]] | None
Said = list[tuple[str, Content]]


class Message(BaseModel):
    role: str = Field(description="user and assistant messages are read, others passed over")
    content: Content = Field(None, description="text, or parts of text; other parts are refused")


class StreamOptions(BaseModel):
    include_usage: StrictBool = False


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
    n: StrictInt | None = Field(None, description="1: there is one answer to a question")
    stream: StrictBool | None = False
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
    instructions: str | None = Field(None, description="passed over, as system messages are")
    stream: StrictBool | None = False
    previous_response_id: str | None = None


def chat_said(request: ChatRequest) -> Said:
    """Role and content of every message. Raises Refused: 404 for another model, 400 for `n`."""
    _known(request.model)
    if request.n not in (None, 1):
        raise Refused(400, "invalid_request", "n: there is one answer to a question", param="n")
    return [(m.role, m.content) for m in request.messages]


def responses_said(request: ResponsesRequest) -> Said:
    """Role and content of every message. Raises Refused: 404 for another model, 400 where a kept
    conversation is asked for.
    """
    _known(request.model)
    if request.previous_response_id:
        detail = "no conversation is kept here: send the earlier turns in input"
        raise Refused(400, "invalid_request", detail, param="previous_response_id")
    above: Said = [("system", request.instructions)] if request.instructions else []
    if isinstance(request.input, str):
        return [*above, ("user", request.input)]
    return [*above, *((i.role, i.content) for i in request.input if i.type == "message")]


def reply_to_frontend(said: Said) -> str | None:
    """The reply to a frontend that asks on its own, for a title or the like, and to small talk."""
    return frontend_prompts.reply_to([(role, _words(content)) for role, content in said])


def _known(model: str) -> None:
    if model != MODEL:
        raise Refused(404, "model_not_found", f'there is one model here: "{MODEL}"', param="model")


def question_of(said: Said, param: str) -> Question:
    """The last user text, and the turns before it. Raises Refused, 400, where there is none."""
    at = max((n for n, (role, _) in enumerate(said) if role == "user"), default=None)
    if at is None:
        raise Refused(400, "invalid_request", _NO_QUESTION, param=param)
    text = _text(said[at][1], param)
    roles: dict[str, Literal["user", "assistant"]] = {"user": "user", "assistant": "assistant"}
    turns = [(roles[role], words) for role, words in said[:at] if role in roles]
    spoken = [(role, _text(words, param)) for role, words in turns[-LAST_TURNS:]]
    try:
        history = [
            TurnRequest(role=role, content=words[:LONGEST_TURN])
            for role, words in spoken
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


def _words(content: Content) -> str:
    """The text of a message, whatever other parts it has."""
    if isinstance(content, list):
        return "\n".join(p["text"] for p in content if isinstance(p.get("text"), str))
    return content or ""
