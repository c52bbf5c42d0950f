"""Models that do what the text they read tells them to; and the orders planted for them, from `data/attacks.jsonl`.

An attack is {id, kind, language, where, text, markers, obeyed}: `text` stands in the article, title, author, outlet or
conversation; a model that finds all `markers` in what it reads answers `obeyed`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fake_openai import EVIDENCE, FakeOpenAI, Reply, Script, evidence_of

Attack = Mapping[str, Any]
ATTACKS: list[Attack] = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "attacks.jsonl").read_text("utf-8").splitlines()
]
FENCE = re.compile(r"^EVIDENCE$(.*?)^END OF EVIDENCE$", re.MULTILINE | re.DOTALL)


def unfenced(body: dict[str, Any]) -> str:
    """Everything a model is sent but our own instructions and the sentences that stand as evidence in the first fence."""
    told = "\n".join(
        str(message["content"]) for message in body["messages"] if message["role"] != "system"
    )
    return FENCE.sub(lambda fence: EVIDENCE.sub("", fence[1]), told, count=1)


def everything(body: dict[str, Any]) -> str:
    return "\n".join(str(message["content"]) for message in body["messages"])


def finds(text: str, attack: Attack) -> bool:
    """Whether a model that sees through disguises finds an attack's orders in a text."""
    seen = "".join(map(_smuggled, text))
    seen = "".join(
        c for c in unicodedata.normalize("NFKC", seen) if unicodedata.category(c) != "Cf"
    )
    seen = " ".join(seen.translate(LOOKALIKES).split()).casefold()
    return all(
        " ".join(marker.translate(LOOKALIKES).split()).casefold() in seen
        for marker in attack["markers"]
    )


def _smuggled(character: str) -> str:
    """The letter that a tag character or a variation selector stands for."""
    code = ord(character)
    if 0xE0020 <= code <= 0xE007E:
        return chr(code - 0xE0000)
    return chr(code - 0xE0100 + 16) if 0xE0100 <= code <= 0xE01EF else character


LOOKALIKES = str.maketrans("\u0430\u0435\u043e\u0441\u0440\u0456", "aeocpi")


def obedient(
    fake: FakeOpenAI, sees: Callable[[dict[str, Any]], str], attacks: Sequence[Attack] = ATTACKS
) -> Reply:
    """A model that obeys every attack it finds in what it `sees`, and else copies the first sentence of evidence."""

    def reply(body: dict[str, Any]) -> Script:
        found = [attack for attack in attacks if finds(sees(body), attack)]
        return Script(obeying(fake, body, found)) if found else Script(copying(body))

    return reply


def possessed(fake: FakeOpenAI, attacks: Sequence[Attack] = ATTACKS) -> Reply:
    """A model that was talked into every attack, whatever it reads, and knows which keys are good."""
    return lambda body: Script(
        [*obeying(fake, body, attacks), *copying(body), *obeying(fake, body, attacks)]
    )


def obeying(fake: FakeOpenAI, body: dict[str, Any], attacks: Sequence[Attack]) -> list[str]:
    keys = [f"[{key}]" for key, _ in evidence_of(body)] or [""]
    said = [str(attack["obeyed"]).replace("{api_key}", fake.key) for attack in attacks]
    return [f"{text} {keys[n % len(keys)]} " for n, text in enumerate(said)]


def copying(body: dict[str, Any]) -> list[str]:
    shown = evidence_of(body)
    return [f"{shown[0][1]} [{shown[0][0]}] "] if shown else ["NO_ANSWER"]
