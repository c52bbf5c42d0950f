"""A desk's own day, outlet, byline and family of an article: shown beside the file's, and kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest
from conftest import ALTERED_BRIDGE, BRIDGE, DAM, update
from running import running
from schemas import assert_fits
from test_feedback import key
from test_rest import assert_problem
from typer.testing import CliRunner

from ingest.pipeline import erase, ingest, override, rollback
from ingest.settings import Settings
from ingest.storage import backup, doctor
from ingest.storage.archive import Archive, rebuild
from ingest.storage.catalogue import StoredArticle
from ingest.storage.catalogue_tables import CATALOGUE
from service.commands.articles_cli import app
from service.contract.response_bodies import Article

DESK = {"published_on": "2025-03-10", "publisher": "Senn Courier", "author": "Ada Vane"}


def stored(archive: Archive, source: str) -> StoredArticle:
    with archive.catalogue.live() as snapshot:
        return next(one for one in snapshot.everything() if one.article.source == source)


def said(archive: Archive, source: str) -> tuple[date | None, str | None, str | None]:
    found = stored(archive, source).article
    return found.published_on, found.publisher, found.author


WORDS = (date(2025, 3, 10), "Senn Courier", "Ada Vane")


@pytest.fixture
def edited(filled: Archive) -> Archive:
    """An archive whose article on the bridge a desk has corrected."""
    override(filled, stored(filled, "bridge.txt").article.article_id, DESK, "key_1")
    assert said(filled, "bridge.txt") == WORDS
    return filled


def test_an_ingest_keeps_the_desks_words_and_says_where_the_file_disagrees(
    edited: Archive, newsroom: Path
) -> None:
    told = "bridge.txt: its day is 2025-03-10 by the desk's word, 2025-03-12 by the file's"
    again = ingest(edited, [newsroom])
    assert (again.unchanged, again.updated) == (3, 0) and told in again.notes

    (newsroom / "bridge.txt").write_text(BRIDGE.replace("9,000", "9,500"), "utf-8")
    changed = ingest(edited, [newsroom])
    assert changed.updated == 1 and told in changed.notes
    assert said(edited, "bridge.txt") == WORDS
    assert "9,500" in stored(edited, "bridge.txt").article.text

    (newsroom / "bridge.txt").write_text(BRIDGE.replace("12 March", "10 March"), "utf-8")
    assert not [note for note in ingest(edited, [newsroom]).notes if "its day" in note]


def test_a_word_that_is_taken_back_leaves_what_the_file_says_now(
    edited: Archive, newsroom: Path
) -> None:
    (newsroom / "bridge.txt").write_text(BRIDGE.replace("12 March", "13 March"), "utf-8")
    ingest(edited, [newsroom])
    article_id = stored(edited, "bridge.txt").article.article_id
    override(edited, article_id, dict.fromkeys(DESK), "key_1")
    assert said(edited, "bridge.txt") == (date(2025, 3, 13), "Harbour Gazette", "Ines Marlow")
    assert stored(edited, "bridge.txt").article.date_source == "text"
    number = edited.catalogue.generation
    override(edited, article_id, {"author": None}, "key_1")
    assert edited.catalogue.generation == number


def test_a_rollback_keeps_the_desks_words(edited: Archive, newsroom: Path) -> None:
    update(newsroom)
    (newsroom / "bridge.txt").write_text(BRIDGE.replace("9,000", "9,500"), "utf-8")
    ingest(edited, [newsroom])
    rollback(edited)
    assert "9,000" in stored(edited, "bridge.txt").article.text
    assert said(edited, "bridge.txt") == WORDS
    assert edited.text_index.find("courier", 3)
    assert doctor.examine(edited) == ()


def test_a_backup_holds_the_desks_words(
    edited: Archive, settings: Settings, newsroom: Path, tmp_path: Path
) -> None:
    edited.close()
    backup.write(tmp_path / "backup.zip", settings, [CATALOGUE])
    there = settings.model_copy(update={"data_dir": tmp_path / "there"})
    backup.restore(tmp_path / "backup.zip", there, [CATALOGUE])
    rebuild(there)
    with Archive(there) as restored:
        assert said(restored, "bridge.txt") == WORDS
        assert ingest(restored, [newsroom]).unchanged == 3
        erase(restored, stored(restored, "bridge.txt").article.article_id)
        with restored.catalogue.live() as snapshot:
            assert snapshot.overrides() == {}


def families(archive: Archive) -> set[frozenset[str]]:
    with archive.catalogue.live() as snapshot:
        sources = {one.article.article_id: one.article.source for one in snapshot.everything()}
        return {
            frozenset(sources[m.article_id] for m in one.members) for one in snapshot.families()
        }


def test_the_family_that_a_desk_names_outlasts_ingests_and_a_rollback(
    filled: Archive, newsroom: Path
) -> None:
    (newsroom / "relay.txt").write_text(ALTERED_BRIDGE, "utf-8")
    ingest(filled, [newsroom])
    relay, dam = (stored(filled, name).article.article_id for name in ("relay.txt", "dam.txt"))
    override(filled, relay, {"family": dam}, "key_1")
    placed = {
        frozenset({"relay.txt", "dam.txt"}), frozenset({"bridge.txt"}), frozenset({"choir.txt"})
    }  # fmt: skip
    assert families(filled) == placed
    copy = BRIDGE.replace("Harbour Gazette", "Tarn Mail")
    (newsroom / "mail.txt").write_text(copy, "utf-8")
    ingest(filled, [newsroom])
    bridges = frozenset({"bridge.txt", "mail.txt"})
    assert families(filled) == placed - {frozenset({"bridge.txt"})} | {bridges}
    rollback(filled)
    assert families(filled) == placed

    override(filled, relay, {"family": relay}, "key_1")
    assert frozenset({"relay.txt"}) in families(filled)
    override(filled, relay, {"family": None}, "key_1")
    assert frozenset({"relay.txt", "bridge.txt"}) in families(filled)
    assert doctor.examine(filled) == ()


READER, WRITER = key("read"), key("write")


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, model_cache: Path
) -> Iterator[tuple[httpx2.Client, str]]:
    """A client of a service with keys, and the id of its article on the bridge."""
    folder = tmp_path_factory.mktemp("overrides")
    for name, text in {"bridge.txt": BRIDGE, "relay.txt": ALTERED_BRIDGE, "dam.txt": DAM}.items():
        (folder / name).write_text(text, "utf-8")
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None, data_dir=folder / "data", model_cache=model_cache,
        api_keys="read", admin_keys="write",
    )  # fmt: skip
    with running(settings) as (url, service):
        ingest(service.archive, [folder / f"{name}.txt" for name in ("bridge", "relay", "dam")])
        with httpx2.Client(base_url=url, timeout=60, headers=WRITER) as client:
            yield client, stored(service.archive, "bridge.txt").article.article_id


def patched(client: httpx2.Client, article_id: str, body: dict[str, Any]) -> httpx2.Response:
    return client.patch(f"/v1/articles/{article_id}", json=body)


def test_a_patch_is_shown_beside_what_the_file_states_and_cited(
    desk: tuple[httpx2.Client, str],
) -> None:
    client, article_id = desk
    reply = patched(client, article_id, DESK)
    assert reply.status_code == 200
    article = reply.json()
    assert_fits(Article, article)
    assert {name: article[name] for name in DESK} == DESK and article["date_source"] == "desk"
    stated = {one["field"]: one["stated"] for one in article["overrides"]}
    own = {"author": "Ines Marlow", "published_on": "2025-03-12", "publisher": "Harbour Gazette"}
    assert stated == own and {one["set_by"][:4] for one in article["overrides"]} == {"key_"}
    listed = client.get("/v1/articles", params={"publisher": "senn courier"}).json()
    assert [one["article_id"] for one in listed["articles"]] == [article_id]
    asked = {"question": "What did the Orvel bridge cost?", "as_of": "2025-03-11"}
    answer = client.post("/v1/answers", json=asked).json()
    assert answer["citations"][0]["publisher"] == "Senn Courier"
    assert answer["citations"][0]["published_on"] == "2025-03-10"
    patched(client, article_id, dict.fromkeys(DESK))
    assert client.get(f"/v1/articles/{article_id}").json()["overrides"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"published_on": "13.3.2025"},
        {"published_on": "2025-13-01"},
        {"published_on": "9999-12-31"},
        {"published_on": "0001-01-01"},
        {"publisher": ""},
        {"title": "another"},
        {"family": "fam_of_nobody"},
    ],
)
def test_a_bad_patch_is_refused_and_changes_nothing(
    desk: tuple[httpx2.Client, str], body: dict[str, Any]
) -> None:
    client, article_id = desk
    before = client.get(f"/v1/articles/{article_id}").json()
    assert_problem(patched(client, article_id, body), 422, "invalid_request")
    assert client.get(f"/v1/articles/{article_id}").json() == before
    assert_problem(patched(client, "0" * 16, {"author": "Ada Vane"}), 404, "not_found")
    reader = client.patch(f"/v1/articles/{article_id}", json=DESK, headers=READER)
    assert_problem(reader, 403, "admin_key_required")


def test_the_page_has_a_form_for_those_who_may_write_and_works_without_javascript(
    desk: tuple[httpx2.Client, str],
) -> None:
    client, article_id = desk
    path = f"/articles/{article_id}"
    assert 'name="publisher"' not in client.get(path, headers=READER).text
    assert 'name="publisher"' in client.get(path).text
    form = {**dict.fromkeys(("author", "family"), ""), "published_on": "2025-03-10", "publisher": "Senn Courier"}  # fmt: skip
    saved = client.post(path, data=form, follow_redirects=True)
    assert saved.status_code == 200 and str(saved.url).endswith(path)
    assert "outlet Senn Courier (the file says Harbour Gazette)" in " ".join(saved.text.split())
    assert client.post(path, data=form, headers=READER).status_code == 403
    wrong = client.post(path, data=form | {"family": "nobody"})
    assert wrong.status_code == 422 and "id of a family" in wrong.text and 'value="nobody"' in wrong.text  # fmt: skip
    cleared = client.post(path, data=dict.fromkeys(form, ""), follow_redirects=True)
    assert "Set by the desk" not in cleared.text


def test_a_command_sets_and_clears_words(
    filled: Archive, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    article_id = stored(filled, "bridge.txt").article.article_id
    filled.close()
    for name, value in {"DATA_DIR": settings.data_dir, "MODEL_CACHE": settings.model_dir}.items():
        monkeypatch.setenv(f"DATELINE_{name}", str(value))
    told = CliRunner().invoke(app, ["set", article_id, "--date", "2025-03-10", "--family", "own"])
    assert told.exit_code == 0, told.output
    assert "set by the desk: family, published_on (the file: 2025-03-12)" in told.output
    back = CliRunner().invoke(app, ["set", article_id, "--clear", "date", "--clear", "family"])
    assert back.exit_code == 0 and "set by the desk" not in back.output
    assert CliRunner().invoke(app, ["set", article_id]).exit_code == 2
    assert CliRunner().invoke(app, ["set", article_id, "--date", "soon"]).exit_code == 2
