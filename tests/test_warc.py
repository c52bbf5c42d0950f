"""Web archive files, read as a user's files are."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.errors import BadArticle
from ingest.formats import file_readers
from ingest.formats.warc import read_warc
from ingest.types import Article, Failure

HARBOUR, ORCHARD = "https://gazette.example/harbour", "https://gazette.example/orchard"


def page(
    title: str, words: str = "The port of Skerra said so on Monday, and the ferries left."
) -> bytes:
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{words}</p></body></html>".encode()


def archived(*records: tuple[str, str, str, bytes], gzip: bool = True) -> bytes:
    """A WARC of (address, status, content type, body)."""
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=gzip)
    writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "tests"}))
    for address, status, kind, body in records:
        head = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                address, "response", payload=io.BytesIO(body), http_headers=head
            )
        )
    return file.getvalue()


def read(path: Path, data: bytes) -> list[file_readers.Item]:
    path.write_bytes(data)
    return list(file_readers.read(path, max_article_mb=5))


@pytest.mark.parametrize(
    ("name", "gzip"), [("a.warc", False), ("a.warc", True), ("A.WARC.GZ", True)]
)
def test_pages_that_were_answered_are_articles_by_their_address(
    tmp_path: Path, name: str, gzip: bool
) -> None:
    data = archived(
        (HARBOUR, "200 OK", "text/html; charset=utf-8", page("Harbour closes")),
        ("https://gazette.example/gone", "404 Not Found", "text/html", page("Gone")),
        ("https://gazette.example/a.png", "200 OK", "image/png", b"\x89PNG"),
        (ORCHARD, "200 OK", "Text/HTML", page("Orchard flooded")),
        (HARBOUR, "200 OK", "text/html", page("Harbour closes for a week")),
        gzip=gzip,
    )
    found = read(tmp_path / name, data)
    assert [(a.title, a.url, a.source) for a in found if isinstance(a, Article)] == [
        ("Harbour closes for a week", HARBOUR, f"{name}#{HARBOUR}"),
        ("Orchard flooded", ORCHARD, f"{name}#{ORCHARD}"),
    ]
    assert len(found) == 2 and all(a.published_on is None for a in found if isinstance(a, Article))


@pytest.mark.parametrize("gzip", [False, True])
def test_of_a_file_cut_off_the_whole_pages_are_read_and_the_notes_say_so(
    tmp_path: Path, gzip: bool
) -> None:
    last = page("Orchard flooded", " ".join(str(n) for n in range(2000)))
    data = archived(
        (HARBOUR, "200 OK", "text/html", page("Harbour closes")),
        (ORCHARD, "200 OK", "text/html", last),
        gzip=gzip,
    )
    (found,) = read(tmp_path / "a.warc", data[: len(data) - 500])
    assert isinstance(found, Article) and found.title == "Harbour closes"
    assert any("is cut off or damaged" in note for note in found.notes)
    whole = read(tmp_path / "a.warc", data)
    assert len(whole) == 2 and not any(a.notes for a in whole if isinstance(a, Article))


@pytest.mark.parametrize("data", [b"no archive", b"\x1f\x8b\x08no archive", archived()])
def test_a_file_without_pages_is_refused_with_a_remedy(tmp_path: Path, data: bytes) -> None:
    (found,) = read(tmp_path / "a.warc", data)
    assert isinstance(found, Failure) and ";" in found.reason


WHOLE = {
    gz: archived((HARBOUR, "200 OK", "text/html", page("Harbour closes")), gzip=gz)
    for gz in (True, False)
}


@settings(max_examples=150, deadline=None)
@given(st.booleans(), st.floats(0, 1), st.binary(max_size=40))
def test_no_damage_breaks_the_reader_and_no_cut_halves_a_page(
    gzip: bool, share: float, damage: bytes
) -> None:
    file = WHOLE[gzip]
    try:
        pages, _ = read_warc(file[: int(share * len(file))] + damage)
    except BadArticle as error:
        assert ";" in str(error)
    else:
        assert damage or all(one["html"] == page("Harbour closes").decode() for one in pages)
