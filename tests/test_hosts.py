"""The names under which a service without keys answers."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
from test_rest import assert_problem


@pytest.fixture
def http(served: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served, timeout=60) as client:
        yield client


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.7:8000", "localhost.evil", "[::"]
)
def test_without_keys_no_other_name_leads_in(http: httpx2.Client, host: str) -> None:
    """A page whose name was made to lead to 127.0.0.1 must not read the archive as its own origin."""
    assert_problem(http.get("/v1/articles", headers={"Host": host}), 421, "unknown_host")


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1:1", "[::1]:8000", "127.9.9.9"]
)
def test_without_keys_this_machine_is_answered_under_each_of_its_names(
    http: httpx2.Client, host: str
) -> None:
    assert http.get("/healthz", headers={"Host": host}).status_code == 200
    assert http.head("/healthz", headers={"Host": host}).status_code == 200
