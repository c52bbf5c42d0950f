"""How often questions are corrected: those of CLAPNQ and QED, as asked and with one value altered.

    python -m evals.premises --data DIR [--cache DIR] [--show]

As asked, every correction of an answerable question counts as false: what the sets presuppose is
taken to be true. An altered question has another number, year, name or the opposite word where the
gold sentence has its own; there a correction from the gold passage is right. Nothing is fitted
here.
"""

from __future__ import annotations

import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from evals.lab.perturbation import perturb
from evals.metrics.intervals import interval
from evals.passages import Asking, read_clapnq, read_qed
from evals.pool import Pool, open_pool, wikipedia
from evals.sentences import ranked
from service.conflicts.false_premises import Premise, contradicted
from service.query.question_analysis import analyse
from service.types import Question

RETRIEVED = 5  # passages whose sentences are weighed
ALTERED = ("number", "date", "antonym", "foreign_name")


def main(
    data: Annotated[Path, typer.Option(help="Folder with clapnq and qed")],
    cache: Annotated[Path | None, typer.Option(help="Keeps vectors between runs")] = None,
    show: Annotated[bool, typer.Option(help="Print every correction")] = False,
) -> None:
    """Count corrections of questions as they were asked, and of the same with a false premise put
    in.
    """
    sets = {
        "CLAPNQ": [a for a in read_clapnq(data / "clapnq") if a.answerable],
        "QED": read_qed(data / "qed"),
    }
    everything = [asking for askings in sets.values() for asking in askings]
    pool = open_pool(wikipedia(data), cache or Path(tempfile.gettempdir()) / "dateline-vectors")
    for name, askings in sets.items():
        made = [(a.text, _corrected(pool, _cased(pool, a), a, gold=False)) for a in askings]
        _tell(f"{name} as asked, retrieved top {RETRIEVED}", made, show)
    altered: dict[str, list[tuple[str, Premise | None]]] = defaultdict(list)
    for asking in everything:
        for kind, text in _altered(pool, asking):
            altered[kind].append((text, _corrected(pool, text, asking, gold=True)))
    for kind, made in sorted(altered.items()):
        _tell(f"altered {kind}, gold passage", made, show)


def _corrected(pool: Pool, text: str, asking: Asking, *, gold: bool) -> Premise | None:
    """What the question is corrected by; an altered one is ranked as what it was made from, so that
    n is cheap.
    """
    first = analyse(Question(asking.text), None)
    evidence = pool.gold(asking.passage_id, first) if gold else pool.found(first, RETRIEVED)
    sentences = ranked(pool, first, evidence)
    return contradicted(analyse(Question(text), None), sentences, sentences)


def _cased(pool: Pool, asking: Asking) -> str:
    """The question with the capitals that its passage gives to names: the sets are in small
    letters.
    """
    passage = " ".join(pool.passages[asking.passage_id].sentences)
    names = {
        word
        for word in re.findall(r"(?<![.!?“] )\b[A-Z][\w’'-]+", passage)
        if word.lower() not in passage.split()
    }
    capital = {name.lower(): name for name in names}
    return " ".join(capital.get(word, word) for word in asking.text.split())


def _altered(pool: Pool, asking: Asking) -> Iterator[tuple[str, str]]:
    """The question with one value changed that its passage has too."""
    passage = " ".join(pool.passages[asking.passage_id].sentences)
    for kind, text in perturb(_cased(pool, asking), passage).items():
        if kind in ALTERED and text != asking.text:
            yield kind, text


def _tell(label: str, made: Sequence[tuple[str, Premise | None]], show: bool) -> None:
    found = interval([float(premise is not None) for _, premise in made])
    value, low, high = (100 * (part or 0) for part in (found.value, found.low, found.high))
    typer.echo(f"{label:46} corrected {value:5.1f} % [{low:.1f}, {high:.1f}] n {found.n}")
    for text, premise in made if show else ():
        if premise is not None:
            typer.echo(
                f"    {text}\n      {premise.kind}: {premise.sentence} | "
                f"{premise.evidence.text[:160]}"
            )


if __name__ == "__main__":
    typer.run(main)
