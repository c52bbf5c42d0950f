"""Loads the word tables in `data/`; lines that begin with `#` are remarks."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files


def rows(name: str) -> Iterator[list[str]]:
    """The tab-separated cells of every line of a table, in order."""
    for line in files("ingest.english").joinpath("data", name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def words(name: str) -> frozenset[str]:
    """Every word of a list."""
    return frozenset(word for row in rows(name) for word in row[0].split())


def lists(name: str) -> dict[str, frozenset[str]]:
    """The words of each kind of a table of kinds and words."""
    return {kind: frozenset(words.split()) for kind, words in rows(name)}
