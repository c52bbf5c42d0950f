"""What is evidence of copying and what is not: prose counts; lists, notices, forms, shells and round-ups do not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ingest.copies.families import group
from ingest.copies.likeness import carries, repeats, same_title, says_the_same
from ingest.copies.near_duplicates import Copy, Shared, read_copy
from ingest.copies.sentence_alignment import Embed
from ingest.embedding.embedder import LocalEmbedder
from ingest.text.segmentation import split
from ingest.types import Article, Sentence, SentenceKind

OWN = (
    "The Herons will play twelve concerts in June, their manager told reporters in Wexham on Monday. Tickets are sold from Friday "
    "at ten. Singer Lena Oak denied that the band had fallen out. The drummer had simply wanted to see his children grow up. A new "
    "record is not planned, and the old songs will do for a summer."
)
OTHER = (
    "Ten years after a power failure cut short their last show, The Herons come back to Osterby. Hall owner Piet Marsh expects "
    "every one of his 4,100 places to be taken. He has hired a second crew because the band travels with two lorries of lights. "
    "A choir of the harbour school, heard by chance last winter, opens the evening."
)
BACKGROUND = (
    "The Herons were founded in 2003 in a garage in Lowfield and sold two million records. Their last show, in 2015, ended in the "
    "dark when a transformer burned."
)
FOOTER = (
    "The Wexham Echo is owned by its readers and prints what they send. Our reporters accept no gifts and pay for every ticket "
    "themselves. If you see a mistake, write to the desk and we will look into it within a day. Letters are printed with a name "
    "and a town. Back issues can be read in the town library on any weekday afternoon."
)
FIRE = "A barn near Skerra burned down on Sunday night. Nobody was hurt, and forty sheep were led out in time by a boy of twelve."
SWIM = "The baths at Leuven open an hour earlier from May. Pensioner Agnes Roth, who swims a mile before breakfast, collected 900 names."


@pytest.fixture(scope="module")
def embed(model_cache: Path) -> Embed:
    return LocalEmbedder(model_cache).embed


def together(embed: Embed, *texts: tuple[str, str], publisher: str | None = None) -> bool:
    """Whether articles of (headline, text) are one family."""
    articles = [
        Article(f"/{n}", str(n), f"{title}\n\n{text}", title, None, publisher)
        for n, (title, text) in enumerate(texts)
    ]
    return (
        len(group(articles, {a.article_id: split(a.text, a.title) for a in articles}, embed)) == 1
    )


def dates(form: str) -> str:
    towns = "Harrow Quay,Lowfield,Osterby,Wexham,Elm Bay,Fennport,Marl Hill,Northfold,Skerra,Orvel"
    halls = "Quay Hall,Mill Theatre,Market Arena,Corn Exchange,Old Brewery,Rope Works,Garden Stage,Ice Rink,Town Hall,Lido"
    rows = zip(towns.split(","), halls.split(","), strict=True)
    return "\n".join(form.format(day=n + 2, town=t, hall=h) for n, (t, h) in enumerate(rows))


def test_a_shared_list_joins_no_two_stories(embed: Embed) -> None:
    ours = OWN + "\n\nThe dates:\n\n" + dates("- {day} June -- {hall}, {town}")
    theirs = OTHER + "\n\nWhere they play:\n\n" + dates("- {day} June – {town} @ {hall}")
    assert not together(embed, ("The Herons on tour", ours), ("Twelve towns", theirs))
    assert not together(embed, ("The Herons on tour", ours), ("The Herons on tour", theirs))


def test_a_copy_of_the_prose_is_a_copy_with_another_list_around_it(embed: Embed) -> None:
    ours = OWN + "\n\n" + dates("- {day} June -- {hall}, {town}")
    assert together(embed, ("The Herons on tour", ours), ("Band returns", OWN))


def test_a_follow_up_that_repeats_the_background_is_a_story_of_its_own(embed: Embed) -> None:
    ours, theirs = f"{OWN}\n\n{BACKGROUND}", f"{OTHER}\n\n{BACKGROUND}"
    assert not together(embed, ("The Herons on tour", ours), ("Twelve towns", theirs))


def test_quotations_of_one_speech_join_no_two_reports(embed: Embed) -> None:
    said = (
        "“We have enough songs that nobody has heard since 2009,” she said. “Nobody in this band has ever hated anybody in it, "
        "and whoever writes so has not met us.” “I will sing until the lights go out again, and then I will sing in the dark.”"
    )
    assert not together(
        embed,
        ("Oak", f"Lena Oak spoke for an hour in Wexham. {said} Tickets go on sale on Friday."),
        (
            "Tour",
            f"It began with a joke about the weather. {said} The hall laughed, and Piet Marsh too.",
        ),
    )


def test_a_shared_footer_joins_no_two_stories(embed: Embed) -> None:
    assert not together(
        embed, ("Barn burns", f"{FIRE}\n\n{FOOTER}"), ("Early swim", f"{SWIM}\n\n{FOOTER}")
    )
    assert together(embed, ("Barn burns", f"{FIRE}\n\n{FOOTER}"), ("Sheep led out", FIRE))


def test_a_form_with_two_long_lists_is_two_articles(embed: Embed) -> None:
    form = (
        "The county is pleased to announce the first list of the season for the best young {}. All of them were nominated by their "
        "schools last autumn. The winners will be shown on a summer evening in Wexham. Names can be taken off the list by the jury."
    )
    one = "\n".join(
        f"Pupil A{n} {chr(65 + n)}rmond - School of {chr(75 + n)}aldon" for n in range(16)
    )
    other = "\n".join(
        f"Pupil B{n} {chr(66 + n)}istle - {chr(70 + n)}ernside Academy" for n in range(16)
    )
    assert not together(
        embed,
        ("Best young swimmers", f"{form.format('swimmers')}\n\n{one}"),
        ("Best young runners", f"{form.format('runners')}\n\n{other}"),
    )


def test_what_a_site_shows_in_place_of_articles_is_no_family(embed: Embed) -> None:
    consent = (
        "We will use the details you have shared to manage your registration. You agree to the processing, storage and use of "
        "this information as described in our policy. If you wish to object to the use of your data in this way, please tick here."
    )
    pages = ("Barn near Skerra burns down", consent), ("Swimmers win an early hour", consent)
    assert not together(embed, *pages, publisher="The Wexham Echo")
    article = (
        ("Forty sheep led out of a burning barn", FIRE),
        ("Barn burned down near Skerra", FIRE),
    )
    assert together(embed, *article, publisher="The Wexham Echo")


def copy_of(text: str, title: str = "Barn burns") -> Copy:
    article = Article("/archive/x", "x", text, title, None, None)
    return read_copy(article, split(text, title))


@pytest.mark.parametrize(("shingles", "share"), [(40, 0.15), (39, 0.8)])
def test_a_short_text_must_share_nearly_all_of_its_words_with_a_copy(
    shingles: int, share: float
) -> None:
    one, other = copy_of(FIRE), copy_of(FIRE, "Sheep led out")
    assert repeats(Shared(0, 1, 1.0, share, 1.0), shingles, one, other)
    assert not repeats(Shared(0, 1, 1.0, share - 0.01, 1.0), shingles, one, other)


@pytest.mark.parametrize(("alike", "copied"), [(0.8, True), (0.79, False)])
def test_of_lists_the_whole_page_tells(alike: float, copied: bool) -> None:
    lines = dates("- {day} June -- {hall}, {town}")
    one, other = copy_of(lines), copy_of(lines)
    assert repeats(Shared(0, 1, 1.0, 1.0, alike), 60, one, other) == copied


def same(texts: Sequence[str]) -> np.ndarray:
    """A model to which every sentence says the same."""
    return np.ones((len(texts), 1), dtype=np.float32)


@pytest.mark.parametrize(("sentences", "copied"), [(5, True), (4, False)])
def test_a_rewrite_has_five_sentences(sentences: int, copied: bool) -> None:
    told = (
        "Piet Marsh opened the hall at Wexham in 2003.", "Lena Oak sold 4,100 places there.",
        "The harbour school of Osterby sent its choir.", "Two lorries brought the lights from Lowfield.",
        "Rain kept nobody in Skerra at home that evening.",
    )[:sentences]  # fmt: skip
    one, other = copy_of(" ".join(told)), copy_of(" ".join(told), "Hall opened")
    assert says_the_same(one, other, same) == copied


CONSONANTS = "bdfgklmnprstvz"


def word(n: int) -> str:
    """A word that nobody has, another one for each number."""
    a, b = divmod(n, len(CONSONANTS))
    c, a = divmod(a, len(CONSONANTS))
    return f"{CONSONANTS[c]}{CONSONANTS[a]}o{CONSONANTS[b]}ak"


def line(*numbers: int, end: str = ".") -> str:
    return " ".join(["the", *map(word, numbers)]).capitalize() + end


def lines(first: int, count: int, words: int = 9) -> list[str]:
    """Sentences of so many words without one in common, and an article before each."""
    return [line(*range(first + words * n, first + words * (n + 1))) for n in range(count)]


def told(sentences: Sequence[str], title: str = "Barn burns") -> Copy:
    return copy_of(" ".join(sentences), title)


def repeated(one: Copy, other: Copy) -> bool:
    return repeats(Shared(0, 1, 1.0, 1.0, 1.0), 60, one, other)


@pytest.mark.parametrize(("shared", "copied"), [(11, True), (10, False)])
def test_a_copy_has_more_than_half_of_the_words_of_the_shorter(shared: int, copied: bool) -> None:
    common = lines(0, shared)
    one, other = (told([*common, *lines(first, 20 - shared)]) for first in (300, 600))
    assert repeated(one, other) == copied


@pytest.mark.parametrize(("numbers", "copied"), [(4, True), (5, False)])
def test_half_of_the_shared_sentences_may_not_differ_in_their_facts(
    numbers: int, copied: bool
) -> None:
    common = lines(0, 10)
    one, other = (
        told([f"{s[:-1]} {n + k} times." if k < numbers else s for k, s in enumerate(common)])
        for n in (20, 50)
    )
    assert repeated(one, other) == copied


def around(common: Sequence[str], first: Sequence[int], second: Sequence[int]) -> bool:
    """Whether two articles that begin with other words, twenty each, are copies for what they share."""
    one, other = (told([line(*own[:10]), line(*own[10:]), *common], "") for own in (first, second))
    return repeated(one, other)


@pytest.mark.parametrize(("words", "copied"), [(200, False), (201, True)])
def test_a_shared_notice_has_two_hundred_words(words: int, copied: bool) -> None:
    common = [*lines(0, 19), line(*range(180, 189 + words - 200))]
    assert around(common, range(300, 320), range(400, 420)) == copied


@pytest.mark.parametrize(("both", "copied"), [(1, False), (2, True)])
def test_around_a_notice_a_tenth_of_the_words_is_the_same(both: int, copied: bool) -> None:
    own = [*range(300, 300 + both), *range(400, 420 - both)]
    assert around(lines(0, 12), range(300, 320), own) == copied


@pytest.mark.parametrize(("spoken_of", "copied"), [(3, False), (4, True)])
def test_a_fifth_of_the_other_words_speaks_of_what_is_shared(spoken_of: int, copied: bool) -> None:
    mine = [*range(10, 10 + spoken_of), *range(300, 320 - spoken_of)]
    assert around(lines(0, 12), mine, range(400, 420)) == copied
    assert around(lines(0, 12), range(400, 420), mine) == copied


def test_what_begins_with_the_shared_text_or_adds_nothing_shares_no_notice() -> None:
    common, own = lines(0, 12), (lines(300, 2), lines(400, 2))
    assert repeated(told([*common, *own[0]], ""), told([*own[1], *common], ""))
    assert repeated(told(common, ""), told([*own[1], *common], ""))


@pytest.mark.parametrize(("named", "copied"), [(1, False), (2, True)])
def test_a_headline_whose_words_the_text_has_half_of_is_its_own(named: int, copied: bool) -> None:
    texts = lines(0, 12)
    titles = (line(1, 2, 3, 4), line(*range(10, 10 + named), *range(500, 504 - named)))
    made = []
    for title in titles[::-1] if named == 2 else (line(600, 601, 602, 603), titles[1]):
        article = Article("/archive/x", "x", " ".join(texts), title, None, "Echo")
        made.append(read_copy(article, split(article.text, title)))
    assert repeated(*made) == copied


def in_other_words(
    pairs: Sequence[int], *, names: str = "Piet Marsh met Lena Oak.", alone: int = 0
) -> tuple[Copy, Copy]:
    """Two texts of sentences of five words with so many in common each; `alone` others have none."""
    ours, theirs = [names] * bool(names), [names] * bool(names)
    for n, common in enumerate(pairs):
        start = 10 * n
        ours.append(line(*range(start, start + 5)))
        theirs.append(
            line(*range(start, start + common), *range(start + 505, start + 510 - common))
        )
    return told([*ours, *lines(1100, alone, 5)]), told([*theirs, *lines(1300, alone, 5)], "Other")


@pytest.mark.parametrize(("alone", "copied"), [(4, True), (5, False)])
def test_a_rewrite_says_three_fifths_of_the_sentences_again(alone: int, copied: bool) -> None:
    one, other = in_other_words([5] * 5, alone=alone)
    assert says_the_same(one, other, same) == copied


@pytest.mark.parametrize(("loose", "copied"), [(2, True), (3, False)])
def test_of_these_three_fifths_have_a_third_of_their_words_in_common(
    loose: int, copied: bool
) -> None:
    one, other = in_other_words([5] * (5 - loose) + [1] * loose, names="")
    one, other = (told(["Piet met Lena Oak.", *(s.text for s in c.sentences)], c.article.title or "") for c in (one, other))  # fmt: skip
    assert says_the_same(one, other, same) == copied


@pytest.mark.parametrize(("names", "copied"), [("Piet Marsh met Lena Oak.", True), ("Piet Marsh met them again.", False)])  # fmt: skip
def test_a_rewrite_has_two_facts_in_common(names: str, copied: bool) -> None:
    one, other = in_other_words([5] * 6, names=names)
    assert says_the_same(one, other, same) == copied


def test_facts_of_one_side_are_no_common_ones() -> None:
    bare, named = (
        in_other_words([5] * 6, names=n)[0]
        for n in ("They met them again.", "Piet Marsh met Lena Oak.")
    )
    assert not says_the_same(bare, named, same) and not says_the_same(named, bare, same)


BODY, HEADING = SentenceKind.BODY, SentenceKind.HEADING
ITEM = (
    "Piet Marsh opened the hall at Wexham in spring.",
    "Lena Oak sold 4,100 places there.",
    "The choirs of Osterby sang on both Fridays.",
)
OTHER_STORY = [f"Rain of the {n}th hour fell on {town} all night long." for n, town in enumerate(("Skerra", "Tarn", "Loam", "Ashby", "Corbel", "Orvel", "Senn", "Harl"), 4)]  # fmt: skip


def titled_copy(
    title: str | None, *texts: str, heading: str | None = None, outlet: str | None = None, day: date | None = None
) -> Copy:  # fmt: skip
    found: list[Sentence] = []
    for text in ([heading] if heading else []) + list(texts):
        start = found[-1].end + 1 if found else 0
        kind = HEADING if text == heading else BODY
        found.append(Sentence(start, start + len(text), text, kind))
    text = " ".join(s.text for s in found)
    return read_copy(Article("/archive/x", "x", text, title, None, outlet, None, day), found)


def turning(cosine: float) -> Embed:
    """A model to which the item's sentences are one direction and all others another, at this cosine."""

    def embed(texts: Sequence[str]) -> np.ndarray:
        away = (cosine, (1 - cosine**2) ** 0.5)
        return np.array([(1, 0) if t in ITEM else away for t in texts], dtype=np.float32)

    return embed


