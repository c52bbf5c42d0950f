"""Two copies of an article side by side in a terminal."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from conftest import ALTERED_BRIDGE, BRIDGE, CHOIR, DAM
from hypothesis import given
from hypothesis import strategies as st
from processes import DATELINE, environment
from rich.cells import cell_len
from test_articles_cli import ids

from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.archive import Archive
from service.commands.terminal_table import side_by_side

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def copies(settings: Settings, tmp_path: Path) -> Path:
    """The folder of an archive that holds an article, an altered copy of it, and two others."""
    folder = tmp_path / "copies"
    folder.mkdir()
    for name, text in {
        "bridge.txt": BRIDGE,
        "relay.txt": ALTERED_BRIDGE,
        "dam.txt": DAM,
        "choir.txt": CHOIR,
    }.items():
        (folder / name).write_text(text, "utf-8")
    with Archive(settings) as archive:
        ingest(archive, [folder])
    return folder


@pytest.mark.slow
def test_in_a_terminal_the_words_are_marked_and_fit_its_width(
    settings: Settings, copies: Path
) -> None:
    altered = ids(settings)["relay.txt"]
    own, theirs = os.openpty()
    known = environment(settings, TERM="xterm-256color", COLUMNS="60", NO_COLOR="")
    known.pop("NO_COLOR")
    process = subprocess.Popen(
        [*DATELINE, "articles", "show", altered], env=known, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(own, 65_536):
            shown += piece
    except OSError:  # Linux says so where nobody writes any more
        pass
    assert process.wait() == 0
    os.close(own)
    rows = shown.decode().replace("\r\n", "\n").split("\n")
    table = [row for row in rows if "│" in row]
    assert any(re.search(r"\x1b\[[0-9;]*4[0-9;]*m38", row) for row in table)
    assert all(cell_len(ESCAPE.sub("", row)) <= 60 for row in table) and len(table) > 3


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Z"]), min_size=1),
        max_size=3,
    ),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4),
    st.integers(40, 160),
)
def test_any_comparison_fits_the_width_and_loses_no_words(
    texts: list[str], spans: list[tuple[int, int]], width: int
) -> None:
    pairs = []
    for text in texts:
        marked = [[7 + min(a, b, len(text)), 7 + min(max(a, b), len(text))] for a, b in spans]
        side = {"start": 7, "end": 7 + len(text), "text": text, "marked": marked}
        pairs.append({"kinds": ["number"], "canonical": side, "here": side})
    card = {"article_id": "0" * 16, "title": "T", "publisher": None, "published_on": None}
    shown = side_by_side(
        card | {"alterations": [None] * len(pairs)},
        {"canonical": card, "pairs": pairs},
        width=width,
        plain=True,
    )
    lines = shown.splitlines()
    assert all(cell_len(line) <= width for line in lines) and "\x1b" not in shown
    for text in texts:
        for character in set(text) - set(" "):
            assert shown.count(character) >= 2 * text.count(character)
