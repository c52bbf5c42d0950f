"""A key that is bound to collections sees and changes only those, whatever it asks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from conftest import ALTERED_BRIDGE, BRIDGE, CHOIR, DAM
from running import running
from starlette.routing import Route
from test_feedback import COST, key
from test_rest import assert_problem
from test_uploads import ended, files

from ingest.errors import InvalidRequest
from ingest.pipeline import ingest
from ingest.settings import Settings
from service.app import create_app
from service.wiring import Service

# Words that only articles of the other collection have, in texts, titles, sources and outlets.
MARKS = re.compile("(?i)zanzig|relay|83 million")
SECRET = """Zanzig vote on the Orvel bridge

By Nora Zanzig, The Zanzig Herald

15 March 2025

The Zanzig council voted on the Orvel bridge on Friday. It set 12 guards on the Orvel bridge, said Nora Zanzig.
"""


class House:
    """A served archive of two collections, `city` and `secret`, and a third article in both."""

    def __init__(self, http: httpx2.Client, service: Service, ids: dict[str, str]):
        self.http = http
        self.service = service
        self.ids = ids  # by the names of files

    def added(self, role: Any = "ask", *collections: str) -> dict[str, str]:
        """The header of a new key."""
        return key(self.service.keys.add("somebody", role, collections)[1])

    def get(self, path: str, shown: dict[str, str]) -> httpx2.Response:
        return self.http.get(path, headers=shown)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    news = folder / "news"
    for place, text in {
        "city/bridge.txt": BRIDGE,
        "secret/relay.txt": ALTERED_BRIDGE,
        "secret/zanzig.txt": SECRET,
        "choir.md": f"---\ncollections: [City, Secret]\n---\n{CHOIR}",
    }.items():
        (news / place).parent.mkdir(parents=True, exist_ok=True)
        (news / place).write_text(text, "utf-8")
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None,
        data_dir=folder / "data",
        model_cache=model_cache,
        writer_keys="of-the-environment",
    )
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        assert ingest(service.archive, [news]).added == 4
        with service.archive.catalogue.whole() as snapshot:
            ids = {Path(s.article.source).name: s.article.article_id for s in snapshot.everything()}
        yield House(http, service, ids)


@pytest.fixture(scope="module")
def all_seen(house: House) -> dict[str, Any]:
    """What a key that sees everything has asked, rated and shared."""
    shown = house.added("admin")
    asked = {"question": "What did the Zanzig council set on the Orvel bridge?"}
    made = house.http.post("/v1/answers", json=asked, headers=shown).json()
    assert made["outcome"] == "answered" and MARKS.search(made["text"])
    link = house.http.post(f"/v1/answers/{made['id']}/share", headers=shown).json()["url"]
    sent = house.http.post("/v1/articles", files=files(zanzig_two_txt=SECRET + DAM), headers=shown)
    with httpx2.Client(base_url=house.http.base_url, headers=shown) as http:
        ended(http, sent)
    return made | {"link": link, "job_id": sent.json()["job_id"]}


def test_a_bound_key_finds_nothing_of_another_collection_on_any_route(
    house: House, all_seen: dict[str, Any]
) -> None:
    """Whatever routes the app has: each is asked with what it takes, and no byte may tell."""
    shown = house.added("write", "CITY")
    about = "What did the council set on the Orvel bridge, and who leads it?"
    bodies: dict[str, dict[str, Any]] = {
        "/v1/answers": {"question": about},
        "/v1/checks": {"text": "It cost 90 million crowns. There are 12 guards on the bridge."},
        "/v1/chat/completions": {"messages": [{"role": "user", "content": about}]},
        "/v1/responses": {"input": about},
        "/v1/feedback": {"answer_id": all_seen["id"], "rating": "up"},
    }
    queries = {"/v1/search": {"q": about, "k": 100}}
    routes = list(walked(create_app(house.service).routes))
    assert {path for path, _ in routes} >= {
        "/",
        "/mcp",
        "/archive",
        "/topics/{words}",
        "/s/{token}",
    }
    assert {path for path, _ in routes} >= set(house.get("/openapi.json", shown).json()["paths"])
    for path, methods in routes:
        named = dict.fromkeys(re.findall(r"{(\w+)", path), "Orvel bridge guards")
        named |= {"answer_id": all_seen["id"], "job_id": all_seen["job_id"]}
        named["token"] = all_seen["link"].rpartition("/")[2]
        for article_id in house.ids.values() if "{article_id}" in path else ("",):
            for method in sorted(methods - {"DELETE", "PATCH"}):
                told = house.http.request(
                    method,
                    path.format_map(named | {"article_id": article_id}),
                    params=queries.get(path),
                    json=bodies.get(path),
                    headers=shown,
                )
                assert told.status_code < 500, (method, path, told.text)
                assert not MARKS.search(told.text), (method, path, told.text)


def walked(routes: Any) -> Iterator[tuple[str, set[str]]]:
    """Path and methods of each route, those of routers that are included among them."""
    for route in routes:
        if isinstance(route, Route):
            yield route.path, set(route.methods or ())
        yield from walked(getattr(getattr(route, "original_router", None), "routes", ()))


def test_what_a_bound_key_may_see_it_does_see(house: House) -> None:
    shown = house.added("ask", "City")
    listed = house.get("/v1/articles", shown).json()
    assert {a["source"] for a in listed["articles"]} == {"city/bridge.txt", "choir.md"}
    assert listed["total"] == 2
    article = house.get(f"/v1/articles/{house.ids['bridge.txt']}", shown).json()
    assert article["family"]["size"] == len(article["family"]["members"]) == 1
    both = house.get(f"/v1/articles/{house.ids['choir.md']}", shown).json()
    assert both["collections"] == ["City"]
    assert_problem(house.get(f"/v1/articles/{house.ids['relay.txt']}", shown), 404, "not_found")
    answer = house.http.post("/v1/answers", json={"question": COST}, headers=shown).json()
    assert "38 million" in answer["text"] and not answer["conflicts"]
    assert house.get(f"/v1/answers/{answer['id']}", shown).json()["id"] == answer["id"]
    counted = {"question": "How many articles are in the archive?"}
    answer = house.http.post("/v1/answers", json=counted, headers=shown).json()
    assert re.search(r"\b2\b|two", answer["text"]), answer["text"]


def test_a_key_of_the_altered_copy_alone_is_not_told_the_words_it_changed(house: House) -> None:
    shown = house.added("ask", "secret")
    altered = f"/v1/articles/{house.ids['relay.txt']}"
    assert house.get(altered, shown).json()["alterations"] == []
    for path in (altered, altered.removeprefix("/v1"), f"{altered}/alterations"):
        assert "38 million" not in house.get(path, shown).text
    assert house.get(altered, house.added("ask")).json()["alterations"]


def test_mcp_sees_what_its_key_sees(house: House) -> None:
    def asked(shown: dict[str, str]) -> str:
        call = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "search", "arguments": {"query": "guards on the Orvel bridge"}},
        }
        accept = {"Accept": "application/json, text/event-stream"}
        return house.http.post("/mcp", json=call, headers=shown | accept).text

    assert "Zanzig" in asked(house.added("ask"))
    told = asked(house.added("ask", "city"))
    assert "bridge.txt" in told or "Orvel bridge opens" in told
    assert not MARKS.search(told)


def test_a_cookie_is_bound_as_its_key_is(house: House) -> None:
    shown = house.added("ask", "city")
    with httpx2.Client(base_url=house.http.base_url, timeout=60) as browser:
        browser.post("/sign-in", data={"key": shown["Authorization"].removeprefix("Bearer ")})
        for path in ("/", "/archive", "/topics/Orvel bridge"):
            told = browser.get(path)
            assert told.status_code == 200 and not MARKS.search(told.text), path
        assert "Zanzig" in house.get("/archive", house.added("ask")).text


def sent(house: House, shown: dict[str, str], text: str, name: str, **more: Any) -> httpx2.Response:
    upload = {"files": (name, text.encode())}
    return house.http.post("/v1/articles", files=upload, headers=shown, **more)


def report(house: House, shown: dict[str, str], reply: httpx2.Response) -> dict[str, Any]:
    assert reply.status_code == 202, reply.text
    with httpx2.Client(base_url=house.http.base_url, headers=shown) as http:
        done: dict[str, Any] = ended(http, reply)["report"]
    return done


def test_a_bound_key_adds_to_its_collections_and_to_no_other(house: House) -> None:
    shown, every = house.added("write", "city"), house.added("admin")
    done = report(house, shown, sent(house, shown, DAM, "dam.txt"))
    assert done["added"] == 1 and done["articles"] == 3 and done["notes"] == []
    found = house.get("/v1/articles?collection=city&q=spillway", every).json()
    assert [a["source"] for a in found["articles"]] == ["dam.txt"]
    refused = sent(house, shown, DAM, "other.txt", params={"collection": "secret"})
    assert_problem(refused, 403, "other_collection")
    stated = f"---\ncollections: [secret]\n---\n{DAM}"
    done = report(house, shown, sent(house, shown, stated, "stated.md"))
    assert done["added"] == 0 and "not bound" in done["failed"][0]["reason"]


def test_a_bound_key_changes_nothing_that_others_hold(house: House) -> None:
    shown, every = house.added("write", "city"), house.added("admin")
    theirs = sent(house, every, SECRET.replace("12", "13"), "own.txt", params={"collection": "x"})
    assert report(house, every, theirs)["added"] == 1
    done = report(house, shown, sent(house, shown, DAM, "own.txt"))
    assert done["added"] == done["updated"] == 0
    assert "collections of others" in done["failed"][0]["reason"]
    assert_problem(house.get(theirs.headers["location"], shown), 404, "not_found")
    for name, status in {"choir.md": 403, "relay.txt": 404}.items():
        path = f"/v1/articles/{house.ids[name]}"
        assert house.http.delete(path, headers=shown).status_code == status
        said = {"publisher": "Somebody"}
        assert house.http.patch(path, json=said, headers=shown).status_code == status
    assert house.get("/v1/articles?collection=x", every).json()["total"] == 1


def test_an_admin_key_cannot_be_bound(house: House) -> None:
    with pytest.raises(InvalidRequest, match="--role ask or write"):
        house.service.keys.add("somebody", "admin", ["city"])


def test_versions_of_an_item_are_judged_among_what_a_key_may_write_to(house: House) -> None:
    item = {"uri": "urn:c:4", "type": "text", "pubstatus": "usable", "version": "9"}
    item |= {"headline": "Ferry to Brask", "body_text": "The ferry to Brask sank on Friday."}
    other, shown = house.added("write", "secret"), house.added("write", "city")
    done = report(house, other, sent(house, other, json.dumps(item), "ferry9.json"))
    assert done["added"] == 1, done
    item |= {
        "version": "2",
        "body_text": "The ferry to Brask sailed on Thursday, said the harbour.",
    }
    done = report(house, shown, sent(house, shown, json.dumps(item), "ferry2.json"))
    assert done["added"] == 1 and done["removed"] == 0 and done["notes"] == []
    done = report(house, shown, sent(house, shown, json.dumps(item | {"version": "1"}), "f1.json"))
    assert done["added"] == 0
    it = item["uri"]
    assert done["notes"] == [
        f"f1.json#{it} is an older version of ferry2.json#{it} and is not shown"
    ]
    assert house.get("/v1/articles?q=ferry", other).json()["total"] == 1


def test_a_copy_of_a_hidden_original_stands_alone(house: House) -> None:
    every, shown = house.added("admin"), house.added("write", "city")
    text = (
        "Lamp of Skerra\n\n{}\n\nThe lighthouse of Skerra was lit again on Monday after nine years "
        "in the dark. Its keeper, Oda Brandt, climbed the 214 steps with a torch. Fishermen watched "
        "from the quay and rang their bells. The lens was ground in Tolvay and came by barge.\n"
    )
    first = sent(house, every, text.format("3 March 2025"), "l.txt", params={"collection": "x"})
    assert report(house, every, first)["added"] == 1
    later = sent(house, shown, text.format("5 March 2025"), "lamp.txt")
    assert report(house, shown, later)["notes"] == []
    path = "/v1/articles?q=lighthouse"
    whole = {a["source"]: a["family"] for a in house.get(path, every).json()["articles"]}
    assert whole["lamp.txt"]["role"] == "republished" and whole["lamp.txt"]["size"] == 2
    (alone,) = house.get(path, shown).json()["articles"]
    own = f"fam_{alone['article_id']}"
    assert alone["family"] == {"id": own, "size": 1, "role": "original", "canonical": True}
    copy = "republished copy"
    assert copy in house.get("/archive?q=lighthouse", every).text
    assert copy not in house.get("/archive?q=lighthouse", shown).text
