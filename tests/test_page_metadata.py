"""Page metadata: title, author, outlet, address and dates, and in what order they are believed."""

from __future__ import annotations

import json
from datetime import date

import pytest
from files import (
    ARTICLE,
    CARRIES,
    OPENED,
    TITLE,
    json_ld,
    page,
)

from ingest.types import DateKind, StatedDate


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


def test_of_several_articles_in_the_metadata_the_one_with_the_address_of_the_page_counts() -> None:
    other = {**ARTICLE, "url": "https://a.example/other", "datePublished": "2024-01-01"}
    head = (
        json_ld([other, {**ARTICLE, "url": "https://a.example/bridge"}])
        + "<link rel='canonical' href='https://a.example/bridge'>"
    )
    assert page(head).published_on == date(2025, 3, 12)


def test_marks_of_other_stories_are_not_this_ones() -> None:
    other = "<div><time class='published' datetime='2019-01-02T08:00:00+00:00'></time><a rel='author'>Ivo Lund</a></div>"
    own = f"<h1>{TITLE}</h1><p>By Nora Pell</p><p>Published 12 March 2025</p><p>{OPENED}</p><p>{CARRIES}</p>"
    for body in (
        f"<aside>{other}</aside><main>{own}</main>",
        f"<main><article>{own}</article><article>{other}</article></main>",
        f"<main>{own}</main><div class='related'>{other}</div>",
    ):
        article = page(body=body)
        assert (article.author, article.published_on) == ("Nora Pell", date(2025, 3, 12))


def test_a_heading_that_other_titles_agree_with_goes_before_a_headline() -> None:
    head = "<title>Brask - Openpedia</title>" + json_ld(
        {"@type": "Article", "name": "Brask", "headline": "village on the river Senn"}
    )
    assert page(head, f"<h1>Brask</h1><p>{OPENED}</p><p>{CARRIES}</p>").title == "Brask"
    alone = json_ld({"@type": "Article", "headline": "Brask bakery moves"})
    assert (
        page(alone, f"<h1>Bakery</h1><p>{OPENED}</p><p>{CARRIES}</p>").title == "Brask bakery moves"
    )


@pytest.mark.parametrize(
    ("stated", "author"),
    [
        ("NORA PELL, BP Harbour Writer", "Nora Pell"),
        ("By Nora Pell | Staff Reporter", "Nora Pell"),
        ("Nora Pell, Ivo Lund", "Nora Pell, Ivo Lund"),
    ],
)
def test_an_author_is_named_without_an_office(stated: str, author: str) -> None:
    assert page(f"<meta name='author' content='{stated}'>").author == author


def test_a_byline_ends_where_its_date_begins() -> None:
    article = page(
        body=f"<h1>{TITLE}</h1><p>By Nora Pell March 12, 2025 9:15 PM</p><p>{OPENED}</p><p>{CARRIES}</p>"
    )
    assert (article.author, article.published_on) == ("Nora Pell", date(2025, 3, 12))


def test_the_heading_that_readers_see_goes_before_a_stated_title_of_other_words() -> None:
    body = f"<p>{OPENED}</p><p>{CARRIES}</p>"
    stated = "<meta property='og:title' content='Skerra harbour row seems over'>"
    seen = "<h1>Skerra may use its old harbour after all</h1>"
    assert page(stated, seen + body).title == "Skerra may use its old harbour after all"
    site = "<title>Skerra may use its harbour - The Harbour Letter</title>"
    several = f"<h1>The Harbour Letter</h1>{seen}{body}"
    assert page(site, several).title == "Skerra may use its old harbour after all"
    # one word in common is chance
    assert (
        page(stated, f"<h1>Notes on a harbour</h1>{body}").title == "Skerra harbour row seems over"
    )


@pytest.mark.parametrize(
    ("mark", "author"),
    [
        ("<div class='story-author__name'>By Nora Pell</div>", "Nora Pell"),
        ("<span class='byline'><a rel='author nofollow'>Nora Pell</a></span>", "Nora Pell"),
        ("<span class='byline'>Nora Pell has covered the coast since 2003.</span>", None),
        ("<span class='byline'>Harbour Gazette</span>", None),
        ("<span class='authority'>Nora Pell</span>", None),
    ],
)
def test_a_class_that_says_author_names_one_where_it_holds_a_name(
    mark: str, author: str | None
) -> None:
    assert page(body=f"<h1>{TITLE}</h1>{mark}<p>{OPENED}</p><p>{CARRIES}</p>").author == author


