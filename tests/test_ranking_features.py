"""Every feature tells a better sentence from a worse one: switched off, its line here fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from asking import query
from newsroom import card, sentences

from ingest.types import SentenceKind
from service.evidence.ranking_features import QUESTION_FEATURES, SENTENCE_FEATURES, measure
from service.types import Evidence

TITLE, HEADING, BYLINE = SentenceKind.TITLE, SentenceKind.HEADING, SentenceKind.BYLINE
BRIDGE = card("bridge", "Orvel bridge opens", author="Ines Marlow", publisher="Harbour Gazette",
              published_on=date(2025, 3, 12))  # fmt: skip
HALL = card("hall", "Council news", published_on=date(2021, 6, 1))


def body(*texts: str, of=BRIDGE) -> list[Evidence]:
    return sentences(of, *texts)


def column(name: str, question: str, evidence: list[Evidence]) -> list[float]:
    """The feature of each sentence; the first one's vector is the question's own, the others stand across."""
    vectors = np.eye(len(evidence), 8)
    found = measure(query(question), evidence, vectors[0], vectors, lambda word: 1.0)
    if name in SENTENCE_FEATURES:
        return list(found.sentences[:, SENTENCE_FEATURES.index(name)])
    return list(found.question[:, QUESTION_FEATURES.index(name)])


# feature, question, evidence whose first sentence has more of it than the second
MORE = [
    ("cosine", "Who opened it?", body("Quill opened it.", "It rained.")),
    ("passage", "Who opened it?", [replace(body("A.")[0], passage_score=0.9), *body("B.", of=HALL)]),
    ("coverage", "Who leads Tolvay?", body("President Karrow of Tolvay waved.", "A mediator in Tolvay waved.")),
    ("coverage", "When did the bridge open?", body("The bridge opened.", "It rained.", of=HALL)),
    ("outside_title", "What does the Orvel toll cost?", body("The toll is £2.", "Orvel rejoiced.")),
    ("names", "What did Hanne Brandt say?", body("Hanne Brandt spoke.", "It rained.")),
    ("numbers", "What rose in 2019?", body("Fares rose in 2019.", "Fares rose in 2022.")),
    ("pairs", "Who runs the ferry line?", body("The ferry line is old.", "The line has a ferry.")),
    ("pronoun", "Who runs it?", body("He runs it.", "Quill runs it.")),
    ("first", "Who runs it?", body("Quill runs it.", "Brandt owns it.")),
    ("shortness", "Who runs it?", body("Quill.", "Quill has run it for many years with some success.")),
    ("asks", "Who runs it?", body("Who runs the ferry?", "Quill runs the ferry.")),
    ("quoted", "Who runs it?", body("“I run it,” he said.", "Quill runs it.")),
    ("article", "What of the Orvel bridge?", [*body("A."), *body("B.", of=HALL)]),
    ("alternative", "Was it red or green?", body("It was green.", "It was tall.")),
    ("bond", "Who opened the toll?",
     body("Tomas Quill opened the toll.", "He opened a toll, and there came rain and wind and hail and "
          "snow and mud and more of it until at last the sun shone on Ada Brandt.")),
    ("cue_person", "Who opened it?", body("Tomas Quill opened it.", "It was opened.")),
    ("cue_name", "Which company built it?", body("It was built by Northgate Works.", "It was built.")),
    ("cue_place", "Where was it built?", body("It was built in Orvel.", "It was built.", of=HALL)),
    ("cue_date", "When was it built?", body("It was built in 1931.", "It was built.")),
    ("cue_number", "How many ships sail?", body("Five ships sail.", "Ships sail.")),
    ("cue_money", "How much does it cost?", body("It costs £5.", "It costs a lot.")),
    ("cue_reason", "Why did it close?", body("It closed because of ice.", "It closed.")),
    ("cue_other", "What kind of boat is it?", body("It is a fishing boat.", "It is a boat.")),
    ("newer", "What does it cost?", [*body("£5."), *body("£4.", of=HALL)]),
    ("newer_now", "What does it cost now?", [*body("£5."), *body("£4.", of=HALL)]),
    ("specific", "What of the toll?", [*body("The toll is £2."), *body("Rain.", of=HALL)]),
    ("lead", "Who?", [replace(body("A.")[0], passage_score=0.9), *body("B.", of=HALL)]),
    ("passage_cosine", "Who?", [replace(body("A.")[0], passage_score=0.9), *body("B.", of=HALL)]),
    ("titled", "What of the Orvel bridge?", [*body("A."), *body("B.", of=HALL)]),
]  # fmt: skip
LESS = [  # the second has more
    ("lacks", "Who opened it?", body("Tomas Quill opened it.", "It was opened.")),
    ("lacks_number", "How many ships sail?", body("Five ships sail.", "Ships sail.")),
    ("missing", "What of the toll?", [*body("The toll is £2."), *body("Rain.", of=HALL)]),
]


@pytest.mark.parametrize(("name", "question", "evidence"), MORE, ids=[row[0] for row in MORE])
def test_a_feature_is_higher_where_it_should_be(
    name: str, question: str, evidence: list[Evidence]
) -> None:
    first, second = column(name, question, evidence)
    assert first > second


@pytest.mark.parametrize(("name", "question", "evidence"), LESS, ids=[row[0] for row in LESS])
def test_what_counts_against_an_answer_is_lower_where_it_should_be(
    name: str, question: str, evidence: list[Evidence]
) -> None:
    first, second = column(name, question, evidence)
    assert first < second


@pytest.mark.parametrize(
    ("name", "kind"), [("title", TITLE), ("heading", HEADING), ("credit", BYLINE)]
)
def test_lines_that_are_no_prose_are_told_apart_unless_an_article_is_asked_about(
    name: str, kind: SentenceKind
) -> None:
    lines = [*sentences(BRIDGE, "By Ines Marlow", kind=kind), *sentences(HALL, "It rained.")]
    assert column(name, "Who runs the ferry?", lines) == [1.0, 0.0]
    assert column(name, "Who wrote the article on the bridge?", lines) == [0.0, 0.0]


def test_a_byline_states_who_wrote_an_article() -> None:
    lines = [*sentences(BRIDGE, "By Ines Marlow", kind=BYLINE), *sentences(HALL, "It rained.")]
    assert column("about", "Who wrote the article on the bridge?", lines) == [1.0, 0.0]


def test_the_first_two_sentences_open_an_article_and_give_an_overview() -> None:
    texts = body("One.", "Two.", "Three.")
    assert column("opening", "What happened in Orvel?", texts) == [1.0, 1.0, 0.0]
    assert column("overview", "What happened in Orvel?", texts) == [1.0, 1.0, 0.0]
    assert column("overview", "Who opened it?", texts) == [0.0, 0.0, 0.0]


def test_a_sentence_takes_words_from_the_one_before_that_it_points_back_to() -> None:
    texts = body("The toll is new.", "It costs £2.", "Rain costs nothing.", of=HALL)
    carried = column("carried", "What does the toll cost?", texts)
    assert carried[1] > 0 == carried[2]
    assert column("neighbour", "What does the toll cost?", texts)[1] > 0


@pytest.mark.parametrize(
    ("name", "has", "has_not"),
    [
        ("yes_no", "Did it open?", "Who opened it?"),
        ("why", "Why did it open?", "Who opened it?"),
        ("how", "How did it open?", "Who opened it?"),
        ("typed", "Who opened it?", "What happened?"),
        ("short", "Who opened it?", "Who opened the old harbour bridge beside Orvel mill?"),
        ("unheard", "What did Oswin Trask do?", "What did Tomas Quill do?"),
    ],
)
def test_the_kind_of_question_counts_in_the_decision(name: str, has: str, has_not: str) -> None:
    evidence = body("Tomas Quill opened it.")
    assert (column(name, has, evidence), column(name, has_not, evidence)) == ([1.0], [0.0])


def test_the_best_cosine_stands_out_of_its_passage() -> None:
    evidence = body("Quill opened it.", "It rained.")
    assert column("best_cosine", "Who?", evidence) == [1.0, 1.0]
    assert column("standout", "Who?", evidence) == [0.5, 0.5]
