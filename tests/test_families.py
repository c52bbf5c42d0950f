"""Articles in our own words come in; the families, roles and alterations they are given are checked, with the real model."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from ingest.copies.copy_roles import same_outlet
from ingest.copies.families import group
from ingest.copies.near_duplicates import fingerprint
from ingest.copies.sentence_alignment import Embed
from ingest.embedding.embedder import LocalEmbedder
from ingest.formats.article_making import article_from
from ingest.text.segmentation import split
from ingest.types import Article, Family, Member, Role

FERRY = """Council buys two electric ferries for the Hallin crossing

The council of Tarnmouth agreed on Tuesday to buy two electric ferries for 46 million crowns. The boats will replace the diesel ferry Guillemot, which has crossed the Hallin Strait since 1974.

Mayor Tomas Quill said the first ferry would arrive in May 2026. “We have waited for a quiet harbour for thirty years,” he told the meeting. Nine councillors voted for the purchase and four against it.

Many fishermen on the north pier had opposed the plan. They fear that the charging station, which needs 3 megawatts, will take the last free berth. The harbour master, Lena Ostrow, promised them a new berth beside the old ice house.

The Japanese yard Kamoshima will build both hulls. It delivered a similar boat to Norway in 2021, and that ferry has never missed a winter crossing. The council does not expect fares to rise before 2028.

A bilateral fund of Tarnmouth and Port Skerra pays 60 per cent of the price. The rest comes from a loan of twenty years. Critics such as Hanna Brandt, who leads the opposition, called the loan a burden on the young.

The Guillemot will be sold or turned into a museum. Her captain, Piotr Hale, said he would steer her on her last day himself.
"""

REWRITE = """Tarnmouth orders a pair of electric ferries

Tarnmouth's council decided on Tuesday that it will purchase two electric ferries at a cost of 46 million crowns. They take the place of the diesel boat Guillemot, in service on the Hallin Strait since 1974.

According to mayor Tomas Quill, the first of them arrives in May 2026. “We have waited for a quiet harbour for thirty years,” he said at the meeting. The purchase was backed by nine councillors, while four voted against it.

The plan had been opposed by many of the fishermen of the north pier. Their fear is that the last free berth goes to the charging station, which needs three megawatts. Harbour master Lena Ostrow promised a new berth next to the old ice house.

Both hulls will be built by Kamoshima, a yard in Japan. A similar boat went to Norway in 2021, and it has never missed a crossing in winter. Fares are not expected by the council to rise before 2028.

Of the price, 60% is paid by a bilateral fund of Tarnmouth and Port Skerra. A twenty-year loan covers the rest. The loan is a burden on the young, said critics such as Hanna Brandt, the leader of the opposition.

The Guillemot is to be sold or to become a museum. Captain Piotr Hale said that on her last day he would steer her himself.
"""

SAME_EVENT = """New boats for Tarnmouth after a long night

It was close to midnight when the vote finally came. By nine to four, Tarnmouth's councillors backed a deal for battery-powered vessels that has split the town for a year.

Outside the hall some forty protesters held lanterns. “They are giving away our quay,” said Marek Dunn, who lands crab there. Inside, the argument had been about money: 46 million crowns, most of it from a joint fund with Port Skerra.

Supporters point to the old Guillemot, whose engine failed twice last winter and left islanders stranded. Doctors at the island clinic wrote a letter in favour of the new boats. Opponents say the loan will weigh on budgets for decades.

Quill, the mayor, looked tired but pleased afterwards. He plans to visit the shipyard in autumn. Whether the new quay will be ready by then is an open question, an engineer warned.
"""

BELLS = """Bell founders of Mirefold cast their largest bell

The foundry at Mirefold has cast a bell of eleven tonnes for the cathedral of Ostmere. It took two furnaces and a night of pouring, said Agnes Roth, the fourth of her family to lead the works.

The bell will cool for nine days before it is dug out. Visitors may watch from the gallery, which holds fifty people. The cathedral hopes to ring it for the first time at midsummer.

