"""Articles that come in over HTTP while the service answers: uploads, jobs, and what is kept of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from conftest import ALTERED_BRIDGE, BRIDGE, CHOIR, DAM
from hypothesis import given
from hypothesis import strategies as st
from processes import command, environment, served_process
from running import running
from schemas import assert_fits
from test_rest import assert_problem

from ingest import owner_client
from ingest.errors import InvalidRequest
from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.uploads import LONGEST_NAME_BYTES, STAGING, safe_name
from service.contract.request_bodies import ArticleRequest
from service.contract.response_bodies import JobAccepted, JobState
from service.wiring import Service

COST = "How much did the Orvel bridge cost?"


FERRY = {
    "title": "Tarn ferry gets a new engine",
    "text": "The Tarn ferry sails again on 4 July 2025.",
    "id": "ferry",
}


REPORT = [
    "added",
    "updated",
    "unchanged",
    "removed",
    "failed",
    "articles",
    "passages",
    "families",
    "altered",
]


@pytest.fixture
def place(settings: Settings) -> Iterator[tuple[httpx2.Client, Service]]:
    """A running service over an empty archive."""
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as client:
        yield client, service


@pytest.fixture
def http(place: tuple[httpx2.Client, Service]) -> httpx2.Client:
    return place[0]


@pytest.fixture
def kept(settings: Settings) -> Path:
    return settings.data_dir / "uploads"


def files(**texts: str | bytes) -> list[tuple[str, tuple[str, bytes]]]:
    """Parts of a multipart body: `dam_txt="…"` is a file dam.txt."""
    return [
        ("files", (n.replace("_", "."), t if isinstance(t, bytes) else t.encode()))
        for n, t in texts.items()
    ]


def ended(
    http: httpx2.Client, reply: httpx2.Response, seconds: float = 180.0, **headers: str
) -> dict[str, Any]:
    """The job that a reply names, when it has ended."""
    assert reply.status_code == 202, reply.text
    assert_fits(JobAccepted, reply.json())
    deadline = time.monotonic() + seconds
    while True:
        job: dict[str, Any] = http.get(reply.headers["location"], headers=headers).json()
        assert_fits(JobState, job)
        assert job["job_id"] == reply.json()["job_id"]
        if job["status"] in ("done", "failed"):
            return job
        assert time.monotonic() < deadline, job
        time.sleep(0.02)


def listed(http: httpx2.Client) -> dict[str, dict[str, Any]]:
    """The catalogue by source."""
    return {
        article["source"]: article
        for article in http.get("/v1/articles?limit=200").json()["articles"]
    }


def stored(kept: Path) -> set[str]:
    """What lies in the folder of uploads, once the files of ended jobs are cleared away."""
    deadline = time.monotonic() + 180
    while any((kept / STAGING).glob("*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    return {path.relative_to(kept).as_posix() for path in kept.rglob("*") if path.is_file()}


def test_uploaded_files_are_taken_in_while_the_service_runs(
    http: httpx2.Client, kept: Path
) -> None:
    job = ended(
        http, http.post("/v1/articles", files=files(bridge_txt=BRIDGE, relay_txt=ALTERED_BRIDGE))
    )
    assert (
        job["status"] == "done" and job["error"] is None and job["finished_at"] > job["created_at"]
    )
    report = job["report"]
    assert [report[name] for name in REPORT] == [2, 0, 0, 0, [], 2, report["passages"], 1, 1]
    assert report["generation"] == http.get("/readyz").json()["generation"]
    answer = http.post("/v1/answers", json={"question": COST}).json()
    assert "38 million" in answer["text"] and answer["citations"][0]["source"] == "bridge.txt"
    assert (
        stored(kept) == {"bridge.txt", "relay.txt"} and (kept / "bridge.txt").read_text() == BRIDGE
    )


def test_the_same_name_again_updates_and_the_same_content_changes_nothing(
    http: httpx2.Client,
) -> None:
    first = ended(http, http.post("/v1/articles", files=files(dam_txt=DAM)))["report"]
    known = listed(http)["dam.txt"]["article_id"]
    again = ended(http, http.post("/v1/articles", files=files(dam_txt=DAM)))["report"]
    rewritten = files(dam_txt=DAM.replace("41 million", "44 million"))
    changed = ended(http, http.post("/v1/articles", files=rewritten))["report"]
    assert (first["added"], again["unchanged"], changed["updated"]) == (1, 1, 1)
    assert again["generation"] == first["generation"] and changed["articles"] == 1
    assert listed(http)["dam.txt"]["article_id"] == known
    assert "44 million" in http.get(f"/v1/articles/{known}").json()["text"]


def test_one_article_comes_as_json_with_its_metadata(http: httpx2.Client) -> None:
    sent = {
        **FERRY,
        "author": "Ines Marlow",
        "publisher": "Harbour Gazette",
        "published_on": "2025-07-05",
    }
    sent["url"] = "https://gazette.example/ferry"
    assert ended(http, http.post("/v1/articles", json=sent))["report"]["added"] == 1
    (card,) = listed(http).values()
    article = http.get(f"/v1/articles/{card['article_id']}").json()
    assert {
        key: article[key] for key in ("title", "author", "publisher", "url", "published_on")
    } == {key: sent[key] for key in ("title", "author", "publisher", "url", "published_on")}
    assert (
        article["date_source"] == "metadata"
        and "sails again" in article["text"]
        and "#ferry" in article["source"]
    )


def test_a_page_comes_as_json(http: httpx2.Client) -> None:
    words = (
        "<p>The Tarn ferry sails again on 4 July 2025, said its owner, Mira Solen, who bought it last year.</p>"
        * 3
    )
    page = f"<html><head><title>x</title></head><body><article><h1>Ferry</h1>{words}</article></body></html>"
    job = ended(http, http.post("/v1/articles", json={"title": "Ferry sails", "html": page}))
    assert job["report"]["added"] == 1, job
    (card,) = listed(http).values()
    text = http.get(f"/v1/articles/{card['article_id']}").json()["text"]
    assert "Mira Solen" in text and "<p>" not in text and card["title"] == "Ferry sails"


def test_an_article_is_known_by_its_id_or_its_address_or_else_its_words(
    http: httpx2.Client,
) -> None:
    def send(**fields: str) -> dict[str, Any]:
        return dict(ended(http, http.post("/v1/articles", json=fields))["report"])

    assert send(**FERRY)["added"] == 1
    assert send(**FERRY | {"title": "Ferry back", "text": "It sails no more."})["updated"] == 1
    address = {
        "title": "Weather",
        "text": "Rain on Monday.",
        "url": "https://gazette.example/weather",
    }
    assert send(**address)["added"] == 1
    assert send(**address | {"text": "Snow on Tuesday."})["updated"] == 1
    plain = {"title": "Notes", "text": "A seal was seen."}
    assert (send(**plain)["added"], send(**plain)["unchanged"]) == (1, 1)
    assert send(**plain | {"text": "Two seals were seen."})["added"] == 1
    assert len(listed(http)) == 4


@pytest.mark.slow
def test_uploads_outlive_prune_and_rebuild(settings: Settings, newsroom: Path) -> None:
    with running(settings) as (url, _), httpx2.Client(base_url=url, timeout=60) as http:
        ended(http, http.post("/v1/articles", json=FERRY))
        ended(http, http.post("/v1/articles", files=files(choir_txt=CHOIR)))
    pruned = command(settings, "ingest", str(newsroom), "--prune", "--rebuild", "--json")
    assert json.loads(pruned.stdout)["articles"] == 5
    with running(settings) as (url, _), httpx2.Client(base_url=url, timeout=60) as http:
        found = http.get("/v1/search", params={"q": "Tarn ferry engine"}).json()["passages"]
        assert "sails again" in found[0]["text"]


def test_a_file_that_cannot_be_read_is_reported_and_the_others_are_taken_in(
    http: httpx2.Client, kept: Path
) -> None:
    lines = json.dumps({"id": "a", "text": "A seal was seen."}) + "\n{broken\n"
    sent = files(
        dam_txt=DAM,
        empty_txt="",
        logo_png=b"\x89PNG\r\n",
        noise_pdf=os.urandom(4000),
        feed_jsonl=lines,
    )
    job = ended(http, http.post("/v1/articles", files=sent))
    assert job["status"] == "done" and job["report"]["added"] == 2
    failed = {failure["source"]: failure["reason"] for failure in job["report"]["failed"]}
    assert set(failed) == {"empty.txt", "logo.png", "noise.pdf", "feed.jsonl#L2"} and all(
        failed.values()
    )
    assert stored(kept) == {"dam.txt", "feed.jsonl"}


def test_a_bad_version_of_a_file_leaves_the_good_one_where_it_was(
    http: httpx2.Client, kept: Path
) -> None:
    ended(http, http.post("/v1/articles", files=files(dam_txt=DAM)))
    report = ended(http, http.post("/v1/articles", files=files(dam_txt=" \n")))["report"]
    assert report["failed"][0]["source"] == "dam.txt" and report["articles"] == 1
    assert (kept / "dam.txt").read_text() == DAM and stored(kept) == {"dam.txt"}


def test_a_file_of_many_articles_is_replaced_as_a_whole(http: httpx2.Client) -> None:
    def feed(*numbers: int) -> str:
        return "\n".join(
            json.dumps({"id": str(n), "text": f"Council meeting {n} took place."}) for n in numbers
        )

    ended(http, http.post("/v1/articles", files=files(feed_jsonl=feed(1, 2, 3))))
    report = ended(http, http.post("/v1/articles", files=files(feed_jsonl=feed(2, 4))))["report"]
    assert (report["added"], report["unchanged"], report["removed"]) == (1, 1, 2)
    assert set(listed(http)) == {"feed.jsonl#2", "feed.jsonl#4"}


def test_an_uploaded_file_goes_with_its_article(http: httpx2.Client, kept: Path) -> None:
    ended(http, http.post("/v1/articles", files=files(dam_txt=DAM)))
    ended(http, http.post("/v1/articles", json=FERRY))
    assert len(stored(kept)) == 2
    for card in listed(http).values():
        assert http.delete(f"/v1/articles/{card['article_id']}").status_code == 204
    assert stored(kept) == set() and listed(http) == {}


def test_removing_one_article_of_a_file_takes_its_line_and_leaves_the_rest(
    http: httpx2.Client, kept: Path
) -> None:
    lines = [
        {"id": "a", "text": "A seal was seen."},
        {"text": "The mayor slept."},
        {"text": "Snow fell in Tarn."},
    ]
    feed = "".join(json.dumps(line) + "\n" for line in lines)
    ended(http, http.post("/v1/articles", files=files(feed_jsonl=feed)))
    for source in ("feed.jsonl#a", "feed.jsonl#L2"):
        http.delete(f"/v1/articles/{listed(http)[source]['article_id']}")
    left = (kept / "feed.jsonl").read_text()
    assert "seal" not in left and "mayor" not in left and "Snow" in left
    again = ended(http, http.post("/v1/articles", files=files(feed_jsonl=left)))["report"]
    assert (again["unchanged"], again["articles"]) == (1, 1)  # the line kept its number
    http.delete(f"/v1/articles/{listed(http)['feed.jsonl#L3']['article_id']}")
    assert stored(kept) == set()


def test_a_file_in_a_folder_of_the_users_is_never_deleted(
    settings: Settings, newsroom: Path
) -> None:
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        ingest(service.archive, [newsroom])
        assert (
            http.delete(f"/v1/articles/{listed(http)['dam.txt']['article_id']}").status_code == 204
        )
    assert (newsroom / "dam.txt").read_text() == DAM


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("../../escape.txt", "escape.txt"),
        ("/etc/passwd.txt", "passwd.txt"),
        ("C:\\news\\dam.txt", "dam.txt"),
        ("..\\..\\dam.txt", "dam.txt"),
        ("....//dam.txt", "dam.txt"),
        ("..dam.txt", "dam.txt"),
        (" dam.txt ", "dam.txt"),
        ("Cafe\u0301.txt", "Café.txt"),
        ("damm 😀 #1.txt", "damm 😀 #1.txt"),
    ],
)
def test_a_file_name_never_leads_out_of_its_place(
    http: httpx2.Client, kept: Path, sent: str, name: str
) -> None:
    job = ended(http, http.post("/v1/articles", files=[("files", (sent, DAM.encode()))]))
    assert job["report"]["added"] == 1, job
    assert stored(kept) == {name} and set(listed(http)) == {name}


@given(st.text(st.characters(codec=None), max_size=300))
def test_a_safe_name_is_one_plain_name_and_stays_as_it_is(name: str) -> None:
    try:
        safe = safe_name(name)
    except InvalidRequest:
        return
    assert safe == safe_name(safe) and 0 < len(safe.encode()) <= LONGEST_NAME_BYTES
    assert Path("folder", safe).resolve().parent == Path("folder").resolve()
    assert not safe.startswith(".") and not any(ord(character) < 32 for character in safe)


def test_only_a_writing_key_adds_articles_and_a_reading_one_sees_the_job(
    settings: Settings,
) -> None:
    keyed = settings.model_copy(update={"api_keys": "read", "admin_keys": "write"})
    with running(keyed) as (url, _), httpx2.Client(base_url=url, timeout=60) as http:
        reader, writer = {"Authorization": "Bearer read"}, {"Authorization": "Bearer write"}
        assert_problem(http.post("/v1/articles", json=FERRY), 401, "missing_key")
        assert_problem(
            http.post("/v1/articles", json=FERRY, headers=reader), 403, "admin_key_required"
        )
        large = files(dam_txt=DAM * 2_000)
        assert_problem(
            http.post("/v1/articles", files=large, headers=reader), 403, "admin_key_required"
        )
        reply = http.post("/v1/articles", files=files(dam_txt=DAM), headers=writer)
        assert_problem(http.get(reply.headers["location"]), 401, "missing_key")
        assert ended(http, reply, **reader)["report"]["added"] == 1


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_cannot_make_a_browser_send_articles(
    http: httpx2.Client, site: str
) -> None:
    reply = http.post("/v1/articles", files=files(dam_txt=DAM), headers={"Sec-Fetch-Site": site})
    assert_problem(reply, 403, "admin_key_required")
    assert ended(
        http,
        http.post(
            "/v1/articles", files=files(dam_txt=DAM), headers={"Sec-Fetch-Site": "same-origin"}
        ),
    )


def test_a_disk_that_takes_nothing_is_told_at_once(settings: Settings) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "uploads").write_text("in the way")
    with running(settings) as (url, _), httpx2.Client(base_url=url, timeout=60) as http:
        assert_problem(http.post("/v1/articles", json=FERRY), 503, "not_ready")
        assert_problem(http.post("/v1/articles", files=files(dam_txt=DAM)), 503, "not_ready")


KILLED = """
import io, os, sys
from ingest import uploads
from ingest.settings import read_settings
from ingest.storage.archive import Archive

