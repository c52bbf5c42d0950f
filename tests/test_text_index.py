"""The text index: ranked, incremental, and deaf to query languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.storage.text_index import Lexical, search_words


@pytest.fixture
def lexical(tmp_path: Path) -> Lexical:
    index = Lexical(tmp_path / "text")
    index.add(
        [
            ("p1", "Bridge opens", "The Orvel bridge opened."),
            ("p2", "Dam closed", "The dam at Orvel was closed."),
        ]
    )
    return index


def test_the_passage_with_the_rarer_word_comes_first(lexical: Lexical) -> None:
    assert [i for i, _ in lexical.find("Orvel dams", 10)] == ["p2", "p1"]


def test_words_of_the_title_are_found(lexical: Lexical) -> None:
    assert [i for i, _ in lexical.find("opens", 10)] == ["p1"]


def test_adding_a_passage_again_replaces_it(lexical: Lexical) -> None:
    lexical.add([("p1", "Bridge opens", "Nothing about it.")])

    assert lexical.ids() == {"p1", "p2"}
    assert [i for i, _ in lexical.find("Orvel", 10)] == ["p2"]


def test_removed_passages_are_gone_at_once(lexical: Lexical) -> None:
    lexical.remove(["p1"])

    assert lexical.ids() == {"p2"}


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
def test_no_query_is_an_error(lexical: Lexical, query: str) -> None:
    assert isinstance(lexical.find(query, 10), list)


def test_stop_words_and_syntax_are_no_search_words() -> None:
    assert search_words('title:"The bridge" AND the -dam') == ["title", "bridge", "dam"]


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=200))
def test_whatever_is_asked_the_index_answers(lexical: Lexical, query: str) -> None:
    assert len(lexical.find(query, 5)) <= 2
