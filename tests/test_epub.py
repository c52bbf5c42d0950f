"""Publications: each of their documents is an article, read as a user's files are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from files import CARRIES, OPENED, TITLE, epub, zipped

from ingest.formats.file_readers import read
from ingest.types import Article, Failure


def items(folder: Path, data: bytes) -> list[object]:
    path = folder / "day.epub"
    path.write_bytes(data)
    return list(read(path, max_article_mb=5))


def test_each_document_is_an_article_of_the_publication_without_its_contents(
    tmp_path: Path,
) -> None:
    pages = (
        f"<h1>{TITLE}</h1><p>By Tomas Quill</p><p>{OPENED}</p>",
        f"<h1>Two lanes</h1><p>{CARRIES}</p>",
    )
    first, second = items(tmp_path, epub("<p>Brask Post</p>", *pages))
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.title, first.author, first.publisher) == (TITLE, "Tomas Quill", "Brask Post")
    assert first.source == "day.epub#text/page 1.xhtml"
    assert first.text.endswith(OPENED)
    assert (second.title, second.author) == ("Two lanes", None)
    assert second.published_on == date(2025, 3, 12)


def test_the_creator_of_a_publication_of_one_article_wrote_it(tmp_path: Path) -> None:
    (article,) = items(tmp_path, epub(f"<h1>{TITLE}</h1><p>{OPENED}</p>"))
    assert isinstance(article, Article)
    assert article.author == "Ines Marlow"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (epub(f"<p>{OPENED}</p>")[:500], "is no EPUB"),
        (zipped({"META-INF/container.xml": "<container/>"}), "is no EPUB"),
        (epub("<p>Brask Post</p>"), "holds no articles"),
        (epub(f"<p>{OPENED}{' ' * 120_000_000}</p>"), "zip bomb"),
    ],
)
def test_a_publication_that_cannot_be_read_says_why(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    (failure,) = items(tmp_path, data)
    assert isinstance(failure, Failure)
    assert reason in failure.reason


def test_a_publication_locked_against_copying_is_refused(tmp_path: Path) -> None:
    import io
    import zipfile

    data = io.BytesIO(epub(f"<p>{OPENED}</p>"))
    with zipfile.ZipFile(data, "a") as target:
        target.writestr("META-INF/encryption.xml", '<x URI="OPS/text/page 0.xhtml"/>')
    (failure,) = items(tmp_path, data.getvalue())
    assert isinstance(failure, Failure)
    assert "locked" in failure.reason
