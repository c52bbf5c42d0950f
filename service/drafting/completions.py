"""Reads a model's reply, a stream or one JSON object, and the tokens it counted."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.errors import ModelFailed

# characters; an answer has a few hundred, and what comes after these is not read
LONGEST_REPLY = 40_000
MOST_BYTES = 16_000_000  # of a reply, frames included; the frame of one token has about 250
MOST_TOKENS = 2**53 - 1  # a count that every reader of JSON still reads exactly

MALFORMED = "malformed reply from the model endpoint"
FAILED_INSIDE = "error in the reply of the model endpoint"
EMPTY = "empty reply from the model endpoint"
BROKEN_OFF = "the reply of the model endpoint broke off"
ENDLESS = "endless reply from the model endpoint"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens the endpoint counted; 0 where it said nothing."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
        )


@dataclass(slots=True)
class Reply:
    """What has been read of one reply."""

    characters: int = 0
    finished: str | None = None  # the reason the model gave for stopping
    complete: bool = False  # the end that the protocol has for a reply was seen
    usage: Usage = field(default_factory=Usage)
    _received: int = 0  # bytes
    _begun: bytes = b""  # a line that is not yet complete
    _data: list[str] = field(default_factory=list)  # of an event that is not yet complete
    _whole: list[str] = field(default_factory=list)  # lines of a reply that is one JSON object

    def words(self, chunk: bytes) -> Iterator[str]:
        """The words of the lines that end in this chunk. They are cut at line feeds alone: JSON may
        hold Unicode's other separators."""
        self._received += len(chunk)
        if self._received > MOST_BYTES:
            raise ModelFailed(ENDLESS)
        *lines, self._begun = (self._begun + chunk).split(b"\n")
        yield from filter(None, map(self._line, lines))

    def last_words(self) -> Iterator[str]:
        """Those that nothing follows."""
        yield self._line(self._begun)
        if self._data:
            raise ModelFailed(BROKEN_OFF)
        if self._whole:
            self.complete = True
            yield from _pieces(_parsed(self._whole), self)

    def _line(self, received: bytes) -> str:
        """A line of server-sent events, or of a reply that is no stream."""
        line = received.decode("utf-8", "replace").strip("\r")
        if line.startswith("data:"):
            self._data.append(line[5:].strip())
        elif not self._data and (self._whole or line.startswith("{")):
            self._whole.append(line)
        if self._data == ["[DONE]"]:
            self.complete, self._data = True, []
        elif self._data:
            frame = _parsed(self._data)
            if frame is not None:
                self._data = []
                return "".join(_pieces(frame, self))
            if not line:  # a blank line ends an event
                raise ModelFailed(MALFORMED)
        return ""


async def read(chunks: AsyncIterator[bytes]) -> AsyncIterator[str | Usage]:
    """The words of a chat completion as they come, then its usage, once.

    Only the content of the first choice counts: reasoning, refusals in fields of their own and tool
    calls are passed over. An endpoint that ignores `stream` and sends one JSON object is read as
    well. Raises ModelFailed with one of this module's reasons where the reply is malformed, is an
    error, says nothing or breaks off.
    """
    reply = Reply()
    async for chunk in chunks:
        for words in reply.words(chunk):  # what was said before a line that is malformed counts
            yield words
        if reply.characters > LONGEST_REPLY:
            reply.complete = True
            break
    else:
        for words in reply.last_words():
            yield words
    if not reply.characters and reply.finished != "stop":
        raise ModelFailed(EMPTY)
    if not reply.complete and reply.finished is None:
        raise ModelFailed(BROKEN_OFF)
    yield reply.usage


def _parsed(lines: list[str]) -> Any:
    try:
        return json.loads("\n".join(lines))
    except (ValueError, RecursionError):
        return None


def _pieces(frame: Any, reply: Reply) -> Iterator[str]:
    """The words of one frame; what it says of the end and of tokens is noted in `reply`."""
    if not isinstance(frame, dict):
        raise ModelFailed(MALFORMED)
    if frame.get("error"):
        raise ModelFailed(FAILED_INSIDE)
    if isinstance(usage := frame.get("usage"), dict):
        reply.usage = Usage(
            _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
        )
    choices = frame.get("choices")
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict) and choice.get("index") in (0, None):
            said = choice.get("delta") or choice.get("message")
            text = _text(said.get("content")) if isinstance(said, dict) else ""
            if text:
                reply.characters += len(text)
                yield text
            finished = choice.get("finish_reason")
            reply.finished = finished if isinstance(finished, str) else reply.finished


def _text(content: Any) -> str:
    """The words of a message, which some endpoints send in parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    texts = (part.get("text") for part in parts if isinstance(part, dict))
    return "".join(text for text in texts if isinstance(text, str))


def _count(tokens: Any) -> int:
    return min(max(tokens, 0), MOST_TOKENS) if isinstance(tokens, int) else 0
