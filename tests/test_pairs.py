"""The measurement of pairs: what counts as right, found and told, on pairs whose outcome is set by hand."""

from __future__ import annotations

import pytest

from evals import pairs
from ingest.types import Alteration, Article, Member, Role, Span

A = Article("/p/a.md", "a.md", "The dam holds 40 tonnes. Nobody was hurt.")
B = Article("/p/b.md", "b.md", "The dam holds 60 tonnes. Nobody was hurt.")
FACT = pairs.Fact("holds 40 tonnes", "holds 60 tonnes", "number")
ALTERED = pairs.Pair("p", "altered", True, (Role.ORIGINAL, Role.ALTERED), (FACT,), (A, B))
REPORTS = pairs.Pair("q", "rewrite", False, (Role.ORIGINAL, Role.ORIGINAL), (), (A, B))
CHANGED = Alteration("number", Span(14, 16, "60"), Span(14, 16, "40"))


def found(same: bool, role: Role, *alterations: Alteration) -> pairs.Found:
    first = Member(A.article_id, Role.ORIGINAL, True)
    return pairs.Found(same, (first, Member(B.article_id, role, not same, alterations)))


def test_a_pair_is_right_only_with_both_roles_and_its_family() -> None:
    right = pairs.score(
        [ALTERED, REPORTS], [found(True, Role.ALTERED), found(False, Role.ORIGINAL)]
    )
    wrong = pairs.score([ALTERED, REPORTS], [found(True, Role.UPDATED), found(True, Role.ORIGINAL)])
    assert (right["roles right"].value, wrong["roles right"].value) == (1.0, 0.0)
    assert wrong["families: precision"].value == 0.5
    assert wrong["updated: precision"].value == 0.0
    assert wrong["altered: recall"].value == 0.0


def test_a_fact_is_found_where_the_alteration_lies_in_its_words() -> None:
    elsewhere = Alteration("number", Span(0, 3, "The"), Span(0, 3, "The"))
    hit = pairs.score([ALTERED], [found(True, Role.ALTERED, CHANGED)])
    miss = pairs.score([ALTERED], [found(True, Role.ALTERED, elsewhere)])
    assert (hit["altered facts, found"].value, hit["altered facts, right"].value) == (1.0, 1.0)
    assert (miss["altered facts, found"].value, miss["altered facts, right"].value) == (0.0, 0.0)


def test_what_went_wrong_is_said() -> None:
    lines = list(pairs.misses([REPORTS], [found(True, Role.ALTERED, CHANGED)]))
    assert lines[0].startswith("q rewrite (original/original): one family")
    assert lines[1] == "    untrue number: '40' → '60'"
    assert not list(pairs.misses([ALTERED], [found(True, Role.ALTERED, CHANGED)]))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["update", "altered", "templated", "boilerplate"])
def test_the_fit_half_has_every_kind_in_articles_that_can_be_read(kind: str) -> None:
    assert kind in {pair.kind for pair in pairs.read(pairs.SUITE / pairs.Half.FIT)}
