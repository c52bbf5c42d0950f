"""The claims suite says what it measures: its sentences are found, its shares are counted by kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.claims import SUITES, judge, read, scores

ARTICLE = """---
title: Orvel bridge opens
publisher: Harbour Gazette
published_on: 2025-03-12
---
The Orvel bridge opened on Monday. It cost 38 million crowns.
"""


def suite(folder: Path, *claims: dict[str, object]) -> Path:
    (folder / "articles").mkdir()
    (folder / "articles" / "bridge.md").write_text(ARTICLE, encoding="utf-8")
    lines = "".join(json.dumps({"article": "bridge.md", **claim}) + "\n" for claim in claims)
    (folder / "held.jsonl").write_text(lines, encoding="utf-8")
    return folder


def claim(name: str, text: str, borne_out: bool, *shown: str) -> dict[str, object]:
    return {
        "id": name, "kind": "units", "claim": text, "borne_out": borne_out, "shown": list(shown),
    }  # fmt: skip


def test_a_claim_cites_the_sentences_that_hold_what_is_shown(tmp_path: Path) -> None:
    (case,) = read(
        suite(tmp_path, claim("1", "It cost 38 million crowns.", True, "38 million")), "held"
    )

    assert [item.text for item in case.cited] == ["It cost 38 million crowns."]
    assert case.cited[0].article.title == "Orvel bridge opens"


def test_what_no_sentence_holds_is_an_error_that_names_the_claim(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no-7"):
        read(suite(tmp_path, claim("no-7", "It cost a lot.", True, "83 million")), "held")


def test_shares_are_counted_apart_for_false_and_true_claims_and_by_kind(tmp_path: Path) -> None:
    cases = read(
        suite(
            tmp_path,
            claim("1", "It cost 38 million crowns.", True, "38 million"),
            claim("2", "It cost 83 million crowns.", False, "38 million"),
        ),
        "held",
    )
    found = scores([judge(case) for case in cases])

    for kind in ("all", "units"):
        assert (found[kind]["true kept"].value, found[kind]["true kept"].n) == (1.0, 1)
        assert (found[kind]["false released"].value, found[kind]["false released"].n) == (0.0, 1)


def test_the_shipped_half_holds_every_kind_with_both_answers() -> None:
    cases = read(SUITES, "fit")

    kinds = {case.kind for case in cases}
    assert len(kinds) == 22
    assert {(case.kind, case.borne_out) for case in cases} == {
        (kind, answer) for kind in kinds for answer in (True, False)
    }
