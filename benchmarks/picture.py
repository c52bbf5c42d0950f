"""What the other benchmarks measured in, the picture of the README out: bars side by side, readable in light and dark.

    python -m benchmarks.picture [--quality FILE] [--latency FILE] [--ingest FILE] [--embedding FILE]

Each FILE is what that benchmark wrote with `--json`. It is kept in `docs/measured.json`, so one may be measured anew
without the others; the picture is `docs/measured.svg`. Nothing is drawn that was not measured.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent / "docs"
SOURCES = ("quality", "latency", "ingest", "embedding")

WIDTH, NAMES, FIGURES = (
    760,
    210,
    150,
)  # pixels: the picture, the names on its left, the figures on its right
LINE, TITLE, GAP = 20, 26, 18
STYLE = """<style>
text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-weight: 600 } .note { fill: #59636e } .bar { fill: #afb8c1 } .ours { fill: #0b6e4f }
.span { stroke: #1f2328; stroke-width: 1.2 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .note { fill: #9198a1 } .bar { fill: #57606a } .ours { fill: #3fb98a } .span { stroke: #e6edf3 }
}
</style>"""


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    value: float
    span: tuple[float, float] | None = None  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Panel:
    """Bars of one quantity, ours first; `note` says of what, and which end is good."""

    title: str
    note: str
    unit: str
    bars: tuple[Bar, ...]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for source in SOURCES:
        parser.add_argument(f"--{source}", type=Path)
    arguments = parser.parse_args()
    path = DOCS / "measured.json"
    measured: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for source in SOURCES:
        if given := getattr(arguments, source):
            measured[source] = json.loads(given.read_text("utf-8"))
    path.write_text(json.dumps(measured, indent=1) + "\n", "utf-8")
    (DOCS / "measured.svg").write_text(draw(panels(measured)), "utf-8")


def panels(measured: Mapping[str, Any]) -> list[Panel]:
    """One for each thing that was measured."""
    found: list[Panel] = []
    quality = measured.get("quality", {})
    for name, measure, title in (
        ("pool", "nDCG@10", "Passages of Wikipedia found"),
        ("vaswani", "MAP", "Abstracts found whose field the model has not seen"),
    ):
        if name in quality:
            found.append(_found(quality[name], measure, title))
    if latency := measured.get("latency"):
        size = max(latency, key=int)
        bars = tuple(
            Bar(name, row["p50"]) for name, row in latency[size].items() if "outlet" not in name
        )
        n = latency[size]["dateline"]["n"]
        found.append(
            Panel(
                f"A search among {int(size):,} passages",
                f"p50, n {n}, shorter is better",
                "ms",
                bars,
            )
        )
    if embedding := measured.get("embedding"):
        mix = next(iter(embedding))
        bars = tuple(Bar(name, row["ms"]) for name, row in embedding[mix].items())
        rounds = embedding[mix]["dateline"]["rounds"]
        found.append(
            Panel("Embedding a text", f"{mix}, {rounds} rounds, shorter is better", "ms", bars)
        )
    if ingest := measured.get("ingest"):
        bars = tuple(Bar(name, row["seconds"]) for name, row in ingest.items())
        note = f"{ingest['dateline']['texts']} passages, {ingest['dateline']['rounds']} rounds, shorter is better"
        found.append(Panel("Whole ingest", note, "s", bars))
    return found


def draw(shown: Sequence[Panel]) -> str:
    """An SVG without scripts, fonts or links."""
    parts: list[str] = []
    y = GAP
    for panel in shown:
        parts.append(f'<text class="title" x="0" y="{y + 4}">{escape(panel.title)}</text>')
        parts.append(
            f'<text class="note" x="{WIDTH}" y="{y + 4}" text-anchor="end">{escape(panel.note)}</text>'
        )
        y += TITLE
        longest = max(max(bar.value, *(bar.span or (0.0,))) for bar in panel.bars)
        for bar in panel.bars:
            parts.extend(_bar(bar, panel.unit, (WIDTH - NAMES - FIGURES) / longest, y))
            y += LINE
        y += GAP
    body = "\n".join(parts)
    title = "<title>What the benchmarks measured, Dateline beside the alternatives</title>"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" role="img">\n'
        f"{title}\n{STYLE}\n{body}\n</svg>\n"
    )


def _bar(bar: Bar, unit: str, scale: float, y: float) -> list[str]:
    kind = "ours" if bar.name.startswith("dateline") else "bar"
    figure = f"{bar.value:.1f} {unit}"
    parts = [
        f'<text x="{NAMES - 10}" y="{y}" text-anchor="end">{escape(bar.name)}</text>',
        f'<rect class="{kind}" x="{NAMES}" y="{y - 11}" width="{bar.value * scale:.1f}" height="13" rx="2"/>',
    ]
    if bar.span:
        low, high = (NAMES + end * scale for end in bar.span)
        parts.append(f'<path class="span" d="M{low:.1f} {y - 4.5}H{high:.1f}"/>')
        figure += f" [{bar.span[0]:.1f}, {bar.span[1]:.1f}]"
    parts.append(
        f'<text class="note" x="{WIDTH}" y="{y}" text-anchor="end">{escape(figure)}</text>'
    )
    return parts


def _found(result: Mapping[str, Any], measure: str, title: str) -> Panel:
    bars = []
    for name, by in result["scores"].items():
        interval = by[measure]
        bars.append(
            Bar(
                name.partition(",")[0],
                100 * interval["value"],
                (100 * interval["low"], 100 * interval["high"]),
            )
        )
    n = next(iter(result["scores"].values()))[measure]["n"]
    return Panel(title, f"{measure}, {n} questions, longer is better", "%", tuple(bars))


if __name__ == "__main__":
    main()
