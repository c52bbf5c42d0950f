"""What becomes of an answer when the words that it cites are corrected, altered or gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from conftest import ALTERED_BRIDGE, BRIDGE, CHOIR, DAM
from running import running
from schemas import assert_fits
from test_feedback import key

from ingest.pipeline import ingest, rollback
from ingest.settings import Settings
from service.contract.response_bodies import ReceiptList, answer_of
from service.wiring import Service

COST = "How much did the Orvel bridge cost?"
REPAIR = "How long will the repair of the Orvel dam take?"
CONDUCTOR = "How old is the conductor Piotr Hale?"
ARTICLES = {"bridge.txt": BRIDGE, "dam.txt": DAM, "choir.txt": CHOIR}


class Newsroom:
    """A service over a folder, which `write` changes and takes in again."""

    def __init__(self, http: httpx2.Client, service: Service, folder: Path):
        self.http, self.service, self.folder = http, service, folder

    def write(self, **articles: str | None) -> None:
        for name, text in articles.items():
            path = self.folder / f"{name}.txt"
            path.write_text(text, "utf-8") if text is not None else path.unlink()
        ingest(self.service.archive, [self.folder], prune=True)
        self.service.stale_answers.catch_up()  # as whatever publishes does

    def asked(self, question: str, **more: Any) -> dict[str, Any]:
        reply = self.http.post("/v1/answers", json={"question": question, **more})
        answer: dict[str, Any] = reply.json()
        assert answer["outcome"] == "answered", answer
        return answer

    def stale(self, answer: dict[str, Any]) -> Any:
        return self.http.get(f"/v1/answers/{answer['id']}").json()["stale"]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Newsroom]:
    folder = tmp_path_factory.mktemp("stale") / "articles"
    folder.mkdir()
    settings = Settings(_env_file=None, data_dir=folder.parent / "data", model_cache=model_cache)  # type: ignore[call-arg]
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        yield Newsroom(http, service, folder)


@pytest.fixture
def room(opened: Newsroom) -> Newsroom:
    """The three articles as they were first published."""
    for path in opened.folder.iterdir():
        path.unlink()
    opened.write(**{name.removesuffix(".txt"): text for name, text in ARTICLES.items()})
    return opened


def test_a_corrected_sentence_makes_stale_what_cited_it_and_shows_the_new_words(
    room: Newsroom,
) -> None:
    answer, other = room.asked(REPAIR), room.asked("How much water does the Orvel reservoir hold?")
    assert room.stale(answer) is None
    room.write(dam=DAM.replace("eleven months", "fourteen months"))
    stale = room.stale(answer)
    assert (stale["because"], stale["citations"]) == ("corrected", [1])
    [now] = stale["now"]
    assert now["number"] == 1 and "fourteen months" in now["quote"]
    text = room.http.get(f"/v1/articles/{now['article_id']}").json()["text"]
    assert text[now["start"] : now["end"]] == now["quote"]
    assert "eleven months" in room.http.get(f"/v1/answers/{answer['id']}").json()["text"]
    assert room.stale(other) is None  # its sentence is the same as before
    rollback(room.service.archive)
    assert room.stale(answer) is None  # what it cites is said again


def test_another_setting_of_the_same_words_is_no_change(room: Newsroom) -> None:
    answer = room.asked("What did Hanna Brandt say of the opening?")
    straight = (
        BRIDGE.replace("“", '"').replace("”", '"').replace("\n\nMany", "\n\nAll in all.\n\nMany")
    )
    room.write(bridge=straight)
    assert room.stale(answer) is None


def test_a_correction_in_an_article_of_its_own_counts_unless_the_answer_stops_before_it(
    room: Newsroom,
) -> None:
    answer, earlier = room.asked(COST), room.asked(COST, as_of="2025-03-12")
    correction = BRIDGE.replace("12 March", "15 March").replace("38 million", "41 million")
    room.write(fixed=f"Correction: {correction}")
    stale = room.stale(answer)
    assert stale["because"] == "corrected" and "41 million" in stale["now"][0]["quote"]
    assert room.stale(earlier) is None


def test_what_is_found_to_be_altered_shows_the_words_of_the_sound_copy(room: Newsroom) -> None:
    room.write(bridge=None, relay=ALTERED_BRIDGE)
    answer = room.asked(COST)
    assert "83 million" in answer["text"]
    room.write(bridge=BRIDGE, post=BRIDGE.replace("Harbour Gazette", "Senn Valley Post"))
    stale = room.stale(answer)
    assert stale["because"] == "altered" and "38 million" in stale["now"][0]["quote"]


def test_a_removed_article_leaves_a_stale_answer_without_new_words(room: Newsroom) -> None:
    answer = room.asked(CONDUCTOR)
    room.write(choir=None)
    stale = room.stale(answer)
    assert (stale["because"], stale["now"]) == ("removed", [])
    assert stale["citations"] == [c["number"] for c in answer["citations"]]
    room.write(choir=CHOIR)
    assert room.stale(answer)["because"] == "removed"  # its words are gone from the receipt


def test_a_later_reason_or_citation_replaces_the_earlier_one_and_begins_anew(
    room: Newsroom,
) -> None:
    both = f"{COST} How long will the repair of the Orvel dam take?"
    answer = room.asked(both)
    room.write(dam=DAM.replace("eleven months", "fourteen months"))
    first = room.stale(answer)
    room.write(bridge=BRIDGE.replace("38 million", "39 million"))
    second = room.stale(answer)
    assert len(first["citations"]) < len(second["citations"]) == len(second["now"])
    room.write(dam=None)
    third = room.stale(answer)
    told = [one["because"] for one in (first, second, third)]
    assert told == ["corrected", "corrected", "removed"]
    assert first["since"] < second["since"] < third["since"]
    assert room.stale(answer) == third


def test_what_its_publisher_took_back_is_called_withdrawn(room: Newsroom) -> None:
    item = {"uri": "urn:x:9", "version": "1", "headline": "Skiff race", "pubstatus": "usable"}
    item["body_text"] = "The skiff race of Tarn was won by Nell Orde in 41 minutes."
    (room.folder / "race.json").write_text(json.dumps(item), "utf-8")
    room.write()
    answer = room.asked("Who won the skiff race of Tarn?")
    item |= {"version": "2", "pubstatus": "canceled"}
    (room.folder / "race.json").write_text(json.dumps(item), "utf-8")
    room.write()
    assert room.stale(answer)["because"] == "withdrawn"


def test_an_answer_that_was_begun_before_a_correction_is_found_after_it(room: Newsroom) -> None:
    """What an answer was made from is older than what the rest was held against."""
    answer = room.asked(REPAIR)
    kept = room.service.answerer.receipts
    assert kept is not None
    room.write(dam=DAM.replace("eleven months", "nine months"))
    assert room.stale(answer)["because"] == "corrected"
    late = room.service.receipts.get(answer["id"])
    assert late is not None
    kept.keep(answer_of(late | {"id": "ans_late"}), datetime.now(UTC), {})
    assert room.stale({"id": "ans_late"})["because"] == "corrected"


def test_stale_answers_are_listed_newest_first_page_by_page(room: Newsroom) -> None:
    answers = [room.asked(REPAIR), room.asked(CONDUCTOR)]
    room.write(dam=DAM.replace("eleven months", "ten months"))
    room.write(choir=CHOIR.replace("is 71", "is 72"))
    first = room.http.get("/v1/answers", params={"stale": "true", "limit": 1}).json()
    assert_fits(ReceiptList, first)
    rest = room.http.get(
        "/v1/answers", params={"stale": "true", "cursor": first["next_cursor"]}
    ).json()
    listed = [body["id"] for body in (*first["answers"], *rest["answers"])]
    assert listed[0] == answers[1]["id"] and listed.index(answers[0]["id"]) > 0
    since = [body["stale"]["since"] for body in (*first["answers"], *rest["answers"])]
    assert since == sorted(since, reverse=True)
    assert "is 72" in first["answers"][0]["stale"]["now"][0]["quote"]
    assert rest["next_cursor"] is None
    assert room.http.get("/v1/answers").status_code == 422


def test_pages_say_that_an_answer_is_out_of_date_and_what_is_said_now(room: Newsroom) -> None:
    answer = room.asked(REPAIR, conversation_id="new")
    link = room.http.post(f"/v1/answers/{answer['id']}/share").json()["url"]
    room.write(dam=DAM.replace("eleven months", "thirteen months"))
    for address in (f"/answers/{answer['id']}", link):
        page = room.http.get(address, headers={"Accept": "text/html"}).text
        assert "This answer is out of date" in page and "thirteen months" in page
    path = f"/v1/conversations/{answer['conversation_id']}"
    [turn] = room.http.get(path).json()["turns"]
    assert turn["stale"]["because"] == "corrected"


def test_a_key_sees_the_stale_answers_that_it_asked_for_and_an_admin_all(
    settings: Settings, newsroom: Path
) -> None:
    keys = {"api_keys": "ann,ben", "admin_keys": "desk"}
    with running(settings.model_copy(update=keys)) as (url, service):
        ingest(service.archive, [newsroom])
        with httpx2.Client(base_url=url, timeout=60) as http:
            room = Newsroom(http, service, newsroom)
            http.headers = key("ann")
            answer = room.asked(REPAIR)
            room.write(dam=DAM.replace("eleven months", "ten months"))
            for name, seen in {"ann": 1, "ben": 0, "desk": 1}.items():
                reply = http.get("/v1/answers?stale=true", headers=key(name)).json()
                assert [body["id"] for body in reply["answers"]] == [answer["id"]] * seen


def test_what_a_bound_key_may_no_longer_see_ends_no_page_of_its_stale_answers(
    settings: Settings, newsroom: Path
) -> None:
    with running(settings.model_copy(update={"writer_keys": "desk"})) as (url, service):
        for path in newsroom.iterdir():
            path.unlink()
        (newsroom / "city").mkdir()
        bridge = newsroom / "bridge.md"
        bridge.write_text(f"---\ncollections: [City]\n---\n{BRIDGE}", "utf-8")
        shown = key(service.keys.add("ann", "ask", ["city"])[1])
        with httpx2.Client(base_url=url, timeout=60, headers=shown) as http:
            room = Newsroom(http, service, newsroom)
            room.write(**{"city/dam": DAM, "city/choir": CHOIR})
            answers = [room.asked(question) for question in (REPAIR, COST, CONDUCTOR)]
            room.write(**{"city/dam": DAM.replace("eleven months", "ten months")})
            correction = BRIDGE.replace("12 March", "15 March").replace("38 million", "41 million")
            room.write(**{"city/fixed": f"Correction: {correction}"})
            room.write(**{"city/choir": CHOIR.replace("is 71", "is 72")})
            bridge.write_text(f"---\ncollections: [Secret]\n---\n{BRIDGE}", "utf-8")
            room.write()
            listed, asked = [], {"stale": "true", "limit": "1"}
            while asked:
                page = http.get("/v1/answers", params=asked).json()
                listed += [body["id"] for body in page["answers"]]
                cursor = page["next_cursor"]
                asked = {**asked, "cursor": cursor} if cursor else {}
    assert listed == [answers[2]["id"], answers[0]["id"]]
