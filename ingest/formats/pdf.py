"""Reads PDFs: the text of the pages as paragraphs, without running heads and page numbers."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any

from ingest.errors import BadArticle
from ingest.formats.pdf_columns import Line, in_order, parted
from ingest.text.header_pieces import is_byline
from ingest.types import Extract

if TYPE_CHECKING:
    from pypdf import PageObject

MOST_PAGES = 2000
EDGE_LINES = 2  # at either end of a page, where running heads and page numbers stand
LEAST_REPEATS = 3  # pages on which a line stands before it is a running head
LARGER = 1.15  # times the size of most letters: a heading
TITLE_LINES, HEADER_LINES = 4, 20
LEADING = 1.2  # times the size of the type: how far lines are set apart if nothing else is known
WIDER = 1.3  # times the usual distance of two lines on a page: a paragraph ends there
# of the size of the type: a line that begins so far right of the others opens a paragraph
INDENTED = 0.8
_DAMAGED = (ValueError, KeyError, TypeError, AttributeError, IndexError)  # what pypdf raises too
_SAVE = "save it anew or as plain text"


def read_pdf(data: bytes, limit_bytes: int) -> Extract:
    """What a PDF says. The day it was made is not taken for that of publication. Raises BadArticle
    where it is encrypted, cut off or damaged, has pages without text only, or more than
    `limit_bytes` of text."""
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

    if b"%PDF-" not in data[:1024]:
        raise BadArticle(f"is no PDF; {_SAVE}")
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            raise BadArticle("is encrypted; save it without a password")
        count = len(reader.pages)
        if count > MOST_PAGES:
            raise BadArticle(f"has {count} pages, more than {MOST_PAGES}; split it into articles")
        if count == 0:
            raise BadArticle(f"has no pages: it is cut off or damaged; {_SAVE}")
        pages = [_lines(page) for page in reader.pages]
        known = reader.metadata
        stated = (known.title or "", known.author or "") if known else ("", "")
    except DependencyError as error:
        raise BadArticle("is encrypted; save it without a password") from error
    except LimitReachedError as error:
        raise BadArticle(
            f"holds more than is read of a PDF ({str(error).rstrip('.')}); {_SAVE}"
        ) from error
    except (PyPdfError, OSError, *_DAMAGED) as error:
        raise BadArticle(
            f"is cut off or damaged and cannot be read ({type(error).__name__}); {_SAVE}"
        ) from error
    # not what programs write there: the name of a file or of a user
    fields: dict[str, str] = {}
    name, author = stated
    if isinstance(name, str) and len(name.split()) > 1 and not _JUNK_TITLE.search(name):
        fields["title"] = name
    if isinstance(author, str) and _PERSON.fullmatch(author.strip()):
        fields["author"] = author
    if title := _title(pages):
        fields["title"] = title
    text = _without_hyphens(_text(_without_running_heads(pages, title)))
    if any(is_byline(line) for line in text.split("\n")[:HEADER_LINES]):
        fields.pop("author", None)  # who wrote the article goes before who made the file
    if not any(map(str.isalnum, text)):
        raise BadArticle(
            "holds no text, only pictures of it; read them with a text recogniser first"
        )
    return Extract(text, fields)


def _lines(page: PageObject) -> list[Line]:
    """The lines of a page in the order of reading, which is that of drawing in nearly all PDFs."""
    pieces: list[tuple[str, float, float, float]] = []

    def keep(
        text: str, outer: Sequence[float], inner: Sequence[float], font: Any, size: float | None
    ) -> None:
        x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
        y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
        pieces.append(
            (text, x, y, abs((size or 10.0) * (inner[3] or inner[0] or 1.0) * (outer[3] or 1.0)))
        )

    page.extract_text(visitor_text=keep)
    rows: list[list[Line]] = []
    row: list[Line] = []
    for text, *where in [*pieces, ("\n", 0.0, 0.0, 0.0)]:
        for n, part in enumerate(text.split("\n")):
            if n:
                rows.append(parted(row))
                row = []
            if part.strip() or (part and row):
                row.append(Line(part, *(where if part.strip() else (row[-1].end, *where[1:]))))
    return in_order(rows)


def _title(pages: list[list[Line]]) -> str:
    """The lines in the largest type of the first page, where it is clearly larger than the others;
    "" where none is."""
    lines = [line for line in (pages[0] if pages else []) if len(line.text) > 2]
    largest = max((line.size for line in lines), default=0.0)
    if not lines or largest < LARGER * _body_size(lines):
        return ""
    first = next(n for n, line in enumerate(lines) if line.size > 0.95 * largest)
    rest = takewhile(lambda line: line.size > 0.95 * largest, lines[first : first + TITLE_LINES])
    return " ".join(line.text for line in rest)


def _body_size(lines: list[Line]) -> float:
    """The size most letters have."""
    letters: Counter[float] = Counter()
    for line in lines:
        letters[round(line.size, 1)] += len(line.text)
    return letters.most_common(1)[0][0]


def _without_running_heads(pages: list[list[Line]], title: str) -> list[list[Line]]:
    """Pages without page numbers and without the lines that stand at the edge of many, but for the
    title itself."""
    counts = Counter(mark for lines in pages for mark in {_mark(line) for line in _edges(lines)})
    heads = {mark for mark, count in counts.items() if count >= max(LEAST_REPEATS, len(pages) // 3)}
    kept: list[list[Line]] = []
    for number, lines in enumerate(pages):
        edges = {id(line) for line in _edges(lines)} if len(lines) > 1 else set()
        kept.append(
            [
                line
                for line in lines
                if id(line) not in edges
                or (number == 0 and line.text in title)
                or not (_mark(line) in heads or _PAGE_NUMBER.fullmatch(line.text))
            ]
        )
    return kept


def _edges(lines: list[Line]) -> list[Line]:
    return lines if len(lines) <= 2 * EDGE_LINES else [*lines[:EDGE_LINES], *lines[-EDGE_LINES:]]


def _mark(line: Line) -> str:
    """A line without its figures: page numbers in running heads differ."""
    return re.sub(r"\d+", "#", line.text)


def _text(pages: list[list[Line]]) -> str:
    """Pages one after the other; a paragraph that runs on over the edge of a page stays whole."""
    text: list[str] = []
    last: Line | None = None
    for lines in filter(None, pages):
        if last is not None:
            full = len(last.text) > 0.7 * max(len(line.text) for line in lines)
            runs_on = (
                full and not _CLOSED.search(last.text) and abs(lines[0].size - last.size) < 0.5
            )
            text.append("\n" if runs_on else "\n\n")
        text.append(_paragraphs(lines))
        last = lines[-1]
    return "".join(text)


def _paragraphs(lines: list[Line]) -> str:
    """Lines joined by line breaks, paragraphs by blank lines: a wider gap, other type or an indent
    parts them."""
    gaps = sorted(gap for a, b in pairwise(lines) if 0 < (gap := a.y - b.y) < 4 * max(a.size, 1))
    usual = gaps[len(gaps) // 2] if gaps else 0.0
    body = _body_size(lines)
    margin = Counter(round(line.x) for line in lines).most_common(1)[0][0]
    text = [lines[0].text]
    for before, line in pairwise(lines):
        size = min(line.size, before.size)
        apart = (
            before.y - line.y > max(usual, LEADING * size) * WIDER or line.y > before.y + line.size
        )
        other = abs(line.size - before.size) > 0.15 * max(line.size, 1)
        opens = (
            line.x - margin > line.size * INDENTED and abs(before.x - margin) < line.size * INDENTED
        )
        large = size > LARGER * body  # a heading in two lines
        text += [
            "\n\n" if apart or other or (opens and not large) else " " if large else "\n",
            line.text,
        ]
    return "".join(text)


def _without_hyphens(text: str) -> str:
    """Words that were divided at the end of a line made whole; one that has a hyphen elsewhere in
    the text keeps it."""
    words = Counter(re.findall(r"\b\w+-\w+", re.sub(r"-\n", "", text)))

    def joined(match: re.Match[str]) -> str:
        return (
            f"{match[1]}-{match[2]}" if f"{match[1]}-{match[2]}" in words else match[1] + match[2]
        )

    return re.sub(r"\b(\w+)[-\u00ad\u2010]\n([a-zà-öø-ÿ]\w*)", joined, text)


_CLOSED = re.compile(r"[.!?…:][\"'”’»)\]]*$")
_JUNK_TITLE = re.compile(
    r"\.\w{2,5}$|^untitled|^microsoft|^powerpoint|^document\d*$|[/\\_]", re.IGNORECASE
)
_PERSON = re.compile(r"[^\W\d_][\w.'’-]*(?:\s+[^\W\d_][\w.'’-]*){1,4}")
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.|seite)?\s*[-–—]?\s*\d{1,4}\s*[-–—]?(?:\s*(?:of|/|von)\s*\d{1,4})?", re.IGNORECASE
)
