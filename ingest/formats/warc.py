"""Reads the pages of a web archive file (WARC), plain or gzipped."""

from __future__ import annotations

import io
import zlib

from ingest.errors import BadArticle
from ingest.formats.encodings import decode

PAGES = ("text/html", "application/xhtml+xml")
LONGEST_NAME = 300  # characters of an address that names a page
MOST_UNPACKED = 500_000_000  # bytes
CUT_OFF = "is cut off or damaged: pages may be missing"


def read_warc(data: bytes) -> tuple[list[dict[str, object]], tuple[str, ...]]:
    """(the pages that were answered with 200, each with its address and named by it, notes). Of an
    address that was fetched more than once the last page counts. The day of the fetch is none of
    publication.

    Raises BadArticle where nothing can be read.
    """
    from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
    from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]

    pages: dict[str, dict[str, object]] = {}
    notes: tuple[str, ...] = ()
    records = 0
    try:
        for record in ArchiveIterator(io.BytesIO(data), arc2warc=True):
            records += 1
            head = record.http_headers
            if record.rec_type != "response" or head is None or head.get_statuscode() != "200":
                continue
            if (head.get_header("Content-Type") or "").split(";")[0].strip().lower() not in PAGES:
                continue
            address = record.rec_headers.get_header("WARC-Target-URI") or ""
            page = record.content_stream().read()
            if record.raw_stream.limit:  # less stands there than the record says
                notes = (CUT_OFF,)
            else:
                name = address if len(address) <= LONGEST_NAME else ""
                pages[address] = {"html": decode(page), "url": address, "id": name}
    except (ArchiveLoadFailed, AttributeError, EOFError, OSError, ValueError) as error:
        if "non-chunked gzip" in str(error):  # packed as one piece, not record by record
            return read_warc(zlib.decompressobj(31).decompress(data, MOST_UNPACKED))
        if not records:
            raise BadArticle(
                "is no web archive that can be read (WARC); fetch or copy it anew"
            ) from error
        notes = (CUT_OFF,)
    return list(pages.values()), notes
