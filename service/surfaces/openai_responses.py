"""OpenAI's Responses API over the archive, whole or streamed."""

from __future__ import annotations

import time
import uuid
from typing import Any

from ingest.errors import DatelineError
from service.contract.response_bodies import body_of
from service.surfaces.event_streams import PING, frame
from service.surfaces.openai_schemas import MODEL
from service.surfaces.source_links import ByArticle
from service.types import Answer, ClaimReleased, Completed, Delta, Event, Started

Body = dict[str, Any]


def response(answer: Answer, numbering: ByArticle) -> Body:
    """A whole `response`."""
    numbering.know(answer.citations)
    text = numbering.write(answer.text) + numbering.refusal(answer)
    return _completed(_ids(answer.id), int(time.time()), text, numbering, answer)


def told(text: str) -> Body:
    """A whole `response` of words that are no answer."""
    return _completed(_ids(uuid.uuid4().hex), int(time.time()), text, ByArticle(""), None)


class Stream:
    """Events of one answer in, numbered events of one response out."""

    def __init__(self, numbering: ByArticle):
        self._numbering = numbering
        self._created = int(time.time())
        self._ids: tuple[str, str] = ("", "")
        self._sequence = 0
        self._text = ""

    def frames(self, event: Event | None) -> list[bytes]:
        match event:
            case None:
                return [PING]
            case Started(id=answer_id):
                self._ids = _ids(answer_id)
                begun = _object(self._ids, self._created, "in_progress", [], None)
                item = _message(self._ids, "in_progress", [])
                return [
                    self._event("response.created", response=begun),
                    self._event("response.in_progress", response=begun),
                    self._event("response.output_item.added", output_index=0, item=item),
                    self._in_part("response.content_part.added", part=_part("", [])),
                ]
            case ClaimReleased(citations=citations):
                self._numbering.know(citations)
                return []
            case Delta(text=text):
                return [self._delta(self._numbering.write(text))]
            case Completed(answer=answer):
                return self._last(answer)

    def told(self, text: str) -> list[bytes]:
        """A whole stream of words that are no answer."""
        begun = self.frames(Started(uuid.uuid4().hex, ""))
        return [*begun, self._delta(text), *self._last(None)]

    def failure(self, error: DatelineError) -> bytes:
        return self._event("error", code=error.code, message=str(error), param=None)

    def _last(self, answer: Answer | None) -> list[bytes]:
        more = self._numbering.refusal(answer) if answer else ""
        first = [self._delta(more)] if more else []
        notes = flat(self._numbering)
        part = _part(self._text, notes)
        item = _message(self._ids, "completed", [part])
        whole = _completed(self._ids, self._created, self._text, self._numbering, answer)
        return [
            *first,
            *(
                self._in_part(
                    "response.output_text.annotation.added", annotation_index=n, annotation=note
                )
                for n, note in enumerate(notes)
            ),
            self._in_part("response.output_text.done", text=self._text, logprobs=[]),
            self._in_part("response.content_part.done", part=part),
            self._event("response.output_item.done", output_index=0, item=item),
            self._event("response.completed", response=whole),
        ]

    def _delta(self, written: str) -> bytes:
        self._text += written
        return self._in_part("response.output_text.delta", delta=written, logprobs=[])

    def _in_part(self, kind: str, **fields: Any) -> bytes:
        return self._event(kind, item_id=self._ids[1], output_index=0, content_index=0, **fields)

    def _event(self, kind: str, **fields: Any) -> bytes:
        made = frame({"type": kind, "sequence_number": self._sequence, **fields}, kind)
        self._sequence += 1
        return made


def flat(numbering: ByArticle) -> list[Body]:
    """Flat, as the Responses API has them."""
    return [{"type": "url_citation", **a.body()} for a in numbering.annotations]


def _ids(answer_id: str) -> tuple[str, str]:
    """(id of the response, id of its one message)"""
    token = answer_id.removeprefix("ans_")
    return f"resp_{token}", f"msg_{token}"


def _completed(
    ids: tuple[str, str], created: int, text: str, numbering: ByArticle, answer: Answer | None
) -> Body:
    item = _message(ids, "completed", [_part(text, flat(numbering))])
    spent = answer.usage if answer else {}
    read, written = spent.get("prompt_tokens", 0), spent.get("completion_tokens", 0)
    usage = {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": read + written,
    }
    return {
        **_object(ids, created, "completed", [item], usage),
        "dateline": body_of(answer) if answer else None,
    }


def _part(text: str, notes: list[Body]) -> Body:
    return {"type": "output_text", "text": text, "annotations": notes, "logprobs": []}


def _message(ids: tuple[str, str], status: str, content: list[Body]) -> Body:
    return {
        "id": ids[1],
        "type": "message",
        "status": status,
        "role": "assistant",
        "content": content,
    }


def _object(
    ids: tuple[str, str], created: int, status: str, output: list[Body], usage: Body | None
) -> Body:
    return {
        "id": ids[0],
        "object": "response",
        "created_at": created,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": MODEL,
        "output": output,
        "parallel_tool_calls": True,
        "temperature": None,
        "tool_choice": "auto",
        "tools": [],
        "top_p": None,
        "text": {"format": {"type": "text"}},
        "usage": usage,
    }
