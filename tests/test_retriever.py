"""Passages are found by meaning and by words; copies, dates, filters and odd questions do not upset it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import ALTERED_BRIDGE, BRIDGE, CHOIR, DAM
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.archive import Archive
from service.retrieval.retriever import Retriever
from service.types import Filters, Hit, Question

FERRIES = (
    "Tarn",
    "Orvel",
    "Lisse",
    "Mook",
    "Garde",
    "Pell",
    "Dunmark",
    "Hesk",
    "Avel",
    "Brandt",
    "Corvo",
    "Ister",
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Retriever]:
    """Three articles, an altered copy of one, and twelve reports on ferries: dated, undated, of two outlets."""
    folder = tmp_path_factory.mktemp("library")
    files = folder / "articles"
    files.mkdir()
    for name, text in {
        "bridge.txt": BRIDGE,
        "relay.txt": ALTERED_BRIDGE,
        "dam.txt": DAM,
        "choir.txt": CHOIR,
    }.items():
        (files / name).write_text(text, "utf-8")
    rows = [
        {"id": name, "title": f"Ferry timetable changes at {name}", "publisher": "Ärmel Post" if n % 2 else "Quay",
         "published_on": f"2025-{n + 1:02}-10",
         "text": f"The ferry at {name} leaves {n + 2} times a day from spring on. The pier of {name} was built in stone "
         f"by {name}'s own masons, and tickets cost {n + 3} crowns."}
        for n, name in enumerate(FERRIES)
    ]  # fmt: skip
    rows.append(
        {
            "id": "undated",
            "text": "Lanterns\n\nThe lantern maker of Tarn sold his shop on 4 May 2031 to a baker.",
        }
    )
    (files / "ferries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    options = Settings(_env_file=None, data_dir=folder / "data", model_cache=model_cache)  # type: ignore[call-arg]
    with Archive(options) as archive:
        assert not ingest(archive, [files]).failed
        yield Retriever(archive)


def names(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.article.source.rpartition("#")[2] for hit in hits]


def families(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.article.family.id for hit in hits]


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("What did the Orvel bridge cost?", "bridge.txt"),
        ("Why was the reservoir shut?", "dam.txt"),
        ("singing contest winners", "choir.txt"),
        ("ferry Dunmark", "Dunmark"),
    ],
)
def test_the_best_passage_is_of_the_article_that_tells_it(
    library: Retriever, question: str, source: str
) -> None:
    assert names(library.find(Question(question)))[0] == source


def test_the_text_of_a_hit_stands_at_its_offsets(library: Retriever) -> None:
    snapshot = library.archive.catalogue.live()
    for hit in library.find(Question("What was built in stone?"), 20):
        stored = snapshot.article(hit.article.article_id)
        assert stored and stored.article.text[hit.start : hit.end] == hit.text
        assert 0 <= hit.score <= 1


@pytest.mark.parametrize("count", [1, 3, 8, 15])
def test_the_first_hits_are_of_as_many_families_as_the_archive_has(
    library: Retriever, count: int
) -> None:
    found = families(library.find(Question("When does the ferry leave?"), count))
    assert len(found) == len(set(found)) == count


def test_whoever_names_no_number_gets_ten_hits(library: Retriever) -> None:
    assert len(library.find(Question("When does the ferry leave?"))) == 10


def test_more_hits_than_there_are_families_are_the_families_next_passages(
    tmp_path: Path, model_cache: Path
) -> None:
    long = "\n\n".join(
        f"Chapter {n}. " + f"The mill of Tarn turned its wheel number {n} in the rain. " * 12
        for n in range(8)
    )
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "mill.txt").write_text(f"The mill\n\n{long}", "utf-8")
    (tmp_path / "articles" / "choir.txt").write_text(CHOIR, "utf-8")
    options = Settings(_env_file=None, data_dir=tmp_path / "data", model_cache=model_cache)  # type: ignore[call-arg]
    with Archive(options) as archive:
        ingest(archive, [tmp_path / "articles"])
        hits = Retriever(archive).find(Question("How many wheels did the mill of Tarn turn?"), 4)
    assert len(set(families(hits[:2]))) == 2
    assert len(hits) > 2
    of_mill = sorted((h.start, h.end) for h in hits if h.article.source == "mill.txt")
    assert all(end <= start for (_, end), (start, _) in pairwise(of_mill)), "no words twice"


def test_passages_side_by_side_are_one_hit(tmp_path: Path, model_cache: Path) -> None:
    text = " ".join(f"Keeper {n} of the light at Tarn wrote down the wind." for n in range(40))
    (tmp_path / "light.txt").write_text(f"The light\n\n{text}", "utf-8")
    options = Settings(_env_file=None, data_dir=tmp_path / "data", model_cache=model_cache)  # type: ignore[call-arg]
    with Archive(options) as archive:
        passages = ingest(archive, [tmp_path / "light.txt"]).passages
        hits = Retriever(archive).find(Question("Who wrote down the wind?"), 10)
    assert passages >= 3
    assert len(hits) < passages
    assert all(hit.text.strip() == hit.text for hit in hits)


def test_what_stands_on_top_does_not_depend_on_how_many_are_asked_for(library: Retriever) -> None:
    question = Question("Which ferry leaves most often?")
    assert names(library.find(question, 100))[:5] == names(library.find(question, 5))


def test_an_altered_copy_never_stands_before_the_sound_text(library: Retriever) -> None:
    for text in (
        "What did the Orvel bridge cost?",
        "83 million crowns bridge Staff Writers Morning Relay",
    ):
        hits = library.find(Question(text), 20)
        assert hits[0].article.source == "bridge.txt"


def test_an_altered_copy_speaks_where_the_sound_text_is_filtered_out(library: Retriever) -> None:
    found = library.find(
        Question("What did the bridge cost?", filters=Filters(publishers=("the morning relay",)))
    )
    assert {hit.article.source for hit in found} == {"relay.txt"}


@pytest.mark.parametrize(
    ("filters", "allowed"),
    [
        (
            Filters(published_after=date(2025, 6, 10), published_before=date(2025, 8, 10)),
            set(FERRIES[5:8]),
        ),
        (Filters(publishers=("ÄRMEL POST",)), set(FERRIES[1::2])),
        (
            Filters(publishers=("ärmel post",), published_before=date(2025, 4, 10)),
            {FERRIES[1], FERRIES[3]},
        ),
        (Filters(publishers=("No Such Paper",)), set()),
        (Filters(article_ids=("0000000000000000",)), set()),
    ],
)
def test_filters_leave_all_that_they_permit_and_nothing_else(
    library: Retriever, filters: Filters, allowed: set[str]
) -> None:
    assert (
        set(names(library.find(Question("When does the ferry leave?", filters=filters), 20)))
        == allowed
    )


def test_an_article_can_be_searched_by_its_id(library: Retriever) -> None:
    wanted = library.find(Question("ferry at Mook"), 1)[0].article.article_id
    found = library.find(
        Question("Who won the singing prize?", filters=Filters(article_ids=(wanted,)))
    )
    assert {hit.article.article_id for hit in found} == {wanted}


def test_a_filter_may_name_more_articles_than_a_statement_has_places(library: Retriever) -> None:
    wanted = library.find(Question("ferry at Mook"), 1)[0].article.article_id
    many = Filters(article_ids=(*(f"{n:016x}" for n in range(40_000)), wanted))
    assert {
        hit.article.article_id for hit in library.find(Question("timetable", filters=many))
    } == {wanted}


def test_as_of_is_inclusive_and_nothing_later_is_found(library: Retriever) -> None:
    hits = library.find(Question("When does the ferry leave?", as_of=date(2025, 3, 10)), 50)
    assert {"Tarn", "Orvel", "Lisse"} <= set(names(hits))
    assert all(
        hit.article.published_on is None or hit.article.published_on <= date(2025, 3, 10)
        for hit in hits
    )


@pytest.mark.parametrize(("day", "found"), [(date(2031, 5, 4), True), (date(2031, 5, 3), False)])
def test_an_undated_article_counts_from_the_latest_date_it_names(
    library: Retriever, day: date, found: bool
) -> None:
    hits = library.find(Question("Who sold the lantern shop?", as_of=day), 50)
    assert ("undated" in names(hits)) is found


def test_an_undated_article_passes_no_date_filter(library: Retriever) -> None:
    filters = Filters(published_before=date(2100, 1, 1))
    assert "undated" not in names(
        library.find(Question("Who sold the lantern shop?", filters=filters), 50)
    )


def test_a_filter_that_leaves_many_passages_finds_all_that_it_permits(library: Retriever) -> None:
    wide = Retriever(library.archive, narrow=2)
    filters = Filters(publishers=("ÄRMEL POST",))
    assert set(
        names(wide.find(Question("When does the ferry leave?", filters=filters), 20))
    ) == set(FERRIES[1::2])


@pytest.mark.parametrize(
    "query",
    [
        "the of and", "?", "…", "🎉🎉🎉", "⛴️🌊", "市議会は橋の再開を発表した", "Мост снова открыт", "أُعيد فتح الجسر",
        'field:"a" AND (', "title:bridge OR )(", "* ? ~ ^2 [a TO b] +(-x)", '"', "\\", "a" * 10_000, "bridge " * 1_400,
        "(" * 10_000, "What did the bridge cost? " * 400, "\u202e\u0000\ufffe", "𝔅𝔯𝔦𝔡𝔤𝔢", "-" * 9_999 + "?", "' OR 1=1; --",
    ],
)  # fmt: skip
def test_odd_questions_give_hits_or_nothing(library: Retriever, query: str) -> None:
    assert all(hit.text for hit in library.find(Question(query), 5))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=st.text(min_size=1, max_size=300))
def test_any_text_can_be_asked(library: Retriever, query: str) -> None:
    assert len(library.find(Question(query), 3)) <= 3


def test_words_of_a_query_language_are_only_words(library: Retriever) -> None:
    assert names(library.find(Question('title:"ferry" AND Dunmark NOT Dunmark'), 1)) == ["Dunmark"]


def test_an_empty_archive_finds_nothing(archive: Archive) -> None:
    assert Retriever(archive).find(Question("Is anybody there?")) == ()


def test_a_search_asks_the_catalogue_four_times_at_most(library: Retriever) -> None:
    """Each of them is a round trip on servers: the generation, places, passages, articles."""
    library.find(Question("Which ferry sails from Tarn?"), 3)  # embeds the sentences that it reads
    asked: list[str] = []

    def count(connection: object, cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        assert library.find(Question("Which ferry from Tarn sails first?"), 3)
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert 1 <= len([words for words in asked if "generation" in words or "versions" in words]) <= 4
    assert len(asked) <= 6  # and sentences and vectors, which each process keeps in a file
