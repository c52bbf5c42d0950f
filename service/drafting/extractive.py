"""Answers with sentences of the articles as they stand."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Literal

from ingest.english import analyse
from ingest.english.words import STOP_WORDS
from ingest.types import SentenceKind
from service.answer_text import plain, undated
from service.conflicts.answer_values import terms_held
from service.drafting import newest, wanted_things
from service.evidence.answer_types import CORRECTS, PLAIN, cue, new_names
from service.evidence.leading import PARAGRAPH_GAP
from service.evidence.time_filter import placed
from service.query.question_analysis import Query
from service.types import Draft, Evidence

LONGEST_ANSWER = 4  # sentences; annotators of CLAPNQ choose 1 to 4 in 92 % of 232 answers
Manner = Literal["factoid", "account", "list", "explanation"]
MOST: dict[Manner, int] = {"factoid": 4, "account": 3, "list": 4, "explanation": 3}  # sentences
LONG: tuple[Manner, ...] = ("account", "explanation")  # an antecedent counts among their sentences
# Least share of the best relevance that a further sentence needs: of the best one's own passage,
# and of any other.
# Chosen on CLAPNQ (n 151), whose annotators want an account also of who, where and when, and on
# newsroom-fit (docs/quality.md): what other articles say beside is seldom asked for.
NEAR: dict[Manner, float] = {"factoid": 0.05, "account": 0.02, "list": 0.05, "explanation": 0.01}
FAR: dict[Manner, float] = {"factoid": 0.35, "account": 0.7, "list": 0.35, "explanation": 0.3}
TOPIC_WORDS = 4  # a title of so few words names what the article is about; a headline has more
ON_TOPIC = 0.34  # or else least share of the title's words that the question has
# share of the shorter sentence's stems from which on two sentences say the same; an article seldom
# repeats itself
SAME, SAME_IN_FAMILY, SAME_IN_ARTICLE = 0.6, 0.4, 0.9

ASKS_THE_SAME = 0.6  # share of a question's terms in an interviewer's that asks for the same
SIDE = 0.05  # least share of the best relevance that another side of a comparison needs

_POINTS_BACK = re.compile(
    r"(?i)^\W*(?:(?:and|but|yet|so|then|thus|still)\W+)?"
    r"(?:he|she|it|they|his|her|its|their|this|these|those|such|both|the (?:former|latter|same))\b"
)
# "In a letter to the council she gave": who she is stands further up
_OF_SOMEBODY = re.compile(r"^\W*\w+\W+(?:[a-z][\w'’-]*\W+){0,5}(?:he|she|they)\b")
_TAKES_BACK = re.compile(r"(?i)^\W*(?:correct(?:ion|ed)|clarification)\b\W*[:—–.-]")
_QUOTED_WHOLE = re.compile(r"^\s*[“\"][^“”\"]*[”\"]\W*$")
_SPEAKS_OF_IT = re.compile(r"(?i)\b(?:its|their|them|his|her|they)\b")
_FACTOID = frozenset(("who", "whose", "when", "where", "how_many", "how_much", "yes_no"))
_ACCOUNT = frozenset(("who", "whose", "where", "when", "which", "what", "yes_no"))


def draft(query: Query, ranked: Sequence[Evidence]) -> tuple[Draft, ...]:
    """At most four sentences copied whole, best article first: its best sentence, what stands behind
    that, and what stands before it. A note of what was corrected comes behind what is right, and who
    holds an office now first.

    () where nothing unaltered is left, or a person is asked for and nobody is named. One sentence
    for a factoid, and up to four where others of its passage are not far behind or the article is
    about what it asks for; more for several parts, a list, a reason, a manner, or what several
    articles say. A sentence that opens with a pronoun brings the sentence before it where that names
    somebody else than the question, or is left out where there is room for one.
    """
    usable = [item for item in ranked if not item.altered and item.kind.citable]
    if not usable:
        return ()
    manner = _manner(query, usable[0])
    most = max(MOST[manner], len(query.parts))
    longest = most if manner in LONG and not query.parts else LONGEST_ANSWER
    chosen: list[Evidence] = []
    picked = 0
    for item in _candidates(query, usable):
        if chosen and newest.outdated(query, item, chosen[0]):
            continue
        named = [one for one in _antecedent(item, usable) if new_names(query, one.text)]
        with_it = [one for one in (*named, item) if one not in chosen]
        fits = not chosen or (picked < most and len(chosen) + len(with_it) <= longest)
        if fits and not any(
            _says_the_same(query, item, other) for other in chosen if other.key != item.key
        ):
            chosen.extend(with_it)
            picked += 1
    # six answers to "who" on newsroom-fit (n 125) named nobody, and all six were wrong
    whom = query.wants == "person" and not query.parts and not query.about
    if whom and not any(cue(query, item.text) for item in chosen):
        return ()
    copied = plain if query.wants in ("place", "date") else undated
    return tuple(Draft(copied(item.text), (item.key,)) for item in _in_order(query, chosen))


def _in_order(query: Query, chosen: Sequence[Evidence]) -> list[Evidence]:
    """The best article's sentences first; of each its best with that which it points back to, what
    stands behind that, and what stands before it."""
    articles = list(dict.fromkeys(item.article.article_id for item in chosen))
    leads = {item.article.article_id: item for item in reversed(chosen)}
    opens = {one: (*_antecedent(item, chosen), item)[0].start for one, item in leads.items()}
    return sorted(
        chosen,
        key=lambda item: (
            articles.index(item.article.article_id),
            _said_last(query, item, chosen),
            item.start < opens[item.article.article_id],
            item.start,
        ),
    )


def _said_last(query: Query, item: Evidence, chosen: Sequence[Evidence]) -> bool:
    """Whether it is a note of what was corrected, and another sentence of its article says what is right."""
    return bool(_TAKES_BACK.match(item.text)) and any(
        other.article.article_id == item.article.article_id
        and not _TAKES_BACK.match(other.text)
        and not _POINTS_BACK.match(other.text)
        and cue(query, other.text) >= PLAIN
        for other in chosen
    )


def _candidates(query: Query, usable: Sequence[Evidence]) -> Iterator[Evidence]:
    """Sentences worth saying, most wanted first; the caller drops repetitions."""
    best = usable[0]
    if query.about is not None:
        yield best
        return
    if query.several_articles:
        yield from _from_several_articles(query, usable)
        return
    if query.parts:
        yield from (_best_for(part, usable) for part in query.parts)
    else:
        yield from _reply(query, usable)
        yield from (last := newest.told(query, best, usable))
        noted = newest.own_note(query, best, usable)
        yield from noted
        if noted and query.kind == "yes_no":
            return  # what it takes back is so no longer
        yield best
        best = next(iter(last), best)
        yield from _sides(query, usable) if query.compares else ()
    yield from _beside(query, best, usable)
    manner = _manner(query, best)
    for item in usable[1:]:
        near = item.passage_id == best.passage_id and not query.parts
        share = (NEAR if near else FAR)[manner]
        enough = item.relevance >= usable[0].relevance * share and item.kind is SentenceKind.BODY
        if enough and (query.parts or manner != "factoid" or _of_use(query, best, item)):
            yield item


def _of_use(query: Query, best: Evidence, item: Evidence) -> bool:
    """Whether a further sentence adds to a fact: it gives what is wanted, or holds a word of a question
    that wants no kind of thing; one of another article is about as much of what is asked."""
    if query.wants not in (None, "reason"):
        adds = wanted_things.gives(query, item.text) >= wanted_things.GIVEN
    else:
        adds = bool(terms_held(query, item.text)) or 0 <= item.start - best.end <= PARAGRAPH_GAP
    if not adds or item.article.article_id == best.article.article_id:
        return adds
    held, told = (terms_held(query, f"{one.article.title} {one.text}") for one in (item, best))
    return len(held) >= len(told)


def _sides(query: Query, usable: Sequence[Evidence]) -> Iterator[Evidence]:
    """The best sentence of each time asked about, and of each other article."""
    near = [item for item in usable[1:] if item.relevance >= SIDE * usable[0].relevance]
    for period in query.periods:
        yield from [item for item in near if placed(item, period, usable) == "inside"][:1]
    told = {usable[0].article.article_id}
    for item in near:
        if item.article.article_id not in told:
            told.add(item.article.article_id)
            yield item


def _reply(query: Query, usable: Sequence[Evidence]) -> list[Evidence]:
    """The sentence right behind an interviewer's question that asks for the same, save whom it is put to."""
    terms = {stemmed for _, stemmed in query.terms}
    shares: list[tuple[float, Evidence]] = []
    for item in usable:
        wanted = terms - analyse(item.article.title).stems
        held = len(wanted & analyse(item.text).stems)
        if item.text.endswith("?") and held > 1 and held >= ASKS_THE_SAME * len(wanted):
            shares.append((held / len(wanted), item))
    if not shares:
        return []
    question = max(shares, key=lambda pair: pair[0])[1]
    return [
        item
        for item in usable
        if item.article.article_id == question.article.article_id
        and 0 <= item.start - question.end <= PARAGRAPH_GAP
    ][:1]


