"""Labels of people against scores: kappa worked by hand, and every wrong line told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_gate import rows, written
from typer.testing import CliRunner, Result

from dateline import app
from evals.agreement import kappa


def agree(folder: Path, *labels: object, as_json: bool = True) -> Result:
    file = folder / "labels.jsonl"
    file.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in labels), "utf-8")
    run = folder / "run"
    if not run.exists():
        written(run, rows(1.0, 1.0, 0.0, 0.5))
    more = ["--json"] if as_json else []
    return CliRunner().invoke(app, ["eval", "agree", str(run), str(file), *more])


def test_kappa_is_that_of_a_table_worked_by_hand() -> None:
    """20 yes-yes, 15 no-no, 5 and 10 apart: .7 observed, .5 by chance, (.7 - .5) / (1 - .5) = .4."""
    pairs = [(True, True)] * 20 + [(False, False)] * 15 + [(True, False)] * 5 + [(False, True)] * 10
    found = kappa(pairs)
    assert found.value == pytest.approx(0.4)
    assert found.low is not None and found.high is not None
    assert 0.1 < found.low < 0.2 and 0.6 < found.high < 0.7
    assert kappa([(True, True)] * 5).value is None


def test_labels_are_compared_with_the_scores_of_their_cases(tmp_path: Path) -> None:
    done = agree(tmp_path, *({"id": f"c{n}", "value": n < 1} for n in range(3)))
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)["right"]
    assert (found["agreement"]["value"], found["agreement"]["n"]) == (pytest.approx(2 / 3), 3)
    assert found["kappa"]["value"] == pytest.approx(0.4)
    assert (
        "| right | 3 | 0.667"
        in agree(
            tmp_path, *({"id": f"c{n}", "value": n < 1} for n in range(3)), as_json=False
        ).stdout
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2 is no label"),
        ({"id": "c0"}, "line 2 is no label: value: Field required"),
        ({"id": "x", "value": True}, 'line 2: the run has no case "x"'),
        ({"id": "c3", "value": True}, 'line 2: "right" says neither yes nor no of "c3"'),
        ({"id": "c0", "score": "speed", "value": True}, 'line 2: "speed" says neither'),
    ],
)
def test_a_wrong_line_is_told_with_its_file_and_number(
    tmp_path: Path, line: object, said: str
) -> None:
    done = agree(tmp_path, {"id": "c0", "value": True}, line)
    assert done.exit_code == 2
    assert f"labels.jsonl {said}" in done.stderr
    assert len(done.stderr.splitlines()) == 1
