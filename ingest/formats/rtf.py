"""Reads Rich Text Format (.rtf): its words, a paragraph a line."""

from __future__ import annotations

import codecs
import re

from ingest.errors import BadArticle
from ingest.types import Extract

_PAGE = re.compile(rb"\\ansicpg(\d{1,5})")
_TITLE = re.compile(r"\{\\title\s((?:[^{}]|\{[^{}]{0,200}\}){1,2000})\}")


def read_rtf(data: bytes) -> Extract:
    """What a file says; who made it and when is not taken for the author and the day. Raises
    BadArticle where it is no RTF."""
    if not data.lstrip().startswith(b"{\\rtf"):
        raise BadArticle("is no RTF; save it anew")
    page = _PAGE.search(data, 0, 10_000)
    try:
        encoding = codecs.lookup(f"cp{page[1].decode()}" if page else "cp1252").name
    except LookupError:
        encoding = "cp1252"
    written = data.decode(encoding, "replace")
    title = _TITLE.search(written, 0, 100_000)
    fields = {"title": _words("{\\rtf1 " + title[1] + "}", encoding)} if title else {}
    return Extract(_words(written, encoding), fields)


def _words(written: str, encoding: str) -> str:
    from striprtf.striprtf import rtf_to_text

    try:
        words: str = rtf_to_text(  # type: ignore[no-untyped-call]
            written, encoding=encoding, errors="replace"
        )
    except (IndexError, KeyError, LookupError, ValueError, OverflowError) as error:
        raise BadArticle(f"is damaged RTF ({type(error).__name__}); save it anew") from error
    # letters beyond U+FFFF are written as two halves
    whole = words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    cells = (re.sub(r"\s*\|\s*$", "", line).replace("|", " | ") for line in whole.split("\n"))
    return "\n\n".join(" ".join(line.split()) for line in cells)
