"""The list of components and licences that is made of an installation."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "deploy" / "sbom.py"


def told(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_package_is_a_component_with_its_version() -> None:
    bom = json.loads(told())
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    listed = {one["name"]: one for one in bom["components"]}
    assert listed["fastapi"]["version"] == importlib.metadata.version("fastapi")
    assert listed["fastapi"]["purl"].startswith("pkg:pypi/fastapi@")
    assert len({one["bom-ref"] for one in bom["components"]}) == len(bom["components"])


def test_nothing_that_is_shipped_is_without_a_licence_or_copyleft_beyond_a_library() -> None:
    lines = dict(line.split(": ", 1) for line in told("--licences").splitlines())
    lock = (SCRIPT.parents[1] / "requirements.lock").read_text("utf-8")
    shipped = {name: told for name, told in lines.items() if name.replace(" ", "==") in lock}
    assert len(shipped) > 80
    strict = [name for name, told in shipped.items() if "GPL" in told and "LGPL" not in told]
    assert strict == []
