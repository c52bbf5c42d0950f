"""Generated copies and families come in; the scores they are given are checked, and that the detector reaches its floors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from evals import copies as scores
from evals.lab.copies.generator import Made, generate
from evals.lab.copies.sources import read_sources
from ingest.formats.article_making import article_from
from ingest.pipeline import SAMPLE
from ingest.types import Alteration, Family, Member, Role, Span

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def corpus() -> list[Made]:
    return generate(read_sources([SAMPLE]), 60, seed=4)


def perfect(corpus: list[Made]) -> list[Family]:
    """What a detector that knows the truth would say."""
    members: dict[str, list[Member]] = defaultdict(list)
    for made in corpus:
        found = tuple(
            Alteration(
                e.kind,
                Span(e.start, e.end, made.fields["text"][e.start : e.end]),
                Span(0, 0, e.original),
            )
            for e in made.edits
            if made.kind == "altered"
        )
        article_id = article_from(made.fields, f"/generated/{made.key}", made.key).article_id
        role = Role.ALTERED if made.kind == "altered" else Role.ORIGINAL
        members[made.family].append(
            Member(article_id, role, made.kind in ("original", "round_up"), found)
        )
    return [Family(key, tuple(found)) for key, found in members.items()]


def test_what_is_all_right_scores_one(corpus: list[Made]) -> None:
    report = scores.score(corpus, perfect(corpus))
    assert report["families"]["precision"]["value"] == report["families"]["recall"]["value"] == 1
    assert scores.misses(corpus, perfect(corpus)) == []
    for half in ("seen", "unseen"):
        assert (
            report["facts"][half]["recall"]["value"]
            == report["facts"][half]["precision"]["value"]
            == 1
        )
    assert sum(o["n"] for o in report["operations"].values()) == sum(
        len(m.edits) for m in corpus if m.kind == "altered"
    )


def test_families_that_were_joined_cost_precision_and_ones_that_fell_apart_recall(
    corpus: list[Made],
) -> None:
    right = perfect(corpus)
    joined = [Family("all", tuple(m for family in right for m in family.members))]
    apart = [Family(m.article_id, (m,)) for family in right for m in family.members]
    everything, nothing = (
        scores.score(corpus, joined)["families"],
        scores.score(corpus, apart)["families"],
    )
    assert everything["precision"]["value"] < 0.5 and everything["recall"]["value"] == 1
    assert nothing["precision"]["n"] == 0 and nothing["recall"]["value"] == 0


def test_a_span_beside_the_changed_fact_is_a_false_one_and_the_fact_is_missed(
    corpus: list[Made],
) -> None:
    moved = [
        Family(
            f.family_id,
            tuple(
                Member(m.article_id, m.role, m.canonical, tuple(map(beside, m.alterations)))
                for m in f.members
            ),
        )
        for f in perfect(corpus)
    ]
    facts = scores.score(corpus, moved)["facts"]["seen"]
    assert facts["recall_any_kind"]["value"] < 0.2 and facts["precision_any_kind"]["value"] < 0.2


def beside(alteration: Alteration) -> Alteration:
    start = alteration.here.end + 60
    return Alteration(alteration.kind, Span(start, start + 4, "else"), alteration.canonical)


def test_what_is_missed_of_the_unseen_half_is_not_shown(corpus: list[Made]) -> None:
    blind = [
        Family(f.family_id, tuple(Member(m.article_id, m.role, m.canonical) for m in f.members))
        for f in perfect(corpus)
    ]
    shown = "\n".join(scores.misses(corpus, blind))
    unseen = [edit for made in corpus if made.half == "unseen" for edit in made.edits]
    assert "MISSED" in shown and unseen
    assert not any(f" {edit.operation}:" in shown for edit in unseen)


@pytest.mark.slow
def test_the_command_reaches_the_floors_on_copies_of_the_sample(
    tmp_path: Path, model_cache: Path
) -> None:
    """At the median of three seeds: one round-up that joins two stories costs a seed up to half its pairs."""
    reports = [copies_of_the_sample(tmp_path / seed, seed, model_cache) for seed in ("3", "4", "5")]
    assert all(report["articles"] >= 30 for report in reports)
    families = [report["families"] for report in reports]
    assert median(one["precision"]["value"] for one in families) >= 0.9
    assert min(one["recall"]["value"] for one in families) >= 0.95
    for half in ("seen", "unseen"):
        facts = [report["facts"][half] for report in reports]
        assert median(one["recall"]["value"] for one in facts) >= 0.8
        assert median(one["precision"]["value"] for one in facts) >= 0.8


def copies_of_the_sample(folder: Path, seed: str, model_cache: Path) -> dict[str, Any]:
    environment = os.environ | {
        "DATELINE_DATA_DIR": str(folder / "data"),
        "DATELINE_MODEL_CACHE": str(model_cache),
    }
    options = ["--data", str(SAMPLE), "--articles", "60", "--seed", seed, "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "evals.copies", *options, "--out", str(folder / "out")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "out" / "truth.jsonl").exists() and (folder / "out" / "missed.txt").exists()
    report: dict[str, Any] = json.loads(done.stdout)
    return report
