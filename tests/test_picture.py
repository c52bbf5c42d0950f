"""The picture in the README shows what was measured, and nothing else."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # benchmarks is no package that gets installed

from benchmarks.picture import Bar, Panel, draw, panels  # noqa: E402

MEASURED = json.loads((ROOT / "docs" / "measured.json").read_text("utf-8"))


def test_the_committed_picture_is_drawn_from_the_committed_figures() -> None:
    assert (ROOT / "docs" / "measured.svg").read_text("utf-8") == draw(panels(MEASURED))


def test_every_bar_stands_with_its_figure_and_the_longest_fits() -> None:
    panel = Panel(
        "Ways <home>", "n 3", "ms", (Bar("dateline", 1.0), Bar("other & more", 4.0, (3.0, 5.5)))
    )
    root = ElementTree.fromstring(draw([panel]))
    words = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words == [
        "Ways <home>",
        "n 3",
        "dateline",
        "1.0 ms",
        "other & more",
        "4.0 ms [3.0, 5.5]",
    ]
    bars = [float(bar.attrib["width"]) for bar in root.iter("{http://www.w3.org/2000/svg}rect")]
    assert abs(bars[1] - 4 * bars[0]) < 1 and bars[1] < 760


def test_the_picture_runs_nothing_and_loads_nothing() -> None:
    drawn = (ROOT / "docs" / "measured.svg").read_text("utf-8")
    assert not [part for part in ("<script", "href", "url(", "@import", "on:") if part in drawn]
