"""Makes articles of the items of files: JSON Lines, JSON, tables, mails, web archives, and XML of the trade."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.errors import BadArticle
from ingest.formats import (
    csv_file,
    epub,
    feeds_and_sitemaps,
    json_file,
    mail,
    ninjs,
    warc,
    xml_items,
)
from ingest.formats.article_making import ReadPage, article_from, expect_size
from ingest.formats.encodings import decode
from ingest.formats.publisher_terms import stopped, terms_of
from ingest.types import Article, Entry, Failure, Withdrawn

if TYPE_CHECKING:
    from ingest.formats.reading_process import Content

Item = Article | Failure | Withdrawn
LONGEST_ID = 300  # characters

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def read_line(line: Content, read_page: ReadPage) -> list[Item]:
    """The item of one line, named by its `id` where it has one. Raises BadArticle."""
    fields = _json(line.data, "the line")
    if not isinstance(fields, dict):
        raise BadArticle('is no JSON object; write {"title": …, "text": …}')
    name, _, place = line.source.rpartition("#")
    return [_item(fields, replace(line, source=name), place, read_page)]


def read_item(item: Content, read_page: ReadPage) -> list[Item]:
    """The item of a feed, whose fields are JSON, named by its address alone. Raises BadArticle."""
    fields = _json(item.data, "the item")
    assert isinstance(fields, dict)
    read = _item(fields, item, "1", read_page)
    return [replace(read, identity=item.identity, source=item.source)]


def read_listing(file: Content, read_page: ReadPage) -> list[Entry | Item]:
    """What a feed or sitemap from the web says of its pages; of other XML its items. Raises
    BadArticle."""
    if file.kind == "web json":
        return [*feeds_and_sitemaps.read_json_listing(_json(file.data, "the reply"))]
    if (found := feeds_and_sitemaps.read_xml_listing(file.data)) is None:
        return [*read_xml(file, read_page)]
    entries, is_whole = found
    damage = [] if is_whole else [Failure(file.source, feeds_and_sitemaps.DAMAGED, file.identity)]
    return [*damage, *entries]


def read_json(file: Content, read_page: ReadPage) -> list[Item]:
    """The items of a JSON file. Raises BadArticle where it holds none."""
    return _items(json_file.items_of(_json(file.data, "the file")), file, read_page)


def read_table(file: Content, read_page: ReadPage) -> list[Item]:
    """The items of a CSV file, a row each. Raises BadArticle where it holds none."""
    return _items(csv_file.rows_of(file.data, dict(file.columns)), file, read_page)


def read_mail(file: Content, read_page: ReadPage) -> list[Item]:
    """The item of a mail or saved page, named as its file. Raises BadArticle."""
    fields = {name: said for name, said in mail.read_mail(file.data).items() if said}
    article = article_from(
        fields, file.identity, file.source, today=file.today, read_page=read_page
    )
    expect_size(article.text, file.limit_bytes)
    return [article]


def read_epub(file: Content, read_page: ReadPage) -> list[Item]:
    """The documents of an EPUB. Raises BadArticle where it holds none."""
    return _items(epub.read_epub(file.data, file.limit_bytes), file, read_page)


def read_xml(file: Content, read_page: ReadPage) -> list[Item]:
    """The items of an XML file. Raises BadArticle where it holds none."""
    return _noted(*xml_items.read_xml(file.data), file, read_page)


def read_warc(file: Content, read_page: ReadPage) -> list[Item]:
    """The pages of a web archive file. Raises BadArticle where it holds none."""
    return _noted(*warc.read_warc(file.data), file, read_page)


def _noted(
    found: Iterable[Mapping[str, object]],
    notes: tuple[str, ...],
    file: Content,
    read_page: ReadPage,
) -> list[Item]:
    return [
        replace(item, notes=(*item.notes, *notes)) if isinstance(item, Article) else item
        for item in _items(found, file, read_page)
    ]


def _items(
    found: Iterable[Mapping[str, object] | BadArticle], file: Content, read_page: ReadPage
) -> list[Item]:
    """Of the items of one id the newest; a kill goes before what is not newer than it."""
    items: dict[str, Item] = {}
    for number, fields in enumerate(found, 1):
        place = f"{file.source}#{number}"
        try:
            if isinstance(fields, BadArticle):
                raise fields
            item = _item(fields, file, str(number), read_page)
            before = items.get(item.source)
            if before is None or _replaces(item, before):
                items[item.source] = item
        except BadArticle as error:
            items[place] = Failure(place, str(error), file.identity)
    if not items:
        raise BadArticle("holds no articles; remove it or fill it")
    return list(items.values())


def _replaces(item: Article | Withdrawn, before: Item) -> bool:
    """Raises BadArticle where two articles have one id, and nothing tells which one counts."""
    if isinstance(before, Failure) or item.terms.is_newer(before.terms):
        return True
    if before.terms.is_newer(item.terms) or isinstance(before, Withdrawn):
        return False
    if isinstance(item, Article) and item.text != before.text:
        raise BadArticle(
            "has the id of an item before it and another text, and no later version; give each its own"
        )
    return isinstance(item, Withdrawn)


def _item(
    fields: Mapping[str, object], file: Content, place: str, read_page: ReadPage
) -> Article | Withdrawn:
    if ninjs.is_item(fields):
        fields = ninjs.fields_of(fields)
    mark = _mark(fields.get("id")) or place
    identity, source = f"{file.identity}#{mark}", f"{file.source}#{mark}"
    if why := stopped(fields):
        return Withdrawn(identity, source, why, terms_of(fields))
    article = article_from(fields, identity, source, today=file.today, read_page=read_page)
    expect_size(article.text, file.limit_bytes)
    return article


def _json(data: bytes, what: str) -> object:
    try:
        return json.loads(decode(data))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, " if error.lineno > 1 else ""
        raise BadArticle(
            f"is no JSON ({error.msg} at {where}column {error.colno}); correct or remove {what}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise BadArticle(
            f"is JSON nested too deep or with a number too long; correct or remove {what}"
        ) from error


def _mark(key: object) -> str:
    if key in (None, ""):
        return ""
    if isinstance(key, bool) or not isinstance(key, (str, int)):
        raise BadArticle('"id" is neither a string nor a whole number; correct it or leave it out')
    if len(mark := str(key)) > LONGEST_ID or _CONTROL.search(mark):
        raise BadArticle(
            f'"id" holds control characters or is longer than {LONGEST_ID}; correct it or leave it out'
        )
    return mark


# By the kind of a file; "json" is a line of JSON Lines.
READERS: dict[str, Callable[[Content, ReadPage], Sequence[Entry | Item]]] = {
    "epub": read_epub,
    "item": read_item,
    "json": read_line,
    "json file": read_json,
    "mail": read_mail,
    "table": read_table,
    "warc": read_warc,
    "web json": read_listing,
    "web xml": read_listing,
    "xml": read_xml,
}
