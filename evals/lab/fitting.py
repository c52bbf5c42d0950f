"""Fits the models of `service/evidence/model.json`: which sentence is best, and whether it answers.

    python -m evals.lab.fitting --data DIR [--cache DIR] [--out service/evidence/model.json]

Two are ridge regressions over the features of `service/evidence/ranking_features.py`: a conditional logit over
the sentences of a question, and a logistic regression over the one that comes first. They are fitted on
the suites `newsroom-fit` and `sample-fit` and on SelQA (DIR/selqa), whose questions are put to all of its
sections, with the right one among them and without it. What is printed is of folds that the weights were
not fitted on, split by story and by title. The two that weigh what the reader saw beside them are fitted
by `evals/lab/weighing.py`.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from evals.lab import weighing
from evals.lab.asked import WRITTEN, Asked, gathered, held_back, of_selqa
from ingest.embedding.embedder import LocalEmbedder
from ingest.settings import read_settings
from service.evidence import ranking
from service.evidence.neural_reader import Reader
from service.evidence.ranking_features import SENTENCE_FEATURES, Floats

SAID = 3  # sentences of an answer
RANKING_PENALTY = 300.0  # on the squared weights of features scaled to unit deviation
ANSWERING_PENALTY = 3.0
# The weights that the penalties pull to: set by hand before there were questions to fit on, they rank
# encyclopedias best, so that a strong pull keeps what news alone would lose there.
PRIOR = {
    "cosine": 8.0, "passage": 3.0, "coverage": 3.0, "outside_title": 2.0, "carried": 1.5, "names": 0.5, "pairs": 0.5,
    "neighbour": 0.3, "pronoun": -0.2, "first": 0.3, "shortness": -0.8, "title": -2.0, "heading": -2.0, "credit": -2.0,
    "asks": -4.0, "about": 6.0, "article": 1.0, "alternative": 1.0, "newer_now": 1.5,
    **dict.fromkeys((name for name in SENTENCE_FEATURES if name.startswith("cue_")), 1.5),
}  # fmt: skip
FOLDS = 5
STEPS = 60


def main(
    data: Annotated[Path, typer.Option(help="Folder with selqa")],
    cache: Annotated[Path | None, typer.Option(help="Keeps vectors between runs")] = None,
    out: Annotated[Path | None, typer.Option(help="Where the models are written")] = None,
) -> None:
    """Print what the models reach on questions they were not fitted on, and write them."""
    kept = cache or Path(tempfile.gettempdir()) / "dateline-vectors"
    news, selqa = gathered(kept / "news.pickle"), list(of_selqa(data / "selqa", kept))
    asked = [*(one for one in news if one.source not in WRITTEN), *selqa]
    report(asked, held_out(asked))
    reader = Reader(weighing.Once(LocalEmbedder(read_settings().model_dir)))
    others = fitted([one for one in news if not held_back(one)])
    seen = weighing.read(filter(held_back, news), others, reader)
    weighed = weighing.fitted(seen)
    weighing.report(seen)
    if out:
        out.write_text(json.dumps(fitted(asked) | weighed, indent=1) + "\n")


def held_out(asked: Sequence[Asked]) -> list[tuple[float, bool]]:
    """For every question the chance that its best sentences answer, and whether they do, from models of other folds."""
    folds = {group: n % FOLDS for n, group in enumerate(sorted({one.group for one in asked}))}
    found: list[tuple[float, bool]] = [(0.0, False)] * len(asked)
    for fold in range(FOLDS):
        model = fitted([one for one in asked if folds[one.group] != fold])
        for n, one in enumerate(asked):
            if folds[one.group] == fold:
                answers, row = first_row(one, model["ranking"])
                weights = np.array([model["answering"][name] for name in ranking.ANSWERING])
                score = row @ weights + model["answering"]["intercept"]
                found[n] = float(1 / (1 + np.exp(-score))), answers
    return found


def fitted(asked: Sequence[Asked]) -> dict[str, dict[str, float]]:
    weights = fit_ranking([one for one in asked if one.right.any() and not one.right.all()])
    ranked = dict(zip(SENTENCE_FEATURES, (round(float(w), 4) for w in weights), strict=True))
    firsts = [first_row(one, ranked) for one in asked]
    truth = np.array([float(answers) for answers, _ in firsts])
    importance = np.array([one.weight for one in asked])
    answering, intercept = fit_answering(np.stack([row for _, row in firsts]), truth, importance)
    names = (*ranking.ANSWERING, "intercept")
    rounded = (round(float(w), 4) for w in (*answering, intercept))
    return {"ranking": ranked, "answering": dict(zip(names, rounded, strict=True))}


def first_row(one: Asked, model: dict[str, float]) -> tuple[bool, Floats]:
    """The row of the best sentence that may answer, and whether the best SAID hold an answer."""
    scores = one.features.sentences @ np.array([model[name] for name in SENTENCE_FEATURES])
    rows = ranking.answering_rows(one.features, scores)
    if not one.open.any():
        return False, rows[int(np.argmax(scores))]
    order = np.argsort(-np.where(one.open, scores, -np.inf), kind="stable")
    return bool((one.right & one.open)[order[:SAID]].any()), rows[order[0]]


def fit_ranking(asked: Sequence[Asked]) -> Floats:
    """Weights (features,) that give the sentences that answer the largest share of exp(score), by Newton's method."""
    deviation = np.concatenate([one.features.sentences for one in asked]).std(axis=0) + 1e-9
    rows = [one.features.sentences / deviation for one in asked]
    prior = np.array([PRIOR.get(name, 0.0) for name in SENTENCE_FEATURES]) * deviation
    found = prior.copy()
    for _ in range(STEPS):
        slope, curve = RANKING_PENALTY * (prior - found), RANKING_PENALTY * np.eye(len(found))
        for one, features in zip(asked, rows, strict=True):
            scores = features @ found
            share = np.exp(scores - scores.max())
            right = share * one.right
            share, right = share / share.sum(), right / right.sum()
            mean = share @ features
            slope += one.weight * (right @ features - mean)
            curve += one.weight * ((features * share[:, None]).T @ features - np.outer(mean, mean))
        step = np.linalg.solve(curve, slope)
        found += step * min(1.0, 1.0 / float(np.abs(step).max()))
        if float(np.abs(step).max()) < 1e-5:
            break
    return np.asarray(found / deviation)


