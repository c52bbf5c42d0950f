"""The fields or raw text of one article come in; an Article goes out, cleaned, with what its text says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from ingest.clean import clean, one_line
from ingest.dates import find_published, latest_named_date, parse
from ingest.errors import BadArticle
from ingest.headers import find_header
from ingest.types import Article

LONGEST_FIELD = 1000  # characters of a title, name or address
FIELDS = ("title", "author", "publisher", "url", "published_on")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ADDRESS = re.compile(r"https?://[^\s<>\"\x00-\x1f]+", re.IGNORECASE)
_FIRST_HEADING = re.compile(r"^[ \t]*#[ \t]+(\S.*)$", re.MULTILINE)
_OPENING = 3000  # characters in which the first heading of an article stands


def article_from(fields: Mapping[str, object], identity: str, source: str) -> Article:
    """The article of a JSON object: `text`, and `title`, `author`, `publisher`, `url`, `published_on` where known.

    What is not given is read from the text. An address that is not http(s) is dropped. Raises BadArticle where a field
    has the wrong type, a date is none, or a string holds what cannot be stored (NUL, lone surrogates).
    """
    text = fields.get("text")
    if text is None and fields.get("html") is not None:
        raise BadArticle('"html" is not read yet, only "text"; give the text of the article')
    if not isinstance(text, str):
        problem = "is missing" if text is None else "is not a string"
        raise BadArticle(f'"text" {problem}; give the text of the article')
    stated: dict[str, str] = {}
    for name in FIELDS:
        value = fields.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            raise BadArticle(f'"{name}" is not a string; correct it or leave it out')
        if len(value) > LONGEST_FIELD:
            raise BadArticle(f'"{name}" has {len(value)} characters, more than {LONGEST_FIELD}; shorten it')
        stated[name] = value
    for name, value in {"text": text, **stated}.items():
        if _UNSTORABLE.search(value):
            raise BadArticle(f'"{name}" holds a NUL or half a surrogate pair; correct or remove it')
    if stated.get("published_on", "").strip() and parse(stated["published_on"]) is None:
        raise BadArticle('"published_on" is no date; write it as YYYY-MM-DD')
    return article_of(text, identity, source, stated)


def article_of(raw: str, identity: str, source: str, stated: Mapping[str, str] | None = None) -> Article:
    """The article of a raw text. `stated` holds metadata fields, which go before what the text says; one that cannot be
    used is ignored. Raises BadArticle where the text holds no words.
    """
    stated = stated or {}
    text = clean(raw)
    if not any(map(str.isalnum, text)):
        raise BadArticle("holds no text; remove it or fill it")
    title = one_line(stated.get("title", "")) or None
    heading = None if title else _FIRST_HEADING.search(raw, 0, _OPENING)
    header = find_header(text, title or (one_line(heading[1]) or None if heading else None))
    published, republished, date_source = _dates(text, parse(stated.get("published_on", "")))
    return Article(
        identity=identity,
        source=source,
        text=text,
        title=title or header.title,
        author=one_line(stated.get("author", "")) or header.author,
        publisher=one_line(stated.get("publisher", "")) or header.publisher,
        url=_address(stated.get("url", "")),
        published_on=published,
        republished_on=republished,
        date_source=date_source,
        credited_to=header.credited_to,
        latest_named_date=latest_named_date(text),
    )


def _dates(text: str, stated: date | None) -> tuple[date | None, date | None, str]:
    """(published, republished, source); a first publication that the text puts earlier goes before the stated day."""
    found = find_published(text)
    if stated is None:
        return found.published_on, found.republished_on, "text" if found.published_on else "none"
    if found.is_first and found.published_on and found.published_on < stated:
        return found.published_on, stated, "text"
    return stated, None, "metadata"


def _address(url: str) -> str | None:
    """Only addresses a reader can follow: anything else in a link on a page would be a danger."""
    url = url.strip()
    return url if _ADDRESS.fullmatch(url) else None
