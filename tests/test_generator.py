"""Articles in our own words come in; the copies generated from them are checked against the truth that is told of them."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from evals.lab.copies import edits, rewording
from evals.lab.copies.generator import KINDS, Made, generate, write
from evals.lab.copies.sources import read_sources
from ingest.errors import WrongUsage
from ingest.formats.article_making import article_from
from ingest.pipeline import SAMPLE

TIDE = "On 4 March 2019 the Norwegian firm Kelda signed 12 contracts with Tarnmouth, and Peter Hale was elected its chairman."


@pytest.fixture(scope="module")
def corpus() -> list[Made]:
    return generate(read_sources([SAMPLE]), 60, seed=3)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def test_the_same_seed_makes_the_same_corpus_and_another_seed_another() -> None:
    sources = read_sources([SAMPLE])
    assert (
        generate(sources, 40, seed=1)
        == generate(sources, 40, seed=1)
        != generate(sources, 40, seed=2)
    )


def test_every_kind_of_copy_is_made_of_an_article_that_is_there(corpus: list[Made]) -> None:
    many = [made for seed in range(8) for made in generate(read_sources([SAMPLE]), 60, seed)]
    assert {made.kind for made in many} == set(KINDS)
    originals = {made.family for made in corpus if made.kind == "original"}
    assert all(made.family in originals for made in corpus if made.kind != "round_up")
    assert len({made.key for made in corpus}) == len(corpus)


def test_a_changed_fact_stands_where_the_truth_says(corpus: list[Made]) -> None:
    originals = {made.family: made.fields["text"] for made in corpus if made.kind == "original"}
    changed = [(made, edit) for made in corpus for edit in made.edits]
    assert len(changed) >= 10
    for made, edit in changed:
        text = made.fields["text"]
        assert 0 <= edit.start <= edit.end <= len(text)
        assert text[edit.start : edit.end] != edit.original
        assert edit.kind == next(o.kind for o in edits.OPERATIONS if o.name == edit.operation)
        restored = text[: edit.start] + edit.original + text[edit.end :]
        around = words(restored[max(0, edit.start - 40) : edit.start + len(edit.original)])[1:]
        shared = set(around) & set(words(originals[made.family]))
        assert len(shared) >= 0.5 * len(set(around))


def test_only_altered_copies_and_updates_change_facts_and_of_one_half(corpus: list[Made]) -> None:
    for made in corpus:
        assert bool(made.edits) <= (made.kind in ("altered", "updated"))
        assert all(edits.seen(edit.operation) == (made.half == "seen") for edit in made.edits)


def test_the_text_is_not_changed_by_reading_it(corpus: list[Made]) -> None:
    for made in corpus:
        assert article_from(made.fields, f"/{made.key}", made.key).text == made.fields["text"]


def test_fragments_and_round_ups_hold_words_of_their_articles_only(corpus: list[Made]) -> None:
    originals = {
        made.family: set(words(made.fields["text"])) for made in corpus if made.kind == "original"
    }
    fragments = [
        made
        for seed in range(4)
        for made in generate(read_sources([SAMPLE]), 40, seed)
        if made.kind == "fragment"
    ]
    assert fragments
    for fragment in fragments:
        known = originals.get(fragment.family)
        body = words(fragment.fields["text"])
        assert known is None or sum(word in known for word in body) >= 0.7 * len(body)


def test_both_halves_have_operations_of_every_kind() -> None:
    for kind in {operation.kind for operation in edits.OPERATIONS}:
        assert {edits.seen(o.name) for o in edits.OPERATIONS if o.kind == kind} == {True, False}
    for kind in {operation.kind for operation in rewording.REWORDINGS}:
        assert {rewording.seen(r.name) for r in rewording.REWORDINGS if r.kind == kind} == {
            True,
            False,
        }


def test_the_halves_do_not_move() -> None:
    assert [edits.seen(name) for name in ("tenfold", "month", "not_added", "demonym")] == [True] * 4
    assert [
        edits.seen(name) for name in ("digits_swapped", "year_near", "failed", "given_name")
    ] == [False] * 4


@pytest.mark.parametrize("operation", edits.OPERATIONS, ids=lambda o: o.name)
def test_an_operation_changes_what_it_says_or_nothing(operation: edits.Operation) -> None:
    for seed in range(5):
        change = operation.make(TIDE, random.Random(seed), edits.names_in(TIDE))
        if change is not None:
            made = edits.apply(TIDE, change)
            assert made != TIDE
            assert made[change.start : change.start + len(change.new)] == change.new


@pytest.mark.parametrize("operation", rewording.REWORDINGS, ids=lambda r: r.name)
def test_a_rewording_keeps_the_figures(operation: rewording.Rewording) -> None:
    reworded = operation.make(
        "In 2019, the council of 12 towns agreed that the bridge is 90 years old.", random.Random(1)
    )
    assert set(re.findall(r"\d+", reworded)) >= {"2019", "90"}


def test_a_corpus_is_written_as_ingest_reads_it(corpus: list[Made], tmp_path: Path) -> None:
    write(corpus, tmp_path)
    rows = [
        json.loads(line) for line in (tmp_path / "articles.jsonl").read_text("utf-8").splitlines()
    ]
    truth = [
        json.loads(line) for line in (tmp_path / "truth.jsonl").read_text("utf-8").splitlines()
    ]
    assert (
        [row["id"] for row in rows] == [row["id"] for row in truth] == [made.key for made in corpus]
    )
    assert all(article_from(row, "/x", "x").text for row in rows)


def test_a_folder_without_articles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="no article with text"):
        read_sources([tmp_path])
