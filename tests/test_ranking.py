"""The sentence that answers comes first, and a question that nothing answers is declined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from asking import query
from newsroom import altered, card, rarity, sentences, vector, vectors

from ingest.types import SentenceKind
from service.evidence import ranking
from service.evidence.answer_types import cue
from service.evidence.neural_reader import Reader
from service.evidence.ranking_features import measure
from service.types import Evidence

BRIDGE = card(
    "bridge",
    "Orvel bridge opens",
    author="Ines Marlow",
    publisher="Harbour Gazette",
    published_on=date(2025, 3, 12),
)
TEXTS = (
    "The Orvel bridge opened to traffic on 12 March 2025.",
    "It cost 38 million crowns, said mayor Tomas Quill.",
    "Hanna Brandt runs a bakery on the east bank.",
    "About 9,000 vehicles are expected to cross the bridge every day.",
    "The old ferry stopped because its hull had cracked.",
)


Ranked = Callable[[str, list[Evidence]], tuple[Evidence, ...]]


@pytest.fixture(scope="module")
def ranked(reader: Reader) -> Ranked:
    def rank(question: str, evidence: list[Evidence]) -> tuple[Evidence, ...]:
        asked, vectors_of, idf = vector(question), vectors(evidence), rarity(evidence)
        return ranking.rank(query(question), evidence, asked, vectors_of, idf, reader)

    return rank


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("When did the Orvel bridge open?", 0),
        ("How much did the bridge at Orvel cost?", 1),
        ("Who runs the bakery?", 2),
        ("How many vehicles cross the bridge?", 3),
        ("Why did the ferry stop?", 4),
    ],
)
def test_the_sentence_that_answers_comes_first(ranked: Ranked, question: str, best: int):
    assert ranked(question, sentences(BRIDGE, *TEXTS))[0].text == TEXTS[best]


def test_what_is_read_can_outweigh_shared_words(ranked: Ranked):
    museum = card("museum", "Visitor guide: Stack Point Lighthouse Museum")
    evidence = sentences(
        museum,
        "The tower was built in 1838 by the engineer Josiah Trent, out of granite shipped from Calderport.",
        "The hull was launched in April by Elspeth Moy, the lighthouse's longest-serving volunteer.",
        "Tickets are £4.",
    )
    assert "Josiah Trent" in ranked("who designed the lighthouse", evidence)[0].text


def test_every_piece_of_evidence_comes_back_once_with_a_relevance_that_falls(ranked: Ranked):
    evidence = sentences(BRIDGE, *TEXTS)
    found = ranked("Who runs the bakery?", evidence)
    assert sorted(item.key for item in found) == sorted(item.key for item in evidence)
    relevances = [item.relevance for item in found]
    assert relevances == sorted(relevances, reverse=True)
    assert all(0 <= relevance <= 1 for relevance in relevances)
    assert {replace(item, relevance=0.0) for item in found} == set(evidence)


def test_a_question_for_a_sum_is_not_answered_without_a_number(ranked: Ranked):
    texts = ("The Orvel bridge opened to traffic at last.", "The bridge pleased the town.")
    found = ranked("What did the Orvel bridge cost the town?", sentences(BRIDGE, *texts))
    assert not ranking.decide(query("What did the Orvel bridge cost the town?"), found).answer


def test_a_title_without_a_number_never_answers_how_many(ranked: Ranked):
    evidence = sentences(BRIDGE, "How the Orvel bridge drew people", TEXTS[3])
    evidence[0] = replace(evidence[0], kind=SentenceKind.TITLE)
    assert ranked("How many people did the Orvel bridge draw?", evidence)[0].text == TEXTS[3]


@pytest.mark.parametrize(
    ("question", "least"),
    [("Compare the fares", 0.35), ("Why did the fares rise?", 0.5), ("What are the fares?", 0.57)],
)
def test_a_side_of_a_comparison_or_a_reason_may_answer_less_surely_than_another(
    question: str, least: float
):
    told = sentences(card("a"), "A ticket costs 42 crowns.")[0]
    assert ranking.decide(query(question), [replace(told, relevance=least)]).answer
    assert not ranking.decide(query(question), [replace(told, relevance=least - 0.01)]).answer


def test_nothing_gives_nothing(reader: Reader):
    assert (
        ranking.rank(
            query("Who?"),
            [],
            vector("Who?"),
            vectors(sentences(BRIDGE, "x")),
            lambda word: 1.0,
            reader,
        )
        == ()
    )
    assert ranking.decide(query("Who?"), ()) == ranking.Decision(False, "no_match", 0.0)


def test_an_altered_sentence_ranks_below_the_sound_one_that_says_the_same(ranked: Ranked):
    sound = sentences(
        card("sound", family="f", size=2), "The new bridge at Orvel cost 38 million crowns in all."
    )
    copy = [
        altered(item)
        for item in sentences(
            card("copy", family="f", size=2, role="altered"),
            "The Orvel bridge cost 83 million crowns.",
        )
    ]
    question = "How much did the Orvel bridge cost?"
    assert [item.altered for item in ranked(question, [*copy, *sound])] == [False, True]


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("Who wrote the article on the Orvel bridge?", "By Ines Marlow, Harbour Gazette"),
        ("When was the article on the Orvel bridge published?", "12 March 2025"),
        ("Which outlet published the article by Ines Marlow?", "By Ines Marlow, Harbour Gazette"),
        ("What is the title of the article by Ines Marlow?", "Orvel bridge opens"),
    ],
)
def test_title_byline_and_date_line_answer_questions_about_the_article(
    ranked: Ranked, question: str, best: str
):
    evidence = [
        *sentences(BRIDGE, "Orvel bridge opens", kind=SentenceKind.TITLE),
        *sentences(BRIDGE, "By Ines Marlow, Harbour Gazette", kind=SentenceKind.BYLINE, start=1),
        *sentences(BRIDGE, "12 March 2025", kind=SentenceKind.DATELINE, start=2),
        *sentences(BRIDGE, *TEXTS[1:], start=3),
    ]
    found = ranked(question, evidence)
    assert found[0].text == best
    assert ranking.decide(query(question), found).answer


def test_a_title_does_not_answer_a_question_about_the_content(ranked: Ranked):
    evidence = [
        *sentences(BRIDGE, "Orvel bridge opens", kind=SentenceKind.TITLE),
        *sentences(BRIDGE, *TEXTS, start=1),
    ]
    assert ranked("When did the Orvel bridge open?", evidence)[0].kind is SentenceKind.BODY


def test_initials_stand_for_their_words(ranked: Ranked):
    evidence = sentences(
        card("trade", "Trade of Tolvay"),
        "FDI from Tolvay reached 7 billion crowns.",
        "Tolvay is a country of rain.",
    )
    assert ranked("How much foreign direct investment came from Tolvay?", evidence)[
        0
    ].text.startswith("FDI")


def test_a_good_match_is_answered_and_an_unrelated_question_is_not(ranked: Ranked):
    evidence = [replace(item, passage_score=0.75) for item in sentences(BRIDGE, *TEXTS)]
    question = "When did the Orvel bridge open to traffic?"
    assert ranking.decide(query(question), ranked(question, evidence)).answer
    far = [replace(item, passage_score=0.05) for item in sentences(BRIDGE, *TEXTS)]
    question = "what do beavers eat in winter"
    decision = ranking.decide(query(question), ranked(question, far))
    assert (decision.answer, decision.reason) == (False, "no_match")


def test_a_name_of_which_no_article_has_a_word_makes_an_answer_less_likely(ranked: Ranked):
    evidence = [replace(item, passage_score=0.9) for item in sentences(BRIDGE, *TEXTS)]
    known, unknown = (
        ranked(f"When did {name} open the Orvel bridge to traffic?", evidence)[0].relevance
        for name in ("Tomas Quill", "Oswin Trask")
    )
    assert unknown < known


def test_what_kind_of_thing_is_told_by_the_word_before_it():
    texts = (
        "In her Orvel visit the minister spoke to the mayor, and her visit was long.",
        "The month saw a working visit of the minister to Orvel.",
    )
    asked = query("What kind of visit did the minister make to Orvel?")
    assert [cue(asked, text) for text in texts] == [0.0, 1.0]


@pytest.mark.parametrize(
    ("relevance", "answer", "reason"),
    [
        (0.57, True, None),
        (0.56, False, "not_supported"),
        (0.15, False, "not_supported"),
        (0.14, False, "no_match"),
    ],
)
def test_the_best_sentence_decides_and_what_is_near_is_told_from_silence(
    relevance: float, answer: bool, reason: str | None
):
    best = [replace(item, relevance=relevance) for item in sentences(BRIDGE, TEXTS[0])]
    found = ranking.decide(query("When did the bridge open?"), best)
    assert (found.answer, found.reason, found.score) == (answer, reason, relevance)


def test_an_archive_of_nothing_is_silent():
    assert ranking.decide(query("When did the bridge open?"), ()).reason == "no_match"


def test_what_decides_is_the_share_and_the_lead_of_the_best():
    """Two scores of 1 and one of 0, for each sentence as if it were the best."""
    shown = sentences(BRIDGE, *TEXTS[:3])
    measured = measure(query("Who?"), shown, np.eye(3, 8)[0], np.eye(3, 8), lambda word: 1.0)
    share, ahead = ranking.answering_rows(measured, np.array([1.0, 1.0, 0.0]))[:, -2:].T
    assert share == pytest.approx(np.array([np.e, np.e, 1]) / (2 * np.e + 1))
    assert list(ahead) == [0.0, 0.0, -1.0]
    far = ranking.answering_rows(measured, np.array([9.0, 0.0, 3.0]))[:, -1]
    assert list(far) == [5.0, -5.0, -5.0]
    alone = measure(query("Who?"), shown[:1], np.eye(1, 8)[0], np.eye(1, 8), lambda word: 1.0)
    assert list(ranking.answering_rows(alone, np.array([2.0]))[0, -2:]) == [1.0, 5.0]


def test_no_question_or_heading_is_an_answer_nor_a_title_without_what_is_asked_for():
    shown = [
        *sentences(BRIDGE, "It opened.", "Who opened it?", "“Who opened it?”"),
        *sentences(BRIDGE, "The opening", kind=SentenceKind.HEADING),
        *sentences(BRIDGE, "Tomas Quill opens bridge", "Bridge opens", kind=SentenceKind.TITLE),
    ]
    for text, never in (
        ("Who opened it?", [0, 1, 1, 1, 0, 1]),
        ("Who wrote this article?", [0] * 6),
    ):
        asked = query(text)
        measured = measure(asked, shown, np.eye(6, 8)[0], np.eye(6, 8), lambda word: 1.0)
        assert list(ranking.never_answers(asked, shown, measured)) == never