with Archive(read_settings()) as archive:
    files = [(name, io.BytesIO(b"A later word. The seal was seen again in Tarn.")) for name in ("dam.txt", "new.txt")]
    staged = uploads.stage(archive.settings, files)
    uploads.ingest(archive, staged, lambda stage, done, total: os._exit(9) if stage == sys.argv[1] else None)
    os._exit(9)
"""


@pytest.mark.parametrize(
    ("moment", "published"),
    [
        pytest.param("read", False, marks=pytest.mark.slow),
        pytest.param("embed", False, marks=pytest.mark.slow),
        ("never", True),
    ],
)
def test_a_file_and_its_article_agree_after_a_job_was_killed(
    settings: Settings, kept: Path, moment: str, published: bool
) -> None:
    with running(settings) as (url, _), httpx2.Client(base_url=url, timeout=60) as http:
        ended(http, http.post("/v1/articles", files=files(dam_txt=DAM)))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, moment], env=environment(settings), timeout=120
    )
    assert done.returncode == 9

    with running(settings) as (url, _), httpx2.Client(base_url=url, timeout=60) as http:
        articles = {
            a["source"]: a["article_id"] for a in http.get("/v1/articles").json()["articles"]
        }
        text = http.get(f"/v1/articles/{articles['dam.txt']}").json()["text"]

    assert stored(kept) == articles.keys() == ({"dam.txt", "new.txt"} if published else {"dam.txt"})
    assert ("later word" in (kept / "dam.txt").read_text()) == ("later word" in text) == published


def test_the_owners_socket_takes_articles_too(settings: Settings) -> None:
    with served_process(settings, DATELINE_API_KEYS="secret"):
        job_id = owner_client.request(settings.data_dir, "POST", "/v1/articles", FERRY)["job_id"]
        deadline = time.monotonic() + 180
        while (job := owner_client.request(settings.data_dir, "GET", f"/v1/jobs/{job_id}"))[
            "status"
        ] != "done":
            assert time.monotonic() < deadline, job
            time.sleep(0.05)
        assert job["report"]["added"] == 1


def test_uploads_and_jobs_are_documented_with_their_failures(served: str) -> None:
    described = httpx2.get(f"{served}/openapi.json").json()["paths"]
    adding = described["/v1/articles"]["post"]
    assert {"202", "400", "401", "403", "413", "415", "422", "429", "503"} <= set(
        adding["responses"]
    )
    bodies = adding["requestBody"]["content"]
    assert set(bodies) == {"application/json", "multipart/form-data"}
    assert {"title", "text", "html", "id"} <= set(
        bodies["application/json"]["schema"]["properties"]
    )
    ArticleRequest.model_validate(bodies["application/json"]["schema"]["example"])
    assert (
        bodies["multipart/form-data"]["schema"]["properties"]["files"]["items"]["format"]
        == "binary"
    )
    job = described["/v1/jobs/{job_id}"]["get"]
    assert job["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].endswith(
        "/JobState"
    )
    assert (
        "404" in job["responses"]
        and "404" in described["/v1/articles/{article_id}/alterations"]["get"]["responses"]
    )
