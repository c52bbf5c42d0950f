"""CLAPNQ comes in; the weights by which `service.drafting.ranking` tells whether a question is answered go out.

    python -m evals.fit --data DIR [--cache DIR]

A ridge logistic regression over three kinds of case: an answerable question with its passage in the pool, the same with
the passage taken out, and an unanswerable question whose pool holds a passage of the same page.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from evals.passages import Asking, read_clapnq
from evals.pool import Pool, open_pool
from service.drafting import ranking
from service.drafting.features import QUESTION_FEATURES, SENTENCE_FEATURES, Floats, measure
from service.retrieval.questions import understand

RETRIEVED = 5  # passages
PENALTY = 10.0  # on the squared weights of features scaled to unit deviation
FOLDS = 10
STEPS = 50


def main(
    data: Annotated[Path, typer.Option(help="Folder with clapnq and qed")],
    cache: Annotated[Path | None, typer.Option(help="Keeps vectors between runs")] = None,
) -> None:
    """Print the fitted weights and what they reach on questions they were not fitted on."""
    clapnq = read_clapnq(data / "clapnq")
    pool = open_pool(data, clapnq, cache or Path(tempfile.gettempdir()) / "dateline-vectors")
    answerable = [asking for asking in clapnq if asking.answerable]
    hard = [asking for asking in clapnq if not asking.answerable]
    rows = np.stack([*_rows(pool, answerable), *_rows(pool, hard), *_rows(pool, answerable, removed=True)])
    truth = np.repeat([1.0, 0.0, 0.0], [len(answerable), len(hard), len(answerable)])
    fold = np.concatenate([np.arange(count) % FOLDS for count in (len(answerable), len(hard), len(answerable))])
    held = np.empty(len(rows))
    for number in range(FOLDS):
        weights, intercept = fit(rows[fold != number], truth[fold != number])
        held[fold == number] = rows[fold == number] @ weights + intercept
    asked = held[: len(answerable)]
    typer.echo(f"AUROC over {FOLDS} folds, hard {auroc(asked, held[len(answerable) : -len(answerable)]):.3f}, ")
    typer.echo(f"gold removed {auroc(asked, held[-len(answerable) :]):.3f}, n {len(rows)}")
    weights, intercept = fit(rows, truth)
    for name, weight in zip(QUESTION_FEATURES, weights, strict=True):
        typer.echo(f"{name:16} {weight:6.2f}")
    typer.echo(f"{'intercept':16} {intercept:6.2f}")


def fit(rows: Floats, truth: Floats) -> tuple[Floats, float]:
    """Weights (features,) and intercept of a ridge logistic regression, by Newton's method; positives weigh as much as
    negatives, so that the intercept does not depend on how many of either there are."""
    deviation = rows.std(axis=0) + 1e-9
    scaled = np.column_stack([rows / deviation, np.ones(len(rows))])
    importance = np.where(truth == 1, 0.5 / truth.sum(), 0.5 / (1 - truth).sum()) * len(truth)
    penalty = np.diag([*np.full(rows.shape[1], PENALTY), 0.0])
    found = np.zeros(scaled.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-scaled @ found))
        slope = scaled.T @ (importance * (truth - chance)) - penalty @ found
        curve = (scaled * (importance * chance * (1 - chance))[:, None]).T @ scaled + penalty
        step = np.linalg.solve(curve, slope)
        found += step
        if float(np.abs(step).max()) < 1e-8:
            break
    return found[:-1] / deviation, float(found[-1])


def auroc(positive: Floats, negative: Floats) -> float:
    return float(((positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)).mean())


def _rows(pool: Pool, askings: Sequence[Asking], removed: bool = False) -> list[Floats]:
    """For each question the features of the sentence that ranks first."""
    weights = np.array([ranking.SENTENCE_WEIGHTS[name] for name in SENTENCE_FEATURES])
    rows = []
    for asking in askings:
        asked = understand(asking.text)
        evidence = pool.found(asked, RETRIEVED, asking.passage_id if removed else None)
        features = measure(asked, evidence, pool.vectors[asked.text], pool.sentence_vectors(evidence), pool.rarity)
        rows.append(features.question[int(np.argmax(features.sentences @ weights))])
    return rows


if __name__ == "__main__":
    typer.run(main)
