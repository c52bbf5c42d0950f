"""Decodes a file's bytes: UTF-8, UTF-16 with BOM or cp1252; refuses what is no text."""

from __future__ import annotations

import codecs
import re

from ingest.errors import BadArticle

# Shares of all bytes. Text has almost no control characters (junk has 10 %), and in the Western
# languages that cp1252 serves fewer than one byte in five is not ASCII (in cp1251 or Shift-JIS text
# most are).
MOST_CONTROLS = 0.02
MOST_FOREIGN = 0.3
MOST_ZEROS = 0.01  # a NUL slips into a page now and then; every second byte of UTF-16 is one

_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_FOREIGN = re.compile(rb"[\x80-\xff]")
_REMEDY = "save it as UTF-8"


def decode(data: bytes) -> str:
    """The text of `data`; a byte that is wrong in it becomes U+FFFD. Raises BadArticle where the
    encoding is unknown or the bytes are no text at all."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) and len(data) % 4 == 0:
        raise BadArticle(f"is UTF-32, which is not read; {_REMEDY}")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise BadArticle(
                f"starts as UTF-16 but is not (byte {error.start}); {_REMEDY}"
            ) from error
        if "\0" in text or sum(map(text.count, "\ufffe\uffff")) > 0:
            raise BadArticle(f"starts as UTF-16 but is binary; {_REMEDY}")
        return text
    zeros = data.count(0)
    if zeros > MOST_ZEROS * len(data):
        raise BadArticle(
            f"holds NUL bytes: it is binary, or UTF-16 without its byte order mark; {_REMEDY}"
        )
    data = data.replace(b"\0", b"")  # as browsers do
    if zeros + len(_CONTROLS.findall(data)) > max(3, MOST_CONTROLS * len(data)):
        raise BadArticle(f"is binary, not text; {_REMEDY} if it is text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8-sig", "replace")
    bad = text.count("\ufffd")
    # hardly two letters of cp1252 beside each other are a letter of UTF-8 by chance
    if sum(not c.isascii() for c in text) - bad > bad:
        return text
    if len(_FOREIGN.findall(data)) > MOST_FOREIGN * len(data):
        raise BadArticle(
            f"is in no encoding that is read (UTF-8, UTF-16 with BOM, cp1252); {_REMEDY}"
        )
    return data.decode("cp1252", "replace")
