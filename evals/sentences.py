"""CLAPNQ and QED come in; how well sentences are ranked, chosen, declined, attributed and verified goes out.

    python -m evals.sentences --data DIR [--cache DIR] [--json]

DIR holds `clapnq` and `qed`, each with `questions.jsonl` and `corpus.jsonl`. Every figure has its n and a bootstrap
interval over cases. Nothing is fitted here; QED is only ever measured.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from evals.lab.perturbation import hedged, perturb
from evals.metrics.intervals import Interval, interval
from evals.passages import Asking, Long, read_clapnq, read_qed
from evals.pool import Pool, open_pool, wikipedia
from ingest.text.segmentation import split
from service.drafting import extractive
from service.evidence import ranking
from service.query.question_analysis import Query, analyse
from service.types import Draft, Evidence, Question
from service.verification.verify import attribute, verify

RETRIEVED = 5  # passages whose sentences are ranked where none is given
NEAREST = 9  # passages besides the gold one among which a claim's sentences are looked for
SHORTEST_CLAIM = 15  # characters; what is shorter is a heading or a splinter

Scores = dict[str, Interval]


def main(
    data: Annotated[Path, typer.Option(help="Folder with clapnq and qed")],
    cache: Annotated[Path | None, typer.Option(help="Keeps vectors between runs")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value")] = False,
) -> None:
    """Measure everything that happens to sentences between retrieval and answer."""
    clapnq, qed = read_clapnq(data / "clapnq"), read_qed(data / "qed")
    pool = open_pool(wikipedia(data), cache or Path(tempfile.gettempdir()) / "dateline-vectors")
    answerable = [asking for asking in clapnq if asking.answerable]
    scores = {
        **_top_sentences(pool, qed),
        **_selection(pool, answerable),
        **_abstention(pool, clapnq, qed),
        **_attribution(pool, answerable),
        **_verification(pool, answerable),
    }
    if as_json:
        typer.echo(json.dumps({name: asdict(score) for name, score in scores.items()}, indent=1))
        return
    for name, one in scores.items():
        value, low, high = (100 * (part or 0) for part in (one.value, one.low, one.high))
        typer.echo(f"{name:46} {value:5.1f} [{low:.1f}, {high:.1f}] n {one.n}")


def ranked(pool: Pool, query: Query, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Evidence as the service would rank it."""
    return ranking.rank(
        query,
        evidence,
        pool.vector(query.text),
        pool.sentence_vectors(evidence),
        pool.rarity,
        pool.reader,
    )


def _top_sentences(pool: Pool, qed: Sequence[Asking]) -> Scores:
    gold, found = [], []
    for asking in qed:
        query = analyse(Question(asking.text), None)
        gold.append(
            _answers(ranked(pool, query, pool.gold(asking.passage_id, query))[0].text, asking)
        )
        found.append(_answers(ranked(pool, query, pool.found(query, RETRIEVED))[0].text, asking))
    return {"QED answer in top sentence, gold paragraph": interval(gold),
            "QED answer in top sentence, retrieved top 5": interval(found)}  # fmt: skip


def _answers(text: str, asking: Asking) -> float:
    padded = f" {' '.join(_words(text))} "
    return float(
        any(
            all(f" {' '.join(_words(span))} " in padded for span in spans)
            for spans in asking.shorts
        )
    )


def _selection(pool: Pool, answerable: Sequence[Asking]) -> Scores:
    """As the answerer drafts, and as if every question asked for an explanation: CLAPNQ's annotators wrote those."""
    found: dict[str, list[float]] = defaultdict(list)
    for asking in answerable:
        query = analyse(Question(asking.text), None)
        best = ranked(pool, query, pool.gold(asking.passage_id, query))
        long = replace(
            query, kind="how", wants=None, about=None, plural=False, several_articles=False
        )
        for name, form in (("as drafted", query), ("long form", long)):
            drafts = extractive.draft(form, best)
            text = " ".join(one.text for one in drafts)
            chosen = {int(one.keys[0].rsplit(":", 1)[1]) for one in drafts}
            found[f"CLAPNQ selection F1, {name}"].append(
                max(_f1(chosen, set(a.selected)) for a in asking.longs)
            )
            found[f"CLAPNQ ROUGE-L, {name}"].append(max(_rouge(text, a.text) for a in asking.longs))
    return {name: interval(values) for name, values in found.items()}


def _abstention(pool: Pool, clapnq: Sequence[Asking], qed: Sequence[Asking]) -> Scores:
    """Hard: a passage of the same page is in the pool. Removed: the gold passage of an answerable question is not."""
    answerable = [asking for asking in clapnq if asking.answerable]
    answered = [_decision(pool, asking) for asking in answerable]
    hard = [_decision(pool, asking) for asking in clapnq if not asking.answerable]
    removed = [_decision(pool, asking, without=asking.passage_id) for asking in answerable]
    qed_answered = [_decision(pool, asking) for asking in qed]
    qed_removed = [_decision(pool, asking, without=asking.passage_id) for asking in qed]
    return {
        "abstention AUROC, CLAPNQ hard": _auroc(answered, hard),
        "abstention AUROC, CLAPNQ gold removed": _auroc(answered, removed),
        "abstention AUROC, QED gold removed": _auroc(qed_answered, qed_removed),
        "answered of answerable, CLAPNQ": interval([float(one.answer) for one in answered]),
        "answered of hard unanswerable, CLAPNQ": interval([float(one.answer) for one in hard]),
        "answered with gold removed, CLAPNQ": interval([float(one.answer) for one in removed]),
    }


