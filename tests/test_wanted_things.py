"""Where the best sentence does not give the kind of thing that is asked for, one beside it does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asking import query
from newsroom import card, sentences

from ingest.types import SentenceKind
from service.drafting.extractive import draft
from service.drafting.wanted_things import GIVEN, gives
from service.types import Evidence

PIER = card("pier", "Bang at the net loft")


def drafted(question: str, *texts: str, best: int = 0) -> list[str]:
    """What is said of these sentences of one article, of which one fits far better than all others."""
    told = [
        replace(item, relevance=0.9 if at == best else 0.001)
        for at, item in enumerate(sentences(PIER, *texts))
    ]
    ranked: list[Evidence] = sorted(told, key=lambda item: -item.relevance)
    return [one.text for one in draft(query(question), ranked)]


@pytest.mark.parametrize(
    ("question", "best", "beside"),
    [
        (
            "What time did the net loft burn down?",
            "The net loft at Loam burned down early on Saturday.",
            "The first alarm rang at 5.52am.",
        ),
        (
            "Who was the first person to walk over the weir?",
            "A retired baker was the first person to walk over the weir.",
            "Tobiah Stone said that his knees had shaken.",
        ),
        (
            "Who was the first person to walk over the weir?",
            "A retired baker was the first person to walk over the weir.",
            "The baker, Tobiah Stone, had waited since dawn.",
        ),
        (
            "Where were the stolen bells found?",
            "Police have found all six of the stolen bells.",
            "They lay in a barn near Mirefold.",
        ),
        (
            "Name the victims of the landslide.",
            "Two people died in the landslide on Monday.",
            "Police named the dead as Ada Quill, 34, and Joren Stone, 61.",
        ),
        (
            "Which fair had more visitors, 2018 or 2024?",
            "The fair of 2024 had 9,300 visitors, more than ever.",
            "That of 2018 was seen by 8,700.",
        ),
        (
            "How many islanders hold a card?",
            "The islanders' card takes 40 per cent off each fare.",
            "About 5,300 people hold one.",
        ),
        (
            "Who takes over from Dr Quill?",
            "Dr Ada Quill is to step down in June.",
            "Her deputy, Tobiah Stone, succeeds her.",
        ),
    ],
)
def test_the_sentence_beside_the_best_one_brings_what_is_asked_for(
    question: str, best: str, beside: str
):
    filler = "Nothing of the kind was seen before."
    assert drafted(question, best, beside, filler) == [best, beside]
    assert beside not in drafted(question, best, filler, filler, beside)


def test_one_two_sentences_on_is_brought_and_one_right_before_only_with_words_of_the_question():
    filler, best = "The rain had not let up.", "The hamlet's drill broke in May."
    asked = "Where did the new drill come from?"
    second = "Another one was sent from Mirefold."
    assert drafted(asked, best, filler, second) == [best, second]
    assert drafted(asked, best, filler, filler, second) == [best]
    before = "Drill parts were sent from Mirefold."
    assert drafted(asked, before, best, best=1) == [best, before]
    assert drafted(asked, before, filler, best, best=2) == [best]
    assert drafted(asked, second, best, best=1) == [best]


def test_nothing_is_brought_that_is_told_of_somebody_else_or_asks_or_is_no_prose():
    asked, best = "Who mends the clock?", "A retired baker mends the clock."
    for other in (
        "Coach Ada Quill, in her third season, was glad.",
        "The miller, Joren Stone, was glad.",
        "Ada Quill of the Savers' League said she was glad.",
        "Is Tobiah Stone his name?",
    ):
        assert drafted(asked, best, other) == []
    named = sentences(PIER, best, "His name is Tobiah Stone.")
    for kind, told in ((SentenceKind.BODY, True), (SentenceKind.HEADING, False)):
        ranked = [replace(named[0], relevance=0.9), replace(named[1], kind=kind)]
        assert bool(draft(query(asked), ranked)) is told


def test_nothing_is_brought_where_the_best_sentence_gives_what_is_asked_for():
    best = "The net loft at Loam burned down at 6am."
    assert drafted("What time did the net loft burn down?", best, "They came at 7am.") == [best]
    best = "Ada Quill walked over the weir first."
    assert drafted("Who walked over the weir first?", best, "His deputy is Joren Stone.") == [best]


@pytest.mark.parametrize(
    ("question", "holds", "lacks"),
    [
        ("What time did it close?", "It closed at 5.52am.", "It closed on 3 May 2024."),
        ("What time did it close?", "It closed at noon.", "It closed on Saturday."),
        ("Who closed it?", "Ada Quill closed it.", "It was closed on Monday."),
        ("Who closed it?", "Ada Quill closed it.", "The Coast Guard closed it."),
        ("Who follows Dr Quill?", "Ada Stone does.", "Ada Quill leaves."),
        ("Name the winners.", "Ada Stone and Joren Quill won.", "Ada Stone won."),
        ("How many islanders left?", "About 300 of them left.", "Some 40 per cent left."),
        ("How many islanders left?", "Two hundred people left.", "They left in 2019."),
        ("How many of the 300 left?", "Of the 300 islanders 12 people left.", "The 300 left."),
        ("How long is the pier?", "It is 300 metres long.", "It has 300 planks."),
        ("How much was it sold for?", "It went for 4.5 million krin.", "It went to 3 buyers."),
        ("Where was it found?", "It was in the old Loam Cannery.", "It was found by a dog."),
    ],
)
def test_a_sentence_gives_a_thing_of_the_wanted_kind_or_does_not(
    question: str, holds: str, lacks: str
):
    assert gives(query(question), holds) >= GIVEN > gives(query(question), lacks)
