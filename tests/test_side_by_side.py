"""Altered copies compared sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
from schemas import assert_fits
from test_articles_cli import by_source
from test_rest import assert_problem

from ingest.pipeline import SAMPLE, ingest
from ingest.settings import Settings
from service.contract.replies import Comparison


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
