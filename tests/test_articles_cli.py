"""`dateline articles` in a terminal, and the comparison of altered copies behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from conftest import ALTERED_BRIDGE, BRIDGE, CHOIR, DAM
from processes import command, served_process
from test_uploads import ended, files

from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.archive import Archive


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


@pytest.mark.slow
def test_show_as_json_is_what_the_api_says(settings: Settings, copies: Path) -> None:
    body = json.loads(
        command(settings, "articles", "show", ids(settings)["relay.txt"], "--json").stdout
    )
    assert body["alterations"][0]["kind"] == "number" and "pairs" not in body


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
