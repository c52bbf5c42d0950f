"""The contract's guarantees over one answer, for every test that makes answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

REASONS = ("no_match", "not_supported", "outside_dates", "only_altered_copies")


def broken(answer: dict[str, Any], text_of: Callable[[str], str], as_of: date | None = None) -> list[str]:
    """Names of the guarantees that an answer (in the contract's JSON) breaks."""
    found = []
    for c in answer["citations"]:
        if not c["quote"].strip() or text_of(c["article_id"])[c["start"] : c["end"]] != c["quote"]:
            found.append(f"1: citation {c['number']} is not the article's own characters")
        if as_of and c["published_on"] and c["published_on"] > as_of.isoformat():
            found.append("6: a cited article is later than as_of")
    found += _declined(answer) if answer["outcome"] == "declined" else _answered(answer)
    return found


def _declined(answer: dict[str, Any]) -> list[str]:
    found = []
    if answer["claims"] or answer["citations"] or answer["declined_because"] not in REASONS:
        found.append("3: a refusal with claims, citations or no reason")
    if not answer["text"].strip() or len(answer["nearest"]) > 3:
        found.append("3: a refusal without words, or with too many neighbours")
    return found


def _answered(answer: dict[str, Any]) -> list[str]:
    found, at, text = [], 0, answer["text"]
    cited = {c["number"]: c for c in answer["citations"]}
    used = list(dict.fromkeys(int(n) for n in re.findall(r"\[(\d+)\]", text)))
    if not answer["claims"] or used != list(range(1, len(cited) + 1)) or set(used) != set(cited):
        found.append("2: numbers do not run 1, 2, 3 in order of first use")
    for claim in answer["claims"]:
        if text[claim["start"] : claim["end"]] != claim["text"] or text[at : claim["start"]].strip():
            found.append("2: claims do not cover the text")
        at = claim["end"]
        if set(claim["citations"]) != {int(n) for n in re.findall(r"\[(\d+)\]", claim["text"])} or not claim["citations"]:
            found.append("2: a claim's markers are not its citations")
        if claim["support"] not in ("exact", "supported", "partial"):
            found.append("2: an unsupported sentence was released")
        if claim["independent_sources"] != len({cited[n]["family"]["id"] for n in claim["citations"] if n in cited}):
            found.append("4: independent_sources does not count families")
    if text[at:].strip():
        found.append("2: words after the last claim")
    return found
