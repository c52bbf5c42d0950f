"""CLAPNQ and questions about the sample come in; the weights by which ranking tells an answered question go out.

    python -m evals.lab.fitting --data DIR [--cache DIR]

A ridge logistic regression over five kinds of case. Of CLAPNQ: an answerable question with its passage in the pool, the
same with the passage taken out, and an unanswerable question whose pool holds a passage of the same page. Of the
bundled archive (suites `sample` and `sample-fit`): questions whose best sentence answers them, and others that it
cannot answer.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from evals.asker import service_over
from evals.cases import Case, read_suite
from evals.metrics.words import says
from evals.passages import Asking, read_clapnq, read_qed
from evals.pool import Pool, open_pool
from ingest.settings import read_settings
from service.evidence import ranking
from service.evidence.features import (
    QUESTION_FEATURES,
    SENTENCE_FEATURES,
    Features,
    Floats,
    measure,
)
from service.evidence.gathering import title_vectors
from service.query.analysis import analyse
from service.types import Question
from service.wiring import Service

RETRIEVED = 5  # passages
NEWS = 0.25  # what the questions about the sample weigh together against those of CLAPNQ
SUITES = ("sample", "sample-fit")
SAMPLE = Path(__file__).parent.parent / "ingest" / "sample"
PENALTY = 10.0  # on the squared weights of features scaled to unit deviation
FOLDS = 10
STEPS = 50

Block = tuple[
    str, float, float, Floats
]  # name, 1 for answered, share of the weight, a row a question


def main(
    data: Annotated[Path, typer.Option(help="Folder with clapnq and qed")],
    cache: Annotated[Path | None, typer.Option(help="Keeps vectors between runs")] = None,
) -> None:
    """Print the fitted weights and what they reach on questions they were not fitted on."""
    blocks = [*_clapnq(data, cache or Path(tempfile.gettempdir()) / "dateline-vectors"), *_sample()]
    rows = np.concatenate([found for _, _, _, found in blocks])
    truth = np.concatenate([np.full(len(found), label) for _, label, _, found in blocks])
    importance = np.concatenate(
        [np.full(len(found), share / len(found)) for _, _, share, found in blocks]
    )
    importance *= len(rows) / importance.sum()
    fold = np.concatenate([np.arange(len(found)) % FOLDS for _, _, _, found in blocks])
    held = np.empty(len(rows))
    for number in range(FOLDS):
        weights, intercept = fit(
            rows[fold != number], truth[fold != number], importance[fold != number]
        )
        held[fold == number] = rows[fold == number] @ weights + intercept
    scores = dict(zip((name for name, *_ in blocks), _split(held, blocks), strict=True))
    for positive, negative in (
        ("answerable", "hard"),
        ("answerable", "gold removed"),
        ("sample", "not in the sample"),
    ):
        one, other = scores[positive], scores[negative]
        typer.echo(
            f"{negative:18} AUROC over {FOLDS} folds {auroc(one, other):.3f}, n {len(one)} + {len(other)}; "
        )
        typer.echo(f"{'':18} answered {np.mean(one > 0):.2f} against {np.mean(other > 0):.2f}")
    weights, intercept = fit(rows, truth, importance)
    for name, weight in zip(QUESTION_FEATURES, weights, strict=True):
        typer.echo(f"{name:16} {weight:6.2f}")
    typer.echo(f"{'intercept':16} {intercept:6.2f}")


def fit(rows: Floats, truth: Floats, importance: Floats) -> tuple[Floats, float]:
    """Weights (features,) and intercept of a ridge logistic regression, by Newton's method; a row counts as often as
    its importance says, which sums to the number of rows."""
    deviation = rows.std(axis=0) + 1e-9
    scaled = np.column_stack([rows / deviation, np.ones(len(rows))])
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


def _clapnq(data: Path, cache: Path) -> list[Block]:
    clapnq = read_clapnq(data / "clapnq")
    pool = open_pool(
        data, [*clapnq, *read_qed(data / "qed")], cache
    )  # the vectors that evals.sentences keeps
    answerable = [asking for asking in clapnq if asking.answerable]
    hard = [asking for asking in clapnq if not asking.answerable]
    share = 1 - NEWS
    return [
        ("answerable", 1.0, share / 2, _rows(pool, answerable)),
        ("hard", 0.0, share / 4, _rows(pool, hard)),
        ("gold removed", 0.0, share / 4, _rows(pool, answerable, removed=True)),
    ]


def _rows(pool: Pool, askings: Sequence[Asking], removed: bool = False) -> Floats:
    """For each question the features of the sentence that ranks first."""
    rows = []
    for asking in askings:
        query = analyse(Question(asking.text), None)
        evidence = pool.found(query, RETRIEVED, asking.passage_id if removed else None)
        features = measure(
            query, evidence, pool.vectors[query.text], pool.sentence_vectors(evidence), pool.rarity
        )
        rows.append(features.question[_best(features)])
    return np.stack(rows)


def _sample() -> list[Block]:
    """Questions whose best sentence is another than the one that answers are left out: nothing right follows."""
    answered, unanswered = [], []
    with service_over(SAMPLE, read_settings()) as service:
        for case in (case for suite in SUITES for case in read_suite(suite).cases):
            row, text = _read(service, case)
            if case.expect == "abstain":
                unanswered.append(row)
            elif case.answerable and says(text, case.accept):
                answered.append(row)
    return [
        ("sample", 1.0, NEWS / 2, np.stack(answered)),
        ("not in the sample", 0.0, NEWS / 2, np.stack(unanswered)),
    ]


def _read(service: Service, case: Case) -> tuple[Floats, str]:
    """The features of the best sentence, and the sentence."""
    selection = service.answerer.select(Question(case.question, as_of=case.as_of))
    archive, best = service.archive, selection.evidence
    total = archive.text_index.count()
    features = measure(
        selection.query,
        best,
        archive.sentence_cache.embedder.embed_question(selection.query.text),
        title_vectors(selection.snapshot, best, archive.sentence_vectors),
        lambda word: math.log(1 + total / (1 + archive.text_index.document_frequency(word))),
    )
    return features.question[0], best[0].text


def _best(features: Features) -> int:
    weights = np.array([ranking.SENTENCE_WEIGHTS[name] for name in SENTENCE_FEATURES])
    return int(np.argmax(features.sentences @ weights))


def _split(held: Floats, blocks: Sequence[Block]) -> list[Floats]:
    return np.split(held, np.cumsum([len(found) for _, _, _, found in blocks])[:-1])


if __name__ == "__main__":
    typer.run(main)
