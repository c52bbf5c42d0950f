"""Word files, PDFs and web pages made for tests, in our own words."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Sequence
from datetime import date

from docx import Document
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from ingest.formats.article_making import article_of
from ingest.formats.html import read_page
from ingest.types import Article

OPENED = (
    "The Orvel bridge opened to traffic on Wednesday, four years after work began, and it cost 38 million crowns, said mayor Tomas "
    "Quill, who cut the ribbon in the rain and wept."
)
CARRIES = (
    "The bridge carries two lanes and a cycle path across the Senn. About 9,000 vehicles are expected to use it every day, the builders "
    "said on the east bank."
)
WELCOMED = "Many residents welcomed the opening. “We have waited long enough,” said Hanna Brandt, who runs a bakery on the east bank."
TITLE = "Orvel bridge opens after four years"

Row = tuple[int, int, str]  # size of type, distance to the line above in points, words


def html(head: str = "", body: str = "") -> str:
    """A page with `head`, and a body of three paragraphs unless one is given."""
    body = body or f"<h1>{TITLE}</h1><p>{OPENED}</p><p>{CARRIES}</p><p>{WELCOMED}</p>"
    return f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"


def docx(*, changed: str = "", author: str = "") -> bytes:
    """A Word file with a title, a byline, a heading, a table and a list; `changed` is XML put at its end."""
    document = Document()
    document.add_paragraph(TITLE, "Title")
    document.add_paragraph("By Ines Marlow")
    document.add_paragraph("12 March 2025")
    document.add_paragraph(OPENED)
    document.add_heading("What it carries", 1)
    document.add_paragraph(CARRIES)
    table = document.add_table(2, 2)
    for cell, words in zip(
        [c for row in table.rows for c in row.cells], ["Year", "Cost", "2021", "30"], strict=True
    ):
        cell.text = words
    document.add_paragraph("Two lanes", style="List Bullet")
    document.core_properties.author = author
    return _with_part(
        _saved(document),
        "word/document.xml",
        lambda xml: xml.replace(b"<w:sectPr", changed.encode() + b"<w:sectPr", 1),
    )


def bomb(megabytes: int, *, declared: int | None = None) -> bytes:
    """A Word file whose text is `megabytes` of spaces, of which its directory declares `declared` bytes."""
    source, packed = zipfile.ZipFile(io.BytesIO(docx())), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            with target.open(part.filename, "w") as stream:
                for _ in range(megabytes if part.filename == "word/document.xml" else 0):
                    stream.write(b" " * 1_000_000)
                if part.filename != "word/document.xml":
                    stream.write(source.read(part.filename))
    data = packed.getvalue()
    return (
        data
        if declared is None
        else data.replace(struct.pack("<L", megabytes * 1_000_000), struct.pack("<L", declared))
    )


def pdf(
    pages: Sequence[Sequence[Row]],
    *,
    title: str = "",
    author: str = "",
    password: str | None = None,
) -> bytes:
    """A PDF of one font, each page a list of lines from the top."""
    writer = PdfWriter()
    font = _dictionary(
        Type="/Font", Subtype="/Type1", BaseFont="/Helvetica", Encoding="/WinAnsiEncoding"
    )
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    for rows in pages:
        page = writer.add_blank_page(612, 792)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        stream.set_data(_drawn(rows))
        page[NameObject("/Contents")] = writer._add_object(stream)
    writer.add_metadata({"/Title": title, "/Author": author, "/CreationDate": "D:20190101000000Z"})
    if password is not None:
        writer.encrypt(password, "owner")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _drawn(rows: Sequence[Row]) -> bytes:
    drawn, y = b"", 740
    for size, gap, words in rows:
        y -= gap
        escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        drawn += f"BT /F1 {size} Tf 72 {y} Td ({escaped}) Tj ET\n".encode("cp1252")
    return drawn


def _dictionary(**names: str) -> DictionaryObject:
    return DictionaryObject(
        {NameObject(f"/{key}"): NameObject(value) for key, value in names.items()}
    )


def _saved(document) -> bytes:  # type: ignore[no-untyped-def]
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _with_part(data: bytes, name: str, change) -> bytes:  # type: ignore[no-untyped-def]
    source, written = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            content = source.read(part.filename)
            target.writestr(part.filename, change(content) if part.filename == name else content)
    return written.getvalue()


TODAY = date(2025, 6, 30)


LIMIT = 5_000_000


ARTICLE = {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2025-03-12T23:30:00-05:00"}


def page(head: str = "", body: str = "", today: date = TODAY) -> Article:
    return article_of(
        read_page(html(head, body).encode("utf-8", "replace"), LIMIT),
        "identity",
        "page.html",
        today,
    )


def json_ld(value: object) -> str:
    return f"<script type='application/ld+json'>{value if isinstance(value, str) else json.dumps(value)}</script>"


FIRST = [
    (9, 0, "Harbour Gazette 1"),
    (20, 40, "Orvel bridge opens"),
    (20, 24, "after four years"),
    (11, 30, "By Ines Marlow"),
    (11, 22, "12 March 2025"),
    (11, 22, "The Orvel bridge opened to traffic on Wednesday, four years after the be-"),
    (11, 14, "ginning of the work that nobody had hoped to see at an end, said mayor"),
    (11, 14, "Tomas Quill, who wept."),
    (11, 28, "A well-known baker was there. She said that the opening of a bridge is well-"),
    (11, 14, "known to make people"),
    (9, 300, "1"),
]


NEXT = [(9, 0, "Harbour Gazette 2"), (11, 40, "hungry, and sold bread."), (9, 300, "2")]


LAST = [
    (9, 0, "Harbour Gazette 3"),
    (11, 40, "It rained until the evening came to the town and the river."),
    (9, 300, "Page 3 of 3"),
]


def zipped(parts: dict[str, str]) -> bytes:
    """A zip file of texts by their names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, words in parts.items():
            target.writestr(name, words)
    return packed.getvalue()