def fit_answering(
    rows: Floats,
    truth: Floats,
    importance: Floats,
    prior: Floats | None = None,
    penalty: float = ANSWERING_PENALTY,
) -> tuple[Floats, float]:
    """Weights (features,), pulled to `prior` or 0, and intercept of a logistic regression, by Newton's method."""
    deviation = rows.std(axis=0) + 1e-9
    scaled = np.column_stack([rows / deviation, np.ones(len(rows))])
    pull = np.diag([*np.full(rows.shape[1], penalty), 0.0])
    pulled_to = np.zeros(scaled.shape[1])
    if prior is not None:
        pulled_to[:-1] = prior * deviation
    found = pulled_to.copy()
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-scaled @ found))
        slope = scaled.T @ (importance * (truth - chance)) - pull @ (found - pulled_to)
        curve = (scaled * (importance * chance * (1 - chance))[:, None]).T @ scaled + pull
        step = np.linalg.solve(curve, slope)
        found += step
        if float(np.abs(step).max()) < 1e-8:
            break
    return found[:-1] / deviation, float(found[-1])


def report(asked: Sequence[Asked], held: Sequence[tuple[float, bool]]) -> None:
    """Per source: right best sentences, AUROC of the decision, what is answered and refused, and a reliability curve."""
    for source in dict.fromkeys(one.source for one in asked):
        own = [(one, *h) for one, h in zip(asked, held, strict=True) if one.source == source]
        able = [(chance, right) for one, chance, right in own if one.right.any()]
        chances, rights = (np.array(column) for column in zip(*[h[1:] for h in own], strict=True))
        yes, no = chances[rights == 1], chances[rights == 0]
        typer.echo(f"{source}: n {len(own)}, answerable {len(able)}")
        if able:
            typer.echo(
                f"  answer among the first {SAID} {np.mean([right for _, right in able]):.3f}"
            )
        if len(yes) and len(no):
            said = chances >= weighing.BY_FEATURES
            typer.echo(f"  AUROC right against not {auroc(yes, no):.3f}")
            typer.echo(
                f"  answered and right {np.mean(said & (rights == 1)):.3f}, answered and wrong "
                f"{np.mean(said & (rights == 0)):.3f}"
            )
        unable = np.array([chance for one, chance, _ in own if not one.right.any()])
        if len(unable):
            typer.echo(f"  unanswerable refused {np.mean(unable < weighing.BY_FEATURES):.3f}")
    news = [h for one, h in zip(asked, held, strict=True) if not one.source.startswith("selqa")]
    for low in np.arange(0, 1, 0.1):
        part = [(chance, right) for chance, right in news if low <= chance < low + 0.1]
        if part:
            mean, true = np.mean(part, axis=0)
            typer.echo(f"  said {mean:.2f}  true {true:.2f}  n {len(part)}")


def auroc(positive: Floats, negative: Floats) -> float:
    return float(((positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)).mean())


if __name__ == "__main__":
    typer.run(main)
