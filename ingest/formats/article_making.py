"""Makes an Article of what was read from a file: cleaned, with what its metadata and its text say
of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from ingest.errors import BadArticle
from ingest.formats.field_names import BODIES, nearest, understood
from ingest.formats.publisher_terms import terms_of
from ingest.text.clean import clean, one_line
from ingest.text.site_pages import site_page
from ingest.text.title_and_byline import authors, find_header, is_agency
from ingest.text.trusted_dates import EARLIEST, believe, stated_date
from ingest.types import Article, DateKind, Extract, collections_named

MEGABYTE = 1_000_000  # bytes
LONGEST_FIELD = 1000  # characters of a title, name or address
ReadPage = Callable[[bytes, int], Extract]
NOT_UNDERSTOOD = "has fields that are not understood: "
MOST_NAMED = 20  # of these fields
FIELDS = ("title", "author", "publisher", "url", "published_on")

_DATES = {"published_on": DateKind.PUBLISHED, "updated_on": DateKind.UPDATED}
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ADDRESS = re.compile(r"https?://[^\s<>\"\x00-\x1f]+", re.IGNORECASE)
_FIRST_HEADING = re.compile(r"^[ \t]*#[ \t]+(\S.*)$", re.MULTILINE)
_PROSE = re.compile(r"\w{3,}[.!?][\"”’)]*[ \t]*(?:\r?\n|[ \t][\"“‘(]*[A-Z])")
_CORRECTION = re.compile(r"[^\w]*(?:this article|correct|amend|editor|clarif)", re.IGNORECASE)
_MARKUP = re.compile(r"\s*<(?:p|div|h[1-6]|figure|section|article|blockquote|ul)\b", re.IGNORECASE)
_OPENING = 3000  # characters in which the first heading of an article stands


def article_from(
    fields: Mapping[str, object],
    identity: str,
    source: str,
    *,
    today: date | None = None,
    read_page: ReadPage | None = None,
) -> Article:
    """The article of a JSON object: `text` or `html`, and `title`, `author`, `publisher`, `url`,
    `published_on`, `updated_on` where known, under these or the other names of `field_names`.

    What is not given is read from the text, of `html` first from its metadata. An address that is
    not http(s) is dropped; the last note names what was not understood. Raises BadArticle where a
    field of ours has the wrong type, `published_on` is no date, or a string holds what cannot be
    stored (NUL, lone surrogates). `read_page` reads the `html`, by default `formats.html.read_page`.
    """
    stated, strange = understood(fields)
    for field in (*BODIES, *FIELDS):
        if field in strange:
            raise BadArticle(f'"{field}" is not a string; correct it or leave it out')
    name = next((name for name in BODIES if name in stated), None)
    if name is None:
        like = next((f", such as {name}" for name in strange if nearest(name) in BODIES), "")
        raise BadArticle(f'"text" is missing{like}; give the text of the article')
    content = stated[name]
    stated = {field: value for field, value in stated.items() if field not in BODIES}
    for field, value in {name: content, **stated}.items():
        if len(value) > LONGEST_FIELD and field != name:
            raise BadArticle(
                f'"{field}" has {len(value)} characters, more than {LONGEST_FIELD}; shorten it'
            )
        if _UNSTORABLE.search(value):
            raise BadArticle(
                f'"{field}" holds a NUL or half a surrogate pair; correct or remove it'
            )
    undated = [field for field in _DATES if field in stated and not _is_day(stated[field])]
    if "published_on" in undated and "published_on" in fields:
        raise BadArticle(
            f'"published_on" is no day since {EARLIEST}; write it as YYYY-MM-DD or leave it out'
        )
    strange += tuple(f"{field} ({stated.pop(field)[:40]})" for field in undated)
    if name == "text" and not _MARKUP.match(content):
        extract = Extract(content)
    else:
        from ingest.formats import html

        read = html.read_plain_page if name == "text" else read_page or html.read_page
        extract = read(content.encode(), len(content) * 4)
    if note := stated.pop("correction", ""):
        named = note if _CORRECTION.match(note) else f"Correction: {note}"
        extract = replace(extract, text=f"{extract.text}\n\n{named}")
    extract = replace(with_fields(extract, stated), terms=terms_of(fields))
    article = article_of(extract, identity, source, today)
    if not strange:
        return article
    return replace(
        article, notes=(*article.notes, NOT_UNDERSTOOD + ", ".join(strange[:MOST_NAMED]))
    )


def _is_day(words: str) -> bool:
    day = stated_date(DateKind.PUBLISHED, words, "field")
    return day is not None and day.precision in ("day", "minute")


def with_fields(extract: Extract, stated: Mapping[str, str]) -> Extract:
    """An extract with fields somebody wrote beside it, which go before its own: `published_on` and
    `updated_on` too. A note tells of one of these that is no day."""
    given = {name: words for name, words in stated.items() if words.strip()}
    told = {name: given.pop(name) for name in _DATES if name in given}
    days = [stated_date(_DATES[name], words, "field") for name, words in told.items()]
    own = (day for day in days if day)
    notes = tuple(
        f'states "{words[:40]}" as {name}, which is no day; write it as YYYY-MM-DD'
        for name, words in told.items()
        if not _is_day(words)
    )
    return replace(
        extract,
        fields={**extract.fields, **given},
        dates=(*own, *extract.dates),
        notes=(*extract.notes, *notes),
    )


def article_of(extract: Extract, identity: str, source: str, today: date | None = None) -> Article:
    """The article of what was read from a file. Its metadata goes before what the text says; what
    cannot be used of it is ignored. `today` is the clock, by which a date to come is told. Its
    language is not looked at. Raises BadArticle where the text holds no words, or only those of a
    consent wall, log-in, survey or empty page."""
    text = clean(extract.text)
    fields = {name: words for name, words in extract.fields.items() if len(words) <= LONGEST_FIELD}
    if not any(map(str.isalnum, text)):
        raise BadArticle("holds no text; remove it or fill it")
    if kind := site_page(text):
        raise BadArticle(
            f"is {kind} of a web site and no article; open its address in a browser and save the article that follows"
        )
    address = fields.get("url", "").strip()  # one that no reader can follow could be a danger
    title = one_line(fields.get("title", "")) or None
    heading = None if title else _FIRST_HEADING.search(extract.text, 0, _OPENING)
    if heading and _PROSE.search(extract.text, 0, heading.start()):
        heading = None  # it heads what follows the story: notes of the desk, a box
    header = find_header(text, title or (one_line(heading[1]) or None if heading else None))
    publisher = one_line(fields.get("publisher", ""))
    author = authors(one_line(fields.get("author", "")), publisher) or header.author
    # whose byline is an agency has its text from there
    agency = author if author and author != publisher and is_agency(author) else None
    dates = believe(text, extract.dates, today or date.today())
    undecoded = text.count("\ufffd")
    lost = f"holds {undecoded} U+FFFD, each in place of bytes that are no text"
    return Article(
        identity=identity,
        source=source,
        text=text,
        title=title or header.title,
        author=author,
        publisher=publisher or header.publisher,
        url=address if _ADDRESS.fullmatch(address) else None,
        published_on=dates.published_on,
        republished_on=dates.republished_on,
        updated_on=dates.updated_on,
        date_source=dates.date_source,
        stated_dates=dates.stated,
        credited_to=header.credited_to or agency,
        latest_named_date=dates.latest_named,
        terms=extract.terms,
        collections=collections_named(fields.get("collections", "")),
        notes=(*extract.notes, *dates.notes, *([lost] if undecoded else [])),
    )


def expect_size(text: str, most_bytes: int) -> None:
    """Raises BadArticle where a text has more than an article may have."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > most_bytes:
        raise BadArticle(too_large(f"{size / MEGABYTE:.3g} MB of text", most_bytes))


def too_large(what: str, most_bytes: int) -> str:
    """Why an article that is too large is not read, and what to do."""
    most = f"{most_bytes / MEGABYTE:g} MB"
    return f"has {what}, more than the {most} one article may have; split it or raise DATELINE_MAX_ARTICLE_MB"
