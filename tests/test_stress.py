"""What `dateline eval stress` plants in somebody's articles: known, seeded, and in words that no detector reads."""

from __future__ import annotations

import json
import re
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dateline import app
from evals.cases import read_suite
from evals.lab import words
from evals.lab.copies.sources import Source, read_sources
from evals.stress import PLANTS, stress
from ingest.errors import WrongUsage
from ingest.pipeline import SAMPLE

ROOT = Path(__file__).parent.parent
DETECTORS = ("ingest/english", "ingest/injection", "ingest/copies", "service/verification", "service/conflicts")  # fmt: skip


@pytest.fixture(scope="module")
def sources() -> list[Source]:
    return read_sources([SAMPLE])


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles and suite as the command writes them."""
    out = tmp_path_factory.mktemp("stress")
    told = ["eval", "stress", str(SAMPLE), "--out", str(out), "--stories", "10"]
    done = CliRunner().invoke(app, told)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.endswith(f"cases: {out}/stress.jsonl\n")
    return out


def texts(out: Path) -> dict[str, dict[str, str]]:
    rows = [json.loads(line) for line in (out / "articles.jsonl").read_text("utf-8").splitlines()]
    return {f"articles.jsonl#{row['id']}": row for row in rows}


def test_nothing_that_is_planted_stands_in_a_list_of_the_detectors() -> None:
    files = chain.from_iterable((ROOT / room).rglob("*") for room in DETECTORS)
    lists = [path.read_text("utf-8") for path in files if path.suffix in (".tsv", ".txt", ".py")]
    known = set(re.findall(r"[a-z]+", " ".join(lists).lower()))
    things = {word for thing in words.planted("thing") for word in thing.lower().split()}
    people = {word.lower() for name in words.planted("person") for word in name.split()}
    assert len(lists) > 30 and len(things) > 30 and len(people) > 20
    both = (things | people) & known
    assert not both, "take these out of evals/lab/data/planted.tsv"
    orders = [re.findall(r"[a-z]+", order.lower()) for order in words.planted("order")]
    runs = {" ".join(order[n : n + 3]) for order in orders for n in range(len(order) - 2)}
    spoken = " ".join(re.findall(r"[a-z]+", " ".join(lists).lower()))
    assert len(orders) >= 5
    assert not [run for run in runs if f" {run} " in spoken]


def test_the_same_seed_plants_the_same_and_another_seed_other_things(
    sources: list[Source],
) -> None:
    assert stress(sources, 8, 1) == stress(sources, 8, 1)
    assert stress(sources, 8, 1)[1] != stress(sources, 8, 2)[1]


def test_every_plant_is_made_and_every_article_is_there_once(planted: Path) -> None:
    suite = read_suite(str(planted / "stress.jsonl"))
    assert {case.id.partition("-")[0] for case in suite.cases} == set(PLANTS)
    assert suite.articles == planted / "articles.jsonl"
    rows = texts(planted)
    assert len(rows) == len((planted / "articles.jsonl").read_text("utf-8").splitlines())


def test_the_truth_of_every_case_is_what_its_articles_say(planted: Path) -> None:
    """The right words stand in the file that is named; the wrong ones in another, or in an order, and never there."""
    rows = texts(planted)
    asked = [c for c in read_suite(str(planted / "stress.jsonl")).cases if c.answerable]
    assert len(asked) >= 8
    for case in asked:
        (gold,) = case.evidence
        assert gold.quote in rows[gold.file]["text"] and str(case.answer) in gold.quote
        assert case.truth is not None
        for wrong in (*case.truth.altered, *case.truth.stale):
            assert wrong not in gold.quote
            assert [file for file, row in rows.items() if wrong in row["text"]]
        for file in chain.from_iterable(case.truth.copies):
            assert file in rows


def test_what_nothing_was_planted_about_is_in_no_article(planted: Path) -> None:
    everything = " ".join(row["text"] for row in texts(planted).values())
    cases: list[Any] = [
        c for c in read_suite(str(planted / "stress.jsonl")).cases if not c.answerable
    ]
    assert len(cases) >= 8
    for case in cases:
        (thing,) = re.findall(r"the ((?:[a-z]+ ?)+ of [A-Z]\w*)", case.question)
        assert thing not in everything


def test_articles_that_name_nothing_are_refused(sources: list[Source]) -> None:
    plain = Source("s", "t", (("it rained all day.",) * 8,))
    with pytest.raises(WrongUsage, match="no article names anything"):
        stress([plain], 1, 7)
