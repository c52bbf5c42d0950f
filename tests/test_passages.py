"""Passages: exact offsets, within the budget, without boilerplate and without what was printed before."""

from __future__ import annotations

import sys
from itertools import pairwise
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import tokens
from ingest.errors import BadArticle
from ingest.formats.article_making import article_from
from ingest.text.segmentation import embedded_text, pack, split
from ingest.types import Article, Passage, SentenceKind

LONG = "Some news\n\n" + "\n\n".join(
    f"The council of Orvel met on day {n} and talked about bridge {n} for hours." for n in range(60)
)


def packed(text: str, budget_tokens: int = 60) -> tuple[Article, tuple[Passage, ...]]:
    article = article_from({"text": text}, "/a.txt", "a.txt")
    return article, pack(article, split(article.text, article.title), budget_tokens)


def test_passages_keep_to_the_budget_and_to_sentences() -> None:
    article, passages = packed(LONG)
    starts = {s.start for s in split(article.text, article.title)}

    assert len(passages) > 10
    assert all(tokens.count(p.text) <= 60 for p in passages)
    assert all(p.start in starts for p in passages)


def test_every_sentence_that_may_be_cited_is_in_exactly_one_passage() -> None:
    article, passages = packed(LONG)

    for sentence in split(article.text, article.title):
        holding = [p for p in passages if p.start <= sentence.start and sentence.end <= p.end]
        assert len(holding) == (sentence.kind is not SentenceKind.BOILERPLATE)


def test_a_paragraph_printed_twice_is_indexed_once() -> None:
    _, passages = packed(
        "Title\n\nThe dam at Orvel was closed on Monday.\n\nSomething else happened.\n\nThe dam at Orvel was closed on Monday."
    )

    assert sum(p.text.count("The dam at Orvel") for p in passages) == 1


def test_one_sentence_longer_than_the_budget_is_cut_and_nothing_is_lost() -> None:
    article, passages = packed("word " * 400 + "end.")

    assert "".join("".join(p.text.split()) for p in passages) == "".join(article.text.split())


def test_an_article_is_hashed_as_often_however_many_passages_it_has() -> None:
    def hashed(words: int) -> int:
        article = article_from({"text": "word" * words}, "/a.txt", "a.txt")
        sentences = split(article.text)
        calls = 0

        def count(frame: FrameType, event: str, argument: object) -> None:
            nonlocal calls
            calls += event == "call" and frame.f_code.co_name == "content_hash"

        sys.setprofile(count)
        try:
            assert len(pack(article, sentences, 40)) > words // 100
        finally:
            sys.setprofile(None)
        return calls

    assert hashed(20_000) == hashed(1_000) > 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=120), min_size=1, max_size=12), st.integers(40, 200))
def test_offsets_are_exact_and_ids_distinct_whatever_the_text(
    paragraphs: list[str], budget_tokens: int
) -> None:
    try:
        article, passages = packed("\n\n".join(paragraphs), budget_tokens)
    except BadArticle:
        return

    assert all(article.text[p.start : p.end] == p.text and p.text.strip() for p in passages)
    assert len({p.passage_id for p in passages}) == len(passages)
    assert all(a.end <= b.start for a, b in pairwise(passages))


@pytest.mark.parametrize("title", [None, "Bridge opens"])
def test_the_title_stands_in_front_of_what_is_embedded(title: str | None) -> None:
    assert embedded_text(title, "words") == (f"{title}: words" if title else "words")
