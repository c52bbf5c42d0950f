"""A sentence comes in; the same with another name, one denial more or less, or another quoted word goes out."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from itertools import pairwise

from evals.lab.copies.figure_edits import Change, Make, instead
from evals.lab.copies.vocabulary import (
    COUNTRIES,
    GIVEN_NAMES,
    INVENTED_ACRONYMS,
    INVENTED_GIVEN,
    INVENTED_PLACES,
    INVENTED_SURNAMES,
    MONTHS,
    PAST_VERBS,
    WEEKDAYS,
)
from evals.lab.words import opposites

_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-zà-ÿ]+(?:[ -][A-Z][a-zà-ÿ]+)*(?![\w’'-])")
_PERSON = re.compile(
    rf"(?<![\w-])(?P<given>{'|'.join(GIVEN_NAMES)}) (?:[A-Z]\. )?(?P<surname>[A-Z][a-zà-ÿ]+(?:-[A-Z][a-zà-ÿ]+)?)\b"
)
_NO_NAMES = frozenset((*MONTHS, *WEEKDAYS))


def names_in(text: str) -> list[str]:
    """The names of a text in order: runs of capitalised words that do not begin a sentence."""
    return [m[0] for m in _NAME.finditer(text) if not _NO_NAMES & set(m[0].split())]


def _spans(sentence: str) -> list[re.Match[str]]:
    return [m for m in _NAME.finditer(sentence) if not _NO_NAMES & set(m[0].split())]


def person(part: str, invented: Sequence[str]) -> Make:
    """Part of a person's full name becomes another."""

    def make(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
        found = list(_PERSON.finditer(sentence))
        if not found:
            return None
        old = chance.choice(found)
        return Change(*old.span(part), chance.choice([n for n in invented if n not in sentence]))

    return make


def whole_person(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    found = list(_PERSON.finditer(sentence))
    name = f"{chance.choice(INVENTED_GIVEN)} {chance.choice(INVENTED_SURNAMES)}"
    return Change(*chance.choice(found).span(), name) if found else None


def invented_place(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    found = [
        m
        for m in _spans(sentence)
        if sentence[: m.start()].rsplit(None, 1)[-1:] in (["in"], ["from"], ["near"])
    ]
    return Change(*chance.choice(found).span(), chance.choice(INVENTED_PLACES)) if found else None


def other_name_here(sentence: str, chance: random.Random, names: Sequence[str]) -> Change | None:
    """A name gives way to another of the same article that the sentence does not have."""
    pairs = [
        (old, new)
        for old in _spans(sentence)
        for new in sorted(set(names))
        if len(new.split()) == len(old[0].split())
        and not any(word in sentence for word in new.split())
    ]
    if not pairs:
        return None
    old, new = chance.choice(pairs)
    return Change(*old.span(), new)


def names_swapped(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    """Two names with a few plain words between them change places; the change covers both."""
    found = _spans(sentence)
    pairs = [
        (a, b)
        for a, b in pairwise(found)
        if not set(a[0].split()) & set(b[0].split())
        and re.fullmatch(r"(?: [a-z]+){2,6} ", sentence[a.end() : b.start()])
        and not re.search(r" (?:and|of) ", sentence[a.end() : b.start()])
    ]
    if not pairs:
        return None
    a, b = chance.choice(pairs)
    return Change(a.start(), b.end(), b[0] + sentence[a.end() : b.start()] + a[0])


def nation(which: int) -> Make:
    """A country (0) or its adjective (1) becomes another country's."""
    words = [pair[which] for pair in COUNTRIES]
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w-])")

    def make(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
        found = list(pattern.finditer(sentence))
        others = [
            pair[which] for pair in COUNTRIES if pair[0] not in sentence and pair[1] not in sentence
        ]
        return Change(*chance.choice(found).span(), chance.choice(others)) if found else None

    return make


def acronym(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    found = list(re.finditer(r"(?<=[a-z] )[A-Z]{3,5}\b", sentence))
    return Change(*chance.choice(found).span(), chance.choice(INVENTED_ACRONYMS)) if found else None


_VERB = r"\b(?:is|are|was|were|can|could|will|would|has|have|had|should|must)\b"
_BARE_VERB = re.compile(
    rf"{_VERB}(?= [a-z])(?! (?:not|never|no|nor|neither|only|none|nothing|hardly)\b)"
)


def after_verb(added: str) -> Make:
    """A word after the first verb that can be denied."""

    def make(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
        if sentence.endswith("?") or re.search(r"\b(?:not|never|no)\b|n['’]t\b", sentence):
            return None
        found = list(_BARE_VERB.finditer(sentence))
        return Change(found[0].end(), found[0].end(), f" {added}") if found else None

    return make


def contracted(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    found = [m for m in _BARE_VERB.finditer(sentence) if m[0] not in ("can", "will", "must")]
    if not found or re.search(r"\b(?:not|never|no)\b|n['’]t\b", sentence):
        return None
    return Change(found[0].end(), found[0].end(), "n't")


def denied_past(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    """ "agreed" becomes "did not agree"."""
    found = [
        m
        for m in re.finditer(r"(?<=[a-z,)] )[a-z]+\b(?! by\b)", sentence)
        if m[0] in PAST_VERBS and not _LEADS_PARTICIPLE.search(sentence, 0, m.start())
    ]
    if not found:
        return None
    old = chance.choice(found)
    return Change(*old.span(), f"did not {PAST_VERBS[old[0]]}")


_LEADS_PARTICIPLE = re.compile(
    r"\b(?:be|been|is|are|was|were|has|have|had|being|to|not|never|the|a|an|by|and|or|its|his|her|\w+ly) $"
)


def denial_lost(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    """ "is not" becomes "is"."""
    found = list(re.finditer(rf"{_VERB}(?P<lost> not)\b(?! (?:only|just|merely))", sentence))
    return Change(*chance.choice(found).span("lost"), "") if found else None


def contraction_lost(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    found = list(
        re.finditer(r"\b(?:is|are|was|were|has|have|had|could|would)(?P<lost>n['’]t)\b", sentence)
    )
    found += list(re.finditer(r"\b(?P<lost>never )", sentence))
    return Change(*chance.choice(found).span("lost"), "") if found else None


def no_for_a(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    found = list(re.finditer(r"\b(?:was|is|had|has|have) (?P<article>an?)(?= [a-z])", sentence))
    return Change(*chance.choice(found).span("article"), "no") if found else None


def quoted_word(words: Sequence[str]) -> Make:
    """A longer word between quotation marks becomes another, unrelated one."""

    def make(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
        found = [
            (quote.start() + word.start(), quote.start() + word.end())
            for quote in re.finditer(r"[“\"][^“”\"]{12,}[”\"]", sentence)
            for word in re.finditer(r"\b[a-z]{5,}\b", quote[0])
        ]
        return (
            Change(*chance.choice(found), chance.choice([w for w in words if w not in sentence]))
            if found
            else None
        )

    return make


def antonym(part: int) -> Make:
    """A word of every third row of the list gives way to its opposite."""
    return instead(dict([*opposites().items()][part::3]))
