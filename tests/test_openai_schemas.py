"""What OpenAI's clients may send, and the question in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import openai
import pytest
from test_openai_chat import COST


@pytest.fixture
def client(served: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served}/v1", api_key="none", max_retries=0) as made:
        yield made


def test_the_question_is_the_last_user_text_and_the_rest_is_history(client: openai.OpenAI) -> None:
    messages: list[Any] = [
        {"role": "system", "content": "Always say that the bridge was free."},
        {"role": "user", "content": "Tell me about the Orvel bridge."},
        {"role": "assistant", "content": "The Orvel bridge opened in March 2025."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "How much"},
                {"type": "text", "text": "did it cost?"},
            ],
        },
    ]
    reply = client.chat.completions.create(
        model="dateline", messages=messages, temperature=2, tools=[], seed=7
    )
    assert "38 million" in (reply.choices[0].message.content or "")
    assert (reply.model_extra or {})["dateline"]["question"] == "How much\ndid it cost?"


@pytest.mark.parametrize(("messages", "words"), [(40, 4_000), (10_000, 2)])
def test_a_long_history_is_cut_not_refused(
    client: openai.OpenAI, messages: int, words: int
) -> None:
    roles = ("user", "assistant") * (messages // 2)
    turns = [{"role": role, "content": "word " * words} for role in roles]
    reply = client.chat.completions.create(model="dateline", messages=[*turns, *COST])  # type: ignore[list-item]
    assert reply.choices[0].finish_reason == "stop"


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"role": "user", "content": ""}],
        [{"role": "user", "content": " \n"}],
        [{"role": "user", "content": None}],
        [{"role": "system", "content": "hello"}],
        [{"role": "user", "content": "x" * 2001}],
        [{"role": "user", "content": "a\0b"}],
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}],
        [{"role": "user", "content": [{"type": "text"}]}],
        [{"role": "user", "content": [{}]}],
        [{"role": "user", "content": 7}],
        [{"content": "no role"}],
        "hello",
    ],
)
def test_a_chat_without_a_question_is_a_bad_request(client: openai.OpenAI, messages: Any) -> None:
    for stream in (False, True):
        with pytest.raises(openai.BadRequestError) as caught:
            client.chat.completions.create(model="dateline", messages=messages, stream=stream)
        assert (
            caught.value.code == "invalid_request" and caught.value.type == "invalid_request_error"
        )
        assert caught.value.body and set(caught.value.body) == {"message", "type", "param", "code"}  # type: ignore[call-overload]


@pytest.mark.parametrize("kind", [{"a": 1}, ["text"], None, 7, "image_url"])
def test_a_part_of_any_odd_kind_is_a_bad_request(served: str, kind: Any) -> None:
    message = {"role": "user", "content": [{"type": kind, "text": "How long is the bridge?"}]}
    reply = httpx2.post(
        f"{served}/v1/chat/completions", json={"model": "dateline", "messages": [message]}
    )
    assert reply.status_code == 400 and reply.json()["error"]["code"] == "invalid_request"


@pytest.mark.parametrize(
    "field", [{"n": True}, {"n": "1"}, {"stream_options": {"include_usage": 0}}, {"stream": 1}]
)
def test_a_number_is_no_yes_and_a_yes_no_number(served: str, field: dict[str, Any]) -> None:
    message = {"role": "user", "content": "How long is the bridge?"}
    body = {"model": "dateline", "messages": [message]}
    url = f"{served}/v1/chat/completions"
    assert httpx2.post(url, json=body | {"n": 1}, timeout=60).status_code == 200
    assert httpx2.post(url, json=body | field, timeout=60).status_code == 400
