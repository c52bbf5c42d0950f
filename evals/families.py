"""Measure the families found among real news pages against labels made by hand.

    python -m evals.families --data DIR [--labels FILE] [--show] [--json]

DIR holds `realtimeqa/articles.jsonl`, 850 pages as a search engine gave them (third parties' text, never in this
repository). The labels name pages by their id: `copies` lists each family of copies with the role of every member,
`apart` lists pages that look alike and are not. They were made by reading every family that earlier rules found and
every two pages that share a twelfth of their runs of five words. A family found is right if it lies in one that is
labelled; one that is labelled is found if all its members are together.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from evals.metrics.intervals import Interval, share_interval
from evals.pairs import row
from ingest import terminal
from ingest.copies import families
from ingest.embedding.embedder import LocalEmbedder
from ingest.formats import file_readers
from ingest.settings import read_settings
from ingest.text.segmentation import split
from ingest.types import Article, Family

LABELS = Path(__file__).parent / "suites" / "realtimeqa-families.json"
MOST_MB = 5.0  # an article

Labels = Mapping[str, str]  # page id → role, for the members of one family


def main(
    data: Annotated[Path, typer.Option(help="Folder with realtimeqa/articles.jsonl")],
    labels: Annotated[Path, typer.Option(help="Families made by hand")] = LABELS,
    show: Annotated[bool, typer.Option(help="Print every family that went wrong")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value")] = False,
) -> None:
    """Group the pages and print precision, recall and roles, each with its n and 95 % interval."""
    with terminal.spoken_errors():
        truth = json.loads(labels.read_text("utf-8"))["copies"]
        found = list(group(data / "realtimeqa" / "articles.jsonl"))
        scores = score(truth, found)
        if as_json:
            terminal.show_json({name: asdict(one) for name, one in scores.items()})
            return
        if show:
            terminal.show("\n".join(misses(truth, found)))
        terminal.show("\n".join(map(row, scores, scores.values())))


def group(path: Path) -> Iterator[dict[str, str]]:
    """Every family of two and more as page id → role."""
    items = file_readers.read(path, max_article_mb=MOST_MB)
    articles = {item.article_id: item for item in items if isinstance(item, Article)}
    sentences = {i: split(article.text, article.title) for i, article in articles.items()}
    embed = LocalEmbedder(read_settings().model_dir).embed
    for family in families.group(list(articles.values()), sentences, embed):
        if len(family.members) > 1:
            yield _by_page(family, articles)


def _by_page(family: Family, articles: Mapping[str, Article]) -> dict[str, str]:
    """The id of a line of JSONL stands after the sign in the identity of its article."""
    return {articles[m.article_id].identity.rpartition("#")[2]: str(m.role) for m in family.members}


def score(truth: Sequence[Labels], found: Sequence[Labels]) -> dict[str, Interval]:
    """Precision and recall of families, and the share of right roles among members of right families."""
    told = [float(any(one.keys() <= true.keys() for true in truth)) for one in found]
    reached = [float(any(true.keys() <= one.keys() for one in found)) for true in truth]
    roles = [
        float(true[page] == role)
        for one in found
        for true in truth
        if one.keys() <= true.keys()
        for page, role in one.items()
    ]
    return {
        "families: precision": share_interval(told),
        "families: recall": share_interval(reached),
        "roles right": share_interval(roles),
    }


def misses(truth: Sequence[Labels], found: Sequence[Labels]) -> Iterator[str]:
    """A line for every family that is not as labelled."""
    for one in found:
        if one not in truth:
            yield f"found    {_shown(one)}"
    for true in truth:
        if true not in found:
            yield f"labelled {_shown(true)}"


def _shown(family: Mapping[str, Any]) -> str:
    return ", ".join(f"{page} {role}" for page, role in sorted(family.items()))


if __name__ == "__main__":
    typer.run(main)
