"""`dateline eval import|stress|draft`: public sets, archives and models in, suites out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ingest import terminal
from ingest.errors import WrongUsage

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value")]


def import_set(
    name: Annotated[str, typer.Argument(help="Which public set it is")],
    folder: Annotated[Path, typer.Argument(help="Where it lies on disk")],
    out: Annotated[Path, typer.Option(help="Where articles, suites and cards go")],
    as_json: Json = False,
) -> None:
    """Make suites of a public test set: a fit half and a held half, with their articles."""
    with terminal.spoken_errors():
        from evals import public_sets

        if name not in public_sets.SETS:
            raise WrongUsage(f"there is no set {name}: use one of {', '.join(public_sets.SETS)}")
        counts = public_sets.convert(name, folder, out)
        if as_json:
            terminal.show_json(counts)
            return
        terminal.show(
            f"{counts['articles']} articles, {counts['fit']} cases to fit on and {counts['held']} held in {out}"
        )
        if counts["left_out"]:
            terminal.say(f"left out {counts['left_out']}: their evidence stands in no article")


def make_stress(
    articles: Annotated[list[Path], typer.Argument(help="Your articles: files or folders")],
    out: Annotated[Path, typer.Option(help="Where articles, suite and card go")],
    stories: Annotated[
        int, typer.Option(min=1, help="Articles that something is planted in")
    ] = 100,
    seed: Annotated[int, typer.Option(help="The same seed plants the same")] = 7,
    as_json: Json = False,
) -> None:
    """Plant copies, altered facts, updates and orders in your articles, with a suite that knows them."""
    with terminal.spoken_errors():
        from evals import stress
        from evals.lab.copies.sources import read_sources

        made, cases = stress.stress(read_sources(articles), stories, seed)
        card = {
            "measures": "what becomes of copies, altered facts, updates and planted orders",
            "source": ", ".join(map(str, articles)),
            "licence": "that of the articles",
            "made": f"dateline eval stress --stories {stories} --seed {seed}",
            "half": "whole",
            "articles": stress.ARTICLES,
        }
        suite = stress.write(made, cases, out, card)
        counts = {"articles": len(made), "cases": len(cases), "suite": str(suite)}
        if as_json:
            terminal.show_json(counts)
            return
        terminal.show(f"{counts['articles']} articles and {counts['cases']} cases: {suite}")