def _decision(pool: Pool, asking: Asking, without: str | None = None) -> ranking.Decision:
    query = analyse(Question(asking.text), None)
    return ranking.decide(query, ranked(pool, query, pool.found(query, RETRIEVED, without)))


def _attribution(pool: Pool, answerable: Sequence[Asking]) -> Scores:
    """The sentences that an answer's claims draw on, in the gold passage and its nearest, against the annotator's."""
    f1s, best = [], []
    for asking in answerable:
        query = analyse(Question(asking.text), None)
        gold = pool.gold(asking.passage_id, query)
        near = pool.found(query, NEAREST, without=asking.passage_id)
        for answer in asking.longs:
            drawn: set[str] = set()
            selected = {gold[index].key for index in answer.selected if index < len(gold)}
            for claim in claims(answer):
                pieces = attribute(claim, [*gold, *near])
                drawn.update(item.key for item in pieces)
                best.append(float(bool(pieces) and pieces[0].key in selected))
            f1s.append(_f1(drawn, selected))
    return {"attribution F1": interval(f1s), "attribution, best sentence right": interval(best)}


def _verification(pool: Pool, answerable: Sequence[Asking]) -> Scores:
    """Share of false claims that are not released, by how they were made; of true ones, it is the false alarms."""
    refused: dict[str, list[float]] = defaultdict(list)
    others = list(pool.passages.values())
    for number, (asking, answer, claim) in enumerate(_claims(answerable)):
        query = analyse(Question(asking.text), None)
        gold = pool.gold(asking.passage_id, query)
        cited = [gold[index] for index in answer.selected if index < len(gold)]
        whole = " ".join([gold[0].article.title, *(item.text for item in gold)])
        if not cited:
            continue
        refused["verifier false alarms"].append(_refused(claim, cited))
        for kind, false in perturb(claim, whole).items():
            refused[f"verifier detects {kind}"].append(_refused(false, cited))
        doubtful = [replace(item, text=hedged(item.text)) for item in cited]
        refused["verifier detects hedge"].append(_refused(claim, doubtful))
        other = others[(number * 37 + 11) % len(others)]
        if other.passage_id != asking.passage_id:
            refused["verifier detects wrong passage"].append(
                _refused(claim, pool.gold(other.passage_id, query))
            )
    return {name: interval(values) for name, values in sorted(refused.items())}


def _claims(answerable: Sequence[Asking]) -> Iterator[tuple[Asking, Long, str]]:
    for asking in answerable:
        for answer in asking.longs:
            for claim in claims(answer):
                yield asking, answer, claim


def claims(answer: Long) -> list[str]:
    """The sentences of an annotator's answer, as a model might claim them."""
    found = (" ".join(sentence.text.split()) for sentence in split(answer.text))
    return [text for text in found if len(text) > SHORTEST_CLAIM]


def _refused(claim: str, cited: Sequence[Evidence]) -> float:
    evidence = {item.key: item for item in cited}
    return float(verify(Draft(claim, tuple(evidence)), evidence).support is None)


def _f1(chosen: set[int] | set[str], gold: set[int] | set[str]) -> float:
    shared = len(set(chosen) & set(gold))
    return 2 * shared / (len(chosen) + len(gold)) if shared else 0.0


def _rouge(text: str, reference: str) -> float:
    """ROUGE-L F1 over lower-case words and numbers."""
    ours, theirs = _words(text), _words(reference)
    row = [0] * (len(theirs) + 1)
    for word in ours:
        diagonal = 0
        for index, other in enumerate(theirs):
            diagonal, row[index + 1] = (
                row[index + 1],
                diagonal + 1 if word == other else max(row[index + 1], row[index]),
            )
    return 2 * row[-1] / (len(ours) + len(theirs)) if row[-1] else 0.0


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _auroc(positive: Sequence[ranking.Decision], negative: Sequence[ranking.Decision]) -> Interval:
    """Chance that an answerable question scores above one that is not; both sides are resampled for the interval."""
    high, low = (np.array([one.score for one in side]) for side in (positive, negative))
    wins = (high[:, None] > low[None, :]) + 0.5 * (high[:, None] == low[None, :])
    random = np.random.default_rng(20240417)
    draws = [
        wins[random.integers(0, len(high), len(high))][
            :, random.integers(0, len(low), len(low))
        ].mean()
        for _ in range(500)
    ]
    lower, upper = np.percentile(draws, [2.5, 97.5])
    return Interval(float(wins.mean()), len(high) + len(low), float(lower), float(upper))


if __name__ == "__main__":
    typer.run(main)
