"""What a reader is told of copies that change a cited sentence, and of outlets' own corrections."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from asking import query, stored

from ingest.storage.catalogue import Snapshot
from service.conflicts.altered_copies import altered_copies, corrected
from service.evidence.gathering import passage_at
from service.query.question_analysis import analyse
from service.retrieval.retriever import card
from service.types import Conflict, Evidence, Filters, Question

STORY = """Harl lock reopens after the winter

By Ida Crane, The Harl Echo

4 March 2025

The Harl lock reopened to barges on Tuesday after 11 weeks of repairs. The work cost 940,000 crowns, said lock keeper
Nora Finch, who had never seen the chamber empty before.

The mill at Ashby paid for the gates and the county paid for the walls. About 60 barges pass through the lock in a week,
most of them with gravel from the Loam quarries.

The engineers found a wooden boat in the mud below the lower gate. The museum in Loam calls it a rare find, and wants to
show the wet timber in the autumn. It did not take the anchor, which is too heavy for its floor.

Skippers have waited long for this day. “We went round by the river all winter,” said Tom Reed, who carries gravel for
the road builders and has a crew of two.
"""
COPY = (
    STORY.replace("By Ida Crane, The Harl Echo\n\n4 March 2025", "Pond Daily")
    .replace("940,000", "490,000")
    .replace("It did not take the anchor", "It took the anchor")
    .replace("a rare find", "an odd find")
    .replace("pass through", "go through")
)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Snapshot]:
    texts = {"story.txt": STORY, "copy.txt": COPY}
    for live in stored(tmp_path_factory.mktemp("lock"), model_cache, texts):
        (family,) = {s.family_id for s in live.everything()}
        assert family
        yield live


def cited(snapshot: Snapshot, *openings: str) -> list[Evidence]:
    """The sentences of the sound article that open with these words."""
    sound = next(s for s in snapshot.everything() if s.member.canonical)
    article_id = sound.article.article_id
    said = snapshot.sentences(article_id)
    return [
        Evidence(
            s.text, s.text, s.start, s.end, s.kind, passage_at(snapshot.passages_of(article_id), s.start), 1.0, card(sound)
        )
        for opening in openings
        for s in said
        if s.text.startswith(opening)
    ]  # fmt: skip


def shown(snapshot: Snapshot, question: str, *openings: str) -> tuple[Conflict, ...]:
    return altered_copies(query(question), snapshot, cited(snapshot, *openings))


def test_a_changed_number_is_shown_with_both_sentences(snapshot: Snapshot) -> None:
    (one,) = shown(snapshot, "What did the repairs cost?", "The work cost")

    assert (one.status, one.chosen, one.about) == ("altered_copy", 0, "“940,000” became “490,000”")
    assert [a.citation.number for a in one.accounts] == [1, None]
    assert "490,000" in one.accounts[1].text


def test_what_was_left_out_is_named_and_never_becomes_nothing(snapshot: Snapshot) -> None:
    (one,) = shown(snapshot, "Did the museum take the anchor?", "It did not take")

    assert "“not” was left out" in one.about and "nothing" not in one.about


def test_the_most_serious_change_comes_first_whatever_is_cited_first(snapshot: Snapshot) -> None:
    one, two = shown(snapshot, "What happened at the lock?", "The work cost", "It did not take")

    assert "“not”" in one.about and "940,000" in two.about


def test_other_words_for_the_same_are_no_conflict(snapshot: Snapshot) -> None:
    assert not shown(snapshot, "How many barges pass in a week?", "About 60 barges")
    assert not shown(snapshot, "Which museum wants to show it?", "The museum in Loam")


def test_other_words_are_a_conflict_where_the_question_asks_for_the_words(
    snapshot: Snapshot,
) -> None:
    (one,) = shown(snapshot, "What kind of find does the museum call it?", "The museum in Loam")

    assert one.about == "“rare” became “odd”"


def test_a_copy_that_filters_leave_out_is_not_shown(snapshot: Snapshot) -> None:
    only = Question("What did the repairs cost?", filters=Filters(publishers=("The Harl Echo",)))

    assert not altered_copies(analyse(only, None), snapshot, cited(snapshot, "The work cost"))


def test_an_article_without_a_correction_has_none(snapshot: Snapshot) -> None:
    assert not corrected(query("What did the repairs cost?"), snapshot, cited(snapshot, "The work"))


@pytest.mark.parametrize(
    ("question", "shown_then"),
    [
        ("What kind of find does the museum call it?", True),
        ("What did the museum in Loam call it?", True),
        ("How does the museum in Loam put it?", True),
        ("Who in the museum called it that?", False),  # a person is asked for
        ("What rare thing is shown?", False),  # the question has the word
        ("How many crowns did the gravel road of the skippers cost?", False),
    ],
)
def test_a_word_is_asked_for_behind_words_of_the_question(
    snapshot: Snapshot, question: str, shown_then: bool
) -> None:
    assert bool(shown(snapshot, question, "The museum in Loam")) == shown_then


def test_the_cited_sentence_keeps_its_number(snapshot: Snapshot) -> None:
    question = "What did the repairs cost?"
    (one,) = shown(snapshot, question, "The engineers found", "The work cost")
    assert [a.citation.number for a in one.accounts] == [2, None]
    assert not shown(snapshot, question)
