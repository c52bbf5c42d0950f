"""Reads OpenDocument texts (.odt): paragraphs, headings and tables as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.errors import BadArticle
from ingest.formats.xml_items import parsed
from ingest.formats.zipped import xml_parts
from ingest.types import Extract

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_LEFT_OUT = ("tracked-changes", "note", "annotation", "table-of-content", "sequence-decls", "forms")
_SPACES = {"s": " ", "tab": " ", "line-break": "\n"}
_LONGEST_GAP = 100  # spaces that one element may stand for


def read_odt(data: bytes, limit_bytes: int) -> Extract:
    """What an OpenDocument text says, with all changes accepted; no footnotes or comments. Who made
    the file and when is not taken for the author and the day.

    Raises BadArticle where it is encrypted, damaged or no such file.
    """
    parts = xml_parts(data, limit_bytes, (".xml",), "OpenDocument text")
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise BadArticle("is encrypted; save it without a password")
    content = parsed(parts.get("content.xml", b"<nothing/>"))[0]
    body = content.find("body/text")
    if body is None:
        raise BadArticle("is no OpenDocument text; save it as .odt")
    styles = content.iter("style")
    titles = {
        s.get(_STYLE + "name") for s in styles if s.get(_STYLE + "parent-style-name") == "Title"
    }
    titles |= {"Title"}
    lines = list(_lines(body))
    title = next((text for style, text in lines if style in titles), "")
    if not title and "meta.xml" in parts:
        stated = parsed(parts["meta.xml"])[0].find("meta/title")
        title = "".join(stated.itertext()).strip() if stated is not None else ""
    return Extract("\n\n".join(text for _, text in lines), {"title": title} if title else {})


def _lines(element: _Element) -> Iterator[tuple[str | None, str]]:
    """(style, text) of each paragraph and table row, in order."""
    for one in element:
        if not isinstance(one.tag, str) or one.tag in _LEFT_OUT:
            continue
        if one.tag in ("p", "h"):
            if words := "\n".join(" ".join(w.split()) for w in _words(one).split("\n")).strip():
                yield one.get(_TEXT + "style-name"), words
            for box in one.iter("text-box"):  # a paragraph by itself, after the one it hangs on
                yield from _lines(box)
        elif one.tag == "table-row":
            cells = [" ".join(words for _, words in _lines(cell)) for cell in one]
            if any(cells):
                yield None, " | ".join(filter(None, cells))
        else:
            yield from _lines(one)


def _words(element: _Element) -> str:
    """The words of a paragraph, without what hangs on it."""
    words = [element.text or ""]
    for one in element:
        if isinstance(one.tag, str) and one.tag in _SPACES:
            count = one.get(_TEXT + "c", "1")
            words.append(_SPACES[one.tag] * (int(count) % _LONGEST_GAP if count.isdigit() else 1))
        elif isinstance(one.tag, str) and one.tag not in (*_LEFT_OUT, "frame", "custom-shape"):
            words.append(_words(one))
        words.append(one.tail or "")
    return "".join(words)
