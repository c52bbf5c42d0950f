"""Receipts that are signed, checked without their archive, and asked again."""

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import DAM
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from processes import command
from typer.testing import CliRunner

import dateline
from ingest import owner_client
from ingest.settings import Settings
from service.given_answers.receipt_signing import Signer, canonical, check
from service.given_answers.receipts import without_article
from service.serving.server import serving_privately

EXAMPLES = Path(__file__).parent.parent / "service" / "contract" / "examples.json"
RECEIPT: dict[str, Any] = json.loads(EXAMPLES.read_text("utf-8"))["Receipt"]
SIGNER = Signer(bytes(range(32)))


@pytest.fixture
def signed() -> dict[str, Any]:
    return copy.deepcopy(SIGNER.signed(RECEIPT))


def test_a_receipt_is_sound_as_long_as_nobody_changes_it(signed: dict[str, Any]) -> None:
    found = check(json.loads(json.dumps(signed)), SIGNER.public.public_key)
    assert (found.wrong, found.removed, found.key) == ((), (), SIGNER.public)
    signature = signed["signature"]  # as any other tool would check it
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signature["public_key"]))
    key.verify(base64.b64decode(signature["value"]), canonical(signature["signed"]))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (("question",), "How long is it?"),
        (("text",), "It is longer."),
        (("outcome",), "declined"),
        (("as_of",), "2020-01-01"),
        (("made_at",), "2020-01-01T00:00:00+00:00"),
        (("index", "generation"), "g000009"),
        (("claims", 0, "text"), "It is 95 kilometres long [1]."),
        (("claims", 0, "support"), "partial"),
        (("citations", 0, "quote"), "It is 95 kilometres long."),
        (("citations", 0, "start"), 0),
        (("made_from", "turns"), 3),
        (("read_as",), "How long is the cable?"),
        (("claims", 0, "independent_sources"), 7),
        (("citations", 0, "title"), "Another title"),
        (("citations", 0, "published_on"), "2020-01-01"),
        (("citations", 0, "answer"), None),
        (("conflicts", 0, "status"), "open"),
        (("conflicts", 0, "about"), "nothing"),
        (("conflicts", 0, "accounts", 0, "text"), "It is longer."),
        (("signature", "signed", "text"), "0" * 64),
        (("signature", "value"), base64.b64encode(bytes(64)).decode()),
    ],
)
def test_any_change_is_found(signed: dict[str, Any], path: tuple[Any, ...], words: Any) -> None:
    *way, last = path
    place: Any = signed
    for step in way:
        place = place[step]
    assert place[last] != words
    place[last] = words
    assert check(signed).wrong


def test_words_that_were_removed_leave_a_sound_receipt_that_says_so(signed: dict[str, Any]) -> None:
    bare = without_article(signed, signed["citations"][0]["article_id"])
    found = check(bare)
    assert not found.wrong and "quote 1 of citations" in found.removed
    bare["text"] = "Something else."
    assert check(bare).wrong == ("the text",)


def test_another_key_and_what_is_no_receipt_are_told_apart(signed: dict[str, Any]) -> None:
    other = Signer(bytes(32)).public.public_key
    assert "not of this key" in check(signed, other).wrong[0]
    assert "none of Ed25519" in check(signed, "AAAA").wrong[0]
    for nothing in ({}, [], "words", None, {"signature": None}, {"signature": {"signed": 1}}):
        assert check(nothing).wrong
    broken = {**signed, "claims": [{}]}
    assert check(broken).wrong


def test_canonical_json_is_that_of_rfc_8785() -> None:
    assert (
        canonical({"b": [1.0, 0.25, "é\n"], "a": None}) == '{"a":null,"b":[1,0.25,"é\\n"]}'.encode()
    )


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


def test_a_receipt_is_checked_where_there_is_no_archive(
    settings: Settings, signed: dict[str, Any]
) -> None:
    done = command(settings, "receipts", "verify", "-", input=json.dumps(signed))
    assert done.returncode == 0 and "unchanged since" in done.stdout
    assert not settings.data_dir.exists()
