"""Sentences and their kinds: offsets are exact whatever the text, and boundaries are where a reader sees them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.file_readers import read
from ingest.text.segmentation import LONGEST, split
from ingest.types import Article, SentenceKind

PIECES = [
    "The U.S.",
    " ",
    "\n",
    "\n\n",
    ".",
    "?",
    "!",
    "”",
    '"',
    ")",
    "''",
    "``",
    "Dr. ",
    "Mary M. McCarthy",
    "a",
    "B",
    "4",
    "No. ",
    "- ",
    "By Ines Marlow",
    "3 May 2025",
    "...",
    "。",
    "é",
    "\u00a0",
    "\u2028",
    "Contents",
    "http://a.b",
    "\t",
    "'",
]
ARTICLE = """Harbour bridge reopens after two years

By Ines Marlow, Harbour Gazette

Published 3 May 2025

Contents

- What it cost
- Who paid

The bridge over the Orvel was opened on Friday. Mayor Tessa Quill cut the ribbon at 2 p.m. in the rain.

What it cost

The work took two years and cost £4.2 million. "It was worth it," said Dr. A. J. Orrick.

Who paid

The U.S. Steel pension fund paid half. The city paid the rest.

Correction: an earlier version of this article said that the bridge had cost £4.1 million.

All views expressed are those of the writer and do not necessarily represent that of the Gazette.

This article is republished from The Strait Ledger under a Creative Commons licence. Read the original article.

Sign up for our newsletter

https://gazette.example/bridge"""


def words(text: str, title: str | None = None) -> list[str]:
    return [sentence.text for sentence in split(text, title)]


def kinds(text: str, title: str | None = None) -> dict[str, SentenceKind]:
    return {sentence.text: sentence.kind for sentence in split(text, title)}


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)),
    st.text(max_size=10),
)
def test_every_sentence_is_its_span_and_nothing_but_white_space_lies_between(
    text: str, title: str
) -> None:
    position = 0
    for sentence in split(text, title):
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip() != ""
        assert text[position : sentence.start].strip() == ""
        position = sentence.end
    assert text[position:].strip() == ""


@pytest.mark.parametrize(
    "sentences",
    [
        ["It went to the U.S. Steel board.", "They refused."],
        ["He went back to the U.S.", "The U.K. kept her."],
        ["He lives in the U.S.", "The rest stayed."],
        ["Dr. Mary M. McCarthy spoke to Mr. Ferdinand Marcos Jr. in Manila.", "He listened."],
        ["It lies at pier No. 4 in Tarnmouth.", "Nobody was there."],
        [
            "They met at 5 p.m. on Friday.",
            "At 6 p.m. Monday they met again.",
            "It closed at 9 p.m.",
            "Quill left.",
        ],
        ["Fruit, e.g. apples, i.e. Granny Smiths, cost 3.5 per cent more.", "Pears did not."],
        ["“It is done,” she said.", "“We can go.”", "They went."],
        ['"Will it hold?" Tessa Quill asked.', '"It will."'],
        ['"No. Free entry helped a little," she said.', "She left."],
        ["Asked, he said: “I have not decided. Ask me in spring.”", "They went."],
        ['A 6" pipe burst.', 'They mended a 4" one.'],
        ["The Review: Visitor numbers doubled. Is that the free entry?"],
        ["Quill: Numbers doubled.", "That is the free entry."],
        ["He waited... and then he left.", "Nobody saw."],
        ["She holds a Ph.D. in physics from Ostmere and a B.A. from Brask.", "She teaches."],
        ["It cost $8.5 billion in 2019.", "14 people objected."],
        ["What now?", "Nobody knows!", "(Not even the mayor.)", "So it goes."],
        ["It rose by 4%.[12]", "Then it fell."],
        ["In Jan. 2024 it fell to No. 7.", "It rose on Sept. 3."],
        ["大桥重新开放。", "市长剪彩。"],
    ],
)
def test_sentences_end_where_a_reader_sees_them_end(sentences: list[str]) -> None:
    separator = "" if sentences[0].endswith("。") else " "
    assert words(separator.join(sentences)) == sentences


@pytest.mark.parametrize(("letters", "pieces"), [(291, 1), (292, 2)])
def test_a_quotation_of_at_most_300_characters_is_not_cut(letters: int, pieces: int) -> None:
    assert len(words(f"He said: “{'a' * letters}. He won.”")) == pieces


def test_tokenised_text_is_split_after_its_loose_periods_and_closing_quotes() -> None:
    text = "The coat is known as a `` double coat '' . He said , `` It is soft . '' The U.S. cat is not ( at all ) . It is"
    assert words(text) == [
        "The coat is known as a `` double coat '' .",
        "He said , `` It is soft . ''",
        "The U.S. cat is not ( at all ) .",
        "It is",
    ]


def test_a_blank_line_ends_a_sentence_and_a_wrapped_line_does_not() -> None:
    wrapped = (
        "The bridge over the Orvel was opened on Friday by the mayor of\nTarnmouth, who had waited two years for it and brought\n"
        "her own scissors.\n\nAnd then\n\nit rained."
    )
    assert len(words(wrapped)) == 3


def test_list_items_and_header_lines_stand_alone() -> None:
    text = "Bridge reopens after two long years of work on its piers\nThe Tarnmouth Gazette\nBy Ines Marlow\n3 May 2025\n\n- first\n- second"
    assert len(words(text)) == 6


def test_a_run_without_end_is_cut_into_pieces_of_bounded_length() -> None:
    assert all(len(piece) <= LONGEST for piece in words("x" * 5000 + " " + "word, " * 2000))


