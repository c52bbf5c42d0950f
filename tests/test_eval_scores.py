"""Gold places, guarantees and scores, over a tiny archive of a sound article, its altered copy and a stranger."""

from __future__ import annotations

import json
import math
import re
from datetime import date
from typing import Any

import ir_measures
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ir_measures import RR, nDCG

from evals.cases import Case, Gold, Truth
from evals.metrics import gold
from evals.metrics.figures import figures, refusals
from evals.metrics.guarantees import violations
from evals.metrics.outcome import Outcome
from evals.metrics.scores import score
from evals.replies import Answer, Article, Listed, Passage

SOUND = "The ferry can carry 310 people. It was built in 1998.\n\nThe crossing takes 40 minutes."
ALTERED = "The ferry can carry 510 people. It was built in 1998.\n\nThe crossing takes 40 minutes."
OTHER = "A second outlet counted 310 seats on the ferry."


def place(family: str, size: int = 1, role: str = "original") -> dict[str, Any]:
    return {"id": family, "size": size, "role": role, "canonical": role != "altered"}


PLACES = {"sound": place("f1", 2), "altered": place("f1", 2, "altered"), "other": place("f2")}
CHANGE = {
    "kind": "number",
    "here": {"start": 20, "end": 23, "text": "510"},
    "canonical": {"article_id": "sound", "start": 20, "end": 23, "text": "310"},
}


def article(name: str, text: str, published_on: str | None = "2025-03-01", **more: Any) -> Article:
    body = {
        "article_id": name,
        "text": text,
        "source": f"news/{name}.txt",
        "published_on": published_on,
    }
    return Article.model_validate({**body, "family": PLACES[name], **more})


ARTICLES = {
    "sound": article("sound", SOUND),
    "altered": article("altered", ALTERED, alterations=[CHANGE]),
    "other": article("other", OTHER, published_on=None),
}
LISTED = [Listed(article_id=name, source=a.source, family=a.family) for name, a in ARTICLES.items()]


def citation(name: str, start: int, end: int, number: int | None = 1) -> dict[str, Any]:
    source = ARTICLES[name]
    day = source.published_on.isoformat() if source.published_on else None
    return {
        "number": number, "article_id": name, "passage_id": f"{name}:0", "quote": source.text[start:end],
        "start": start, "end": end, "title": name, "author": None, "publisher": None, "url": None,
        "source": source.source, "published_on": day, "date_source": "text" if day else "none", "family": PLACES[name],
    }  # fmt: skip


def answer(
    *claims: tuple[str, list[dict[str, Any]]], support: str = "supported", **more: Any
) -> dict[str, Any]:
    """An answer whose claims are (sentence with markers, citations new with it), joined by a space."""
    listed, cited, text = [], [], ""
    for sentence, new in claims:
        cited += new
        start = len(text) + bool(text)
        text = f"{text} {sentence}".strip()
        numbers = [int(n) for n in re.findall(r"\[(\d+)\]", sentence)]
        families = {c["family"]["id"] for c in cited if c["number"] in numbers}
        listed.append({
            "text": sentence, "start": start, "end": len(text), "citations": numbers, "support": support,
            "independent_sources": len(families),
        })  # fmt: skip
    body = {
        "id": "ans_1", "question": "How many?", "text": text, "outcome": "answered", "declined_because": None,
        "claims": listed, "citations": cited, "conflicts": [], "nearest": [], "as_of": None, "answerer": "extractive",
        "model": None, "fallback": None, "usage": {}, "timings_ms": {}, "index": {"generation": "g000001"},
    }  # fmt: skip
    return body | more


COUNTED = {"filter": {}, "url": "/archive"}


def refusal(**more: Any) -> dict[str, Any]:
    return (
        answer(text="The archive holds nothing.", outcome="declined", declined_because="no_match")
        | more
    )


CAPACITY = ("The ferry can carry 310 people [1].", [citation("sound", 0, 31)])
GOOD = answer(CAPACITY)
WRONG = answer(("The ferry can carry 510 people [1].", [citation("altered", 0, 31)]))


