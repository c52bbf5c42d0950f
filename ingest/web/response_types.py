"""What is read of a reply from the web: which types are taken, how large, and as which format."""

from __future__ import annotations

import contextlib
import re
from datetime import date

from ingest.errors import BadArticle
from ingest.formats.file_readers import WRAPPED
from ingest.formats.reading_process import Content
from ingest.web.http_client import Reply, unpacked

KINDS = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "text",
    "text/markdown": "markdown",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/rss+xml": "web xml",
    "application/atom+xml": "web xml",
    "application/rdf+xml": "web xml",
    "application/xml": "web xml",
    "text/xml": "web xml",
    "application/gzip": "web xml",
    "application/x-gzip": "web xml",
    "application/feed+json": "web json",
    "application/json": "web json",
}
_MEASURED = ("html", "text", "markdown")  # as files of these types
_LISTING = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>)?(?:\s|<!--.{0,500}?-->|<\?.{0,200}?\?>){0,60}"
    rb"<(?:rss|feed|rdf:RDF|urlset|sitemapindex)\b",
    re.DOTALL,
)


def takes(limit_bytes: int) -> dict[str, int]:
    """By media type the most bytes that are taken, where an article may have so many."""
    return {
        name: limit_bytes if kind in _MEASURED else limit_bytes * WRAPPED
        for name, kind in KINDS.items()
    }


def content_of(reply: Reply, address: str, limit_bytes: int) -> Content:
    """What a reply of a type that is taken holds, for a reading process. Raises BadArticle where it
    is empty, NotFetched where it is gzip that cannot be unpacked."""
    kind, data = KINDS[reply.kind], reply.body
    if data[:2] == b"\x1f\x8b":
        data = unpacked([data], takes(limit_bytes)[reply.kind])
    if not data.strip():
        raise BadArticle("is empty; check the address")
    if kind in _MEASURED and _LISTING.match(data, 0, 20_000):
        kind = "web xml"
    elif kind in _MEASURED:
        # a text in the encoding that its header names, which pages leave out of themselves
        stated = reply.headers.get("content-type", "")
        named = re.search(r"charset=[\"']?([\w.:-]+)", stated, re.IGNORECASE)
        try:
            data.decode()
        except UnicodeDecodeError:
            with contextlib.suppress(LookupError, UnicodeError):
                data = data.decode(named[1] if named else "", "replace").encode()
    return Content(kind, data, address, address, date.today(), limit_bytes)
