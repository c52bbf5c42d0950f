"""Which articles are worth comparing: what they share is counted as the slow rule counts it, pair by pair."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.copies.near_duplicates import Shared, Sharing, topical

Articles = list[set[int]]
ARTICLES = st.lists(st.sets(st.integers(0, 11), max_size=8), min_size=1, max_size=9)


def hashes(articles: Sequence[set[int]]) -> list[np.ndarray]:
    return [np.array(sorted(one), dtype=np.uint64) for one in articles]


def shared(
    articles: Articles, families: Sequence[int], active: Sequence[int], least: float
) -> list[Shared]:
    flags = np.array([n in active for n in range(len(articles))])
    return Sharing(hashes(articles), flags, least=least).under(families)


def pairs(found: Sequence[Shared]) -> list[tuple[int, int]]:
    return sorted((one.left, one.right) for one in found)


@settings(max_examples=40, deadline=None)
@given(ARTICLES, st.data(), st.sampled_from([0.15, 0.5, 1.0]))
def test_what_two_articles_share_is_told_of_every_pair_with_an_active_one(
    articles: Articles, data: st.DataObject, least: float
) -> None:
    places = range(len(articles))
    families = [data.draw(st.integers(0, 5)) for _ in places]
    active = [n for n in places if data.draw(st.booleans())]
    slow = []
    for left, right in combinations(places, 2):
        one, other = articles[left], articles[right]
        shorter = min(one, other, key=len)
        if {left, right}.isdisjoint(active) or not one & other:
            continue
        template = {
            h for h in shorter if len({families[n] for n in places if h in articles[n]}) >= 4
        }
        contained = len(one & other) / len(shorter)
        rare = shorter - template
        telling = (
            len(rare & one & other) / len(rare) if len(rare) >= len(shorter) / 10 else contained
        )
        if contained >= least:
            slow.append(
                Shared(left, right, contained, telling, len(one & other) / len(one | other))
            )

    found = shared(articles, families, active, least)
    assert sorted(found, key=lambda s: (-s.resemblance, s.left, s.right)) == found
    assert sorted(found, key=lambda s: (s.left, s.right)) == slow


def numbered(first: int, count: int) -> set[int]:
    return set(range(first, first + count))


@pytest.mark.parametrize(("carriers", "rare"), [(3, 0.5), (4, 0.0)])
def test_what_four_families_carry_is_template_text(carriers: int, rare: float) -> None:
    notice = numbered(0, 10)
    articles = [notice | numbered(100 * n, 10) for n in range(1, carriers + 1)]
    assert {s.rare_containment for s in shared(articles, range(carriers), [0], 0.1)} == {rare}


@pytest.mark.parametrize(("length", "rare"), [(119, 0.0), (120, 120 / 260)])
def test_a_long_shared_run_is_no_template(length: int, rare: float) -> None:
    articles = [numbered(0, length) | numbered(1000 * n, 260 - length) for n in range(1, 5)]
    assert {s.rare_containment for s in shared(articles, range(4), [0], 0.1)} == {rare}


@pytest.mark.parametrize(("own", "rare"), [(1, 0.0), (0, 1.0)])
def test_articles_that_are_nothing_but_one_template_are_the_same_text(
    own: int, rare: float
) -> None:
    articles = [numbered(0, 10 - own) | numbered(100 * n, own) for n in range(1, 5)]
    assert {s.rare_containment for s in shared(articles, range(4), [0], 0.1)} == {rare}


@pytest.mark.parametrize(
    ("copies", "compared"), [(24, 24 * 23 // 2), (25, 24 + 23 + 22 + 21 + 20 + 19)]
)
def test_what_more_than_two_dozen_carry_pairs_them_with_the_first_six(
    copies: int, compared: int
) -> None:
    found = pairs(shared([{7}] * copies, range(copies), range(copies), 1.0))
    assert len(found) == compared
    assert len({left for left, _ in found}) == (6 if copies > 24 else copies - 1)


@pytest.mark.parametrize(("uncrowded", "seen"), [(1, False), (2, True)])
def test_half_of_what_must_be_shared_is_enough_for_a_look_where_much_is_crowded(
    uncrowded: int, seen: bool
) -> None:
    crowd = numbered(0, 4 - uncrowded)  # in all; the first six are others
    articles = [crowd | numbered(100 * n, 10 - len(crowd)) for n in range(1, 27)]
    articles += [crowd | numbered(50, uncrowded) | numbered(9000 + 100 * n, 6) for n in (1, 2)]
    found = pairs(shared(articles, range(28), range(28), 0.4))
    assert ((26, 27) in found) == seen


@settings(max_examples=40, deadline=None)
@given(ARTICLES, st.data(), st.sampled_from([0.05, 0.3, 0.7]))
def test_articles_on_one_topic_share_rare_words(
    articles: Articles, data: st.DataObject, least: float
) -> None:
    total = len(articles)
    active = [n for n in range(total) if data.draw(st.booleans())]
    counts = {w: sum(w in one for one in articles) for one in articles for w in one}
    weight = {w: math.log((total + 1) / n + 1) ** 2 for w, n in counts.items()}

    def cosine(one: set[int], other: set[int]) -> float:
        norms = (math.sqrt(sum(weight[w] for w in side)) for side in (one, other))
        return sum(weight[w] for w in one & other) / max(math.prod(norms), 1e-9)

    together = [
        (left, right)
        for left, right in combinations(range(total), 2)
        if not {left, right}.isdisjoint(active) and cosine(articles[left], articles[right]) >= least
    ]
    flags = np.array([n in active for n in range(total)])
    assert sorted(topical(hashes(articles), flags, nearest=total, least=least)) == together


def test_an_article_has_its_nearest_and_no_more() -> None:
    # the first has six words of the second, five of the third and so on
    articles = [numbered(0, 8), *(numbered(0, 7 - n) | numbered(100 * n, n) for n in range(1, 5))]
    flags = np.arange(5) == 0
    found = topical(hashes(articles), flags, nearest=2, least=0.05)
    assert found[:2] == [(0, 1), (0, 2)]
    # the others have no neighbour yet, so that each of them keeps its only one
    assert sorted(found) == [(0, 1), (0, 2), (0, 3), (0, 4)]
    everyone = topical(hashes(articles), np.ones(5, dtype=bool), nearest=1, least=0.05)
    assert len(everyone) < 10
    assert {n for pair in everyone for n in pair} == set(range(5))


@pytest.mark.parametrize(
    ("total", "carriers", "telling"),
    [
        (40, 24, True),
        (40, 25, False),
        (500, 25, True),
        (500, 26, False),
        (519, 26, False),
        (520, 26, True),
    ],
)
def test_a_word_that_many_articles_have_tells_no_topic(
    total: int, carriers: int, telling: bool
) -> None:
    articles = [{7}] * carriers + [{100 + n} for n in range(total - carriers)]
    flags = np.arange(total) == 0
    assert bool(topical(hashes(articles), flags, nearest=3, least=0.5)) == telling
