"""The order of reading on a page of a PDF with columns."""

from __future__ import annotations

from ingest.formats.pdf_columns import Line, in_order, parted

LEFT = [f"the orchard of Brask, line {n}" for n in range(6)]
RIGHT = [f"a bakery in Wexley, line {n}" for n in range(6)]


def row(number: int, *pieces: tuple[float, str]) -> list[Line]:
    return parted([Line(words, x, 700.0 - 14 * number, 10.0) for x, words in pieces])


def words(lines: list[Line]) -> list[str]:
    return [line.text for line in lines]


def test_columns_drawn_row_by_row_are_read_one_after_the_other() -> None:
    head = [Line("Orchard flooded", 60, 760, 22)]
    rows = [
        head,
        *(row(n, (60, a), (300, b)) for n, (a, b) in enumerate(zip(LEFT, RIGHT, strict=True))),
    ]
    assert words(in_order(rows)) == ["Orchard flooded", *LEFT, *RIGHT]


def test_columns_whose_lines_are_set_off_are_too() -> None:
    rows = [r for n in range(6) for r in (row(n, (60, LEFT[n])), row(n, (300, RIGHT[n])))]
    assert words(in_order(rows)) == [*LEFT, *RIGHT]


def test_three_columns_below_a_line_across_them() -> None:
    across = "Heavy rain and a late thaw brought the river over its banks, " * 2
    third = [f"choir of the school, line {n}" for n in range(6)]
    rows = [row(-2, (60, across))]
    rows += [row(n, (60, LEFT[n]), (240, RIGHT[n]), (420, third[n])) for n in range(6)]
    assert words(in_order(rows)) == [across.strip(), *LEFT, *RIGHT, *third]


def test_a_table_stays_row_by_row() -> None:
    cells = [("Quince", "3.40"), ("Plum", "1.15"), ("Pear", "2.20"), ("Apple", "1.90")]
    rows = [row(n, (60, a), (300, b)) for n, (a, b) in enumerate(cells)]
    assert words(in_order(rows)) == ["Quince 3.40", "Plum 1.15", "Pear 2.20", "Apple 1.90"]


def test_columns_drawn_one_after_the_other_stay_as_they_are() -> None:
    rows = [row(n, (60, a)) for n, a in enumerate(LEFT)]
    rows += [row(n, (300, b)) for n, b in enumerate(RIGHT)]
    assert words(in_order(rows)) == [*LEFT, *RIGHT]
