"""Which answers carry the date of their source, in which words, and whose report they say that they rest on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from asking import query, stored
from conftest import BRIDGE, CHOIR, DAM
from newsroom import card, sentences
from test_altered_copies import STORY

from ingest.storage.catalogue import Snapshot
from service.conflicts.provenance import age, changes, origin
from service.evidence.gathering import passage_at
from service.query.question_analysis import analyse
from service.retrieval.retriever import card as card_of
from service.types import Evidence, Filters, Question

CHANGING = [
    "How much is a single ticket to Skerra?",
    "Who is the prime minister of Sorrenia?", "Who is the mayor of Ashby?", "Who leads the regulator?", "Who's the chair?",
    "Who is the current champion?", "Which party is in charge of the council?", "How many ferries serve Skerra now?",
    "How many people have died so far?", "What is the price of a ticket?", "What is the population of Skerra?",
    "How much does a ticket cost?", "How many people work at the mill?", "Is the bridge still closed?",
    "What is the latest estimate for the terminal?",
]  # fmt: skip
TIMELESS = [
    "Who was the mayor in 1999?", "Who won the regatta?", "When was the accord signed?", "How deep is the trench?",
    "Why did the mill close?", "How many people marched?", "What does the bell weigh?", "Who wrote the article?",
    "How many jobs were lost?", "Who is Ottoline Brake?", "Where is the quay?",
]  # fmt: skip


@pytest.mark.parametrize("question", CHANGING)
def test_a_question_about_what_changes_is_told(question: str) -> None:
    assert changes(query(question))


@pytest.mark.parametrize("question", TIMELESS)
def test_a_question_about_what_stays_is_left_alone(question: str) -> None:
    assert not changes(query(question))


MAYOR = query("Who is the mayor of Ashby?")


@pytest.mark.parametrize(
    ("published", "as_of", "written"),
    [
        ("2026-11-01", None, "This was reported on 1 November 2026."),
        ("2026-03-01", None, "This was reported on 1 March 2026, about 9 months ago."),
        ("2025-11-20", None, "This was reported on 20 November 2025, about a year ago."),
        ("2021-11-20", None, "This was reported on 20 November 2021, over 5 years ago."),
        (
            "2024-05-16",
            "2024-12-31",
            "This was reported on 16 May 2024, about 8 months before 31 December 2024.",
        ),
        ("2024-12-20", "2024-12-31", "This was reported on 20 December 2024."),
    ],
)
def test_the_day_is_said_and_the_age_where_it_is_old(
    published: str, as_of: str | None, written: str
) -> None:
    cited = sentences(
        card(published_on=date.fromisoformat(published)), "Ida Crane is the mayor of Ashby."
    )

    told_of = age(
        MAYOR,
        "Ida Crane is the mayor of Ashby [1].",
        cited,
        as_of and date.fromisoformat(as_of),
        date(2026, 11, 21),
    )

    assert told_of == (written, (cited[0],))


def test_of_several_sources_the_newest_counts() -> None:
    old = sentences(card("a", published_on=date(2025, 1, 1)), "Ida Crane is the mayor.")
    new = sentences(card("b", published_on=date(2026, 11, 1)), "Mayor Ida Crane spoke.")

    told_of = age(MAYOR, "", [*old, *new], None, date(2026, 11, 21))

    assert told_of is not None and told_of[1] == (new[0],) and "1 November 2026" in told_of[0]


def test_an_undated_source_is_called_so_where_the_question_is_about_now() -> None:
    cited = sentences(card(), "Ida Crane is the mayor of Ashby.")

    assert age(MAYOR, "", cited, None, date(2026, 11, 21)) == (
        "The source is undated.",
        (cited[0],),
    )
    assert (
        age(query("How many people work at the mill?"), "", cited, None, date(2026, 11, 21)) is None
    )


def test_a_day_that_the_answer_names_is_not_said_twice() -> None:
    cited = sentences(
        card(published_on=date(2026, 11, 1)), "On 1 November 2026 Ida Crane became mayor."
    )

    assert (
        age(
            MAYOR, "On 1 November 2026 Ida Crane became mayor [1].", cited, None, date(2026, 11, 21)
        )
        is None
    )


@pytest.mark.parametrize(("days", "told_in_words"), [(179, False), (180, True)])
def test_the_age_is_said_from_180_days_on(days: int, told_in_words: bool) -> None:
    today = date(2026, 11, 21)
    cited = sentences(
        card(published_on=today - timedelta(days)), "Ida Crane is the mayor of Ashby."
    )

    said = age(MAYOR, "", cited, None, today)

    assert said is not None and ("ago" in said[0]) == told_in_words


FIRST = "Who first reported this?"
FROM = "Published 2 June 2025 by the Senn Valley Post"


def lock(outlet: str, day: int) -> str:
    return STORY.replace("The Harl Echo", outlet).replace("4 March", f"{day} March")


def dam(line: str) -> str:
    return DAM.replace(FROM, line)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Snapshot]:
    """Four stories: of three outlets on three days, of one outlet, of two on one day, of one and of nobody."""
    articles = {
        "lock1.txt": lock("The Harl Echo", 4),
        "lock2.txt": lock("The Loam Post", 6),
        "lock3.txt": lock("Pond Daily", 7),
        "bridge.txt": BRIDGE,
        "dam1.txt": DAM,
        "dam2.txt": dam("Published 2 June 2025 by the Orvel Times"),
        "choir1.md": f"---\ntitle: Choir of the miners wins in Tarn\npublisher: Tarn Mail\npublished_on: 2025-02-01\n---\n{CHOIR}",
        "choir2.txt": CHOIR,
    }
    yield from stored(tmp_path_factory.mktemp("origins"), model_cache, articles)


def told(
    snapshot: Snapshot, opening: str, question: str = FIRST, filters: Filters | None = None
) -> str | None:
    """What is said of the sources of the story that has a sentence with this opening; another story is cited second."""
    found = origin(
        analyse(Question(question, filters=filters or Filters()), None),
        snapshot,
        [cited(snapshot, opening), cited(snapshot, "The jury praised")],
    )
    return found and found[0]


def cited(snapshot: Snapshot, opening: str) -> Evidence:
    for one in snapshot.everything():
        article_id = one.article.article_id
        for s in snapshot.sentences(article_id):
            if s.text.startswith(opening):
                place = passage_at(snapshot.passages_of(article_id), s.start)
                return Evidence(s.text, s.text, s.start, s.end, s.kind, place, 1.0, card_of(one))
    raise AssertionError(f"no sentence begins with {opening}")


LOCK, ORVEL, CLOSED = "The work cost", "The bridge carries", "No houses were"


def test_copies_are_no_sources_and_the_earliest_is_the_origin(snapshot: Snapshot) -> None:
    said = "The report comes from The Harl Echo; 2 other outlets in the archive only repeat it."
    assert told(snapshot, LOCK) == said
    assert told(snapshot, LOCK, "How many outlets report on the lock?") == said


def test_one_other_outlet_repeats_it(snapshot: Snapshot) -> None:
    two = Filters(publishers=("The Harl Echo", "Pond Daily"))
    said = "The report comes from The Harl Echo; 1 other outlet in the archive only repeats it."
    assert told(snapshot, LOCK, filters=two) == said


def test_one_outlet_alone_is_named_as_the_only_one(snapshot: Snapshot) -> None:
    said = "In the archive this report stands only in Harbour Gazette."
    assert told(snapshot, ORVEL) == said


def test_of_copies_of_one_day_none_is_the_origin(snapshot: Snapshot) -> None:
    said = "2 outlets in the archive carry this, as copies of one report."
    assert told(snapshot, CLOSED) == said


def test_a_copy_that_filters_leave_out_is_not_counted(snapshot: Snapshot) -> None:
    only = Filters(publishers=("The Harl Echo",))
    said = "In the archive this report stands only in The Harl Echo."
    assert told(snapshot, LOCK, filters=only) == said


@pytest.mark.parametrize("question", ["What did the repairs cost?", "Who paid for the gates?"])
def test_nothing_is_said_of_sources_where_nobody_asks(snapshot: Snapshot, question: str) -> None:
    assert told(snapshot, LOCK, question) is None
    assert origin(analyse(Question(FIRST), None), snapshot, ()) is None


def test_a_copy_whose_outlet_is_unknown_counts_and_is_not_named(snapshot: Snapshot) -> None:
    said = told(snapshot, "The jury praised")
    assert said is None or "choir2.txt" not in said


def test_an_agency_s_own_story_is_the_original_of_the_copies_that_it_signed(
    tmp_path: Path, model_cache: Path
) -> None:
    body = STORY.split("4 March 2025", 1)[1].strip()
    head = "---\ntitle: Lock opens\npublisher: {}\npublished_on: 2025-03-04\n---\n{}"
    texts = {
        "a.md": head.format("The Harl Echo", f"{body}\n\n— Norden Press Agency\n"),
        "b.md": head.format("The Loam Post", f"{body} — Norden Press Agency\n"),
        "z.md": head.format("Norden Press Agency", f"{body}\n"),
    }
    for live in stored(tmp_path, model_cache, texts):
        found = {one.article.source: one for one in live.everything()}
        roles = {name: str(one.member.role) for name, one in found.items()}
        assert roles == {"a.md": "republished", "b.md": "republished", "z.md": "original"}
        assert found["a.md"].article.credited_to == found["b.md"].article.credited_to
        assert found["a.md"].article.credited_to == "Norden Press Agency"
