"""Reads a table of articles, a row each, whose first line names the columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from ingest.errors import BadArticle, WrongUsage
from ingest.formats.encodings import decode
from ingest.formats.field_names import BODIES, NAMES, TERMS, nearest, understood

SEPARATORS = ",;\t|"
FIELDS = ("id", *NAMES, *sorted({*TERMS.values()}))
SAMPLED = 8000  # characters by which the separator is told


def mapping(written: str) -> dict[str, str]:
    """The heading of each field, of `title=Headline,text=Body`. Raises WrongUsage for an unknown field."""
    pairs = [pair.partition("=") for pair in written.split(",") if pair.strip()]
    for field, is_pair, heading in pairs:
        name = field.strip()
        if not is_pair or not heading.strip() or name not in FIELDS:
            like = f'; did you mean "{near}"?' if (near := nearest(name)) and near != name else ""
            raise WrongUsage(
                f"--columns {name[:40]!r}: write FIELD=HEADING{like} (fields: {', '.join(FIELDS)})"
            )
    return {field.strip(): heading.strip() for field, _, heading in pairs}


def rows_of(
    data: bytes, columns: Mapping[str, str] | None = None
) -> Iterator[dict[str, object] | BadArticle]:
    """The rows as fields by the names of their columns, empty cells left out; for a row with more
    cells than that, what is wrong with it. `columns` name headings by field. Raises BadArticle where
    there is no row of names, or a heading is not in it."""
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
        for field, heading in (columns or {}).items():
            places = [n for n, name in enumerate(names) if name.casefold() == heading.casefold()]
            if not places:
                like = get_close_matches(heading, names, 1, 0.5)
                known = f"its headings are {', '.join(names)[:200]}"
                near = f'write "{like[0]}"' if like else known
                raise BadArticle(f'has no column "{heading}"; {near}')
            names = [f"another {name}" if name == field else name for name in names]
            names[places[0]] = field
        if not understood(dict.fromkeys(names, "x"))[0].keys() & set(BODIES):
            meant = next((name for name in names if nearest(name) in BODIES), "HEADING")
            raise BadArticle(
                f"has no column that is known as the text; say which is, --columns text={meant[:60]} "
                f"(its headings: {', '.join(names)[:200]})"
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
