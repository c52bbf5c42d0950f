"""Saved questions: told when the answer says something else, silent when it only says it otherwise."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from conftest import DAM
from running import running
from saved_questions import SILENT, STORIES, TOLD, Story
from schemas import assert_fits
from test_feedback import key
from test_rest import assert_problem
from test_stale_answers import REPAIR, Newsroom
from test_webhooks import receiving

from ingest import pipeline
from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage import backup
from ingest.web.http_client import Client
from service.contract.request_bodies import AnswerRequest
from service.contract.response_bodies import SavedQuestionRead
from service.given_answers.webhooks import StoredEvent
from service.record_tables import RECORDS
from service.wiring import Service, open_service


def write(folder: Path, story: Story, text: str, suffix: str = "") -> None:
    name = story.name.replace(" ", "-") + suffix
    (folder / f"{name}.txt").write_text(text, "utf-8")


@pytest.fixture(scope="module")
def told(
    tmp_path_factory: pytest.TempPathFactory, model_cache: Path
) -> Iterator[tuple[Service, dict[str, StoredEvent]]]:
    """What was told of each story, once all forty had become what they became."""
    folder = tmp_path_factory.mktemp("saved") / "articles"
    folder.mkdir()
    settings = Settings(_env_file=None, data_dir=folder.parent / "data", model_cache=model_cache)  # type: ignore[call-arg]
    for story in STORIES:
        write(folder, story, story.before)

    async def all_saved(service: Service) -> dict[str, str]:
        return {
            (
                await service.saved_questions.save(
                    AnswerRequest(question=story.question), None, None, ""
                )
            ).question_id: story.name
            for story in STORIES
        }

    with open_service(settings) as service:
        ingest(service.archive, [folder])
        names = asyncio.run(all_saved(service))
        for story in STORIES:
            write(folder, story, story.after, "-2" if story.beside else "")
        ingest(service.archive, [folder])
        asyncio.run(service.saved_questions.ask_again())
        yield service, {names[one.subject]: one for one in service.events.after(0, None, 1000)}


def test_there_are_forty_stories() -> None:
    assert (len(TOLD), len(SILENT)) == (20, 20) and len({s.name for s in STORIES}) == 40


@pytest.mark.slow
@pytest.mark.parametrize("story", TOLD, ids=lambda story: story.name)
def test_news_is_told(story: Story, told: tuple[Service, dict[str, StoredEvent]]) -> None:
    assert story.name in told[1]


@pytest.mark.slow
@pytest.mark.parametrize("story", SILENT, ids=lambda story: story.name)
def test_rewording_is_silent(story: Story, told: tuple[Service, dict[str, StoredEvent]]) -> None:
    service, found = told
    if story.name in found:
        detail = found[story.name].detail
        texts = [(service.receipts.get(detail[n]) or {})["text"] for n in ("before", "after")]
        pytest.fail(f"{detail['changed']}: {texts}")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Newsroom]:
    """A service with keys over one article, asked as ann."""
    folder = tmp_path_factory.mktemp("desk") / "articles"
    folder.mkdir()
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None,
        data_dir=folder.parent / "data",
        model_cache=model_cache,
        api_keys="ann,ben",
        fetch_allow="127.0.0.1",
    )
    with (
        running(settings) as (url, service),
        httpx2.Client(base_url=url, timeout=60, headers=key("ann")) as http,
    ):
        yield Newsroom(http, service, folder)


def save(desk: Newsroom, **more: Any) -> dict[str, Any]:
    reply = desk.http.post("/v1/saved-questions", json={"question": REPAIR, **more})
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


def test_a_changed_answer_is_told_once_with_both_answers_side_by_side(desk: Newsroom) -> None:
    desk.write(dam=DAM)
    with receiving() as (address, receiver):
        saved = save(desk, webhook=address)
        path = f"/v1/saved-questions/{saved['saved_question_id']}"
        again = desk.service.saved_questions.ask_again
        desk.write(dam=DAM.replace("said the repair", "said that the repair"))
        asyncio.run(again())  # only another wording
        desk.write(ferry="Ferry to Tarn\n\nThe ferry to Tarn takes forty cars and ten buses.")
        asyncio.run(again())  # about something else
        assert desk.http.get(path).json()["changes"] == []
        desk.write(dam=DAM.replace("eleven months", "fifteen months"))
        asyncio.run(again())
        asyncio.run(again())
        with Client(desk.service.settings) as client:
            desk.service.events.send(client.post)
        [(headers, body)] = receiver.heard
    read = desk.http.get(path).json()
    assert_fits(SavedQuestionRead, read)
    [change] = read["changes"]
    assert change["changed"] == ["number"] and change["event_id"] == headers["webhook-id"]
    assert "eleven months" in change["before"]["text"] and "fifteen" in change["after"]["text"]
    told = json.loads(body)
    assert told["type"] == "saved_question.changed" and told["data"]["changed"] == ["number"]
    assert "fifteen" in told["data"]["after"]["text"] and saved["webhook_secret"]
    assert read["answer_id"] == change["after"]["id"] != saved["answer_id"]
    page = desk.http.get(f"/saved-questions/{saved['saved_question_id']}").text
    assert "eleven months" in page and "fifteen months" in page
    assert page.index("Before") < page.index("Now")


def test_nobody_else_sees_or_deletes_a_saved_question(desk: Newsroom) -> None:
    desk.write(dam=DAM)
    saved = save(desk)
    path = f"/v1/saved-questions/{saved['saved_question_id']}"
    ben = key("ben")
    for method in ("GET", "DELETE"):
        assert_problem(desk.http.request(method, path, headers=ben), 404, "not_found")
    assert desk.http.get("/v1/saved-questions", headers=ben).json() == {"saved_questions": []}
    listed = desk.http.get("/v1/saved-questions").json()["saved_questions"]
    assert saved in listed and saved["webhook_secret"] is None
    assert desk.http.delete(path).status_code == 204
    assert_problem(desk.http.get(path), 404, "not_found")


@pytest.mark.parametrize(
    "bad",
    [
        {"webhook": "ftp://desk.example.org/"},
        {"webhook": "https://ann:secret@desk.example.org/"},
        {"webhook": "http://169.254.169.254/latest"},
        {"slack_channel": "#news"},
        {"question": " "},
        {"history": []},
    ],
)
def test_what_cannot_be_saved_is_refused(desk: Newsroom, bad: dict[str, Any]) -> None:
    reply = desk.http.post("/v1/saved-questions", json={"question": REPAIR, **bad})
    assert_problem(reply, 422, "invalid_request")
    assert "secret" not in reply.text


def test_time_takes_events_but_not_the_answer_of_a_saved_question(desk: Newsroom) -> None:
    desk.write(dam=DAM)
    saved = save(desk)
    desk.write(dam=DAM.replace("eleven months", "twelve months"))
    assert desk.http.get("/v1/events").json()["events"] != []
    desk.service.receipts.expire(datetime.now(UTC) + timedelta(days=91))
    assert desk.http.get("/v1/events").json()["events"] == []  # though no answer is forgotten
    other = desk.asked(REPAIR)
    desk.service.receipts.expire(datetime.now(UTC) + timedelta(days=91))
    assert desk.http.get(f"/v1/answers/{saved['answer_id']}").status_code == 200
    assert_problem(desk.http.get(f"/v1/answers/{other['id']}"), 404, "not_found")


def test_erased_words_leave_what_is_kept_of_saved_questions_and_a_restore_has_the_rest(
    desk: Newsroom, tmp_path: Path
) -> None:
    desk.write(dam=DAM)
    saved = save(desk)
    desk.write(dam=DAM.replace("eleven months", "twenty months"))
    asyncio.run(desk.service.saved_questions.ask_again())
    article = desk.http.get("/v1/articles?q=Orvel").json()["articles"][0]["article_id"]
    assert pipeline.erase(desk.service.archive, article)
    desk.service.stale_answers.catch_up()
    read = desk.http.get(f"/v1/saved-questions/{saved['saved_question_id']}")
    assert read.json()["changes"][0]["changed"] == ["number"]
    held = b"".join(p.read_bytes() for p in desk.service.settings.data_dir.glob("receipts.sqlite*"))
    for words in (b"eleven months", b"twenty months"):
        assert words not in read.content and words not in held
    target = tmp_path / "saved.zip"
    kept = backup.write(target, desk.service.settings, (RECORDS,))
    assert kept["saved_questions"] and kept["events"] and kept["stale"]
    elsewhere = desk.service.settings.model_copy(update={"data_dir": tmp_path / "restored"})
    assert backup.restore(target, elsewhere, (RECORDS,)) == kept