def case(kind: str = "factoid", **more: Any) -> Case:
    expect = {
        "unanswerable": "abstain",
        "false-premise": "correct_premise",
        "conflict": "report_conflict",
    }
    fields = {
        "id": "c1", "question": "How many people fit?", "kind": kind, "expect": expect.get(kind, "answer"),
        "answer": "310", "accept": ("310",), "evidence": (Gold("sound.txt", "can carry 310 people"),), "as_of": None,
    }  # fmt: skip
    return Case(**(fields | more))


def scored(
    of: Case, body: dict[str, Any] | None, passages: tuple[Passage, ...] | None = ()
) -> dict[str, float | None]:
    outcome = Outcome(
        Answer.model_validate(body) if body else None, passages, gold.sides(of, LISTED, ARTICLES), ARTICLES,
        tuple(violations(body, ARTICLES, of.as_of)) if body else (),
    )  # fmt: skip
    return score(of, outcome)


def passage(name: str, start: int = 0, end: int = 60) -> Passage:
    source = ARTICLES[name]
    return Passage(
        passage_id=f"{name}:{start}", article_id=name, text=source.text[start:end], start=start,
        end=min(end, len(source.text)), source=source.source, family=source.family,
    )  # fmt: skip


# --- gold places ----------------------------------------------------------------------------------------------------


def test_evidence_stands_in_its_article_and_in_unaltered_copies_only() -> None:
    (side,) = gold.sides(
        case(evidence=(Gold("sound.txt", "It was built in 1998."),)), LISTED, ARTICLES
    )
    assert {p.article_id for p in side.places} == {"sound"}
    (listed,) = gold.sides(
        case(evidence=(Gold("news/altered.txt", "can carry 510 people"),)), LISTED, ARTICLES
    )
    assert listed.altered
    assert [p.span for p in listed.places] == [(10, 30)]


@pytest.mark.parametrize(
    ("quote", "counts"),
    [
        ("author: Ines Carrow", True),
        ('by: "Ines Carrow"\npublished_on: 2024-05-02', True),
        ("author: Ines Carrow\npublished_on: 2024-05-03", False),
        ("author: Ines", False),
        ("author:", False),
        ("editor: Ines Carrow", False),
        ("text: Ines Carrow", False),
        ("publisher: The Pell Harbour Herald", False),
    ],
)
def test_a_line_of_front_matter_is_found_wherever_its_article_is_cited(
    quote: str, counts: bool
) -> None:
    fields = {"author": "Ines Carrow", "published_on": date(2024, 5, 2)}
    known = {**ARTICLES, "sound": ARTICLES["sound"].model_copy(update=fields)}
    (side,) = gold.sides(case(evidence=(Gold("sound.txt", quote),)), LISTED, known)
    assert side.found_in([passage("sound")]) is counts
    assert not side.found_in([passage("altered")])


def test_the_sound_sentence_never_counts_as_the_altered_one() -> None:
    words_of_both = "The ferry can carry 510 people"
    (side,) = gold.sides(case(evidence=(Gold("altered.txt", words_of_both),)), LISTED, ARTICLES)
    assert {p.article_id for p in side.places} == {"altered"}


def test_a_search_need_not_bring_up_what_a_copy_altered_beside_the_sound_text() -> None:
    both = (Gold("sound.txt", "can carry 310 people"), Gold("altered.txt", "can carry 510 people"))
    all_sides = gold.sides(case("conflict", evidence=both), LISTED, ARTICLES)
    assert [side.gold.file for side in gold.retrievable(all_sides)] == ["sound.txt"]
    assert [side.gold.file for side in gold.retrievable(all_sides[1:])] == ["altered.txt"]


