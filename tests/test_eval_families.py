"""The measurement of families on real pages: precision, recall and roles of families set by hand."""

from __future__ import annotations

import json

from evals import families

TRUTH = [{"a": "original", "b": "republished"}, {"c": "original", "d": "updated"}]


def test_a_family_is_right_inside_a_labelled_one_and_found_when_it_is_whole() -> None:
    found = [{"a": "original", "b": "altered"}, {"c": "original", "e": "republished"}]
    scores = families.score(TRUTH, found)
    assert scores["families: precision"].value == 0.5
    assert scores["families: recall"].value == 0.5
    assert scores["roles right"].value == 0.5
    assert len(list(families.misses(TRUTH, found))) == 4


def test_what_is_as_labelled_is_no_miss() -> None:
    assert not list(families.misses(TRUTH, TRUTH))
    assert families.score(TRUTH, TRUTH)["roles right"].value == 1.0


def test_no_page_is_labelled_as_a_copy_twice_and_none_of_two_apart_is_one() -> None:
    labels = json.loads(families.LABELS.read_text("utf-8"))
    pages = [page for family in labels["copies"] for page in family]
    assert len(pages) == len(set(pages))
    for group in labels["apart"]:
        assert not any(len(set(group["ids"]) & family.keys()) > 1 for family in labels["copies"])
