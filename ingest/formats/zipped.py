"""Unpacks the XML of a zipped file (Word, OpenDocument, EPUB) without trusting what it declares."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator

from ingest.errors import BadArticle

# XML of a document is 5 to 30 times its text, and deflate makes it 5 to 20 times smaller. A bomb is
# 1000 to 1.
MOST_MARKUP = 20  # times the text an article may have
MOST_SQUEEZED = 200  # times the bytes in the file, where it is more than a megabyte
LEAST_ALLOWED = 10_000_000  # bytes: styles and themes take up to a megabyte whatever the text
MOST_PARTS = 10_000


def parts_of(
    data: bytes, limit_bytes: int, ends: tuple[str, ...]
) -> Iterator[tuple[str, bytes | None]]:
    """(name, content) of each part, None for one whose name has none of these `ends`.

    Read piece by piece, so that a bomb is noticed after as much as an article may have. Raises
    BadArticle for it, and what `zipfile` raises where the file is damaged or encrypted.
    """
    allowed = max(limit_bytes * MOST_MARKUP, LEAST_ALLOWED)
    total = 0
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = packed.infolist()
        if len(parts) > MOST_PARTS:
            raise BadArticle(f"has {len(parts)} parts, more than {MOST_PARTS}; save it anew")
        for part in parts:
            if not part.filename.lower().endswith(ends):
                yield part.filename, None
                continue
            content = bytearray()
            with packed.open(part) as stream:
                while piece := stream.read(65_536):
                    content += piece
                    total += len(piece)
                    squeezed = len(content) > max(1_000_000, part.compress_size * MOST_SQUEEZED)
                    if total > allowed or squeezed:
                        raise BadArticle(
                            f"swells to more than {allowed / 1_000_000:g} MB, or {MOST_SQUEEZED} times its size, "
                            "when unpacked, as a zip bomb does; split it or raise DATELINE_MAX_ARTICLE_MB"
                        )
            yield part.filename, bytes(content)


def xml_parts(data: bytes, limit_bytes: int, ends: tuple[str, ...], what: str) -> dict[str, bytes]:
    """The parts whose names have one of these `ends`. Raises BadArticle, in which `what` names the
    kind of file, where it is damaged or encrypted."""
    try:
        return {n: part for n, part in parts_of(data, limit_bytes, ends) if part is not None}
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        NotImplementedError,
        OSError,
        ValueError,
    ) as error:
        raise BadArticle(
            f"is no {what}, or cut off ({type(error).__name__}); save it anew"
        ) from error
    except RuntimeError as error:
        raise BadArticle(f"is encrypted {what}; save it without a password") from error
