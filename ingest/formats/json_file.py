"""Reads a JSON file: one article, a list of them, or what an API or feed wraps around a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ingest.errors import BadArticle

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
    if inner is not None and depth < DEEPEST:
        yield from items_of(inner, depth + 1)
    else:
        yield _flat(value)


def _flat(item: Mapping[str, object]) -> dict[str, object]:
    inner = item.get("fields")
    outer = {name: value for name, value in item.items() if name != "fields"}
    return {**outer, **inner} if isinstance(inner, dict) else dict(item)
