"""Measure how pairs of articles whose relation is known are grouped, and which roles they get.

    python -m evals.pairs [--half fit|held] [--show] [--json]

`evals/suites/pairs/HALF` holds `pairs.jsonl` and `pairs/ID/a.md`, `b.md`. Rules may be written with the fit half in
view; the held half is only counted. Each pair is an archive of its own, so that nothing but the two articles decides.
A pair has its roles right if it is one family or two as it should be, and both articles have their roles. Precision and
recall of `updated` and `altered` count articles; those of families count pairs. An altered fact is found if a typed
alteration (not mere wording) overlaps its words, or stands at the place where they were left out.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from evals.metrics.intervals import Interval, interval
from ingest import terminal
from ingest.copies import families
from ingest.copies.sentence_alignment import Embed
from ingest.embedding.embedder import LocalEmbedder
from ingest.errors import BadArticle
from ingest.formats import file_readers
from ingest.settings import read_settings
from ingest.text.segmentation import split
from ingest.types import Alteration, Article, Member, Role

SUITE = Path(__file__).parent / "suites" / "pairs"
MOST_MB = 1.0  # an article


class Half(StrEnum):
    FIT = "fit"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Fact:
    """Words of `a` and what `b` has in their place; one of the two may be empty."""

    a: str
    b: str
    kind: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles, whether they are copies of one another, and the role each should have."""

    id: str
    kind: str
    same_family: bool
    roles: tuple[Role, Role]
    altered_facts: tuple[Fact, ...]
    articles: tuple[Article, Article]


@dataclass(frozen=True, slots=True)
class Found:
    """What grouping made of a pair: whether it is one family, and both memberships."""

    same_family: bool
    members: tuple[Member, Member]

    @property
    def roles(self) -> tuple[Role, Role]:
        return self.members[0].role, self.members[1].role

    @property
    def alterations(self) -> list[Alteration]:
        """What either copy changed, without mere wording."""
        return [x for m in self.members for x in m.alterations if x.kind != "wording"]


