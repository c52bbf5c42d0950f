"""A model's reply in every shape that endpoints give it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fake_openai import FakeOpenAI, Script, running
from test_llm import GOOD, SAID, drafted, frames

from service.drafting.llm import Usage


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with running() as fake:
        yield fake


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(frames(SAID), id="as the protocol says"),
        pytest.param(frames({"role": "assistant", "content": ""}, SAID, done=False), id="no DONE"),
        pytest.param(frames(SAID, finish=None), id="no finish reason"),
        pytest.param(frames(SAID, finish="length"), id="cut at the token limit"),
        pytest.param(frames(SAID).replace(b"\n\n", b"\r\n\r\n"), id="carriage returns"),
        pytest.param(
            frames(SAID).replace(b"data: ", b": ping\n\nevent: message\nid: 7\ndata:"),
            id="comments and other fields",
        ),
        pytest.param(frames(SAID).replace(b"\n\n", b"\n"), id="no blank lines"),
        pytest.param(
            frames(
                {"content": None},
                {"reasoning_content": "Hm [s9f8e7]."},
                {"reasoning": "So."},
                SAID,
                {"content": None},
            ),
            id="reasoning and nulls",
        ),
        pytest.param(
            frames({"content": "<think>Perhaps [s9f8e7]. "}, {"content": "No.</think>\n"}, SAID),
            id="thinking aloud",
        ),
        pytest.param(
            frames(
                {"tool_calls": [{"index": 0, "function": {"name": "fetch", "arguments": "{}"}}]},
                SAID,
            ),
            id="a tool call on the side",
        ),
        pytest.param(
            frames({"content": [{"type": "text", "text": SAID["content"]}]}), id="content in parts"
        ),
        pytest.param(
            b'data: {"choices": null}\n\ndata: {"choices": [null, {}]}\n\n' + frames(SAID),
            id="empty choices",
        ),
        pytest.param(
            frames({"content": "The bridge opened\u2028in May\x85[s1a2b3]."}),
            id="separators inside a string",
        ),
        pytest.param(
            json.dumps({"choices": [{"message": {"content": SAID["content"]}}]}, indent=1).encode(),
            id="one JSON object",
        ),
    ],
)
async def test_a_reply_in_any_shape_is_read(model: FakeOpenAI, raw: bytes) -> None:
    drafts, _, failed = await drafted(model, Script(raw=raw))

    assert (drafts, failed) == ([GOOD], None)


async def test_an_endpoint_that_ignores_streaming_is_read(model: FakeOpenAI) -> None:
    whole = {
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "The bridge opened in May [s1a2b3]."},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 5, "completion_tokens": 6},
    }

    drafts, usage, failed = await drafted(model, Script(whole=whole))

    assert (drafts, usage, failed) == ([GOOD], Usage(5, 6), None)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(b"", "empty reply", id="nothing at all"),
        pytest.param(b"data: [DONE]\n\n", "empty reply", id="only an end"),
        pytest.param(
            frames({"content": None}, finish="length"), "empty reply", id="nothing before the limit"
        ),
        pytest.param(
            frames({"tool_calls": [{"index": 0}]}, finish="tool_calls"),
            "empty reply",
            id="only a tool call",
        ),
        pytest.param(
            frames({"refusal": "no"}, finish="content_filter"), "empty reply", id="filtered"
        ),
        pytest.param(frames(SAID, finish=None, done=False), "broke off", id="cut between frames"),
        pytest.param(
            frames(SAID, finish=None, done=False) + b'data: {"cho',
            "broke off",
            id="cut inside a frame",
        ),
        pytest.param(b'data: {"broken\n\n', "malformed", id="broken JSON"),
        pytest.param(b"data: 7\n\n", "malformed", id="no object"),
        pytest.param(b"<html>busy</html>", "empty reply", id="a web page"),
        pytest.param(b'{"choices": [{"mess', "malformed", id="half a JSON object"),
        pytest.param(b"data: " + b"[" * 100_000 + b"\n\n", "malformed", id="deep nesting"),
        pytest.param(
            frames(SAID, finish=None, done=False)
            + b'data: {"error": {"message": "sk-secret"}}\n\n',
            "error in the reply",
            id="an error in mid-stream",
        ),
        pytest.param(
            b'{"error": {"message": "sk-secret"}}',
            "error in the reply",
            id="an error for an answer",
        ),
    ],
)
async def test_a_reply_that_is_none_fails_with_a_stable_reason(
    model: FakeOpenAI, raw: bytes, reason: str
) -> None:
    _, _, failed = await drafted(model, Script(raw=raw))

    assert failed and reason in failed and "secret" not in failed


@pytest.mark.parametrize(
    ("sent", "counted"),
    [
        ({"prompt_tokens": 12, "completion_tokens": 3}, Usage(12, 3)),
        ({"prompt_tokens": 10**40, "completion_tokens": -1}, Usage(2**53 - 1, 0)),
        ({"prompt_tokens": "many", "completion_tokens": None}, Usage(0, 0)),
        ([1], Usage(0, 0)),
    ],
)
async def test_usage_is_counted_within_reason(model: FakeOpenAI, sent: Any, counted: Usage) -> None:
    _, usage, _ = await drafted(model, Script(raw=frames(SAID, usage=sent)))

    assert usage == counted
