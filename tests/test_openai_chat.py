"""The OpenAI-compatible routes, asked by OpenAI's own client."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import running
from schemas import assert_fits

from ingest.pipeline import ingest
from ingest.settings import Settings
from service.surfaces.openai_citations import ByArticle
from service.types import Answer, ArticleCard, Citation, FamilyPlace

COST: list[Any] = [{"role": "user", "content": "How much did the Orvel bridge cost?"}]
NONSENSE: list[Any] = [{"role": "user", "content": "Who won the chess tournament in Reykjavik?"}]


@pytest.fixture
def client(served: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served}/v1", api_key="none", max_retries=0) as made:
        yield made


def test_the_one_model_is_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["dateline"]
    assert client.models.retrieve("dateline").owned_by == "dateline"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4")


def test_a_chat_is_answered_with_nested_annotations_and_the_answer_object(
    client: openai.OpenAI, served: str
) -> None:
    reply = client.chat.completions.create(model="dateline", messages=COST)
    choice = reply.choices[0]
    text, notes = choice.message.content or "", choice.message.annotations or []
    assert choice.finish_reason == "stop" and "38 million" in text and notes
    for note in notes:
        cited = note.url_citation
        assert re.fullmatch(r"\[\d+\]", text[cited.start_index : cited.end_index])
        assert cited.url.startswith(f"{served}/articles/")
    assert (
        notes[0].url_citation.title
        == "Orvel bridge opens after four years (Harbour Gazette, 2025-03-12)"
    )
    answer = (reply.model_extra or {})["dateline"]
    assert_fits(Answer, answer)
    assert httpx2.get(notes[0].url_citation.url).status_code == 200


def test_a_streamed_chat_is_the_whole_one_in_pieces(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="dateline", messages=COST)
    chunks = list(
        client.chat.completions.create(
            model="dateline", messages=COST, stream=True, stream_options={"include_usage": True}
        )
    )
    said = [chunk for chunk in chunks if chunk.choices]
    assert (
        "".join(c.choices[0].delta.content or "" for c in said) == whole.choices[0].message.content
    )
    notes = [n for c in said for n in (c.choices[0].delta.model_extra or {}).get("annotations", [])]
    assert notes == [n.model_dump() for n in whole.choices[0].message.annotations or []]
    assert (
        said[0].choices[0].delta.role == "assistant" and said[-1].choices[0].finish_reason == "stop"
    )
    assert [c.choices[0].finish_reason for c in said[:-1]] == [None] * (len(said) - 1)
    assert (chunks[-1].model_extra or {})["dateline"]["outcome"] == "answered"
    assert chunks[-1].choices == [] and chunks[-1].usage is not None
    assert len({chunk.id for chunk in chunks}) == 1


def test_usage_is_sent_only_where_it_is_asked_for(client: openai.OpenAI) -> None:
    chunks = list(client.chat.completions.create(model="dateline", messages=COST, stream=True))
    assert all(chunk.choices and chunk.usage is None for chunk in chunks)


def test_a_refusal_is_ordinary_content_without_annotations(client: openai.OpenAI) -> None:
    choice = client.chat.completions.create(model="dateline", messages=NONSENSE).choices[0]
    assert (
        choice.finish_reason == "stop"
        and choice.message.content
        and choice.message.annotations == []
    )
    streamed = list(
        client.chat.completions.create(model="dateline", messages=NONSENSE, stream=True)
    )
    assert "".join(c.choices[0].delta.content or "" for c in streamed) == choice.message.content
    assert not any("annotations" in (c.choices[0].delta.model_extra or {}) for c in streamed)


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


def test_a_long_history_is_cut_not_refused(client: openai.OpenAI) -> None:
    turns = [{"role": ("user", "assistant")[n % 2], "content": "word " * 4_000} for n in range(40)]
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


@pytest.mark.parametrize("usage", [False, True])
def test_the_last_chunk_carries_the_answer_object(served: str, usage: bool) -> None:
    asked = {
        "model": "dateline",
        "messages": [{"role": "user", "content": "Is there a bridge?"}],
        "stream": True,
    }
    options = {"stream_options": {"include_usage": usage}}
    reply = httpx2.post(f"{served}/v1/chat/completions", json=asked | options, timeout=60)
    chunks = [
        json.loads(line[6:]) for line in reply.text.splitlines() if line.startswith("data: {")
    ]
    assert ["dateline" in chunk for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert (
        chunks[-1]["dateline"]["question"] == "Is there a bridge?"
        and ("usage" in chunks[-1]) == usage
    )


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


def test_a_key_is_asked_for_where_keys_are_configured(settings: Settings) -> None:
    with running(settings.model_copy(update={"api_keys": "k"})) as (url, _):
        with pytest.raises(openai.AuthenticationError) as refused:
            openai.OpenAI(base_url=f"{url}/v1", api_key="wrong", max_retries=0).models.list()
        assert refused.value.code == "invalid_key"
        assert openai.OpenAI(base_url=f"{url}/v1", api_key="k").models.list().data


def test_a_failure_in_mid_stream_reaches_the_client_as_an_error(
    settings: Settings, newsroom: Path
) -> None:
    with running(settings.model_copy(update={"answer_timeout_seconds": 0.0001})) as (url, service):
        ingest(service.archive, [newsroom])
        client = openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
        with pytest.raises(openai.APIError) as caught:
            list(client.chat.completions.create(model="dateline", messages=COST, stream=True))
        assert caught.value.code == "timeout"
        events: list[Any] = list(
            client.responses.create(model="dateline", input="What?", stream=True)
        )
        assert events[-1].type == "error" and events[-1].code == "timeout"


def test_links_lead_to_the_public_address(settings: Settings, newsroom: Path) -> None:
    with running(settings.model_copy(update={"public_url": "https://news.example/archive/"})) as (
        url,
        service,
    ):
        ingest(service.archive, [newsroom])
        client = openai.OpenAI(base_url=f"{url}/v1", api_key="none")
        notes = (
            client.chat.completions.create(model="dateline", messages=COST)
            .choices[0]
            .message.annotations
            or []
        )
        assert notes[0].url_citation.url.startswith("https://news.example/archive/articles/")


def citation(
    number: int, article: str, url: str | None = None, day: date | None = None
) -> Citation:
    card = ArticleCard(
        article,
        f"On {article}",
        None,
        "The Post",
        url,
        article,
        day,
        "none",
        FamilyPlace("f", 1, "original", True),
    )
    return Citation(number, "p", "quote", 0, 5, card)


def test_two_spans_of_one_article_share_a_number_and_side_by_side_a_marker() -> None:
    numbering = ByArticle("http://x")
    numbering.know([citation(1, "b"), citation(2, "b"), citation(3, "a")])
    assert (
        numbering.write("One [1][2]. ") + numbering.write("Two [3][2].") == "One [1]. Two [2][1]."
    )
    assert [(a.start, a.end, a.url) for a in numbering.annotations] == [
        (4, 7, "http://x/articles/b"),
        (13, 16, "http://x/articles/a"),
        (16, 19, "http://x/articles/b"),
    ]
    assert numbering.annotations[0].title == "On b (The Post, undated)"


def test_no_two_articles_share_an_address() -> None:
    numbering = ByArticle("http://x/")
    numbering.know(
        [
            citation(1, "a", "https://n/1"),
            citation(2, "b", "https://n/1"),
            citation(3, "c", "javascript:alert(1)"),
        ]
    )
    numbering.write("One [1][2][3]. Two [2][1].")
    a, b, c = "https://n/1", "http://x/articles/b", "http://x/articles/c"
    assert [note.url for note in numbering.annotations] == [a, b, c, b, a]


ARTICLES = st.lists(st.sampled_from("abcd"), min_size=1, max_size=8)
PIECES = st.lists(
    st.tuples(
        st.text(st.characters(exclude_characters="[]", codec="utf-8"), max_size=8),
        st.lists(st.integers(1, 8), max_size=4),
    )
)


@given(articles=ARTICLES, pieces=PIECES)
def test_numbers_follow_first_use_and_every_annotation_spans_its_marker(
    articles: list[str], pieces: list[tuple[str, list[int]]]
) -> None:
    cited = [citation(n + 1, article) for n, article in enumerate(articles)]
    texts = [
        words + "".join(f"[{n}]" for n in marks if n <= len(cited)) + " ."
        for words, marks in pieces
    ]
    numbering = ByArticle("http://x")
    written = ""
    for text in texts:
        numbering.know(cited)
        written += numbering.write(text)
    whole = ByArticle("http://x")
    whole.know(cited)
    assert whole.write("".join(texts)) == written and whole.annotations == numbering.annotations
    markers = [int(n) for n in re.findall(r"\[(\d+)\]", written)]
    assert list(dict.fromkeys(markers)) == list(range(1, len(set(markers)) + 1))
    assert [int(written[a.start + 1 : a.end - 1]) for a in numbering.annotations] == markers
    urls = list(dict.fromkeys(a.url for a in numbering.annotations))
    assert [urls.index(a.url) + 1 for a in numbering.annotations] == markers
