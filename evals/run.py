"""A suite and a service come in; one scored row for every case goes out, also where nothing came back."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from evals.asker import Asker
from evals.cases import Case, Gold, Suite
from evals.metrics.gold import Side, candidates, sides
from evals.metrics.guarantees import violations
from evals.metrics.outcome import DEEPEST, Outcome
from evals.metrics.scores import score
from evals.replies import Answer, Article, Listed, Passage, Shape, read_answer
from ingest.errors import DatelineError, NotFound, WrongUsage

if TYPE_CHECKING:
    from evals.judges import Judge

Row = dict[str, Any]
Progress = Callable[[str, int, int], None]  # stage, done, total


@dataclass(slots=True)
class Library:
    """What the archive holds, as far as the run has read it."""

    asker: Asker
    listed: tuple[Listed, ...]
    articles: dict[str, Article] = field(default_factory=dict)

    async def read(self, article_ids: Iterable[str]) -> None:
        """Fetches those articles that are not here yet; one that is gone stays away, and shows as a broken promise."""
        for article_id in dict.fromkeys(article_ids):
            if article_id not in self.articles:
                try:
                    self.articles[article_id] = await self.asker.article(article_id)
                except NotFound:
                    continue


@dataclass(frozen=True, slots=True)
class Asking:
    """How cases are asked: on which day, how many at a time, and what they may cost."""

    today: date | None = (
        None  # the day that questions are asked on; the service's where there is none
    )
    at_a_time: int = 4
    price: tuple[float, float] | None = None  # USD a million tokens read, and written
    max_cost: float | None = None  # USD: no case is begun once the finished ones have cost it
    failed: Callable[[], str | None] = lambda: None  # why no further case should be asked
    # whether a file holds words that its text lost; evidence that stands in neither ends the run
    written: Callable[[Gold], bool] = lambda gold: True
    judge: Judge | None = None  # a model that says what it thinks of every answer


@dataclass(frozen=True, slots=True)
class Run:
    rows: tuple[Row, ...]
    generation: str | None
    warnings: tuple[str, ...]
    stopped: str | None = None  # why not every case was asked


async def run(
    suite: Suite,
    asker: Asker,
    keep: Callable[[Row], None],
    progress: Progress,
    asking: Asking = Asking(),
    done: Mapping[str, Row] | None = None,
) -> Run:
    """Asks and scores every case that is not `done`; `keep` gets each row as soon as there is one.

    Raises DatelineError where the service gives no catalogue; whatever goes wrong later is a row of its own.
    """
    library = Library(asker, await asker.listed())
    gold = await _gold(suite, library)
    for case in suite.cases:
        for side in gold[case.id]:
            if not side.places and not asking.written(side.gold):
                raise WrongUsage(f"{suite.file} {_unfound(case, side, library)}")
    rows = dict(done or {})
    waiting = iter([case for case in suite.cases if case.id not in rows])
    spent = sum(map(_spent, rows.values()))
    stopped: str | None = None

    async def work() -> None:
        nonlocal spent, stopped
        for case in waiting:
            if asking.max_cost is not None and spent >= asking.max_cost:
                stopped = stopped or f"${spent:.4f} spent of --max-cost {asking.max_cost:g}"
            if stopped:
                return
            row = await ask(case, gold[case.id], library, asking)
            if why := asking.failed():
                stopped = f'{why}, for {suite.file} line {case.line} ("{case.id}")'
                return
            spent += _spent(row)
            rows[case.id] = row
            keep(row)
            progress("Asking", len(rows), len(suite.cases))

    progress("Asking", len(rows), len(suite.cases))
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(asking.at_a_time):
                group.create_task(work())
    except* DatelineError as failed:  # a row that could not be kept
        raise failed.exceptions[0] from None
    ordered = tuple(rows[case.id] for case in suite.cases if case.id in rows)
    generations = list(dict.fromkeys(row["generation"] for row in ordered if row["generation"]))
    warnings = [
        _unfound(case, side, library)
        for case in suite.cases
        for side in gold[case.id]
        if not side.places
    ]
    if len(generations) > 1:
        warnings.append(f"the index changed while it was asked: {', '.join(generations)}")
    return Run(ordered, generations[-1] if generations else None, tuple(warnings), stopped)


async def ask(
    case: Case, gold: tuple[Side, ...], library: Library, asking: Asking = Asking()
) -> Row:
    """One case: search, answer, score."""
    started = time.monotonic()
    faults: list[str] = []
    passages: tuple[Passage, ...] | None = None
    body: Mapping[str, Any] | None = None
    answer: Answer | None = None
    broken: list[str] = []
    confidence: float | None = None
    try:
        passages = await library.asker.passages(case.question, DEEPEST, case.as_of)
    except DatelineError as error:
        faults.append(f"search: {error}")
    asked = time.monotonic()
    try:
        body = await library.asker.answer(case.question, case.as_of, case.history, asking.today)
        seconds = time.monotonic() - asked
        read = read_answer(body)
        if isinstance(read, Shape):
            faults.append(f"answer: {read.fault}")
        else:
            await library.read(
                citation.article_id for citation in (*read.citations, *read.accounts)
            )
            answer = read
            confidence = await library.asker.confidence(read.id)
        broken = violations(body, library.articles, case.as_of)
    except DatelineError as error:
        seconds = time.monotonic() - asked
        faults.append(f"answer: {error}")
    outcome = Outcome(answer, passages, gold, library.articles, tuple(broken))
    judged = await _judged(case, answer, asking) if asking.judge else {}
    return {
        "id": case.id,
        "kind": case.kind,
        "expect": case.expect,
        "question": case.question,
        "as_of": case.as_of.isoformat() if case.as_of else None,
        "case": fingerprint(case),
        "error": "; ".join(faults) or None,
        "scores": score(case, outcome),
        **judged,
        "violations": broken,
        "evidence": [_found(side, outcome) for side in gold],
        "seconds": {"search": round(asked - started, 4), "answer": round(seconds, 4)},
        "confidence": confidence,
        "cost_usd": _cost(body, asking.price),
        "generation": answer.index.get("generation") if answer else None,
        "answer": body,
        "passages": [_place(passage) for passage in passages] if passages is not None else None,
    }


async def _gold(suite: Suite, library: Library) -> dict[str, tuple[Side, ...]]:
    """Where every case's evidence stands. Articles are fetched by family, so that copies of the evidence are known."""
    members: dict[str, list[str]] = {}
    for item in library.listed:
        members.setdefault(item.family.id, []).append(item.article_id)
    found = {}
    for case in suite.cases:
        families = {
            item.family.id for gold in case.evidence for item in candidates(gold, library.listed)
        }
        wanted = [article_id for family_id in sorted(families) for article_id in members[family_id]]
        await library.read(wanted)
        here = {
            article_id: library.articles[article_id]
            for article_id in wanted
            if article_id in library.articles
        }
        found[case.id] = sides(case, library.listed, here)
    return found


