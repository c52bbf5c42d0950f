"""Newsletters as mail, and pages that a browser saved in one file."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import BadArticle
from ingest.formats import file_readers
from ingest.formats.mail import read_mail
from ingest.types import Article, Failure

PROSE = "The harbour of Skerra closes for a week, the port said on Monday. Ferries leave from Brask until then."
PAGE = f"<html><head><title>Harbour closes</title></head><body><h1>Harbour closes</h1><p>By Nora Pell</p><p>{PROSE}</p></body></html>"


def newsletter() -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Harbour Gazette <letter@gazette.example>"
    mail["Subject"] = "Hafen schließt: what the week brings"
    mail["Date"] = "Wed, 12 Mar 2025 23:30:00 -0500"
    mail.set_content(PROSE)
    return mail


def read(path: Path, data: bytes) -> file_readers.Item:
    path.write_bytes(data)
    (found,) = file_readers.read(path, max_article_mb=5)
    return found


def test_a_mail_is_an_article_by_its_sender_on_the_day_of_its_clock(tmp_path: Path) -> None:
    found = read(tmp_path / "week.eml", bytes(newsletter()))
    assert isinstance(found, Article)
    assert (found.title, found.publisher) == (
        "Hafen schließt: what the week brings",
        "Harbour Gazette",
    )
    assert (found.published_on, found.text) == (date(2025, 3, 12), PROSE)


def test_of_a_mail_in_two_forms_the_page_is_read_and_no_attachment(tmp_path: Path) -> None:
    mail = newsletter()
    mail.add_alternative(PAGE, subtype="html")
    mail.add_attachment("An internal note.", filename="note.txt")
    found = read(tmp_path / "week.eml", bytes(mail))
    assert isinstance(found, Article)
    assert found.author == "Nora Pell" and "Ferries leave from Brask" in found.text
    assert "internal note" not in found.text


def test_a_saved_page_keeps_its_address_and_its_own_title(tmp_path: Path) -> None:
    saved = EmailMessage()
    saved["From"] = "<Saved by Blink>"
    saved["Snapshot-Content-Location"] = "https://gazette.example/harbour"
    saved["Subject"] = "Harbour closes | The Gazette"
    saved["Date"] = "Sat, 1 Nov 2025 10:00:00 +0000"  # when it was saved
    saved.set_content(PAGE, subtype="html")
    saved.add_related(b"\x89PNG", "image", "png")
    found = read(tmp_path / "page.mhtml", bytes(saved))
    assert isinstance(found, Article)
    assert (found.title, found.author) == ("Harbour closes", "Nora Pell")
    assert (found.url, found.published_on) == ("https://gazette.example/harbour", None)


@pytest.mark.parametrize(
    "data",
    [
        b"Subject: nothing\n\n",
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: image/png\n\nabc\n--x--",
        b"Content-Type: text/plain; charset=no-such\n\n\xff\xfe",
    ],
)
def test_a_mail_that_says_nothing_is_refused_with_a_remedy(tmp_path: Path, data: bytes) -> None:
    found = read(tmp_path / "week.eml", data)
    assert isinstance(found, Failure) and ";" in found.reason


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"Date: ", b"From: ", b"Content-Type: text/", b"Subject: =?"]),
)
def test_no_bytes_break_the_reader(data: bytes, before: bytes) -> None:
    try:
        fields = read_mail(before + data)
    except BadArticle as error:
        assert ";" in str(error)
    else:
        assert fields.get("text") or fields.get("html")
