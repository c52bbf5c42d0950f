"""Two ranked lists become one, and its first passages are ranked anew by their best sentence."""

from __future__ import annotations

import pytest

from service.retrieval.fusion import fuse, leaders, rerank


def test_fusion_weighs_both_lists_by_the_share() -> None:
    dense, words = {"a": 0.9, "b": 0.5}, {"b": 7.0}
    assert fuse(dense, words, 1.0) == pytest.approx({"a": 1.0, "b": 0.0}, abs=0.01)
    assert fuse(dense, words, 0.0) == pytest.approx({"a": 0.0, "b": 1.0}, abs=0.01)
    assert fuse(dense, words, 0.6) == pytest.approx({"a": 0.6, "b": 0.4})


def test_fusion_gives_the_last_of_few_word_matches_more_than_no_match() -> None:
    scores = fuse({"a": 0.5, "b": 0.5, "c": 0.5}, {"a": 8.0, "b": 4.0}, 0.5)
    assert scores["a"] > scores["b"] > scores["c"]


def test_fusion_orders_the_same_whether_hundred_or_thousand_rows_were_fetched() -> None:
    dense = {f"p{n}": 1 - n / 1000 for n in range(1000)}
    words = {f"p{(n * 37) % 1000}": 20 - n / 60 for n in range(1000)}

    def first(count: int) -> list[str]:
        scores = fuse(dict(list(dense.items())[:count]), dict(list(words.items())[:count]), 0.6)
        return sorted(scores, key=lambda i: -scores[i])[:3]

    assert first(100) == first(1000)


def test_fusion_of_nothing_is_nothing() -> None:
    assert fuse({}, {}, 0.6) == {}


def test_the_first_twenty_are_ranked_anew_and_no_more() -> None:
    scores = {f"p{n:02}": 1 - n / 100 for n in range(30)}
    assert leaders(scores) == [f"p{n:02}" for n in range(20)]


def test_of_equal_scores_the_lower_id_leads() -> None:
    assert leaders({"b": 0.5, "a": 0.5, "c": 0.7}) == ["c", "a", "b"]


def test_a_best_sentence_moves_its_passage_by_three_tenths_of_the_range() -> None:
    found = rerank({"a": 0.8, "b": 0.4}, {"a": 0.1, "b": 0.9})
    assert found == pytest.approx({"a": 0.7 * 0.8 + 0.3 * 0.4, "b": 0.7 * 0.4 + 0.3 * 0.8})
    assert rerank({"a": 0.8, "b": 0.78}, {"a": 0.1, "b": 0.9})["b"] > 0.78
    near, far = {"a": 0.8, "b": 0.78, "c": 0.0}, {"a": 0.8, "b": 0.3, "c": 0.0}
    cosines = {"a": 0.5, "b": 0.9, "c": 0.1}
    assert leaders(rerank(near, cosines))[0] == "b" and leaders(rerank(far, cosines))[0] == "a"


def test_what_is_not_ranked_anew_keeps_its_score() -> None:
    assert rerank({"a": 0.8, "b": 0.4, "c": 0.6}, {"a": 0.2, "b": 0.3})["c"] == 0.6
    assert rerank({"a": 0.8}, {}) == {"a": 0.8}
