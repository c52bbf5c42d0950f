"""A Dateline service on loopback whose answers the test writes: the real contract over real HTTP."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from service.contract.response_bodies import body_of
from service.types import Answer, ArticleCard, Citation, Claim, FamilyPlace

CARD = ArticleCard(
    article_id="a1",
    title="Cable deal ends quarrel",
    author="Ines Marlow",
    publisher="The Strait Ledger",
    url="https://ledger.example/cable?a=1&b=2",
    source="cable.txt",
    published_on=date(2025, 3, 3),
    date_source="text",
    family=FamilyPlace("f1", 3, "republished", True),
)
QUOTE = "The accord was signed at pier No. 4 on 28 February 2025."


def answered(*sentences: str, quote: str = QUOTE, answer_id: str = "ans_1", **card: Any) -> Answer:
    """An answer of these sentences, each of which cites one article."""
    sentences = sentences or ("The accord was signed on 28 February 2025 [1].",)
    citation = Citation(1, "p1", quote, 0, len(quote), replace(CARD, **card))
    claims, text = [], ""
    for sentence in sentences:
        start = len(text) + bool(text)
        text += (" " if text else "") + sentence
        claims.append(Claim(sentence, start, start + len(sentence), (1,), "supported", 1))
    return Answer(
        id=answer_id, question="?", read_as=None, text=text, outcome="answered", declined_because=None, claims=tuple(claims),
        citations=(citation,), conflicts=(), nearest=(), as_of=None, answerer="extractive", model=None, fallback=None,
        usage={}, timings_ms={}, index={}, conversation_id=None,
    )  # fmt: skip


def declined(
    text: str = "The archive holds nothing that answers this question.", **more: Any
) -> Answer:
    return replace(
        answered(text), outcome="declined", declined_because="no_match", claims=(), citations=(), **more
    )  # fmt: skip


@dataclass
class FakeDateline:
    """Gives one answer, sentence by sentence as far as `released`, and keeps what it was asked.

    `problem` is sent in place of an answer. `stopped` are the ids of answers that a client ended.
    """

    outcome: Answer = field(default_factory=answered)
    problem: dict[str, Any] | None = None
    echo: bool = False  # the answer says the question
    released: int = 1_000
    asked: list[dict[str, Any]] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    rated: list[dict[str, Any]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    check: dict[str, Any] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    happened: list[dict[str, Any]] = field(default_factory=list)  # events, the first has number 1
    stale: dict[str, Any] | None = None
    saved: dict[str, Any] = field(default_factory=dict)  # the one saved question
    url: str = ""
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def release(self, sentences: int) -> None:
        self.released = sentences

    def wait(self, holds: Any, what: str, timeout_seconds: float = 120) -> None:
        with self._changed:
            assert self._changed.wait_for(holds, timeout_seconds), f"not in time: {what}"

    def _note(self, kept: list[Any], value: Any) -> None:
        with self._changed:
            kept.append(value)
            self._changed.notify_all()

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/v1/answers")
        async def answers(request: Request) -> Response:
            body = await request.json()
            self._note(self.asked, body)
            if self.problem:
                return JSONResponse(self.problem, self.problem["status"])
            answer = self.outcome
            if self.echo:
                answer = answered(f"You asked {body['question']} [1].", "That is all [1].")
            return StreamingResponse(self._events(answer), media_type="text/event-stream")

        @app.get("/v1/answers/{answer_id}")
        async def answer(answer_id: str) -> Response:
            if answer_id != self.outcome.id:
                problem = {"status": 404, "code": "not_found", "detail": "there is no such answer"}
                return JSONResponse(problem, 404)
            made = {"made_at": "2025-01-01T00:00:00Z", "stale": self.stale}
            return JSONResponse(body_of(self.outcome) | made)

        @app.get("/v1/events")
        async def events(after: int = 0) -> Response:
            return JSONResponse({"events": self.happened[after:]})

        @app.get("/v1/saved-questions/{question_id}")
        async def saved_question(question_id: str) -> Response:
            return JSONResponse(self.saved)

        @app.delete("/v1/answers/{answer_id}/events")
        async def stop(answer_id: str) -> Response:
            self._note(self.stopped, answer_id)
            return Response(status_code=204)

        @app.post("/v1/feedback")
        async def feedback(request: Request) -> Response:
            self._note(self.rated, await request.json())
            return Response(status_code=204)

        @app.post("/v1/checks")
        async def checks(request: Request) -> Response:
            self._note(self.checked, (await request.json())["text"])
            return JSONResponse(self.check)

        @app.get("/v1/articles")
        async def articles() -> Response:
            found = [
                body_of(replace(CARD, title=title, family=FamilyPlace(title, 1, "original", True)))
                for title in self.titles
            ]
            return JSONResponse({"articles": found, "next_cursor": None})

        @app.get("/readyz")
        async def ready() -> Response:
            return JSONResponse({"status": "ready", "articles": 3})

        return app

    async def _events(self, answer: Answer) -> AsyncIterator[str]:
        def event(name: str, data: dict[str, Any]) -> str:
            return f"event: {name}\ndata: {json.dumps(data)}\n\n"

        yield event("answer.started", {"id": answer.id, "question": answer.question})
        at = 0
        pieces = [answer.text[at : (at := claim.end)] for claim in answer.claims] or [answer.text]
        for number, piece in enumerate(pieces):
            while self.released <= number:
                await asyncio.sleep(0.005)
            yield event("answer.delta", {"text": piece})
        while self.released < len(pieces):
            await asyncio.sleep(0.005)
        yield event("answer.completed", body_of(answer))


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of an app while it runs in a thread, its start-up and shut-down included."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="error", lifespan="on", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        threading.Event().wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(120)
        assert not thread.is_alive()


@contextmanager
def running() -> Iterator[FakeDateline]:
    fake = FakeDateline()
    with served(fake.app()) as url:
        fake.url = url
        yield fake
