"""`dateline eval import|stress|draft`: public sets, archives and models in, suites out."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evals.feedback_cli import in_a_line
from ingest import terminal
from ingest.errors import WrongUsage
from ingest.settings import Settings, read_settings

if TYPE_CHECKING:
    from evals.drafts import Proposal

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


def draft(
    articles: Annotated[Path, typer.Argument(help="Your articles: a file or folder")],
    out: Annotated[Path, typer.Option(help="The suite; new cases come after those it has")],
    count: Annotated[int, typer.Option(min=1, help="Questions to propose")] = 20,
    seed: Annotated[int, typer.Option(help="What the articles are drawn by")] = 0,
    yes: Annotated[
        bool, typer.Option("--yes", help="Take every question that the program finds sound")
    ] = False,
    as_json: Json = False,
) -> None:
    """Let the model propose questions about articles, and take or refuse them one by one."""
    terminal.start_logs()
    with terminal.spoken_errors():
        if not (yes or sys.stdin.isatty()):
            raise WrongUsage(
                "nobody is at this terminal to say which questions are good: add --yes"
            )
        settings = read_settings()
        if not (settings.openai_api_key or settings.openai_base_url):
            raise WrongUsage(
                "a model proposes the questions: set OPENAI_API_KEY or OPENAI_BASE_URL"
            )
        told = asyncio.run(_drafted(articles, out, count, seed, yes, settings))
        counts = {name: told[name] for name in ("accepted", "refused", "unfit")}
        if as_json:
            terminal.show_json({**counts, "suite": str(out)})
        else:
            terminal.show(", ".join(f"{n} {name}" for name, n in counts.items()) + f": {out}")
        raise typer.Exit(0 if told["accepted"] or told["refused"] else 1)


async def _drafted(
    articles: Path, out: Path, count: int, seed: int, yes: bool, settings: Settings
) -> Counter[str]:
    """Proposals are shown and kept as they come; how many were accepted, refused, unfit."""
    from evals import drafts

    known = drafts.cases_in(out)
    chosen = drafts.drawn(articles, drafts.ASKED_FOR_EACH * count, seed, settings.max_article_mb)
    told = Counter[str]()
    async with aclosing(drafts.proposals(chosen, count, seed, known, settings)) as found:
        async for one in found:
            if isinstance(one, drafts.Unfit):
                told["unfit"] += 1
                terminal.say(f"left out, {in_a_line(one.source)}: {in_a_line(one.why)}")
                continue
            answer = "y" if yes else _wanted(one, told["accepted"] + told["refused"] + 1, count)
            if answer == "q":
                break
            told["accepted" if answer == "y" else "refused"] += 1
            if answer == "y":
                drafts.keep(one, out)
                drafts.write_card(out, articles, settings)
    return told


def _wanted(found: Proposal, number: int, count: int) -> str:
    """Whether somebody at the terminal takes a question: y, n, or q for no more; the end of the input is a q."""
    terminal.say(f"\n{number} of {count}  {in_a_line(found.source)}")
    for name, words in (("Q", found.question), ("A", found.answer), ("“", found.quote)):
        terminal.say(f"  {name}  {in_a_line(words)}")
    while True:
        sys.stderr.write("Keep it? [y]es, [n]o, [q]uit: ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        answer = line.strip().lower()[:1] if line else "q"
        if answer in ("y", "n", "q"):
            return answer
