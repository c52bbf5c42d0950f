"""A sentence comes in; the same sentence with one fact changed goes out, and the place where, by a named operation."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from evals.vocabulary import (
    ANTONYMS,
    COUNTRIES,
    GIVEN_NAMES,
    INVENTED_ACRONYMS,
    INVENTED_GIVEN,
    INVENTED_PLACES,
    INVENTED_SURNAMES,
    MONTHS,
    NUMBER_WORDS,
    ORDINAL_WORDS,
    PAST_VERBS,
    QUOTED_STRANGERS,
    WEEKDAYS,
)


@dataclass(frozen=True, slots=True)
class Change:
    """`sentence[start:end]` gives way to `new`; the new words stand at `[start, start + len(new))`."""

    start: int
    end: int
    new: str


Make = Callable[[str, random.Random, Sequence[str]], "Change | None"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One way to change a fact. `make` gets a sentence, chance, and the names of the article."""

    name: str
    kind: str  # number | date | name | negation | quantifier | antonym | quotation
    make: Make


def seen(name: str) -> bool:
    """Whether an operation may be looked at while the detector is written.

    Within each kind the operations are ordered by the SHA-256 of their name; the first, third, fifth … are seen.
    """
    return name in _SEEN


def apply(sentence: str, change: Change) -> str:
    return sentence[: change.start] + change.new + sentence[change.end :]


# --- numbers

_FIGURE = re.compile(r"(?<![\w.,:/-])[$£€]?(\d+(?:,\d{3})*(?:\.\d+)?)(?![\w:/-]|[.,]\d)")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b(?!s)")
_MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b")


def _figures(sentence: str) -> list[tuple[int, int]]:
    """Numbers in digits that are neither years nor days of a month."""
    found = [m.span(1) for m in _FIGURE.finditer(sentence) if not _YEAR.fullmatch(m[1])]
    return [(a, b) for a, b in found if not _MONTH.search(sentence, max(0, a - 12), min(len(sentence), b + 14))]


def _figure(sentence: str, chance: random.Random, turn: Callable[[str], str | None]) -> Change | None:
    for start, end in chance.sample(found := _figures(sentence), len(found)):
        new = turn(sentence[start:end])
        if new is not None and new != sentence[start:end]:
            return Change(start, end, new)
    return None


def _written(value: float, like: str) -> str:
    places = len(like.partition(".")[2])
    return f"{value:,.{places}f}" if "," in like or value < 1000 else f"{value:.{places}f}"


