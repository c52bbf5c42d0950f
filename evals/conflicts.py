"""How often accounts that contradict each other are noticed, and how often agreeing ones are called
a conflict.

    python -m evals.conflicts --data DIR [--cache DIR] [--show] [--json]

DIR holds `rgb_conflicts`, `clapnq` and `qed`. *Near-identical*: a snippet of RGB and the same with
the answer exchanged, read as a copy and its original are; other snippets that agree are the false
alarms. *Two and two*: two snippets with the true answer and two others with the false one, as an
answer would show them; four that agree are the false alarms. *Answers with a dispute*: questions of
CLAPNQ and QED that are answered from the five best passages, where no dispute is expected. All
three sets only measure (RGB: CC BY-NC-SA 4.0): nothing that is shipped is fitted on them.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Annotated

import typer

from evals.metrics.intervals import Interval, interval
from evals.passages import Passage, Vectors, as_evidence, read_clapnq, read_qed
from evals.pool import open_pool, wikipedia
from evals.sentences import ranked
from ingest.copies.sentence_alignment import word_overlap
from ingest.embedding.embedder import LocalEmbedder
from ingest.english import differences
from ingest.settings import read_settings
from ingest.text.segmentation import split
from ingest.types import Sentence, SentenceKind
from service.conflicts import disputes
from service.drafting import extractive
from service.evidence import ranking
from service.evidence.neural_reader import Reader
from service.query.question_analysis import analyse
from service.types import Evidence, Question

TYPED = ("number", "date", "name", "quotation")
# Share of words from which two snippets are one text with a word exchanged. A snippet and its false
# copy share at least .67 (n 164), snippets that agree .71 at the 97th percentile (n 343): chosen with
# these in view.
SAME = 0.7
DAY = date(
    2023, 1, 1
)  # RGB gives its snippets no dates: all of one day, each of an outlet of its own
SIDE = 2  # snippets on either side
RETRIEVED = 5  # passages that an answer is drawn from


@dataclass(frozen=True, slots=True)
class Disputed:
    """A question, snippets with its answer, and the same snippets with another in its place."""

    text: str
    true: tuple[str, ...]
    false: tuple[str, ...]


def main(
    data: Annotated[Path, typer.Option(help="Folder with rgb_conflicts")],
    cache: Annotated[Path | None, typer.Option(help="Keeps vectors between runs")] = None,
    show: Annotated[bool, typer.Option(help="Print every dispute of CLAPNQ and QED")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value")] = False,
) -> None:
    """Print each figure with its n and interval over pairs or questions."""
    embedder = LocalEmbedder(read_settings().model_dir)
    scores = measure(read(data / "rgb_conflicts"), embedder.embed, Reader(embedder))
    scores |= _in_answers(data, cache or Path(tempfile.gettempdir()) / "dateline-vectors", show)
    if as_json:
        typer.echo(json.dumps({name: asdict(score) for name, score in scores.items()}, indent=1))
        return
    for name, one in scores.items():
        value, low, high = (100 * (part or 0) for part in (one.value, one.low, one.high))
        typer.echo(f"{name:36} {value:5.1f} [{low:.1f}, {high:.1f}] n {one.n}")


def read(folder: Path) -> list[Disputed]:
    with (folder / "questions.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Disputed(
            row["question"],
            tuple(map(_plain, row["positive"])),
            tuple(map(_plain, row["positive_wrong"])),
        )
        for row in rows
    ]


def measure(
    disputed: Sequence[Disputed], embed: Callable[[list[str]], Vectors], reader: Reader
) -> dict[str, Interval]:
    pairs = [
        (true, false) for one in disputed for true, false in zip(one.true, one.false, strict=True)
    ]
    agreeing = [pair for one in disputed for pair in combinations(one.true, 2)]
    large = [one for one in disputed if len(one.true) >= 2 * SIDE]
    return {
        "near-identical, detected": interval([float(_differ(*pair)) for pair in pairs]),
        "near-identical, false alarms": interval([float(_differ(*pair)) for pair in agreeing]),
        "two and two, detected": interval(
            [float(_rivals(one.text, _sides(one), embed, reader)) for one in large]
        ),
        "two and two, false alarms": interval(
            [float(_rivals(one.text, one.true[: 2 * SIDE], embed, reader)) for one in large]
        ),
    }


def _in_answers(data: Path, cache: Path, show: bool) -> dict[str, Interval]:
    """Share of answers over encyclopedia passages that show a dispute."""
    sets = {
        "CLAPNQ": [asking for asking in read_clapnq(data / "clapnq") if asking.answerable],
        "QED": read_qed(data / "qed"),
    }
    pool = open_pool(wikipedia(data), cache)
    scores = {}
    for name, askings in sets.items():
        found: list[disputes.Dispute | None] = []
        for asking in askings:
            query = analyse(Question(asking.text), None)
            evidence = ranked(pool, query, pool.found(query, RETRIEVED))
            if ranking.decide(query, evidence).answer:
                drafts = extractive.draft(query, evidence)
                found.append(disputes.settled(query, evidence, drafts)[1])
                if show and found[-1]:
                    typer.echo(f"{asking.text}\n    {found[-1].about}")
        scores[f"{name}, answers with a dispute"] = interval([float(bool(one)) for one in found])
    return scores


def _differ(left: str, right: str) -> bool:
    """Whether two snippets that share their words differ in a number, date, name or quoted word."""
    one, other = (Sentence(0, len(text), text, SentenceKind.BODY) for text in (left, right))
    if float(word_overlap([one], [other])[0, 0]) < SAME:
        return False
    return any(found.kind in TYPED for found in differences(left, right))


def _sides(one: Disputed) -> tuple[str, ...]:
    return (*one.true[:SIDE], *one.false[SIDE : 2 * SIDE])


def _rivals(
    question: str,
    snippets: Sequence[str],
    embed: Callable[[list[str]], Vectors],
    reader: Reader,
) -> bool:
    """Whether an answer from the snippets, articles of their own, would show rival accounts."""
    query = analyse(Question(question), None)
    evidence = list(_evidence(snippets))
    vectors = embed([query.text, *(item.text for item in evidence)])
    found = ranking.rank(query, evidence, vectors[0], vectors[1:], lambda word: 1.0, reader)
    return disputes.dispute(query, found, found[0]) is not None


def _evidence(snippets: Sequence[str]) -> Iterator[Evidence]:
    for number, snippet in enumerate(snippets):
        passage = Passage(f"snippet-{number}", "", tuple(one.text for one in split(snippet)))
        for item in as_evidence(passage):
            yield replace(
                item, article=replace(item.article, publisher=f"Outlet {number}", published_on=DAY)
            )


def _plain(snippet: str) -> str:
    """Search engines cut snippets off with an ellipsis."""
    return " ".join(snippet.replace("\xa0", " ").split()).removesuffix("...").strip()


if __name__ == "__main__":
    typer.run(main)
