"""Whose report an answer rests on, and how many outlets only repeat it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from asking import stored
from conftest import BRIDGE, CHOIR, DAM
from test_altered_copies import STORY

from ingest.storage.catalogue import Snapshot
from service.conflicts.origins import note
from service.evidence.gathering import passage_at
from service.query.question_analysis import analyse
from service.retrieval.retriever import card
from service.types import Evidence, Filters, Question

FIRST = "Who first reported this?"
FROM = "Published 2 June 2025 by the Senn Valley Post"


def lock(outlet: str, day: int) -> str:
    return STORY.replace("The Harl Echo", outlet).replace("4 March", f"{day} March")


def dam(line: str) -> str:
    return DAM.replace(FROM, line)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Snapshot]:
    """Four stories: of three outlets on three days, of one outlet, of two on one day, of one and of nobody."""
    articles = {
        "lock1.txt": lock("The Harl Echo", 4),
        "lock2.txt": lock("The Loam Post", 6),
        "lock3.txt": lock("Pond Daily", 7),
        "bridge.txt": BRIDGE,
        "dam1.txt": DAM,
        "dam2.txt": dam("Published 2 June 2025 by the Orvel Times"),
        "choir1.md": f"---\ntitle: Choir of the miners wins in Tarn\npublisher: Tarn Mail\npublished_on: 2025-02-01\n---\n{CHOIR}",
        "choir2.txt": CHOIR,
    }
    yield from stored(tmp_path_factory.mktemp("origins"), model_cache, articles)


def told(
    snapshot: Snapshot, opening: str, question: str = FIRST, filters: Filters | None = None
) -> str | None:
    """What is said of the sources of the story that has a sentence with this opening; another story is cited second."""
    found = note(
        analyse(Question(question, filters=filters or Filters()), None),
        snapshot,
        [cited(snapshot, opening), cited(snapshot, "The jury praised")],
    )
    return found and found[0]


def cited(snapshot: Snapshot, opening: str) -> Evidence:
    for one in snapshot.everything():
        article_id = one.article.article_id
        for s in snapshot.sentences(article_id):
            if s.text.startswith(opening):
                place = passage_at(snapshot.passages_of(article_id), s.start)
                return Evidence(s.text, s.text, s.start, s.end, s.kind, place, 1.0, card(one))
    raise AssertionError(f"no sentence begins with {opening}")


LOCK, ORVEL, CLOSED = "The work cost", "The bridge carries", "No houses were"


def test_copies_are_no_sources_and_the_earliest_is_the_origin(snapshot: Snapshot) -> None:
    said = "The report comes from The Harl Echo; 2 other outlets in the archive only repeat it."
    assert told(snapshot, LOCK) == said
    assert told(snapshot, LOCK, "How many outlets report on the lock?") == said


def test_one_other_outlet_repeats_it(snapshot: Snapshot) -> None:
    two = Filters(publishers=("The Harl Echo", "Pond Daily"))
    said = "The report comes from The Harl Echo; 1 other outlet in the archive only repeats it."
    assert told(snapshot, LOCK, filters=two) == said


def test_one_outlet_alone_is_named_as_the_only_one(snapshot: Snapshot) -> None:
    said = "In the archive this report stands only in Harbour Gazette."
    assert told(snapshot, ORVEL) == said


def test_of_copies_of_one_day_none_is_the_origin(snapshot: Snapshot) -> None:
    said = "2 outlets in the archive carry this, as copies of one report."
    assert told(snapshot, CLOSED) == said


def test_a_copy_that_filters_leave_out_is_not_counted(snapshot: Snapshot) -> None:
    only = Filters(publishers=("The Harl Echo",))
    said = "In the archive this report stands only in The Harl Echo."
    assert told(snapshot, LOCK, filters=only) == said


@pytest.mark.parametrize("question", ["What did the repairs cost?", "Who paid for the gates?"])
def test_nothing_is_said_of_sources_where_nobody_asks(snapshot: Snapshot, question: str) -> None:
    assert told(snapshot, LOCK, question) is None
    assert note(analyse(Question(FIRST), None), snapshot, ()) is None


def test_a_copy_whose_outlet_is_unknown_counts_and_is_not_named(snapshot: Snapshot) -> None:
    said = told(snapshot, "The jury praised")
    assert said is None or "choir2.txt" not in said
