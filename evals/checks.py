"""Measures what `POST /v1/checks` says of true and false sentences, over the articles of the claims.

    python -m evals.checks [--half fit|held] [--wrong] [--json]

Each claim of `evals/suites/claims` is checked by itself against an archive of all articles of that suite and the bundled
sample. Whoever made it says whether its article bears it out. A true one that is called contradicted is an accusation
made wrongly; a false one that is called supported is one missed.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from evals.claims import SUITES, Case, read
from evals.metrics.intervals import Interval, share_interval
from evals.pairs import row
from ingest import terminal
from ingest.pipeline import SAMPLE, ingest
from ingest.settings import read_settings
from ingest.storage.archive import open_archive
from service.retrieval.retriever import Retriever
from service.text_checks import Checker
from service.types import Question

VERDICTS = ("supported", "partial", "contradicted", "not_found", "not_checked")

Judged = tuple[Case, str]


def main(
    half: Annotated[str, typer.Option(help="fit or held")] = "fit",
    wrong: Annotated[bool, typer.Option("--wrong", help="List what is judged wrongly")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value")] = False,
) -> None:
    """Print the share of each verdict among true and false claims, with n and a 95 % interval."""
    with terminal.spoken_errors():
        judged = list(check(read(SUITES, half)))
        table = scores(judged)
        if as_json:
            terminal.show_json({name: asdict(one) for name, one in table.items()})
            return
        for case, verdict in judged if wrong else ():
            if verdict == ("contradicted" if case.borne_out else "supported"):
                terminal.show(f"{case.id} {verdict}: {case.claim}")
        terminal.show("\n".join(map(row, table, table.values())))


def check(cases: list[Case]) -> Iterator[Judged]:
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings()
        cache = settings.model_copy(
            update={"data_dir": Path(folder), "model_cache": settings.model_dir}
        )
        with open_archive(cache) as archive:
            ingest(archive, [SUITES / "articles", SAMPLE])
            checker = Checker(archive, Retriever(archive))
            for case in cases:
                found = asyncio.run(checker.check(Question(case.claim)))
                yield case, found.sentences[0].verdict


def scores(judged: list[Judged]) -> dict[str, Interval]:
    """By "true supported" and so on."""
    table: dict[str, Interval] = {}
    for name, truth in (("true", True), ("false", False)):
        verdicts = [verdict for case, verdict in judged if case.borne_out is truth]
        for verdict in VERDICTS:
            if Counter(verdicts)[verdict]:
                table[f"{name} {verdict}"] = share_interval([one == verdict for one in verdicts])
    return table


if __name__ == "__main__":
    typer.run(main)