HALL = titled_copy("Hall opens", *ITEM)


@pytest.mark.parametrize(("cosine", "carried"), [(0.34, True), (0.36, False)])
def test_a_round_up_turns_to_something_else(cosine: float, carried: bool) -> None:
    holder = titled_copy("The week in short", *OTHER_STORY, *ITEM)
    assert carries(holder, HALL, turning(cosine)) == carried


@pytest.mark.parametrize(("others", "carried"), [(4, True), (3, False)])
def test_a_round_up_has_four_sentences_besides(others: int, carried: bool) -> None:
    holder = titled_copy("The week in short", *OTHER_STORY[:others], *ITEM)
    assert carries(holder, HALL, turning(0.0)) == carried


def many(count: int) -> list[str]:
    return [f"Q{chr(97 + n // 26)}{chr(97 + n % 26)} left his y{n} for {n} z{n}." for n in range(count)]  # fmt: skip


@pytest.mark.parametrize(("others", "carried"), [(6, True), (5, False)])
def test_of_a_long_round_up_a_seventh_is_something_else(others: int, carried: bool) -> None:
    story = many(34)  # six of forty are 15 in a hundred
    embed: Embed = lambda texts: np.array([(1, 0) if t in story else (0, 1) for t in texts], dtype=np.float32)  # fmt: skip # noqa: E731
    holder = titled_copy("The week in short", *OTHER_STORY[:others], *story)
    assert carries(holder, titled_copy("Hall opens", *story), embed) == carried


