"""Answers as a terminal shows them."""

from __future__ import annotations

import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import fake_openai
import pytest
from processes import DATELINE, command, environment, fill

from ingest.settings import Settings
from service.commands.service_cli import marked, readable

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
        "    Ferry talks go on\n\n"
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


def test_a_question_without_quotation_marks_is_all_its_words(
    settings: Settings, newsroom: Path
) -> None:
    fill(settings, newsroom)
    asked = "ask How much did the Orvel bridge cost?".split()
    assert "38 million" in command(settings, *asked).stdout


def test_a_model_is_asked_and_leaves_nothing_behind_in_the_terminal(
    settings: Settings, newsroom: Path
) -> None:
    fill(settings, newsroom)
    with fake_openai.running() as model:
        shown = subprocess.run(
            [*DATELINE, "ask", "How much did the Orvel bridge cost?"],
            env=environment(settings, OPENAI_BASE_URL=model.url),
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert model.requests and shown.returncode == 0
    assert "Unclosed" not in shown.stderr and "ERROR" not in shown.stderr, shown.stderr


def test_the_version_is_told(settings: Settings) -> None:
    assert command(settings, "--version").stdout.strip() == version("dateline")


def test_search_marks_the_sentence_that_has_most_words_of_the_query(
    settings: Settings, newsroom: Path
) -> None:
    fill(settings, newsroom)
    shown = command(settings, "search", "cost in crowns", "-k", "1")
    assert (
        "» It cost 38 million crowns, said mayor Tomas Quill, who cut the ribbon. «" in shown.stdout
    )
    assert "\x1b" not in shown.stdout
    assert marked("Nothing of it.  Here.", "bridge") == "Nothing of it. Here."


def test_a_terminal_gets_bold_words_and_links(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hit = HIT | {
        "number": 1,
        "quote": "It is so.",
        "family": {"size": 1},
        "url": "https://a.example/1",
    }
    answer = REFUSAL | {"citations": [hit]}
    assert "\x1b" not in readable(answer)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    link = "\x1b]8;;https://a.example/1\x1b\\\x1b[1mFerry talks go on\x1b[0m\x1b]8;;\x1b\\"
    assert link in readable(answer)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in readable(answer)


def test_help_is_short_to_ask_for_and_names_no_type_of_a_flag(settings: Settings) -> None:
    for asked in ("", "search", "articles set", "ingest"):
        shown = command(settings, *asked.split(), "-h").stdout
        assert "--help" in shown and "<bool>" not in shown and "Usage: dateline" in shown


def test_a_shell_gets_its_completion(settings: Settings) -> None:
    asked = f"{shlex.join([*DATELINE, '--show-completion'])}; exit $?"  # asked by bash, whoever runs the tests
    done = subprocess.run(
        ["bash", "-c", asked], env=environment(settings), capture_output=True, text=True
    )
    assert done.returncode == 0 and "complete" in done.stdout


def test_windows_is_refused_in_a_sentence() -> None:
    script = "import sys; sys.platform = 'win32'; import dateline"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "WSL" in done.stderr
