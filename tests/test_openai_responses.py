"""OpenAI's Responses API, asked by OpenAI's own client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openai
import pytest
from schemas import assert_fits
from test_openai_chat import COST

from service.types import Answer


@pytest.fixture
def client(served: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served}/v1", api_key="none", max_retries=0) as made:
        yield made


def test_responses_are_answered_whole_and_streamed(client: openai.OpenAI) -> None:
    whole = client.responses.create(model="dateline", input=COST[0]["content"])
    content: Any = whole.output[-1].content[0]  # type: ignore[union-attr]
    assert "38 million" in whole.output_text and whole.status == "completed"
    assert (
        content.text[content.annotations[0].start_index : content.annotations[0].end_index] == "[1]"
    )
    assert_fits(Answer, (whole.model_extra or {})["dateline"])

    events: list[Any] = list(client.responses.create(model="dateline", input=COST, stream=True))
    kinds = list(dict.fromkeys(event.type for event in events))
    assert kinds == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.annotation.added",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert (
        "".join(e.delta for e in events if e.type == "response.output_text.delta")
        == whole.output_text
    )
    assert events[-1].response.output_text == whole.output_text
    assert events[-1].response.model_extra["dateline"]["outcome"] == "answered"


def test_the_sdks_stream_helpers_follow_along(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(model="dateline", messages=COST) as chat:
        assert "38 million" in (chat.get_final_completion().choices[0].message.content or "")
    with client.responses.stream(model="dateline", input=COST) as responses:
        assert "38 million" in responses.get_final_response().output_text
