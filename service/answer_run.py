"""What one answer carries while it is made, its time limit included."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from ingest.errors import TimedOut
from service.answer_text import AnswerText
from service.conflicts.disputes import Dispute
from service.drafting.llm import Usage
from service.query.question_kinds import Order
from service.types import Evidence

T = TypeVar("T")
# What is told of the tokens of an answer, whoever asked; set where its request comes in.
SPENT: ContextVar[Callable[[int], None] | None] = ContextVar("spent", default=None)


def new_id() -> str:
    """Of an answer."""
    return f"ans_{uuid.uuid4().hex}"


@dataclass(slots=True)
class AnswerRun:
    """One answer in the making. The time limit of an answer is kept here and nowhere else."""

    timeout_seconds: float
    id: str = field(default_factory=new_id)
    started: float = field(default_factory=time.monotonic)
    timings_ms: dict[str, float] = field(
        default_factory=lambda: {"retrieve": 0.0, "draft": 0.0, "verify": 0.0, "total": 0.0}
    )
    usage: Usage = field(default_factory=Usage)
    text: AnswerText = field(default_factory=AnswerText)
    answerer: Literal["extractive", "openai"] = "extractive"
    fallback: dict[str, str] | None = None
    shown: tuple[Evidence, ...] = ()  # what the sentences were drafted from
    read_as: str | None = None  # the question with its spelling corrected, where it was
    prompt: str | None = None  # what a model was asked
    dispute: Dispute | None = None  # the accounts that contradict each other, if any do
    digest: Order | None = None  # how the stories of a digest are ordered

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        before = time.monotonic()
        try:
            yield
        finally:
            self.timings_ms[stage] += (time.monotonic() - before) * 1000

    def tell_spent(self) -> None:
        """At its end, however it ends."""
        spent, tokens = SPENT.get(), self.usage.prompt_tokens + self.usage.completion_tokens
        if spent and tokens:
            spent(tokens)

    def traits(self) -> dict[str, str | int | float]:
        """What a trace says of it: no word of it."""
        known: dict[str, str | int | float] = {
            "dateline.answer.id": self.id,
            "dateline.answerer": self.answerer,
            "dateline.claims": len(self.text.claims),
            "dateline.dropped": len(self.text.dropped),
            "gen_ai.usage.input_tokens": self.usage.prompt_tokens,
            "gen_ai.usage.output_tokens": self.usage.completion_tokens,
        }
        return known | {f"dateline.{stage}_ms": ms for stage, ms in self.timings_ms.items()}

    @property
    def seconds_left(self) -> float:
        return self.timeout_seconds - (time.monotonic() - self.started)

    async def in_time(self, step: Awaitable[T]) -> T:
        """The result of a step. Raises TimedOut where the answer's time runs out first."""
        try:
            async with asyncio.timeout(self.seconds_left):
                return await step
        except TimeoutError as error:
            raise TimedOut(
                f"the answer took longer than {self.timeout_seconds:g} s: ask again, or raise "
                "DATELINE_ANSWER_TIMEOUT_SECONDS"
            ) from error

    async def each_in_time(self, stage: str, steps: AsyncGenerator[T]) -> AsyncIterator[T]:
        """What a generator yields, its time counted as `stage`. Raises TimedOut as `in_time`."""
        async with aclosing(steps):
            while True:
                with self.timed(stage):
                    step = await self.in_time(anext(steps, None))
                if step is None:
                    return
                yield step
