"""Word files: text in order, tracked changes, and damaged files."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from files import (
    CARRIES,
    LIMIT,
    OPENED,
    TITLE,
    TODAY,
    bomb,
    docx,
)

from ingest.errors import BadArticle
from ingest.formats.article_making import article_of
from ingest.formats.docx_text import read_docx


def test_a_word_file_is_read_in_order_with_tables_and_headings() -> None:
    article = article_of(read_docx(docx(author="Some User"), LIMIT), "i", "a.docx", TODAY)
    assert article.text.split("\n\n") == [
        TITLE,
        "By Ines Marlow",
        "12 March 2025",
        OPENED,
        "What it carries",
        CARRIES,
        "Year | Cost",
        "2021 | 30",
        "Two lanes",
    ]
    assert (article.title, article.author, article.published_on) == (
        TITLE,
        "Ines Marlow",
        date(2025, 3, 12),
    )


def test_changes_are_accepted_and_nothing_stands_twice() -> None:
    def run(words: str, tag: str = "t") -> str:
        return f"<w:r><w:{tag} xml:space='preserve'>{words}</w:{tag}></w:r>"

    changed = (
        f"<w:p>{run('It cost ')}<w:del w:id='1' w:author='a'>{run('83', 'delText')}</w:del><w:ins w:id='2' w:author='a'>{run('38')}</w:ins>{run(' million.')}</w:p>"
        f"<w:sdt><w:sdtContent><w:p>{run('In a box')}<w:r><w:tab/><w:t>to fill.</w:t><w:br/><w:t>Next.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:r><mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
        f"<mc:Choice Requires='x'><w:p>{run('Once only.')}</w:p></mc:Choice><mc:Fallback><w:p>{run('Once only.')}</w:p></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    lines = read_docx(docx(changed=changed), LIMIT).text.split("\n\n")
    assert lines[-3:] == ["It cost 38 million.", "In a box to fill.\nNext.", "Once only."]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (bomb(120), "zip bomb"),
        (bomb(3), "zip bomb"),
        (bomb(120, declared=1000), "no Word file"),
        (docx()[:5000], "cut off"),
        (b"words", "no Word file"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "encrypted or an old .doc"),
        (docx(changed="<w:p>"), "damaged"),
    ],
)
def test_a_word_file_that_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(BadArticle, match=reason):
        read_docx(data, LIMIT)


def test_a_large_first_letter_belongs_to_its_word() -> None:
    letter = (
        '<w:p><w:pPr><w:framePr w:dropCap="drop" w:lines="3"/></w:pPr><w:r><w:t>T</w:t></w:r></w:p>'
    )
    rest = "<w:p><w:r><w:t>he river rose by two metres.</w:t></w:r></w:p>"
    assert read_docx(docx(changed=letter + rest), LIMIT).text.endswith(
        "\n\nThe river rose by two metres."
    )


def test_strict_open_xml_is_read() -> None:
    usual, strict = zipfile.ZipFile(io.BytesIO(docx())), io.BytesIO()
    with zipfile.ZipFile(strict, "w") as target:
        for name in usual.namelist():
            content = usual.read(name)
            for ours, theirs in (
                (b"officeDocument/2006/", b"officeDocument/"),
                (b"wordprocessingml/2006/main", b"wordprocessingml/main"),
            ):
                content = content.replace(
                    b"http://schemas.openxmlformats.org/" + ours,
                    b"http://purl.oclc.org/ooxml/" + theirs,
                )
            target.writestr(name, content)
    assert read_docx(strict.getvalue(), LIMIT) == read_docx(docx(), LIMIT)
