"""Suites, words, quotes, intervals and comparisons: what of an eval needs no service, on examples worked by hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evals.cases import Case, read_suite
from evals.compare import compare, worst
from evals.metrics import quotes, words
from evals.metrics.intervals import interval, mean_interval
from evals.metrics.scores import SCORES
from evals.metrics.significance import chance_of_loss, holm
from evals.results import Scored, read_rows
from ingest.errors import WrongUsage

SOUND = "The ferry can carry 310 people. It was built in 1998."


# --- suites ---------------------------------------------------------------------------------------------------------


def suite_of(folder: Path, *lines: Any) -> str:
    path = folder / "suite.jsonl"
    path.write_text(
        "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines),
        encoding="utf-8",
    )
    return str(path)


LINE = {
    "id": "a",
    "question": "How many?",
    "kind": "factoid",
    "answer": "310",
    "accept": ["310"],
    "evidence": [],
}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: not JSON"),
        ("[1]", "line 2: not a JSON object"),
        (LINE, 'line 2: the id "a" stands on line 1 too'),
        ({"id": "b", "kind": "factoid", "accept": ["x"]}, 'line 2: "question" is missing'),
        (
            LINE | {"id": "b", "kind": "riddle"},
            'line 2: "riddle" is no kind; use one of factoid, multi-sentence',
        ),
        (LINE | {"id": "b", "accept": "310"}, 'line 2: "accept" must be a list'),
        (LINE | {"id": "b", "accept": []}, 'line 2: a factoid case needs "accept"'),
        (LINE | {"id": "b", "as_of": "last week"}, 'line 2: "as_of"'),
        (
            LINE | {"id": "b", "evidence": [{"file": "x.txt"}]},
            'line 2: "evidence.0.quote" is missing',
        ),
        (
            LINE | {"id": "b", "kind": "unanswerable", "expect": "answer"},
            "line 2: an unanswerable case can only",
        ),
        (LINE | {"id": "b", "question": "x" * 2001}, 'line 2: "question"'),
        ("[" * 100_000, "line 2: "),
    ],
)
def test_a_bad_line_of_a_suite_is_told_with_its_number_and_the_remedy(
    tmp_path: Path, line: Any, said: str
) -> None:
    suite = suite_of(tmp_path, LINE, line)
    with pytest.raises(WrongUsage) as told:
        read_suite(suite)
    assert str(told.value).startswith(f"{suite} {said}") and "\n" not in str(told.value)


def test_every_bad_line_is_told_up_to_ten(tmp_path: Path) -> None:
    for count, more in ((10, []), (11, ["… and 1 more"])):
        suite = suite_of(tmp_path, LINE, *["{}"] * count)
        with pytest.raises(WrongUsage) as told:
            read_suite(suite)
        lines = str(told.value).split("\n")
        assert [line.partition(":")[0] for line in lines[:10]] == [
            f"{suite} line {number}" for number in range(2, 12)
        ]
        assert lines[10:] == more
        assert '"id" is missing; add it; also "question" is missing; add it' in lines[0]


def test_a_suite_that_is_missing_empty_or_not_text_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")
    for suite in (
        str(tmp_path / "none.jsonl"),
        suite_of(tmp_path, ""),
        str(tmp_path / "binary.jsonl"),
        str(tmp_path),
    ):
        with pytest.raises(WrongUsage):
            read_suite(suite)


def test_what_is_expected_follows_from_the_kind_unless_the_case_says(tmp_path: Path) -> None:
    kinds = {
        "unanswerable": "abstain",
        "false-premise": "correct_premise",
        "conflict": "report_conflict",
    }
    lines = [LINE | {"id": kind, "kind": kind} for kind in ("factoid", "temporal", *kinds)]
    silent: dict[str, Any] = LINE | {
        "id": "silent",
        "kind": "adversarial",
        "answer": None,
        "accept": [],
    }
    told = LINE | {"id": "told", "kind": "adversarial", "expect": "abstain"}
    read = {c.id: c.expect for c in read_suite(suite_of(tmp_path, *lines, silent, told)).cases}
    assert read == {
        "factoid": "answer",
        "temporal": "answer",
        **kinds,
        "silent": "abstain",
        "told": "abstain",
    }


def test_the_bundled_suite_is_in_order() -> None:
    suite = read_suite("sample")
    assert suite.name == "sample"
    assert len(suite.cases) >= 24


VALUE = st.none() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
LINES = st.lists(
    st.dictionaries(st.sampled_from([*LINE, "expect"]), VALUE, max_size=4).map(json.dumps),
    max_size=2,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=40) | LINES.map(lambda lines: "\n".join(lines).encode()))
def test_no_suite_fails_in_another_way(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("suite") / "any.jsonl"
    path.write_bytes(content)
    try:
        read_suite(str(path))
    except WrongUsage as error:
        assert str(error)


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted", "said"),
    [
        ("It costs £1.38 billion [1].", "1.38 billion", True),
        ("Many [2] people came.", "many people", True),
        ("“The Minister’s word”", "minister's word", True),
        ("The U.S. [1] agreed.", "US", True),
        ("**Fifth**-largest", "fifth-largest", True),
        ("1,310 people", "310", True),
        ("3100 people", "310", False),
        ("the statehood question", "state", False),
        ("anything", "", False),
    ],
)
def test_accepted_words_match_whole_and_without_case_markers_or_markup(
    text: str, wanted: str, said: bool
) -> None:
    assert words.says(text, (wanted,)) is said


def test_three_of_five_parts_are_enough_and_two_are_not() -> None:
    asked = Case(
        "m",
        "?",
        "multi-sentence",
        "answer",
        None,
        evidence=(),
        as_of=None,
        accept=("one", "two", ("three", "drei"), "four", "five"),
    )
    assert words.parts(asked, "one two drei") == pytest.approx(0.6)
    assert words.hit(asked, "one two drei")
    assert not words.hit(asked, "one two")


WORD = st.text(
    st.characters(categories=["Ll", "Nd"], max_codepoint=0x17F), min_size=1, max_size=8
).filter(lambda word: word == word.casefold())


@given(WORD, st.lists(WORD, max_size=4), st.lists(WORD, max_size=4))
def test_a_word_that_stands_alone_is_always_said(
    word: str, before: list[str], after: list[str]
) -> None:
    shown = word.upper() if word.upper().casefold() == word else word
    assert words.says(" ".join([*before, shown, *after]) + " [3].", (word,))


@given(WORD, WORD)
def test_a_word_inside_a_longer_one_is_never_said(word: str, tail: str) -> None:
    assert not words.says(f"{tail}{word}{tail}", (word,))


# --- quotes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "quote",
    [
        "[can carry](https://example.org/a) 310 people",
        "can  carry\n310 people",
        "*can carry* 310 “people”",
        "carry](#x) 310 people",
    ],
)
def test_a_quote_of_the_raw_file_is_found_in_the_cleaned_text(quote: str) -> None:
    found = quotes.find(quote, SOUND)
    assert [SOUND[start:end] for start, end in found] in (
        ["can carry 310 people"],
        ["carry 310 people"],
    )


@given(st.lists(WORD, min_size=3, max_size=12), st.data())
def test_a_quote_is_found_at_its_offsets_whatever_stands_between_words(
    text: list[str], data: st.DataObject
) -> None:
    gap = st.sampled_from([" ", "\n\n", ", ", " – ", " “", "’ "])
    joined = "".join(word + data.draw(gap) for word in text)
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first + 1, len(text)))
    for start, end in quotes.find(" ".join(text[first:last]), joined):
        assert re.findall(r"[^\W_]+", joined[start:end]) == text[first:last]
    assert quotes.find(" ".join(text[first:last]), joined)


def test_half_of_the_shorter_span_must_overlap() -> None:
    assert quotes.covers((0, 100), (40, 60))
    assert quotes.covers((0, 10), (5, 100))
    assert not quotes.covers((0, 10), (6, 100))
    assert not quotes.covers((0, 10), (10, 20))


def test_a_sentence_with_another_number_is_not_the_same_sentence() -> None:
    quote = "The new ferry can carry 310 people across the bay"
    assert quotes.same_sentence("The new ferry can carry up to 310 people over the bay.", quote)
    assert not quotes.same_sentence("The new ferry can carry 510 people across the bay.", quote)


# --- intervals ------------------------------------------------------------------------------------------------------


def test_the_interval_of_a_fair_coin_is_close_to_the_normal_one() -> None:
    found = interval([0.0, 1.0] * 50)
    assert (found.value, found.n) == (0.5, 100)
    assert found.low == pytest.approx(0.5 - 1.96 * 0.05, abs=0.015)
    assert found.high == pytest.approx(0.5 + 1.96 * 0.05, abs=0.015)


def test_a_share_has_a_width_also_where_all_cases_agree() -> None:
    """Wilson's interval by hand: 20 of 20 is 83.9 % to 100 %, 0 of 20 is 0 % to 16.1 %."""
    full, none = interval([1.0] * 20), interval([0.0] * 20)
    assert full.low == pytest.approx(0.8389, abs=0.0005) and full.high == 1.0
    assert none.low == 0.0 and none.high == pytest.approx(0.1611, abs=0.0005)


