"""Evidence in, drafted sentences out: the only file that speaks to a language model."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.errors import ModelFailed
from ingest.sentences import split
from ingest.settings import Settings
from service import prompts
from service.types import Draft, Evidence, Question

KEYS = re.compile(
    r"(?:\s*\[[^\[\]\n]{1,120}\])+[.!?]*"
)  # a run of bracketed groups, and the full stop some put after it
KEY = re.compile(r"s[0-9a-f]{5}")
LONGEST_CLAIM = 4000  # characters without a key: whatever this is, it is not a sentence with a citation
RETRIES = 2  # of a refused connection, 408, 409, 429 or 5xx; the SDK waits as Retry-After says, with jitter


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens the endpoint counted; 0 where it said nothing."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


class Drafter:
    """Drafts over any OpenAI-compatible chat completions endpoint."""

    def __init__(self, settings: Settings):
        import openai

        key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
        self.model = settings.model
        self._timeout_seconds = settings.llm_timeout_seconds
        self._client = openai.AsyncOpenAI(
            api_key=key, base_url=settings.openai_base_url or None, timeout=self._timeout_seconds, max_retries=RETRIES
        )
        self._errors: tuple[type[Exception], ...] = (openai.OpenAIError,)

    async def draft(self, question: Question, evidence: Sequence[Evidence]) -> AsyncIterator[Draft | Usage]:
        """Sentences as the model finishes them, each with the keys it names, and the usage last.

        Raises ModelFailed with a reason of a word or two where the endpoint fails, at any point of the stream.
        """
        buffer = ""
        async for piece in self._deltas(prompts.messages(question, evidence)):
            if isinstance(piece, Usage):
                yield piece
                continue
            buffer += piece
            drafts, buffer = take(buffer)
            for draft in drafts:
                yield draft
        for draft in take(buffer + "\n", final=True)[0]:
            yield draft

    async def _deltas(self, chat: list[dict[str, str]]) -> AsyncIterator[str | Usage]:
        deadline = time.monotonic() + self._timeout_seconds
        try:
            stream = await self._in_time(self._open(chat), deadline)
            async with stream:
                chunks = aiter(stream)
                while (chunk := await self._in_time(anext(chunks, None), deadline)) is not None:
                    if chunk.usage:
                        yield Usage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
                    for choice in chunk.choices or ():
                        if choice.delta and choice.delta.content:
                            yield choice.delta.content
        except TimeoutError as error:
            raise ModelFailed(f"timeout: the model gave no whole answer in {self._timeout_seconds:g} s") from error
        except self._errors as error:
            raise ModelFailed(_reason(error)) from error
        except (ValueError, AttributeError, TypeError) as error:  # frames that are not what the protocol says
            raise ModelFailed("malformed reply from the model endpoint") from error

    async def _open(self, chat: list[dict[str, str]]) -> Any:
        asked: dict[str, Any] = {"model": self.model, "messages": chat, "temperature": 0, "stream": True}
        return await self._client.chat.completions.create(**asked, stream_options={"include_usage": True})

    async def _in_time(self, work: Any, deadline: float) -> Any:
        return await asyncio.wait_for(work, max(0.001, deadline - time.monotonic()))

    async def close(self) -> None:
        await self._client.close()


def take(buffer: str, *, final: bool = False) -> tuple[list[Draft], str]:
    """Finished drafts at the head of what has been streamed, and the rest, in which half a key may still be growing."""
    drafts: list[Draft] = []
    position = 0
    for match in KEYS.finditer(buffer):
        if match.end() == len(buffer) and not final:
            break  # another key may follow
        drafts.extend(_sentences(buffer[position : match.start()], tuple(dict.fromkeys(KEY.findall(match[0])))))
        position = match.end()
    rest = buffer[position:]
    if final or len(rest) > LONGEST_CLAIM:
        drafts.extend(_sentences(rest, ()))
        rest = ""
    return drafts, rest


def _sentences(text: str, keys: tuple[str, ...]) -> list[Draft]:
    """A model may put one run of keys behind two sentences: each is checked against them by itself."""
    return [Draft(s.text, keys) for s in split(text.strip()) if s.text.strip(" .!?-*#")]


def _reason(error: Exception) -> str:
    """What failed, in words that hold no key and none of the endpoint's own text."""
    status = getattr(error, "status_code", None)
    if status is not None:
        return f"http {status} from the model endpoint"
    names = {"APITimeoutError": "timeout", "APIConnectionError": "no connection to the model endpoint"}
    return names.get(type(error).__name__, f"{type(error).__name__} from the model endpoint")
