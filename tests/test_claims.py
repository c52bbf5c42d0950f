"""The claims suite says what it measures: its sentences are found, its shares are counted by kind."""

from __future__ import annotations

import json
from collections import Counter
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


# Of the claims that are judged rightly those that together tell most changes of a limit or a rule.
TELLING = """
a-attribution-023 a-correction-010 a-modality-009 a-modality-023 a-negation-010
a-restriction-030 a-roles-017 a-sign-025 a-title-004 a-units-015 a-units-028 b-att-022
b-cur-005 b-cur-021 b-cur-029 b-opp-007 b-ten-010 b-ten-015 b-ten-031 b-uni-010
c-compa-028 c-compa-030 c-corr-007 c-curre-002 c-curre-008 c-ficti-025 c-modal-022
c-negat-022 c-num-021 c-oppos-029 c-roles-022 c-roles-024 c-sign-023
"""


def test_what_is_judged_rightly_stays_so_claim_by_claim() -> None:
    cases = {case.id: case for case in read(SUITES, "fit")}
    wrong = [i for i in TELLING.split() if judge(cases[i]).released != cases[i].borne_out]
    assert not wrong


def test_the_balanced_claims_are_half_true_in_every_kind_and_cite_what_stands_there() -> None:
    cases = [
        case for half in ("fit", "held") for case in read(SUITES.with_name("claims-balanced"), half)
    ]
    told = Counter((case.kind, case.borne_out) for case in cases)

    assert len(cases) == 480 and set(told.values()) == {12}
    assert all(case.cited for case in cases)