def _unfound(case: Case, side: Side, library: Library) -> str:
    """What to say of evidence that the archive does not hold; it can only count as missed."""
    known = bool(candidates(side.gold, library.listed))
    what = (
        f'the quote "{_short(side.gold.quote)}" does not stand in the text of'
        if known
        else "there is no article"
    )
    return (
        f"line {case.line} ({case.id}): {what} {side.gold.file}; correct the suite or the articles"
    )


def _found(side: Side, outcome: Outcome) -> Row:
    """Where a piece of evidence turned up; `rank` counts passages from 1."""
    ranks = (
        rank for rank, passage in enumerate(outcome.passages or (), 1) if side.found_in((passage,))
    )
    answer = outcome.answer
    return {
        "file": side.gold.file,
        "quote": side.gold.quote,
        "rank": next(ranks, None),
        "cited": answer is not None and side.found_in(answer.citations),
        "in_conflicts": answer is not None and side.found_in(answer.accounts),
    }


async def _judged(case: Case, answer: Answer | None, asking: Asking) -> Row:
    assert asking.judge
    found = await asking.judge.verdicts(case, answer)
    read, written = found.usage.prompt_tokens, found.usage.completion_tokens
    price = asking.price
    cost = (read * price[0] + written * price[1]) / 1e6 if price else None
    return {"judged": found.values, "judge_failed": found.failed, "judge_cost_usd": cost}


def _spent(row: Row) -> float:
    """USD of an answer and of what a judge had to read for it."""
    return float((row["cost_usd"] or 0.0) + (row.get("judge_cost_usd") or 0.0))


def _cost(body: Mapping[str, Any] | None, price: tuple[float, float] | None) -> float | None:
    """USD for one answer: what the service says, else its tokens by the price; None where nobody knows."""
    usage = (body or {}).get("usage")
    if not isinstance(usage, dict):
        return None
    if usage.get("cost_usd") is not None:
        return float(usage["cost_usd"])
    read, written = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
    if price is None:
        return None if read or written else 0.0
    return float((read * price[0] + written * price[1]) / 1e6)


def _place(passage: Passage) -> Row:
    return {
        "passage_id": passage.passage_id,
        "source": passage.source,
        "start": passage.start,
        "end": passage.end,
        "role": passage.family.role,
    }


def fingerprint(case: Case) -> str:
    """Changes whenever the case does, so that only like is compared with like; 12 hexadecimal digits."""
    told = repr(case) + (repr(case.truth) if case.truth else "")
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _short(quote: str) -> str:
    return quote if len(quote) <= 60 else quote[:57] + "…"
