"""The names of an article's fields in JSON Lines and front matter, and what is said of the others."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from ingest.errors import BadArticle
from ingest.formats.article_making import article_from
from ingest.formats.field_names import understood
from ingest.formats.file_readers import NotUnderstood, read
from ingest.formats.front_matter import split_front_matter
from ingest.types import Article

TEXT = "The orchard of Brask was flooded on Friday, and the pickers went home."


@pytest.mark.parametrize(
    "name", ["date", "publish_date", "pubDate", "datePublished", "published-at"]
)
@pytest.mark.parametrize("value", ["2024-06-07", "7 June 2024", "Fri, 07 Jun 2024 09:30:00 +0200"])
def test_a_day_has_many_names(name: str, value: str) -> None:
    article = article_from({"body": TEXT, name: value}, "i", "s")
    assert (article.published_on, article.notes) == (date(2024, 6, 7), ())


def test_json_and_front_matter_take_the_same_names() -> None:
    said = {"headline": "Orchard flooded", "byline": "By Nora Pell", "outlet": "Brask Post"}
    fields, text = split_front_matter(
        "---\n" + "\n".join(f"{k}: {v}" for k, v in said.items()) + f"\n---\n{TEXT}"
    )
    assert (fields, text) == (understood(said)[0], TEXT)
    article = article_from({**said, "content": TEXT}, "i", "s")
    assert (article.title, article.author, article.publisher) == (
        "Orchard flooded",
        "Nora Pell",
        "Brask Post",
    )


def test_authors_may_be_a_list_and_sources_objects() -> None:
    fields, strange = understood(
        {"authors": ["Nora Pell", {"name": "Ivo Lund"}], "source": {"id": None, "name": "The Post"}}
    )
    assert (fields, strange) == ({"author": "Nora Pell, Ivo Lund", "publisher": "The Post"}, ())


def test_moments_counted_in_seconds_are_dates() -> None:
    for value in (1717752600, 1717752600000):
        assert understood({"date": value})[0] == {"published_on": "2024-06-07T09:30:00Z"}


def test_the_surer_of_two_names_counts() -> None:
    fields, _ = understood(
        {"source": "wire-7", "date": "1 May 2024", "published_on": "2024-06-07", "outlet": "Post"}
    )
    assert fields == {"publisher": "Post", "published_on": "2024-06-07"}


def test_fields_that_are_not_understood_are_told_once_a_file(tmp_path: Path) -> None:
    rows = [
        {"text": TEXT, "mood": "glum", "updated_on": "soon"},
        {"id": 2, "text": TEXT, "mood": "bad"},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    *found, told = read(tmp_path / "a.jsonl", max_article_mb=5)
    assert [item.notes for item in found if isinstance(item, Article)] == [(), ()]
    assert isinstance(told, NotUnderstood)
    assert str(told) == "a.jsonl has fields that are not understood: mood (2), updated_on (soon)"


def test_a_day_of_ours_that_is_none_refuses_and_one_under_another_name_is_told() -> None:
    with pytest.raises(BadArticle, match="YYYY-MM-DD"):
        article_from({"text": TEXT, "published_on": "soon"}, "i", "s")
    assert article_from({"text": TEXT, "date": "soon"}, "i", "s").notes == (
        "has fields that are not understood: published_on (soon)",
    )