def test_differences_that_are_all_nothing_are_not_taken_for_a_share() -> None:
    found = mean_interval([0.0] * 20)
    assert (found.low, found.high) == (0.0, 0.0)


def test_no_values_have_no_mean() -> None:
    assert (interval([]).value, interval([]).n) == (None, 0)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=40))
def test_an_interval_holds_its_mean_stays_within_the_values_and_repeats(
    values: list[float],
) -> None:
    found = mean_interval(values)
    assert found == mean_interval(values)
    assert found.value is not None and found.low is not None and found.high is not None
    assert found.value == pytest.approx(sum(values) / len(values), abs=1e-9)
    assert min(values) - 1e-9 <= found.low <= found.value <= found.high <= max(values) + 1e-9


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_the_interval_of_a_share_holds_it_and_is_never_without_width(right: list[bool]) -> None:
    found = interval([float(one) for one in right])
    assert found.value is not None and found.low is not None and found.high is not None
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.high - found.low > 0.05


# --- comparison and gate --------------------------------------------------------------------------------------------


def row(case_id: str, of: str = "same", **scores: float) -> Scored:
    values = {each.name: None for each in SCORES} | scores
    return Scored(
        id=case_id, kind="factoid", question="?", case=of, error=None, scores=values, violations=()
    )


