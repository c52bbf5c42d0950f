"""Work that other commands hand to the owner."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import httpx2
import pytest
from processes import served_process
from test_server import ENDING_SECONDS

from ingest import owner_client
from ingest.errors import DatelineError
from ingest.settings import Settings


def test_the_private_socket_asks_for_no_key(settings: Settings) -> None:
    with served_process(settings, DATELINE_API_KEYS="secret") as (url, process):
        assert httpx2.get(f"{url}/v1/articles").status_code == 401
        assert owner_client.request(settings.data_dir, "GET", "/v1/articles")["articles"] == []
        with pytest.raises(DatelineError, match="absolute"):
            owner_client.request(settings.data_dir, "POST", "/owner/ingest", {"paths": ["here"]})
        with pytest.raises(DatelineError, match="no article"):
            owner_client.request(settings.data_dir, "DELETE", "/v1/articles/0123456789abcdef")
        process.send_signal(signal.SIGINT)
        assert process.wait(ENDING_SECONDS) == 0


def test_an_ingest_whose_command_goes_away_is_stopped_and_nothing_is_published(
    settings: Settings, tmp_path: Path
) -> None:
    many = tmp_path / "many.jsonl"
    words = [
        f"The council of place {n} met on day {n} and voted for plan number {n * 7}."
        for n in range(3_000)
    ]
    many.write_text(
        "\n".join(
            json.dumps({"id": str(n), "title": f"Council {n}", "text": w})
            for n, w in enumerate(words)
        )
    )
    with served_process(settings) as (url, _):
        lines = owner_client.stream(
            settings.data_dir, "POST", "/owner/ingest", {"paths": [str(many)]}
        )
        assert next(lines)["stage"] in ("read", "embed")
        lines.close()  # type: ignore[attr-defined]
        time.sleep(1.5)
        assert httpx2.get(f"{url}/v1/articles").json()["articles"] == []
        one = tmp_path / "one.txt"
        one.write_text("Mayor opens library\n\nThe library of Tarn opened on 3 May 2025.")
        assert (
            owner_client.request(settings.data_dir, "POST", "/owner/ingest", {"paths": [str(one)]})[
                "report"
            ]["added"]
            == 1
        )  # which waited for whatever was still written
        assert len(httpx2.get(f"{url}/v1/articles").json()["articles"]) == 1
