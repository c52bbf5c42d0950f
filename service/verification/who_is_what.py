"""Reads who is called what: "the actor Ben Lowther", "Lis, the captain", "Lis is the captain"; and tells where a claim
gives one what the sentences give another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.english import analyse
from ingest.english.word_kinds import HONORIFICS, Term, TermKind
from ingest.english.words import stands_for
from service.verification.claim_reading import Reading
from service.verification.relations import verbs
from service.verification.word_alignment import Alignment

_AN_OFFICE = r"(?:an?|the|its|his|her|their|our) (?:[\w'-]+ ){0,3}?"
_BEFORE = re.compile(rf"\b{_AN_OFFICE}[\w-]+, $")
_BEHIND = re.compile(rf", (?={_AN_OFFICE}[\w-]+(?:[,.;]| (?:of|for|at|in|who|that|and)\b|$))")
_IS = re.compile(r"\b(?:is|was|are|were) $")
_OWNS = re.compile(r"'s? ")
_PHRASE_ENDS = re.compile(r"[,.;:]|\s(?:of|for|at|in|on|to|who|that|which|and|from|with|by)\b|$")


@dataclass(frozen=True, slots=True)
class Title:
    """What somebody is called, by the stem of its noun; `holder` are the words of his name, or of the noun that has it."""

    noun: str
    holder: frozenset[str]


@lru_cache(maxsize=4096)
def titles(reading: Reading) -> tuple[Title, ...]:
    """All that a text calls anybody."""
    return (*_beside_names(reading), *_by_being(reading))


def of_somebody_else(made: Alignment) -> bool:
    """Whether the claim gives somebody whom the sentences name what they give to others alone."""
    known = [words for quote in made.quotes for words in map(_words, _names(quote))]
    told = [title for quote in made.quotes for title in titles(quote)]
    for mine in titles(made.claim):
        same = [one for one in told if stands_for(one.noun, mine.noun)]
        named = any(_is_one(mine.holder, words) for words in known)
        if same and named and not any(_is_one(mine.holder, one.holder) for one in same):
            return True
    return False


def held_by_another(made: Alignment) -> bool:
    """Whether the sentences say of somebody else all that the claim says of the one it names: that the
    judge who sentenced her was Moe. Who holds an office changes, who did something does not."""
    content = made.claim.content
    if not any(t.start in verbs(made.claim) and n in made.pairs for n, t in enumerate(content)):
        return False
    missing = {t.start for n, t in enumerate(content) if n not in made.pairs}
    held = {_words(n) for n in _names(made.claim) if missing == {t.start for t in n}}
    told = [title for quote in made.quotes for title in titles(quote)]
    for mine in (*titles(made.claim), *_named_last(made.claim)):
        same = [one for one in told if stands_for(one.noun, mine.noun)]
        if same and mine.holder in held and not any(_is_one(mine.holder, o.holder) for o in same):
            return True
    return False


def _is_one(left: frozenset[str], right: frozenset[str]) -> bool:
    return left <= right or right <= left


def _names(reading: Reading) -> list[list[Term]]:
    """The names of a text, each as its terms."""
    found: list[list[Term]] = []
    for term in analyse(reading.text).terms:
        if term.kind is not TermKind.NAME or term.demonym:
            continue
        if found and term.start - found[-1][-1].end <= 1:
            found[-1].append(term)
        else:
            found.append([term])
    return found


def _words(name: Sequence[Term]) -> frozenset[str]:
    return frozenset(word for term in name for word in term.value.split()) - HONORIFICS


def _beside_names(reading: Reading) -> Iterator[Title]:
    plain = {t.end: t for t in reading.content if t.kind is TermKind.WORD}
    for name in _names(reading):
        before = reading.lower[: name[0].start]
        noun = plain.get(len(before) - 1)
        if _BEFORE.search(before):
            noun = plain.get(len(before) - 2)
        if noun and noun.start not in verbs(reading):
            yield Title(noun.value, _words(name))
        behind = _BEHIND.match(reading.lower, name[-1].end)
        if behind and (noun := _head(reading, behind.end())):
            yield Title(noun.value, _words(name))


def _by_being(reading: Reading) -> Iterator[Title]:
    analysis = analyse(reading.text)
    for one in analysis.statements:
        token = analysis.tokens[one.verb]
        article = re.compile(rf" {_AN_OFFICE}").match(reading.lower, token.end)
        if not one.subject or token.lower not in ("is", "was", "became", "remains") or not article:
            continue
        noun = _head(reading, token.end)
        starts = {analysis.tokens[n].start for n in one.subject}
        holder = [t for t in reading.content if t.start in starts]
        owned = [n for n, t in enumerate(holder) if _OWNS.match(reading.lower, t.end)]
        holder = holder[owned[-1] + 1 :] if owned else holder
        named = [t for t in holder if t.kind is TermKind.NAME]
        aside = reading.lower[: token.start].rstrip().endswith(")")
        if noun and holder and not aside:
            yield Title(noun.value, _words(named or holder))


_OPENS = re.compile(r"[\"“]?(?:the|its|his|her|their|our) ")


def _named_last(reading: Reading) -> Iterator[Title]:
    """Who holds an office that opens a statement: "the judge in the case was Moe"."""
    for name in _names(reading):
        being = _IS.search(reading.lower, 0, name[0].start)
        opens = being and _OPENS.match(reading.lower, reading.segment(being.start())[0])
        if opens and (noun := _head(reading, opens.end())) and noun.end <= name[0].start:
            yield Title(noun.value, _words(name))


def _head(reading: Reading, place: int) -> Term | None:
    """The last plain word of the noun phrase that begins at a place."""
    end = _PHRASE_ENDS.search(reading.lower, place + 1)
    last = end.start() if end else len(reading.text)
    inside = [t for t in reading.content if place <= t.start < last]
    return inside[-1] if inside and inside[-1].kind is TermKind.WORD else None
