"""Failures in OpenAI's shape."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import openai
import pytest
from test_openai_chat import COST


@pytest.fixture
def client(served: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served}/v1", api_key="none", max_retries=0) as made:
        yield made


def test_errors_have_openais_shape(client: openai.OpenAI, served: str) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="gpt-4o", messages=COST)
    assert missing.value.code == "model_not_found" and missing.value.param == "model"
    with pytest.raises(openai.BadRequestError) as kept:
        client.responses.create(model="dateline", input="And then?", previous_response_id="resp_1")
    assert kept.value.param == "previous_response_id"
    for body, status, code in (
        (b"{", 400, "malformed_json"),
        (b'{"messages":[{"role":"user","content":"\\ud800"}]}', 400, "invalid_request"),
    ):
        reply = httpx2.post(
            f"{served}/v1/chat/completions",
            content=body,
            headers={"Content-Type": "application/json"},
        )
        assert (
            reply.status_code == status
            and set(reply.json()) == {"error"}
            and reply.json()["error"]["code"] == code
        )
    assert (
        httpx2.get(f"{served}/v1/chat/completions").json()["error"]["code"] == "method_not_allowed"
    )
