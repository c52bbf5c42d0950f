"""Weighs what the reader saw beside the score by features, on questions of stories that neither was fitted on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import typer
from numpy.typing import NDArray

from evals.lab import fitting
from evals.lab.asked import Asked
from ingest.embedding.embedder import LocalEmbedder, Tokens
from service.evidence import ranking
from service.evidence.neural_reader import Reader
from service.evidence.ranking import DECIDING, RANKING, Read
from service.evidence.ranking_features import SENTENCE_FEATURES, Floats

BY_FEATURES = 0.5  # the chance from which features alone answered
DECIDING_PENALTY = 30.0  # as heavy, or encyclopedias lose what only news has taught
PENALTY = 3.0  # on the squared weights of what was read, scaled to unit deviation
FOLDS = 5
SAMPLES = 1000  # of stories, for intervals
Weights = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A question, what was read of its best sentences, and the chance of each by features."""

    asked: Asked
    read: Read
    chances: Floats


class Once:
    """Reads every text once: the sentences of an archive stand under many questions."""

    def __init__(self, embedder: LocalEmbedder):
        self._embedder = embedder
        self._known: dict[str, Tokens] = {}

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._embedder.tokens(new), strict=True))
        return [self._known[text] for text in texts]

    def question_tokens(self, text: str) -> Tokens:
        return self._embedder.question_tokens(text)


def read(asked: Iterable[Asked], model: Weights, reader: Reader) -> list[Seen]:
    """Each question as the service reads it, by the features' weights of `model`."""
    found = []
    for one in asked:
        if one.about:
            continue
        weights = np.array([model["ranking"][name] for name in SENTENCE_FEATURES])
        scores = one.features.sentences @ weights
        chances = ranking.by_features_alone(one.features, scores, model["answering"])
        best = ranking.read_best(one.question, one.evidence, scores, _never(one), reader)
        found.append(Seen(one, best, chances))
    return found


def fitted(seen: Sequence[Seen]) -> Weights:
    weights = _fit_ranking(seen)
    rows = [_first(one, weights) for one in seen]
    truth = np.array([float(right) for _, right in rows])
    importance = np.array([one.asked.weight for one in seen])
    prior = np.eye(len(DECIDING))[0]  # what the features say alone
    deciding, intercept = fitting.fit_answering(
        np.stack([row for row, _ in rows]), truth, importance, prior, DECIDING_PENALTY
    )
    named = zip((*DECIDING, "intercept"), (*deciding, intercept), strict=True)
    return {
        "reading": {name: round(w, 4) for name, w in weights.items()},
        "deciding": {name: round(float(w), 4) for name, w in named},
    }


def report(seen: Sequence[Seen]) -> None:
    """Print, per source, features alone against features and reader, over folds split by story, with paired intervals."""
    groups = sorted({one.asked.group for one in seen})
    fold = {g: n % FOLDS for n, g in enumerate(np.random.default_rng(0).permutation(groups))}
    rows = np.zeros((len(seen), 6))  # best, among three, chance: by features, then with the reader
    for number in range(FOLDS):
        model = fitted([one for one in seen if fold[one.asked.group] != number])
        for n, one in enumerate(seen):
            if fold[one.asked.group] == number:
                rows[n] = [*_plain(one), *_weighed(one, model)]
    for source in dict.fromkeys(one.asked.source for one in seen if one.asked.right.any()):
        own = np.array([one.asked.source == source for one in seen])
        _print(source, [one for one, o in zip(seen, own, strict=True) if o], rows[own])
    news = np.array([not one.asked.source.startswith("selqa") for one in seen])
    _print("news", [one for one, o in zip(seen, news, strict=True) if o], rows[news])


