"""Measure how well families and altered facts are found in copies generated from articles.

    python -m evals.copies --data PATH [--data PATH …] --articles 1000 --seed 7 [--json]

Families are scored by pairs of articles, altered facts by the places where words were changed: a place is found if a
span of the copy that is more than a wording overlaps it, and a span is right if it overlaps a changed place. Intervals
are percentile bootstraps over families.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from evals.lab.copies import edits
from evals.lab.copies.generator import Edit, Made, generate, write
from evals.lab.copies.sources import read_sources
from evals.metrics.intervals import CONFIDENCE, RESAMPLES, SEED, Interval
from ingest import terminal
from ingest.copies import families
from ingest.embedding.embedder import LocalEmbedder
from ingest.formats.article_making import article_from
from ingest.settings import read_settings
from ingest.storage.vector_cache import VectorCache
from ingest.text.segmentation import split
from ingest.types import Alteration, Article, Family, Member

NEAR = 15  # characters; words that were taken out have no place of their own
MAIN_KINDS = frozenset(("number", "date", "name", "negation"))
HALVES = ("seen", "unseen")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that could be right or wrong, in one generated family."""

    family: str
    right: bool


def main(
    data: Annotated[
        list[Path], typer.Option(help="JSONL file or folder of articles; may be given again")
    ],
    articles: Annotated[int, typer.Option(min=2, help="How many articles to make")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same corpus")] = 7,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to keep the corpus, its truth and what was missed in"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value")] = False,
) -> None:
    """Generate copies with known truth, group them, and say what was found."""
    with terminal.spoken_errors():
        made = generate(read_sources(data), articles, seed)
        settings = read_settings()
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        cache = VectorCache(settings.data_dir / "vectors.sqlite", LocalEmbedder(settings.model_dir))
        read = [_article(one) for one in made]
        started = time.monotonic()
        found = families.group(
            read, {a.article_id: split(a.text, a.title) for a in read}, cache.embed
        )
        seconds = time.monotonic() - started
        report = score(made, found) | {"seconds": round(seconds, 1), "seed": seed}
        if out:
            write(made, out)
            (out / "missed.txt").write_text("\n".join(misses(made, found)), "utf-8")
        if as_json:
            terminal.show_json(report)
        else:
            terminal.show("\n".join(table(report)))


def score(made: Sequence[Made], found: Sequence[Family]) -> dict[str, Any]:
    """Every share as `{value, n, low, high}`: families overall and by kind of copy, facts by half and operation."""
    facts = _facts(made, found)
    main = [(o, outcome) for o, outcome in facts.places if o.kind in MAIN_KINDS]
    return {
        "articles": len(made),
        "kinds": dict(sorted(Counter(one.kind for one in made).items())),
        "families": _family_scores(made, found),
        "facts": {
            half: {
                "recall": _share(outcome for o, outcome in main if _half(o) == half),
                "precision": _share(
                    outcome for h, kind, outcome in facts.spans if h == half and kind in MAIN_KINDS
                ),
                "recall_any_kind": _share(x for o, x in facts.places if _half(o) == half),
                "precision_any_kind": _share(outcome for h, _, outcome in facts.spans if h == half),
            }
            for half in HALVES
        },
        "facts_by_kind": {
            f"{kind}, {half}": {
                "recall": _share(x for o, x in facts.places if (o.kind, _half(o)) == (kind, half)),
                "precision": _share(x for h, k, x in facts.spans if (h, k) == (half, kind)),
            }
            for kind in dict.fromkeys(operation.kind for operation in edits.OPERATIONS)
            for half in HALVES
        },
        "operations": {
            operation.name: {
                "kind": operation.kind,
                "half": "seen" if edits.seen(operation.name) else "unseen",
                **_share(outcome for o, outcome in facts.places if o.operation == operation.name),
            }
            for operation in edits.OPERATIONS
        },
        "roles": _roles(made, found),
    }


def table(report: Mapping[str, Any]) -> list[str]:
    """The report as lines for people."""
    lines = [
        f"{report['articles']} articles, seed {report['seed']}, grouped in {report['seconds']} s",
        "",
    ]
    lines += [_row(f"families: {name}", share) for name, share in report["families"].items()]
    for half, shares in report["facts"].items():
        lines += [
            "",
            *(_row(f"altered facts, {half}: {name}", share) for name, share in shares.items()),
        ]
    lines.append("")
    for kind, shares in report["facts_by_kind"].items():
        lines += [_row(f"{kind}: {name}", share) for name, share in shares.items()]
    lines += [
        "",
        *(
            _row(f"{o['kind']}: {name} ({o['half']})", o)
            for name, o in report["operations"].items()
            if o["n"]
        ),
    ]
    lines += ["", *(f"{kind}: {roles}" for kind, roles in report["roles"].items())]
    return lines


def misses(made: Sequence[Made], found: Sequence[Family]) -> list[str]:
    """What went wrong, for people: of facts only the seen half, so that the other stays unlooked at."""
    by_id = {_article(one).article_id: one for one in made}
    lines = []
    for family in found:
        ours = [by_id[m.article_id] for m in family.members]
        if len({one.family for one in ours}) > 1:
            lines.append("JOINED " + ", ".join(f"{one.key} {one.kind}" for one in ours))
    place = {m.article_id: family.family_id for family in found for m in family.members}
    canonical = {one.family: place[i] for i, one in by_id.items() if one.kind == "original"}
    for i, one in by_id.items():
        if one.kind != "round_up" and place[i] != canonical[one.family]:
            lines.append(f"APART {one.key} {one.kind} {one.half}")
    for one, member in _copies(made, found):
        text = _article(one).text
        if one.half == "unseen":
            continue
        spans = [a for a in member.alterations if a.kind != "wording"]
        for edit in one.edits:
            if one.kind == "altered" and not any(_covers(span, edit) for span in spans):
                lines.append(
                    f"MISSED {one.key} {member.role} {edit.operation}: "
                    f"{_shown(text, edit.start, edit.end)} was {edit.original}"
                )
        for span in spans:
            if not any(_covers(span, edit) for edit in one.edits):
                shown = _shown(text, span.here.start, span.here.end)
                lines.append(
                    f"FALSE {one.key} {one.kind} {span.kind}: {shown} was {span.canonical.text}"
                )
    return lines


def _half(edit: Edit) -> str:
    return "seen" if edits.seen(edit.operation) else "unseen"


@dataclass(frozen=True, slots=True)
class _Facts:
    places: list[tuple[Edit, Outcome]]
    spans: list[tuple[str, str, Outcome]]  # half, kind, right or wrong


def _facts(made: Sequence[Made], found: Sequence[Family]) -> _Facts:
    facts = _Facts([], [])
    for one, member in _copies(made, found):
        spans = [a for a in member.alterations if a.kind != "wording"]
        if one.kind == "altered":
            for edit in one.edits:
                facts.places.append(
                    (edit, Outcome(one.family, any(_covers(span, edit) for span in spans)))
                )
        for span in spans:
            right = any(_covers(span, edit) for edit in one.edits)
            facts.spans.append((one.half, span.kind, Outcome(one.family, right)))
    return facts


def _covers(span: Alteration, edit: Edit) -> bool:
    """Whether a span lies on changed words; what was put in or taken out may be marked beside its place."""
    room = 0 if edit.end > edit.start and span.here.end > span.here.start else NEAR
    return span.here.start < edit.end + room + (
        room == 0 and edit.start == edit.end
    ) and edit.start - room < max(span.here.end, span.here.start + 1)


def _copies(made: Sequence[Made], found: Sequence[Family]) -> Iterable[tuple[Made, Member]]:
    members = {m.article_id: m for family in found for m in family.members}
    return [(one, members[_article(one).article_id]) for one in made]


def _article(one: Made) -> Article:
    return article_from(one.fields, f"/generated/{one.key}", one.key)


def _family_scores(made: Sequence[Made], found: Sequence[Family]) -> dict[str, Any]:
    by_id = {_article(one).article_id: one for one in made}
    place = {m.article_id: family.family_id for family in found for m in family.members}
    truth: dict[str, list[str]] = defaultdict(list)
    for i, one in by_id.items():
        truth[one.family].append(i)
    told = [
        Outcome(by_id[a].family, by_id[a].family == by_id[b].family)
        for family in found
        for a, b in combinations([m.article_id for m in family.members], 2)
    ]
    true = [
        (a, b, Outcome(key, place[a] == place[b]))
        for key, ids in truth.items()
        for a, b in combinations(ids, 2)
    ]

    def of_kind(kind: str) -> dict[str, Any]:
        pairs = ((by_id[a].kind, by_id[b].kind, outcome) for a, b, outcome in true)
        return _share(outcome for a, b, outcome in pairs if {a, b} == {kind, "original"})

    kinds = ("syndicated", "fragment", "rewrite", "altered", "updated")
    shares = {"precision": _share(told), "recall": _share(outcome for _, _, outcome in true)}
    return shares | {f"recall of {kind}": of_kind(kind) for kind in kinds}


def _roles(made: Sequence[Made], found: Sequence[Family]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one, member in _copies(made, found):
        counts[one.kind][str(member.role)] += 1
    return {kind: dict(sorted(roles.items())) for kind, roles in sorted(counts.items())}


def _share(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """The share that is right, with an interval; families are drawn anew, as what lies in one goes wrong together."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.family].append(outcome.right)
    if not groups:
        return asdict(Interval(None, 0, None, None))
    right = np.array([sum(group) for group in groups.values()], dtype=np.float64)
    sizes = np.array([len(group) for group in groups.values()], dtype=np.float64)
    drawn = np.random.default_rng(SEED).integers(0, len(sizes), (RESAMPLES, len(sizes)))
    shares = right[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    tail = (1 - CONFIDENCE) / 2 * 100
    low, high = np.percentile(shares, [tail, 100 - tail])
    value = right.sum() / sizes.sum()
    return {
        name: round(v, 4)
        for name, v in asdict(Interval(value, int(sizes.sum()), low, high)).items()
    }


def _row(name: str, share: Mapping[str, Any]) -> str:
    if not share["n"]:
        return f"{name:48} -"
    return f"{name:48} {share['value']:6.3f}  [{share['low']:.3f}, {share['high']:.3f}]  n {share['n']}"


def _shown(text: str, start: int, end: int) -> str:
    return f"…{text[max(0, start - 60) : start]}[{text[start:end]}]{text[end : end + 60]}…".replace(
        "\n", " "
    )


if __name__ == "__main__":
    typer.run(main)
