"""Asks a language model for sentences; the only file that speaks to one."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing
from typing import TYPE_CHECKING, Any

from ingest.errors import ModelFailed
from ingest.settings import Settings
from service import telemetry
from service.drafting import completions, prompts
from service.drafting.completions import Usage
from service.drafting.draft_parsing import take
from service.types import Draft, Evidence, Question

if TYPE_CHECKING:
    import openai

__all__ = ["Drafter", "Usage"]

RETRIES = 2  # by the SDK: of a lost connection, 408, 409, 429 or 5xx, in the time of one call
# of a call that rewrites a follow-up or judges a claim; where it takes longer the rule serves
SHORT_SECONDS = 8.0
# not every endpoint has them
OPTIONS: dict[str, Any] = {"temperature": 0, "stream_options": {"include_usage": True}}
# how some endpoints put a model's reasoning in front of its answer
THINKING = ("<think>", "</think>")


class Drafter:
    """Drafts over any OpenAI-compatible chat completions endpoint.

    Every call raises ModelFailed with a stable reason of a few words, at any point of its stream;
    the reason holds none of the endpoint's own text and no key.
    """

    def __init__(self, settings: Settings):
        import aiohttp
        import httpx2
        import openai

        prompts.check()
        self.model = settings.model
        self.judges = settings.judge_partial
        self._settings = settings
        self._timeout_seconds = settings.llm_timeout_seconds
        self._opened: tuple[asyncio.AbstractEventLoop, openai.AsyncOpenAI] | None = None
        self._stream = openai.AsyncStream[object]
        self._options = OPTIONS
        self._errors: tuple[type[Exception], ...] = (
            aiohttp.ClientError,
            openai.OpenAIError,
            httpx2.HTTPError,
            httpx2.StreamError,
        )

    def _client(self) -> openai.AsyncOpenAI:
        """Of the loop that runs: connections cannot be used in another one."""
        import openai

        loop = asyncio.get_running_loop()
        if self._opened is None or self._opened[0] is not loop:
            key = self._settings.openai_api_key
            client = openai.AsyncOpenAI(
                api_key=key.get_secret_value() if key else "none",
                base_url=self._settings.openai_url,
                timeout=None,  # every call has its deadline here
                max_retries=RETRIES,
                # its parser is compiled: a piece costs a third of what it does with httpx2's own
                http_client=openai.DefaultAioHttpClient(
                    event_hooks={"response": [self._refuse_long_waits]}
                ),
            )
            self._opened = loop, client
        return self._opened[1]

    async def draft(
        self, question: Question, evidence: Sequence[Evidence]
    ) -> AsyncGenerator[Draft | Usage]:
        """Sentences as the model finishes them, each with the keys it names; the usage last."""
        chat = prompts.messages(question, evidence)
        async with aclosing(self._drafts(chat, self._timeout_seconds)) as drafts:
            async for draft in drafts:
                yield draft

    async def repair(
        self,
        question: Question,
        evidence: Sequence[Evidence],
        dropped: Sequence[tuple[str, str]],
        seconds: float,
    ) -> AsyncGenerator[Draft | Usage]:
        """Like `draft`, once more: `dropped` are sentences without support, each with why."""
        chat = prompts.repair(question, evidence, dropped)
        async with aclosing(self._drafts(chat, min(seconds, self._timeout_seconds))) as drafts:
            async for draft in drafts:
                yield draft

    async def rewrite(self, question: Question) -> tuple[str, Usage]:
        """A conversation's last question as it would stand alone: unchecked, and tried once."""
        return await self.said(prompts.rewrite(question))

    async def judge(self, claim: str, quotes: Sequence[Evidence]) -> tuple[bool, Usage]:
        """Whether the model says that the quotes bear the claim out; tried once."""
        text, usage = await self.said(prompts.judge(claim, quotes))
        return text.strip(" \n*\"'.").casefold().startswith("yes"), usage

    async def said(
        self, chat: prompts.Chat, seconds: float = SHORT_SECONDS, retries: int = 0
    ) -> tuple[str, Usage]:
        """The whole of a reply, without reasoning."""
        text, usage = "", Usage()
        seconds = min(seconds, self._timeout_seconds)
        async with aclosing(self._pieces(chat, seconds, retries)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Usage):
                    usage = piece
                else:
                    text += piece
        return _without_thinking(text), usage

    async def close(self) -> None:
        """In the loop that asked."""
        if self._opened is not None:
            await self._opened[1].close()
            self._opened = None

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
        """What the model writes, as it comes; the usage last. `seconds` hold for retries too."""
        deadline = asyncio.get_running_loop().time() + seconds

        async def in_time(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
            while True:
                async with asyncio.timeout_at(deadline):
                    chunk = await anext(chunks, None)
                if chunk is None:
                    return
                yield chunk

        try:
            async with AsyncExitStack() as stack:
                host = self._client().base_url.host
                span = stack.enter_context(telemetry.model_call(self.model, host))
                async with asyncio.timeout_at(deadline):
                    reply = await self._begun(stack, chat, retries)
                async for piece in completions.read(in_time(reply.aiter_bytes())):
                    if isinstance(piece, Usage):
                        telemetry.used(span, piece.prompt_tokens, piece.completion_tokens)
                    yield piece
        except TimeoutError as error:
            reason = f"timeout: the model gave no whole answer in {seconds:g} s"
            raise ModelFailed(reason) from error
        except self._errors as error:
            raise ModelFailed(_reason(error)) from error

    async def _begun(self, stack: AsyncExitStack, chat: prompts.Chat, retries: int) -> Any:
        """The endpoint's reply, its body not yet read.

        An endpoint that refuses is asked again without what not every endpoint knows.
        """
        asked = {"model": self.model, "messages": chat, "stream": True}
        try:
            return await self._sent(stack, asked | self._options, retries)
        except self._errors as error:
            if not self._options or getattr(error, "status_code", None) not in (400, 422):
                raise
        reply = await self._sent(stack, asked, retries)
        self._options = {}  # what it took once it is sent from now on
        return reply

    async def _sent(self, stack: AsyncExitStack, asked: dict[str, Any], retries: int) -> Any:
        """By the path: the SDK's typed method walks through all parameters, 2 ms an answer."""
        stream: Any = await self._client().post(
            "/chat/completions",
            cast_to=object,
            body=asked,
            options={"max_retries": retries},
            stream=True,
            stream_cls=self._stream,
        )
        stack.push_async_callback(stream.close)
        return stream.response

    async def _refuse_long_waits(self, response: Any) -> None:
        """An endpoint that asks for more time than a call has fails at once: the SDK would wait."""
        try:
            wait = float(response.headers.get("retry-after", "0"))
        except ValueError:
            return
        if not math.isfinite(wait) or wait >= self._timeout_seconds:
            response.headers["x-should-retry"] = "false"


def _without_thinking(text: str) -> str:
    """A reply without the reasoning in front of it; while that is not closed, the text as it is."""
    start, end = THINKING
    head = text.lstrip()
    if not head.startswith(start):
        return text
    return head.partition(end)[2] if end in head else head


def _reason(error: Exception) -> str:
    """What failed, in words that hold no key and none of the endpoint's own text."""
    status = getattr(error, "status_code", None)
    if status is not None:
        return f"http {status} from the model endpoint"
    # the SDK has no time limit of ours: what it calls one is a connection that failed
    if type(error).__name__ in ("APIConnectionError", "APITimeoutError"):
        return "no connection to the model endpoint"
    return completions.BROKEN_OFF
