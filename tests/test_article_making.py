"""Articles made of given fields: the limits of each, on both sides of its edge, and which date counts."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from files import (
    ARTICLE,
    CARRIES,
    OPENED,
    TITLE,
    html,
    json_ld,
    page,
    pdf,
)
from pypdf import PdfWriter

from ingest.errors import BadArticle, InvalidRequest
from ingest.formats.article_making import article_from
from ingest.formats.file_readers import read
from ingest.formats.pdf import read_pdf
from ingest.types import Article, Failure
from ingest.uploads import safe_name

TODAY = date(2026, 5, 10)


def lines(tmp_path: Path, *rows: dict[str, str], megabytes: float = 5) -> list[object]:
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return list(read(tmp_path / "a.jsonl", max_article_mb=megabytes, today=TODAY))


@pytest.mark.parametrize("name", ["title", "author", "publisher", "url"])
def test_a_field_has_at_most_1000_characters(name: str) -> None:
    article_from({"text": OPENED, name: "x" * 1000}, "/a", "a")
    with pytest.raises(BadArticle, match="1001 characters"):
        article_from({"text": OPENED, name: "x" * 1001}, "/a", "a")


def test_an_id_has_at_most_300_characters(tmp_path: Path) -> None:
    good, bad = lines(
        tmp_path, {"id": "x" * 300, "text": OPENED}, {"id": "y" * 301, "text": OPENED}
    )
    assert isinstance(good, Article) and good.source == f"a.jsonl#{'x' * 300}"
    assert isinstance(bad, Failure) and '"id"' in bad.reason


def test_a_file_is_measured_to_the_byte(tmp_path: Path) -> None:
    text = ("It rained in Orvel on Tuesday. " * 400)[:10_000]
    for name, size in {"fits.txt": 10_000, "large.txt": 10_001}.items():
        (tmp_path / name).write_bytes(text.encode().ljust(size, b"."))
    good, bad = read(tmp_path, max_article_mb=0.01, today=TODAY)
    assert isinstance(good, Article) and good.source == "fits.txt"
    assert isinstance(bad, Failure) and "DATELINE_MAX_ARTICLE_MB" in bad.reason


def test_a_line_is_measured_to_the_byte(tmp_path: Path) -> None:
    around = len(json.dumps({"text": ""}))
    fits, large = ("It rained in Orvel. " * 600)[: 10_000 - around], "x"
    good, bad = lines(tmp_path, {"text": fits}, {"text": fits + large}, megabytes=0.01)
    assert isinstance(good, Article) and good.source == "a.jsonl#L1"
    assert isinstance(bad, Failure) and bad.source == "a.jsonl#L2"


def test_a_pdf_may_have_20_times_the_size_of_an_article(tmp_path: Path) -> None:
    data = pdf([[(11, 0, OPENED[:70]), (11, 14, OPENED[70:])]])
    (tmp_path / "fits.pdf").write_bytes(data.ljust(20_000, b"\n"))
    (tmp_path / "large.pdf").write_bytes(data.ljust(20_001, b"\n"))
    good, bad = read(tmp_path, max_article_mb=0.001, today=TODAY)
    assert isinstance(good, Article) and good.source == "fits.pdf"
    assert isinstance(bad, Failure) and bad.source == "large.pdf"


@pytest.mark.parametrize(("pages", "reason"), [(2000, "holds no text"), (2001, "2001 pages")])
def test_a_pdf_has_at_most_2000_pages(pages: int, reason: str, tmp_path: Path) -> None:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(72, 72)
    writer.write(tmp_path / "a.pdf")
    with pytest.raises(BadArticle, match=reason):
        read_pdf((tmp_path / "a.pdf").read_bytes(), 5_000_000)


@pytest.mark.parametrize(("day", "believed"), [("2026-05-11", True), ("2026-05-12", False)])
def test_tomorrow_is_believed_and_the_day_after_is_not(day: str, believed: bool) -> None:
    article = article_from({"text": OPENED, "published_on": day}, "/a", "a", today=TODAY)
    assert article.published_on == (date.fromisoformat(day) if believed else None)
    assert bool(article.notes) is not believed


def test_a_text_that_breaks_off_keeps_its_headline() -> None:
    text = "Harbour lamp relit\nThe Test Post\n1 May 2025\n\nThe buoy was mended. It cost £4,400. More soon"
    article = article_from({"text": text}, "/a", "a", today=TODAY)
    stated = (article.title, article.publisher, str(article.published_on))
    assert stated == ("Harbour lamp relit", "The Test Post", "2025-05-01")


def test_a_sent_file_name_has_at_most_200_bytes() -> None:
    assert safe_name("é" * 98 + ".txt") == "é" * 98 + ".txt"
    with pytest.raises(InvalidRequest, match="200 bytes"):
        safe_name("é" * 98 + "x.txt")


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
    for day, notes in (("9999-01-01", 1), ("1000-01-01", 0)):
        far = article_from({"text": "It rained.", "published_on": day}, "i", "s", today=TODAY)
        assert (far.published_on is None, len(far.notes)) == (bool(notes), notes)
    with pytest.raises(BadArticle, match="no day since 1000-01-01"):
        article_from({"text": "It rained.", "published_on": "0999-12-31"}, "i", "s", today=TODAY)
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


def test_a_field_that_is_as_long_as_a_text_is_none() -> None:
    assert (
        page(
            json_ld({**ARTICLE, "headline": "word " * 1000}), f"<p>{OPENED}</p><p>{CARRIES}</p>"
        ).title
        is None
    )


def test_an_html_article_can_be_posted() -> None:
    article = article_from(
        {"html": html(json_ld(ARTICLE)), "author": "Tom Orrick"}, "api#1", "posted", today=TODAY
    )
    assert (article.title, article.author, article.published_on) == (
        TITLE,
        "Tom Orrick",
        date(2025, 3, 12),
    )
