"""Articles that come and go one by one; the families they are in are compared with those of all articles at once."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from evals.lab.copies.generator import generate
from evals.lab.copies.sources import read_sources
from ingest.copies.families import Prints, Split, Standing, group, regroup
from ingest.copies.near_duplicates import print_of
from ingest.copies.sentence_alignment import Embed
from ingest.embedding.embedder import LocalEmbedder
from ingest.formats.article_making import article_from
from ingest.pipeline import SAMPLE, ingest, remove
from ingest.storage.archive import Archive
from ingest.text.segmentation import split
from ingest.types import Family, Role

BRIDGE = (
    "The bridge over the Senn was closed on Monday after divers found cracks in its second pier. The council of Orvel said repairs "
    "would take eleven weeks and cost 3 million crowns. Buses turn round at the mill until then, and a ferry carries cyclists. "
    "Hanna Brandt, who runs a bakery beside the bridge, fears for her summer trade. The pier was last inspected in 2019. "
    "Engineers from Tarnmouth will test the other piers next week. Lorries have used the road since the tunnel at Leuven was shut."
)
ORCHARD = (
    "A fungus has reached the apple orchards of Lower Tarn, the growers' union reported. Spots on the leaves were seen first in a "
    "plot near Mirefold, said Piotr Hale, who advises forty farms. Old kinds of apple seem to resist it better than new ones. "
    "Growers burn fallen leaves and hope for a dry May. The last outbreak, in 1998, cost a third of the harvest. Cider makers have "
    "already asked for fruit from abroad. A laboratory in Ostmere is comparing samples from six valleys."
)


@pytest.fixture(scope="module")
def embed(model_cache: Path) -> Embed:
    model = LocalEmbedder(model_cache)

    @cache
    def one(text: str) -> np.ndarray:
        return np.asarray(model.embed([text])[0])

    return lambda texts: np.stack([one(text) for text in texts])


@pytest.fixture(scope="module")
def corpus() -> list[Split]:
    made = generate(read_sources([SAMPLE]), 60, seed=9)
    return [read(one.key, one.fields) for one in made]


def read(name: str, fields: dict[str, str]) -> Split:
    article = article_from(fields, f"/archive/{name}", name)
    return article, split(article.text, article.title)


def sets(families: Sequence[Family]) -> set[frozenset[str]]:
    return {frozenset(m.article_id for m in family.members) for family in families}


def all_at_once(articles: Sequence[Split], embed: Embed) -> tuple[Family, ...]:
    return group([a for a, _ in articles], {a.article_id: s for a, s in articles}, embed)


def standing(articles: Sequence[Split], families: Sequence[Family]) -> Standing:
    by_id = {article.article_id: (article, sentences) for article, sentences in articles}
    prints = {i: print_of(*one) for i, one in by_id.items()}
    return Standing(Prints.of(prints), families, by_id.__getitem__)


@pytest.mark.slow
def test_articles_that_come_in_parts_make_the_families_of_all_at_once(
    corpus: list[Split], embed: Embed
) -> None:
    known: list[Split] = []
    families: tuple[Family, ...] = ()
    for start in range(0, len(corpus), 17):
        fresh = corpus[start : start + 17]
        families = regroup(fresh, standing(known, families), embed)
        known += fresh
    assert sets(families) == sets(all_at_once(corpus, embed))
    assert sum(len(family.members) for family in families) == len(corpus)


@pytest.mark.slow
def test_an_article_that_goes_changes_its_own_family_only(
    corpus: list[Split], embed: Embed
) -> None:
    before = all_at_once(corpus, embed)
    for gone, _ in random.Random(2).sample(corpus, 4):
        staying = [one for one in corpus if one[0] is not gone]
        after = regroup([], standing(staying, before), embed)
        assert {
            f for f in before if gone.article_id not in {m.article_id for m in f.members}
        } <= set(after)
        assert sum(len(family.members) for family in after) == len(staying)
        assert all([m.canonical for m in family.members].count(True) == 1 for family in after)


def test_families_that_nothing_touches_are_not_read_again(
    corpus: list[Split], embed: Embed
) -> None:
    families = all_at_once(corpus, embed)
    asked: list[str] = []

    def refuse(article_id: str) -> Split:
        asked.append(article_id)
        raise AssertionError("an article was read that shares nothing with the new one")

    stranger = read(
        "stranger",
        {"title": "Kites over Quarn", "text": "Nobody flew kites over Quarn but Zeb Yarrow. " * 3},
    )
    found = regroup([stranger], replace(standing(corpus, families), read=refuse), embed)
    assert set(families) < set(found) and not asked


def test_a_changed_article_is_compared_anew(corpus: list[Split], embed: Embed) -> None:
    families = all_at_once(corpus, embed)
    copied = max(families, key=lambda f: len(f.members)).members[-1].article_id
    changed = [
        replace(article, text=ORCHARD, title="Fungus")
        for article, _ in corpus
        if article.article_id == copied
    ]
    staying = [one for one in corpus if one[0].article_id != copied]
    after = regroup([(changed[0], split(ORCHARD, "Fungus"))], standing(staying, families), embed)
    assert frozenset([copied]) in sets(after)


def articles_of_a_week() -> tuple[Split, Split, Split, Split]:
    bridge = read(
        "bridge",
        {
            "title": "Cracks close the Senn bridge",
            "publisher": "Orvel Post",
            "published_on": "2025-03-04",
            "text": BRIDGE,
        },
    )
    orchard = read(
        "orchard",
        {
            "title": "Fungus in the orchards of Tarn",
            "publisher": "Tarn Times",
            "published_on": "2025-03-05",
            "text": ORCHARD,
        },
    )
    digest = read(
        "digest",
        {
            "title": "The week in the valley",
            "publisher": "Valley Record",
            "published_on": "2025-03-08",
            "text": f"{BRIDGE}\n\n{ORCHARD}",
        },
    )
    scrap = read("scrap", {"text": ". ".join(BRIDGE.split(". ")[1:5]) + "."})
    return bridge, orchard, digest, scrap


def test_a_round_up_does_not_join_the_articles_it_carries(embed: Embed) -> None:
    bridge, orchard, digest, scrap = articles_of_a_week()
    expected = {
        frozenset(a.article_id for a, _ in family)
        for family in ([bridge, scrap], [orchard], [digest])
    }
    assert sets(all_at_once([bridge, orchard, digest, scrap], embed)) == expected
    families = regroup(
        [digest, scrap], standing([bridge, orchard], all_at_once([bridge, orchard], embed)), embed
    )
    assert sets(families) == expected


def test_a_fragment_without_a_headline_belongs_to_whatever_holds_it(embed: Embed) -> None:
    _, orchard, digest, scrap = articles_of_a_week()
    assert frozenset([digest[0].article_id, scrap[0].article_id]) in sets(
        all_at_once([orchard, digest, scrap], embed)
    )


def test_a_fragment_is_not_canonical_because_nothing_in_it_disagrees(embed: Embed) -> None:
    bridge, _, _, scrap = articles_of_a_week()
    copies = [
        read(
            f"copy{n}",
            {
                "title": "Cracks close the Senn bridge",
                "publisher": f"Post {n}",
                "published_on": f"2025-03-0{5 + n}",
                "text": text,
            },
        )
        for n, text in enumerate(
            (BRIDGE.replace("eleven weeks", "seven weeks"), BRIDGE.replace("2019", "2009"))
        )
    ]
    (family,) = all_at_once([bridge, scrap, *copies], embed)
    roles = {m.article_id: m.role for m in family.members}
    assert next(m.article_id for m in family.members if m.canonical) == bridge[0].article_id
    assert [roles[c[0].article_id] for c in copies] == [Role.ALTERED, Role.ALTERED]


def test_an_archive_that_grows_has_the_families_of_one_that_was_filled_at_once(
    archive: Archive, tmp_path: Path
) -> None:
    folder = tmp_path / "grows"
    folder.mkdir()
    texts = {
        "a": BRIDGE,
        "b": ORCHARD,
        "c": BRIDGE.replace("eleven weeks", "seven weeks"),
        "d": ORCHARD.replace("May", "June"),
    }
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(f"Report {name}\n\n{text}\n", "utf-8")
        ingest(archive, [folder])
    live = archive.catalogue.live()
    sources = {stored.article.article_id: stored.article.source for stored in live.everything()}
    assert {frozenset(sources[i] for i in family) for family in sets(live.families())} == {
        frozenset(["a.txt", "c.txt"]),
        frozenset(["b.txt", "d.txt"]),
    }
    assert remove(archive, next(i for i, source in sources.items() if source == "a.txt"))
    live = archive.catalogue.live()
    assert {frozenset(sources[i] for i in family) for family in sets(live.families())} == {
        frozenset(["c.txt"]),
        frozenset(["b.txt", "d.txt"]),
    }
    assert archive.catalogue.inconsistencies() == []
