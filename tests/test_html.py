"""Web pages: their text without menus and banners, and hostile pages."""

from __future__ import annotations

import time
from datetime import date

import pytest
from files import (
    CARRIES,
    LIMIT,
    OPENED,
    TITLE,
    TODAY,
    WELCOMED,
    json_ld,
    page,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import BadArticle
from ingest.formats.article_making import article_of
from ingest.formats.html import read_page, read_plain_page
from ingest.text.clean import clean

PIECES = [
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<b>",
    "<table>",
    "<tr>",
    "<td>",
    "</table>",
    "<h1>",
    "</h1>",
    "<br>",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "<article>",
    "<nav>",
    "</nav>",
    "<li>",
    "<time datetime='2025-05-03'>",
    "<style>",
    "</body>",
    "<",
    ">",
    "&amp;",
    "&#0;",
    "word ",
    "By Ines Marlow",
    "A sentence of the article. ",
    "\x0c",
    "<p hidden>",
    "<title>",
    "</title>",
    "<svg>",
    "<meta name=date content=2025-05-03>",
    "<script type='application/ld+json'>",
    '{"@type":"Article","datePublished":["2025"],"author":{"@id":3}}',
    "</html>",
    "\ud800",
]


def test_the_text_of_a_page_is_its_article_without_menus_and_banners() -> None:
    body = (
        "<nav><ul><li><a href='/'>Home</a></li><li>World</li></ul></nav><div class='cookie-banner'>We use cookies. <button>Accept</button></div>"
        f"<main><article><h1>{TITLE}</h1><p class='byline'>By Ines Marlow</p><p>{OPENED}</p><h2>What it carries</h2><p>{CARRIES}</p>"
        "<p>“We have <b>waited</b> long&nbsp;enough,” said <a href='/x'>Hanna Brandt</a>, who runs a bakery on the east bank of the river.</p>"
        "<ul><li>Two lanes, one each way</li></ul><table><tr><th>Year</th><th>Cost</th></tr><tr><td>2021</td><td>30</td></tr></table>"
        "<div class='share'>Share this</div></article></main><aside><h3>Related</h3><a href='/y'>Choir wins again</a></aside>"
        "<footer><p>Copyright Harbour Gazette</p></footer>"
    )
    article = page(body=body)
    assert article.text.split("\n\n") == [
        TITLE,
        "By Ines Marlow",
        OPENED,
        "What it carries",
        CARRIES,
        "“We have waited long enough,” said Hanna Brandt, who runs a bakery on the east bank of the river.",
        "- Two lanes, one each way",
        "Year | Cost",
        "2021 | 30",
    ]
    assert (article.title, article.author) == (TITLE, "Ines Marlow")


def test_a_short_page_keeps_its_heading_byline_and_date() -> None:
    article = page(
        "<title>Dam closed</title>",
        "<nav>Home World</nav><h1>Dam closed</h1><p>By Lena Oak</p><p>3 May 2025</p><p>The dam was closed.</p>",
    )
    assert article.text == "Dam closed\n\nBy Lena Oak\n\n3 May 2025\n\nThe dam was closed."
    assert (
        article.title,
        article.author,
        article.published_on,
        article.date_source,
    ) == (
        "Dam closed",
        "Lena Oak",
        date(2025, 5, 3),
        "text",
    )


def test_a_credit_in_the_footer_stays_in_the_text() -> None:
    article = page(
        body=f"<h1>{TITLE}</h1><p>{OPENED}</p><p>{CARRIES}</p><footer><p>This article is republished from <a href='/'>The Strait Ledger</a> "
        "under a Creative Commons licence.</p><p>Terms of use</p></footer>"
    )
    assert article.credited_to == "The Strait Ledger"
    assert article.text.endswith(
        "This article is republished from The Strait Ledger under a Creative Commons licence."
    )


def test_lists_terms_and_broken_lines_within_the_text_stay_in_it() -> None:
    body = (
        f"<h1>{TITLE}</h1><p>{OPENED}</p><ol><li>First a lane</li><li>Then <b>another</b></li></ol><p><a href='/x'>Choir wins again this year</a></p>"
        f"<dl><dt>Length</dt><dd>1,200 metres</dd></dl><p>{CARRIES}</p><div>{WELCOMED}<br><br>It rained.</div>"
    )
    assert page(body=body).text.split("\n\n") == [
        TITLE,
        OPENED,
        "- First a lane",
        "- Then another",
        "Length",
        "1,200 metres",
        CARRIES,
        WELCOMED,
        "It rained.",
    ]


def test_the_heading_is_not_the_name_of_the_site() -> None:
    body = f"<h1>Harbour Gazette</h1><h2>{TITLE}</h2><p>{OPENED}</p><p>{CARRIES}</p>"
    article = page(
        f"<meta property='og:site_name' content='Harbour Gazette'><meta property='og:title' content='{TITLE}'>",
        body,
    )
    assert article.title == TITLE
    assert "Harbour Gazette" not in article.text


def test_a_wrapper_that_names_its_sidebar_is_no_sidebar() -> None:
    assert (
        page(body=f"<div class='has-sidebar'><h1>{TITLE}</h1><p>{WELCOMED}</p></div>").text
        == f"{TITLE}\n\n{WELCOMED}"
    )


@pytest.mark.parametrize(
    "fragment",
    [
        f"<p>{OPENED}</p>",
        OPENED,
        f"<div><p>{OPENED}",
        f"<html><body>{OPENED}</html>",
        f"<p hidden>Not this.</p><p>{OPENED}",
    ],
)
def test_a_fragment_of_a_page_is_read(fragment: str) -> None:
    assert article_of(read_page(fragment.encode(), LIMIT), "i", "s").text == OPENED


@pytest.mark.parametrize(
    "page",
    [
        "<html><body></body></html>",
        "<script>word()</script>",
        "<body hidden>words</body>",
        "<!-- words -->",
        "<html",
        " <p> </p> ",
    ],
)
def test_a_page_without_visible_text_is_no_article(page: str) -> None:
    with pytest.raises(BadArticle, match="no text"):
        article_of(read_page(page.encode(), LIMIT), "i", "s")


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("iso-8859-1", "cp1252"),
        ("windows-1251", "cp1251"),
        ("iso-8859-1", "utf-8"),
        ("Shift_JIS", "shift_jis"),
        ("nonsense", "cp1252"),
    ],
)
def test_the_encoding_is_the_declared_one_unless_it_is_utf_8(declared: str, encoding: str) -> None:
    words = {"cp1251": "Мэр открыл мост", "shift_jis": "橋が開通した"}.get(
        encoding, "The mayor’s café"
    )
    data = (
        f"<html><head><meta charset='{declared}'></head><body><p>{words}</p></body></html>".encode(
            encoding
        )
    )
    assert article_of(read_page(data, LIMIT), "i", "s").text == words


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_whatever_the_tags_a_page_is_an_article_or_a_reason(soup: str) -> None:
    for reader in (read_page, read_plain_page):
        try:
            article = article_of(reader(soup.encode("utf-8", "replace"), LIMIT), "i", "s", TODAY)
        except BadArticle:
            continue
        assert clean(article.text) == article.text


