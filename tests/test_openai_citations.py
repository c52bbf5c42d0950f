"""Citations numbered by article, with an annotation for every marker."""

from __future__ import annotations

import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from service.surfaces.openai_citations import ByArticle
from service.types import ArticleCard, Citation, FamilyPlace


def citation(
    number: int, article: str, url: str | None = None, day: date | None = None
) -> Citation:
    card = ArticleCard(
        article,
        f"On {article}",
        None,
        "The Post",
        url,
        article,
        day,
        "none",
        FamilyPlace("f", 1, "original", True),
    )
    return Citation(number, "p", "quote", 0, 5, card)


def test_two_spans_of_one_article_share_a_number_and_side_by_side_a_marker() -> None:
    numbering = ByArticle("http://x")
    numbering.know([citation(1, "b"), citation(2, "b"), citation(3, "a")])
    assert (
        numbering.write("One [1][2]. ") + numbering.write("Two [3][2].") == "One [1]. Two [2][1]."
    )
    assert [(a.start, a.end, a.url) for a in numbering.annotations] == [
        (4, 7, "http://x/articles/b"),
        (13, 16, "http://x/articles/a"),
        (16, 19, "http://x/articles/b"),
    ]
    assert numbering.annotations[0].title == "On b (The Post, undated)"


def test_no_two_articles_share_an_address() -> None:
    numbering = ByArticle("http://x/")
    numbering.know(
        [
            citation(1, "a", "https://n/1"),
            citation(2, "b", "https://n/1"),
            citation(3, "c", "javascript:alert(1)"),
        ]
    )
    numbering.write("One [1][2][3]. Two [2][1].")
    a, b, c = "https://n/1", "http://x/articles/b", "http://x/articles/c"
    assert [note.url for note in numbering.annotations] == [a, b, c, b, a]


ARTICLES = st.lists(st.sampled_from("abcd"), min_size=1, max_size=8)


PIECES = st.lists(
    st.tuples(
        st.text(st.characters(exclude_characters="[]", codec="utf-8"), max_size=8),
        st.lists(st.integers(1, 8), max_size=4),
    )
)


@given(articles=ARTICLES, pieces=PIECES)
def test_numbers_follow_first_use_and_every_annotation_spans_its_marker(
    articles: list[str], pieces: list[tuple[str, list[int]]]
) -> None:
    cited = [citation(n + 1, article) for n, article in enumerate(articles)]
    texts = [
        words + "".join(f"[{n}]" for n in marks if n <= len(cited)) + " ."
        for words, marks in pieces
    ]
    numbering = ByArticle("http://x")
    written = ""
    for text in texts:
        numbering.know(cited)
        written += numbering.write(text)
    whole = ByArticle("http://x")
    whole.know(cited)
    assert whole.write("".join(texts)) == written and whole.annotations == numbering.annotations
    markers = [int(n) for n in re.findall(r"\[(\d+)\]", written)]
    assert list(dict.fromkeys(markers)) == list(range(1, len(set(markers)) + 1))
    assert [int(written[a.start + 1 : a.end - 1]) for a in numbering.annotations] == markers
    urls = list(dict.fromkeys(a.url for a in numbering.annotations))
    assert [urls.index(a.url) + 1 for a in numbering.annotations] == markers
