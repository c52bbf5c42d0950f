"""A refusal quotes the sentence that comes closest, and nothing where nothing is near."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.archive import Archive
from service.answerer import Answerer
from service.given_answers.receipts import Receipts
from service.record_tables import open_records
from service.retrieval.retriever import Retriever
from service.types import Answer, Question


@pytest.fixture
def answerer(archive: Archive, settings: Settings, tmp_path: Path) -> Answerer:
    path = tmp_path / "fair.txt"
    path.write_text(
        "Quellmouth keeps its harbour fair\n\nThe harbour fair at Quellmouth drew 900 people on "
        "Sunday. The warden, Ilse Brook, counted them at the gate with a bag of beans.\n"
    )
    ingest(archive, [path])
    return Answerer(archive, Retriever(archive), Receipts(open_records(settings)))


async def declined(answerer: Answerer, question: str, as_of: date | None = None) -> Answer:
    answer = await answerer.answer(Question(question, as_of=as_of))
    assert answer.outcome == "declined"
    return answer


async def test_the_closest_sentence_is_an_exact_span(answerer: Answerer) -> None:
    answer = await declined(answerer, "What did the harbour fair at Quellmouth cost the town?")
    sentence = answer.nearest[0].sentence
    stored = answerer.archive.catalogue.live().article(answer.nearest[0].article.article_id)
    assert sentence is not None and stored is not None
    assert stored.article.text[sentence.start : sentence.end] == sentence.text
    assert "harbour fair" in sentence.text


@pytest.mark.parametrize("question", ["hi", "xyzzy plugh", "Who invented the zeppelin?"])
async def test_where_no_word_of_the_question_is_near_nothing_is_quoted(
    answerer: Answerer, question: str
) -> None:
    answer = await declined(answerer, question)
    assert [one.sentence for one in answer.nearest] == [None] * len(answer.nearest)


async def test_what_permitted_articles_speak_of_is_not_refused_for_its_date(
    archive: Archive, settings: Settings
) -> None:
    ferries = ("skerra-down-to-three-ferries.txt", "battery-ferry-guillemot.md")
    ingest(archive, [Path(__file__).parents[1] / "ingest/sample" / name for name in ferries])
    answerer = Answerer(archive, Retriever(archive), Receipts(open_records(settings)))

    question = "How many ferries are on the Skerra run?"

    near = await declined(answerer, question, date(2024, 12, 31))
    assert near.declined_because == "not_supported"
    sentence = near.nearest[0].sentence
    assert sentence is not None and "leaves three ferries on the Skerra route" in sentence.text

    silent = await declined(answerer, question, date(2024, 1, 1))
    assert silent.declined_because == "outside_dates"
