"""A question and its ranked evidence come in; the sentences that answer it, in the archive's own words, go out."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from ingest.types import SentenceKind
from service.drafting.composer import plain
from service.drafting.cues import new_names
from service.retrieval.questions import Asked, understand
from service.retrieval.words import stems
from service.types import Draft, Evidence

LONGEST_ANSWER = 4  # sentences; annotators of CLAPNQ choose 1 to 4 in 92 % of 232 answers
MOST = {"factoid": 2, "list": 4, "explanation": 3}  # sentences by manner, before a pronoun's antecedent
# Least share of the best relevance that a further sentence needs: of the best one's own passage, and of any other.
# Three sentences of the passage give selection F1 63, ROUGE-L 55 on CLAPNQ (n 151); two or four lose in one of them.
NEAR = {"factoid": 0.7, "list": 0.1, "explanation": 0.02}
FAR = {"factoid": 0.7, "list": 0.2, "explanation": 0.3}
# share of the shorter sentence's stems from which on two sentences say the same; an article seldom repeats itself
SAME, SAME_IN_FAMILY, SAME_IN_ARTICLE = 0.6, 0.4, 0.9

PARAGRAPH_GAP = 4  # characters of white space, at most, between a sentence and its antecedent

_POINTS_BACK = re.compile(
    r"(?i)^\W*(?:he|she|it|they|his|her|its|their|this|these|those|such|both|the (?:former|latter|same))\b"
)
_FACTOID = frozenset(("who", "whose", "when", "where", "how_many", "how_much", "yes_no"))


def draft(asked: Asked, ranked: Sequence[Evidence]) -> tuple[Draft, ...]:
    """At most four sentences copied whole, best article first and in its own order; () where nothing unaltered is left.

    One sentence for a factoid; more for several parts, a list, a reason, a manner, or what several articles say.
    A sentence that opens with a pronoun brings the sentence before it.
    """
    usable = [item for item in ranked if not item.altered and item.kind.citable]
    if not usable:
        return ()
    chosen: list[Evidence] = []
    for item in _candidates(asked, usable):
        if len(chosen) < max(MOST[_manner(asked)], len(asked.parts)) and not any(
            _says_the_same(item, other) for other in chosen
        ):
            chosen.append(item)
    return tuple(Draft(plain(item.text), (item.key,)) for item in _in_order(_with_antecedents(chosen, usable)))


def _candidates(asked: Asked, usable: Sequence[Evidence]) -> Iterator[Evidence]:
    """Sentences worth saying, most wanted first; the caller drops repetitions."""
    best = usable[0]
    if asked.about is not None:
        yield best
        return
    if asked.several_articles:
        yield from _from_several_articles(asked, usable)
        return
    if len(asked.parts) > 1:
        yield from (_best_for(part, usable) for part in asked.parts)
    else:
        yield best
    manner = _manner(asked)
    for item in usable[1:]:
        share = (NEAR if item.passage_id == best.passage_id else FAR)[manner]
        if item.relevance >= best.relevance * share and item.kind is SentenceKind.BODY:
            yield item


def _manner(asked: Asked) -> str:
    if asked.plural:
        return "list"
    if asked.kind in _FACTOID or (asked.wants is not None and asked.wants != "reason"):
        return "factoid"
    return "explanation"


def _best_for(part: str, usable: Sequence[Evidence]) -> Evidence:
    """The sentence that is near the question and holds most of one part's own words."""
    terms = {stemmed for _, stemmed in understand(part).terms}

    def worth(item: Evidence) -> float:
        return math.log(max(item.relevance, 1e-6)) + 3 * len(terms & stems(item.text)) / max(len(terms), 1)

    return max(usable, key=worth)


def _from_several_articles(asked: Asked, usable: Sequence[Evidence]) -> list[Evidence]:
    """One sentence of each of the two families that fit best; a new name in both counts like a tenfold relevance."""
    by_family: dict[str, list[Evidence]] = {}
    for item in usable:
        by_family.setdefault(item.article.family.id, []).append(item)
    families = list(by_family.values())
    if len(families) == 1:
        return list(usable[:2])
    best: tuple[float, list[Evidence]] = (-math.inf, [usable[0]])
    for other in families[1:4]:
        for left in families[0][:8]:
            for right in other[:8]:
                shared = _new_stems(asked, left) & _new_stems(asked, right)
                worth = (
                    math.log(max(left.relevance, 1e-6))
                    + math.log(max(right.relevance, 1e-6))
                    + (2.3 if shared else 0.0)
                )
                best = max(best, (worth, [left, right]), key=lambda pair: pair[0])
    return best[1]


def _new_stems(asked: Asked, item: Evidence) -> frozenset[str]:
    known = {stemmed for _, stemmed in asked.terms}
    return frozenset[str]().union(*(stems(name) for name in new_names(asked, item.text))) - known


def _with_antecedents(chosen: Sequence[Evidence], usable: Sequence[Evidence]) -> list[Evidence]:
    """Put before a sentence that opens with a pronoun the sentence right before it, if there is room."""
    result = list(chosen)
    for item in chosen:
        if item.kind is SentenceKind.BODY and _POINTS_BACK.match(item.text):
            before = [other for other in usable if _adjoins(other, item) and other not in result]
            result.extend(before[: max(0, LONGEST_ANSWER - len(result))])
    return result


def _adjoins(before: Evidence, item: Evidence) -> bool:
    gap = item.start - before.end
    same_article = before.article.article_id == item.article.article_id
    return same_article and before.kind is SentenceKind.BODY and 0 <= gap <= PARAGRAPH_GAP


def _in_order(chosen: Sequence[Evidence]) -> list[Evidence]:
    articles = list(dict.fromkeys(item.article.article_id for item in chosen))
    return sorted(chosen, key=lambda item: (articles.index(item.article.article_id), item.start))


def _says_the_same(left: Evidence, right: Evidence) -> bool:
    one, two = stems(left.text), stems(right.text)
    shared = len(one & two) / max(1, min(len(one), len(two)))
    least = SAME
    if left.article.article_id == right.article.article_id:
        least = SAME_IN_ARTICLE
    elif left.article.family.id == right.article.family.id:
        least = SAME_IN_FAMILY
    return left.key == right.key or shared >= least
