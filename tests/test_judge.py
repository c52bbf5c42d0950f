"""A judge is asked about claims that are borne out in part, and can only take them out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fake_openai import FakeOpenAI, Script, evidence_of, prompt_of, running
from test_answerer import asked, drafting

from ingest.settings import Settings
from ingest.storage.archive import Archive

COST = "How much did the Orvel bridge cost, and what does the bridge carry?"
PARTLY = (
    "It cost 38 million crowns, said mayor Tomas Quill, before a cheering crowd of grateful farmers"
)
WHOLLY = "The bridge carries two lanes and a cycle path across the Senn"


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with running() as fake:
        yield fake


def scripted(verdict: Script) -> Any:
    """Writes one sentence that is borne out in part and one that is wholly; as a judge it gives `verdict`."""

    def reply(body: dict[str, Any]) -> Script:
        if "QUOTES" in prompt_of(body):
            return verdict
        keys = {text: key for key, text in evidence_of(body)}
        cost = next(key for text, key in keys.items() if "38 million" in text)
        lanes = next(key for text, key in keys.items() if "two lanes" in text)
        return Script([f"{PARTLY} [{cost}]. {WHOLLY} [{lanes}]."])

    return reply


def judged(model: FakeOpenAI) -> list[str]:
    return [prompt_of(body) for body in model.requests if "QUOTES" in prompt_of(body)]


async def test_without_the_setting_nobody_is_asked(
    filled: Archive, settings: Settings, model: FakeOpenAI
) -> None:
    model.reply = scripted(Script(["no"]))

    body = await asked(drafting(filled, settings, model), COST)

    assert [claim["support"] for claim in body["claims"]] == ["partial", "exact"] and not judged(
        model
    )


@pytest.mark.parametrize("word", ["no", "No.", "I cannot say yes", "", "maybe"])
async def test_a_claim_the_judge_denies_is_dropped(
    filled: Archive, settings: Settings, model: FakeOpenAI, word: str
) -> None:
    model.reply = scripted(Script([word]))

    body = await asked(drafting(filled, settings, model, judge_partial=True), COST)

    assert [claim["support"] for claim in body["claims"]] == ["exact"]
    assert judged(model) and all(
        PARTLY in prompt and WHOLLY not in prompt.partition("Sentence:")[2]
        for prompt in judged(model)
    )


@pytest.mark.parametrize("word", ["yes", " Yes.", "**yes**"])
async def test_a_claim_the_judge_confirms_stays_what_it_was(
    filled: Archive, settings: Settings, model: FakeOpenAI, word: str
) -> None:
    model.reply = scripted(Script([word]))

    body = await asked(drafting(filled, settings, model, judge_partial=True), COST)

    assert [claim["support"] for claim in body["claims"]] == ["partial", "exact"] and len(
        judged(model)
    ) == 1


async def test_where_the_judge_fails_the_rules_stand(
    filled: Archive, settings: Settings, model: FakeOpenAI
) -> None:
    model.reply = scripted(Script(status=500))

    body = await asked(drafting(filled, settings, model, judge_partial=True), COST)

    assert [claim["support"] for claim in body["claims"]] == ["partial", "exact"] and body[
        "fallback"
    ] is None
