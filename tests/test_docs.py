"""What is written is true: settings, routes and commands in the documents are those of the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text("utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def variables() -> list[str]:
    return [
        field.alias or f"DATELINE_{name.upper()}" for name, field in Settings.model_fields.items()
    ]


@pytest.mark.parametrize("variable", variables())
def test_every_setting_is_documented(variable: str) -> None:
    assert f"| `{variable}` |" in SETTINGS


def test_every_documented_setting_exists() -> None:
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", SETTINGS, re.MULTILINE)) == set(variables())


def test_the_readme_opens_with_what_it_does_and_names_the_two_commands() -> None:
    assert README.index("make up") < README.index("make test")
    assert "English" in README


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_inside_the_repository_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text("utf-8"))
    assert not [target for target in targets if not (document.parent / target).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_in_the_documents_exist(document: Path) -> None:
    from typer.main import get_command

    from dateline import app

    known = set(get_command(app).commands)  # type: ignore[attr-defined]
    used = set(
        re.findall(
            r"^\$ (?:\.venv/bin/)?dateline ([a-z]+)", document.read_text("utf-8"), re.MULTILINE
        )
    )
    assert used <= known


@pytest.mark.slow
def test_the_transcript_in_the_readme_is_what_the_command_says(settings: Settings) -> None:
    from ingest.pipeline import SAMPLE, ingest
    from ingest.storage.archive import Archive

    with Archive(settings) as archive:
        ingest(archive, [SAMPLE])
    shown = re.search(r'^\$ dateline ask "([^"]+)"\n(.*?)^```', README, re.MULTILINE | re.DOTALL)
    assert shown
    environment = os.environ | {
        "DATELINE_DATA_DIR": str(settings.data_dir),
        "DATELINE_MODEL_CACHE": str(settings.model_dir),
    }
    done = subprocess.run(
        [sys.executable, "-m", "dateline", "ask", shown[1]],
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
    )
    assert done.stdout.strip() == shown[2].strip()
