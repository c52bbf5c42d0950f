"""Readers: every file becomes clean articles or a failure that says why, and the rest goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from files import (
    ARTICLE,
    FIRST,
    LAST,
    NEXT,
    OPENED,
    TITLE,
    TODAY,
    bomb,
    docx,
    html,
    json_ld,
    pdf,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import BadArticle
from ingest.formats.article_making import article_from
from ingest.formats.file_readers import PassedOver, read
from ingest.text.clean import clean
from ingest.types import Article, Failure

MARKUP = [
    "*",
    "**",
    "_",
    "__",
    "`",
    "[",
    "]",
    "(",
    ")",
    "#",
    "\n",
    "\n\n",
    " ",
    "a",
    "Word",
    "word.",
    "<b>",
    "</b>",
    "<sup>",
    "&amp;",
    "&lt;",
    "&#35;",
    "amp;",
    "lt;",
    "- ",
    "---",
    "> ",
    "|",
    "\\",
    "](#)",
    "](http://a.b)",
    "![",
    "~~",
    "***",
    "1. ",
    "date 2024-05-01 ",
    "<!--",
    "-->",
    "<br>",
    "\u200b",
    "\u00a0",
    "\r",
    "\t",
    "By Ines Marlow",
    "A longer line of words that ends in mid-air without a stop",
]


def articles(path: Path, mb: float = 5) -> list[Article]:
    found = list(read(path, max_article_mb=mb))
    assert all(isinstance(item, Article) for item in found), found
    return [item for item in found if isinstance(item, Article)]


def failure(path: Path, mb: float = 5) -> Failure:
    (item,) = read(path, max_article_mb=mb)
    assert isinstance(item, Failure)
    return item


def written(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# --- cleaning


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.text(max_size=150), st.lists(st.sampled_from(MARKUP), max_size=30).map("".join))
)
def test_cleaning_twice_is_cleaning_once(raw: str) -> None:
    text = clean(raw)
    assert clean(text) == text
    assert "\n" not in text.replace("\n\n", "")
    assert (
        all(paragraph == paragraph.strip() != "" for paragraph in text.split("\n\n")) or text == ""
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('[words](http://a.b/c_(d) "title") and [more](#)', "words and more"),
        ("![A boat](boat.jpg) sails", "A boat sails"),
        (
            "**Bold** and *thin* and __wide__ and _low_ and `code`",
            "Bold and thin and wide and low and code",
        ),
        (
            "2 * 3 * 4, snake_case_name, 5*6*7, a price* and a cost",
            "2 * 3 * 4, snake_case_name, 5*6*7, a price* and a cost",
        ),
        ("## **What it cost** ##", "What it cost"),
        ("#hashtag", "#hashtag"),
        ("20<sup>th</sup> century", "20th century"),
        ("AT&amp;T &mdash; 3 &lt; 4 &amp; 5", "AT&T — 3 < 4 & 5"),
        ("a < b > c", "a < b > c"),
        ("<http://a.b/c> here", "http://a.b/c here"),
        ("one\r\n\r\ntwo\u2029three", "one\n\ntwo\n\nthree"),
        ("\ufeffzero\u200bwidth\tand\u00a0space\x07", "zerowidth and space"),
        ("above\n\n---\n\nbelow", "above\n\nbelow"),
        ("* one\n* two\n+ three\n1. four", "- one\n\n- two\n\n- three\n\n1. four"),
        (
            'as "the [cornerstone of the security of the whole region](#)\n\n[policy.](#)"',
            'as "the cornerstone of the security of the whole region policy."',
        ),
        (" date 2024-05-01 To that end they met.", "date 2024-05-01\n\nTo that end they met."),
        ("> quoted words", "quoted words"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n\n1 | 2"),
        (
            "known as a `` double coat '' , with `` silver '' tips",
            "known as a `` double coat '' , with `` silver '' tips",
        ),
        ("<p>One.</p><p>Two<br>three.</p><script>x()</script>", "One.\n\nTwo three."),
        ("[sic] (2024) and [Smith](2020)", "[sic] (2024) and [Smith](2020)"),
        ("", ""),
        ("\n \n", ""),
    ],
)
def test_markup_is_resolved_and_words_are_kept(raw: str, expected: str) -> None:
    assert clean(raw) == expected


def test_a_wrapped_paragraph_becomes_one_line_and_a_header_keeps_its_lines() -> None:
    raw = (
        "Bridge reopens\nBy Ines Marlow\n3 May 2025\n\nThe bridge over the Orvel was opened on Friday by the\nmayor of Tarnmouth, who had "
        "waited for it, and\nwho wept.\n"
    )
    assert clean(raw).split("\n\n") == [
        "Bridge reopens",
        "By Ines Marlow",
        "3 May 2025",
        "The bridge over the Orvel was opened on Friday by the mayor of Tarnmouth, who had waited for it, and who wept.",
    ]


def test_a_piece_of_a_raw_text_cleans_to_a_piece_of_the_clean_text() -> None:
    raw = "The [mayor of **Tarnmouth**](#) opened the *new* bridge &amp; wept on the 20<sup>th</sup>.\n\nShe [left](http://a.b)."
    for piece in (
        "[mayor of **Tarnmouth**](#) opened",
        "the *new* bridge &amp; wept",
        "20<sup>th</sup>",
        "She [left](http://a.b)",
    ):
        assert clean(piece) in clean(raw)


@pytest.mark.parametrize(
    "piece",
    [
        "[a",
        " _a",
        "__a ",
        "**a ",
        "<!--",
        "<script>",
        "&amp;",
        "](",
        "- ",
        "Contents\n\nAb\n\n",
        "3 and ",
        "Ab\n",
    ],
)
def test_marks_that_never_close_take_no_longer_than_text(piece: str) -> None:
    # quadratic work would take minutes
    found = article_from({"text": "words " + piece * 20_000}, "identity", "source")
    assert found.text.startswith("words")


# --- what an article says of itself


def test_a_header_gives_title_author_publisher_and_date(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.txt",
        "Who owns the sea?\nThe Tarnmouth Gazette\nBy PERRIN OAKE\n12 March 2025\n\nNobody knows. It is wide.",
    )
    (article,) = articles(path)
    assert (article.title, article.author, article.publisher) == (
        "Who owns the sea?",
        "Perrin Oake",
        "The Tarnmouth Gazette",
    )
    assert (article.published_on, article.date_source, article.source) == (
        date(2025, 3, 12),
        "text",
        "a.txt",
    )


@pytest.mark.parametrize(
    ("byline", "author"),
    [
        ("WRITTEN BY DR ANNA-LENA OLM", "Dr Anna-Lena Olm"),
        (
            "29 April 2024, by [McKAY Jean T.](#) (Date first published: 26 April 2024).",
            "Jean T. McKay",
        ),
        ("From Beirut, Prof. Samir Al Hadi", "Prof. Samir Al Hadi"),
        ("By Ines Marlow, Harbour Gazette", "Ines Marlow"),
        ("By Ines Marlow and Tom Orrick", "Ines Marlow and Tom Orrick"),
        ("*By Ludwig van der Aa | Harbour Gazette*", "Ludwig van der Aa"),
    ],
)
def test_a_byline_gives_the_author_as_people_write_the_name(
    tmp_path: Path, byline: str, author: str
) -> None:
    (article,) = articles(
        written(
            tmp_path / "a.txt",
            f"The bridge opens again\n\n{byline}\n\nIt was opened on Friday by the mayor. It rained.",
        )
    )
    assert article.author == author


@pytest.mark.parametrize(
    ("header", "title", "publisher"),
    [
        (
            "The bridge opens\nPublished 2 June 2025 by the Senn Valley Post",
            "The bridge opens",
            "Senn Valley Post",
        ),
        (
            "Harbour Gazette\nThe bridge opens at last\n3 May 2025",
            "The bridge opens at last",
            "Harbour Gazette",
        ),
        ("The Bridge Opens\nOrvel Rejoices", "The Bridge Opens", None),
        (
            "The bridge opens\nJune 30, 2025 | By Yusuf Calder | The Slow Hour",
            "The bridge opens",
            "The Slow Hour",
        ),
        (
            "# The bridge opens | Harbour Site\n\nBy Ines Marlow, Elsewhere News",
            "The bridge opens",
            "Harbour Site",
        ),
    ],
)
def test_a_header_line_may_name_the_outlet(
    tmp_path: Path, header: str, title: str, publisher: str | None
) -> None:
    (article,) = articles(
        written(tmp_path / "a.txt", f"{header}\n\nIt was opened on Friday by the mayor. It rained.")
    )
    assert (article.title, article.publisher) == (title, publisher)


def test_a_first_publication_in_the_text_goes_before_a_later_day_of_the_metadata() -> None:
    text = "It opened.\n\nThis article is republished from The Strait Ledger, where it was first published 3 March 2025."
    article = article_from({"text": text, "published_on": "2025-03-06"}, "api#1", "posted")
    assert (article.published_on, article.republished_on, article.date_source) == (
        date(2025, 3, 3),
        date(2025, 3, 6),
        "text",
    )


def test_the_name_of_a_site_at_the_end_of_a_title_is_the_publisher(tmp_path: Path) -> None:
    twice = (
        "The bridge opens – Asia Times\n\nThe bridge opens - Asia Times\n\nIt was opened on Friday."
    )
    barred = "The bridge opens | Harbour Site\n\nIt was opened on Friday."
    for name, text, site in (("a.txt", twice, "Asia Times"), ("b.txt", barred, "Harbour Site")):
        (article,) = articles(written(tmp_path / name, text))
        assert (article.title, article.publisher) == ("The bridge opens", site)


def test_a_fragment_that_starts_in_mid_article_has_no_title(tmp_path: Path) -> None:
    (article,) = articles(
        written(
            tmp_path / "a.txt", "The skippers are harder to please, and they said so.\n\nIt rained."
        )
    )
    assert (
        article.title,
        article.author,
        article.publisher,
        article.published_on,
        article.date_source,
    ) == (
        None,
        None,
        None,
        None,
        "none",
    )


def test_a_disclaimer_names_the_publisher_and_a_credit_line_the_outlet_of_origin(
    tmp_path: Path,
) -> None:
    text = (
        "The bridge opens\n\nIt was opened. Her first novel was first published by Faber.\n\nAll views expressed are those of the writer and do not "
        "necessarily represent that of the HARBOUR9.com platform.\n\nThis article is republished from The Strait Ledger under a Creative Commons licence."
    )
    (article,) = articles(written(tmp_path / "a.txt", text))
    assert (article.publisher, article.credited_to) == ("HARBOUR9", "The Strait Ledger")


# --- markdown


def test_front_matter_goes_before_what_the_text_says(tmp_path: Path) -> None:
    text = '---\ntitle: "Ten years: a cable"\nauthor: [Ines Marlow, Tom Orrick]\nurl: https://a.example/b\ndate: 2025-03-06\n---\n\n# Ten years: a cable\n\nIt is here.'
    (article,) = articles(written(tmp_path / "a.md", text))
    assert (article.title, article.author, article.url) == (
        "Ten years: a cable",
        "Ines Marlow, Tom Orrick",
        "https://a.example/b",
    )
    assert (article.published_on, article.date_source) == (date(2025, 3, 6), "metadata")
    assert article.text == "Ten years: a cable\n\nIt is here."


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("title: a: b\nauthor: [", "a: b"),
        ("title: The bridge\ndate: 2025-99-99", "The bridge"),
        ("url: javascript:alert(1)\ntitle: T", "T"),
    ],
)
def test_bad_front_matter_loses_nothing_that_can_be_read(
    tmp_path: Path, front: str, title: str
) -> None:
    (article,) = articles(
        written(tmp_path / "a.md", f"---\n{front}\n---\nThe bridge was opened on Friday.")
    )
    assert (article.title, article.text, article.url, article.published_on) == (
        title,
        "The bridge was opened on Friday.",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("front", "told"),
    [
        ("---\ndate: 2024-13-45\n---\n", 'states "2024-13-45" as published_on, which is no day'),
        ("---\ntitle: [unclosed\n---\n", "has front matter that is no YAML"),
        ("---\ntitle: The dam\n", "has front matter without an end, read as text"),
        ("---\ndate: 2024-03-05\n---\n", ""),
        ("---\nThe mayor: [Ann\n---\n", ""),
    ],
    ids=["no day", "no YAML", "no end", "whole", "text between rules"],
)
def test_what_is_wrong_with_front_matter_is_told(tmp_path: Path, front: str, told: str) -> None:
    (article,) = articles(written(tmp_path / "a.md", front + "The dam opened on Monday."))
    assert [note.partition("; ")[0] for note in article.notes] == ([told] if told else [])


def test_text_between_two_rules_is_no_front_matter(tmp_path: Path) -> None:
    (article,) = articles(
        written(tmp_path / "a.md", "---\nThe bridge: it opened.\n---\nIt rained.")
    )
    assert article.text == "The bridge: it opened.\n\nIt rained."


# --- JSON Lines


def test_a_line_of_json_is_an_article_with_its_own_identity(tmp_path: Path) -> None:
    lines = [
        {
            "id": "dam",
            "title": "The dam",
            "text": "It was *closed*.",
            "author": "A. Orrick",
            "publisher": "Post",
            "published_on": "2025-06-02",
        },
        {"text": "No id. It rained."},
        {"id": 7, "text": "A number."},
    ]
    path = written(tmp_path / "x" / "feed.jsonl", "\n\n".join(map(json.dumps, lines)))
    found = articles(tmp_path)
    assert [article.source for article in found] == [
        "x/feed.jsonl#dam",
        "x/feed.jsonl#L3",
        "x/feed.jsonl#7",
    ]
    assert found[0].identity == f"{path.resolve()}#dam"
    assert (found[0].text, found[0].title, found[0].published_on, found[0].date_source) == (
        "It was closed.",
        "The dam",
        date(2025, 6, 2),
        "metadata",
    )


def test_bad_lines_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    bad = [
        b'{"title": ',
        b'{"text": ""}',
        b"[1]",
        b'{"text": 3}',
        b'{"title": "only"}',
        b'{"text": "a", "published_on": "2025-13-45"}',
        b'{"text": "\\ud800"}',
        b'{"text": "a\\u0000"}',
        b'{"id": true, "text": "a"}',
        b'{"html": 3}',
        b'{"text": "a", "title": 3}',
        b"[" * 20_000,
        b'{"id": "first", "text": "again"}',
        b'{"id": "a\\nb", "text": "a"}',
    ]
    good = [
        b'{"id": "first", "text": "The dam was closed."}',
        b'{"id": "last", "text": "It was opened."}',
    ]
    path = written(tmp_path / "feed.jsonl", b"\n".join([good[0], *bad, good[1]]))
    found = list(read(path, max_article_mb=5))
    assert [item.source for item in found if isinstance(item, Article)] == [
        "feed.jsonl#first",
        "feed.jsonl#last",
    ]
    failed = [item for item in found if isinstance(item, Failure)]
    assert [item.source for item in failed] == [f"feed.jsonl#L{n}" for n in range(2, len(bad) + 2)]
    assert all(len(item.reason) < 200 and ";" in item.reason for item in failed)


def test_a_line_over_the_limit_fails_alone(tmp_path: Path) -> None:
    huge = json.dumps({"text": "word " * 400_000})
    path = written(
        tmp_path / "feed.jsonl", f'{{"text": "First."}}\n{huge}\n{{"text": "Third."}}\n{huge}'
    )
    found = list(read(path, max_article_mb=1))
    assert [item.source.partition("#")[2] for item in found] == ["L1", "L2", "L3", "L4"]
    assert [isinstance(item, Failure) for item in found] == [False, True, False, True]
    assert "1 MB" in str(found[1]) and "DATELINE_MAX_ARTICLE_MB" in str(found[1])


def test_json_lines_in_utf_16_are_read(tmp_path: Path) -> None:
    assert [
        a.text
        for a in articles(
            written(tmp_path / "f.jsonl", '{"text": "Café."}\n{"text": "Zwei."}'.encode("utf-16"))
        )
    ] == ["Café.", "Zwei."]


def test_fields_that_are_given_make_an_article() -> None:
    article = article_from(
        {"text": "It opened.", "title": " The\nbridge ", "extra": 1}, "api#1", "posted"
    )
    assert (article.title, article.source, article.identity) == ("The bridge", "posted", "api#1")
    with pytest.raises(BadArticle, match="text"):
        article_from({"title": "T"}, "api#2", "posted")


# --- files and folders


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_usual_encodings_are_decoded(tmp_path: Path, encoding: str) -> None:
    (article,) = articles(
        written(tmp_path / "a.txt", "The mayor’s café reopened – at last.".encode(encoding))
    )
    assert article.text == "The mayor’s café reopened – at last."


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            "We’re – at last – in the café ".encode() + b"caf\xe9 now",
            "We’re – at last – in the café caf\ufffd now",
        ),
        ("“We’re ready ".encode() + b"\x9d now", "“We’re ready \ufffd now"),
        (b"It was \x81 closed", "It was \ufffd closed"),
        (b"It was closed " * 20 + b"\0again", "It was closed " * 20 + "again"),
    ],
)
def test_one_bad_byte_costs_one_character_and_is_told(
    content: bytes, text: str, tmp_path: Path
) -> None:
    (article,) = articles(written(tmp_path / "a.txt", content))
    assert article.text == text
    assert bool(article.notes) is ("\ufffd" in text)
    line = b'{"text": "' + content + b'"}'
    if b"\0" not in content:
        assert articles(written(tmp_path / "a.jsonl", line))[0].text == text


def test_cells_of_a_table_in_markdown_stand_apart() -> None:
    table = (
        "<table><tr><th>Fruit</th><th>Price</th></tr>\n<tr>\n  <td>Quince</td>\n  <td>3.40</td>\n</tr>"
        "<tr><td>Plum<td>1.15</table>"
    )
    assert clean(f"Prices:\n\n{table}\n\nUntil Friday.").split("\n\n") == [
        "Prices:",
        "Fruit | Price",
        "Quince | 3.40",
        "Plum | 1.15",
        "Until Friday.",
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"---\n***\n", "no text"),
        (bytes(range(256)) * 8, "binary"),
        (b"\x01\x02\x03\x04" * 50, "binary"),
        ("Мэр открыл мост в пятницу".encode("cp1251"), "encoding"),
        (b"\xff\xfea", "UTF-16"),
        ("A".encode("utf-32"), "UTF-32"),
        ("A bridge".encode("utf-16-le"), "NUL"),
    ],
)
def test_what_is_no_text_is_reported_with_reason_and_remedy(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    failed = failure(written(tmp_path / "a.txt", content))
    assert failed.source == "a.txt"
    assert reason in failed.reason and ";" in failed.reason


def test_a_file_over_the_limit_is_named_with_both_sizes(tmp_path: Path) -> None:
    failed = failure(written(tmp_path / "a.txt", "word " * 300_000), mb=1.2)
    assert (
        "1.5 MB" in failed.reason
        and "1.2 MB" in failed.reason
        and "DATELINE_MAX_ARTICLE_MB" in failed.reason
    )


def test_a_named_file_of_another_type_and_a_missing_one_fail(tmp_path: Path) -> None:
    assert (
        ".atom, .csv, .docx, .eml, .epub, .htm, .html, .json, .jsonl, .md, .mht, .mhtml, .odt, .pdf, .rss, .rtf, .tsv, .txt, .warc, .warc.gz, .xml"
        in failure(written(tmp_path / "a.xyz", "words")).reason
    )
    assert "does not exist" in failure(tmp_path / "none.txt").reason


def test_a_folder_is_read_in_order_and_what_is_not_ours_is_counted(tmp_path: Path) -> None:
    for name in (
        "b.txt",
        "a/z.md",
        "a/y.TXT",
        ".hidden.txt",
        ".git/x.txt",
        "photo.jpg",
        "a/data.xls",
        "c.xls",
    ):
        written(tmp_path / name, "It rained.")
    *found, passed = read(tmp_path, max_article_mb=5)
    assert [item.source for item in found if isinstance(item, Article)] == [
        "a/y.TXT",
        "a/z.md",
        "b.txt",
    ]
    assert isinstance(passed, PassedOver)
    assert (passed.count, passed.suffixes) == (3, (".jpg", ".xls"))
    assert "3 files were passed over" in str(passed)


def test_links_in_a_circle_end_and_links_to_nothing_are_reported(tmp_path: Path) -> None:
    written(tmp_path / "a" / "one.txt", "It rained.")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "a" / "twice.txt").symlink_to(tmp_path / "a" / "one.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    found = list(read(tmp_path, max_article_mb=5))
    assert [item.source for item in found if isinstance(item, Article)] == ["a/one.txt"]
    failed = {item.source: item.reason for item in found if isinstance(item, Failure)}
    assert set(failed) == {"gone.txt", "self.txt"}
    assert "link to nothing" in failed["gone.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_reported(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", "It rained.")
    path.chmod(0)
    assert "permission" in failure(path).reason


def test_a_pipe_is_no_article_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert "ordinary file" in failure(tmp_path / "a.txt").reason


def test_names_that_are_no_text_are_shown_escaped(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9\n.txt"
    Path(os.fsdecode(name)).write_bytes(b"It rained.")
    (article,) = articles(tmp_path)
    assert article.source == "caf\\xe9\\x0a.txt"
    assert article.identity.encode("utf-8")


@pytest.mark.parametrize(
    ("opening", "credited"),
    [
        ("BRASK HAVEN, March 3 (Norden Wire) - A cable was laid", "Norden Wire"),
        ("Brask Haven (dpa) – A cable was laid", "dpa"),
        ("BRASK HAVEN (AP) — A cable was laid", "AP"),
        ("A cable (of copper) - and a long one - was laid", None),
        ('"A cable," said Lena Ostrow (Norden), - was laid', None),
    ],
)
def test_the_place_line_of_an_agency_credits_it(
    tmp_path: Path, opening: str, credited: str | None
) -> None:
    body = f"Cable laid\n\n{opening} off Skerra on Monday, its owners said. It is 94 km long.\n"
    (tmp_path / "a.txt").write_text(body, "utf-8")
    assert [article.credited_to for article in articles(tmp_path)] == [credited]


@pytest.mark.parametrize(
    ("ending", "credited"),
    [
        ("— Norden Press Agency", "Norden Press Agency"),
        ("It was windy. — Norden Wire", "Norden Wire"),
        ("– Lena Ostrow", None),
        ("The cable is 94 km long - and Norden Wire", None),
    ],
)
def test_the_signature_of_an_agency_credits_it(
    tmp_path: Path, ending: str, credited: str | None
) -> None:
    body = f"Cable laid\n\nA cable was laid off Skerra on Monday, its owners said.\n\n{ending}\n"
    (tmp_path / "a.txt").write_text(body, "utf-8")
    assert [article.credited_to for article in articles(tmp_path)] == [credited]


@pytest.mark.parametrize(
    ("author", "credited"),
    [
        ("Norden Press Agency", "Norden Press Agency"),
        ("Lena Ostrow", None),
        ("The Strait Post", None),
    ],
)
def test_a_byline_that_is_another_outlet_credits_it(
    tmp_path: Path, author: str, credited: str | None
) -> None:
    head = f"---\ntitle: Cable laid\nauthor: {author}\npublisher: The Strait Post\n---\n"
    body = "A cable was laid off Skerra on Monday, its owners said.\n"
    (tmp_path / "a.md").write_text(head + body, "utf-8")
    assert [article.credited_to for article in articles(tmp_path)] == [credited]


def test_the_seed_articles_say_of_themselves_what_a_reader_sees() -> None:
    datasets = os.environ.get("DATELINE_TEST_DATASETS")
    if not datasets:
        pytest.skip("DATELINE_TEST_DATASETS does not name a folder of datasets")
    found = articles(Path(datasets) / "seeds" / "articles")
    assert [article.author for article in found] == [
        None,
        "Mary M. McCarthy",
        None,
        "Dr Elli-Katharina Pohlkamp",
        "Prof. Habib Al Badawi",
    ]
    assert [article.publisher for article in found] == [None, None, "Asia Times", "9DASHLINE", None]
    assert [article.credited_to for article in found] == [
        None,
        "The Conversation",
        "The Conversation",
        None,
        None,
    ]
    assert [article.title is None for article in found] == [True, False, False, False, False]
    for line in (Path(datasets) / "seeds" / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        for evidence in json.loads(line)["evidence"]:
            article = next(a for a in found if a.source == evidence["file"])
            assert clean(evidence["quote"]) in article.text


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


def test_readers_load_no_library_before_they_need_it() -> None:
    script = "import sys, ingest.formats.file_readers; print([m for m in ('lxml', 'trafilatura', 'pypdf', 'docx', 'py3langid', 'numpy') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    assert done.stdout.strip() == "[]", done.stderr
