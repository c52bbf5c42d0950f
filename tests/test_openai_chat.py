"""The OpenAI-compatible routes, asked by OpenAI's own client."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from running import running
from schemas import assert_fits

from ingest.pipeline import ingest
from ingest.settings import Settings
from service.types import Answer

COST: list[Any] = [{"role": "user", "content": "How much did the Orvel bridge cost?"}]


NONSENSE: list[Any] = [{"role": "user", "content": "Who won the chess tournament in Reykjavik?"}]


@pytest.fixture
def client(served: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served}/v1", api_key="none", max_retries=0) as made:
        yield made


@pytest.fixture(scope="module")
def namesakes(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[str]:
    """A service over three articles of one title, outlet and day."""
    folder = tmp_path_factory.mktemp("namesakes")
    for name, words in {"a": "sank in the harbour", "b": "was sold to a Tarn fisherman", "c": "burned for two nights"}.items():  # fmt: skip
        line = f"Ferry news\n\nBy Ines Marlow, Harbour Gazette\n\n12 March 2025\n\nThe Orvel ferry {words}, said its captain.\n"
        (folder / f"{name}.txt").write_text(line, "utf-8")
    settings = Settings(_env_file=None, data_dir=folder / "data", model_cache=model_cache)  # type: ignore[call-arg]
    with running(settings) as (url, service):
        assert ingest(service.archive, [folder]).added == 3
        yield url


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


def in_open_webui(chunks: list[dict[str, Any]], named_by: str) -> tuple[str, list[str]]:
    """Text and sources' addresses as Open WebUI 0.12.4 takes them from a stream: a source for every annotation, in order.

    What it shows for `[n]` is the n-th of these: the distinct ones by `url`, in some versions by `title`.
    """
    text = ""
    sources: dict[str, str] = {}
    for choice in (choice for chunk in chunks for choice in chunk["choices"][:1]):
        text += choice["delta"].get("content") or ""
        for note in choice["delta"].get("annotations") or []:
            if note.get("type") == "url_citation" and "url_citation" in note:
                link = note["url_citation"]
                sources.setdefault(link[named_by], link["url"])
    return text, list(sources.values())


def cited_articles(text: str, article_of: Callable[[int], str]) -> list[str]:
    """What the markers of a text lead to, in order; side by side, one article counts once."""
    found: list[str] = []
    for run in re.findall(r"\[\d+\](?:\s?\[\d+\])*", text):
        found += dict.fromkeys(article_of(int(number)) for number in re.findall(r"\d+", run))
    return found


def chunks_of(url: str, question: str) -> list[dict[str, Any]]:
    asked = {"stream": True, "messages": [{"role": "user", "content": question}]}
    reply = httpx2.post(f"{url}/v1/chat/completions", json=asked, timeout=60)
    return [json.loads(line[6:]) for line in reply.text.splitlines() if line.startswith("data: {")]


@pytest.mark.parametrize("named_by", ["url", "title"])
def test_open_webui_shows_each_number_on_the_right_source(namesakes: str, named_by: str) -> None:
    chunks = chunks_of(namesakes, "Timeline of the Orvel ferry")
    text, sources = in_open_webui(chunks, named_by)
    answer = chunks[-1]["dateline"]
    articles = {one["number"]: one["article_id"] for one in answer["citations"]}
    expected = cited_articles(answer["text"], articles.__getitem__)
    assert len(set(expected)) == 3
    shown = cited_articles(text, lambda number: sources[number - 1].rpartition("/")[2])
    assert shown == expected


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