def _fit_ranking(seen: Sequence[Seen]) -> dict[str, float]:
    """A conditional logit over the score by features and the signs, by Newton's method; the score's own weight starts at 1."""
    able = [one for one in seen if one.asked.right.any() and not one.asked.right.all()]
    columns = [np.column_stack([one.read.by_features, one.read.signs]) for one in able]
    shown = [one.asked.open & ~one.asked.never for one in able]
    spread = np.concatenate([c[s] for c, s in zip(columns, shown, strict=True)]).std(axis=0) + 1e-9
    prior = np.eye(len(RANKING))[0] * spread
    found = prior.copy()
    for _ in range(fitting.STEPS):
        slope, curve = PENALTY * (prior - found), PENALTY * np.eye(len(found))
        for one, column, may in zip(able, columns, shown, strict=True):
            right = one.asked.right[may]
            if not right.any():
                continue
            rows = column[may] / spread
            share = np.exp(rows @ found - (rows @ found).max())
            wanted = share * right
            share, wanted = share / share.sum(), wanted / wanted.sum()
            mean = share @ rows
            slope += one.asked.weight * (wanted @ rows - mean)
            curve += one.asked.weight * ((rows * share[:, None]).T @ rows - np.outer(mean, mean))
        step = np.linalg.solve(curve, slope)
        found += step * min(1.0, 1.0 / float(np.abs(step).max()))
        if float(np.abs(step).max()) < 1e-5:
            break
    return dict(zip(RANKING, (float(w) for w in found / spread), strict=True))


def _first(one: Seen, weights: dict[str, float]) -> tuple[Floats, bool]:
    """What the decision goes by, and whether one of the best sentences answers."""
    scores = one.read.scores(weights) - _never(one.asked)
    best, right = _best(one, scores)
    return one.read.deciding(one.chances, scores, best), right[1]


def _best(one: Seen, scores: Floats) -> tuple[int, tuple[bool, bool]]:
    order = np.argsort(-scores, kind="stable")
    right = (one.asked.right & one.asked.open)[order]
    return int(order[0]), (bool(right[0]), bool(right[: fitting.SAID].any()))


def _never(one: Asked) -> Floats:
    return np.asarray(ranking.NO_ANSWER * (one.never | ~one.open))


def _plain(one: Seen) -> tuple[bool, bool, float]:
    best, (first, three) = _best(one, one.read.by_features - _never(one.asked))
    return first, three, float(one.chances[best])


def _weighed(one: Seen, model: Weights) -> tuple[bool, bool, float]:
    scores = one.read.scores(model["reading"]) - _never(one.asked)
    best, (first, three) = _best(one, scores)
    row = one.read.deciding(one.chances, scores, best)
    doubt = row @ np.array([model["deciding"][name] for name in DECIDING])
    return first, three, float(1 / (1 + np.exp(-doubt - model["deciding"]["intercept"])))


def _print(source: str, seen: Sequence[Seen], rows: Floats) -> None:
    """Each figure by features alone and with the reader, and the interval of the gain over samples of stories."""
    able = np.array([one.asked.right.any() for one in seen])
    stories = np.array([one.asked.group for one in seen])
    places = [np.flatnonzero(stories == story) for story in dict.fromkeys(stories)]
    typer.echo(f"{source}: n {len(seen)}, answerable {able.sum()}, stories {len(places)}")
    chance = np.random.default_rng(1)
    gains = []
    least = {0: BY_FEATURES, 3: ranking.THRESHOLD}  # column of `rows`: threshold
    for _ in range(SAMPLES):
        sample = np.concatenate([places[n] for n in chance.integers(0, len(places), len(places))])
        before, after = (
            _figures(rows[sample, c : c + 3], able[sample], t) for c, t in least.items()
        )
        gains.append([a - b for a, b in zip(after.values(), before.values(), strict=True)])
    low, high = np.nanpercentile(gains, [2.5, 97.5], axis=0)
    before, after = (_figures(rows[:, c : c + 3], able, t) for c, t in least.items())
    for n, name in enumerate(before):
        typer.echo(
            f"  {name:20} {before[name]:.3f} {after[name]:.3f} [{low[n]:+.3f}, {high[n]:+.3f}]"
        )


def _figures(rows: Floats, able: NDArray[np.bool_], least: float) -> dict[str, float]:
    """`rows` hold whether the best sentence answers, whether one of three does, and the chance."""
    first, three, chances = rows.T
    said, right = chances >= least, three == 1
    return {
        "best sentence": _mean(first[able]),
        "among three": _mean(three[able]),
        "AUROC": fitting.auroc(chances[right], chances[~right]),
        "answered and right": float((said & right).mean()),
        "answered and wrong": float((said & ~right).mean()),
        "unanswerable refused": _mean((~said)[~able]),
    }


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if len(values) else float("nan")
