"""The card beside a suite says what it measures; every suite that comes along has one that can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.cards import read_card

SUITES = sorted((Path(__file__).parent.parent / "evals" / "suites").rglob("*.yaml"))


@pytest.mark.parametrize("card", SUITES, ids=lambda path: path.stem)
def test_the_card_of_every_bundled_suite_can_be_read(card: Path) -> None:
    read = read_card(card.with_suffix(".jsonl"))
    assert read is not None
    assert read.measures and read.licence
