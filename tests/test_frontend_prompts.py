"""What chat frontends ask on their own, in prompts of the form that theirs have, and what people ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import openai
import pytest

from service.answer_text import INTRODUCTION
from service.surfaces.frontend_prompts import reply_to

CHAT = "USER: How much did the Orvel bridge cost?\nASSISTANT: It cost 38 million crowns [1]."


def sections(task: str, shape: str, guideline: str = "Keep to the chat's main language") -> str:
    """The form of Open WebUI's prompts."""
    return (
        f"### Task:\n{task}\n\n### Guidelines:\n- {guideline}\n\n### Output:\n"
        f"JSON format: {shape}\n\n### Chat History:\n<chat_history>\n{CHAT}\n</chat_history>"
    )


TITLE = sections("Generate a short title with an emoji for the chat history.", '{ "title": "…" }')
PROMPTS = {
    TITLE: {"title": "Orvel bridge cost"},
    sections("Generate 1-3 broad tags for the themes of the chat history.", '{ "tags": ["a"] }'): {
        "tags": ["Orvel", "News"]
    },
    sections(
        "Suggest some follow-up questions that the user might ask next in this conversation.",
        '{ "follow_ups": ["Question?"] }',
    ): {
        "follow_ups": [
            "What is the latest on Orvel?",
            "Timeline of Orvel",
            "How many articles mention Orvel?",
        ]
    },
    sections(
        "Analyze the chat history and see whether generating search queries is needed.",
        '{ "queries": ["one", "two"] }',
    ): {"queries": ["How much did the Orvel bridge cost?"]},
    sections("You are an autocompletion system. Go on with <text>.", '{ "text": "…" }'): {
        "text": ""
    },
}


@pytest.mark.parametrize(("prompt", "reply"), PROMPTS.items())
def test_what_is_wanted_as_json_comes_as_json(prompt: str, reply: dict[str, Any]) -> None:
    assert json.loads(reply_to([("user", prompt)]) or "") == reply


@pytest.mark.parametrize(
    "said",
    [
        [("user", "Provide a concise title of five words or less for the conversation. Only return "
                  f"the title itself.\n\nConversation:\n{CHAT}")],
        [("user", "Analyze this conversation and provide:\n1. Its language\n2. A concise title (5 "
                  f"words or less, no punctuation)\n\n{CHAT.replace('ASSISTANT', 'AI')}")],
        [("user", "Please generate a title (max 40 characters) for a conversation that starts "
                  f"with:\n{CHAT}\n\nTitle:")],
        [("user", "How much did the Orvel bridge cost?"), ("assistant", "38 million."),
         ("user", "Please generate a four word title for our conversation without any quotes.")],
        [("system", "You will generate a short title for the first message of a conversation. Not "
                    "more than 80 characters."), ("user", "How much did the Orvel bridge cost?")],
        [("system", "You summarize conversations. Generate a title for the one below.\n- Output "
                    "ONLY the title"), ("user", CHAT.lower().replace("orvel", "Orvel"))],
    ],
)  # fmt: skip
def test_a_title_is_the_words_that_tell_what_was_asked(said: list[tuple[str, str]]) -> None:
    assert reply_to(said) == "Orvel bridge cost"


@pytest.mark.parametrize(
    "question",
    [
        "What is the title of the article about the dam?",
        "Please suggest a title for the story of the bridge.",
        "Suggest follow-up questions.",
        "What search queries did the police find in the chat?",
        "Which tags did the museum put on the exhibits?",
        "Who had a conversation with the mayor? Reply with the name only.",
        "Generate a summary of the dam story in 50 words or less.",
        "Provide only the title of the article about the chat app.",
        "",
    ],
)
def test_what_a_person_asks_is_answered_from_the_archive(question: str) -> None:
    assert reply_to([("user", question)]) is None


def test_a_system_message_of_a_frontend_does_not_turn_questions_into_titles() -> None:
    kind = (
        "You are a helpful assistant. Answer in JSON if asked, keep the conversation friendly and "
        "provide a title, tags and follow-up questions in 50 words or less."
    )
    assert reply_to([("system", kind), ("user", "How much did the Orvel bridge cost?")]) is None


