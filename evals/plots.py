"""Numbers come in; small drawings in SVG, coloured by the page they stand in, go out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 420, 240
LEFT, RIGHT, TOP, BOTTOM = 58, 24, 12, 36  # room for axes

Point = tuple[float, float]


def whisker(value: float, low: float, high: float, base: float | None = None) -> str:
    """A share on a line from 0 to 1 with its interval; a tick where the other run stands."""
    x, left, right = (round(4 + share * 112, 1) for share in (value, low, high))
    tick = f'<path class="base" d="M{round(4 + base * 112, 1)} 2V14"/>' if base is not None else ""
    return (
        '<svg class="whisker" viewBox="0 0 120 16" width="120" height="16" aria-hidden="true">'
        f'<path class="axis" d="M4 8H116"/>{tick}<path class="span" d="M{left} 8H{right}"/>'
        f'<circle class="dot" cx="{x}" cy="8" r="3.5"/></svg>'
    )


def curve(
    lines: Sequence[tuple[str, Sequence[Point]]], title: str, across: str, upward: str
) -> str:
    """Lines through points of [0, 1]², each with the class `line-N`; `title` says in words what is seen."""
    drawn = []
    for number, (name, points) in enumerate(lines):
        way = "L".join(f"{_x(x):.1f} {_y(y):.1f}" for x, y in points)
        drawn.append(
            f'<path class="line line-{number}" d="M{way}"><title>{escape(name)}</title></path>'
        )
        if len(points) == 1:
            ((x, y),) = points
            drawn.append(
                f'<circle class="dot line-{number}" cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="3"/>'
            )
    ticks = [(share, f"{share:.0%}") for share in (0, 0.25, 0.5, 0.75, 1)]
    return _framed("".join(drawn), title, across, upward, ticks, ticks)


def histogram(values: Sequence[float], title: str, across: str, bins: int = 20) -> str:
    """How often values fall into each of `bins` equal steps from 0 to about their 95th percentile; the last has the rest."""
    top = sorted(values)[int(0.95 * (len(values) - 1))] or 1.0
    step = 4 * 10 ** (math.floor(math.log10(top)) - 1)  # so that a quarter of it is a round number
    top = math.ceil(top / step) * step
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int(value / top * bins))] += 1
    most = max(counts)
    width = (WIDTH - LEFT - RIGHT) / bins
    bars = "".join(
        f'<path class="bar" d="M{_x(n / bins) + 1:.1f} {_y(0):.1f}V{_y(count / most):.1f}'
        f'h{width - 2:.1f}V{_y(0):.1f}z"><title>{count} from {n * top / bins:.0f} to '
        f"{(n + 1) * top / bins:.0f}</title></path>"
        for n, count in enumerate(counts)
        if count
    )
    marks = [
        (share, f"{share * top:,.{0 if top >= 40 else 2}f}" + ("+" if share == 1 else ""))
        for share in (0, 0.25, 0.5, 0.75, 1)
    ]
    return _framed(bars, title, across, "cases", marks, [(0, "0"), (1, str(most))])


def _framed(
    drawn: str,
    title: str,
    across: str,
    upward: str,
    x_ticks: Sequence[tuple[float, str]],
    y_ticks: Sequence[tuple[float, str]],
) -> str:
    x_marks = "".join(
        f'<text x="{_x(at):.1f}" y="{HEIGHT - BOTTOM + 14}" text-anchor="middle">{text}</text>'
        for at, text in x_ticks
    )
    y_marks = "".join(
        f'<path class="grid" d="M{LEFT} {_y(at):.1f}H{WIDTH - RIGHT}"/>'
        f'<text x="{LEFT - 6}" y="{_y(at) + 4:.1f}" text-anchor="end">{text}</text>'
        for at, text in y_ticks
    )
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"{y_marks}{x_marks}{drawn}"
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 4}" text-anchor="middle">{escape(across)}</text>'
        f'<text transform="translate(11 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">'
        f"{escape(upward)}</text></svg>"
    )


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
