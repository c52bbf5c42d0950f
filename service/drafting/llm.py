"""Evidence in, drafted sentences out: the only file that speaks to a language model."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Sequence
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from ingest.errors import ModelFailed
from ingest.settings import Settings
from service.drafting import completions, prompts
from service.drafting.completions import Usage
from service.drafting.draft_parsing import take
from service.types import Draft, Evidence, Question

__all__ = ["Drafter", "Usage"]

OPENAI = "https://api.openai.com/v1"  # said, so that the SDK reads no variable of its own, which may be set but empty
RETRIES = 2  # of a refused connection, 408, 409, 429 or 5xx, all within the time of one call
FIRST_PAUSE_SECONDS = (
    0.5  # doubled with every retry; a random half of it is taken off, so that callers do not march
)
LONGEST_PAUSE_SECONDS = 8.0
SHORT_SECONDS = 8.0  # of a call that rewrites a follow-up or judges a claim; where it takes longer the rule serves
OPTIONS: dict[str, Any] = {
    "temperature": 0,
    "stream_options": {"include_usage": True},
}  # not every endpoint has them
THINKING = (
    "<think>",
    "</think>",
)  # how some endpoints put a model's reasoning in front of its answer

Result = TypeVar("Result")


class Drafter:
    """Drafts over any OpenAI-compatible chat completions endpoint.

    Every call raises ModelFailed with a stable reason of a few words, at any point of its stream; the reason holds
    none of the endpoint's own text and no key.
    """

    def __init__(self, settings: Settings):
        import httpx2
        import openai

        prompts.check()
        key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
        self.model = settings.model
        self.judges = settings.judge_partial
        self._timeout_seconds = settings.llm_timeout_seconds
        self._client = openai.AsyncOpenAI(
            api_key=key,
            base_url=settings.openai_base_url or OPENAI,
            timeout=self._timeout_seconds,
            max_retries=0,
        )
        self._options = OPTIONS
        self._errors: tuple[type[Exception], ...] = (
            openai.OpenAIError,
            httpx2.HTTPError,
            httpx2.StreamError,
        )

    async def draft(
        self, question: Question, evidence: Sequence[Evidence]
    ) -> AsyncGenerator[Draft | Usage]:
        """Sentences as the model finishes them, each with the keys it names, and the usage last."""
        async with aclosing(
            self._drafts(prompts.messages(question, evidence), self._timeout_seconds)
        ) as drafts:
            async for draft in drafts:
                yield draft

    async def repair(
        self,
        question: Question,
        evidence: Sequence[Evidence],
        dropped: Sequence[tuple[str, str]],
        seconds: float,
    ) -> AsyncGenerator[Draft | Usage]:
        """Like `draft`, once more: `dropped` are the sentences that had no support, each with the reason."""
        chat = prompts.repair(question, evidence, dropped)
        async with aclosing(self._drafts(chat, min(seconds, self._timeout_seconds))) as drafts:
            async for draft in drafts:
                yield draft

    async def rewrite(self, question: Question) -> tuple[str, Usage]:
        """The last question of a conversation as the model would put it by itself: unchecked, and tried once."""
        return await self._said(prompts.rewrite(question))

    async def judge(self, claim: str, quotes: Sequence[Evidence]) -> tuple[bool, Usage]:
        """Whether the model says that the quotes bear the claim out; tried once."""
        text, usage = await self._said(prompts.judge(claim, quotes))
        return text.strip(" \n*\"'.").casefold().startswith("yes"), usage

    async def close(self) -> None:
        await self._client.close()

    async def _said(self, chat: prompts.Chat) -> tuple[str, Usage]:
        """The whole of a short reply, without reasoning."""
        text, usage = "", Usage()
        async with aclosing(
            self._pieces(chat, min(SHORT_SECONDS, self._timeout_seconds), retries=0)
        ) as pieces:
            async for piece in pieces:
                if isinstance(piece, Usage):
                    usage = piece
                else:
                    text += piece
        return _without_thinking(text), usage

    async def _drafts(self, chat: prompts.Chat, seconds: float) -> AsyncGenerator[Draft | Usage]:
        buffer, usage = "", Usage()
        async with aclosing(self._pieces(chat, seconds)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Usage):
                    usage = piece
                    continue
                buffer = _without_thinking(buffer + piece)
                if not buffer.startswith(THINKING[0]):
                    drafts, buffer = take(buffer)
                    for draft in drafts:
                        yield draft
        for draft in () if buffer.startswith(THINKING[0]) else take(buffer, final=True)[0]:
            yield draft
        yield usage

    async def _pieces(
        self, chat: prompts.Chat, seconds: float, retries: int = RETRIES
    ) -> AsyncGenerator[str | Usage]:
        """What the model writes, as it comes, and the usage last; `seconds` for everything, retries included."""
        deadline = time.monotonic() + seconds
        try:
            async with AsyncExitStack() as stack:
                reply = await self._opened(stack, chat, deadline, retries)
                async for piece in completions.read(_until(deadline, reply.iter_bytes())):
                    yield piece
        except TimeoutError as error:
            raise ModelFailed(
                f"timeout: the model gave no whole answer in {seconds:g} s"
            ) from error
        except self._errors as error:
            raise ModelFailed(_reason(error)) from error

    async def _opened(
        self, stack: AsyncExitStack, chat: prompts.Chat, deadline: float, retries: int
    ) -> Any:
        """The endpoint's reply, its body not yet read. Waits as the endpoint asks, but never past the deadline."""
        create = self._client.chat.completions.with_streaming_response.create
        options, attempt = self._options, 0
        while True:
            asked: dict[str, Any] = {
                "model": self.model,
                "messages": chat,
                "stream": True,
                **options,
            }
            try:
                reply = await _in_time(deadline, stack.enter_async_context(create(**asked)))
                self._options = options  # what it took once it is sent from now on
                return reply
            except self._errors as error:
                if options and getattr(error, "status_code", None) in (400, 422):
                    options = {}  # some refuse what they do not know: once more, with nothing optional
                    continue
                pause = _pause_seconds(error, attempt)
                if attempt >= retries or pause is None or time.monotonic() + pause >= deadline:
                    raise
            attempt += 1
            await asyncio.sleep(pause)


