"""Reads a JSON file: one article, a list of them, or what an API or feed wraps around a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ingest.errors import BadArticle
from ingest.formats import ninjs

_LISTS = ("articles", "items", "results", "docs", "entries", "news", "stories", "data", "response")
DEEPEST = 3  # wrappers around a list


def items_of(value: object, depth: int = 0) -> Iterator[dict[str, object]]:
    """The objects that are articles, each with what stands in its `fields` (as the Guardian's).

    Raises BadArticle where the value is neither an object nor a list of them.
    """
    if isinstance(value, list):
        if not all(isinstance(item, dict) for item in value):
            raise BadArticle("is a JSON list of something else than objects; list the articles")
        yield from map(_flat, value)
        return
    if not isinstance(value, dict):
        raise BadArticle('is no JSON object; write {"title": …, "text": …} or a list of these')
    inner = next((value[n] for n in _LISTS if isinstance(value.get(n), (list, dict))), None)
    content = value.get("content")  # the one that was asked for
    is_article = isinstance(content, dict) and isinstance(content.get("fields"), dict)
    if inner is None and depth and is_article:
        inner = content
    if inner is not None and depth < DEEPEST:
        yield from items_of(inner, depth + 1)
    else:
        yield _flat(value)


def _flat(item: Mapping[str, object]) -> dict[str, object]:
    """An item with what stands in its `fields` and in the object of its headline. What tells it
    from others is its id; two parts of its beginning are one text."""
    inner, headline = item.get("fields"), item.get("headline")
    flat = {
        name: value
        for name, value in item.items()
        if not isinstance(inner, dict) or name != "fields"
    }
    flat |= inner if isinstance(inner, dict) else {}
    if isinstance(headline, dict):
        flat = {"kicker": headline.get("kicker"), **flat}
    if not flat.get("id"):
        flat |= {"id": flat.pop("_id", None) or flat.get("uri")} if not ninjs.is_item(flat) else {}
    parts = [flat.get("abstract"), flat.get("lead_paragraph")]
    if all(isinstance(part, str) and part for part in parts) and parts[0] != parts[1]:
        flat |= {"lead_paragraph": "\n\n".join(map(str, parts))}
    return {name: value for name, value in flat.items() if value is not None}
