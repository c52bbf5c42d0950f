"""Reads names of collections: what an article belongs to by its folder, a field or its ingest."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from ingest.types import Article

LONGEST_COLLECTION = 100  # characters; a longer name is none


def names(written: str) -> tuple[str, ...]:
    """The names in a field, between commas."""
    return united(written.split(","))


def united(*given: Iterable[str]) -> tuple[str, ...]:
    """All names in order, each once however its letters are cased; white space counts as one space."""
    found: dict[str, str] = {}
    for name in (" ".join(name.split()) for some in given for name in some):
        if is_name(name):
            found.setdefault(name.casefold(), name)
    return tuple(sorted(found.values()))


def is_name(name: str) -> bool:
    """Whether a collection can be called that."""
    return bool(name) and len(name) <= LONGEST_COLLECTION and name.isprintable() and "," not in name


def within(made_for: Iterable[str], bound_to: Iterable[str]) -> bool:
    """Whether whoever is bound to some collections may see what was made from `made_for`: all of these
    have to be among them; whoever is bound to none sees all.

    `made_for` of none is from all collections, or outside of every one.
    """
    allowed, needed = ({name.casefold() for name in some} for some in (bound_to, made_for))
    return not allowed or (bool(needed) and needed <= allowed)


def folder(source: str) -> str | None:
    """The folder just below the PATH that was given, in which an article lies; None for no folder.

    A line of JSON Lines is `FILE#ID`, and its id may have slashes. A page of the web lies in none.
    """
    if "://" in source.partition("#")[0]:
        return None
    first, slash, _ = source.partition("/")
    is_line = bool(PurePosixPath(first.partition("#")[0]).suffix) and "#" in first
    return first if slash and not is_line else None


def all_of(article: Article) -> tuple[str, ...]:
    """Those that it states or was given, and its folder."""
    return united(article.collections, filter(None, [folder(article.source)]))
