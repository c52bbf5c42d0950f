"""Web pages, PDFs and Word files: their text, what their metadata states and in what order it is believed; hostile files."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from files import CARRIES, OPENED, TITLE, WELCOMED, bomb, docx, html, pdf
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import BadArticle
from ingest.formats.articles import article_from, article_of
from ingest.formats.docx_text import read_docx
from ingest.formats.html import read_page, read_plain_page
from ingest.formats.pdf import read_pdf
from ingest.formats.readers import read
from ingest.storage.catalogue import Catalogue, NewVersion
from ingest.text.clean import clean
from ingest.text.language import language_of
from ingest.types import Article, DateKind, Failure, Family, Member, Role, StatedDate

TODAY = date(2025, 6, 30)
LIMIT = 5_000_000
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


def page(head: str = "", body: str = "", today: date = TODAY) -> Article:
    return article_of(
        read_page(html(head, body).encode("utf-8", "replace"), LIMIT),
        "identity",
        "page.html",
        today,
    )


def json_ld(value: object) -> str:
    return f"<script type='application/ld+json'>{value if isinstance(value, str) else json.dumps(value)}</script>"


# --- web pages: text


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


# --- web pages: metadata


ARTICLE = {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2025-03-12T23:30:00-05:00"}


@pytest.mark.parametrize(
    "head",
    [
        json_ld(ARTICLE),
        json_ld([{"@type": "BreadcrumbList", "name": "No"}, ARTICLE]),
        json_ld({"@graph": [{"@type": "WebSite"}, ARTICLE]}),
        json_ld({**ARTICLE, "@type": ["Article", "Thing"]}),
        json_ld({"@type": "WebPage", "mainEntity": ARTICLE}),
        json_ld({"@type": "ItemPage", "datePublished": "2025-03-12"}),
        json_ld("<!--" + json.dumps(ARTICLE) + "-->"),
        json_ld(json.dumps(ARTICLE).replace("}", ",}")),
        json_ld("{broken") + json_ld(ARTICLE),
        "<meta property='article:published_time' content='2025-03-12T00:10+02:00'>",
        "<meta name='date' content='12 March 2025'>",
        "<meta name='DC.date.issued' content='2025-03-12'>",
        "<meta name='parsely-pub-date' content='20250312T080000Z'>",
        "<meta itemprop='datePublished' content='Wed, 12 Mar 2025 08:00:00 GMT'>",
        "<meta name='citation_publication_date' content='2025/03/12'>",
    ],
)
def test_a_date_in_the_metadata_is_the_day_as_written_there(head: str) -> None:
    article = page(head)
    assert (article.published_on, article.date_source) == (date(2025, 3, 12), "metadata")


@pytest.mark.parametrize(
    "mark",
    [
        "<time itemprop='datePublished' datetime='2025-03-12T08:00'>today</time>",
        "<span itemprop='datePublished'>12 March 2025</span>",
        "<time pubdate datetime='2025-03-12'>now</time>",
        "<abbr class='published' title='2025-03-12'>now</abbr>",
        "<p>Posted <time datetime='2025-03-12'>12 March</time></p>",
        "<p>Posted <time datetime='2025-03-12'>then</time></p><p>Updated <time datetime='2025-03-14'>now</time></p>",
    ],
)
def test_a_date_marked_in_the_page_is_metadata_too(mark: str) -> None:
    article = page(body=f"<h1>{TITLE}</h1>{mark}<p>{OPENED}</p><p>{CARRIES}</p>")
    assert (article.published_on, article.date_source) == (date(2025, 3, 12), "metadata")


@pytest.mark.parametrize(
    "head",
    [
        "",
        json_ld({**ARTICLE, "datePublished": "soon"}),
        json_ld({**ARTICLE, "datePublished": "03/04/2025"}),
        json_ld({**ARTICLE, "datePublished": "2025-02-30"}),
        json_ld({"@type": "WebSite", "datePublished": "2025-03-12"}),
        json_ld({"@type": "ItemList", "itemListElement": [ARTICLE]}),
        json_ld("[" * 100_000),
        "<meta name='date' content='2025'>",
        "<meta http-equiv='last-modified' content='2025-03-12'>",
    ],
)
def test_no_date_is_ever_guessed(head: str) -> None:
    body = (
        f"<h1>{TITLE}</h1><p>{OPENED} It was planned on 3 May 2021 and first drawn in 2019.</p><p>{CARRIES}</p>"
        "<div><a href='/2024/11/05/choir'>Choir</a> <time datetime='2024-11-05'>5 November</time></div>"
    )
    article = page(head, body)
    assert (article.published_on, article.date_source) == (None, "none")


def test_json_ld_goes_before_meta_tags_and_both_before_the_text() -> None:
    head = (
        json_ld({**ARTICLE, "dateModified": "2025-03-15T01:00+02:00"})
        + "<meta property='article:published_time' content='2025-03-13'>"
    )
    article = page(head, f"<h1>{TITLE}</h1><p>14 March 2025</p><p>{OPENED}</p><p>{CARRIES}</p>")
    assert (article.published_on, article.updated_on, article.republished_on) == (
        date(2025, 3, 12),
        date(2025, 3, 15),
        None,
    )
    assert [(d.kind, d.day.day, d.precision, d.where) for d in article.stated_dates] == [
        (DateKind.PUBLISHED, 12, "minute", "json-ld"),
        (DateKind.UPDATED, 15, "minute", "json-ld"),
        (DateKind.PUBLISHED, 13, "day", "meta"),
        (DateKind.PUBLISHED, 14, "day", "text"),
    ]


def test_a_month_is_stated_but_no_day_of_publication() -> None:
    article = page(json_ld({**ARTICLE, "datePublished": "2025-03"}))
    assert (article.published_on, article.latest_named_date) == (None, date(2025, 3, 1))
    assert article.stated_dates == (
        StatedDate(DateKind.PUBLISHED, date(2025, 3, 1), "month", "json-ld"),
    )


def test_a_first_publication_in_the_text_makes_the_metadata_a_republication() -> None:
    body = f"<h1>{TITLE}</h1><p>{OPENED}</p><p>This article is republished from The Strait Ledger, where it was first published 3 March 2025.</p>"
    article = page(json_ld(ARTICLE), body)
    assert (article.published_on, article.republished_on, article.date_source) == (
        date(2025, 3, 3),
        date(2025, 3, 12),
        "text",
    )


def test_a_date_to_come_is_reported_and_not_believed() -> None:
    head = json_ld({**ARTICLE, "datePublished": "2031-01-01"})
    article = page(head)
    assert (article.published_on, article.date_source, article.latest_named_date) == (
        None,
        "none",
        date(2031, 1, 1),
    )
    assert article.notes == (
        "says it was published on 2031-01-01, which is not believed: that day is to come",
    )
    assert page(head, today=date(2030, 12, 31)).published_on == date(2031, 1, 1)
    fallback = page(head + "<meta name='date' content='2025-03-12'>")
    assert (fallback.published_on, len(fallback.notes)) == (date(2025, 3, 12), 1)
    assert (
        article_from(
            {"text": "It rained.", "published_on": "2031-01-01"}, "i", "s", today=TODAY
        ).published_on
        is None
    )
    assert (
        article_from(
            {"text": f"Rain\n\nPublished 1 May 2031\n\n{OPENED}"}, "i", "s", today=TODAY
        ).published_on
        is None
    )


def test_title_author_outlet_and_address_come_from_the_metadata() -> None:
    graph = [
        {"@type": "Organization", "@id": "#us", "name": "Harbour Gazette"},
        {"@type": "Person", "@id": "#ines", "name": "Ines Marlow"},
        {
            **ARTICLE,
            "headline": "Bridge &amp; rain",
            "author": [{"@id": "#ines"}, {"@type": "Person", "name": "Tom Orrick"}],
            "publisher": {"@id": "#us"},
            "mainEntityOfPage": {"@type": "WebPage", "@id": "https://gazette.example/bridge"},
        },
    ]
    article = page(
        json_ld({"@graph": graph}) + "<title>Other - Harbour Gazette</title>",
        f"<p>{OPENED}</p><p>{CARRIES}</p>",
    )
    assert (article.title, article.author, article.publisher, article.url) == (
        "Bridge & rain",
        "Ines Marlow, Tom Orrick",
        "Harbour Gazette",
        "https://gazette.example/bridge",
    )


@pytest.mark.parametrize(
    ("head", "field", "expected"),
    [
        (
            "<title>Rain | Harbour Gazette</title><meta property='og:site_name' content='Harbour Gazette'>",
            "title",
            "Rain",
        ),
        (
            "<meta property='og:title' content='Harbour Gazette: Rain'><meta property='og:site_name' content='Harbour Gazette'>",
            "title",
            "Rain",
        ),
        ("<meta name='author' content='By Ines Marlow'>", "author", "Ines Marlow"),
        ("<meta name='author' content='admin'>", "author", None),
        ("<meta property='article:author' content='https://a.example/ines'>", "author", None),
        (
            json_ld({**ARTICLE, "author": {"@type": "Organization", "name": "Harbour Gazette"}}),
            "author",
            None,
        ),
        (json_ld({**ARTICLE, "author": "Ines Marlow"}), "author", "Ines Marlow"),
        (
            "<link rel='canonical' href='https://a.example/b'><meta property='og:url' content='https://c.example'>",
            "url",
            "https://a.example/b",
        ),
        ("<link rel='canonical' href='javascript:alert(1)'>", "url", None),
        ("<meta property='og:url' content='https://c.example/d'>", "url", "https://c.example/d"),
        (
            json_ld({**ARTICLE, "publisher": {"name": "Harbour Gazette"}}),
            "publisher",
            "Harbour Gazette",
        ),
    ],
)
def test_metadata_is_taken_for_what_it_is(head: str, field: str, expected: str | None) -> None:
    assert getattr(page(head, f"<p>{OPENED}</p><p>{CARRIES}</p>"), field) == expected


def test_a_field_that_is_as_long_as_a_text_is_none() -> None:
    assert (
        page(
            json_ld({**ARTICLE, "headline": "word " * 1000}), f"<p>{OPENED}</p><p>{CARRIES}</p>"
        ).title
        is None
    )


def test_of_several_articles_in_the_metadata_the_one_with_the_address_of_the_page_counts() -> None:
    other = {**ARTICLE, "url": "https://a.example/other", "datePublished": "2024-01-01"}
    head = (
        json_ld([other, {**ARTICLE, "url": "https://a.example/bridge"}])
        + "<link rel='canonical' href='https://a.example/bridge'>"
    )
    assert page(head).published_on == date(2025, 3, 12)


# --- web pages: hostile


@pytest.mark.parametrize(
    "tag", ["div", "b", "table><tr><td", "ul><li", "x-y", "blockquote", "font", "span"]
)
def test_a_paragraph_under_thousands_of_tags_is_read_at_once(tag: str) -> None:
    started = time.monotonic()
    article = page(
        "<meta name='date' content='2025-03-12'>",
        f"<{tag}>" * 50_000 + f"<p>{OPENED}</p>" + f"</{tag.partition('>')[0]}>" * 50_000,
    )
    assert OPENED in article.text
    assert article.published_on == date(2025, 3, 12)
    assert "nested too deep" in article.notes[0]
    assert time.monotonic() - started < 20


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


# --- PDF

FIRST = [
    (9, 0, "Harbour Gazette 1"),
    (20, 40, "Orvel bridge opens"),
    (20, 24, "after four years"),
    (11, 30, "By Ines Marlow"),
    (11, 22, "12 March 2025"),
    (11, 22, "The Orvel bridge opened to traffic on Wednesday, four years after the be-"),
    (11, 14, "ginning of the work that nobody had hoped to see at an end, said mayor"),
    (11, 14, "Tomas Quill, who wept."),
    (11, 28, "A well-known baker was there. She said that the opening of a bridge is well-"),
    (11, 14, "known to make people"),
    (9, 300, "1"),
]
NEXT = [(9, 0, "Harbour Gazette 2"), (11, 40, "hungry, and sold bread."), (9, 300, "2")]
LAST = [
    (9, 0, "Harbour Gazette 3"),
    (11, 40, "It rained until the evening came to the town and the river."),
    (9, 300, "Page 3 of 3"),
]


def test_a_pdf_is_read_as_paragraphs_without_running_heads_and_divided_words() -> None:
    article = article_of(
        read_pdf(pdf([FIRST, NEXT, LAST], author="Some User", title="draft_7.indd"), LIMIT),
        "i",
        "a.pdf",
        TODAY,
    )
    assert article.text.split("\n\n") == [
        TITLE,
        "By Ines Marlow",
        "12 March 2025",
        "The Orvel bridge opened to traffic on Wednesday, four years after the beginning of the work that nobody had hoped to see at an end, said mayor "
        "Tomas Quill, who wept.",
        "A well-known baker was there. She said that the opening of a bridge is well-known to make people hungry, and sold bread.",
        "It rained until the evening came to the town and the river.",
    ]
    assert (article.title, article.author, article.published_on, article.date_source) == (
        TITLE,
        "Ines Marlow",
        date(2025, 3, 12),
        "text",
    )


def test_the_properties_of_a_pdf_speak_where_the_text_does_not() -> None:
    rows = [(11, 0, OPENED[:82]), (11, 14, OPENED[82:])]
    article = article_of(
        read_pdf(pdf([rows], author="Ines Marlow", title="The bridge opens"), LIMIT), "i", "a.pdf"
    )
    assert (article.text, article.title, article.author) == (
        OPENED,
        "The bridge opens",
        "Ines Marlow",
    )
    assert (article.published_on, article.date_source) == (None, "none"), (
        "the day the file was made is not that of publication"
    )
    plain = article_of(
        read_pdf(pdf([rows], author="user", title="Microsoft Word - a.docx"), LIMIT), "i", "a.pdf"
    )
    assert (plain.title, plain.author) == (None, None)


def test_a_pdf_without_a_password_to_open_it_is_read_and_one_with_is_not() -> None:
    assert "Quill" in read_pdf(pdf([FIRST], password=""), LIMIT).text
    with pytest.raises(BadArticle, match="encrypted"):
        read_pdf(pdf([FIRST], password="secret"), LIMIT)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2000), st.integers(0, 255))
def test_a_pdf_that_is_cut_or_damaged_is_read_or_named_so(place: int, byte: int) -> None:
    whole = pdf([FIRST, NEXT])
    for data in (whole[:place], whole[:place] + bytes([byte]) + whole[place + 1 :]):
        try:
            read_pdf(data, LIMIT)
        except BadArticle as error:
            assert ";" in str(error) or "recogniser" in str(error)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"words", "no PDF"),
        (b"%PDF-1.4\n%%EOF", "cut off"),
        (pdf([[]]), "only pictures"),
        (pdf([FIRST])[:400], "cut off"),
        (pdf([[]] * 2001), "2001 pages"),
    ],
)
def test_a_pdf_that_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(BadArticle, match=reason):
        read_pdf(data, LIMIT)


# --- Word


def test_a_word_file_is_read_in_order_with_tables_and_headings() -> None:
    article = article_of(read_docx(docx(author="Some User"), LIMIT), "i", "a.docx", TODAY)
    assert article.text.split("\n\n") == [
        TITLE,
        "By Ines Marlow",
        "12 March 2025",
        OPENED,
        "What it carries",
        CARRIES,
        "Year | Cost",
        "2021 | 30",
        "Two lanes",
    ]
    assert (article.title, article.author, article.published_on) == (
        TITLE,
        "Ines Marlow",
        date(2025, 3, 12),
    )


def test_changes_are_accepted_and_nothing_stands_twice() -> None:
    def run(words: str, tag: str = "t") -> str:
        return f"<w:r><w:{tag} xml:space='preserve'>{words}</w:{tag}></w:r>"

    changed = (
        f"<w:p>{run('It cost ')}<w:del w:id='1' w:author='a'>{run('83', 'delText')}</w:del><w:ins w:id='2' w:author='a'>{run('38')}</w:ins>{run(' million.')}</w:p>"
        f"<w:sdt><w:sdtContent><w:p>{run('In a box')}<w:r><w:tab/><w:t>to fill.</w:t><w:br/><w:t>Next.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:r><mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
        f"<mc:Choice Requires='x'><w:p>{run('Once only.')}</w:p></mc:Choice><mc:Fallback><w:p>{run('Once only.')}</w:p></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    lines = read_docx(docx(changed=changed), LIMIT).text.split("\n\n")
    assert lines[-3:] == ["It cost 38 million.", "In a box to fill.\nNext.", "Once only."]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (bomb(120), "zip bomb"),
        (bomb(3), "zip bomb"),
        (bomb(120, declared=1000), "no Word file"),
        (docx()[:5000], "cut off"),
        (b"words", "no Word file"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "encrypted or an old .doc"),
        (docx(changed="<w:p>"), "damaged"),
    ],
)
def test_a_word_file_that_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(BadArticle, match=reason):
        read_docx(data, LIMIT)


# --- files and folders


def test_bad_files_are_named_with_a_reason_and_the_rest_is_read(tmp_path: Path) -> None:
    good = {
        "a.html": html(json_ld(ARTICLE)),
        "b.HTM": html(),
        "c.docx": docx(),
        "d.pdf": pdf([FIRST, NEXT, LAST]),
        "e.txt": OPENED,
        "f.jsonl": json.dumps({"id": "x", "html": html(json_ld(ARTICLE)), "title": "Given"})
        + "\n"
        + json.dumps({"html": "<p>It rained.</p>", "published_on": "2025-05-01"}),
        "deep.html": html(body="<div>" * 50_000 + f"<p>{OPENED}</p>"),
    }
    bad = {
        "bomb.docx": bomb(120),
        "cut.docx": docx()[:3000],
        "cut.pdf": pdf([FIRST])[:500],
        "empty.html": "",
        "locked.pdf": pdf([FIRST], password="secret"),
        "nul.html": b"<p>a\0b</p>",
        "old.docx": b"\xd0\xcf\x11\xe0",
        "scan.pdf": pdf([[]]),
        "script.html": "<script>a()</script>",
        "wide.html": "a" * 3_000_001,
    }
    for name, content in {**good, **bad}.items():
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    found = list(read(tmp_path, max_article_mb=3, today=TODAY))
    articles = {item.source: item for item in found if isinstance(item, Article)}
    failures = {item.source: item.reason for item in found if isinstance(item, Failure)}
    assert list(articles) == [
        "a.html",
        "b.HTM",
        "c.docx",
        "d.pdf",
        "deep.html",
        "e.txt",
        "f.jsonl#x",
        "f.jsonl#L2",
    ]
    assert list(failures) == sorted(bad)
    assert all(";" in reason or "recogniser" in reason for reason in failures.values())
    assert {
        a.title for s, a in articles.items() if s in ("a.html", "b.HTM", "c.docx", "d.pdf")
    } == {TITLE}
    assert (articles["f.jsonl#x"].title, articles["f.jsonl#x"].published_on) == (
        "Given",
        date(2025, 3, 12),
    )
    assert (articles["f.jsonl#L2"].text, articles["f.jsonl#L2"].published_on) == (
        "It rained.",
        date(2025, 5, 1),
    )
    assert OPENED in articles["deep.html"].text


def test_of_wrapped_files_the_text_is_measured(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(docx())
    (tmp_path / "b.pdf").write_bytes(pdf([[(11, 14, OPENED[:90])] * 40] * 4))
    found, failed = read(tmp_path, max_article_mb=0.01)
    assert isinstance(found, Article)
    assert isinstance(failed, Failure)
    assert "of text, more than the 0.01 MB" in failed.reason


def test_a_folder_may_change_while_it_is_read(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.html", "d.txt"):
        (tmp_path / name).write_text("It rained.")
    found = read(tmp_path, max_article_mb=5)
    assert isinstance(next(found), Article)
    (tmp_path / "b.txt").unlink()
    (tmp_path / "c.html").unlink()
    (tmp_path / "c.html").mkdir()
    named = [(item.source, isinstance(item, Article)) for item in found]
    assert named == [("b.txt", False), ("d.txt", True)], "what became a folder is entered"


def test_what_a_link_leads_to_goes_by_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "z").mkdir()
    (tmp_path / "z" / "one.txt").write_text("It rained.")
    (tmp_path / "two.txt").write_text("It snowed.")
    (tmp_path / "a").symlink_to(tmp_path / "z")
    (tmp_path / "b.txt").symlink_to(tmp_path / "two.txt")
    assert [item.source for item in read(tmp_path, max_article_mb=5)] == ["two.txt", "z/one.txt"]


def test_an_html_article_can_be_posted() -> None:
    article = article_from(
        {"html": html(json_ld(ARTICLE)), "author": "Tom Orrick"}, "api#1", "posted", today=TODAY
    )
    assert (article.title, article.author, article.published_on) == (
        TITLE,
        "Tom Orrick",
        date(2025, 3, 12),
    )


def test_a_page_nested_too_deep_keeps_no_sign_of_the_scripts_taken_out() -> None:
    scripts = "<script>one()</script >The bridge<style>p { }</style> reopened.<!-- a > b --> It is long.<script>open"
    article = page(body="<div>" * 300 + f"<p>{OPENED} {scripts}</p>")
    assert (
        "The bridge reopened. It is long." in " ".join(article.text.split())
        and "> " not in article.text
    )


def test_readers_load_no_library_before_they_need_it() -> None:
    script = "import sys, ingest.formats.readers; print([m for m in ('lxml', 'trafilatura', 'pypdf', 'docx', 'py3langid', 'numpy') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    assert done.stdout.strip() == "[]", done.stderr


# --- language, and what is stored


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (OPENED, "en"),
        (
            "Der Bürgermeister eröffnete am Freitag die Brücke über die Orvel, an der vier Jahre lang gebaut worden war, und er weinte.",
            "de",
        ),
        (
            "Le maire a inauguré vendredi le pont sur l’Orvel, quatre ans après le début des travaux, et il a pleuré sous la pluie.",
            "fr",
        ),
        (
            "Мэр открыл в пятницу мост через Орвель, который строили четыре года, и заплакал под дождём, говорят жители города.",
            "ru",
        ),
        (
            "市長は金曜日、四年をかけて建設されたオルベル橋を開通させ、雨の中で涙を流したと住民は語った。橋には二車線がある。",
            "ja",
        ),
        ("It rained.", None),
        ("", None),
        ("12 345 " * 40, None),
    ],
)
def test_the_language_of_a_text_is_known_unless_it_is_short(
    text: str, language: str | None
) -> None:
    assert language_of(text) == language


def test_dates_with_their_provenance_survive_the_catalogue(tmp_path: Path) -> None:
    article = page(json_ld({**ARTICLE, "dateModified": "2025-03-15"}))
    family = Family("f", (Member(article.article_id, Role.ORIGINAL, True),))
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    with catalogue.database.write() as connection:
        connection.execute(
            "ALTER TABLE versions DROP COLUMN updated_on"
        )  # as an earlier version made it
    catalogue.close()
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.publish([NewVersion(article, "root", (), ())], (), [family])
    stored = catalogue.live().article(article.article_id)
    assert stored is not None
    assert (stored.article.updated_on, stored.article.stated_dates) == (
        date(2025, 3, 15),
        article.stated_dates,
    )
    catalogue.close()
