"""Reads Word files (.docx): paragraphs, headings and tables as text."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.errors import BadArticle
from ingest.formats.zipped import parts_of
from ingest.text.header_pieces import is_byline
from ingest.types import Extract

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

HEADER_LINES = 10
_OLD_WORD = b"\xd0\xcf\x11\xe0"  # the container of .doc, and of a .docx with a password
_USUAL = b"http://schemas.openxmlformats.org/"
# Names of strict Open XML, which python-docx does not know, and those of the usual kind.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/officeDocument/", _USUAL + b"officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", _USUAL + b"wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/drawingml/", _USUAL + b"drawingml/2006/"),
)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read_docx(data: bytes, limit_bytes: int) -> Extract:
    """What a Word file says. The day it was saved is not taken for that of publication. Raises
    BadArticle where it is encrypted, damaged, no Word file, or swells to more than an article may
    have."""
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import XMLSyntaxError

    if data.startswith(_OLD_WORD):
        raise BadArticle("is encrypted or an old .doc; save it as .docx without a password")
    try:
        document = Document(io.BytesIO(_checked(data, limit_bytes)))
        titles = {
            style.style_id for style in document.styles if (style.name or "").lower() == "title"
        }
        body = document.element.body
        author = document.core_properties.author
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        PackageNotFoundError,
        EOFError,
        NotImplementedError,
    ) as error:
        raise BadArticle(
            f"is no Word file, or cut off ({type(error).__name__}); save it anew"
        ) from error
    except (
        XMLSyntaxError,
        KeyError,
        ValueError,
        AttributeError,
        RuntimeError,
        OSError,
        zlib.error,
    ) as error:
        raise BadArticle(
            f"is a damaged Word file ({type(error).__name__}); save it anew"
        ) from error
    lines = list(_lines(body))
    title = next((text for style, text in lines if style in titles), "")
    fields = {"title": title} if title else {}
    if _PERSON.fullmatch((author or "").strip()) and not any(
        is_byline(text) for _, text in lines[:HEADER_LINES]
    ):
        fields["author"] = author  # who wrote the article goes before who made the file
    return Extract("\n\n".join(text for _, text in lines), fields)


def _checked(data: bytes, limit_bytes: int) -> bytes:
    """The same file with nothing but its XML, uncompressed: what the directory declares is not
    trusted."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as plain:
        for name, content in parts_of(data, limit_bytes, (".xml", ".rels")):
            usual = content or b""
            for strict, names in _STRICT:
                usual = usual.replace(strict, names)
            plain.writestr(zipfile.ZipInfo(name), usual)
    return written.getvalue()


def _lines(body: _Element) -> Iterator[tuple[str | None, str]]:
    """(style, text) of each paragraph and table row, in order; what was deleted or stands twice is
    left out. A large first letter, a paragraph by itself in Word, begins the one after it."""
    large = ""
    for element in body.iter(f"{_W}p", f"{_W}tr"):
        if element.tag == f"{_W}tr":
            cells = [
                [word for paragraph in cell.iter(f"{_W}p") for word in _text(paragraph).split()]
                for cell in element.iter(f"{_W}tc")
            ]
            row = [" ".join(words) for words in cells if words]
            if row and not _is_second(element):
                yield None, " | ".join(row)
        elif not _is_second(element) and next(element.iterancestors(f"{_W}tr"), None) is None:
            style = element.find(f"{_W}pPr/{_W}pStyle")
            words = _text(element).strip()
            frame = element.find(f"{_W}pPr/{_W}framePr")
            if frame is not None and frame.get(f"{_W}dropCap") in ("drop", "margin"):
                large = words
            elif words:
                words, large = large + words, ""
                yield style.get(f"{_W}val") if style is not None else None, words


def _text(paragraph: _Element) -> str:
    """The words of a paragraph as they stand with all changes accepted; a text box in it is a
    paragraph by itself."""
    words: list[str] = []
    for element in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr", f"{_W}noBreakHyphen"):
        if next(element.iterancestors(f"{_W}p"), None) is not paragraph or _is_second(element):
            continue
        if element.tag == f"{_W}t":
            words.append(element.text or "")
        elif element.getparent().tag != f"{_W}tabs":
            words.append({f"{_W}tab": " ", f"{_W}noBreakHyphen": "-"}.get(element.tag, "\n"))
    return "".join(words)


def _is_second(element: _Element) -> bool:
    """Whether an element is deleted, moved away, or the copy of a drawing for older programs."""
    return any(
        above.tag.rpartition("}")[2] in ("Fallback", "del", "moveFrom")
        for above in element.iterancestors()
        if isinstance(above.tag, str)
    )


_PERSON = re.compile(r"[^\W\d_][\w.'’]*(?:\s+[^\W\d_][\w.'’-]*){1,4}")
