"""`dateline articles` in a terminal, and the comparison of altered copies behind it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from conftest import ALTERED_BRIDGE, BRIDGE, CHOIR, DAM
from hypothesis import given
from hypothesis import strategies as st
from processes import DATELINE, command, environment, served_process
from rich.cells import cell_len
from schemas import assert_fits
from test_rest import assert_problem
from test_uploads import ended, files

from ingest.pipeline import SAMPLE, ingest
from ingest.settings import Settings
from ingest.storage.archive import Archive
from service.contract.replies import Comparison
from service.terminal_table import side_by_side

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


def ids(settings: Settings) -> dict[str, str]:
    """Article ids by source."""
    articles = json.loads(command(settings, "articles", "list", "--json").stdout)["articles"]
    return {article["source"]: article["article_id"] for article in articles}


@pytest.fixture
def http(served: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served, timeout=60) as client:
        yield client


def by_source(http: httpx2.Client) -> dict[str, dict[str, Any]]:
    listed = http.get("/v1/articles").json()["articles"]
    return {a["source"]: http.get(f"/v1/articles/{a['article_id']}").json() for a in listed}


def test_an_altered_copy_is_compared_sentence_by_sentence(http: httpx2.Client) -> None:
    articles = by_source(http)
    altered, sound = articles["relay.txt"], articles["bridge.txt"]
    body = http.get(f"/v1/articles/{altered['article_id']}/alterations").json()
    assert_fits(Comparison, body)
    assert body["canonical"]["article_id"] == sound["article_id"]
    first = body["pairs"][0]
    assert first["kinds"] == ["number"]
    for side, article, words in (("canonical", sound, "38"), ("here", altered, "83")):
        at = first[side]
        assert article["text"][at["start"] : at["end"]] == at["text"]
        assert at["text"].startswith("It cost") and at["text"].endswith("ribbon.")
        assert words in "".join(article["text"][a:b] for a, b in at["marked"])


def test_every_alteration_lies_in_a_pair_the_most_serious_first(settings: Settings) -> None:
    from running import running

    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        ingest(service.archive, [SAMPLE])
        articles = http.get("/v1/articles").json()["articles"]
        altered = [a["article_id"] for a in articles if a["family"]["role"] == "altered"]
        assert altered
        for article_id in altered:
            alterations = http.get(f"/v1/articles/{article_id}").json()["alterations"]
            pairs = http.get(f"/v1/articles/{article_id}/alterations").json()["pairs"]
            assert pairs[0]["kinds"][0] == alterations[0]["kind"]
            for item in alterations:
                here, there = item["here"], item["canonical"]
                assert any(
                    item["kind"] in pair["kinds"]
                    and [here["start"], here["end"]] in pair["here"]["marked"]
                    and [there["start"], there["end"]] in pair["canonical"]["marked"]
                    for pair in pairs
                ), item
            places = [(pair["here"]["start"], pair["canonical"]["start"]) for pair in pairs]
            assert len(set(places)) == len(places) < len(alterations)


def test_other_articles_have_nothing_to_compare(http: httpx2.Client) -> None:
    dam = by_source(http)["dam.txt"]["article_id"]
    assert http.get(f"/v1/articles/{dam}/alterations").json()["pairs"] == []
    assert_problem(http.get("/v1/articles/0123456789abcdef/alterations"), 404)


def test_an_article_tells_its_language_and_every_date_it_states(http: httpx2.Client) -> None:
    dam = by_source(http)["dam.txt"]
    assert dam["language"] == "en" and dam["updated_on"] is None
    assert {"kind": "published", "day": "2025-06-02", "precision": "day", "where": "text"} in dam[
        "stated_dates"
    ]


def test_show_puts_what_differs_side_by_side_in_plain_characters(
    settings: Settings, copies: Path
) -> None:
    known = ids(settings)
    done = command(settings, "articles", "show", known["relay.txt"])
    assert done.returncode == 0 and done.stderr == ""
    shown = done.stdout
    assert f"1 change against the canonical copy, {known['bridge.txt']}" in shown
    row = next(line for line in shown.splitlines() if "[-38 million-]" in line)
    assert "{+83 million+}" in row and " | " in row and "\x1b" not in shown
    assert (
        "canonical copy: Harbour Gazette, 2025-03-12" in shown
        and "this copy: The Morning Relay" in shown
    )
    table = shown[shown.index("1 change") : shown.index(ALTERED_BRIDGE.split("\n")[0], 300)]
    assert "Many residents" not in table and "cycle path" not in table  # only sentences that differ
    assert "Many residents" in shown  # the text follows
    plain = command(settings, "articles", "show", known["bridge.txt"]).stdout
    assert "canonical copy:" not in plain and "38 million" in plain


def test_show_as_json_is_what_the_api_says(settings: Settings, copies: Path) -> None:
    body = json.loads(
        command(settings, "articles", "show", ids(settings)["relay.txt"], "--json").stdout
    )
    assert body["alterations"][0]["kind"] == "number" and "pairs" not in body


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


@pytest.mark.slow
def test_removing_an_article_of_a_folder_says_that_the_folder_brings_it_back(
    settings: Settings, copies: Path
) -> None:
    dam = ids(settings)["dam.txt"]
    done = command(settings, "articles", "remove", dam)
    assert done.returncode == 0 and done.stdout == f"removed {dam}\n"
    assert str(copies / "dam.txt") in done.stderr and f"ingest of {copies} will add" in done.stderr
    assert command(settings, "articles", "remove", dam).returncode == 1
    (copies / "choir.txt").unlink()
    choir = ids(settings)["choir.txt"]
    gone = command(settings, "articles", "remove", choir, "--json")
    assert json.loads(gone.stdout) == {"removed": choir} and gone.stderr == ""


def test_removing_an_uploaded_article_through_the_running_service_takes_its_file(
    settings: Settings,
) -> None:
    with served_process(settings) as (url, _), httpx2.Client(base_url=url, timeout=60) as http:
        assert ended(http, http.post("/v1/articles", files=files(dam_txt=DAM)))["status"] == "done"
        (dam,) = ids(settings).values()
        assert (settings.data_dir / "uploads" / "dam.txt").exists()
        done = command(settings, "articles", "remove", dam)
        assert done.returncode == 0 and done.stderr == ""
        assert not (settings.data_dir / "uploads" / "dam.txt").exists()
        assert http.get("/v1/articles").json()["articles"] == []