def test_a_gold_file_may_be_a_source_its_last_part_or_the_file_of_a_line() -> None:
    listed = [Listed(article_id="x", source="a/feed.jsonl#7", family=ARTICLES["other"].family)]
    for name in ("a/feed.jsonl#7", "feed.jsonl#7", "feed.jsonl"):
        assert gold.candidates(Gold(name, "q"), listed) == listed
    assert not gold.candidates(Gold("feed", "q"), listed)


# --- guarantees -----------------------------------------------------------------------------------------------------


def test_a_sound_answer_and_a_plain_refusal_break_nothing() -> None:
    assert violations(GOOD, ARTICLES) == []
    assert violations(refusal(), ARTICLES) == []
    both = [citation("sound", 0, 31), citation("other", 0, 47, 2)]
    assert violations(answer(("It holds 310 [1][2].", both)), ARTICLES) == []


def broken(**changes: Any) -> dict[str, Any]:
    """GOOD with fields of its first claim (`claim_…`), its first citation (`citation_…`) or itself replaced."""
    body: dict[str, Any] = json.loads(json.dumps(GOOD))
    for name, value in changes.items():
        where, _, field = name.partition("__")
        if field:
            body[where][0][field] = value
        else:
            body[name] = value
    return body


def test_a_counted_sentence_cites_nothing_and_says_what_it_counts() -> None:
    body = answer(("It holds 9 articles.", []), support="counted")
    body["claims"][0]["counted"] = COUNTED
    assert violations(body, ARTICLES) == []


@pytest.mark.parametrize(
    ("body", "number"),
    [
        (broken(citations__quote="The ferry can carry 311 people."), "1"),
        (broken(citations__start=1), "1"),
        (broken(citations__article_id="unknown"), "1"),
        (broken(claims__start=1), "2"),
        (broken(claims__citations=[], claims__independent_sources=0), "2"),
        (broken(claims__citations=[1, 2]), "2"),
        (broken(claims=[]), "2"),
        (broken(text=GOOD["text"] + " And more."), "2"),
        (broken(citations__number=2, claims__independent_sources=0), "2"),
        (broken(citations=[*GOOD["citations"], citation("other", 0, 10, 2)]), "2"),
        (answer(("A boat holds 310 [1].", [citation("sound", 0, 31)]), support="exact"), "2"),
        (broken(claims__support="counted", claims__counted=COUNTED), "2"),
        (answer(("It holds 9 articles.", []), support="counted"), "2"),
        (refusal(text=""), "3"),
        (refusal(text="Nothing [1]."), "3"),
        (refusal(declined_because=None), "3"),
        (refusal(citations=GOOD["citations"]), "3"),
        (refusal(nearest=[{}] * 4), "3"),
        (broken(claims__independent_sources=2), "4"),
        (WRONG, "5"),
        (broken(citations__published_on="2025-03-02"), "6"),
        ({key: value for key, value in GOOD.items() if key != "claims"}, "shape"),
        (broken(outcome="maybe"), "shape"),
        ({}, "shape"),
    ],
)
def test_each_broken_promise_is_told_by_its_number(body: dict[str, Any], number: str) -> None:
    assert {told.split(":")[0] for told in violations(body, ARTICLES)} == {number}


def test_nothing_published_after_as_of_may_be_shown_and_undated_texts_may_name_no_later_day() -> (
    None
):
    early, late = date(2025, 2, 1), date(2025, 3, 1)
    assert violations(GOOD | {"as_of": "2025-03-01"}, ARTICLES, late) == []
    assert any(
        "published after" in told
        for told in violations(GOOD | {"as_of": "2025-02-01"}, ARTICLES, early)
    )
    assert any("as_of was not" in told for told in violations(GOOD, ARTICLES, late))
    undated = {"other": article("other", "Undated words about 5 March 2025.", published_on=None)}
    cited = {**citation("other", 0, 13), "quote": "Undated words"}
    body = answer(("Words [1].", [cited]), as_of="2025-03-01")
    assert violations(body, undated, late) == ["6: news/other.txt names a date after 2025-03-01"]


