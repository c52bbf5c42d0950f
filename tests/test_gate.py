"""What the gate lets through and what it stops, over rows made here; how often it errs, by simulation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from benchmarks.gate import errors
from dateline import app
from evals.compare import compare
from evals.gate import Check, Thresholds, checks, read_thresholds
from evals.metrics.scores import SCORES
from evals.results import Scored
from ingest.errors import WrongUsage


def row(case_id: str, of: str = "same", kind: str = "factoid", **scores: float) -> Scored:
    values = {each.name: None for each in SCORES} | scores
    return Scored(
        id=case_id, kind=kind, question="Why?", case=of, error=None, scores=values, violations=()
    )


def rows(*values: float, **more: Any) -> dict[str, Scored]:
    return {f"c{n}": row(f"c{n}", right=value, **more) for n, value in enumerate(values)}


def faults(
    base: dict[str, Scored], new: dict[str, Scored], had: Any = None, **asked: Any
) -> list[str]:
    found = checks(compare(base, new), new, Thresholds.model_validate(asked), had or {})
    return [told for check in found for told in check.faults]


def test_a_fall_beyond_chance_fails_and_names_the_cases() -> None:
    base, new = rows(*[1.0] * 20), rows(*[0.0] * 8, *[1.0] * 12)
    (told,) = faults(base, new)
    assert told.startswith("right: 100.0 became 60.0 over 20 cases, by chance in 0.0039 of all")
    assert "c0, c1" in told
    assert faults(base, base) == []
    assert faults(new, base) == []


def test_one_flipped_case_of_many_is_chance_unless_a_threshold_says_otherwise() -> None:
    base, new = rows(*[1.0] * 20), rows(0.0, *[1.0] * 19)
    assert faults(base, new) == []
    assert faults(base, new, may_lose=0.05) == []
    assert len(faults(base, new, may_lose=0.04)) == 1
    assert len(faults(base, new, scores={"right": {"may_lose": 0}})) == 1
    assert faults(base, new, may_lose=0, scores={"right": {"may_lose": 0.1}}) == []


def test_means_are_held_to_their_limits_of_all_cases_and_of_a_kind() -> None:
    new = rows(1.0, 1.0, 0.0, 0.0)
    assert faults(new, new, scores={"right": {"least": 0.5, "most": 0.5}}) == []
    (told,) = faults(new, new, scores={"right": {"least": 0.51}})
    assert told == "right: 50.0 is less than the 51.0 asked for"
    (told,) = faults(new, new, by_kind={"factoid": {"right": {"most": 0.49}}})
    assert told == "factoid: right: 50.0 is more than the 49.0 allowed"
    (told,) = faults(new, new, by_kind={"temporal": {"right": {"least": 0.1}}})
    assert told == "temporal: right: applies to no case"


def test_figures_are_held_to_their_upper_bounds() -> None:
    new, had = rows(1.0), {"ms_to_total": {"value": 9.0, "median": 20.0, "p95": 90.0, "sum": 9.0}}
    assert faults(new, new, had, figures={"ms_to_total": {"median": 20}}) == []
    (told,) = faults(new, new, had, figures={"ms_to_total": {"p95": 89}})
    assert told == "ms_to_total: p95 90 is more than the 89 allowed"
    (told,) = faults(new, new, had, figures={"speed": {"value": 1}})
    assert told == "speed: the run has no such figure; it has ms_to_total"


def test_a_broken_promise_fails_though_the_base_broke_it_too() -> None:
    broken = rows(1.0, guarantees=0.0)
    (told,) = faults(broken, broken)
    assert told.startswith("guarantees: 1 of 1 cases break it: c0")


def test_cases_left_out_fail_and_changed_ones_are_not_compared() -> None:
    base, new = rows(1.0, 1.0, 1.0), rows(1.0, 1.0)
    assert faults(base, new) == ["1 cases of the base were not run: c2"]
    assert faults(base, {**base, "c1": row("c1", of="other gold", right=0.0)}, may_lose=0) == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("t.toml", "alpha = 2", "alpha: Input should be less than 1"),
        ("t.toml", "alpha =", "t.toml: Invalid value"),
        ("t.yaml", "scores: [", "t.yaml: while parsing"),
        ("t.yaml", "scores: {speed: {least: 1}}", "there is no score speed"),
        ("t.yaml", "speed: 1", "speed: Extra inputs are not permitted"),
        ("t.yaml", "- 1", "t.yaml: the body"),
    ],
)
def test_thresholds_that_are_wrong_are_told_with_their_file(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(WrongUsage) as told:
        read_thresholds(tmp_path / name)
    assert said in str(told.value) and str(tmp_path) in str(told.value)
    assert "\n" not in str(told.value)


def test_toml_and_yaml_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text("[scores.right]\nleast = 0.5\n", "utf-8")
    (tmp_path / "t.yaml").write_text("scores: {right: {least: 0.5}}\n", "utf-8")
    assert read_thresholds(tmp_path / "t.toml") == read_thresholds(tmp_path / "t.yaml")


def written(folder: Path, found: dict[str, Scored]) -> Path:
    folder.mkdir()
    lines = [json.dumps(one.model_dump()) + "\n" for one in found.values()]
    (folder / "cases.jsonl").write_text("".join(lines), "utf-8")
    return folder


def gate(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["eval", "gate", *map(str, arguments)])


def test_the_command_writes_junit_and_markdown_and_exits_1(tmp_path: Path) -> None:
    lost = {
        n: r.model_copy(update={"answer": {"text": "<b>No\x00</b>"}})
        for n, r in rows(*[0.0] * 9).items()
    }
    base, new = written(tmp_path / "base", rows(*[1.0] * 9)), written(tmp_path / "new", lost)
    xml, page = tmp_path / "ci" / "gate.xml", tmp_path / "gate.md"
    done = gate(new, "--against", base, "--junit", xml, "--markdown", page)
    assert done.exit_code == 1
    assert done.stdout.startswith("right: 100.0 became 0.0 over 9 cases")
    root = ElementTree.parse(xml).getroot()
    assert (root.get("tests"), root.get("failures")) == (str(len(root)), "1")
    assert [case.get("name") for case in root if len(case)] == ["right"]
    told = page.read_text("utf-8")
    assert told.startswith("## Eval gate: failed\n\n- right: 100.0 became 0.0")
    assert told.count("<details>") == 9
    assert "**New:** &lt;b&gt;No" in told
    assert gate(base, "--against", base).exit_code == 0


def test_a_run_of_another_suite_as_baseline_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    new = written(tmp_path / "new", rows(1.0))
    base = written(tmp_path / "base", {"x": row("x", right=1.0)})
    done = gate(new, "--against", base)
    assert done.exit_code == 2
    assert done.stderr == (
        f'dateline: {base}/cases.jsonl line 1: the case "x" stands not at all in {new}: '
        "name a run of the same suite\n"
    )


@pytest.mark.slow
def test_unchanged_runs_seldom_fail_and_a_drop_of_five_points_seldom_passes() -> None:
    """What docs/evals.md says of 400 comparisons each, here over 40; the benchmark has the whole figure."""
    found = errors(comparisons=40)
    assert found["false_alarms"] <= 0.05
    assert found["caught"] >= 0.8


def test_a_check_without_faults_is_a_passed_one() -> None:
    new = rows(1.0)
    assert Check("right", ()) in checks(compare(new, new), new, Thresholds(), {})