def rows(*values: float, **more: Any) -> dict[str, Scored]:
    return {f"c{n}": row(f"c{n}", answer_hit=value, **more) for n, value in enumerate(values)}


def test_a_gain_is_paired_case_by_case_and_names_what_flipped() -> None:
    base, new = rows(1, 1, 0, 0), rows(1, 0, 1, 1)
    (found,) = compare(base, new).differences
    assert (found.base, found.new, found.gain.value, found.gain.n) == (0.5, 0.75, 0.25, 4)
    assert [(flip.case_id, flip.base, flip.new) for flip in found.flips] == [
        ("c1", 1, 0),
        ("c2", 0, 1),
        ("c3", 0, 1),
    ]


def test_fewer_wrong_refusals_are_a_gain() -> None:
    base = {"c0": row("c0", wrong_refusals=1.0)}
    (found,) = compare(base, {"c0": row("c0", wrong_refusals=0.0)}).differences
    assert found.gain.value == 1


def test_p_of_a_loss_is_that_of_a_sign_test_worked_by_hand() -> None:
    """Of 6 cases that moved 5 fell: (C(6,0) + C(6,1)) / 2^6."""
    assert chance_of_loss([-1, -1, -1, -1, -1, 1, 0, 0]) == pytest.approx(7 / 64)
    assert chance_of_loss([0, 0]) == 1.0
    assert chance_of_loss([-0.5] * 10 + [-0.25]) == pytest.approx(2**-11, abs=2e-4)
    assert chance_of_loss([1.0] * 8) == 1.0


def test_p_values_are_corrected_as_holm_does_and_the_main_score_keeps_most() -> None:
    """Holm by hand: .01·3, max(.03, .02·2), max(.04, .04·1). Weighted: .02/.8, then .01·.2/.1 is less, then .04."""
    found = holm({"a": 0.02, "b": 0.01, "c": 0.04})
    assert found == pytest.approx({"b": 0.03, "a": 0.04, "c": 0.04})
    weighted = holm({"right": 0.02, "b": 0.01, "c": 0.04}, ("right",))
    assert weighted == pytest.approx({"right": 0.025, "b": 0.025, "c": 0.04})
    assert holm({}) == {}


@given(st.dictionaries(st.text(max_size=3), st.floats(1e-6, 1), min_size=1, max_size=8))
def test_a_corrected_p_is_never_lower_and_keeps_the_order(chances: dict[str, float]) -> None:
    found = holm(chances)
    assert all(1 >= found[name] >= chances[name] * (1 - 1e-9) for name in chances)
    ordered = sorted(chances, key=lambda name: chances[name])
    assert [found[n] for n in ordered] == sorted(found[n] for n in ordered)


def test_the_worst_losses_come_first_with_both_answers() -> None:
    said = {"answer": {"text": "Five ferries [1]."}}
    base = {name: row(name, right=1.0, answer_hit=1.0) for name in "abc"}
    base["b"] = base["b"].model_copy(update=said)
    new = {"a": row("a", right=1.0, answer_hit=0.0), "b": row("b", right=0.0, answer_hit=1.0)}
    new["c"] = base["c"]
    found = worst(base, new)
    assert [loss.case_id for loss in found] == ["b", "a"]
    assert (found[0].base, found[0].new) == ("Five ferries [1].", "nothing came back")
    assert found[0].scores == (("right", 1.0, 0.0),)
    assert len(worst(rows(*[1.0] * 20), rows(*[0.0] * 20))) == 10


@pytest.mark.parametrize("content", ["", "{}", "not json", '{"id": "a"}'])
def test_results_that_are_none_are_told_as_wrong_usage(tmp_path: Path, content: str) -> None:
    (tmp_path / "cases.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(WrongUsage, match="run the suite again"):
        read_rows(tmp_path)
    with pytest.raises(WrongUsage, match="holds no results"):
        read_rows(tmp_path / "elsewhere")
