"""The report in Chromium: one file without a network, by keyboard, on a phone, in both themes, two runs side by side."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chromium import PHONE, Opening
from playwright.sync_api import Page, expect
from typer.testing import CliRunner

from dateline import app
from evals import plots
from evals.metrics.scores import SCORES

QUOTE = "It cost 38 million crowns, said <mayor> Tomas Quill."


def row(number: int, right: float, text: str) -> dict[str, Any]:
    cited = {
        "number": 1, "quote": QUOTE, "source": "bridge.txt", "published_on": "2025-03-12",
        "family": {"role": "altered"},
    }  # fmt: skip
    return {
        "id": f"case-{number}", "kind": "factoid" if number % 2 else "temporal", "expect": "answer",
        "question": f"How much did bridge {number} cost?", "as_of": None, "case": "same", "error": None,
        "scores": {score.name: right if score.better == "higher" else 1 - right for score in SCORES},
        "violations": [], "seconds": {"search": 0.1, "answer": 0.2 + number / 10}, "generation": "g1",
        "evidence": [{"file": "bridge.txt", "quote": "38 million crowns", "rank": 1, "cited": True, "in_conflicts": False}],
        "answer": {"text": text, "outcome": "answered", "citations": [cited], "timings_ms": {"total": 30.0}},
        "confidence": number / 10, "cost_usd": 0.001,
    }  # fmt: skip


def written(folder: Path, rows: list[dict[str, Any]]) -> Path:
    folder.mkdir()
    (folder / "cases.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows), "utf-8")
    return folder


@pytest.fixture
def report(tmp_path: Path) -> str:
    """The address of a report over six cases, of which the first two got worse."""
    base = written(tmp_path / "before", [row(n, 1.0, "It cost 38 million [1].") for n in range(6)])
    new = written(
        tmp_path / "after",
        [row(n, float(n > 1), "It cost <i>83</i> million [1].") for n in range(6)],
    )
    file = tmp_path / "report.html"
    done = CliRunner().invoke(
        app, ["eval", "report", str(new), "--against", str(base), "--out", str(file)]
    )
    assert done.exit_code == 0, done.stderr
    return file.as_uri()


@pytest.fixture
def alone(tmp_path: Path) -> str:
    """The address of a report over one run, whose answers a model judged."""
    said = {"faithfulness": 1.0, "relevancy": 0.0, "correctness": 0.75}
    rows = [row(n, float(n > 1), "It cost 38 million [1].") | {"judged": said} for n in range(6)]
    folder = written(tmp_path / "one", rows)
    done = CliRunner().invoke(app, ["eval", "report", str(folder)])
    assert done.exit_code == 0, done.stderr
    return (folder / "report.html").as_uri()


@pytest.mark.parametrize("look", [{}, {"color_scheme": "dark", "viewport": PHONE}])
@pytest.mark.parametrize("form", ["report", "alone"])
def test_axe_finds_nothing_wrong_in_both_themes_and_on_a_phone(
    request: pytest.FixtureRequest,
    form: str,
    tab: Opening,
    axe: Callable[[Page], list[str]],
    look: dict[str, Any],
) -> None:
    page = tab(request.getfixturevalue(form), bypass_csp=True, **look)
    assert page.get_by_role("heading", name="Judged by a model").count() == (form == "alone")
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    assert axe(page) == []
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1], "the page scrolls sideways"


def test_a_case_shows_both_runs_and_marks_the_evidence(report: str, tab: Opening) -> None:
    page = tab(report)
    case = page.locator("#case-1")
    case.locator("summary").click()
    assert case.locator(".sides h3").all_inner_texts() == ["before", "this run"]
    assert case.locator(".sides > div").nth(1).locator("p").first.inner_text() == (
        "It cost <i>83</i> million [1]."
    )
    assert case.locator(".sides mark").all_inner_texts() == ["38 million crowns"] * 2
    assert "right 100.0 → 0.0" in case.inner_text()
    assert "altered" in case.locator("blockquote").first.inner_text()


def test_cases_are_narrowed_and_walked_by_keyboard(report: str, tab: Opening) -> None:
    page = tab(report)
    page.keyboard.press("/")
    page.keyboard.type("bridge 3")
    expect(page.locator("#shown")).to_have_text("1 of 6")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.locator("#state").select_option("lost")
    expect(page.locator("#shown")).to_have_text("2 of 6")
    for key in ("Escape", "j", "j", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("details[open]")).to_have_attribute("id", "case-2")


@pytest.mark.parametrize(
    ("longest", "ticks"),
    [
        (9649.0, ["0", "2,500", "5,000", "7,500", "10,000+"]),
        (13979.0, ["0", "4,000", "8,000", "12,000", "16,000+"]),
        (40.0, ["0", "10", "20", "30", "40+"]),
        (0.5, ["0.00", "0.13", "0.26", "0.39", "0.52+"]),
        (0.0, ["0.00", "0.30", "0.60", "0.90", "1.20+"]),
    ],
)
def test_waits_are_told_in_round_numbers(longest: float, ticks: list[str]) -> None:
    drawn = plots.histogram([longest] * 3, "Waits", "milliseconds")
    assert re.findall('middle">([0-9][^<]*)<', drawn) == ticks


def test_nothing_is_fetched_and_without_scripts_every_case_is_there(
    report: str, tab: Opening
) -> None:
    page = tab(report, java_script_enabled=False)
    assert page.locator("details.case").count() == 6
    assert page.locator("svg.plot").count() == 2
    html = Path(report.removeprefix("file://")).read_text("utf-8")
    assert "default-src 'none'" in html
    assert "http://" not in html and "https://" not in html
