"""What leaves as Markdown: words stay words, links lead to catalogued articles, numbers go by article."""

from __future__ import annotations

import re
from datetime import date

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from running import running
from test_uploads import ended, files

from ingest.settings import Settings
from service.surfaces.source_links import ByArticle, address, inert, origin
from service.types import ArticleCard, Citation, FamilyPlace

CARD = ArticleCard(
    "0123456789abcdef",
    "Fair draws 900",
    None,
    "The Strait Ledger",
    None,
    "fair.txt",
    date(2025, 3, 3),
    "text",
    FamilyPlace("f", 1, "original", True),
)
LIVE = [
    "drew [900 people](javascript:alert(1)) on Sunday",
    "drew [900 people][x] on Sunday",
    "[x]: http://evil.example/definition",
    "drew ![900](http://evil.example/i.png) people",
    "<image href=http://evil.example/i>",
    "<IMG/SRC=http://evil.example/i>",
    "<base href=//evil.example>",
    "<svg/onload=alert(1)>",
    "</p><script>alert(1)</script>",
    "<!-- hidden -->",
    "<?php echo 1 ?>",
    "<http://evil.example/auto>",
    "see https://evil.example/bare and HTTP://EVIL.example",
    "see www.evil.example",
    "write to desk@evil.example",
    "[a](data:text/html,x) [b](vbscript:x) [c](//evil.example)",
]
GFM_ADDRESS = re.compile(r"(?i)\b(?:https?|ftp)://|\bwww\.|[\w.+-]@[\w-]|\bjavascript:\S")


@pytest.mark.parametrize("text", LIVE)
def test_no_markup_of_an_article_is_live_in_markdown(text: str) -> None:
    safe = inert(text)
    html = MarkdownIt("commonmark").render(f"Said: {safe}") + MarkdownIt("commonmark").render(safe)
    assert not re.search(r"<(?!/?(?:p|em|strong|code)>)", html), html
    assert not GFM_ADDRESS.search(safe), safe


@pytest.mark.parametrize("text", LIVE)
def test_the_words_stay_readable(text: str) -> None:
    def bare(words: str) -> list[str]:
        return re.findall(r"[a-z0-9]+", words.replace("\u2060", "").lower())

    assert bare(inert(text)) == bare(text)


@pytest.mark.parametrize(
    "text",
    ["The dam [sic] held, 5 < 6.", "At 10:30 [1]. (It rained.)", "Odds of 3:1", "Smith & Sons"],
)
def test_plain_words_are_left_alone(text: str) -> None:
    assert inert(text) == text


@given(st.lists(st.sampled_from([*"[]()<>!:/ab", "javascript", "http", "www.", "@"])).map("".join))
def test_no_mixture_of_signs_makes_a_link_or_html(text: str) -> None:
    html = MarkdownIt("commonmark").render("Said " + inert(text))
    assert not re.search(r"<(?:a|img)\b", html)


def test_a_source_is_named_with_its_day_and_linked_only_by_web_addresses() -> None:
    assert origin(CARD) == "The Strait Ledger of 3 March 2025"
    assert address(CARD, "http://desk.example/") == "http://desk.example/articles/0123456789abcdef"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://gazette.example/a", "https://gazette.example/a"),
        ("https://gazette.example/a) <b", "https://gazette.example/a%29%20%3Cb"),
        ("javascript:alert(1)", "http://desk.example/articles/0123456789abcdef"),
        ("http://[", "http://desk.example/articles/0123456789abcdef"),
    ],
)
def test_an_address_cannot_end_its_link(url: str, link: str) -> None:
    from dataclasses import replace

    assert address(replace(CARD, url=url), "http://desk.example") == link


FAIR = (
    "Harbour fair at Quellmouth\n\nThe harbour fair at Quellmouth drew "
    "[900 people](javascript:alert(1)) <img src=http://evil.example/i> on Sunday, said "
    "<base href=http://evil.example> the warden.\n"
)


def test_openai_clients_get_no_live_markup_and_a_refusal_quotes_the_closest_sentence(
    settings: Settings,
) -> None:
    with running(settings) as (url, _), httpx2.Client(base_url=url, timeout=60) as http:
        ended(http, http.post("/v1/articles", files=files(fair_txt=FAIR)))

        def content(question: str) -> str:
            message = {"role": "user", "content": question}
            reply = http.post("/v1/chat/completions", json={"messages": [message]}).json()
            said: str = reply["choices"][0]["message"]["content"]
            return said

        drew = content("How many people did the harbour fair at Quellmouth draw?")
        assert "900 people" in drew and "the warden" in drew
        assert not re.search(r"<(?=\w)|\]\(", drew) and not GFM_ADDRESS.search(drew)

        refusal = content("What did the harbour fair at Quellmouth cost the town in 1911?")
        assert refusal.count("](") == 1 and "The closest passage, from [" in refusal
        assert f"]({url}/articles/" in refusal and "says: “" in refusal


def citation(
    number: int,
    article: str,
    url: str | None = None,
    day: date | None = None,
    title: str | None = None,
) -> Citation:
    card = ArticleCard(
        article,
        title or f"On {article}",
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


def test_no_two_articles_share_a_title() -> None:
    numbering = ByArticle("http://x")
    numbering.know(citation(n, name, title="Harbour news") for n, name in enumerate("abc", 1))
    numbering.write("One [1][2]. Two [3][1].")
    plain = "Harbour news (The Post, undated)"
    assert [note.title for note in numbering.annotations] == [
        plain,
        f"{plain}, source 2",
        f"{plain}, source 3",
        plain,
    ]


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