Bell founding came to Mirefold in 1688 with two brothers from Leuven. Their first bell still hangs in the market tower. It is rung at noon, and on the evening before a fair.
"""


@pytest.fixture(scope="module")
def embed(model_cache: Path) -> Embed:
    model = LocalEmbedder(model_cache)

    @cache
    def one(text: str) -> np.ndarray:
        return np.asarray(model.embed([text])[0])

    return lambda texts: np.stack([one(text) for text in texts])


def article(
    name: str,
    text: str,
    publisher: str | None = None,
    day: date | None = None,
    credited: str | None = None,
) -> Article:
    title = (text.strip().splitlines() or [""])[0]
    return Article(
        f"/archive/{name}", name, text, title, None, publisher, None, day, credited_to=credited
    )


def grouped(
    articles: Sequence[Article], embed: Embed, known: dict[str, str] | None = None
) -> tuple[Family, ...]:
    return group(articles, {a.article_id: split(a.text, a.title) for a in articles}, embed, known)


def sources(families: Sequence[Family], articles: Sequence[Article]) -> set[frozenset[str]]:
    names = {a.article_id: a.source for a in articles}
    return {frozenset(names[m.article_id] for m in family.members) for family in families}


def member(families: Sequence[Family], wanted: Article) -> Member:
    return next(
        m for family in families for m in family.members if m.article_id == wanted.article_id
    )


ORIGINAL = article("original", FERRY, "The Tarnmouth Gazette", date(2025, 3, 4))
COPY = article(
    "copy",
    FERRY.replace("electric", "battery-electric"),
    "The Northfold Courier",
    date(2025, 3, 6),
    "The Tarnmouth Gazette",
)
FRAGMENT = article("fragment", "\n\n".join(FERRY.split("\n\n")[2:4]))
FAITHFUL = article("rewrite", REWRITE, "Pondwire", date(2025, 3, 7))
INDEPENDENT = article("independent", SAME_EVENT, "Eastmark Free Press", date(2025, 3, 5))
OTHER = article("bells", BELLS, "The Slow Hour")
ALL = (ORIGINAL, COPY, FRAGMENT, FAITHFUL, INDEPENDENT, OTHER)


def test_copies_fragments_and_rewrites_are_one_family_and_other_reports_are_not(
    embed: Embed,
) -> None:
    found = sources(grouped(ALL, embed), ALL)
    assert found == {
        frozenset({"original", "copy", "fragment", "rewrite"}),
        frozenset({"independent"}),
        frozenset({"bells"}),
    }


def test_each_copy_gets_its_role_and_faithful_ones_no_alterations(embed: Embed) -> None:
    families = grouped(ALL, embed)
    roles = {a.source: member(families, a).role for a in ALL}
    assert roles == {
        "original": Role.ORIGINAL, "copy": Role.REPUBLISHED, "fragment": Role.FRAGMENT, "rewrite": Role.REPUBLISHED,
        "independent": Role.ORIGINAL, "bells": Role.ORIGINAL,
    }  # fmt: skip
    assert all(m.alterations == () for family in families for m in family.members)
    assert all([m.canonical for m in family.members].count(True) == 1 for family in families)
    assert member(families, ORIGINAL).canonical


def test_the_order_of_articles_makes_no_difference(embed: Embed) -> None:
    shuffled = list(ALL)
    random.Random(3).shuffle(shuffled)
    assert grouped(shuffled, embed) == grouped(ALL, embed)


def test_a_family_keeps_its_id_when_a_copy_joins_or_the_canonical_one_leaves(embed: Embed) -> None:
    before = grouped([COPY, FAITHFUL], embed)
    known = {m.article_id: family.family_id for family in before for m in family.members}
    after = grouped(ALL, embed, known)
    assert {
        m.article_id for f in after if f.family_id == before[0].family_id for m in f.members
    } >= set(known)
    assert grouped([COPY, FAITHFUL], embed, known) == before


EDITS = {
    "number": ("46 million", "64 million"),
    "date": ("May 2026", "July 2026"),
    "name": ("Lena Ostrow", "Agnes Roth"),
    "demonym": ("Japanese yard", "Chinese yard"),
    "negation": ("has never missed", "has missed"),
    "added negation": ("will build", "will not build"),
    "quantifier": ("Many fishermen", "Some fishermen"),
    "antonym": ("A bilateral fund", "A multilateral fund"),
    "quotation": ("a quiet harbour", "a bigger harbour"),
    "number in the rewrite": ("60% is paid", "80% is paid"),
    "quantifier in the rewrite": ("many of the fishermen", "a few of the fishermen"),
    "name in the rewrite": ("Captain Piotr Hale", "Captain Agnes Roth"),
    "negation in the rewrite": ("are not expected", "are expected"),
}


CASES = [
    (edit, text) for text in (FERRY, REWRITE) for edit, (was, _) in EDITS.items() if was in text
]


@pytest.mark.parametrize(
    ("edit", "text"),
    CASES,
    ids=[f"{e}-{'copied' if t is FERRY else 'rewritten'}" for e, t in CASES],
)
def test_a_copy_with_one_changed_fact_is_altered_and_the_place_is_known(
    edit: str, text: str, embed: Embed
) -> None:
    was, becomes = EDITS[edit]
    changed = article("altered", text.replace(was, becomes), "Pondwire")
    found = member(grouped([ORIGINAL, changed], embed), changed)
    assert found.role is Role.ALTERED
    serious = [a for a in found.alterations if a.kind != "wording"]
    assert len(serious) == 1
    assert serious[0].kind == {"demonym": "name", "added negation": "negation"}.get(
        edit, edit.split()[0]
    )
    for alteration in found.alterations:
        assert changed.text[alteration.here.start : alteration.here.end] == alteration.here.text
        assert (
            ORIGINAL.text[alteration.canonical.start : alteration.canonical.end]
            == alteration.canonical.text
        )
    assert set(becomes.split()) >= set(serious[0].here.text.split())


def test_a_benign_edition_is_not_altered(embed: Embed) -> None:
    text = (
        FERRY.replace("harbour", "harbor")
        .replace("60 per cent", "60%")
        .replace("46 million", "46m")
        .replace("Nine", "9")
    )
    edition = article(
        "edition", text.replace("“", '"').replace("”", '"').replace("twenty years", "20 years")
    )
    assert member(grouped([ORIGINAL, edition], embed), edition).role is Role.REPUBLISHED


def test_a_correction_by_the_same_outlet_is_an_update_and_copies_of_it_are_not_altered(
    embed: Embed,
) -> None:
    corrected = FERRY.replace("46 million", "48 million")
    update = article("update", corrected, "Tarnmouth Gazette", date(2025, 3, 8))
    noted = article(
        "noted",
        corrected + "\nCorrection: an earlier version of this article gave a wrong price.\n",
    )
    reprint = article("reprint", corrected, "Pondwire", date(2025, 3, 9))
    families = grouped([ORIGINAL, update, noted, reprint], embed)
    assert member(families, ORIGINAL).canonical
    assert [member(families, a).role for a in (update, noted, reprint)] == [
        Role.UPDATED,
        Role.UPDATED,
        Role.REPUBLISHED,
    ]


def test_the_credited_source_is_canonical_even_if_undated_and_later_in_order(embed: Embed) -> None:
    source = replace(ORIGINAL, published_on=None)
    altered = article(
        "early",
        FERRY.replace("46 million", "64 million"),
        "Pondwire",
        date(2025, 1, 1),
        "The Tarnmouth Gazette",
    )
    families = grouped([altered, source], embed)
    assert member(families, source).canonical
    assert member(families, altered).role is Role.ALTERED


@pytest.mark.parametrize(
    ("credit", "outlet", "its_own"),
    [
        ("NWA", "Northern Wire Agency", True),
        ("AP", "The Associated Press", True),
        ("AP", "AP News", True),
        ("Reuters", "Reuters", True),
        ("dpa", "Deutsche Presse-Agentur", True),
        ("NDP", "Norden Press", True),
        ("NDP", "Northern Press", False),
        ("NDP", "Norden Post Daily", False),
        ("Ndp", "Norden Press", False),
        ("NWA", "Northern Courier", False),
        ("N", "Northern", False),
        ("AP", "", False),
    ],
)
def test_a_credit_names_an_outlet_by_its_name_first_words_or_initials(
    credit: str, outlet: str, its_own: bool
) -> None:
    assert same_outlet(credit, outlet) is its_own


def test_a_shortened_reprint_is_a_copy_whatever_stands_above_the_two(embed: Embed) -> None:
    title, *story = FERRY.strip().split("\n\n")
    whole = ["NORDEN PRESS", title, "By Ines Marlow in Tarnmouth\n4 March 2025, 11:52"]
    whole += ["TARNMOUTH (NDP) - " + story[0], *story[1:]]
    cut = [
        "ORVEL POST | HOME NEWS",
        "Two boats: Tarnmouth says yes",
        "4 March 2025 13:20\nNorden Press",
    ]
    cut += [*story[:3], story[3].split(" It delivered")[0], story[5]]
    source, reprint = (
        article_from({"text": "\n\n".join(parts)}, f"/archive/{name}", name)
        for name, parts in (("whole", whole), ("cut", cut))
    )
    families = grouped([source, reprint, OTHER], embed)
    assert sources(families, [source, reprint, OTHER]) == {
        frozenset({"whole", "cut"}),
        frozenset({"bells"}),
    }
    assert (member(families, source).role, member(families, source).canonical) == (
        Role.ORIGINAL,
        True,
    )
    assert member(families, reprint).role is Role.REPUBLISHED


def test_the_majority_of_versions_is_right_where_no_source_is_credited(embed: Embed) -> None:
    wrong = article("wrong", FERRY.replace("46 million", "64 million"), "A", date(2025, 1, 1))
    right = [
        article("b", FERRY, "B"),
        article("c", FERRY.replace("Tuesday", "Tuesday evening"), "C"),
    ]
    families = grouped([wrong, *right], embed)
    assert member(families, wrong).role is Role.ALTERED
    assert {member(families, a).role for a in right} == {Role.ORIGINAL, Role.REPUBLISHED}


def test_a_copy_is_altered_though_the_canonical_text_is_shorter_where_a_sound_one_is_as_long(
    embed: Embed,
) -> None:
    short = article("short", FERRY[: FERRY.index("A bilateral")], "A", date(2025, 1, 1))
    whole = article("whole", FERRY, "B", date(2025, 1, 2))
    wrong = article("wrong", FERRY.replace("46 million", "64 million"), "C", date(2025, 1, 3))

    families = grouped([short, whole, wrong], embed)

    assert [member(families, a).role for a in (short, whole)] == [Role.ORIGINAL, Role.REPUBLISHED]
    assert member(families, wrong).role is Role.ALTERED


def test_the_only_copy_in_the_archive_of_another_outlets_article_is_republished(
    embed: Embed,
) -> None:
    alone = grouped([COPY], embed)
    assert (member(alone, COPY).role, member(alone, COPY).canonical) == (Role.REPUBLISHED, True)


NOTICE = "This page is kept for the record and is no longer brought up to date. Prices and times may have changed since, so please ask at the harbour office before you travel. "
STUBS = (
    "Ferry Guillemot sails at six from the north pier of Tarnmouth.", "Agnes Roth sells bread at the corner of Mill Street in Ostmere.",
    "The swimming baths at Leuven have two pools and a tower.", "Marek Dunn repairs nets for the crab boats of Port Skerra.",
    "A path leads from the old ice house to the lighthouse on Gull Rock.",
)  # fmt: skip


def test_articles_that_share_only_a_notice_are_no_copies(embed: Embed) -> None:
    stubs = [article(f"stub{n}", f"Notice {n}\n\n{NOTICE}{text}") for n, text in enumerate(STUBS)]
    assert len(grouped(stubs, embed)) == len(stubs)


def test_reports_of_one_kind_about_different_events_are_no_copies(embed: Embed) -> None:
    pattern = (
        "{a} beat {b} {x} to {y}\n\n{a} beat {b} by {x} goals to {y} on {d} in front of {n} people in {p}. {s} scored the first goal "
        "after {m} minutes. {b} had more of the ball, but {g} saved twice. The referee, {r}, showed {k} yellow cards. "
        "It was the {o} win in a row for {a}. The next match is against {c} in {q}."
    )
    first = pattern.format(
        a="Tarnmouth",
        b="Ostmere",
        x=3,
        y=1,
        d="4 March",
        n="2,300",
        p="Tarnmouth",
        s="Hale",
        m=12,
        g="Roth",
        r="Quill",
        k=2,
        o="third",
        c="Leuven",
        q="Leuven",
    )
    second = pattern.format(
        a="Skerra",
        b="Northfold",
        x=2,
        y=0,
        d="9 April",
        n="1,150",
        p="Skerra",
        s="Dunn",
        m=40,
        g="Brandt",
        r="Marlow",
        k=5,
        o="second",
        c="Eastmark",
        q="Eastmark",
    )
    assert len(grouped([article("one", first), article("two", second)], embed)) == 2


def test_short_texts_are_copies_only_if_nearly_all_is_shared(embed: Embed) -> None:
    brief = "Ferry stopped\n\nThe Guillemot stopped at noon on 4 March because of fog. Piotr Hale said she would sail again at six."
    half = "Fog at sea\n\nThe Guillemot stopped at noon on 4 March because of fog. Trains ran as usual, and the market was full of people."
    same = [article("brief", brief), article("again", brief.replace("noon", "midday"))]
    assert len(grouped([*same, article("half", half)], embed)) == 2


def test_an_empty_and_a_tiny_article_are_families_of_their_own(embed: Embed) -> None:
    tiny = [article("empty", " "), article("word", "Ferry"), article("other", "Bell")]
    families = group(tiny, {a.article_id: split(a.text) for a in tiny}, embed)
    assert [len(f.members) for f in families] == [1, 1, 1]


def test_articles_that_share_nothing_are_told_apart_without_embedding_anything() -> None:
    rng = random.Random(7)
    words = ["".join(rng.choices("abcdefghijklmnop", k=7)) for _ in range(9000)]
    articles = [
        article(f"n{n}", ". ".join(" ".join(rng.choices(words, k=12)) for _ in range(20)))
        for n in range(300)
    ]

    def refuse(texts: Sequence[str]) -> np.ndarray:
        raise AssertionError(f"{len(texts)} sentences would be embedded")

    assert len(grouped(articles, refuse)) == len(articles)


def test_a_fingerprint_is_stable_and_sorted() -> None:
    found = fingerprint(OTHER, split(OTHER.text, OTHER.title))
    assert found.dtype == np.uint64
    assert np.all(found[1:] > found[:-1])
    assert np.array_equal(
        found, fingerprint(replace(OTHER, identity="/elsewhere"), split(OTHER.text, OTHER.title))
    )
    assert int(found[0]) == PINNED


PINNED = 88464453000041587  # the smallest hash of BELLS: a stored fingerprint must mean the same on every machine


def test_a_copy_that_says_when_it_was_changed_last_is_an_update_of_the_same_outlets_text(
    embed: Embed,
) -> None:
    first = article("first", FERRY, "The Tarnmouth Gazette", date(2025, 3, 4))
    text = FERRY.replace("46 million", "49 million")
    changed = replace(
        article("changed", text, "The Tarnmouth Gazette", date(2025, 3, 4)),
        updated_on=date(2025, 3, 9),
    )
    unsigned = replace(
        article("unsigned", text, None, date(2025, 3, 5)), updated_on=date(2025, 3, 9)
    )

    assert member(grouped([first, changed], embed), changed).role is Role.UPDATED
    assert member(grouped([first, unsigned], embed), unsigned).role is Role.ALTERED