@pytest.mark.parametrize(
    "tag", ["div", "b", "table><tr><td", "ul><li", "x-y", "blockquote", "font", "span"]
)
def test_a_paragraph_under_thousands_of_tags_is_read_at_once(tag: str) -> None:
    started = time.thread_time()  # of the processor
    article = page(
        "<meta name='date' content='2025-03-12'>",
        f"<{tag}>" * 50_000 + f"<p>{OPENED}</p>" + f"</{tag.partition('>')[0]}>" * 50_000,
    )
    assert OPENED in article.text
    assert article.published_on == date(2025, 3, 12)
    assert "nested too deep" in article.notes[0]
    assert time.thread_time() - started < 20


@pytest.mark.parametrize(
    "body",
    [
        "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + f">{OPENED}</p>",
        f"<p>{OPENED}</p>" + "<!--" * 200_000,
        f"<p>{OPENED}</p>" + '<a href="' * 50_000,
        f"<p>{OPENED}</p>" + "&amp;" * 200_000,
        f"<p>{OPENED}</p>" + json_ld("{" * 500_000),
    ],
)
def test_marks_without_end_take_no_longer_than_text(body: str) -> None:
    assert OPENED in page(body=body).text


def test_a_page_nested_too_deep_keeps_no_sign_of_the_scripts_taken_out() -> None:
    scripts = "<script>one()</script >The bridge<style>p { }</style> reopened.<!-- a > b --> It is long.<script>open"
    article = page(body="<div>" * 300 + f"<p>{OPENED} {scripts}</p>")
    assert (
        "The bridge reopened. It is long." in " ".join(article.text.split())
        and "> " not in article.text
    )


def test_other_stories_between_the_paragraphs_are_left_out() -> None:
    teaser = "<div class='card'><a href='/x'><img></a><b>ON ICE</b><p>Skaters of Brask win their third cup in a row and go home by train</p></div>"
    text = page(
        body=f"<h1>{TITLE}</h1><p>{OPENED}</p><div class='row'>{teaser}</div><p>{CARRIES}</p><p>{WELCOMED}</p>"
    ).text
    assert text.split("\n\n") == [TITLE, OPENED, CARRIES, WELCOMED]


def test_a_caption_stands_once_and_the_buttons_of_its_gallery_not_at_all() -> None:
    caption = "The first lorry on the new bridge, seen from the bakery on the east bank, on a Wednesday morning in heavy rain."
    gallery = (
        f"<div class='gallery'><figure><img><figcaption>{caption}</figcaption></figure><span>Caption</span><span>Close</span>"
        f"<div><p>{caption}</p></div><a href='#'>Back to Gallery</a></div>"
    )
    text = page(
        body=f"<h1>{TITLE}</h1><p>{OPENED}</p>{gallery}<p>{CARRIES}</p><p>{WELCOMED}</p>"
    ).text
    assert text.count(caption) == 1
    assert "Close" not in text and "Gallery" not in text


def test_a_text_in_several_sections_of_one_kind_is_whole() -> None:
    def section(words: str) -> str:
        return (
            f"<div class='grid'><div class='copy wide'><div class='inner'>{words}</div></div></div>"
        )

    more = [f"{CARRIES} It was the {n}th day of rain." for n in range(2, 8)]
    first, second = (
        section("".join(f"<p>{words}</p>" for words in part)) for part in (more[:3], more[3:])
    )
    text = page(
        body=f"<article><h1>{TITLE}</h1>{first}<div class='slot'><p>Advertisement</p></div>{second}</article>"
    ).text
    assert [line for line in text.split("\n\n") if "It was the" in line] == more


def test_a_line_that_leads_to_another_story_is_no_part_of_this_one() -> None:
    link = (
        "<p><strong>READ MORE: <a href='/x'>Mayor of Elm Bay resigns after a row</a></strong></p>"
    )
    assert "Elm Bay" not in page("", f"<h1>{TITLE}</h1><p>{OPENED}</p>{link}<p>{CARRIES}</p>").text