def test_altered_words_may_be_told_beside_the_text_that_won() -> None:
    lost = citation("altered", 0, 31, 2)
    accounts = [
        {"text": "310", "citation": citation("sound", 0, 31)},
        {"text": "510", "citation": lost},
    ]
    told = {
        "about": "capacity",
        "status": "altered_copy",
        "accounts": accounts,
        "chosen": 0,
        "why": "altered",
    }
    body = answer(CAPACITY, ("A copy says 510 people [2].", [lost]), conflicts=[told])
    assert violations(body, ARTICLES) == []
    assert violations(body | {"conflicts": [told | {"chosen": 1}]}, ARTICLES) != []
    assert violations(body | {"conflicts": []}, ARTICLES) != []


def test_unaltered_words_of_an_altered_copy_support_a_claim() -> None:
    assert (
        violations(answer(("It was built in 1998 [1].", [citation("altered", 32, 53)])), ARTICLES)
        == []
    )


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(GOOD)), JSON))
def test_whatever_comes_back_is_judged_and_never_fails(changes: dict[str, Any]) -> None:
    told = violations(GOOD | changes, ARTICLES)
    assert all(re.match(r"(?:shape|[1-6]): \S", one) for one in told), told


# --- scores ---------------------------------------------------------------------------------------------------------


def test_a_right_answer_scores_on_everything_that_applies_to_it() -> None:
    values = scored(case(), GOOD, (passage("other"), passage("sound")))
    assert {name: value for name, value in values.items() if value is not None} == {
        "right": 1, "answer_hit": 1, "evidence_cited": 1, "evidence_recall_at_1": 0, "evidence_recall_at_5": 1,
        "evidence_recall_at_10": 1, "source_recall_at_5": 1, "altered_on_top": 0,
        "wrong_refusals": 0, "citation_exactness": 1, "guarantees": 1,
        "altered_adoption": 0, "copy_inflation": 0, "token_f1": pytest.approx(1 / 3),
        "rouge_l": pytest.approx(1 / 3), "ndcg_at_10": pytest.approx(1 / math.log2(3)), "mrr_at_10": 0.5,
        "citation_recall": 1, "citation_precision": 1, "unsupported_claims": 0,
    }  # fmt: skip


def test_a_case_without_an_answer_counts_as_wrong_on_every_score_that_applies_to_it() -> None:
    values = scored(case(), None, None)
    assert {name: value for name, value in values.items() if value is not None} == {
        "right": 0, "answer_hit": 0, "evidence_cited": 0, "evidence_recall_at_1": 0, "evidence_recall_at_5": 0,
        "evidence_recall_at_10": 0, "source_recall_at_5": 0, "wrong_refusals": 1, "guarantees": 0,
        "token_f1": 0, "rouge_l": 0, "ndcg_at_10": 0, "mrr_at_10": 0,
    }  # fmt: skip
    for kind, name in (("unanswerable", "correct_refusals"), ("conflict", "conflict_disclosure")):
        assert scored(case(kind), None, None)[name] == 0


def test_a_refusal_is_right_exactly_where_nothing_can_be_answered() -> None:
    assert scored(case("unanswerable", accept=(), evidence=()), refusal())["right"] == 1
    assert scored(case("unanswerable", accept=(), evidence=()), GOOD)["correct_refusals"] == 0
    assert (
        scored(case("adversarial", expect="abstain", accept=()), refusal())["correct_refusals"] == 1
    )
    assert scored(case(), refusal(text="The archive holds nothing about 310."))["right"] == 0
    assert scored(case(), refusal())["wrong_refusals"] == 1


def test_a_false_premise_is_met_by_declining_or_by_correcting_with_a_citation() -> None:
    asked = case("false-premise")
    assert scored(asked, refusal())["false_premise"] == 1
    assert scored(asked, GOOD)["false_premise"] == 1
    assert (
        scored(asked, answer(("Built in 1998 [1].", [citation("sound", 32, 53)])))["false_premise"]
        == 0
    )
    assert scored(case("false-premise", accept=()), GOOD)["false_premise"] == 1


