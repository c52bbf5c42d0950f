"""Answers as a terminal shows them."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from processes import command, fill

from ingest.settings import Settings
from service.cli import readable

HIT: dict[str, Any] = {
    "article_id": "a1",
    "title": "Ferry talks go on",
    "publisher": "The Strait Ledger",
    "url": None,
    "published_on": "2025-03-03",
    "sentence": {"text": "The talks were put off\nuntil May.", "start": 5, "end": 38},
}
REFUSAL: dict[str, Any] = {
    "text": "I can't answer this directly.",
    "read_as": None,
    "citations": [],
    "conflicts": [],
    "nearest": [],
}


def test_a_refusal_quotes_and_dates_the_closest_sentence_and_says_where_it_stands() -> None:
    other = HIT | {"title": "Tides", "published_on": None, "sentence": None}
    assert readable(REFUSAL | {"nearest": [other, HIT]}) == (
        "I can't answer this directly.\n\n"
        "The closest passage, from The Strait Ledger of 3 March 2025, says: "
        "“The talks were put off until May.”\n"
        "    Ferry talks go on, a1\n\n"
        "Also near:\n"
        "  - Tides — The Strait Ledger, undated"
    )


def test_a_refusal_without_a_close_sentence_names_what_is_nearest() -> None:
    bare = HIT | {"sentence": None}
    assert readable(REFUSAL | {"nearest": [bare]}) == (
        "I can't answer this directly.\n\nNearest in the archive:\n"
        "  - Ferry talks go on — The Strait Ledger, 2025-03-03"
    )
    assert readable(REFUSAL) == "I can't answer this directly."


@pytest.mark.parametrize(
    "asked", [("ask", "Why?"), ("search", "bridge"), ("articles", "list"), ("backup", "x.zip")]
)
def test_who_only_asks_makes_no_archive(settings: Settings, asked: tuple[str, ...]) -> None:
    refused = command(settings, *asked)
    assert refused.returncode == 1
    assert f"no archive at {settings.data_dir}: run dateline ingest" in refused.stderr
    assert not settings.data_dir.exists()


def test_a_question_comes_from_standard_input(settings: Settings, newsroom: Path) -> None:
    fill(settings, newsroom)
    shown = command(settings, "ask", "-", input="How much did the Orvel bridge cost?\n")
    assert shown.returncode == 0 and "38 million" in shown.stdout


def test_the_version_is_told(settings: Settings) -> None:
    assert command(settings, "--version").stdout.strip() == version("dateline")