async def _until(deadline: float, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    while (chunk := await _in_time(deadline, anext(chunks, None))) is not None:
        yield chunk


async def _in_time(deadline: float, work: Awaitable[Result]) -> Result:
    return await asyncio.wait_for(work, max(0.001, deadline - time.monotonic()))


def _without_thinking(text: str) -> str:
    """A reply without the reasoning in front of it; while that is not closed, the text as it is."""
    start, end = THINKING
    head = text.lstrip()
    if not head.startswith(start):
        return text
    return head.partition(end)[2] if end in head else head


def _pause_seconds(error: Exception, attempt: int) -> float | None:
    """How long to wait before the next attempt: as long as the endpoint says, else longer each time; None: do not."""
    status = getattr(error, "status_code", None)
    if status is not None and status not in (408, 409, 429) and status < 500:
        return None
    asked = _retry_after(error)
    if asked is not None:
        return asked * random.uniform(1.0, 1.1)
    return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0**attempt) * random.uniform(0.5, 1.0)


def _retry_after(error: Exception) -> float | None:
    """Seconds of a `Retry-After` header, which is a number or a date."""
    response = getattr(error, "response", None)
    value = str(response.headers.get("retry-after", "")) if response is not None else ""
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _reason(error: Exception) -> str:
    """What failed, in words that hold no key and none of the endpoint's own text."""
    status = getattr(error, "status_code", None)
    if status is not None:
        return f"http {status} from the model endpoint"
    name = type(error).__name__
    if "Timeout" in name:
        return "timeout: the model endpoint did not answer"
    if name in ("APIConnectionError", "ConnectError"):
        return "no connection to the model endpoint"
    return completions.BROKEN_OFF