@pytest.mark.parametrize(
    "talk",
    ["hi", "hello!", "Hey there 👋", "Thanks, bye.", "thank you so much!", "Who are you?",
     "What can you do?", "Hi! What can I ask you?", "help", "How does this work?"],
)  # fmt: skip
def test_small_talk_is_told_what_dateline_does(talk: str) -> None:
    earlier = [("user", "How much did the Orvel bridge cost?"), ("assistant", "38 million.")]
    assert reply_to([("user", talk)]) == reply_to([*earlier, ("user", talk)]) == INTRODUCTION


@pytest.mark.parametrize(
    "question",
    ["Hi, who leads the dam?", "Who is the mayor?", "What can the council do?", "Why?", "👋", " ",
     "What did you say about the dam?", "Thank you for what?", "hi " * 40, "Hello Kitty"],
)  # fmt: skip
def test_a_question_behind_a_greeting_is_no_small_talk(question: str) -> None:
    assert reply_to([("user", question)]) is None


@pytest.fixture
def client(served: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served}/v1", api_key="none", max_retries=0) as made:
        yield made


def test_a_title_comes_by_every_route_without_a_receipt(client: openai.OpenAI) -> None:
    asked: list[Any] = [{"role": "user", "content": TITLE + "x" * 3_000}]
    whole = client.chat.completions.create(model="dateline", messages=asked)
    chunks = list(
        client.chat.completions.create(
            model="dateline", messages=asked, stream=True, stream_options={"include_usage": True}
        )
    )
    pieces = [c.choices[0].delta.content or "" for c in chunks if c.choices]
    response = client.responses.create(model="dateline", input=asked)
    with client.responses.stream(model="dateline", input=asked) as stream:
        last = stream.get_final_response()
    title = json.dumps({"title": "Orvel bridge cost"})
    assert whole.choices[0].message.content == "".join(pieces) == title
    assert response.output_text == last.output_text == title
    assert (whole.model_extra or {})["dateline"] is None
    assert chunks[-1].usage is not None and chunks[-1].usage.total_tokens == 0


def test_a_greeting_is_answered_in_one_line_without_a_source(client: openai.OpenAI) -> None:
    greeting: list[Any] = [{"role": "user", "content": "hi"}]
    whole = client.chat.completions.create(model="dateline", messages=greeting)
    assert whole.choices[0].message.content == INTRODUCTION
    assert not whole.choices[0].message.annotations
    assert client.responses.create(model="dateline", input=greeting).output_text == INTRODUCTION


def test_more_than_one_choice_is_refused_and_other_fields_are_passed_over(served: str) -> None:
    chat = {"model": "dateline", "messages": [{"role": "user", "content": "Who leads the dam?"}]}
    url = f"{served}/v1/chat/completions"
    for n in (0, 2, 128):
        error = httpx2.post(url, json={**chat, "n": n}).json()["error"]
        assert error["param"] == "n" and error["type"] == "invalid_request_error"
    passed = {
        "n": 1, "temperature": 3, "top_p": -1, "max_tokens": 1, "stop": ["a"], "logprobs": True,
        "tools": [{"type": "function"}], "tool_choice": "required", "response_format": {"type": "x"},
        "parallel_tool_calls": False, "user": "u", "reasoning_effort": "high", "web_search": {},
    }  # fmt: skip
    assert httpx2.post(url, json={**chat, **passed}).status_code == 200


def test_ten_thousand_messages_are_read_from_their_end(served: str) -> None:
    turns = [{"role": ("user", "assistant")[n % 2], "content": f"word {n}"} for n in range(9_999)]
    asked = [*turns, {"role": "user", "content": "How much did the Orvel bridge cost?"}]
    reply = httpx2.post(
        f"{served}/v1/chat/completions", json={"model": "dateline", "messages": asked}, timeout=60
    )
    assert "38 million" in reply.json()["choices"][0]["message"]["content"]
    history = [{"role": t["role"], "content": t["content"]} for t in turns]
    native = {"question": "How much did the Orvel bridge cost?", "history": history}
    answer = httpx2.post(f"{served}/v1/answers", json=native, timeout=60).json()
    assert answer["outcome"] == "answered"
