"""The set-up a stranger runs: the lock, the commands, the container file."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parent.parent
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-scale.lock"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
COMMANDS = ["up", "ingest", "serve", "ask", "search", "articles", "doctor", "eval"]
each_lock = pytest.mark.parametrize("lock", LOCKS)


def locked(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", text, re.MULTILINE))


def named(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~ ;\[]", line)[0].lower().replace("_", "-") for line in requirements}


@each_lock
def test_no_lock_holds_torch_or_sentence_transformers(lock: str) -> None:
    assert not {"torch", "sentence-transformers", "transformers"} & set(locked(lock))


@each_lock
def test_no_lock_names_a_host_or_an_index(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


@each_lock
def test_every_package_in_a_lock_is_pinned_with_a_hash(lock: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text("utf-8").strip())
    assert len(entries) > 50
    assert not [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry]


def test_the_runtime_lock_covers_what_the_project_asks_for_and_no_more() -> None:
    wanted = named(PROJECT["project"]["dependencies"] + PROJECT["build-system"]["requires"])
    wanted |= named(PROJECT["dependency-groups"]["weights"])
    assert wanted <= set(locked("requirements.lock"))
    tools = named(PROJECT["dependency-groups"]["dev"])
    assert not (tools | {"slack-bolt", "distributed"}) & set(locked("requirements.lock"))


def test_the_other_locks_cover_tests_and_servers() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    tests = named(PROJECT["dependency-groups"]["dev"] + extras["slack"])
    assert tests <= set(locked("requirements-dev.lock"))
    assert named(extras["scale"]) <= set(locked("requirements-scale.lock"))


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_the_other_locks_pin_what_the_runtime_lock_pins(lock: str) -> None:
    runtime, other = locked("requirements.lock"), locked(lock)
    assert runtime == {name: other.get(name) for name in runtime}


@pytest.mark.parametrize("package", ["torch", "sentence-transformers"])
def test_heavy_packages_are_not_installed(package: str) -> None:
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version(package)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dateline", command, "--help"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout


def test_wrong_usage_exits_with_2_and_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dateline", "frobnicate"], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_the_container_runs_as_nobody_special_and_says_when_it_is_well() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    assert dockerfile.count("\nFROM ") + dockerfile.startswith("FROM ") >= 2
    assert re.search(r"^USER (?!root|0)", dockerfile, re.MULTILINE)
    assert "HEALTHCHECK" in dockerfile


def test_tools_for_those_who_change_dateline_are_not_in_the_wheel() -> None:
    """What the wheel holds must not import what it leaves out."""
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    left_out = [path.removesuffix(".py").replace("/", ".") for path in wheel["exclude"]]
    assert {"evals.lab.fitting", "evals.lab.mutations", "evals.lab.reading"} <= set(left_out)
    kept = [
        path
        for path in (ROOT / "evals").rglob("*.py")
        if not any(
            path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").startswith(name)
            for name in left_out
        )
    ]
    assert kept
    wrong = [
        f"{path.name} imports {name}"
        for path in kept
        for name in left_out
        if re.search(
            rf"^\s*(?:from|import) {re.escape(name)}\b", path.read_text("utf-8"), re.MULTILINE
        )
    ]
    assert not wrong


def test_the_wheel_holds_the_word_tables() -> None:
    packed = {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    tables = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "ingest/english/data").iterdir()
    }
    assert tables
    assert tables <= packed