def odt(body: str, **more: str) -> bytes:
    """An OpenDocument text with a title, a byline, a day and `body`; `more` are parts by their names."""
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table", "style", "drawing", "meta")
    )
    content = (
        f'<office:document-content {names} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:automatic-styles><style:style style:name="P1" '
        'style:parent-style-name="Title"/></office:automatic-styles><office:body><office:text>'
        f'<text:p text:style-name="P1">{TITLE}</text:p><text:p>By Ines Marlow</text:p><text:p>12 March 2025</text:p>{body}'
        "</office:text></office:body></office:document-content>"
    )
    return zipped(
        {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, **more}
    )


def epub(*pages: str, about: str = "") -> bytes:
    """A publication of these pages, which stand in a folder, with a table of contents."""
    names = [f"page%20{number}.xhtml" for number in range(len(pages))]
    listed = "".join(f'<item id="p{n}" href="text/{name}"/>' for n, name in enumerate(names))
    read = "".join(f'<itemref idref="p{n}"/>' for n in range(len(pages)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:publisher>Brask Post</dc:publisher><dc:date>2025-03-12</dc:date><dc:creator>Ines Marlow</dc:creator>{about}</metadata>"
        f'<manifest><item id="nav" href="nav.xhtml" properties="nav"/>{listed}</manifest><spine><itemref idref="nav"/>{read}</spine></package>'
    )
    links = "".join(f'<li><a href="text/{name}">{TITLE}</a></li>' for name in names * 5)
    page = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>{}</title></head><body>{}</body></html>'
    return zipped(
        {
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OPS/package.opf"/></rootfiles></container>',
            "OPS/package.opf": package,
            "OPS/nav.xhtml": page.format("Contents", f"<nav><ol>{links}</ol></nav>"),
            **{
                f"OPS/text/{name.replace('%20', ' ')}": page.format("Brask Post", words)
                for name, words in zip(names, pages, strict=True)
            },
        }
    )