def test_a_conflict_wants_every_side_cited_or_shown() -> None:
    both = (Gold("sound.txt", "can carry 310 people"), Gold("altered.txt", "can carry 510 people"))
    asked = case("conflict", evidence=both)
    accounts = [
        {"text": "310", "citation": citation("sound", 0, 31)},
        {"text": "510", "citation": citation("altered", 0, 31, None)},
    ]
    told = {
        "about": "capacity",
        "status": "altered_copy",
        "accounts": accounts,
        "chosen": 0,
        "why": "altered",
    }
    shown, silent = scored(asked, GOOD | {"conflicts": [told]}), scored(asked, GOOD)
    assert (shown["evidence_cited"], shown["conflict_disclosure"], shown["answer_hit"]) == (1, 1, 1)
    assert (silent["evidence_cited"], silent["conflict_disclosure"], silent["answer_hit"]) == (
        0,
        0,
        1,
    )


def test_evidence_of_several_parts_counts_by_its_share() -> None:
    two = (Gold("sound.txt", "can carry 310 people"), Gold("sound.txt", "takes 40 minutes"))
    values = scored(
        case("multi-sentence", accept=("310", "40 minutes"), evidence=two),
        GOOD,
        (passage("sound", 0, 53),),
    )
    assert (values["evidence_cited"], values["evidence_recall_at_10"], values["answer_parts"]) == (
        0.5,
        0.5,
        0.5,
    )
    assert values["right"] == 0


def test_evidence_that_the_archive_does_not_hold_counts_as_missed() -> None:
    values = scored(case(evidence=(Gold("lost.txt", "no such words"),)), GOOD, (passage("sound"),))
    assert (values["evidence_cited"], values["evidence_recall_at_10"]) == (0, 0)


def test_altered_words_adopted_and_copies_counted_twice_are_seen() -> None:
    assert scored(case(), WRONG, (passage("altered"),))["altered_adoption"] == 1
    assert scored(case(), WRONG, (passage("altered"),))["altered_on_top"] == 1
    assert scored(case(), broken(claims__independent_sources=3))["copy_inflation"] == 1
    assert scored(case(), broken(citations__start=1))["citation_exactness"] == 0


# --- ranks, words, citations, known truth, figures ------------------------------------------------------------------

PIECES = ("can carry 310 people", "built in 1998", "takes 40 minutes")
SPANS = {name: SOUND.index(name) for name in PIECES}


@given(st.lists(st.sampled_from([*PIECES, "other"]), max_size=12), st.integers(1, 3))
def test_ndcg_and_reciprocal_rank_are_those_of_ir_measures(shown: list[str], count: int) -> None:
    """Repeated evidence is no relevant passage, and evidence that was not found is one."""
    wanted = PIECES[:count]
    passages = tuple(
        passage("other")
        if name == "other"
        else passage("sound", SPANS[name], SPANS[name] + len(name))
        for name in shown
    )
    values = scored(case(evidence=tuple(Gold("sound.txt", p) for p in wanted)), None, passages)
    first = {name: shown[:10].index(name) for name in wanted if name in shown[:10]}
    qrels = {"q": {f"p{first[name]}" if name in first else f"lost {name}": 1 for name in wanted}}
    run = {"q": {f"p{n}": 100.0 - n for n in range(len(shown[:10]))} or {"nothing": 1.0}}
    for measure, name in ((nDCG @ 10, "ndcg_at_10"), (RR @ 10, "mrr_at_10")):
        (found,) = ir_measures.iter_calc([measure], qrels, run)
        assert values[name] == pytest.approx(found.value)


def test_words_count_by_squads_f1_and_by_the_longest_run_in_order() -> None:
    """Said: ferry can carry 310 people. Wanted: people carry 310; two of them in order: carry 310."""
    values = scored(case(answer="People carry the 310", accept=("nothing",)), GOOD)
    assert values["token_f1"] == pytest.approx(2 * 3 / 8)
    assert values["rouge_l"] == pytest.approx(2 * 2 / 8)
    assert scored(case(), refusal())["token_f1"] == 0
    assert scored(case("unanswerable"), refusal())["token_f1"] is None


