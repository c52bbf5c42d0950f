"""Whether sentences tell of what a question names: the thing and no other of its kind, or an article itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from ingest.english import Analysis, Span, Token, analyse
from ingest.english.clauses import Statement
from ingest.english.words import opposite, stem, stems, words
from ingest.types import SentenceKind
from service.evidence.answer_types import things
from service.query.question_analysis import Query
from service.types import Evidence

LIKELY = 0.5  # worth from which a thing in a sentence may be what is asked for
BEFORE = 300  # characters before a sentence in which its article may say of what it speaks
_VALUES = ("money", "date", "number")
_OF = re.compile(r" of (?:the )?")
_HEAD_OF = re.compile(r"\b([a-z]+) of (?:the )?$")  # "the mayor of", before a name
_POSSESSOR = re.compile(r"\b([A-Za-z]+)['’]s\b|\b([A-Za-z]+s)['’](?!\w)")
_BEARER = r"(?: [A-Z][\w.’'-]*){0,3}"  # "Mayor Oswin Trask of Tarnmouth"


def of_another(query: Query, ranked: Sequence[Evidence]) -> bool:
    """Whether the best of `ranked`, best first, answers for a thing that shares its name or its sentence
    with the one asked about: the Bank of Sorrenia for that of Tolvay, one ship's price for another's.
    """
    return bool(ranked) and (
        _namesake(query, ranked)
        or _of_another_place(query, ranked)
        or _named_otherwise(query, ranked)
        or _value_of_another(query, ranked[0].text)
    )


def of_the_opposite(query: Query, text: str) -> bool:
    """Whether a sentence tells of the men's race where the women's is asked about."""
    asked = _whose(query.question.text)
    told = _whose(text) if asked else asked
    return any(opposite(one, other) for one in asked - told for other in told)


@lru_cache(4096)
def _whose(text: str) -> frozenset[str]:
    return frozenset(stem((one[1] or one[2]).lower()) for one in _POSSESSOR.finditer(text))


def _namesake(query: Query, ranked: Sequence[Evidence]) -> bool:
    """Whether a name "X of Y" stands nowhere, "X of Z" does, and the best sentence is not told of Y."""
    question, best = query.question.text, ranked[0]
    said = analyse(question)
    # written small throughout, any word may be a name
    names: Sequence[Token | Span] = said.names
    if question.islower():
        names = [token for token in said.tokens if not token.stop]
    for first, last in pairwise(names):
        if not _OF.fullmatch(question[first.end : last.start]):
            continue
        name = question[first.start : first.end]
        name = re.escape(name[0].upper() + name[1:])
        like = re.compile(rf"\b{name} of (?:the )?(?=[A-Z])")
        own = question[last.start : last.end].lower()
        rest = [
            text[found.end() :].lower()
            for item in ranked
            for text in (item.article.title, item.text)
            for found in like.finditer(text)
        ]
        leads = [  # the best sentence, and those not far before it
            item.text
            for item in ranked
            if item.article.article_id == best.article.article_id
            and best.start - BEFORE <= item.start <= best.start
        ]
        near = " ".join((best.article.title, *leads))
        if (
            rest
            and not any(text.startswith(own) for text in rest)
            and not stems(own) & analyse(near).stems
        ):
            return True
    return False


def _of_another_place(query: Query, ranked: Sequence[Evidence]) -> bool:
    """Whether "the mayor of Y" is asked for, and the article of the best sentence, which does not say Y,
    has a mayor of Z, while nowhere a mayor is said to be of Y."""
    question, best = query.question.text, ranked[0]
    for name in analyse(question).names:
        head = _HEAD_OF.search(question[: name.start])
        if (
            head is None
            or question[name.start : name.end].isupper()
            or stems(name.value) & analyse(best.text).stems
        ):
            continue
        like = re.compile(rf"\b(?i:{head[1]}){_BEARER} of (?:the )?(?=[A-Z])")
        told = {
            (item.article.article_id, text[found.end() :].lower().startswith(name.value.lower()))
            for item in ranked
            for text in (item.article.title, item.text)
            for found in like.finditer(text)
        }
        if (best.article.article_id, False) in told and not any(own for _, own in told):
            return True
    return False


def _named_otherwise(query: Query, ranked: Sequence[Evidence]) -> bool:
    """Whether the article of the best sentence has no word of what the question names, "the Mill Street bridge",
    or names another that begins alike: "Cape Hollin" for "Cape Varn"."""
    question, card = query.question.text, ranked[0].article
    said = analyse(question)
    names = [name for name in said.names if name not in said.demonyms]
    own = [item.text for item in ranked if item.article.article_id == card.article_id]
    told = analyse(" ".join((card.title, card.author or "", card.publisher or "", *own)))
    best = analyse(f"{card.title} {ranked[0].text}").stems
    others = {name.value.split()[0] for name in told.names if " " in name.value}

    def held(name: Span) -> list[bool]:
        return [
            not stems(word).isdisjoint(told.stems)
            for word in question[name.start : name.end].split()
        ]

    def leads_a_kind(name: Span) -> bool:
        after = next((token for token in said.tokens if token.start >= name.end), None)
        return after is not None and after.start == name.end + 1 and after.stem in best

    if not names or query.about is not None:
        return False
    if not any(any(held(name)) for name in names):
        return any(len(held(name)) > 1 or leads_a_kind(name) for name in names)
    return any(
        len(parts) > 1 and parts[0] and not any(parts[1:]) and name.value.split()[0] in others
        for name in names
        for parts in [held(name)]
    )


def _value_of_another(query: Query, sentence: str) -> bool:
    """Whether all that a sentence has of the wanted type is told of other names, and something else is
    told of the one asked about: "the Kittiwake was bought; the Guillemot cost £24.6 million".
    """
    asked = {stem for name in analyse(query.question.text).names for stem in stems(name.value)}
    if not asked or not (query.wants in _VALUES or query.dimensions):
        return False
    told = analyse(sentence)
    if not any(asked & _names(told, one.subject) for one in told.statements):
        return False

    def of_others(at: int) -> bool:
        there = [  # whose words stand on both sides of the place, or right before it
            one
            for one in told.statements
            for places in [sorted((one.verb, *_words(one)))]
            if told.tokens[places[0]].start <= at <= told.tokens[places[-1]].end + 4
        ]
        named = any(_names(told, one.subject) for one in there)
        return named and not any(asked & _names(told, _words(one)) for one in there)

    found = [one.start for one in things(query, sentence) if one.worth >= LIKELY]
    return bool(found) and all(map(of_others, found))


def _words(one: Statement) -> tuple[int, ...]:
    return (*one.subject, *one.object, *(word for _, words in one.others for word in words))


def _names(told: Analysis, words: Sequence[int]) -> frozenset[str]:
    """The stems of the names among some words of a text."""
    starts = {told.tokens[word].start for word in words}
    return frozenset(
        stem
        for name in told.names
        if any(name.start <= start < name.end for start in starts)
        for stem in stems(name.value)
    )


LONGEST_BYLINE = 160  # characters; a longer sentence names the author in passing

_ROLE_WORDS = {
    "fragment": "fragment excerpt aggregated", "altered": "altered paraphrase copy",
    "republished": "republished republication copy",
    "updated": "updated corrected correction",
}  # fmt: skip


def title_words(query: Query, evidence: Sequence[Evidence]) -> list[frozenset[str]]:
    """For each piece of evidence the stems of what is said of its article besides the text: title, author, outlet.

    A question about an article may call a copy by the title of another of its family, and by what it is.
    """
    cards = {item.article.article_id: item.article for item in evidence}
    own = {
        article_id: frozenset(
            stem(word)
            for said in (card.stated_title, card.author, card.publisher)
            for word in analyse(said or "").words
        )
        for article_id, card in cards.items()
    }
    if query.about is not None:
        families: dict[str, frozenset[str]] = defaultdict(frozenset)
        for article_id, known in own.items():
            families[cards[article_id].family.id] |= known
        own = {
            article_id: families[card.family.id]
            | {stem(word) for word in _ROLE_WORDS.get(card.family.role, "").split()}
            for article_id, card in cards.items()
        }
    return [own[item.article.article_id] for item in evidence]


def states(query: Query, item: Evidence) -> float:
    """How plainly, 0 to 1, the sentence states what a question about an article asks for; 0 for any other question."""
    if query.about is None:
        return 0.0
    said = frozenset(analyse(item.text).words)
    match query.about:
        case "author":
            if not item.article.author or not set(words(item.article.author)) <= said:
                return 0.5 * (item.kind is SentenceKind.BYLINE)
            return 1.0 if len(item.text) <= LONGEST_BYLINE else 0.6
        case "outlet":
            return float(
                bool(item.article.publisher) and set(words(item.article.publisher or "")) <= said
            )
        case "date":
            day = item.article.published_on
            named = day is not None and {str(day.year), str(day.day)} <= said | {
                word.lstrip("0") for word in said
            }
            if named and item.kind is not SentenceKind.BODY:
                return 1.0
            return 0.7 if named or item.kind is SentenceKind.DATELINE else 0.0
        case "title":
            return float(item.kind is SentenceKind.TITLE)
    return 0.0
