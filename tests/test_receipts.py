"""What is kept of answers, for whom, and how long."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import stat
from pathlib import Path
from typing import Any

import httpx2
import pytest
from running import running
from schemas import assert_fits
from sqlalchemy import select

from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.database import open_database
from service.contract.response_bodies import Receipt
from service.record_tables import RECORDS, shown

COST = "How much did the Orvel bridge cost?"


def asked(http: httpx2.Client, question: str = COST) -> dict[str, Any]:
    answer: dict[str, Any] = http.post("/v1/answers", json={"question": question}).json()
    return answer


def held(settings: Settings) -> bytes:
    return b"".join(path.read_bytes() for path in settings.data_dir.glob("receipts.sqlite*"))


def test_a_removed_article_takes_its_words_out_of_every_receipt(
    settings: Settings, newsroom: Path
) -> None:
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        ingest(service.archive, [newsroom])
        answer, other = asked(http), asked(http, "Who leads the regulator that closed the dam?")
        assert "38 million" in answer["text"] and b"38 million" in held(settings)
        cited = answer["citations"][0]["article_id"]
        assert cited not in {citation["article_id"] for citation in other["citations"]}

        assert http.delete(f"/v1/articles/{cited}").status_code == 204

        receipt = http.get(f"/v1/answers/{answer['id']}").json()
        assert_fits(Receipt, receipt)
        assert receipt["outcome"] == "answered" and receipt["question"] == COST
        assert [c["article_id"] for c in receipt["citations"]] == [
            c["article_id"] for c in answer["citations"]
        ]
        assert {c["quote"] for c in receipt["citations"] if c["article_id"] == cited} == {""}
        for claim in receipt["claims"]:
            assert receipt["text"][claim["start"] : claim["end"]] == claim["text"]
        for word in (b"38 million", b"Harbour Gazette opens", b"Orvel bridge opens"):
            assert word not in held(settings)
        kept = http.get(f"/v1/answers/{other['id']}").json()
        assert other.items() <= kept.items()


def test_a_refusal_forgets_what_was_nearest_with_its_article(
    settings: Settings, newsroom: Path
) -> None:
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        ingest(service.archive, [newsroom])
        answer = asked(http, "Who won the chess tournament in Reykjavik?")
        assert answer["outcome"] == "declined" and answer["nearest"]
        for hit in answer["nearest"]:
            http.delete(f"/v1/articles/{hit['article_id']}")
        receipt = http.get(f"/v1/answers/{answer['id']}").json()
        assert receipt["nearest"] == [] and receipt["text"] == answer["text"]


def test_articles_pruned_while_no_service_ran_are_forgotten_at_the_next_start(
    settings: Settings, newsroom: Path
) -> None:
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        ingest(service.archive, [newsroom])
        asked(http)
        (newsroom / "bridge.txt").unlink()
        ingest(service.archive, [newsroom], prune=True)
        assert b"38 million" in held(settings)
    with running(settings):
        assert b"38 million" not in held(settings)


def test_nobody_else_on_the_machine_reads_receipts(settings: Settings, tmp_path: Path) -> None:
    loose = settings.data_dir / "receipts.sqlite"
    loose.parent.mkdir()
    loose.touch(0o644)
    with running(settings) as (url, _), httpx2.Client(base_url=url, timeout=60) as http:
        asked(http)
        modes = {
            path.name: stat.S_IMODE(path.stat().st_mode)
            for path in settings.data_dir.glob("receipts.sqlite*")
        }
        assert set(modes.values()) == {0o600} and "receipts.sqlite-wal" in modes


@pytest.mark.parametrize("damage", ["header", "page", "text"])
def test_a_damaged_file_is_set_aside_with_a_warning_and_the_service_goes_on(
    settings: Settings, newsroom: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = settings.data_dir / "receipts.sqlite"
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        ingest(service.archive, [newsroom])
        asked(http)
    whole = path.read_bytes()
    page = whole[:4096] + b"\xff" * 4096 + whole[8192:]
    damaged = {"header": b"\xff" * len(whole), "page": page, "text": b"not a database " * 400}
    path.write_bytes(damaged[damage])

    with (
        caplog.at_level(logging.WARNING),
        running(settings) as (url, _),
        httpx2.Client(base_url=url, timeout=60) as http,
    ):
        answer = asked(http)
        assert http.get(f"/v1/answers/{answer['id']}").json()["text"] == answer["text"]
    aside = [p for p in settings.data_dir.iterdir() if ".damaged-" in p.name]
    assert [p.read_bytes() for p in aside] == [damaged[damage]]
    assert "set aside" in caplog.text


def test_receipts_of_a_version_without_a_list_of_articles_are_forgotten_too(
    settings: Settings, newsroom: Path
) -> None:
    path = settings.data_dir / "receipts.sqlite"
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        ingest(service.archive, [newsroom])
        asked(http)
    with contextlib.closing(sqlite3.connect(path)) as file, file:
        for (table,) in file.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall():
            if table != "receipts":
                file.execute(f"DROP TABLE {table}")
        file.execute("ALTER TABLE receipts DROP COLUMN asked_by")
    with contextlib.closing(open_database(settings, RECORDS)) as records:
        assert records.rows(select(shown))