def _beside(query: Query, best: Evidence, usable: Sequence[Evidence]) -> list[Evidence]:
    """The sentence right after the best one, where that tells what a correction takes back; else one
    near it that gives what is wanted, where the best one does not.
    """
    after = [
        item
        for item in usable
        if item.article.article_id == best.article.article_id
        and item.kind is SentenceKind.BODY
        and 0 <= item.start - best.end <= PARAGRAPH_GAP
    ]
    if CORRECTS.search(best.article.title):
        return after
    return wanted_things.beside(query, best, usable)


def _manner(query: Query, best: Evidence) -> Manner:
    if query.plural or query.compares:
        return "list"
    if query.kind not in _FACTOID and query.wants in (None, "reason"):
        return "explanation"
    if (
        query.kind in _ACCOUNT
        and query.wants != "number"
        and not query.parts
        and _on_topic(query, best)
    ):
        return "account"
    return "factoid"


def _on_topic(query: Query, best: Evidence) -> bool:
    """Whether the article is about what is asked, like an encyclopedia's, or only names it."""
    title = best.article.stated_title or ""
    named = analyse(title).stems
    written = [word for word in title.split() if word.lower() not in STOP_WORDS]
    # "Orvel dam closed": a headline, however short; "Great Wall of China" is a name
    if len(written) > 2 and any(word[0].islower() for word in written):
        return False
    shared = len(named & {stemmed for _, stemmed in query.terms})
    return bool(named) and (
        len(analyse(title).words) <= TOPIC_WORDS or shared >= ON_TOPIC * len(named)
    )


