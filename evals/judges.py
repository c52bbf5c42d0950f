"""An answer and what it cites come in; what a model thinks of both, by LlamaIndex's evaluators, goes out.

Its verdicts stand beside the scores, with how far the two agree, and are in no comparison and no gate.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, LLMMetadata
from llama_index.core.evaluation import (
    CorrectnessEvaluator,
    FaithfulnessEvaluator,
    RelevancyEvaluator,
)
from llama_index.core.llms import CustomLLM
from pydantic import PrivateAttr

from evals.cases import Case
from evals.replies import Answer
from ingest import tokens
from ingest.errors import ModelFailed
from ingest.settings import Settings
from service.drafting.llm import RETRIES, Drafter, Usage
from service.drafting.prompts import neutral

CONTEXT_TOKENS = 32_000  # more than an answer cites: the quotes are put to the model in one call
_YES_OR_NO = re.compile(r"(?i)\b(?:yes|no)\b")
_GRADE = re.compile(r"\s*\**([1-5](?:\.\d+)?)\**\s*(?:/\s*5)?\s*(?:\n|$)")


@dataclass(slots=True)
class Verdicts:
    """By evaluator 0 to 1, None where it has nothing to judge or gave no verdict."""

    values: dict[str, float | None] = field(default_factory=dict)
    failed: str | None = None
    usage: Usage = field(default_factory=Usage)


class Judge:
    """Asks the model of the settings."""

    def __init__(self, settings: Settings):
        tokens.encoding()  # LlamaIndex counts by it, offline
        self._drafter = Drafter(settings)
        self._seconds = settings.llm_timeout_seconds

    async def verdicts(self, case: Case, answer: Answer | None) -> Verdicts:
        """Of what was answered; where the model fails, what it said until then and why no more came."""
        found = Verdicts()
        if answer is None or answer.declined or not answer.citations:
            return found
        model = _Model(self._drafter, self._seconds)
        asked, said = neutral(case.question), neutral(answer.text)
        quotes = [neutral(citation.quote) for citation in answer.citations]
        evaluators = {
            "faithfulness": FaithfulnessEvaluator(llm=model),
            "relevancy": RelevancyEvaluator(llm=model),
        }
        try:
            for name, evaluator in evaluators.items():
                result = await evaluator.aevaluate(asked, said, quotes)
                clear = _YES_OR_NO.search(result.feedback or "")
                found.values[name] = result.score if clear else None
            if case.answerable and case.answer:
                correctness = CorrectnessEvaluator(llm=model, parser_function=_grade)
                result = await correctness.aevaluate(asked, said, reference=case.answer)
                score = result.score
                found.values["correctness"] = None if score is None else (score - 1) / 4
        except ModelFailed as error:
            found.failed = str(error)
        found.usage = model.usage
        return found

    async def close(self) -> None:
        await self._drafter.close()


class _Model(CustomLLM):
    """Our one way to a model, as LlamaIndex wants to be handed it."""

    _drafter: Drafter = PrivateAttr()
    _seconds: float = PrivateAttr()
    _used: Usage = PrivateAttr(default_factory=Usage)

    def __init__(self, drafter: Drafter, seconds: float):
        super().__init__()
        self._drafter, self._seconds = drafter, seconds

    @property
    def usage(self) -> Usage:
        return self._used

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(
            context_window=CONTEXT_TOKENS, is_chat_model=True, model_name=self._drafter.model
        )

    async def achat(self, messages: Sequence[ChatMessage], **options: Any) -> ChatResponse:
        chat = [{"role": str(m.role.value), "content": m.content or ""} for m in messages]
        text, usage = await self._drafter.said(chat, self._seconds, RETRIES)
        self._used += usage
        return ChatResponse(message=ChatMessage(role="assistant", content=text))

    def complete(self, prompt: str, formatted: bool = False, **options: Any) -> Any:
        raise TypeError("ask by achat")

    def stream_complete(self, prompt: str, formatted: bool = False, **options: Any) -> Any:
        raise TypeError("ask by achat")


def _grade(reply: str) -> tuple[float | None, str]:
    """The grade on the first line, 1 to 5, and the reason; LlamaIndex's own parser fails on a single line."""
    read = _GRADE.match(reply)
    grade = float(read[1]) if read else None
    return (grade if grade is not None and grade <= 5 else None), reply
