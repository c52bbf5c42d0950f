"""Commands that check a receipt without its archive, and ask its question again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import DAM
from typer.testing import CliRunner

import dateline
from ingest import owner_client
from ingest.settings import Settings
from service.serving.server import serving_privately


def test_an_archive_tells_its_key_replays_an_answer_and_checks_its_receipt(
    settings: Settings, newsroom: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_DATA_DIR", str(settings.data_dir))

    def run(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(dateline.app, list(arguments))
        assert done.exit_code == code, done.output
        return done.stdout

    with serving_privately(settings, "test"):
        run("ingest", str(newsroom))
        asked = {"question": "How long will the repair of the Orvel dam take?"}
        answer = owner_client.request(settings.data_dir, "POST", "/v1/answers", asked)
        same = json.loads(run("replay", answer["id"], "--json"))
        assert same["same"] and same["after"]["id"] != answer["id"]
        (newsroom / "dam.txt").write_text(DAM.replace("eleven", "fifteen"), "utf-8")
        run("ingest", str(newsroom))
        shown = run("replay", answer["id"])
        assert "- Dr. Lena Ostrow" in shown and "fifteen months" in shown.partition("+ ")[2]
        key = run("receipts", "key").strip()
        receipt = owner_client.request(settings.data_dir, "GET", f"/v1/answers/{answer['id']}")
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(receipt), "utf-8")
    assert "sound" in run("receipts", "verify", str(file), "--key", key)
    assert json.loads(run("receipts", "verify", str(file), "--json"))["sound"]
    file.write_text(json.dumps(receipt | {"question": "What?"}), "utf-8")
    assert not json.loads(run("receipts", "verify", str(file), "--json", code=1))["sound"]
    run("receipts", "verify", str(file), "--key", "", code=2)
    run("articles", "show", "", code=2)
    run("replay", " ", code=2)
    for nothing in ("no JSON", "[" * 100_000):
        file.write_text(nothing, "utf-8")
        run("receipts", "verify", str(file), code=2)