def test_citations_are_needed_where_they_bear_a_sentence_out_alone_or_with_the_others() -> None:
    right, beside = citation("sound", 0, 31), citation("sound", 55, 86, 2)
    both = scored(case(), answer(("The ferry can carry 310 people [1][2].", [right, beside])))
    assert (both["citation_recall"], both["citation_precision"]) == (1, 0.5)
    wrong = scored(
        case(), answer(("The ferry can carry 310 people [1].", [citation("sound", 32, 53)]))
    )
    assert (wrong["citation_recall"], wrong["citation_precision"]) == (0, 0)
    assert wrong["unsupported_claims"] == 1
    counted = answer(("It holds 9 articles.", []), support="counted")
    assert scored(case(), counted)["citation_recall"] is None


def test_known_truth_is_judged_without_asking_the_archive() -> None:
    told = case(truth=Truth(altered=("510",), stale=("200",), origin="Tidewire"))
    good = scored(told, GOOD)
    assert (good["altered_facts"], good["stale_facts"], good["origin_credited"]) == (0, 0, 0)
    assert scored(told, WRONG)["altered_facts"] == 1
    both = answer(
        ("It can carry 310 people, not 200, says Tidewire [1].", [citation("sound", 0, 31)])
    )
    assert (scored(told, both)["stale_facts"], scored(told, both)["origin_credited"]) == (0, 1)
    assert scored(case(), GOOD)["altered_facts"] is None
    assert scored(told, refusal())["altered_facts"] is None


def test_copies_counted_as_sources_are_inflation_by_the_cases_own_groups() -> None:
    cited = [citation("sound", 0, 31), citation("other", 0, 47, 2)]
    body = answer(("The ferry has 310 seats [1][2].", cited))
    copies = case(truth=Truth(copies=(("sound.txt", "other.txt"),)))
    assert scored(copies, body)["inflation"] == 1
    assert scored(case(truth=Truth(copies=(("sound.txt", "x.txt"),))), body)["inflation"] == 0


def figure_row(confidence: float | None, right: bool, expect: str = "answer") -> dict[str, Any]:
    body = {"outcome": "answered", "timings_ms": {"total": 40.0}, "usage": {"prompt_tokens": 3}}
    return {
        "confidence": confidence, "expect": expect, "scores": {"right": float(right)}, "cost_usd": 0.5,
        "answer": body, "seconds": {"search": 0.1, "answer": 0.2},
    }  # fmt: skip


def test_refusals_are_weighed_at_every_threshold_of_confidence() -> None:
    rows = [
        figure_row(0.9, True),
        figure_row(0.6, False),
        figure_row(0.4, True),
        figure_row(0.5, False, "abstain"),
        figure_row(None, False),
    ]
    found = refusals(rows)
    assert (found["n"], found["auroc"]) == (4, pytest.approx(2 / 3, abs=1e-5))
    assert [(p["coverage"], p["risk"]) for p in found["curve"]] == [
        (0.2, 0),
        (0.4, 0.5),
        (0.6, pytest.approx(2 / 3, abs=1e-5)),
        (0.8, 0.5),
    ]
    assert (found["curve"][1]["right_refusals"], found["curve"][1]["wrong_refusals"]) == (
        1,
        pytest.approx(1 / 3, abs=1e-5),
    )


def test_figures_tell_mean_median_and_sum_of_the_cases_that_have_them() -> None:
    found = figures([figure_row(0.9, True), figure_row(0.9, True) | {"answer": None}])
    assert found["ms_to_total"] == {
        "n": 1, "value": 40, "low": 40, "high": 40, "median": 40, "p95": 40, "sum": 40,
    }  # fmt: skip
    assert (found["cost_usd"]["sum"], found["seconds_to_answer"]["median"]) == (1, 0.2)
