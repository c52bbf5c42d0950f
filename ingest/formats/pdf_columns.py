"""Puts the lines of a PDF page in the order of reading where it has columns drawn row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from statistics import median

GAP = 1.5  # times the size of the type: white between two pieces of a row that may part columns
LETTER = 0.5  # of the size of the type: how wide a letter is on average
LEAST_LINES = 3  # of a column
SHORTEST = 18  # letters of a line in half of a column's lines; cells of a table are shorter


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: where it stands on it, in points, and the size of its type."""

    text: str
    x: float
    y: float
    size: float

    @property
    def end(self) -> float:
        """Where it ends, about."""
        return self.x + len(self.text) * self.size * LETTER


def in_order(rows: Sequence[Sequence[Line]]) -> list[Line]:
    """The lines of a page whose `rows` are pieces side by side, in the order they were drawn.

    Where prose stands in columns and the page was drawn row by row, column by column; else as
    drawn, and a row is one line.
    """
    starts = _starts([piece for row in rows for piece in row])
    pieces = [piece for row in rows for piece in row]
    back = sum(_column(b, starts) < _column(a, starts) for a, b in pairwise(pieces))
    if len(starts) < 2 or back < LEAST_LINES - 1:
        return [_joined(row) for row in rows if row]
    found: list[Line] = []
    columns: list[list[Line]] = [[] for _ in starts]
    usual = median(piece.size for piece in pieces)
    for row in rows:
        for piece in row:
            column = _column(piece, starts)
            beyond = starts[column + 1] + 2 * piece.size if column + 1 < len(starts) else inf
            # alone in its row it heads the columns: large type, or it reaches into the next
            if len(row) == 1 and (piece.size > 1.3 * usual or piece.end > beyond):
                found += [line for one in columns for line in one] + [piece]
                columns = [[] for _ in starts]
            else:
                columns[column].append(piece)
    return found + [line for column in columns for line in column]


def parted(pieces: Sequence[Line]) -> list[Line]:
    """The pieces of one row, joined where no more than a space is between them."""
    row: list[Line] = []
    for piece in pieces:
        if row and piece.x - row[-1].end < GAP * piece.size:
            row[-1] = _joined([row[-1], piece], "")
        else:
            row.append(piece)
    spaced = ((" ".join(line.text.split()), line) for line in row)
    return [Line(words, line.x, line.y, line.size) for words, line in spaced if words]


def _joined(row: Sequence[Line], between: str = " ") -> Line:
    return Line(between.join(piece.text for piece in row), row[0].x, row[0].y, row[0].size)


def _starts(pieces: Sequence[Line]) -> list[float]:
    """Where columns of prose begin, from left to right."""
    at: dict[float, list[Line]] = {}
    counts = Counter(round(piece.x) for piece in pieces)
    for x in sorted(x for x, count in counts.items() if count >= LEAST_LINES):
        lines = [piece for piece in pieces if round(piece.x) == x]
        beside = next(reversed(at), None)
        indented = beside is not None and x - beside < 4 * lines[0].size
        if not indented and median(len(line.text) for line in lines) >= SHORTEST:
            at[x] = lines
    return list(at)


def _column(piece: Line, starts: Sequence[float]) -> int:
    """Which column a piece stands in; what is left of all stands in the first."""
    return max((n for n, start in enumerate(starts) if piece.x > start - piece.size), default=0)
