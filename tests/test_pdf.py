"""PDFs: paragraphs without running heads, properties, and damaged files."""

from __future__ import annotations

from datetime import date

import pytest
from files import (
    FIRST,
    LAST,
    LIMIT,
    NEXT,
    OPENED,
    TITLE,
    TODAY,
    pdf,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import BadArticle
from ingest.formats.article_making import article_of
from ingest.formats.pdf import read_pdf


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