def main(
    half: Annotated[
        Half, typer.Option(help="fit: rules may be written by it; held: only counted")
    ] = Half.FIT,
    suite: Annotated[Path, typer.Option(help="Folder that holds the halves")] = SUITE,
    show: Annotated[bool, typer.Option(help="Print every pair that went wrong")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value")] = False,
) -> None:
    """Group every pair and print each share with its n and its 95 % interval."""
    with terminal.spoken_errors():
        pairs = read(suite / half)
        embed = LocalEmbedder(read_settings().model_dir).embed
        found = [group(pair, embed) for pair in pairs]
        scores = score(pairs, found)
        if as_json:
            terminal.show_json({name: asdict(one) for name, one in scores.items()})
            return
        if show:
            terminal.show("\n".join(misses(pairs, found)))
        terminal.show("\n".join(map(row, scores, scores.values())))


def read(folder: Path) -> list[Pair]:
    """The pairs of one half; raises BadArticle where a file cannot be read as an article."""
    rows = [json.loads(line) for line in (folder / "pairs.jsonl").read_text("utf-8").splitlines()]
    return [
        Pair(
            row["id"],
            row["kind"],
            row["same_family"],
            (Role(row["role_a"]), Role(row["role_b"])),
            tuple(Fact(**fact) for fact in row["altered_facts"]),
            (_article(folder, row["id"], "a"), _article(folder, row["id"], "b")),
        )
        for row in rows
    ]


def _article(folder: Path, pair: str, side: str) -> Article:
    path = folder / "pairs" / pair / f"{side}.md"
    for item in file_readers.read(path, max_article_mb=MOST_MB):
        if isinstance(item, Article):
            return replace(item, identity=f"/{pair}/{side}.md", source=path.name)
    raise BadArticle(f"{path} is not an article that Dateline can read; see docs/articles.md")


def group(pair: Pair, embed: Embed) -> Found:
    """The pair as an archive of two articles."""
    sentences = {a.article_id: split(a.text, a.title) for a in pair.articles}
    grouped = families.group(pair.articles, sentences, embed)
    members = {m.article_id: m for family in grouped for m in family.members}
    a, b = (members[article.article_id] for article in pair.articles)
    return Found(len(grouped) == 1, (a, b))


def score(pairs: Sequence[Pair], found: Sequence[Found]) -> dict[str, Interval]:
    """Every share by its name, overall ones first, then roles by kind of pair."""
    both = list(zip(pairs, found, strict=True))
    scores = {"roles right": interval([_right(*one) for one in both])}
    joined = [(pair.same_family, made.same_family) for pair, made in both]
    scores |= _precision_and_recall("families", joined)
    for role in (Role.UPDATED, Role.ALTERED):
        roles = [
            (true is role, told is role)
            for pair, made in both
            for true, told in zip(pair.roles, made.roles, strict=True)
        ]
        scores |= _precision_and_recall(str(role), roles)
    facts = [
        _is_found(fact, pair, made.alterations)
        for pair, made in both
        for fact in pair.altered_facts
    ]
    spans = [
        float(any(_covers(span, fact, pair) for fact in pair.altered_facts))
        for pair, made in both
        for span in made.alterations
    ]
    scores |= {"altered facts, found": interval(facts), "altered facts, right": interval(spans)}
    by_kind: dict[str, list[float]] = defaultdict(list)
    for pair, made in both:
        by_kind[pair.kind].append(_right(pair, made))
    return scores | {f"roles right: {kind}": interval(by_kind[kind]) for kind in sorted(by_kind)}


def _right(pair: Pair, made: Found) -> float:
    return float(pair.same_family == made.same_family and pair.roles == made.roles)


def _precision_and_recall(name: str, cases: Sequence[tuple[bool, bool]]) -> dict[str, Interval]:
    """Of (true, told) pairs: the share of the told that is true, and of the true that is told."""
    return {
        f"{name}: precision": interval([float(true) for true, told in cases if told]),
        f"{name}: recall": interval([float(told) for true, told in cases if true]),
    }


def _is_found(fact: Fact, pair: Pair, spans: Sequence[Alteration]) -> float:
    return float(any(_covers(span, fact, pair) for span in spans))


def _covers(span: Alteration, fact: Fact, pair: Pair) -> bool:
    """Whether an alteration overlaps the words of a fact, on the side that has any."""
    for article, words in zip(pair.articles, (fact.a.strip(), fact.b.strip()), strict=True):
        at = article.text.find(words) if words else -1
        for part in (span.here, span.canonical):
            stands = article.text[part.start : part.end] == part.text
            if at >= 0 and stands and part.start <= at + len(words) and at <= part.end:
                return True
    return False


def misses(pairs: Sequence[Pair], found: Sequence[Found]) -> Iterator[str]:
    """One line for every pair that is not right, and for every fact that was missed or made up."""
    for pair, made in zip(pairs, found, strict=True):
        if not _right(pair, made):
            told = "one family" if made.same_family else "two families"
            roles = "/".join(pair.roles)
            yield f"{pair.id} {pair.kind} ({roles}): {told}, {'/'.join(made.roles)}"
        if pair.same_family and made.same_family:
            yield from (
                f"    missed {fact.kind}: {fact.a!r} → {fact.b!r}"
                for fact in pair.altered_facts
                if not _is_found(fact, pair, made.alterations)
            )
        yield from (
            f"    untrue {span.kind}: {span.canonical.text!r} → {span.here.text!r}"
            for span in made.alterations
            if not any(_covers(span, fact, pair) for fact in pair.altered_facts)
        )


def row(name: str, share: Interval) -> str:
    """A share as a line for people, in percent."""
    if share.value is None:
        return f"{name:44} -"
    low, high = 100 * (share.low or 0), 100 * (share.high or 0)
    return f"{name:44} {100 * share.value:5.1f} [{low:.1f}, {high:.1f}] n {share.n}"


if __name__ == "__main__":
    typer.run(main)
