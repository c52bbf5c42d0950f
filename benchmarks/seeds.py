"""An archive of copied and altered articles with gold questions in; whether sound evidence comes up first, out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evals.asker import Asker, in_process
from evals.cases import Case, read_suite
from evals.metrics import gold
from evals.metrics.gold import Side
from evals.metrics.intervals import Interval, interval
from evals.replies import Passage
from ingest.settings import Settings
from service.answerer import Answerer
from service.types import Evidence, Question
from service.wiring import open_service

DEEPEST = 10


async def measure_seeds(settings: Settings, suite: Path) -> dict[str, Interval]:
    """Shares over the questions that name evidence.

    A sentence counts if it is the quote, or the same sentence of an unaltered copy; of evidence that only an altered
    copy has, where its family has sound text too, nothing is asked (`evals.metrics.gold.retrievable`).
    """
    values: dict[str, list[float]] = {}
    with open_service(settings) as service:
        async with in_process(service) as asker:
            listed = await asker.listed()
            articles = {item.article_id: await asker.article(item.article_id) for item in listed}
            for case in read_suite(str(suite)).cases:
                sides = gold.sides(case, listed, articles)
                for name, value in (await _judge(case, sides, asker, service.answerer)).items():
                    values.setdefault(name, []).append(value)
    return {name: interval(found) for name, found in values.items()}


async def _judge(
    case: Case, sides: Sequence[Side], asker: Asker, answerer: Answerer
) -> dict[str, float]:
    wanted = gold.retrievable(sides)
    if not wanted:
        return {}
    question = Question(case.question, as_of=case.as_of)
    with answerer.archive.catalogue.live() as snapshot:
        ranked = [_passage(item) for item in answerer.select(question, snapshot).evidence]
    passages = await asker.passages(case.question, DEEPEST, case.as_of)
    scores = {}
    for depth in (1, 5, 10):
        scores[f"some evidence in the top {depth} sentences"] = float(
            _share(wanted, ranked[:depth]) > 0
        )
        scores[f"share of evidence in the top {depth} sentences"] = _share(wanted, ranked[:depth])
    for depth in (1, 5, 10):
        scores[f"share of evidence in the top {depth} passages"] = _share(wanted, passages[:depth])
    if any(side.places and not side.altered for side in wanted) and passages:
        scores["top passage from an altered copy"] = float(passages[0].family.role == "altered")
    return scores


def _share(wanted: Sequence[Side], shown: Sequence[Passage]) -> float:
    return sum(side.found_in(shown) for side in wanted) / len(wanted)


def _passage(item: Evidence) -> Passage:
    """A ranked sentence in the shape that gold evidence is compared with."""
    place = item.article.family
    family = {"id": place.id, "size": place.size, "role": place.role, "canonical": place.canonical}
    return Passage.model_validate(
        {"passage_id": item.passage_id, "article_id": item.article.article_id, "text": item.text, "start": item.start,
         "end": item.end, "source": item.article.source, "family": family}
    )  # fmt: skip