def test_what_is_wholly_another_text_is_not_carried() -> None:
    assert not carries(titled_copy("The week in short", *OTHER_STORY), HALL, turning(0.0))
    assert not carries(titled_copy("The week in short"), HALL, turning(0.0))


def test_a_headline_tells_whose_story_it_is() -> None:
    texts = (*OTHER_STORY, *ITEM)
    assert not carries(titled_copy("Hall opens", *texts), HALL, turning(0.0))
    assert not carries(titled_copy("The week", *texts), titled_copy(None, *ITEM), turning(0.0))
    # two of five words of its headline stand in the item
    assert not carries(titled_copy("Marsh sang, rain, wind, snow", *texts), HALL, turning(0.0))
    assert carries(titled_copy("Marsh sang, rain, wind, snow, hail", *texts), HALL, turning(0.0))
    assert carries(titled_copy("Marsh", *texts), HALL, turning(0.0))


@pytest.mark.parametrize(
    ("outlet", "day", "carried"),
    [("The Wexham Echo", None, True), (None, date(2025, 3, 4), True), (None, None, False)],
)
def test_a_whole_article_under_its_own_headline_is_carried(
    outlet: str | None, day: date | None, carried: bool
) -> None:
    holder = titled_copy("The week in short", *OTHER_STORY, *ITEM, heading="Hall opens")
    item = titled_copy("Hall opens", *ITEM, outlet=outlet, day=day)
    assert carries(holder, item, turning(1.0)) == carried


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("New hall opens today", "New hall opens now", True),  # six of eight words
        ("New hall opens now", "New hall shut today", False),
        ("New hall", "New hall opens now", False),  # four of six
        (None, "Hall opens", False),
        (None, None, False),
    ],
)
def test_headlines_are_the_same_by_three_quarters_of_their_words(
    one: str | None, other: str | None, same: bool
) -> None:
    assert same_title(one, other) == same
