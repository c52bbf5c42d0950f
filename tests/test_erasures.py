"""An erased article is gone from everything that is kept, and no ingest or restore brings it back."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2
import pytest
from processes import command, fill, served_process

from ingest.settings import Settings

WORD = "zeppelinhafen"
FERRY = f"The {WORD} opens\n\n2 May 2025\n\nThe {WORD} opened on Friday. It has nine berths.\n"


def erased_id(settings: Settings, url: str) -> str:
    found = httpx2.get(f"{url}/v1/search", params={"q": WORD}, timeout=60).json()["passages"]
    return str(found[0]["article_id"])


def holding(settings: Settings) -> set[str]:
    """Files of the data directory, but its search words, in which the word stands."""
    return {
        path.name
        for path in settings.data_dir.rglob("*")
        if path.is_file() and WORD.encode() in path.read_bytes()
    }


@pytest.mark.slow
def test_an_erased_article_is_nowhere_and_stays_out(
    settings: Settings, newsroom: Path, tmp_path: Path
) -> None:
    (newsroom / "harbour.txt").write_text(FERRY, "utf-8")
    fill(settings, newsroom)
    backup, records = tmp_path / "before.zip", tmp_path / "erased.json"
    with served_process(settings) as (url, _):
        assert command(settings, "backup", str(backup)).returncode == 0
        asked = {"question": f"How many berths has the {WORD}?"}
        answer = httpx2.post(f"{url}/v1/answers", json=asked, timeout=60).json()
        assert "nine berths" in answer["text"]
        article_id = erased_id(settings, url)
        done = command(settings, "articles", "erase", article_id)
        assert done.returncode == 0 and "Backups" in done.stderr
        assert httpx2.get(f"{url}/v1/articles/{article_id}").status_code == 404
        receipt = httpx2.get(f"{url}/v1/answers/{answer['id']}").json()
        assert "berths" not in json.dumps(receipt["claims"])
        again = command(settings, "ingest", str(newsroom), "--json")
        told = json.loads(again.stdout)
        assert (told["added"], told["articles"]) == (0, 3)
        assert "erased earlier and left out: 1 of the articles" in told["notes"]
        renamed = newsroom / "renamed.txt"  # the same text under another name
        (newsroom / "harbour.txt").rename(renamed)
        assert json.loads(command(settings, "ingest", str(newsroom), "--json").stdout)["added"] == 0
        records.write_text(command(settings, "articles", "erased").stdout, "utf-8")
        missing = command(settings, "articles", "erase", article_id)
        assert missing.returncode == 1 and "no article" in missing.stderr
    (known,) = json.loads(records.read_text("utf-8"))["erased"]
    assert known["article_id"] == article_id and WORD not in records.read_text("utf-8")
    left = holding(settings)
    assert left <= {"receipts.sqlite", "receipts.sqlite-wal"}, left  # the question that was asked

    other = settings.model_copy(update={"data_dir": tmp_path / "other"})
    restored = command(other, "restore", str(backup), "--erased", str(records))
    assert restored.returncode == 0, restored.stderr
    shown = json.loads(command(other, "articles", "list", "--json").stdout)["articles"]
    assert len(shown) == 3 and article_id not in {one["article_id"] for one in shown}


def test_a_list_of_erasures_that_is_none_is_refused_before_anything_is_restored(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "list").write_text("[]", "utf-8")
    refused = command(
        settings, "restore", str(tmp_path / "x.zip"), "--erased", str(tmp_path / "list")
    )
    assert refused.returncode == 2 and "articles erased" in refused.stderr
    assert not settings.data_dir.exists()
