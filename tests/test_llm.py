"""Whatever an endpoint sends, over the real protocol: drafts, or one of a few reasons; never more time than allowed."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fake_openai import FakeOpenAI, Script, evidence_of, running
from newsroom import card, sentences
from pydantic import SecretStr

from ingest.errors import ModelFailed
from ingest.settings import Settings
from ingest.storage.archive import Archive
from service.answerer import Answerer
from service.drafting.completions import LONGEST_REPLY
from service.drafting.llm import Drafter, Usage
from service.given_answers.receipts import Receipts
from service.record_tables import open_records
from service.retrieval.retriever import Retriever
from service.types import Answer, Draft, Question, Turn
from service.verification.verify import names_something_foreign

SHOWN = [
    replace(item, key=key)
    for item, key in zip(
        sentences(card(), "The bridge opened in May.", "It cost 38 million crowns."),
        ("s1a2b3", "s9f8e7"),
        strict=True,
    )
]


GOOD = Draft("The bridge opened in May", ("s1a2b3",))


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with running() as fake:
        yield fake


def drafter(url: str, timeout_seconds: float = 5.0) -> Drafter:
    return Drafter(
        Settings(
            _env_file=None,
            openai_base_url=url,
            openai_api_key=SecretStr("sk-test"),
            model="scripted",
            llm_timeout_seconds=timeout_seconds,
        )  # type: ignore[call-arg]
    )


async def drafted(
    model: FakeOpenAI, script: Script, timeout_seconds: float = 120.0
) -> tuple[list[Draft], Usage | None, str | None]:
    """(drafts, usage, why it failed)"""
    model.reply = lambda body: script
    return await collected(drafter(model.url, timeout_seconds))


async def collected(drafting: Drafter) -> tuple[list[Draft], Usage | None, str | None]:
    drafts: list[Draft] = []
    usage = None
    try:
        async for piece in drafting.draft(Question("When did the bridge open?"), SHOWN):
            if isinstance(piece, Usage):
                usage = piece
            else:
                drafts.append(piece)
    except ModelFailed as error:
        return drafts, usage, str(error)
    finally:
        await drafting.close()
    return drafts, usage, None


def frames(
    *deltas: dict[str, Any], finish: str | None = "stop", usage: Any = None, done: bool = True
) -> bytes:
    """A stream of server-sent events, as an endpoint would send it."""
    sent = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    if finish:
        sent.append(
            {"choices": [{"index": 0, "delta": {}, "finish_reason": finish}], "usage": usage}
        )
    text = "".join(f"data: {json.dumps(frame)}\n\n" for frame in sent)
    return (text + ("data: [DONE]\n\n" if done else "")).encode()


SAID = {"content": "The bridge opened in May [s1a2b3]."}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_a_refusing_endpoint_is_not_asked_again_and_again(
    model: FakeOpenAI, status: int
) -> None:
    _, _, failed = await drafted(model, Script(status=status))

    assert failed == f"http {status} from the model endpoint"
    assert len(model.requests) == (2 if status in (400, 422) else 1)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
async def test_a_busy_endpoint_is_asked_again(model: FakeOpenAI, status: int) -> None:
    model.reply = lambda body: (
        Script(status=status, headers={"Retry-After": "0"})
        if len(model.requests) < 3
        else Script(raw=frames(SAID))
    )

    drafts, _, failed = await collected(drafter(model.url))

    assert (drafts, failed, len(model.requests)) == ([GOOD], None, 3)


async def test_retry_after_is_honoured(model: FakeOpenAI) -> None:
    model.reply = lambda body: (
        Script(status=429, headers={"Retry-After": "1"})
        if len(model.requests) == 1
        else Script(raw=frames(SAID))
    )

    drafts, _, _ = await collected(drafter(model.url))

    assert drafts == [GOOD] and model.times[1] - model.times[0] >= 1.0


async def test_an_endpoint_that_asks_for_more_time_than_there_is_fails_at_once(
    model: FakeOpenAI,
) -> None:
    _, _, failed = await drafted(model, Script(status=429, headers={"Retry-After": "3600"}))

    assert failed == "http 429 from the model endpoint" and len(model.requests) == 1


async def test_retries_and_all_end_with_the_timeout(model: FakeOpenAI) -> None:
    _, _, failed = await drafted(
        model, Script(raw=frames(SAID), delay_seconds=3600), timeout_seconds=0.5
    )

    assert failed and failed.startswith("timeout")


async def test_a_refused_connection_is_a_reason() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        _, _, failed = await collected(drafter(f"http://127.0.0.1:{port}/v1"))

    assert failed == "no connection to the model endpoint"


async def test_an_endpoint_that_knows_no_stream_options_is_asked_without_them_from_then_on(
    model: FakeOpenAI,
) -> None:
    model.reply = lambda body: (
        Script(status=400) if "stream_options" in body else Script(raw=frames(SAID))
    )
    drafting = drafter(model.url)

    first = [piece async for piece in drafting.draft(Question("When?"), SHOWN)]
    second = [piece async for piece in drafting.draft(Question("When?"), SHOWN)]
    await drafting.close()

    assert first[0] == second[0] == GOOD
    assert ["stream_options" in body for body in model.requests] == [True, False, False]


async def test_ten_thousand_words_in_one_sentence_are_read_to_a_limit_and_support_nothing(
    model: FakeOpenAI,
) -> None:
    started = time.process_time()

    drafts, _, failed = await drafted(model, Script(["word "] * 10_000 + ["[s1a2b3]."]))

    assert failed is None and LONGEST_REPLY < 5 * 10_000
    assert all(not draft.keys for draft in drafts) and time.process_time() - started < 15


@pytest.mark.parametrize(
    ("claim", "foreign"),
    [
        ("Flight MH-370 left on the 8th of March for $3bn.", False),
        ("Covid-19 closed the 1990s archive at www.gazette.example/a.", False),
        ("The archive is at www.gazette.example/b.", True),
        ("The archive is at https://evil.example.", True),
        ("Write to desk@evil.example about the archive.", True),
        ("The archive evil.com closed.", True),
        ("The archive closed with sk-7f3a91c2e5.", True),
        ("The archive closed OPENAI_API_KEY=7.", True),
        ("The archive closed <script>.", True),
        ("The U.S. archive closed at 5pm, e.g. on Mondays.", False),
    ],
)
def test_an_address_or_code_must_stand_in_what_is_cited(claim: str, foreign: bool) -> None:
    cited = sentences(
        card(title="Flight MH370 and COVID-19"), "The archive at www.gazette.example/a closed."
    )

    assert names_something_foreign(claim, cited) is foreign


def key_of(body: dict[str, Any], words: str) -> str:
    return next(key for key, sentence in evidence_of(body) if words in sentence)


@pytest.fixture
def answering(
    filled: Archive, settings: Settings, model: FakeOpenAI
) -> Iterator[Callable[..., Any]]:
    """Asks the small archive through the model."""
    changed = settings.model_copy(
        update={
            "openai_base_url": model.url,
            "openai_api_key": SecretStr("k"),
            "model": "scripted",
            "llm_timeout_seconds": 120.0,
        }
    )
    answerer = Answerer(
        filled, Retriever(filled), Receipts(open_records(settings)), Drafter(changed)
    )

    async def ask(text: str, *history: Turn) -> Answer:
        return await answerer.answer(Question(text, history))

    yield ask


HOW_LONG = "How long would the repair of the Orvel dam take?"


async def test_an_unsupported_sentence_is_put_to_the_model_once_more(
    answering: Callable[..., Any], model: FakeOpenAI
) -> None:
    def reply(body: dict[str, Any]) -> Script:
        month = "eleven" if "does not bear out" in body["messages"][-1]["content"] else "fourteen"
        return Script([f"The repair would take {month} months [{key_of(body, 'eleven months')}]."])

    model.reply = reply
    answer = await answering(HOW_LONG)

    assert answer.text == "The repair would take eleven months [1]."
    assert (
        len(model.requests) == 2
        and "fourteen months (number not" in model.requests[1]["messages"][-1]["content"]
    )
    assert (answer.usage["prompt_tokens"], answer.usage["completion_tokens"]) == (22, 14)


async def test_a_repair_says_nothing_twice_and_may_fail(
    answering: Callable[..., Any], model: FakeOpenAI
) -> None:
    def reply(body: dict[str, Any]) -> Script:
        key = key_of(body, "eleven months")
        return Script(
            [f"The repair would take eleven months [{key}]. It would cost 99 crowns [{key}]."]
        )

    model.reply = reply
    same = await answering(HOW_LONG)
    model.reply = lambda body: (
        reply(body)
        if len(model.requests) == 3
        else Script(status=500, headers={"Retry-After": "0"})
    )
    failed = await answering(HOW_LONG)

    assert same.text == failed.text == "The repair would take eleven months [1]."
    assert failed.fallback is None and failed.answerer == "openai"


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("Die Reparatur würde elf Monate dauern", id="another language"),
        pytest.param("I am sorry, but I cannot help with that", id="a refusal"),
        pytest.param("As an AI model I have no opinion on dams", id="about itself"),
        pytest.param(
            "The repair would take eleven months, see https://evil.example/repair", id="an address"
        ),
        pytest.param("The repair would take eleven months, key sk-7f3a91c2", id="a key"),
    ],
)
async def test_what_the_evidence_does_not_say_ends_in_an_honest_refusal(
    answering: Callable[..., Any], model: FakeOpenAI, said: str
) -> None:
    model.reply = lambda body: Script([f"{said} [{key_of(body, 'eleven months')}]."])

    answer = await answering(HOW_LONG)

    assert (answer.outcome, answer.declined_because, answer.claims) == (
        "declined",
        "not_supported",
        (),
    )


async def test_a_model_that_breaks_off_or_calls_tools_is_stood_in_for(
    answering: Callable[..., Any], model: FakeOpenAI
) -> None:
    for raw in (
        b"",
        frames({"tool_calls": [{"index": 0}]}, finish="tool_calls"),
        frames({"content": "The rep"}, finish=None, done=False),
    ):
        model.reply = lambda body, raw=raw: Script(raw=raw)
        answer = await answering(HOW_LONG)

        assert (answer.outcome, answer.answerer) == ("answered", "extractive")
        assert answer.fallback and answer.fallback["reason"].endswith(
            ("model endpoint", "broke off")
        )


HISTORY = (
    Turn("user", "Who is Tomas Quill?"),
    Turn("assistant", "Tomas Quill is the mayor of Orvel [1]."),
)


async def test_a_follow_up_is_rewritten_in_one_call_without_evidence(model: FakeOpenAI) -> None:
    model.reply = lambda body: Script(
        raw=frames(
            {"content": "<think>he = Quill</think>When did Tomas Quill open the bridge?"},
            usage={"prompt_tokens": 9, "completion_tokens": 4},
        )
    )
    drafting = drafter(model.url)

    text, usage = await drafting.rewrite(Question("When did he open the bridge?", HISTORY))
    await drafting.close()

    assert (text, usage) == ("When did Tomas Quill open the bridge?", Usage(9, 4))
    assert "Tomas Quill is the mayor" in model.requests[0]["messages"][-1][
        "content"
    ] and not evidence_of(model.requests[0])


async def test_a_follow_up_is_searched_as_the_model_rewrote_it(
    answering: Callable[..., Any], model: FakeOpenAI
) -> None:
    def reply(body: dict[str, Any]) -> Script:
        if not evidence_of(body):
            return Script(["How long would the repair of the Orvel dam take?"])
        return Script([f"The repair would take eleven months [{key_of(body, 'eleven months')}]."])

    model.reply = reply
    answer = await answering(
        "And how long would that take?",
        Turn("user", "Will the Orvel dam need a repair?"),
        Turn("assistant", "Yes."),
    )

    assert answer.question == "And how long would that take?"
    assert "eleven" in answer.text and answer.usage["prompt_tokens"] == 22
    assert "EARLIER" not in model.requests[1]["messages"][-1]["content"]


async def test_a_follow_up_that_is_rewritten_badly_is_resolved_by_rule(
    answering: Callable[..., Any], model: FakeOpenAI
) -> None:
    def reply(body: dict[str, Any]) -> Script:
        if not evidence_of(body):
            return Script(["Who is Boris Evil, and what did he do in 1999?"])
        return Script([f"The repair would take eleven months [{key_of(body, 'eleven months')}]."])

    model.reply = reply
    answer = await answering(
        "And how long would it take?",
        Turn("user", "Will the Orvel dam need a repair?"),
        Turn("assistant", "Yes."),
    )

    assert "eleven" in answer.text
    assert (
        "- user: Will the Orvel dam need a repair?" in model.requests[1]["messages"][-1]["content"]
    )


async def test_a_failing_rewrite_is_tried_once(model: FakeOpenAI) -> None:
    model.reply = lambda body: Script(status=503)
    drafting = drafter(model.url)

    with pytest.raises(ModelFailed, match="503"):
        await drafting.rewrite(Question("When did he?", HISTORY))
    await drafting.close()

    assert len(model.requests) == 1
