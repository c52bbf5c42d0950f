"""A suite and a service come in; one scored row for every case goes out, also where nothing came back."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evals.asker import Asker
from evals.cases import Case, Suite
from evals.metrics.gold import Side, candidates, sides
from evals.metrics.guarantees import violations
from evals.metrics.scores import DEEPEST, Outcome, score
from evals.replies import Answer, Article, Listed, Passage, Shape, read_answer
from ingest.errors import DatelineError, NotFound

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
class Run:
    rows: tuple[Row, ...]
    generation: str | None
    warnings: tuple[str, ...]


async def run(suite: Suite, asker: Asker, keep: Callable[[Row], None], progress: Progress) -> Run:
    """Asks and scores every case in order; `keep` gets each row as soon as there is one.

    Raises DatelineError where the service gives no catalogue; whatever goes wrong later is a row of its own.
    """
    library = Library(asker, await asker.listed())
    gold = await _gold(suite, library)
    rows = []
    for done, case in enumerate(suite.cases):
        progress("Asking", done, len(suite.cases))
        rows.append(await ask(case, gold[case.id], library))
        keep(rows[-1])
    progress("Asking", len(rows), len(rows))
    generations = list(dict.fromkeys(row["generation"] for row in rows if row["generation"]))
    changed = (
        [f"the index changed while it was asked: {', '.join(generations)}"]
        if len(generations) > 1
        else []
    )
    return Run(
        tuple(rows),
        generations[-1] if generations else None,
        (*_unfound(suite, gold, library), *changed),
    )


async def ask(case: Case, gold: tuple[Side, ...], library: Library) -> Row:
    """One case: search, answer, score."""
    started = time.monotonic()
    faults: list[str] = []
    passages: tuple[Passage, ...] | None = None
    body: Mapping[str, Any] | None = None
    answer: Answer | None = None
    broken: list[str] = []
    try:
        passages = await library.asker.passages(case.question, DEEPEST, case.as_of)
    except DatelineError as error:
        faults.append(f"search: {error}")
    asked = time.monotonic()
    try:
        body = await library.asker.answer(case.question, case.as_of, case.history)
        seconds = time.monotonic() - asked
        read = read_answer(body)
        if isinstance(read, Shape):
            faults.append(f"answer: {read.fault}")
        else:
            await library.read(
                citation.article_id for citation in (*read.citations, *read.accounts)
            )
            answer = read
        broken = violations(body, library.articles, case.as_of)
    except DatelineError as error:
        seconds = time.monotonic() - asked
        faults.append(f"answer: {error}")
    outcome = Outcome(answer, passages, gold, library.articles, tuple(broken))
    return {
        "id": case.id,
        "kind": case.kind,
        "expect": case.expect,
        "question": case.question,
        "as_of": case.as_of.isoformat() if case.as_of else None,
        "case": _fingerprint(case),
        "error": "; ".join(faults) or None,
        "scores": score(case, outcome),
        "violations": broken,
        "evidence": [_found(side, outcome) for side in gold],
        "seconds": {"search": round(asked - started, 4), "answer": round(seconds, 4)},
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


def _unfound(suite: Suite, gold: Mapping[str, Sequence[Side]], library: Library) -> list[str]:
    """One warning for every piece of evidence that the archive does not hold; it can only count as missed."""
    warnings = []
    for case in suite.cases:
        for side in gold[case.id]:
            if not side.places:
                known = bool(candidates(side.gold, library.listed))
                what = (
                    f'the quote "{_short(side.gold.quote)}" does not stand in'
                    if known
                    else "there is no article"
                )
                warnings.append(
                    f"{case.id}: {what} {side.gold.file}; correct the suite or the articles"
                )
    return warnings


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


def _place(passage: Passage) -> Row:
    return {
        "passage_id": passage.passage_id,
        "source": passage.source,
        "start": passage.start,
        "end": passage.end,
        "role": passage.family.role,
    }


def _fingerprint(case: Case) -> str:
    """Changes whenever the case does, so that only like is compared with like; 12 hexadecimal digits."""
    return hashlib.sha256(repr(case).encode()).hexdigest()[:12]


def _short(quote: str) -> str:
    return quote if len(quote) <= 60 else quote[:57] + "…"
