"""The application as a whole: its documentation and its addresses."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx2
import pytest
from test_rest import assert_problem


@pytest.fixture
def http(served: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served, timeout=60) as client:
        yield client


def test_another_method_is_refused_and_the_right_one_named(http: httpx2.Client) -> None:
    reply = http.put("/v1/search", json={})
    assert_problem(reply, 405, "method_not_allowed")
    assert reply.headers["allow"] == "GET"


def test_the_documentation_lists_every_route_with_its_failures(http: httpx2.Client) -> None:
    described = http.get("/openapi.json").json()
    for path in (
        "/v1/answers",
        "/v1/search",
        "/v1/articles",
        "/v1/chat/completions",
        "/v1/models",
        "/readyz",
    ):
        for operation in described["paths"][path].values():
            assert operation["summary"] and operation["tags"]
    assert {"400", "401", "413", "415", "422", "503", "504"} <= set(
        described["paths"]["/v1/answers"]["post"]["responses"]
    )
    assert "/owner/ingest" not in described["paths"] and "HTTPValidationError" not in json.dumps(
        described
    )
    assert http.post("/owner/ingest", json={"paths": ["/"]}).status_code == 404