@pytest.mark.parametrize(
    ("stated", "author"),
    [
        ("https://social.example/nora.pell", "Nora Pell"),
        ("siteadmin", "Nora Pell"),
        ("npell_07", "Nora Pell"),
        ("Ivo Lund", "Ivo Lund"),
    ],
)
def test_an_account_is_no_author_and_hides_none(stated: str, author: str) -> None:
    marked = f"<h1>{TITLE}</h1><a rel='author'>Nora Pell</a><p>{OPENED}</p><p>{CARRIES}</p>"
    assert page(f"<meta name='author' content='{stated}'>", marked).author == author


def test_the_outlet_after_a_name_is_no_part_of_it() -> None:
    site = "<meta property='og:site_name' content='Harbour Gazette'>"
    for stated in ("Nora Pell, Harbour Gazette Business", "Nora Pell, Harbour Gazette"):
        assert page(f"{site}<meta name='author' content='{stated}'>").author == "Nora Pell"
    assert (
        page(f"{site}<meta name='author' content='Nora Pell, Ivo Lund'>").author
        == "Nora Pell, Ivo Lund"
    )


@pytest.mark.parametrize("name", ["timestamp", "article-publish-date", "pub_time", "posted-date"])
def test_a_class_that_says_when_dates_a_page_on_the_day_where_it_was_written(name: str) -> None:
    printed = f"<span class='{name}'>March 11, 2025 at 9:15 PM - Updated March 12 at 4:46 PM</span>"
    utc = "<meta property='article:published_time' content='2025-03-12T07:15:00Z'>"
    article = page(utc, f"<h1>{TITLE}</h1>{printed}<p>{OPENED}</p><p>{CARRIES}</p>")
    assert article.published_on == date(2025, 3, 11)


@pytest.mark.parametrize(
    ("stated", "author"),
    [("KWCHCIK", None), ("Council - Department of IT", None), ("Nora Pell", "Nora Pell")],
)
def test_a_tag_that_names_no_person_is_an_author_only_where_readers_see_it(
    stated: str, author: str | None
) -> None:
    head = f"<meta name='author' content='{stated}'>"
    assert page(head).author == author
    told = page(head, f"<h1>{TITLE}</h1><p>{stated}</p><p>{OPENED}</p><p>{CARRIES}</p>")
    assert told.author == stated


def test_the_account_that_entered_a_text_is_its_author_only_where_readers_see_it() -> None:
    graph = [
        {"@type": "Article", "headline": TITLE, "author": {"@id": "#1"}},
        {
            "@type": "Person",
            "@id": "#1",
            "name": "Nora Pell",
            "image": {"url": "https://secure.gravatar.com/avatar/0"},
        },
    ]
    head = f'<script type="application/ld+json">{json.dumps({"@graph": graph})}</script>'
    assert page(head).author is None
    told = page(head, f"<h1>{TITLE}</h1><p>{OPENED}</p><p>{CARRIES}</p><div>About Nora  Pell</div>")
    assert told.author == "Nora Pell"


def test_the_edition_of_an_outlet_after_a_name_is_no_part_of_it() -> None:
    site = "<meta property='og:site_name' content='Harbour Gazette North'>"
    assert (
        page(f"{site}<meta name='author' content='Nora Pell, Harbour Gazette'>").author
        == "Nora Pell"
    )


@pytest.mark.parametrize(
    ("line", "author", "day"),
    [
        ("By Nora Pell Sunday, 2 March 2025", "Nora Pell", date(2025, 3, 2)),
        ("March 2, 2025 — By Nora Pell and Ivo Lund", "Nora Pell and Ivo Lund", date(2025, 3, 2)),
        ("Words by Nora Pell. Photographs by Ivo Lund", "Nora Pell", None),
    ],
)
def test_a_byline_is_read_in_other_word_orders(line: str, author: str, day: date | None) -> None:
    told = page("", f"<h1>{TITLE}</h1><p>{line}</p><p>{OPENED}</p><p>{CARRIES}</p>")
    assert (told.author, told.published_on) == (author, day)


@pytest.mark.parametrize(
    "box",
    [
        "<dl><dt>Opened</dt><dd>28 February 1998</dd><dt>Head</dt><dd>Hanna Brandt</dd></dl>",
        "<aside class='facts'><p>Born</p><p>28 February 1998</p></aside>",
        "<section class='related'><article><time itemprop='datePublished' datetime='1998-02-28'>"
        "</time><a href='/a' rel='author'>Ivo Lund</a></article></section>",
    ],
)
def test_facts_and_other_stories_date_nothing_however_short_the_prose(box: str) -> None:
    prose = "".join(f"<p>{words}.</p>" for words in OPENED.split(", "))
    told = page("", f"<article><h1>{TITLE}</h1>{prose}</article>{box}")
    assert (told.published_on, told.author) == (None, None)
