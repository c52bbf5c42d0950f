"""Reads publications as EPUB, such as a day's newspaper: each of their documents is an article."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ingest.errors import BadArticle
from ingest.formats.encodings import decode
from ingest.formats.xml_items import parsed
from ingest.formats.zipped import xml_parts

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

Fields = dict[str, object]
SHORTEST = 60  # characters outside links: covers and tables of contents have fewer
_ENDS = (".xml", ".opf", ".xhtml", ".html", ".htm")


def read_epub(data: bytes, limit_bytes: int) -> list[Fields]:
    """The documents in the order of reading, named by their places, with the outlet and day of the
    publication; its title and creator are those of an article where it holds one only.

    Raises BadArticle where it is damaged, locked or no EPUB.
    """
    parts = xml_parts(data, limit_bytes, _ENDS, "EPUB")
    root = parsed(parts.get("META-INF/container.xml", b"<nothing/>"))[0].find(".//rootfile")
    place = root.get("full-path", "") if root is not None else ""
    if place not in parts:
        raise BadArticle("is no EPUB, or cut off; save it anew")
    package = parsed(parts[place])[0]
    names = {one.get("id"): one.get("href", "") for one in package.iter("item")}
    locked = parts.get("META-INF/encryption.xml", b"")
    whole = {
        "publisher": _said(package, "publisher"),
        "published_on": _said(package, "date"),
    }
    found: list[Fields] = []
    for reference in package.iter("itemref"):
        name = unquote(names.get(reference.get("idref"), "").partition("#")[0])
        page = parts.get(posixpath.normpath(posixpath.join(posixpath.dirname(place), name)))
        if page is None:
            continue
        if name.encode() in locked:
            raise BadArticle("is locked against copying; get it without that")
        root = parsed(page)[0]
        body = root.find("body")
        linked = sum(len(_words(link)) for link in root.iter("a"))
        if len(_words(root if body is None else body)) - linked >= SHORTEST:
            heading = next(map(_words, root.iter("h1", "h2", "h3")), "")
            found.append({"id": name, "title": heading, "html": decode(page), **whole})
    if len(found) == 1:
        found[0] |= {"author": _said(package, "creator")}
    return [{name: said for name, said in fields.items() if said} for fields in found]


def _said(package: _Element, path: str) -> str:
    found = package.find(f"metadata/{path}")
    return _words(found) if found is not None else ""


def _words(element: _Element) -> str:
    return " ".join("".join(element.itertext()).split())