def _best_for(part: Query, usable: Sequence[Evidence]) -> Evidence:
    """The relevant sentence that holds most words of one part and a thing of its type."""
    terms = {stemmed for _, stemmed in part.terms}

    def worth(item: Evidence) -> float:
        held = len(terms & analyse(item.text).stems) / max(len(terms), 1)
        return math.log(max(item.relevance, 1e-6)) + 3 * held + 2.5 * cue(part, item.text)

    return max(usable, key=worth)


def _from_several_articles(query: Query, usable: Sequence[Evidence]) -> list[Evidence]:
    """One sentence of each of the two families that fit best, a shared new name counting most."""
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
                shared = _new_stems(query, left) & _new_stems(query, right)
                worth = (
                    math.log(max(left.relevance, 1e-6))
                    + math.log(max(right.relevance, 1e-6))
                    + (2.3 if shared else 0.0)
                )
                best = max(best, (worth, [left, right]), key=lambda pair: pair[0])
    return best[1]


def _new_stems(query: Query, item: Evidence) -> frozenset[str]:
    known = {stemmed for _, stemmed in query.terms}
    return (
        frozenset[str]().union(*(analyse(name).stems for name in new_names(query, item.text)))
        - known
    )


def _antecedent(item: Evidence, usable: Sequence[Evidence]) -> list[Evidence]:
    """The sentence right before one that opens with a pronoun or is quoted whole; [] where that one
    does so too."""
    opens = _POINTS_BACK.match(item.text) or _QUOTED_WHOLE.match(item.text)
    if item.kind is not SentenceKind.BODY or not opens:
        return []
    return [
        other
        for other in usable
        if other.article.article_id == item.article.article_id
        and other.kind is SentenceKind.BODY
        and 0 <= item.start - other.end <= PARAGRAPH_GAP
        and not (_QUOTED_WHOLE.match(other.text) or _POINTS_BACK.match(other.text))
        and not _OF_SOMEBODY.match(other.text)
    ][:1]


def _says_the_same(query: Query, left: Evidence, right: Evidence) -> bool:
    values = [{number.value for number in analyse(one.text).numbers} for one in (left, right)]
    if query.compares and values[0] != values[1]:
        return False
    one, two = analyse(left.text).stems, analyse(right.text).stems
    shared = len(one & two) / max(1, min(len(one), len(two)))
    least = SAME
    if left.article.article_id == right.article.article_id:
        least = SAME_IN_ARTICLE
    elif left.article.family.id == right.article.family.id:
        least = SAME_IN_FAMILY
    return left.key == right.key or shared >= least
