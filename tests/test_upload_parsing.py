"""Uploads that cannot be taken as they are, and how large they may be."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from conftest import DAM
from running import running
from test_rest import assert_problem
from test_uploads import ended, files, stored

from ingest.settings import Settings
from ingest.uploads import MOST_FILES
from service.wiring import Service


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


def part(
    name: str, disposition: str = 'form-data; name="files"; filename="{}"', body: str = "words"
) -> bytes:
    return f"--b\r\nContent-Disposition: {disposition.format(name)}\r\n\r\n{body}\r\n".encode()


END = b"--b--\r\n"


BAD_FORMS: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 422),
    "no parts": (END, 422),
    "a field that is no file": (part("", 'form-data; name="title"') + END, 422),
    "a field beside a file": (part("a.txt") + part("", 'form-data; name="title"') + END, 422),
    "a file without a name": (part("") + END, 422),
    "only dots": (part("..") + END, 422),
    "a folder": (part("folder/") + END, 422),
    "a control character": (part("a\x07.txt") + END, 422),
    "a reversed name": (part("a\u202etxt.exe.txt") + END, 422),
    "a long name": (part("x" * 300 + ".txt") + END, 422),
    "the same name twice": (part("a.txt") + part("a.txt") + END, 422),
    "the same name in another place": (part("x/a.txt") + part("y/A.TXT") + END, 422),
    "a part without a disposition": (b"--b\r\n\r\nwords\r\n" + END, 422),
    "no last boundary": (part("a.txt"), 422),
    "junk": (os.urandom(2000).replace(b"--b", b""), 422),
    "too many files": (b"".join(part(f"{n}.txt") for n in range(MOST_FILES + 1)) + END, 422),
    "only files of other kinds": (part("a.exe") + part("b") + END, 415),
    "an article that is too large": (part("a.txt", body="words " * 900_000) + END, 413),
}


@pytest.mark.parametrize("name", BAD_FORMS)
def test_a_bad_form_is_refused_in_the_contracts_words(served: str, name: str) -> None:
    body, status = BAD_FORMS[name]
    with httpx2.Client(base_url=served, timeout=60) as http:
        reply = http.post(
            "/v1/articles",
            content=body,
            headers={"Content-Type": "multipart/form-data; boundary=b"},
        )
        assert len(assert_problem(reply, status)["detail"]) < 200


@pytest.mark.parametrize(
    "label", ["multipart/form-data", "multipart/form-data; boundary=b; charset=undefined"]
)
def test_a_form_with_a_bad_label_is_refused(served: str, label: str) -> None:
    body = part("a.txt") + END
    assert_problem(
        httpx2.post(f"{served}/v1/articles", content=body, headers={"Content-Type": label}), 422
    )


BAD_ARTICLES: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 422),
    "half an object": (b"{", 400),
    "not UTF-8": (b'{"title": "\xe9", "text": "a"}', 400),
    "deep nesting": (b'{"title":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    "a list": (b"[]", 422),
    "no title": (b'{"text": "words"}', 422),
    "a title without words": (b'{"title": " - ", "text": "words"}', 422),
    "no text": (b'{"title": "a"}', 422),
    "an empty text": (b'{"title": "a", "text": " \\n"}', 422),
    "text and html": (b'{"title": "a", "text": "b", "html": "<p>c</p>"}', 422),
    "a number for a text": (b'{"title": "a", "text": 5}', 422),
    "a list for an author": (b'{"title": "a", "text": "b", "author": ["c"]}', 422),
    "NUL": (b'{"title": "a", "text": "b\\u0000"}', 422),
    "a lone surrogate": (b'{"title": "a\\ud800", "text": "b"}', 422),
    "a surrogate in an id": (b'{"title": "a", "text": "b", "id": "\\udc00"}', 422),
    "a line break in an id": (b'{"title": "a", "text": "b", "id": "x\\ny"}', 422),
    "an empty id": (b'{"title": "a", "text": "b", "id": ""}', 422),
    "an impossible day": (b'{"title": "a", "text": "b", "published_on": "2024-02-31"}', 422),
    "a day far from now": (b'{"title": "a", "text": "b", "published_on": "9999-01-01"}', 422),
    "a script for an address": (b'{"title": "a", "text": "b", "url": "javascript:x"}', 422),
    "an unknown field": (b'{"title": "a", "text": "b", "outlet": "c"}', 422),
    "a long title": (json.dumps({"title": "x" * 1001, "text": "b"}).encode(), 422),
    "a text that is too large": (
        json.dumps({"title": "a", "text": "words " * 900_000}).encode(),
        413,
    ),
    "a body that is too large": (b'{"title": "' + b" " * 16_000_000 + b'"}', 413),
}


@pytest.mark.parametrize("name", BAD_ARTICLES)
def test_a_bad_article_is_refused_in_the_contracts_words(served: str, name: str) -> None:
    body, status = BAD_ARTICLES[name]
    with httpx2.Client(base_url=served, timeout=60) as http:
        reply = http.post(
            "/v1/articles", content=body, headers={"Content-Type": "application/json"}
        )
        assert len(assert_problem(reply, status)["detail"]) < 200
        assert len(http.get("/v1/articles").json()["articles"]) == 4


@pytest.mark.parametrize(
    "label", ["text/plain", "application/x-www-form-urlencoded", "multipart/mixed; boundary=b"]
)
def test_what_is_neither_json_nor_files_is_refused(served: str, label: str) -> None:
    assert_problem(
        httpx2.post(f"{served}/v1/articles", content=b"a=b", headers={"Content-Type": label}), 415
    )


def test_an_article_larger_than_other_bodies_may_be_is_taken(settings: Settings) -> None:
    text = "\n\n".join(
        ["Rûe Tärn was mended.", *["It took the whole town a long day of hard work."] * 1_000]
    )
    narrow = settings.model_copy(update={"max_body_kb": 16})
    with running(narrow) as (url, _), httpx2.Client(base_url=url, timeout=60) as http:
        assert_problem(http.post("/v1/answers", json={"question": "x", "pad": text}), 413)
        assert (
            ended(http, http.post("/v1/articles", json={"title": "Roads", "text": text}))["report"][
                "added"
            ]
            == 1
        )
        assert (
            ended(http, http.post("/v1/articles", files=files(roads_txt=text)))["report"]["added"]
            == 1
        )


def test_files_over_the_limit_are_refused_before_and_while_they_come(
    settings: Settings, kept: Path
) -> None:
    small = settings.model_copy(update={"max_article_mb": 0.01})
    sent = part("a.txt", body="words " * 100_000) + END
    label = {"Content-Type": "multipart/form-data; boundary=b"}
    with running(small) as (url, _), httpx2.Client(base_url=url, timeout=60) as http:
        assert_problem(http.post("/v1/articles", content=sent, headers=label), 413)
        pieces = (sent[start : start + 10_000] for start in range(0, len(sent), 10_000))
        assert_problem(http.post("/v1/articles", content=pieces, headers=label), 413)
        assert http.get("/healthz").status_code == 200
    assert not kept.exists() or stored(kept) == set()


def test_an_upload_that_breaks_off_leaves_nothing(http: httpx2.Client, kept: Path) -> None:
    where = urlsplit(str(http.base_url))
    label = b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 999999\r\n\r\n"
    with socket.create_connection((where.hostname or "", where.port or 0)) as raw:
        raw.sendall(
            b"POST /v1/articles HTTP/1.1\r\nHost: x\r\n"
            + label
            + part("a.txt", body="words " * 20_000)
        )
        time.sleep(0.2)
    assert (
        ended(http, http.post("/v1/articles", files=files(dam_txt=DAM)))["report"]["articles"] == 1
    )
    assert stored(kept) == {"dam.txt"}


def test_a_hundred_files_come_in_one_upload(http: httpx2.Client) -> None:
    sent = [
        ("files", (f"{n}.txt", f"Meeting {n}\n\nThe council of place {n} met.".encode()))
        for n in range(MOST_FILES)
    ]
    job = ended(http, http.post("/v1/articles", files=sent))
    assert job["report"]["added"] == MOST_FILES and job["report"]["failed"] == []
