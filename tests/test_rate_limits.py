"""How often an address may show wrong keys, and how often a key may ask."""

from __future__ import annotations

import time
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr
from running import running
from servers import redis
from test_feedback import key
from test_rest import assert_problem

from ingest.settings import Settings
from service.access import rate_limits
from service.access.rate_limits import WRONG_KEYS


def test_guesses_of_keys_are_limited_and_known_callers_of_the_address_go_on(
    settings: Settings,
) -> None:
    with running(settings.model_copy(update={"api_keys": "sesame,other"})) as (url, _):

        def read(shown: str) -> httpx2.Response:
            return httpx2.get(f"{url}/v1/articles", headers=key(shown))

        assert read("sesame").status_code == 200
        for number in range(WRONG_KEYS):
            assert_problem(read(f"wrong {number}"), 401, "invalid_key")
        for shown in ("wrong", "other"):
            reply = read(shown)
            assert_problem(reply, 429, "rate_limited")
            assert 1 <= int(reply.headers["retry-after"]) <= 61
        assert read("sesame").status_code == 200
        shown_right = httpx2.get(url, headers=key("other"))
        assert shown_right.status_code == 200  # and it does not tell whether the key was right
        assert shown_right.text == httpx2.get(url, headers=key("wrong")).text


def wait_for_a_fresh_minute() -> None:
    """They begin with the clock's; one that ends in the middle of a test would give more."""
    while time.time() % 60 > 40:
        time.sleep(0.1)


LIMITED = {"api_keys": "ann,bob", "requests_a_minute": 4, "answers_a_minute": 2}


def test_a_key_has_so_many_requests_a_minute(settings: Settings) -> None:
    with running(settings.model_copy(update=LIMITED)) as (url, _):
        wait_for_a_fresh_minute()

        def read(shown: str) -> httpx2.Response:
            return httpx2.get(f"{url}/v1/articles", headers=key(shown))

        def ask() -> httpx2.Response:
            return httpx2.post(f"{url}/v1/checks", json={"text": "Hm."}, headers=key("bob"))

        replies = [read("ann") for _ in range(4)]
        assert [reply.status_code for reply in replies] == [200] * 4
        assert replies[0].headers["ratelimit-policy"] == '"requests";q=4;w=60'
        assert replies[0].headers["ratelimit"].startswith('"requests";r=3;t=')
        over = read("ann")
        assert_problem(over, 429, "rate_limited")
        assert 1 <= int(over.headers["retry-after"]) <= 120
        assert ";r=0;t=" in over.headers["ratelimit"]
        assert [ask().status_code for _ in range(3)] == [200, 200, 429]
        assert httpx2.get(f"{url}/healthz", headers=key("ann")).status_code == 200


def test_several_processes_count_together_on_redis_and_alone_without_it(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "REDIS_SECONDS", 120.0)  # a busy machine takes its time
    with redis(tmp_path / "redis") as server:
        shared = LIMITED | {"redis_url": SecretStr(server.address)}
        limited = settings.model_copy(update=shared)
        other = limited.model_copy(update={"data_dir": tmp_path / "other"})
        with running(limited) as (one, _), running(other) as (two, _):
            wait_for_a_fresh_minute()

            def read(url: str) -> int:
                return httpx2.get(f"{url}/v1/articles", headers=key("ann")).status_code

            assert [read(url) for url in (one, two, one, two, one, two)] == [200] * 4 + [429] * 2
            server.kill()
            assert read(one) == 200
