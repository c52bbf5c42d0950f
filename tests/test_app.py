"""The application as a whole: its documentation and its addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from running import running
from schemas import assert_fits
from test_rest import assert_problem

from ingest.settings import Settings
from service.contract.problems import OPENAI_ROUTES, PROBLEM_MEDIA_TYPE, Problem
from service.contract.response_bodies import Article, Articles, Comparison, Ready, Receipt, Search
from service.types import Answer, Check


@pytest.fixture
def http(served: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served, timeout=60) as client:
        yield client


def test_no_stream_is_described_by_a_schema(http: httpx2.Client) -> None:
    """Tools would take it for that of a single event."""
    described = http.get("/openapi.json").json()["paths"]
    streams = [
        reply["content"]["text/event-stream"]
        for operations in described.values()
        for operation in operations.values()
        for reply in operation["responses"].values()
        if "text/event-stream" in reply.get("content", {})
    ]
    assert len(streams) >= 5 and not any(stream.get("schema") for stream in streams)


def test_another_method_is_refused_and_the_right_one_named(http: httpx2.Client) -> None:
    reply = http.put("/v1/search", json={})
    assert_problem(reply, 405, "method_not_allowed")
    assert reply.headers["allow"] == "GET"


def test_the_documentation_lists_every_route_with_its_failures(http: httpx2.Client) -> None:
    described = http.get("/openapi.json").json()
    for operations in described["paths"].values():
        for operation in operations.values():
            assert operation["summary"] and operation["tags"]
    assert {"400", "401", "413", "415", "422", "503", "504"} <= set(
        described["paths"]["/v1/answers"]["post"]["responses"]
    )
    assert "/owner/ingest" not in described["paths"] and "HTTPValidationError" not in json.dumps(
        described
    )
    assert http.post("/owner/ingest", json={"paths": ["/"]}).status_code == 404


@pytest.fixture(scope="module")
def described(served: str) -> dict[str, Any]:
    body: dict[str, Any] = httpx2.get(f"{served}/openapi.json").json()
    return body


def test_failures_are_described_as_they_are_sent(described: dict[str, Any]) -> None:
    for path, operations in described["paths"].items():
        shape = "OpenAIError" if path.startswith(OPENAI_ROUTES) else "Problem"
        media = "application/json" if shape == "OpenAIError" else PROBLEM_MEDIA_TYPE
        for operation in operations.values():
            failures = {s: r for s, r in operation["responses"].items() if not s.startswith("2")}
            for status, reply in failures.items():
                assert list(reply["content"]) == [media], (path, status)
                schema = reply["content"][media]["schema"]
                assert schema == {"$ref": f"#/components/schemas/{shape}"}
                if "example" in reply["content"][media]:
                    assert_fits(Problem, reply["content"][media]["example"])
    assert {"Problem", "OpenAIError"} <= described["components"]["schemas"].keys()


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(described)))
    assert named <= described["components"]["schemas"].keys()


def test_a_key_may_be_left_out_where_none_is_set(described: dict[str, Any]) -> None:
    guarded = [o for ops in described["paths"].values() for o in ops.values() if "security" in o]
    assert len(guarded) > 15
    assert all(operation["security"] == [{}, {"HTTPBearer": []}] for operation in guarded)


def test_a_key_is_wanted_where_keys_are_set(settings: Settings) -> None:
    with running(settings.model_copy(update={"api_keys": "read"})) as (url, _):
        paths = httpx2.get(f"{url}/openapi.json").json()["paths"]
    assert paths["/v1/answers"]["post"]["security"] == [{"HTTPBearer": []}]
    assert "security" not in paths["/healthz"]["get"]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/articles", "GET, POST"),
        ("/v1/articles/0123456789abcdef", "DELETE, GET, PATCH"),
        ("/v1/answers", "GET, POST"),
        ("/healthz", "GET, HEAD"),
        ("/mcp", "POST"),
    ],
)
def test_allow_names_every_method_of_an_address(
    http: httpx2.Client, path: str, allowed: str
) -> None:
    assert http.request("PUT", path, json={}).headers["allow"] == allowed
    assert http.options(path).status_code == 405


@pytest.mark.parametrize(
    "model", [Answer, Receipt, Search, Check, Articles, Article, Comparison, Ready]
)
def test_an_example_is_what_its_schema_says(described: dict[str, Any], model: Any) -> None:
    """Where a field was added or left out, `python tests/examples.py` writes them anew."""
    assert_fits(model, described["components"]["schemas"][model.__name__]["example"])
