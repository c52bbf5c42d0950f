"""What each guard is worth: without it, what it is there for happens, beyond chance.

One archive of articles with planted trouble of known truth (`evals/stress.py`), asked as it is and with one guard less.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import fake_openai
import pytest
from fake_openai import Script, evidence_of, prompt_of

from evals.asker import in_process
from evals.cases import Suite, read_suite
from evals.compare import compare
from evals.lab.copies.sources import read_sources
from evals.results import Scored
from evals.run import Asking, Row, run
from evals.stress import stress, write
from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.archive import open_archive
from ingest.types import Family, Member, Role
from service.answerer import Guards
from service.evidence.ranking import decide
from service.verification.verify import Verdict
from service.wiring import open_service

pytestmark = pytest.mark.slow

SUITES = Path(__file__).parent.parent / "evals" / "suites"
STORIES = 110
CARD = {"measures": "", "source": "", "licence": "", "made": "", "articles": "articles.jsonl"}
NO_VERIFIER = Guards(verdict=lambda draft, shown: Verdict("supported", draft.keys, "not looked at"))
NO_REFUSALS = Guards(
    decide=lambda query, ranked: replace(decide(query, ranked), answer=bool(ranked))
)


@dataclass(frozen=True, slots=True)
class Planted:
    """The articles, and the cases that ask about them."""

    folder: Path
    suite: Suite
    settings: Settings

    def asked(self, *kinds: str, guards: Guards | None = None, **settings: Any) -> list[Row]:
        """The scored rows of the cases whose ids begin so."""
        cases = tuple(c for c in self.suite.cases if c.id.startswith(kinds))
        own = self.settings.model_copy(update=settings)

        async def scored() -> list[Row]:
            with open_service(own, guards) as service:
                async with in_process(service) as asker:
                    suite = replace(self.suite, cases=cases)
                    ran = await run(suite, asker, lambda row: None, lambda *_: None, Asking())
                    return list(ran.rows)

        return asyncio.run(scored())


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Planted:
    folder = tmp_path_factory.mktemp("planted")
    sources = read_sources([SUITES / "newsroom" / "articles", SUITES / "claims" / "articles"])
    made, cases = stress(sources, STORIES, seed=7)
    suite = read_suite(str(write(made, cases, folder, CARD)))
    settings = Settings(_env_file=None, data_dir=folder / "data", model_cache=model_cache)  # type: ignore[call-arg]
    with open_archive(settings) as archive:
        assert not ingest(archive, [folder / "articles.jsonl"]).failed
    return Planted(folder, suite, settings)


def worse(before: list[Row], after: list[Row], score: str) -> bool:
    """Whether a score got worse, case by case, beyond the 95 % interval of the difference."""
    pair = [{row["id"]: Scored.model_validate(row) for row in rows} for rows in (before, after)]
    (found,) = [d for d in compare(*pair).differences if d.score.name == score]
    gain = found.gain
    print(f"{score}: {found.base:.3f} became {found.new:.3f}, gain {gain}")  # noqa: T201
    return gain.high is not None and gain.high < 0


def test_without_families_copies_count_as_sources_and_their_facts_are_taken_over(
    planted: Planted,
) -> None:
    kinds = ("altered", "syndicated")
    before = planted.asked(*kinds)
    with without_families(planted.settings):
        after = planted.asked(*kinds)
    assert worse(before, after, "inflation")
    assert worse(before, after, "altered_facts")


@contextmanager
def without_families(settings: Settings) -> Iterator[None]:
    """Every article stands for itself; a generation later, all is as it was."""
    with open_archive(settings) as archive:
        with archive.catalogue.live() as snapshot:
            known = snapshot.families()
            alone = [
                Family(f"f-{i}", (Member(i, Role.ORIGINAL, True),)) for i in snapshot.known_hashes()
            ]
        archive.catalogue.publish([], [], alone)
    yield
    with open_archive(settings) as archive:
        archive.catalogue.publish([], [], known)


def test_without_the_verifier_what_a_model_makes_up_is_said(planted: Planted) -> None:
    with fake_openai.running() as model:
        model.reply = lying
        asks = {"openai_base_url": model.url, "answerer": "openai"}
        before = planted.asked("syndicated", **asks)
        after = planted.asked("syndicated", guards=NO_VERIFIER, **asks)
    assert worse(before, after, "unsupported_claims")
    assert {row["answer"]["answerer"] for row in after} == {"openai"}


def lying(body: dict[str, Any]) -> Script:
    """Copies the sentence that shares most words with the question, and adds one of its own invention to it."""
    question = set(re.findall(r"\w+", prompt_of(body).rpartition("Question: ")[2]))
    key, text = max(evidence_of(body), key=lambda one: len(question & set(one[1].split())))
    lie = "It was bought by a circus from Valparaiso for nine elephants"
    return Script([f"{text.rstrip('.')} [{key}]. {lie} [{key}]."])


def test_without_dates_what_is_no_longer_so_is_said(planted: Planted) -> None:
    before = planted.asked("superseded", "updated")
    with without_dates(planted):
        after = planted.asked("superseded", "updated")
    assert worse(before, after, "stale_facts")


@contextmanager
def without_dates(planted: Planted) -> Iterator[None]:
    """The same articles, of which no day is known."""
    file = planted.folder / "articles.jsonl"
    dated = file.read_text("utf-8")
    rows = [json.loads(line) for line in dated.splitlines()]
    for row in rows:
        row.pop("published_on", None)
        row["text"] = re.sub(r"^\d{1,2} [A-Z][a-z]+ 20\d\d\n", "", row["text"], flags=re.MULTILINE)
    for text in ("".join(json.dumps(row) + "\n" for row in rows), dated):
        file.write_text(text, "utf-8")
        with open_archive(planted.settings) as archive:
            ingest(archive, [file])
        if text != dated:
            yield


def test_without_refusals_wrong_answers_are_given(planted: Planted) -> None:
    asked = tuple(case.id for case in planted.suite.cases if case.kind == "unanswerable")[:60]
    before, after = planted.asked(*asked), planted.asked(*asked, guards=NO_REFUSALS)
    assert worse(before, after, "correct_refusals")