def test_each_line_of_an_article_is_of_its_kind() -> None:
    found = kinds(ARTICLE, "Harbour bridge reopens after two years")
    assert found["Harbour bridge reopens after two years"] is SentenceKind.TITLE
    assert found["By Ines Marlow, Harbour Gazette"] is SentenceKind.BYLINE
    assert found["Published 3 May 2025"] is SentenceKind.DATELINE
    assert found["What it cost"] is found["Who paid"] is SentenceKind.HEADING
    boilerplate = [text for text, kind in found.items() if kind is SentenceKind.BOILERPLATE]
    assert boilerplate == [
        "Contents",
        "- What it cost",
        "- Who paid",
        "This article is republished from The Strait Ledger under a Creative Commons licence.",
        "Read the original article.",
        "Sign up for our newsletter",
        "https://gazette.example/bridge",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "WRITTEN BY DR ANNA-LENA OLM",
        "By Ines Marlow",
        "By Ines Marlow and Tom Orrick",
        "From Beirut, Prof. Samir Al Hadi",
        "Monday 29 April 2024, by OLM Anna L. (Date first published: 26 April 2024).",
        "15 June 2025, by Perrin Oake",
        "June 30, 2025 | By Yusuf Calder | The Northfold Courier",
        "Anna L. Olm, Professor of Political Science, Ostmere University",
    ],
)
def test_a_line_that_names_the_writer_is_a_byline(line: str) -> None:
    assert kinds(f"A title\n\n{line}\n\nThe bridge opened.")[line] is SentenceKind.BYLINE


@pytest.mark.parametrize(
    "line",
    [
        "17 April 2024",
        "date 2024-05-01",
        "Published 3 May 2025",
        "Updated: May 3, 2025, 2:10 p.m. EST",
    ],
)
def test_a_line_that_is_mainly_a_date_is_a_dateline(line: str) -> None:
    assert kinds(f"A title\n\n{line}\n\nThe bridge opened.")[line] is SentenceKind.DATELINE


@pytest.mark.parametrize(
    "line",
    [
        "By 2027 the bridge will be paid for.",
        "By Tuesday the bridge was open again.",
        "On 3 May 2025 the bridge was opened.",
        "DISCLAIMER: All views expressed are those of the writer and do not represent that of the Gazette.com platform.",
        "Ines Marlow reports on energy for The Strait Ledger.",
        "Image credit: A. Orrick",
        "The company changed its privacy policy on Monday.",
        "Readers donated £4,000 and the charity asked for more.",
        "He first published the figures in 2019.",
        "Correction: an earlier version of this story, first published on 3 May, gave a wrong figure.",
        "The institute was founded in 2015 by Ilya Marlow, Tom Orrick and Ann Quill.",
        "Published by Fawcett Books in 1940, it sold out.",
        "First published in 1776, the book offers one of the first descriptions of trade.",
        "Loading of the plates took an hour.",
        "3 May 2025 | It was the longest day of the year in Tarnmouth, and nobody in the whole town went to bed before noon.",
        "The essay was republished in 1931 and sold out.",
        "She asked visitors to sign in at the desk.",
        "“We apologise for the error,” the bank said.",
        "We regret that the bank made errors of this size for years.",
    ],
)
def test_prose_about_dates_reprints_and_money_stays_citable_body(line: str) -> None:
    assert set(kinds(f"{line} It rained.\n\n{line}").values()) == {SentenceKind.BODY}


@pytest.mark.parametrize(
    "line",
    [
        "To view or add a comment, sign in",
        "Explore topics",
        "Donate now to support our work",
        "www.gazette.example/a",
        "© 2025 The Gazette. All rights reserved.",
        "Share this article",
        "Subscribe to our daily newsletter",
        "Advertisement",
        "We sincerely apologise for the error.",
        "* * *",
        "This story was originally published by The Strait Ledger.",
        "We use cookies to improve your visit.",
        "12 comments",
    ],
)
def test_lines_about_the_site_are_boilerplate(line: str) -> None:
    found = split(f"The bridge opened.\n\n{line}\n\nIt rained.")
    assert [sentence.kind for sentence in found][1:-1] == [SentenceKind.BOILERPLATE] * (
        len(found) - 2
    )


def test_the_second_copy_of_a_title_line_is_boilerplate_whatever_its_quotes() -> None:
    text = "The city’s bridge opens – Asia Times\n\nThe city's bridge opens - Asia Times\n\nThe bridge opened. It rained."
    assert [sentence.kind.value for sentence in split(text, "The city's bridge opens")] == [
        "title",
        "boilerplate",
        "body",
        "body",
    ]


def test_a_short_line_with_nothing_after_it_is_no_heading() -> None:
    assert kinds("The bridge opened.\n\nNobody came")["Nobody came"] is SentenceKind.BODY


@pytest.fixture
def seeds() -> dict[str, Article]:
    datasets = os.environ.get("DATELINE_TEST_DATASETS")
    if not datasets:
        pytest.skip("DATELINE_TEST_DATASETS does not name a folder of datasets")
    found = read(Path(datasets) / "seeds" / "articles", max_article_mb=5)
    return {article.source[:3]: article for article in found if isinstance(article, Article)}


def test_kinds_of_the_seed_articles_are_as_a_person_marks_them(seeds: dict[str, Article]) -> None:
    counted = {
        name: [
            sum(s.kind is kind for s in split(article.text, article.title))
            for kind in SentenceKind
            if kind not in ("body", "orders")
        ]
        for name, article in seeds.items()
    }
    # title, heading, byline, dateline, boilerplate
    assert counted == {
        "000": [0, 0, 0, 1, 0],
        "001": [1, 5, 2, 1, 12],
        "002": [1, 5, 0, 0, 3],
        "003": [1, 3, 1, 1, 1],
        "004": [1, 10, 1, 0, 3],
    }
