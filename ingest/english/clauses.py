"""Reads who does what: the verbs of a text, each with its subject, its object and what else it joins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count, takewhile
from typing import TYPE_CHECKING

from ingest.english import word_tables
from ingest.english.quantities import CARDINALS
from ingest.english.words import INFLECTIONS

if TYPE_CHECKING:
    from ingest.english.sentence_analysis import Analysis, Span

Phrase = tuple[int, ...]  # places of words among the tokens of a text


@dataclass(frozen=True, slots=True)
class Statement:
    """The verb `tokens[verb]` with the words of its subject and object; a passive's subject is whom it is done to.

    `others` are the phrases behind prepositions, with these.
    """

    verb: int
    subject: Phrase
    object: Phrase
    others: tuple[tuple[str, Phrase], ...]
    passive: bool | None  # None where it may be either: "the car sold on Monday"


def _verbs() -> tuple[frozenset[str], frozenset[str]]:
    """Verbs, and their irregular past forms."""
    verbs: set[str] = set()
    past: set[str] = set()
    for alike, *forms in word_tables.rows("verbs.tsv"):
        verbs.update(alike.split())
        past.update(alike.split() if forms == ["="] else "".join(forms).split())
    listed = (form for form, word in INFLECTIONS.items() if word in verbs)
    return frozenset(verbs), frozenset(
        past.union(f for f in listed if not f.endswith(("s", "ing")))
    )


_VERBS, _PAST = _verbs()
# irregular past forms with their verbs: "dug" of dig
PAST_OF = {
    form: alike
    for alike, *forms in word_tables.rows("verbs.tsv")
    if forms and forms != ["="] and " " not in alike
    for form in "".join(forms).split()
}
_CONTRACTED = {"can't": "can", "won't": "will"}  # the others are their verb with "n't" behind it
_WORDS = word_tables.lists("clause_words.tsv")
_BE, _ADVERBS, _RELATIVES = _WORDS["be"], _WORDS["adverb"], _WORDS["relative"]
_MODALS, _BARE_AFTER = _WORDS["modal"], _WORDS["modal"] | _WORDS["bare verb behind"]
_AUXILIARIES = _BE | _BARE_AFTER | _WORDS["have"]
_DETERMINERS, _PREPOSITIONS = _WORDS["determiner"], _WORDS["preposition"]
_OPENERS, _PRONOUNS = _WORDS["opener"], _WORDS["pronoun"]
_NO_SUBJECT = (_PREPOSITIONS | _OPENERS | CARDINALS.keys()) - {"that"}
_BREAKS = _AUXILIARIES | _OPENERS | _RELATIVES | _PRONOUNS
_ENDS = _PREPOSITIONS | _OPENERS | _RELATIVES | _PRONOUNS | {"and", "or"}
_SINCE_WHEN, PLACES = _WORDS["since when"], _WORDS["place"]
_SHARES_SUBJECT, _LEADS_PARTICIPLE = _WORDS["shares subject"], _WORDS["leads participle"]
_PAUSE = re.compile(r"[,;:.!?()—–\"“”]| - ")
_END = re.compile(r"[;:.!?]")


def statements(analysis: Analysis) -> tuple[Statement, ...]:
    """The verbs of a text in order, "be" where it is no auxiliary."""
    return tuple(_Clauses(analysis).read())


class _Clauses:
    def __init__(self, analysis: Analysis) -> None:
        self.tokens = analysis.tokens
        words = (token.lower.replace("’", "'") for token in self.tokens)
        self.words = [_CONTRACTED.get(word, word.removesuffix("n't")) for word in words]
        ends = [0, *(token.end for token in self.tokens)]
        # what stands before each word, and at last behind all of them
        self.gaps = [analysis.text[a : t.start] for a, t in zip(ends, self.tokens, strict=False)]
        self.gaps = [".", *self.gaps[1:], "."]
        self.dates, self.names = self._within(analysis.dates), self._within(analysis.names)
        self.numbers = self._within(analysis.numbers)

    def _within(self, spans: Sequence[Span]) -> set[int]:
        return {
            n for n, t in enumerate(self.tokens) if any(s.start <= t.start < s.end for s in spans)
        }

    def apart(self, n: int) -> bool:
        """Whether a mark stands before a word."""
        return _PAUSE.search(self.gaps[n]) is not None

    @cached_property
    def verbs(self) -> dict[int, int]:
        """Each verb with the place where its auxiliaries begin."""
        found, n = {}, 0
        while n < len(self.words):
            first = n
            while n < len(self.words) and (
                self.words[n] in _AUXILIARIES or (n > first and self._is_adverb(n))
            ):
                n += 1
                if self.apart(n):
                    break
            led = self.words[first:n]
            if n < len(self.words) and self._is_verb(n, led):
                found[n] = first
            elif not _BE.isdisjoint(led):  # "is taller than the tower"
                found[max(m for m in range(first, n) if self.words[m] in _BE)] = first
            n += 1
        return found

    @cached_property
    def inside(self) -> set[int]:
        """The places of all verbs and of their auxiliaries."""
        return {n for verb, first in self.verbs.items() for n in range(first, verb + 1)}

    def _is_adverb(self, n: int) -> bool:
        word, after = self.words[n], self.words[n + 1 : n + 2]
        return word in _ADVERBS or word.endswith("ly") or (word == "no" and after == ["longer"])

    def _is_verb(self, n: int, led: Sequence[str]) -> bool:
        """Whether a word is a verb by its form and its neighbours; `led` are its auxiliaries."""
        word, past = self.words[n], self.words[n].endswith("ed") or self.words[n] in _PAST
        if n in self.names or n in self.dates or (self.tokens[n].stop and not past):
            return False
        if led:
            if _BARE_AFTER.isdisjoint(led) or not _BE.isdisjoint(led) or "have" in led:
                return past or word.endswith("ing")
            sure = not _MODALS.isdisjoint(led) or "not" in led
            return word in _VERBS or (sure and not self._is_adverb(n))
        before = "" if self.apart(n) else self.words[n - 1]
        after = "" if self.apart(n + 1) else self.words[n + 1]
        if before in _DETERMINERS or before == "of":
            return False
        if past:
            adjective = after and not self.tokens[n + 1].stop and n + 1 not in self.names
            return not (before in _PREPOSITIONS and adjective)
        if word.endswith("ing"):
            stems = (word[:-3], f"{word[:-3]}e", word[:-4])
            leads = not before or before in _PREPOSITIONS | _SHARES_SUBJECT
            return leads and any(stem in _VERBS for stem in stems)
        stems = (word[:-1], word[:-2], f"{word[:-3]}y")
        if not word.endswith("s") or not n or before.isdigit():
            return False
        if before in _NO_SUBJECT or before.endswith("ed") or before in _PAST:
            return False  # "found cracks in", "though complaints about"
        if before in _RELATIVES:
            return True
        opens = after in _DETERMINERS | _PREPOSITIONS | _PRONOUNS | _OPENERS | CARDINALS.keys()
        opens = opens or n + 1 in self.names or after[:1].isdigit()
        return any(stem in _VERBS for stem in stems) and (opens or before in _ADVERBS)

    def read(self) -> Iterator[Statement]:
        last: Statement | None = None
        for verb, first in self.verbs.items():
            led, after = (
                self.words[first:verb],
                "" if self.apart(verb + 1) else self.words[verb + 1],
            )
            being = not _BE.isdisjoint(led) and not self.words[verb].endswith("ing")
            by = not led and after == "by" and verb + 2 < len(self.words)
            # no number behind "by", "a" or "about" at most between: "by a third" is a measure
            by = by and verb + 2 not in self.dates and self.numbers.isdisjoint((verb + 2, verb + 3))
            objects = () if self.apart(verb + 1) else self._right(verb + 1)
            passive = being or by or (False if objects or after in _PRONOUNS else None)
            others = []
            for n in range(verb + 1, len(self.words)):
                if self.apart(n) or n in self.inside or self.words[n] in _OPENERS | _RELATIVES:
                    break
                if self.words[n] in _PREPOSITIONS:
                    others.append((self.words[n], self._right(n + 1)))
            last = Statement(
                verb, self._subject(verb, first, last), objects, tuple(others), passive
            )
            yield last

    def _subject(self, verb: int, first: int, last: Statement | None) -> Phrase:
        """The phrase before a verb that it is said of; () where none is named."""
        n = first
        while n and self._is_adverb(n - 1) and not self.apart(n):
            n -= 1
        before = self.words[n - 1] if n else ""
        participle = self.words[first].endswith("ing")
        if _END.search(self.gaps[n]) or self.words[first] == "to":
            return ()
        if before in _LEADS_PARTICIPLE if participle else before in _SHARES_SUBJECT:
            same = last and not any(_END.search(self.gaps[m]) for m in range(last.verb + 1, verb))
            return last.subject if last and same else ()
        if participle:
            return ()
        if before in _RELATIVES or (before == "that" and self._is_noun(n - 2)):
            return self._antecedent(n - 2)
        if "," in self.gaps[n]:
            return self._around_aside(n - 1)
        return self._left(n - 1)

    def _around_aside(self, n: int) -> Phrase:
        """The subject in front of what stands between commas, with what of that is in apposition to it."""
        extra: Phrase = ()
        while n >= 0:
            start = self._start(n)
            if "," not in self.gaps[start]:
                return ()
            if self.words[start] not in _RELATIVES | _PREPOSITIONS:
                whole = self.inside.isdisjoint(range(start, n + 1))
                extra = (*(range(start, n + 1) if whole else self._right(start)), *extra)
            n = start - 1
            if self.words[self._start(n)] not in _RELATIVES:
                break
        return (*self._left(n), *(m for m in extra if not self.tokens[m].stop))

    def _start(self, n: int) -> int:
        """The first word of the stretch between marks that a word stands in."""
        return next((m for m in range(n, 0, -1) if self.apart(m)), 0)

    def _antecedent(self, n: int) -> Phrase:
        """The phrase that "who" or "which" stands for, with the name that it is in apposition to."""
        phrase = self._left(n, near=True)
        first = phrase[0] if phrase else 0
        while first and self.words[first - 1] in _DETERMINERS:
            first -= 1
        if first and "," in self.gaps[first] and first - 1 in self.names:
            return (*self._left(first - 1, near=True), *phrase)
        return phrase

    def _is_noun(self, n: int) -> bool:
        """Whether a word may be the noun that the next word belongs to."""
        if n < 0 or n in self.inside | self.dates or self.apart(n + 1) or self._is_adverb(n):
            return False
        return not self.tokens[n].stop or (n > 0 and self.words[n - 1] in ("the", "a"))  # "the use"

    def _is_wanted(self, n: int) -> bool:
        """Whether a noun has this verb behind it: "plans to close the pit"."""
        return self.verbs.get(n) == n - 1 and self.words[n - 1] == "to" and self._is_noun(n - 2)

    def _left(self, n: int, *, near: bool = False) -> Phrase:
        """The noun phrase that ends at a word, from its head on; () where it hangs on a preposition.

        `near` takes no preposition but "of" into the phrase, and no participle.
        """
        chunk: list[int] = []
        while n >= 0 and not (chunk and self.apart(n + 1)):
            word, led = self.words[n], self.words[n - 1] if n else ""
            joins = _PREPOSITIONS if not near else {"of"}
            tells_which = self.verbs.get(n) == n and not word.endswith("ing") and not near
            named = self.tokens[n].stop or n - 1 in self.names  # a name needs no telling
            if tells_which and self._is_noun(n - 1) and not named:
                chunk = []  # "a giant called Mor Skerry"
            elif self._is_wanted(n):
                chunk, n = [], n - 1
            elif word in _PRONOUNS and not chunk and led in joins - _SINCE_WHEN:
                pass  # "complaints against it"
            elif n in self.inside or n in self.dates or word in _BREAKS - {"to"}:
                break
            elif word in _PREPOSITIONS:
                participle = self.verbs.get(n - 1) == n - 1 and self._is_noun(n - 2)
                if near and word not in joins:
                    break
                if not participle and not self._is_noun(n - 1):
                    if word not in _SINCE_WHEN:
                        return ()
                    break  # "immediately after Dwight fired"
                if word != "of" or led not in PLACES:
                    chunk = []  # but "the town of Larn" is Larn
            elif word in _DETERMINERS and self._is_wanted(n - 1):
                chunk, n = [], n - 2
            elif word in _DETERMINERS:
                if not chunk or led not in joins or not self._is_noun(n - 2) or self.apart(n):
                    break
                chunk, n = [], n - 1
            elif not self.tokens[n].stop or self._is_noun(n):
                chunk.insert(0, n)
            n -= 1
        return tuple(chunk)

    def _right(self, n: int) -> Phrase:
        """The noun phrase that begins at a word, to the next preposition, verb or mark, and a name beside it."""
        chunk: list[int] = []
        first = n
        while n < len(self.words) and not (n > first and self.apart(n)):
            part = n > first and self.words[n] == "of"  # "most of the votes"
            if n in self.inside or n in self.dates or (self.words[n] in _ENDS and not part):
                return tuple(chunk)
            if not self.tokens[n].stop:
                chunk.append(n)
            n += 1
        if chunk and self.gaps[n] == ", ":
            n += self.words[n] in _DETERMINERS
            named = list(takewhile(self.names.__contains__, count(n)))
            behind = n + len(named)
            if self.apart(behind) or behind not in self.verbs.values():
                chunk += named  # but not of "After he left the mill, Quill was"
        return tuple(chunk)
