"""Pairs of sentences written by hand come in; how many changed facts are found, and how many benign edits are not, is checked."""

from __future__ import annotations

import json
from pathlib import Path

from ingest.english import differences

PAIRS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "pairs.jsonl").read_text("utf-8").splitlines()
]


def kinds(pair: dict[str, str]) -> set[str]:
    """What is found in a pair beyond rewordings."""
    return {d.kind for d in differences(pair["left"], pair["right"])} - {"wording"}


def test_there_are_enough_pairs_of_every_kind() -> None:
    found = [pair["kind"] for pair in PAIRS]
    assert len(PAIRS) >= 80
    assert (
        min(
            found.count(kind)
            for kind in ("number", "date", "name", "negation", "quantifier", "antonym")
        )
        >= 4
    )
    assert found.count("benign") >= 30


def test_changed_facts_are_found_with_their_kind() -> None:
    altered = [pair for pair in PAIRS if pair["kind"] != "benign"]
    missed = [pair for pair in altered if pair["kind"] not in kinds(pair)]
    assert 1 - len(missed) / len(altered) >= 0.95, missed


def test_what_is_reported_is_a_changed_fact() -> None:
    reported = [pair for pair in PAIRS if kinds(pair)]
    false = [pair for pair in reported if pair["kind"] == "benign"]
    assert 1 - len(false) / len(reported) >= 0.95, false
