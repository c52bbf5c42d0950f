"""Altered copies compared sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from asking import stored
from schemas import assert_fits
from test_articles_cli import by_source
from test_rest import assert_problem

from ingest.pipeline import SAMPLE, ingest
from ingest.settings import Settings
from ingest.storage.catalogue import Snapshot
from ingest.types import Alteration, Span
from service.conflicts.side_by_side import Pair, compared
from service.contract.response_bodies import Comparison

TOLD = "One came. Two went. Three sat. Four ran. Five sang. Six slept."


@pytest.fixture
def http(served: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served, timeout=60) as client:
        yield client


def test_an_altered_copy_is_compared_sentence_by_sentence(http: httpx2.Client) -> None:
    articles = by_source(http)
    altered, sound = articles["relay.txt"], articles["bridge.txt"]
    body = http.get(f"/v1/articles/{altered['article_id']}/alterations").json()
    assert_fits(Comparison, body)
    assert body["canonical"]["article_id"] == sound["article_id"]
    first = body["pairs"][0]
    assert first["kinds"] == ["number"]
    for side, article, words in (("canonical", sound, "38"), ("here", altered, "83")):
        at = first[side]
        assert article["text"][at["start"] : at["end"]] == at["text"]
        assert at["text"].startswith("It cost") and at["text"].endswith("ribbon.")
        assert words in "".join(article["text"][a:b] for a, b in at["marked"])


def test_every_alteration_lies_in_a_pair_the_most_serious_first(settings: Settings) -> None:
    from running import running

    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        ingest(service.archive, [SAMPLE])
        articles = http.get("/v1/articles").json()["articles"]
        altered = [a["article_id"] for a in articles if a["family"]["role"] == "altered"]
        assert altered
        for article_id in altered:
            alterations = http.get(f"/v1/articles/{article_id}").json()["alterations"]
            pairs = http.get(f"/v1/articles/{article_id}/alterations").json()["pairs"]
            assert pairs[0]["kinds"][0] == alterations[0]["kind"]
            for item in alterations:
                here, there = item["here"], item["canonical"]
                assert any(
                    item["kind"] in pair["kinds"]
                    and [here["start"], here["end"]] in pair["here"]["marked"]
                    and [there["start"], there["end"]] in pair["canonical"]["marked"]
                    for pair in pairs
                ), item
            places = [(pair["here"]["start"], pair["canonical"]["start"]) for pair in pairs]
            assert len(set(places)) == len(places) < len(alterations)


def test_other_articles_have_nothing_to_compare(http: httpx2.Client) -> None:
    dam = by_source(http)["dam.txt"]["article_id"]
    assert http.get(f"/v1/articles/{dam}/alterations").json()["pairs"] == []
    assert_problem(http.get("/v1/articles/0123456789abcdef/alterations"), 404)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Snapshot]:
    yield from stored(tmp_path_factory.mktemp("told"), model_cache, {"told.txt": TOLD})


def pairs(snapshot: Snapshot, *places: tuple[tuple[int, int], tuple[int, int]]) -> list[Pair]:
    """What a copy in the same words is compared to, if these places of both were altered."""
    (one,) = snapshot.everything()
    changes = tuple(
        Alteration("number", *(Span(a, b, TOLD[a:b]) for a, b in (here, there)))
        for here, there in places
    )
    altered = replace(one, member=replace(one.member, alterations=changes))
    return compared(altered, one, snapshot)


def at(words: str) -> tuple[int, int]:
    return TOLD.index(words), TOLD.index(words) + len(words)


def test_a_pair_holds_the_sentences_that_a_change_touches(snapshot: Snapshot) -> None:
    (one,) = pairs(snapshot, (at("Two"), at("sat. Four")))
    assert (one.here.text, one.canonical.text) == ("Two went.", "Three sat. Four ran.")
    assert TOLD[one.canonical.start : one.canonical.end] == one.canonical.text
    assert (one.here.marked, one.canonical.marked) == ((at("Two"),), (at("sat. Four"),))


@pytest.mark.parametrize("place", [TOLD.index("Two"), TOLD.index("Two") + 4, TOLD.index(" Three")])
def test_what_was_put_in_stands_in_the_sentence_or_behind_it(
    snapshot: Snapshot, place: int
) -> None:
    (one,) = pairs(snapshot, ((place, place), at("Four")))
    assert one.here.text == "Two went."
    assert one.here.marked == ((place, place),)


@pytest.mark.parametrize(
    ("here", "there", "count"),
    [("Two", "Two", 1), ("Two", "Three", 1), ("Two", "Four", 2), ("Three", "Three", 2)],
)
def test_changes_of_one_sentence_are_one_pair_where_the_other_sides_are_neighbours(
    snapshot: Snapshot, here: str, there: str, count: int
) -> None:
    found = pairs(snapshot, (at("Two"), at("Two")), (at(here), at(there)))
    assert len(found) == count
    swapped = pairs(snapshot, (at("Two"), at("Two")), (at(there), at(here)))
    assert len(swapped) == count


def test_joined_changes_show_every_sentence_between_them(snapshot: Snapshot) -> None:
    (one,) = pairs(snapshot, (at("Three"), at("Three")), (at("Three"), at("Two")))
    assert (one.here.text, one.canonical.text) == ("Three sat.", "Two went. Three sat.")
    assert one.kinds == ("number",)
