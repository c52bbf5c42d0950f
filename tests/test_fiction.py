"""A made-up story that says so in a label answers nothing and bears nothing out, and news of stories does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from asking import answered, answering

from ingest.text.segmentation import split
from ingest.types import Article, Subject, Terms
from service.answerer import Answerer
from service.drafting.openings import attributed
from service.evidence.fiction import is_fiction
from service.types import Draft, Question

STORY = "The lamp on Crane Rock went out at nine.\n\nKeeper Olav Brandt drowned that night."


def labelled(text: str, title: str = "The Last Lamp", **more: object) -> bool:
    article = Article("a", "a.md", text, title=title, **more)  # type: ignore[arg-type]
    return is_fiction(article, split(text, title))


@pytest.mark.parametrize(
    "label",
    [
        "Short story by Ida Lunde",
        "FICTION",
        "Our summer short story, by Ida Lunde",
        "We print here the winning entry in our fiction competition, by Ida Lunde.",
        "Winner of the Herald short story competition 2024",
        "By Ida Lunde, winner of our short story competition",
        "This short story won second prize in the county's writing competition.",
        "This is a work of fiction.",
        "All characters are invented.",
        "From the novel The Last Lamp by Ida Lunde, published by Pier Press.",
        "An extract from her novel The Last Lamp",
    ],
)
def test_a_story_is_known_by_a_label_of_its_own(label: str) -> None:
    assert labelled(f"{label}\n\n{STORY}") and labelled(f"{STORY}\n\n{label}")


@pytest.mark.parametrize(
    "title",
    ["Fiction: The Last Lamp", "The Last Lamp (short story)", "The Last Lamp – a short story by Ida Lunde"],
)  # fmt: skip
def test_a_title_may_be_the_label(title: str) -> None:
    assert labelled(STORY, title)


def test_what_a_publisher_says_of_its_subject_is_a_label_too() -> None:
    assert labelled(STORY, terms=Terms(subjects=(Subject("Short Story"),)))
    assert not labelled(STORY, terms=Terms(subjects=(Subject("Fiction"), Subject("Book reviews"))))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Nurse wins short story prize", "Ida Lunde, a nurse, has won a short story prize."),
        ("The truth about eels", "This year's short story competition drew 310 entries."),
        ("Fact or fiction: the truth about eels", "A short story competition opens on Monday."),
        ("Non-fiction: the best of the year", "Short stories sell well this year."),
        ("Inquiry opens", "A story by the Herald in May led to the inquiry."),
        ("A novel idea", "From the novel use of brick to the glass roof, the house is odd."),
        ("Film banned", "The film is a work of fiction, said its director."),
    ],
)
def test_news_of_stories_is_news(title: str, text: str) -> None:
    assert not labelled(f"{text}\n\nThe council meets on Friday.", title)


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Answerer]:
    folder = tmp_path_factory.mktemp("fiction")
    inbox = folder / "inbox"
    inbox.mkdir()
    head = "---\ntitle: The Last Lamp\npublisher: Coast Herald\npublished_on: 2024-03-02\n---\n"
    (inbox / "story.md").write_text(f"{head}Short story by Ida Lunde\n\n{STORY}\n", "utf-8")
    yield from answering(folder, model_cache, inbox)


def test_fiction_is_evidence_only_where_it_is_asked_for_and_is_called_so(
    answerer: Answerer,
) -> None:
    assert answered(answerer, "Who drowned at Crane Rock?")["outcome"] == "declined"
    with answerer.archive.catalogue.live() as live:
        plain = answerer.select(Question("Who drowned at Crane Rock?"), live)
        asked = answerer.select(Question("Who drowned in the short story?"), live)
    assert plain.considered == ()
    (told,) = [item for item in asked.considered if item.text.startswith("Keeper Olav Brandt")]
    (draft,) = attributed(asked.considered, [Draft(told.text, (told.key,))])
    assert draft.opening == "In a work of fiction: "
