"""Signs receipts with Ed25519, and checks a signed one without the archive that it came from."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM = "Ed25519"
VERSION = 2  # of the statement; the first one had no `beside`
REMOVED = "(This sentence was removed with its article.)"

_FRAME = ("id", "made_at", "outcome", "declined_because", "as_of", "answerer", "model", "index")
_SIGNED = ("question", "text", "claims", "citations", "conflicts", "nearest", "made_from")
_NOT_SIGNED = ("timings_ms", "usage", "stale", "signature")

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What a receipt can be checked with: 32 bytes in base64; `key_id` is of their SHA-256."""

    algorithm: str
    key_id: str
    public_key: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a receipt since it was signed; sound where `wrong` is empty."""

    key: PublicKey | None
    wrong: tuple[str, ...]
    removed: tuple[str, ...] = ()  # words that were taken out with their article
    whole: bool = True  # False: of version 1, which signed nothing `beside`


class Signer:
    """The key of one archive, made of 32 secret bytes."""

    def __init__(self, secret: bytes):
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        raw = self._key.public_key().public_bytes_raw()
        self.public = _public(raw)

    @property
    def pem(self) -> str:
        """The public key as other tools take it."""
        kind = serialization.PublicFormat.SubjectPublicKeyInfo
        written = self._key.public_key().public_bytes(serialization.Encoding.PEM, kind)
        return written.decode()

    def signed(self, receipt: Body) -> Body:
        """The receipt with its `signature`."""
        said = statement(receipt)
        value = base64.b64encode(self._key.sign(canonical(said))).decode()
        key = self.public
        signature = {
            "algorithm": key.algorithm,
            "key_id": key.key_id,
            "public_key": key.public_key,
            "signed": said,
            "value": value,
        }
        return receipt | {"signature": signature}


def statement(receipt: Body, version: int = VERSION) -> Body:
    """What is signed: the frame as it is, and of all words the SHA-256.

    So words can be taken out later, and what is left can still be checked.
    """
    beside = {} if version == 1 else {"beside": _beside(receipt)}
    return {
        "version": version,
        **beside,
        **_frame(receipt),
        "question": digest(receipt["question"]),
        "text": digest(receipt["text"]),
        "claims": [
            {"text": digest(c["text"]), "citations": c["citations"], "support": c["support"]}
            for c in receipt["claims"]
        ],
        "citations": [_place(c) | {"number": c["number"]} for c in receipt["citations"]],
        "conflicts": [
            {
                "status": conflict["status"],
                "chosen": conflict["chosen"],
                "accounts": [_place(account["citation"]) for account in conflict["accounts"]],
            }
            for conflict in receipt["conflicts"]
        ],
        "made_from": _of_json(receipt["made_from"]),
    }


def canonical(value: Any) -> bytes:
    """JSON as RFC 8785 writes it, for values whose names are ASCII and whose numbers are short."""
    text = json.dumps(_whole(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def digest(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def is_key(words: str) -> bool:
    """Whether it can be a public key: 32 bytes in base64."""
    try:
        return len(base64.b64decode(words, validate=True)) == 32
    except ValueError:
        return False


def check(receipt: Any, key: str | None = None) -> Checked:
    """Holds a receipt against its signature; `key` is a public key in base64, else the receipt's
    own is taken, which only tells that nothing was changed since whoever has that key signed it."""
    try:
        signature = receipt["signature"]
        named = signature["public_key"] if key is None else key
        said, raw = signature["signed"], base64.b64decode(named)
        public = Ed25519PublicKey.from_public_bytes(raw)
        public.verify(base64.b64decode(signature["value"]), canonical(said))
    except (KeyError, TypeError, IndexError, RecursionError):
        return Checked(None, ("this is no signed receipt",))
    except ValueError:
        return Checked(None, ("the public key is none of Ed25519: 32 bytes in base64",))
    except InvalidSignature:
        return Checked(None, ("the signature is not of this key, or what it signs was changed",))
    try:
        wrong, removed = _held_against(receipt, said)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
        wrong, removed = ["parts of the receipt are missing"], []
    return Checked(_public(raw), tuple(wrong), tuple(removed), said.get("version") != 1)


def _held_against(receipt: Body, said: Body) -> tuple[list[str], list[str]]:
    """What differs from the statement, and what was taken out."""
    wrong, removed = [], []
    now = statement(receipt, said["version"])
    pairs = [("the question", receipt["question"], said["question"])]
    for name, words in (("claims", "text"), ("citations", "quote")):
        ours, theirs = receipt[name], said[name]
        pairs += [
            (f"{words} {n} of {name}", one[words], other[words])
            for n, (one, other) in enumerate(zip(ours, theirs, strict=True), 1)
        ]
        bare = [[{**row, words: ""} for row in rows] for rows in (now[name], theirs)]
        if bare[0] != bare[1]:
            wrong.append(f"places or verdicts of {name}")
    for place, words, signed in pairs:
        if words in ("", REMOVED):
            removed.append(place)
        elif digest(words) != signed:
            wrong.append(place)
    joined = " ".join(claim["text"] for claim in receipt["claims"])
    if now["text"] != said["text"] and not (removed and receipt["text"] == joined):
        wrong.append("the text")
    for name in (*_frame(receipt), "made_from"):
        if now[name] != said[name]:
            wrong.append(name)
    for one, other in zip(now["conflicts"], said["conflicts"], strict=True):
        for account, signed in zip(one["accounts"], other["accounts"], strict=True):
            taken_out = account["quote"] == digest("")
            if {**account, "quote": signed["quote"]} != signed or not (
                taken_out or account == signed
            ):
                wrong.append("an account in conflicts")
    if "beside" in said:
        wrong += _changed_beside(receipt, now["beside"], said["beside"])
    return wrong, removed


def _beside(receipt: Body) -> Body:
    """SHA-256 of everything else that was said; what may be taken out later has its own."""
    return {
        "receipt": _rest(receipt, *_FRAME, *_SIGNED, *_NOT_SIGNED),
        "claims": [
            _rest(c, "text", "start", "end", "citations", "support") for c in receipt["claims"]
        ],
        "citations": [_of_article(citation) for citation in receipt["citations"]],
        "conflicts": [
            {
                "words": _digests(conflict["about"], conflict["why"]),
                "rest": _rest(conflict, "about", "why", "accounts"),
                "accounts": [
                    _of_article(account["citation"]) | {"text": digest(account["text"])}
                    for account in conflict["accounts"]
                ],
            }
            for conflict in receipt["conflicts"]
        ],
        "nearest": [_rest(hit) for hit in receipt["nearest"]],
    }


def _changed_beside(receipt: Body, now: Body, said: Body) -> list[str]:
    """What differs of `beside`, other than by what was taken out with its article."""

    def changed(citation: Body, ours: Body, theirs: Body) -> bool:
        gone = {"words": _NO_WORDS, "text": digest(REMOVED)} if not citation["quote"] else {}
        return any(ours[name] not in (theirs[name], gone.get(name)) for name in theirs)

    names = {"receipt": "what it says beside the text", "claims": "what it says of claims"}
    wrong = [words for name, words in names.items() if now[name] != said[name]]
    rows = zip(receipt["citations"], now["citations"], said["citations"], strict=True)
    if any(changed(*row) for row in rows):
        wrong.append("what it says of articles")
    for conflict, ours, theirs in zip(
        receipt["conflicts"], now["conflicts"], said["conflicts"], strict=True
    ):
        cited = [account["citation"] for account in conflict["accounts"]]
        gone = None if all(one["quote"] for one in cited) else _digests(REMOVED, REMOVED)
        accounts = zip(cited, ours["accounts"], theirs["accounts"], strict=True)
        if (
            ours["rest"] != theirs["rest"]
            or ours["words"] not in (theirs["words"], gone)
            or any(changed(*row) for row in accounts)
        ):
            wrong.append("what it says of conflicts")
    if not set(now["nearest"]) <= set(said["nearest"]):
        wrong.append("what was nearest")
    return wrong


def _of_article(citation: Body) -> Body:
    """Of what a citation says of its article; the words go with the article."""
    words = ("answer", "title", "author", "url")
    place = ("article_id", "passage_id", "start", "end", "quote")
    return {
        "words": _of_json([citation[name] for name in words]),
        "rest": _rest(citation, *words, *place),
    }


def _rest(row: Body, *signed: str) -> str:
    """Of all fields but these; null is as good as none, for later versions have more fields."""
    return _of_json(
        {name: one for name, one in row.items() if name not in signed and one is not None}
    )


def _of_json(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def _digests(*words: str) -> list[str]:
    return [digest(one) for one in words]


def _frame(receipt: Body) -> Body:
    return {name: receipt[name] for name in _FRAME}


def _place(citation: Body) -> Body:
    names = ("article_id", "passage_id", "start", "end")
    return {name: citation[name] for name in names} | {"quote": digest(citation["quote"])}


def _whole(value: Any) -> Any:
    """Numbers without a fraction are written without a point, as RFC 8785 has them."""
    if isinstance(value, dict):
        return {
            name: one if type(one) in _AS_THEY_ARE else _whole(one) for name, one in value.items()
        }
    if isinstance(value, list | tuple):
        return [one if type(one) in _AS_THEY_ARE else _whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


_AS_THEY_ARE = (str, int, type(None))


def _public(raw: bytes) -> PublicKey:
    return PublicKey(
        ALGORITHM, hashlib.sha256(raw).hexdigest()[:16], base64.b64encode(raw).decode()
    )


_NO_WORDS = _of_json([None, "", None, None])  # of a citation whose article was removed
