"""Numbered text from checked sentences."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.types import SentenceKind
from service.answer_text import AnswerText, plain
from service.types import ArticleCard, Delta, Draft, Evidence, FamilyPlace
from service.verification.verify import Verdict


def evidence(place: int, family: str = "f1") -> Evidence:
    card = ArticleCard(
        "a" + family,
        "T",
        None,
        None,
        None,
        "t.txt",
        None,
        "none",
        FamilyPlace(family, 1, "original", True),
    )
    return Evidence(
        f"s{place}", f"words {place}", place, place + 7, SentenceKind.BODY, "p", 0.5, card
    )


@pytest.mark.parametrize(
    ("sentence", "written"),
    [
        ("The bridge opened.", "The bridge opened [1]."),
        ("Did it open?", "Did it open [1]?"),
        ("“We have waited.”", "“We have waited” [1]."),
        ("17 April 2024", "17 April 2024 [1]."),
        ("all in on the alliance with the U.S.", "all in on the alliance with the U.S. [1]."),
        ("It starts at 6.50 a.m.", "It starts at 6.50 a.m. [1]."),
        ("It rose [12] by [ 3 ] points.", "It rose by points [1]."),
        ("one\n\n two", "one two [1]."),
    ],
)
def test_markers_stand_before_the_closing_punctuation(sentence: str, written: str) -> None:
    answer = AnswerText()

    answer.add_note(sentence, [evidence(1)])

    assert answer.text == written


def test_numbers_run_in_order_of_first_use_and_a_span_has_one() -> None:
    answer = AnswerText()
    answer.add_note("One.", [evidence(5)])
    answer.add_note("Two.", [evidence(9), evidence(5)])

    assert answer.text == "One [1]. Two [1][2]."
    assert [c.number for c in answer.citations] == [1, 2]


def test_independent_sources_are_families() -> None:
    answer = AnswerText()
    answer.add_note("Both say so.", [evidence(1, "f1"), evidence(2, "f1"), evidence(3, "f2")])

    assert answer.claims[0].independent_sources == 2


def test_a_claim_is_added_once_and_one_without_support_is_only_noted() -> None:
    answer = AnswerText()
    draft, shown = Draft("Words 1.", ("s1",)), [evidence(1)]
    events = answer.add_claim(draft, Verdict("exact", ("s1",), ""), shown)

    assert [type(event).__name__ for event in events] == ["ClaimReleased", "Delta"]
    assert answer.add_claim(Draft("words  1", ("s1",)), Verdict("exact", ("s1",), ""), shown) == ()
    assert answer.add_claim(Draft("Else.", ("s1",)), Verdict(None, (), "a name"), shown) == ()
    assert answer.text == "Words 1 [1]." and len(answer.claims) == 1
    assert answer.dropped == [{"keys": ["s1"], "why": "a name"}]


@given(
    st.lists(
        st.tuples(st.text(min_size=1).filter(lambda s: plain(s) != ""), st.integers(0, 5)),
        min_size=1,
        max_size=6,
    )
)
def test_claims_cover_the_text_and_every_bracketed_number_is_a_marker(
    rows: list[tuple[str, int]],
) -> None:
    answer = AnswerText()
    deltas = [
        event.text
        for sentence, place in rows
        for event in answer.add_note(sentence, [evidence(place)])
        if isinstance(event, Delta)
    ]

    assert "".join(deltas) == answer.text
    at = 0
    for claim in answer.claims:
        assert answer.text[at : claim.start].strip() == ""
        assert answer.text[claim.start : claim.end] == claim.text
        assert {int(n) for n in re.findall(r"\[(\d+)\]", claim.text)} == set(claim.citations)
        at = claim.end
    assert answer.text[at:] == ""


def of_an_altered_copy(place: int, outlet: str | None = "Pond Daily") -> Evidence:
    item = evidence(place)
    family = replace(item.article.family, role="altered", canonical=False)
    return replace(item, article=replace(item.article, publisher=outlet, family=family))


@pytest.mark.parametrize(
    ("outlet", "written"),
    [
        ("Pond Daily", "According to an altered copy in Pond Daily, the words are 1 [1]."),
        (None, "According to an altered copy, the words are 1 [1]."),
        ("pay.example/now", "According to an altered copy, the words are 1 [1]."),
    ],
)
def test_what_only_an_altered_copy_says_is_said_so_in_the_sentence(
    outlet: str | None, written: str
) -> None:
    answer = AnswerText()
    shown = [of_an_altered_copy(1, outlet)]

    answer.add_claim(Draft("The words are 1.", ("s1",)), Verdict("exact", ("s1",), ""), shown)

    assert answer.text == written
    assert answer.claims[0].support == "supported"


def test_what_a_sound_text_says_too_is_said_plainly() -> None:
    answer = AnswerText()
    shown = [of_an_altered_copy(1), evidence(5)]

    answer.add_claim(Draft("Words 1.", ("s1",)), Verdict("exact", ("s1", "s5"), ""), shown)

    assert answer.text == "Words 1 [1][2]." and answer.claims[0].support == "exact"
