"""The text index: ranked, incremental, and deaf to query languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.storage.text_index import TextIndex, search_words


@pytest.fixture
def text_index(tmp_path: Path) -> TextIndex:
    index = TextIndex(tmp_path / "text")
    index.add(
        [
            ("p1", "Bridge opens", "The Orvel bridge opened."),
            ("p2", "Dam closed", "The dam at Orvel was closed."),
        ]
    )
    return index


def test_the_passage_with_the_rarer_word_comes_first(text_index: TextIndex) -> None:
    assert [i for i, _ in text_index.find("Orvel dams", 10)] == ["p2", "p1"]


def test_words_of_the_title_are_found(text_index: TextIndex) -> None:
    assert [i for i, _ in text_index.find("opens", 10)] == ["p1"]


def test_adding_a_passage_again_replaces_it(text_index: TextIndex) -> None:
    text_index.add([("p1", "Bridge opens", "Nothing about it.")])

    assert text_index.ids() == {"p1", "p2"}
    assert [i for i, _ in text_index.find("Orvel", 10)] == ["p2"]


def test_removed_passages_are_gone_at_once(text_index: TextIndex) -> None:
    text_index.remove(["p1"])

    assert text_index.ids() == {"p2"}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "the of and",
        'field:"a" AND (',
        "💡🎉",
        "a" * 10_000,
        "NOT *",
        "passage_id:p1",
        "[1 TO 2]",
        "日本の政府",
        "\x00",
        "\\",
    ],
)
def test_no_query_is_an_error(text_index: TextIndex, query: str) -> None:
    assert isinstance(text_index.find(query, 10), list)


def test_stop_words_and_syntax_are_no_search_words() -> None:
    assert search_words('title:"The bridge" AND the -dam') == ["title", "bridge", "dam"]


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=200))
def test_whatever_is_asked_the_index_answers(text_index: TextIndex, query: str) -> None:
    assert len(text_index.find(query, 5)) <= 2


def test_what_a_killed_commit_left_in_the_text_index_does_not_stop_the_next(tmp_path: Path) -> None:
    index = TextIndex(tmp_path)
    index.add([(f"{n:04}", "title", f"word{n}") for n in range(200)])
    before = (tmp_path / "meta.json").read_bytes()
    index.remove(["0003"])
    (tmp_path / "meta.json").write_bytes(
        before
    )  # killed after it wrote which rows are gone, before it said so

    again = TextIndex(tmp_path)
    assert "0003" in again.ids()
    again.remove(["0003"])
    assert "0003" not in again.ids()
