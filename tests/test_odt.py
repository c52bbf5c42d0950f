"""OpenDocument texts: words in order, changes accepted, and damaged files."""

from __future__ import annotations

from datetime import date

import pytest
from files import CARRIES, LIMIT, OPENED, TITLE, TODAY, odt, zipped

from ingest.errors import BadArticle
from ingest.formats.article_making import article_of
from ingest.formats.odt import read_odt

BODY = (
    f"<text:p>{OPENED}<text:note><text:note-body><text:p>A footnote.</text:p></text:note-body></text:note></text:p>"
    "<text:tracked-changes><text:changed-region><text:deletion><text:p>It cost 83.</text:p></text:deletion></text:changed-region></text:tracked-changes>"
    f"<text:h text:outline-level='2'>What it <text:span>carries</text:span></text:h><text:p>{CARRIES}</text:p>"
    "<table:table><table:table-row><table:table-cell><text:p>Year</text:p></table:table-cell><table:table-cell><text:p>Cost</text:p>"
    "</table:table-cell></table:table-row></table:table><text:list><text:list-item><text:p>Two<text:s text:c='3'/>lanes</text:p></text:list-item></text:list>"
    "<text:p>One<text:line-break/>two.<drawing:frame><drawing:text-box><text:p>In a box.</text:p></drawing:text-box></drawing:frame></text:p>"
)


def test_an_open_document_is_read_in_order_with_tables_lists_and_boxes() -> None:
    article = article_of(read_odt(odt(BODY), LIMIT), "i", "a.odt", TODAY)
    assert article.text.split("\n\n") == [
        TITLE,
        "By Ines Marlow",
        "12 March 2025",
        OPENED,
        "What it carries",
        CARRIES,
        "Year | Cost",
        "Two lanes",
        "One two.",
        "In a box.",
    ]
    assert (article.title, article.author, article.published_on) == (
        TITLE,
        "Ines Marlow",
        date(2025, 3, 12),
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (odt("<text:p/>", **{"a.xml": " " * 120_000_000}), "zip bomb"),
        (odt(BODY)[:600], "cut off"),
        (b"words", "no OpenDocument text"),
        (zipped({"content.xml": "<office/>"}), "no OpenDocument text"),
        (odt(BODY, **{"META-INF/manifest.xml": "<encryption-data/>"}), "encrypted"),
    ],
)
def test_an_open_document_that_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(BadArticle, match=reason):
        read_odt(data, LIMIT)
