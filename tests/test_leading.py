"""Which sentence goes to the front for a reason, for yes or no, and for what did not take place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from asking import query
from newsroom import altered, card, sentences

from service.evidence.leading import (
    ANSWERS_IT,
    AS_OPEN,
    BARE,
    BESIDE,
    LEAD,
    LONGEST_HEAD,
    PARAGRAPH_GAP,
    REPORTS,
    WEIGHED,
    called_off,
    in_own_voice,
    led,
)
from service.query.question_analysis import Query, analyse
from service.types import ArticleCard, Evidence, Question

FIRST = card("blast", "Blast at the Hartley mill", published_on=date(2024, 3, 3))
LATER = card("report", "Board reports on the Hartley mill", published_on=date(2024, 6, 11))
OPEN = "It is not known what caused the blast at the Hartley mill, the brigade said."
CAUSE = "A dry bearing lit dust in the Hartley mill, investigators said."
ASKED = query("What caused the blast at the Hartley mill?")


def worth(item: Evidence, relevance: float) -> Evidence:
    return replace(item, relevance=relevance)


def told(relevance: float, text: str = CAUSE, by: ArticleCard = LATER) -> Evidence:
    return worth(sentences(by, text)[0], relevance)


def texts(asked: Query, ranked: Sequence[Evidence]) -> list[str]:
    return [item.text for item in led(asked, ranked)]


def test_a_cause_that_a_later_article_gives_takes_the_place_of_not_known() -> None:
    asked = [worth(sentences(FIRST, OPEN)[0], 0.9), told(0.05)]
    found = led(ASKED, asked)
    assert [item.text for item in found] == [CAUSE] and found[0].relevance == 0.9
    event = worth(sentences(FIRST, "A blast shook the Hartley mill.")[0], 0.9)
    for left_open, first in ((0.9 * AS_OPEN, CAUSE), (0.89 * AS_OPEN, event.text)):
        ranked = [event, worth(sentences(FIRST, OPEN)[0], left_open), told(0.05)]
        assert texts(ASKED, ranked)[0] == first
    for relevance, first in ((0.9 * ANSWERS_IT, CAUSE), (0.89 * ANSWERS_IT, OPEN)):
        assert texts(ASKED, [asked[0], told(relevance)])[0] == first
    beside = [told(0.04, f"Rain fell on day {n}.", card(f"r{n}")) for n in range(WEIGHED - 1)]
    for others, first in ((beside[:-1], CAUSE), (beside, OPEN)):
        assert texts(ASKED, [asked[0], *others, told(0.03)])[0] == first


@pytest.mark.parametrize(
    ("text", "by"),
    [
        (CAUSE, replace(LATER, published_on=date(2024, 3, 3))),  # no later
        (CAUSE, replace(LATER, published_on=None)),
        (CAUSE.replace("Hartley", "Tarn"), replace(LATER, title="Board reports")),
        ("The Hartley mill took on nine people.", LATER),  # gives no account of a cause
        ("Why the Hartley mill blew up is still unclear, investigators said.", LATER),
    ],
)
def test_nothing_else_takes_the_place_of_not_known(text: str, by: ArticleCard) -> None:
    best = worth(sentences(FIRST, OPEN)[0], 0.9)
    assert texts(ASKED, [best, told(0.2, text, by)])[0] == OPEN
    assert texts(ASKED, [best, altered(told(0.2))])[0] == OPEN
    assert texts(query("Who died at the Hartley mill?"), [best, told(0.2)])[0] == OPEN


def test_a_sentence_that_only_repeats_the_question_brings_the_next_one() -> None:
    asked = query("Why was the manager sacked?")
    bare = ["The manager was sacked on", "The club had lost nine games."]
    words = ["Monday", "morning", "outside", "Tarn", "harbour", "market"]
    for count, gets in ((BARE, 0.9 * BESIDE), (BARE + 1, 0.001)):
        one, two = sentences(FIRST, f"{bare[0]} {' '.join(words[:count])}.", bare[1])
        far = told(0.01, "The club plays in Tarn.")
        found = led(asked, [worth(one, 0.9), far, worth(two, 0.001)])
        assert {item.text: item.relevance for item in found}[bare[1]] == pytest.approx(gets)
    one, two = sentences(FIRST, "The manager was sacked because he lied.", bare[1])
    ranked = [worth(one, 0.9), worth(two, 0.001)]
    assert [item.relevance for item in led(asked, ranked)] == [0.9, 0.001]
    one, two = sentences(FIRST, "The manager was sacked.", bare[1])
    for gap, gets in ((PARAGRAPH_GAP, 0.9 * BESIDE), (PARAGRAPH_GAP + 1, 0.001)):
        behind = replace(two, start=one.end + gap, end=one.end + gap + len(two.text))
        found = led(asked, [worth(one, 0.9), worth(behind, 0.001)])
        assert found[1].relevance == pytest.approx(gets)


def test_a_report_says_yes_or_no_before_a_column_does() -> None:
    column = card("column", "Let the dogs climb", author="Orla Fenn")
    mine = worth(sentences(column, "I took my dog to the Skarn lighthouse.")[0], 0.9)
    said = "Dogs may walk to the lighthouse, but not climb it."
    paper = card("paper", "Skarn lighthouse opens")
    asked = query("Can I take my dog up the lighthouse?")
    for relevance, first in ((0.9 * REPORTS, said), (0.89 * REPORTS, mine.text)):
        assert texts(asked, [mine, told(relevance, said, paper)])[0] == first
    report = told(0.3, said, paper)
    assert (
        texts(query("Did Orla Fenn take a dog to the lighthouse?"), [mine, report])[0] == mine.text
    )
    assert texts(query("Who took a dog to the lighthouse?"), [mine, report])[0] == mine.text
    assert texts(asked, [mine, told(0.3, "It rained on Monday.", paper)])[0] == mine.text


def test_a_writer_speaks_where_the_head_of_the_article_says_i() -> None:
    plain = ["The tower is tall."] * (LEAD - 1)
    own = sentences(card(), *plain, "I saw it.")
    assert in_own_voice(own[0], own)
    own = sentences(card(), *plain, "It is old.", "I saw it.")
    assert not in_own_voice(own[0], own)
    for start, speaks in ((LONGEST_HEAD, True), (LONGEST_HEAD + 1, False)):
        late = replace(sentences(card(), "I saw it.")[0], start=start, end=start + 9)
        assert in_own_voice(late, [late]) is speaks


def test_what_was_called_off_had_no_winner() -> None:
    asked = analyse(Question("Who won the Tarrow Horseshoe in 2024?"), date(2026, 1, 1))
    off = "The Tarrow Horseshoe was cancelled because of lightning."
    assert [item.text for item in called_off(asked, sentences(FIRST, "It rained.", off))] == [off]
    for text in (
        "The race was cancelled.",
        "The Tarrow Horseshoe was not cancelled.",
        "It rained.",
    ):
        assert called_off(asked, sentences(FIRST, text)) == ()
    for question in ("Who won the Tarrow Horseshoe?", "Was the Tarrow Horseshoe run in 2024?"):
        other = analyse(Question(question), date(2026, 1, 1))
        assert called_off(other, sentences(FIRST, off)) == ()


def test_the_winner_of_a_later_year_is_no_answer_beside_what_was_called_off() -> None:
    asked = analyse(Question("Who won at the Tarrow fair in 2020?"), date(2026, 1, 1))
    fair = card("fair", "Fair comes back", published_on=date(2021, 9, 6))
    won, off = "Per Holt won at the Tarrow fair.", "The 2020 fair was called off."
    best, note = sentences(fair, won, off)
    assert [item.text for item in called_off(asked, [best, note], answered=True)] == [off]
    (elsewhere,) = sentences(card("b", published_on=date(2021, 9, 6)), off)
    assert called_off(asked, [best, elsewhere], answered=True) == ()
    (told,) = sentences(fair, "Per Holt won at the Tarrow fair in 2020.")
    assert called_off(asked, [told, note], answered=True) == ()
    then = replace(fair, published_on=date(2020, 9, 6))
    assert called_off(asked, sentences(then, won, off), answered=True) == ()
