"""Measures how many false claims the verifier releases and how many true ones it keeps, by kind.

    python -m evals.claims [--half fit|held] [--suites DIR] [--wrong] [--json]

`DIR` (default: `evals/suites/claims`) holds `fit.jsonl`, `held.jsonl` and `articles/`. A line is `{"id", "kind",
"article", "shown": [...], "claim", "borne_out", "note"}`; the claim cites the sentences that hold what `shown` names.
The fit half may be read while rules are written. The held half only measures.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from evals.metrics.intervals import Interval, share_interval
from ingest.formats.front_matter import split_front_matter
from ingest.text.clean import clean
from ingest.text.segmentation import split
from service.types import ArticleCard, Draft, Evidence, FamilyPlace
from service.verification.verify import verify

SUITES = Path(__file__).parent / "suites" / "claims"


@dataclass(frozen=True, slots=True)
class Case:
    """A claim, the sentences it cites, and whether a careful reader would say that they bear it out."""

    id: str
    kind: str
    claim: str
    borne_out: bool
    cited: tuple[Evidence, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Judged:
    case: Case
    released: bool
    reason: str
    milliseconds: float


def main(
    half: Annotated[str, typer.Option(help="fit or held")] = "fit",
    suites: Annotated[Path, typer.Option(help="Folder with the claims and articles/")] = SUITES,
    wrong: Annotated[bool, typer.Option("--wrong", help="List what is judged wrongly")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value")] = False,
) -> None:
    """Print false claims released and true claims kept, each with n and a 95 % Wilson interval."""
    results = [judge(case) for case in read(suites, half)]
    table = scores(results)
    if as_json:
        shown = {kind: {name: asdict(s) for name, s in row.items()} for kind, row in table.items()}
        typer.echo(json.dumps(shown, indent=1))
        return
    if wrong:
        for one in results:
            if one.released != one.case.borne_out:
                typer.echo(_described(one))
    for kind, row in table.items():
        typer.echo(f"{kind:14}" + "".join(f"  {name} {_share(s)}" for name, s in row.items()))
    typical = statistics.median(one.milliseconds for one in results)
    typer.echo(f"p50 {typical:.2f} ms a claim, n {len(results)}")


def read(suites: Path, half: str) -> list[Case]:
    """The claims of one half in file order. Raises `ValueError` where no sentence holds what is `shown`."""
    articles = {path.name: _sentences(path) for path in sorted((suites / "articles").glob("*.md"))}
    with (suites / f"{half}.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Case(
            row["id"],
            row["kind"],
            row["claim"],
            row["borne_out"],
            _cited(row["shown"], articles[row["article"]], row["id"]),
            row.get("note", ""),
        )
        for row in rows
    ]


def judge(case: Case) -> Judged:
    """The verdict on one claim, and how long it took."""
    started = time.perf_counter()
    verdict = verify(
        Draft(case.claim, tuple(item.key for item in case.cited)),
        {item.key: item for item in case.cited},
    )
    elapsed = 1000 * (time.perf_counter() - started)
    return Judged(case, verdict.support is not None, verdict.reason, elapsed)


def scores(results: Sequence[Judged]) -> Mapping[str, Mapping[str, Interval]]:
    """By kind, "all" first: the share of false claims released and of true claims kept."""
    kinds = sorted({one.case.kind for one in results})
    return {
        kind: {
            name: share_interval(
                [
                    one.released
                    for one in results
                    if one.case.borne_out == true and kind in ("all", one.case.kind)
                ]
            )
            for name, true in (("false released", False), ("true kept", True))
        }
        for kind in ["all", *kinds]
    }


def _sentences(path: Path) -> list[Evidence]:
    """The sentences of an article as the service would hand them to an answerer."""
    stated, body = split_front_matter(path.read_text(encoding="utf-8"))
    text = clean(body)
    day = stated.get("published_on")
    card = ArticleCard(
        path.stem,
        stated.get("title", path.stem),
        stated.get("author"),
        stated.get("publisher"),
        None,
        path.name,
        date.fromisoformat(day) if day else None,
        "metadata" if day else "none",
        FamilyPlace(path.stem, 1, "original", True),
    )
    return [
        Evidence(f"{path.stem}:{n}", s.text, s.start, s.end, s.kind, path.stem, 1.0, card)
        for n, s in enumerate(split(text, card.title))
    ]


def _cited(shown: Sequence[str], sentences: Sequence[Evidence], case: str) -> tuple[Evidence, ...]:
    wanted = [" ".join(fragment.split()) for fragment in shown]
    held = [[item for item in sentences if part in " ".join(item.text.split())] for part in wanted]
    if not all(held):
        raise ValueError(f"{case}: no sentence holds {wanted[held.index([])]!r}")
    return tuple(dict.fromkeys(found[0] for found in held))


def _described(one: Judged) -> str:
    cited = "\n    ".join(item.text for item in one.case.cited)
    verdict = "RELEASED" if one.released else "DROPPED "
    return (
        f"{verdict} {one.case.id} ({one.reason}; {one.case.note})\n"
        f"    {cited}\n  > {one.case.claim}"
    )


def _share(score: Interval) -> str:
    value, low, high = (100 * (part or 0) for part in (score.value, score.low, score.high))
    return f"{value:5.1f} [{low:4.1f}, {high:5.1f}] n {score.n:3}"


if __name__ == "__main__":
    typer.run(main)
