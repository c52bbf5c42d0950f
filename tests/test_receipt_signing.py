"""Receipts that are signed, and checked without their archive."""

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from processes import command

from ingest.settings import Settings
from service.given_answers.receipt_signing import Signer, canonical, check
from service.given_answers.receipts import without_article

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


def test_a_receipt_is_checked_where_there_is_no_archive(
    settings: Settings, signed: dict[str, Any]
) -> None:
    done = command(settings, "receipts", "verify", "-", input=json.dumps(signed))
    assert done.returncode == 0 and "unchanged since" in done.stdout
    assert not settings.data_dir.exists()
