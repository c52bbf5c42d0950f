"""Reads feeds and sitemaps as lists of pages, for whoever fetches these."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping

from ingest.formats import json_file, xml_items
from ingest.formats.field_names import BODIES, understood
from ingest.types import Entry

DAMAGED = "is damaged XML: entries may be missing"


def read_xml_listing(data: bytes) -> tuple[list[Entry], bool] | None:
    """(what an RSS or Atom feed, a sitemap or a list of sitemaps says of its pages, whether it is
    whole); None for other XML. Raises BadArticle where it is no XML."""
    root, is_whole = xml_items.parsed(data)
    kind = str(root.tag)
    if kind in ("rss", "RDF", "feed"):
        return [_item(fields) for fields in xml_items.feed_items(root)], is_whole
    if kind in ("urlset", "sitemapindex"):
        return [
            Entry(
                (element.findtext("loc") or "").strip(),
                (element.findtext("lastmod") or "").strip(),
                is_listing=element.tag == "sitemap",
            )
            for element in root.iter("url", "sitemap")
        ], is_whole
    return None


def read_json_listing(value: object) -> list[Entry]:
    """What a JSON feed, or the reply of an interface, says of its articles. Raises BadArticle where
    it holds none."""
    return [_item(fields) for fields in json_file.items_of(value)]


def _item(fields: Mapping[str, object]) -> Entry:
    known, _ = understood(fields)
    mark = str(fields.get("id") or "")
    body = " ".join(known.get(name, "") for name in BODIES)
    told = [str(value) for name, value in fields.items() if name != "publisher"]
    return Entry(
        address=known.get("url") or (mark if mark.startswith(("http://", "https://")) else ""),
        stated=hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32],
        fields={name: value for name, value in fields.items() if value},
        own_text=len(" ".join(_TAG.sub(" ", body).split())),
    )


_TAG = re.compile(r"<[^<>]*>")
