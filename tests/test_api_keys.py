"""Keys that are added while a service runs: their roles, and who changed what."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from conftest import BRIDGE, DAM
from processes import command, served_process
from running import running
from test_feedback import COST, key
from test_rest import assert_problem
from test_uploads import ended, files

from ingest import owner_client
from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.archive import Archive
from service.access.api_keys import PREFIX


class Desk:
    """A served archive of one article, and its commands."""

    def __init__(self, url: str, settings: Settings):
        self.url = url
        self.settings = settings

    def get(self, path: str, shown: str | None = None, **more: Any) -> httpx2.Response:
        headers = key(shown) if shown else {}
        return httpx2.get(self.url + path, headers=headers, timeout=60, **more)

    def post(self, path: str, shown: str, **more: Any) -> httpx2.Response:
        return httpx2.post(self.url + path, headers=key(shown), timeout=60, **more)

    def owner(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """What a command asks the service that owns the directory."""
        return owner_client.request(self.settings.data_dir, method, path, body)

    def added(self, role: str = "ask", name: str = "somebody") -> dict[str, Any]:
        made: dict[str, Any] = self.owner("POST", "/owner/keys", {"name": name, "role": role})
        return made


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    (folder / "bridge.txt").write_text(BRIDGE, "utf-8")
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None, data_dir=folder / "data", model_cache=model_cache
    )
    with Archive(settings) as archive:
        ingest(archive, [folder / "bridge.txt"])
    with served_process(settings, DATELINE_ADMIN_KEYS="from-the-environment") as (url, _):
        yield Desk(url, settings)


def test_a_key_is_added_shown_once_listed_and_revoked_while_the_service_runs(desk: Desk) -> None:
    begun = datetime.now(UTC)
    made = command(desk.settings, "keys", "add", "Ann of the desk")
    shown = made.stdout.strip()
    assert shown.startswith(PREFIX) and len(shown) == len(PREFIX) + 43
    assert "shown once" in made.stderr and shown not in made.stderr
    assert desk.get("/v1/articles", shown).status_code == 200
    listed = command(desk.settings, "keys", "list", "--json").stdout
    assert shown not in listed
    (known,) = [one for one in json.loads(listed)["keys"] if one["name"] == "Ann of the desk"]
    assert known["role"] == "ask"
    assert known["last_used_on"] in {day.date().isoformat() for day in (begun, datetime.now(UTC))}
    assert command(desk.settings, "keys", "revoke", known["id"]).returncode == 0
    assert_problem(desk.get("/v1/articles", shown), 401, "invalid_key")
    again = command(desk.settings, "keys", "revoke", known["id"])
    assert again.returncode == 1 and "was revoked" in again.stderr


def test_no_key_stands_in_any_file(desk: Desk) -> None:
    shown = desk.added("write")["key"]
    desk.get("/v1/articles", shown)
    held = [path for path in desk.settings.data_dir.rglob("*") if path.is_file()]
    assert not [path for path in held if shown.encode() in path.read_bytes()]
    assert stat.S_IMODE((desk.settings.data_dir / "keys.sqlite").stat().st_mode) == 0o600


def test_another_key_takes_the_place_of_one_with_its_conversations(desk: Desk) -> None:
    old = desk.added()
    asked = {"question": COST, "conversation_id": "new"}
    one = desk.post("/v1/answers", old["key"], json=asked).json()["conversation_id"]
    with httpx2.Client(base_url=desk.url) as browser:
        browser.post("/sign-in", data={"key": old["key"]})
        assert browser.get("/v1/articles").status_code == 200
        new = desk.owner("POST", f"/owner/keys/{old['id']}/rotate")
        assert_problem(browser.get("/v1/articles"), 401, "missing_key")
    assert new["id"] == old["id"] and new["key"] != old["key"]
    assert_problem(desk.get("/v1/articles", old["key"]), 401, "invalid_key")
    assert desk.get(f"/v1/conversations/{one}", new["key"]).status_code == 200


@pytest.mark.parametrize(
    ("role", "asks", "writes", "manages"),
    [("ask", 200, 403, 403), ("write", 200, 202, 403), ("admin", 200, 202, 200)],
)
def test_a_role_may_do_its_part(
    desk: Desk, role: str, asks: int, writes: int, manages: int
) -> None:
    shown = desk.added(role)["key"]
    assert desk.post("/v1/answers", shown, json={"question": COST}).status_code == asks
    sent = desk.post("/v1/articles", shown, files=files(dam_txt=DAM))
    assert sent.status_code == writes
    assert desk.get("/v1/feedback", shown).status_code == manages
    if writes == 202:
        with httpx2.Client(base_url=desk.url, headers=key(shown)) as http:
            ended(http, sent)


def test_keys_of_the_environment_go_on_and_a_role_that_is_none_is_refused(desk: Desk) -> None:
    assert desk.get("/v1/feedback", "from-the-environment").status_code == 200
    wrong = command(desk.settings, "keys", "add", "Ann", "--role", "owner")
    assert wrong.returncode == 2 and "role" in wrong.stderr


def test_who_changed_what_is_written_down_without_a_word_of_it(desk: Desk) -> None:
    writer, reader = desk.added("write"), desk.added()
    headers = key(writer["key"]) | {"X-Request-ID": "mine"}
    for _ in range(2):  # the id is the client's choice and takes no line's place
        httpx2.delete(f"{desk.url}/v1/articles/0123456789abcdef", headers=headers)
    desk.post("/v1/articles", reader["key"], files=files(dam_txt=DAM))
    desk.post("/v1/answers", writer["key"], json={"question": COST})
    lines = desk.owner("GET", "/owner/changes")["changes"]
    told = [(one["caller"], one["did"], one["status"]) for one in lines[:5]]
    deleted = (writer["id"], "DELETE /v1/articles/0123456789abcdef", 404)
    assert told == [
        (reader["id"], "POST /v1/articles", 403),
        deleted,
        deleted,
        ("command", "POST /owner/keys", 200),
        ("command", "POST /owner/keys", 200),
    ]
    assert lines[1]["request_id"] == "mine"
    shown = command(desk.settings, "keys", "log").stdout
    assert "DELETE /v1/articles/0123456789abcdef" in shown


def test_where_the_last_key_was_revoked_nobody_is_let_in(settings: Settings) -> None:
    made = json.loads(command(settings, "keys", "add", "Ann", "--json").stdout)
    command(settings, "keys", "revoke", made["id"])
    with running(settings) as (url, _):
        assert_problem(httpx2.get(f"{url}/v1/articles"), 401, "missing_key")


def test_a_damaged_file_of_keys_lets_nobody_in(settings: Settings) -> None:
    command(settings, "keys", "add", "Ann")
    (settings.data_dir / "keys.sqlite").write_bytes(b"no database" * 1000)
    refused = command(settings, "serve", "--port", "0")
    assert refused.returncode == 1 and "keys.sqlite" in refused.stderr
    assert "delete this file" in refused.stderr and "DATELINE_DATA_DIR" not in refused.stderr
    assert "Traceback" not in refused.stderr
