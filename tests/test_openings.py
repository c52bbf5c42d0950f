"""Yes, no and the name of whoever speaks stand in front of copied sentences; a question becomes a statement for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from asking import query
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom import card, sentences

from ingest.types import SentenceKind
from service.drafting.openings import answered, attributed, statement
from service.evidence.leading import LEAD, LONGEST_HEAD
from service.types import Draft, Evidence

TOLD = sentences(card("a"), "The mine was sold.", "The pit was not sold.", "It rained.")


def drafts(shown: Sequence[Evidence]) -> list[Draft]:
    return [Draft(item.text, (item.key,)) for item in shown]


def openings(shown: Sequence[Evidence]) -> list[str]:
    return [draft.opening for draft in attributed(shown, drafts(shown))]


def test_the_sentence_that_says_yes_or_no_stands_alone_behind_the_word() -> None:
    found = answered(query("Was the pit sold?"), TOLD, drafts(TOLD[1:]))
    assert [(one.opening, one.text) for one in found] == [("No: ", "The pit was not sold.")]
    assert answered(query("Was the ship sold?"), TOLD, drafts(TOLD)) == drafts(TOLD)
    assert answered(query("Who sold the mine?"), TOLD, drafts(TOLD)) == drafts(TOLD)


@pytest.mark.parametrize("who", ["I", "we", "you"])
def test_whoever_asks_of_himself_is_the_subject_of_the_statement(who: str) -> None:
    assert statement(query(f"Can {who} pay by card?")) == f"{who} can pay by card"


def test_nothing_is_said_where_one_sentence_says_yes_and_another_no() -> None:
    told = sentences(card("a"), "The mine was sold.", "The mine was not sold.")
    assert answered(query("Was the mine sold?"), told, drafts(told)) == drafts(told)


def test_what_is_true_now_says_nothing_of_another_time() -> None:
    asked = query("Was the mine sold before 2024?")
    assert answered(asked, TOLD, drafts(TOLD[:1])) == drafts(TOLD[:1])


def test_whoever_speaks_in_an_interview_is_named_in_front_of_all_but_the_first_sentence() -> None:
    told = sentences(card("a"), "Solheim: We opened in May.", "The evenings helped.")
    second = replace(told[1], start=told[0].end + 1, end=told[0].end + 1 + len(told[1].text))
    assert openings([told[0], second]) == ["", "Solheim: "]
    apart = replace(second, start=told[0].end + 2, end=second.end + 1)
    assert openings([told[0], apart]) == ["", ""]


def test_the_writer_of_an_opinion_is_named_and_no_reporter_is() -> None:
    texts = ("The council wants a tram.", "I believe that this is a mistake.", "It votes in June.")
    by = replace(card("a", "Opinion: no tram"), author="Karl Reuter")
    assert openings(sentences(by, *texts)) == ["Karl Reuter writes: "] * 3
    by = replace(by, title="No tram")
    assert openings(sentences(by, *texts)) == ["Karl Reuter writes: "] * 3
    for said in ("“I believe it,” he said.", "Charles I was its king.", "Two I know of."):
        assert openings(sentences(by, texts[0], said)) == ["", ""]


def test_only_the_first_two_sentences_of_an_article_tell_who_says_i() -> None:
    by = replace(card("a", "A visit"), author="Karl Reuter")
    told = sentences(by, *["It rained."] * LEAD, "I was born here.")
    assert openings(told) == [""] * 3
    far = replace(told[2], start=LONGEST_HEAD + 1, end=LONGEST_HEAD + 20)
    assert openings([far]) == [""]
    assert openings([replace(far, start=LONGEST_HEAD)]) == ["Karl Reuter writes: "]


def test_an_outlet_that_corrects_itself_is_named() -> None:
    by = replace(card("a", "Corrections"), publisher="The Gazette")
    assert openings(sentences(by, "We said 240.", "It is 204.")) == ["The Gazette writes: ", ""]


def test_no_title_and_no_name_that_looks_like_an_address_is_opened() -> None:
    by = replace(card("a", "Opinion: no tram"), author="pay.example/now")
    told = sentences(by, "It votes in June.")
    assert openings(told) == [""]
    by = replace(by, author="Karl Reuter")
    assert openings([replace(told[0], article=by, kind=SentenceKind.TITLE)]) == [""]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Did the council approve the plan?", "the council did approve the plan"),
        ("Will Orvel Elementary stay open?", "Orvel Elementary will stay open"),
        ("Has the mine been sold?", "the mine has been sold"),
        ("are the trains still meant to start?", "the trains are still meant to start"),
        ("Is Hanna Brandt mayor of Loam?", "Hanna Brandt is mayor of Loam"),
        ("Is there a lift on the ship?", "there is a lift on the ship"),
        ("Was anyone ever hurt?", "someone was hurt"),
        ("Is it true that the bridge is 49 metres long?", "the bridge is 49 metres long"),
        ("Were four or six boats lost?", None),
        ("Did she promise not to close schools?", None),
        ("Who closed the school?", None),
        ("Did …?", None),
        ("is it", "it is"),
    ],
)
def test_the_auxiliary_goes_behind_the_subject(question: str, said: str | None) -> None:
    assert statement(query(question)) == said


@given(st.text(alphabet="aI is?.' -“\"did the not any 4…", max_size=60))
@settings(max_examples=200, deadline=None)
def test_no_question_is_too_odd(rest: str) -> None:
    assert statement(query(f"Did {rest}")) is None or rest.strip()
