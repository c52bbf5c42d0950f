r"""Rich Text Format: words, letters in every way of writing them, and damaged files."""

from __future__ import annotations

import pytest
from files import CARRIES, OPENED, TITLE

from ingest.errors import BadArticle
from ingest.formats.article_making import article_of
from ingest.formats.rtf import read_rtf

HEAD = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}{\info{\title " + TITLE
)
HEAD += r"}{\author Some User}}{\*\generator Editor;}\pard\b "


def rtf(body: str) -> bytes:
    return (HEAD + TITLE + r"\b0\par By Ines Marlow\par 12 March 2025\par " + body + "}").encode()


def test_paragraphs_and_tables_are_read_without_styles_and_pictures() -> None:
    body = OPENED + r"\par{\pict\pngblip 89504e47}\trowd Year\cell Cost\cell\row\pard " + CARRIES
    article = article_of(read_rtf(rtf(body)), "i", "a.rtf")
    assert (article.title, article.author, str(article.published_on)) == (
        TITLE,
        "Ines Marlow",
        "2025-03-12",
    )
    assert article.text.split("\n\n")[3:] == [OPENED, "Year | Cost", CARRIES]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb"caf\'e9 \'93yes\'94", "café “yes”"),
        (rb"\u8220?yes\u8221?", "“yes”"),
        (rb"\u-10179?\u-8704?", "😀"),
        (rb"\u-10179?", "\ufffd"),
        (b"caf\xe9", "café"),
        (rb"a\~b\emdash c", "a b—c"),
    ],
)
def test_letters_are_read_however_they_are_written(written: bytes, read: str) -> None:
    assert read_rtf(rb"{\rtf1\ansi " + written + rb"\par}").text.strip() == read


def test_letters_of_another_code_page_are_read() -> None:
    assert (
        "Привет" in read_rtf(rb"{\rtf1\ansi\ansicpg1251 " + "Привет".encode("cp1251") + b"}").text
    )


@pytest.mark.parametrize("data", [b"words", b"{\\rtf", b"{\\rtf1 \\u99999999999 x}"])
def test_what_is_no_sound_rtf_is_refused_or_read(data: bytes) -> None:
    try:
        read_rtf(data)
    except BadArticle as error:
        assert "save it anew" in str(error)