def _digits_swapped(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    """46 becomes 64."""

    def turn(figure: str) -> str | None:
        places = [n for n in range(len(figure) - 1) if figure[n : n + 2].isdigit() and figure[n] != figure[n + 1]]
        places = [n for n in places if n or figure[1] != "0"]
        if not places:
            return None
        n = chance.choice(places)
        return figure[:n] + figure[n + 1] + figure[n] + figure[n + 2 :]

    return _figure(sentence, chance, turn)


def _tenfold(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    return _figure(sentence, chance, lambda figure: _written(float(figure.replace(",", "")) * 10, figure))


def _nudged(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    """One to three more or less, of large figures up to a third."""

    def turn(figure: str) -> str | None:
        value = float(figure.replace(",", ""))
        new = value + chance.choice((-3, -2, -1, 1, 2, 3)) if value < 60 else value * chance.choice((0.7, 0.9, 1.1, 1.3))
        return _written(new, figure) if new > 0 else None

    return _figure(sentence, chance, turn)


def _digit_dropped(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    """4,600 becomes 460."""
    return _figure(
        sentence, chance, lambda f: _written(float(f.replace(",", "")) // 10, f) if float(f.replace(",", "")) > 9 else None
    )


def _from_list(words: Sequence[str]) -> Make:
    """A word of the list gives way to another of it."""
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(words, key=len, reverse=True))})(?![\w-])")

    def make(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
        found = list(pattern.finditer(sentence))
        if not found:
            return None
        old = chance.choice(found)
        return Change(*old.span(), chance.choice([w for w in words if w not in sentence]))

    return make


def _instead(table: Mapping[str, str], at: str = "") -> Make:
    """A phrase of the table gives way to its entry; `at` is a pattern that has to follow."""
    keys = "|".join(re.escape(key) for key in sorted(table, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w-])(?:{keys})(?![\w-]){at}")

    def make(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
        found = list(pattern.finditer(sentence))
        if not found:
            return None
        old = chance.choice(found)
        return Change(*old.span(), table[old[0]])

    return make


# --- dates


def _shifted_year(by: Sequence[int]) -> Make:
    def make(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
        found = list(_YEAR.finditer(sentence))
        if not found:
            return None
        old = chance.choice(found)
        years = [str(int(old[0]) + n) for n in by if str(int(old[0]) + n) not in sentence]
        return Change(*old.span(), chance.choice(years)) if years else None

    return make


def _day_of_month(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    found = [*_DAY_BEFORE.finditer(sentence), *_DAY_AFTER.finditer(sentence)]
    if not found:
        return None
    old = chance.choice(found)
    return Change(*old.span("day"), chance.choice([str(n) for n in range(1, 29) if str(n) != old["day"]]))


_DAY_BEFORE = re.compile(rf"\b(?P<day>\d{{1,2}}) (?:{'|'.join(MONTHS)})\b")
_DAY_AFTER = re.compile(rf"\b(?:{'|'.join(MONTHS)}) (?P<day>\d{{1,2}})\b(?!,\d|[\d%])")


def _decade(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    found = list(re.finditer(r"\b(1[5-9]|20)(\d)0(?=s\b)", sentence))
    if not found:
        return None
    old = chance.choice(found)
    others = [f"{old[1]}{n}0" for n in range(10) if str(n) != old[2]]
    return Change(*old.span(), chance.choice(others))


# --- names

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


def _person(part: str, invented: Sequence[str]) -> Make:
    """Part of a person's full name becomes another."""

    def make(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
        found = list(_PERSON.finditer(sentence))
        if not found:
            return None
        old = chance.choice(found)
        return Change(*old.span(part), chance.choice([n for n in invented if n not in sentence]))

    return make


def _whole_person(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    found = list(_PERSON.finditer(sentence))
    name = f"{chance.choice(INVENTED_GIVEN)} {chance.choice(INVENTED_SURNAMES)}"
    return Change(*chance.choice(found).span(), name) if found else None


def _invented_place(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    found = [m for m in _spans(sentence) if sentence[: m.start()].rsplit(None, 1)[-1:] in (["in"], ["from"], ["near"])]
    return Change(*chance.choice(found).span(), chance.choice(INVENTED_PLACES)) if found else None


def _other_name_here(sentence: str, chance: random.Random, names: Sequence[str]) -> Change | None:
    """A name gives way to another of the same article that the sentence does not have."""
    pairs = [
        (old, new)
        for old in _spans(sentence)
        for new in sorted(set(names))
        if len(new.split()) == len(old[0].split()) and not any(word in sentence for word in new.split())
    ]
    if not pairs:
        return None
    old, new = chance.choice(pairs)
    return Change(*old.span(), new)


def _names_swapped(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    """Two names around a word change places; the change covers both."""
    found = _spans(sentence)
    pairs = [
        (a, b)
        for a, b in zip(found, found[1:], strict=False)
        if not set(a[0].split()) & set(b[0].split())
        and not re.fullmatch(r"[,;]?\s*(?:and|or|,)?\s*", sentence[a.end() : b.start()])
    ]
    if not pairs:
        return None
    a, b = chance.choice(pairs)
    return Change(a.start(), b.end(), b[0] + sentence[a.end() : b.start()] + a[0])


def _nation(which: int) -> Make:
    """A country (0) or its adjective (1) becomes another country's."""
    words = [pair[which] for pair in COUNTRIES]
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w-])")

    def make(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
        found = list(pattern.finditer(sentence))
        others = [pair[which] for pair in COUNTRIES if pair[0] not in sentence and pair[1] not in sentence]
        return Change(*chance.choice(found).span(), chance.choice(others)) if found else None

    return make


def _acronym(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    found = [m for m in re.finditer(r"(?<=[a-z] )[A-Z]{3,5}\b", sentence)]
    return Change(*chance.choice(found).span(), chance.choice(INVENTED_ACRONYMS)) if found else None


# --- negations

_VERB = r"\b(?:is|are|was|were|can|could|will|would|has|have|had|should|must)\b"
_BARE_VERB = re.compile(rf"{_VERB}(?= [a-z])(?! (?:not|never|no|nor|neither|only|none|nothing|hardly)\b)")


def _after_verb(added: str) -> Make:
    """A word after the first verb that can be denied."""

    def make(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
        if sentence.endswith("?") or re.search(r"\b(?:not|never|no)\b|n['’]t\b", sentence):
            return None
        found = list(_BARE_VERB.finditer(sentence))
        return Change(found[0].end(), found[0].end(), f" {added}") if found else None

    return make


def _contracted(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    found = [m for m in _BARE_VERB.finditer(sentence) if m[0] not in ("can", "will", "must")]
    if not found or re.search(r"\b(?:not|never|no)\b|n['’]t\b", sentence):
        return None
    return Change(found[0].end(), found[0].end(), "n't")


def _denied_past(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
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


def _denial_lost(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    """ "is not" becomes "is"."""
    found = list(re.finditer(rf"{_VERB}(?P<lost> not)\b(?! (?:only|just|merely))", sentence))
    return Change(*chance.choice(found).span("lost"), "") if found else None


def _contraction_lost(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    found = list(re.finditer(r"\b(?:is|are|was|were|has|have|had|could|would)(?P<lost>n['’]t)\b", sentence))
    found += list(re.finditer(r"\b(?P<lost>never )", sentence))
    return Change(*chance.choice(found).span("lost"), "") if found else None


def _no_for_a(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    found = list(re.finditer(r"\b(?:was|is|had|has|have) (?P<article>an?)(?= [a-z])", sentence))
    return Change(*chance.choice(found).span("article"), "no") if found else None


# --- quotations


def _quoted_word(words: Sequence[str]) -> Make:
    """A longer word between quotation marks becomes another, unrelated one."""

    def make(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
        found = [
            (quote.start() + word.start(), quote.start() + word.end())
            for quote in re.finditer(r"[“\"][^“”\"]{12,}[”\"]", sentence)
            for word in re.finditer(r"\b[a-z]{5,}\b", quote[0])
        ]
        return Change(*chance.choice(found), chance.choice([w for w in words if w not in sentence])) if found else None

    return make


def _antonym(part: int) -> Make:
    """A word of every third pair of the list gives way to its opposite."""
    pairs = [pair.split() for pair in ANTONYMS[part::3]]
    return _instead({a: b for pair in pairs for a, b in (pair, pair[::-1])})


_HALVES = {"half": "a third", "Half": "A third", "a third of": "a quarter of", "a quarter of": "half of"}
_MULTIPLES = {"doubled": "tripled", "tripled": "doubled", "twice": "three times", "double": "triple"}
_SCALES = {"million": "billion", "billion": "million", "thousand": "million"}
_BOUNDS = {"more than": "less than", "less than": "more than", "at least": "at most", "over half": "under half",
           "fewer than": "more than"}  # fmt: skip
_ALL = {"All": "Some", "all the": "some of the", "all of": "some of", "Every": "Hardly any", "every": "hardly any"}
_MOST = {"Most": "Few", "most of": "few of", "Many": "Few", "many": "few", "several": "most", "Several": "Most",
         "Some": "All", "some of": "all of"}  # fmt: skip
_OFTEN = {"often": "rarely", "usually": "sometimes", "always": "sometimes", "frequently": "rarely", "rarely": "often",
          "generally": "seldom", "sometimes": "always", "Usually": "Sometimes", "Often": "Rarely"}  # fmt: skip
_SHARES = {"majority": "minority", "minority": "majority", "partly": "entirely", "entirely": "partly",
           "fully": "partially", "completely": "partially"}
_REPORTED = {"said that": "denied that", "stated that": "denied that", "confirmed that": "denied that",
             "believed that": "doubted that", "claimed that": "denied that", "announced that": "denied that"}  # fmt: skip
_FAILED = {"able to": "unable to", "managed to": "failed to", "agreed to": "refused to", "went on to": "failed to",
           "decided to": "refused to", "with": "without", "wanted to": "refused to", "tried to": "refused to"}  # fmt: skip

OPERATIONS = (
    Operation("digits_swapped", "number", _digits_swapped),
    Operation("tenfold", "number", _tenfold),
    Operation("nudged", "number", _nudged),
    Operation("digit_dropped", "number", _digit_dropped),
    Operation("scale_word", "number", _instead(_SCALES)),
    Operation("number_word", "number", _from_list(NUMBER_WORDS)),
    Operation("ordinal_word", "number", _from_list(ORDINAL_WORDS)),
    Operation("fraction", "number", _instead(_HALVES)),
    Operation("multiple", "number", _instead(_MULTIPLES)),
    Operation("year_near", "date", _shifted_year((-2, -1, 1, 2))),
    Operation("year_far", "date", _shifted_year((-20, -10, 10, 11))),
    Operation("month", "date", _from_list(MONTHS)),
    Operation("day_of_month", "date", _day_of_month),
    Operation("weekday", "date", _from_list(WEEKDAYS)),
    Operation("decade", "date", _decade),
    Operation("given_name", "name", _person("given", INVENTED_GIVEN)),
    Operation("surname", "name", _person("surname", INVENTED_SURNAMES)),
    Operation("whole_person", "name", _whole_person),
    Operation("invented_place", "name", _invented_place),
    Operation("other_name_here", "name", _other_name_here),
    Operation("names_swapped", "name", _names_swapped),
    Operation("country", "name", _nation(0)),
    Operation("demonym", "name", _nation(1)),
    Operation("acronym", "name", _acronym),
    Operation("not_added", "negation", _after_verb("not")),
    Operation("never_added", "negation", _after_verb("never")),
    Operation("no_longer_added", "negation", _after_verb("no longer")),
    Operation("contraction_added", "negation", _contracted),
    Operation("did_not", "negation", _denied_past),
    Operation("not_lost", "negation", _denial_lost),
    Operation("contraction_lost", "negation", _contraction_lost),
    Operation("no_for_a", "negation", _no_for_a),
    Operation("denied_report", "negation", _instead(_REPORTED)),
    Operation("failed", "negation", _instead(_FAILED, r"(?= [a-z])")),
    Operation("bound", "quantifier", _instead(_BOUNDS)),
    Operation("all_some", "quantifier", _instead(_ALL)),
    Operation("most_few", "quantifier", _instead(_MOST, r"(?= [a-z])")),
    Operation("often_rarely", "quantifier", _instead(_OFTEN)),
    Operation("share", "quantifier", _instead(_SHARES)),
    Operation("opposites_a", "antonym", _antonym(0)),
    Operation("opposites_b", "antonym", _antonym(1)),
    Operation("opposites_c", "antonym", _antonym(2)),
    Operation("quoted_thing", "quotation", _quoted_word(QUOTED_STRANGERS[::2])),
    Operation("quoted_idea", "quotation", _quoted_word(QUOTED_STRANGERS[1::2])),
)


def halves(operations: Sequence[tuple[str, str]]) -> frozenset[str]:
    """The names of (kind, name) that are seen: every second one of a kind, by the SHA-256 of the name."""
    found: set[str] = set()
    ordered = sorted(operations, key=lambda o: (o[0], hashlib.sha256(o[1].encode()).hexdigest()))
    for _, group in groupby(ordered, key=lambda o: o[0]):
        found.update(name for _, name in [*group][::2])
    return frozenset(found)


_SEEN = halves([(o.kind, o.name) for o in OPERATIONS])
