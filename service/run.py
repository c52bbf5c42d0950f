"""The notes of one answer in the making come in; the finished answer, its receipt and its log line go out."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ingest.settings import Settings
from service.conflicts.disputes import Rival
from service.conflicts.false_premises import Premise
from service.drafting import prompts
from service.drafting.llm import Usage
from service.evidence.selection import Selection
from service.release import Release
from service.types import Answer, Conflict, Evidence, Nearest, Question, Reason

log = logging.getLogger("service.answerer")


@dataclass(slots=True)
class Work:
    """One answer in the making: the stages' notes that its receipt and log line need."""

    id: str
    question: Question
    asked: Question  # the same, standing alone where a follow-up was resolved
    started: float = field(default_factory=time.monotonic)
    timings: dict[str, float] = field(
        default_factory=lambda: {"retrieve": 0.0, "draft": 0.0, "verify": 0.0}
    )
    release: Release = field(default_factory=Release)
    usage: Usage = field(default_factory=Usage)
    answerer: str = "extractive"
    fallback: dict[str, str] | None = None
    shown: tuple[Evidence, ...] = ()
    rivals: tuple[Rival, ...] = ()
    premise: Premise | None = None

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        before = time.monotonic()
        try:
            yield
        finally:
            self.timings[stage] += (time.monotonic() - before) * 1000

    def seconds_left(self, settings: Settings) -> float:
        return settings.answer_timeout_seconds - (time.monotonic() - self.started)


def finished(
    work: Work,
    selection: Selection,
    text: str,
    reason: Reason | None,
    conflicts: tuple[Conflict, ...],
    nearest: tuple[Nearest, ...],
    model: str | None,
    embedding_model: str,
) -> Answer:
    """The answer as it will be kept and sent; `text` is the claims' or the refusal's."""
    composer = work.release.composer
    return Answer(
        id=work.id,
        question=work.question.text,
        text=text,
        outcome="declined" if reason else "answered",
        declined_because=reason,
        claims=tuple(composer.claims),
        citations=tuple(composer.citations),
        conflicts=conflicts,
        nearest=nearest,
        as_of=selection.query.question.as_of,
        answerer="openai" if work.answerer == "openai" else "extractive",
        model=model,
        fallback=work.fallback,
        usage={
            "prompt_tokens": work.usage.prompt_tokens,
            "completion_tokens": work.usage.completion_tokens,
            "cost_usd": None,
        },
        timings_ms={stage: round(ms, 1) for stage, ms in work.timings.items()},
        index={"generation": selection.snapshot.generation, "embedding_model": embedding_model},
    )


def noted(work: Work, answer: Answer) -> None:
    """The one log line of an answer: no word of a question or an article, no key."""
    log.info(
        "answer id=%s outcome=%s reason=%s answerer=%s kept=%d dropped=%d %s",
        work.id,
        answer.outcome,
        answer.declined_because,
        answer.answerer,
        len(answer.claims),
        len(work.release.dropped),
        " ".join(f"{stage}_ms={ms:.0f}" for stage, ms in work.timings.items()),
    )


def made_from(work: Work, selection: Selection, settings: Settings) -> dict[str, Any]:
    """Enough to tell later what the answer stood on: places, keys, decision, prompt; no article text."""
    prompt = (
        prompts.SYSTEM + prompts.ask(work.asked, work.shown) if work.answerer == "openai" else None
    )
    return {
        "generation": selection.snapshot.generation,
        "evidence": [
            {
                "key": e.key,
                "article_id": e.article.article_id,
                "passage_id": e.passage_id,
                "start": e.start,
                "end": e.end,
                "relevance": round(e.relevance, 4),
            }
            for e in work.shown[:100]
        ],
        "decision": {
            "answer": selection.decision.answer,
            "score": round(selection.decision.score, 4),
        },
        "periods": [
            {"first": _iso(p.first), "last": _iso(p.last), "strict": p.strict}
            for p in selection.query.periods
        ],
        "dropped": work.release.dropped[:50],
        "prompt_sha256": hashlib.sha256(prompt.encode()).hexdigest() if prompt else None,
        "settings": {
            "dense_share": settings.dense_share,
            "evidence_tokens": settings.evidence_tokens,
        },
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
