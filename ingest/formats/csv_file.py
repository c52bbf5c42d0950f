"""Reads a table of articles, a row each, whose first line names the columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ingest.errors import BadArticle
from ingest.formats.encodings import decode

SEPARATORS = ",;\t|"
SAMPLED = 8000  # characters by which the separator is told


def rows_of(data: bytes) -> Iterator[dict[str, object] | BadArticle]:
    """The rows as fields by the names of their columns, empty cells left out; for a row with more
    cells than that, what is wrong with it. Raises BadArticle where there is no row of names."""
    text = decode(data)
    # the module has one limit for all its users: it is never lowered
    csv.field_size_limit(max(len(text), csv.field_size_limit()))
    head = text[:SAMPLED].splitlines()[0] if text.strip() else ""
    separator = max(SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        names = [name.strip() for name in next(reader, [])]
        if len(names) < 2 or not all(names) or len(set(names)) < len(names):
            raise BadArticle(
                "is no table of articles; name the columns in its first line, each once (title,text,published_on)"
            )
        for row in reader:
            if len(row) > len(names):
                yield BadArticle(
                    f"has {len(row)} cells in line {reader.line_num}, more than {len(names)} columns; put texts that hold "
                    f'"{separator}" in quotes'
                )
            elif cells := {
                name: cell for name, cell in zip(names, row, strict=False) if cell.strip()
            }:
                yield dict(cells)
    except csv.Error as error:
        raise BadArticle(
            f"is no table that can be read ({error} in line {reader.line_num}); save it anew as CSV"
        ) from error
