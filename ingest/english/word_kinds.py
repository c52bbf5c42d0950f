"""Tells for each word of a sentence whether it is a number, date, name, negation or plain word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from ingest import tokens as cl100k
from ingest.english import word_tables
from ingest.english.date_mentions import dated
from ingest.english.quantities import numbers
from ingest.english.words import NAME_SPELLINGS, Token, fold, stem


def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for key, others, *_ in ((*row, "") for row in word_tables.rows("countries.tsv")):
        for name in (key, *filter(None, others.split("; "))):
            found[name if name.isupper() else name.lower()] = key
            if not name.isupper() and name != key:
                found.setdefault(f"{name.lower()}s", key)  # "afghans"
    return found


COUNTRIES = _names()
COUNTRY_PHRASES = frozenset(name for name in COUNTRIES if " " in name)

# News writes a capital for its government: "Tokyo said" and "Japan said" are the same.
CAPITALS = {
    capital: row[0]
    for row in word_tables.rows("countries.tsv")
    for capital in (row[2].split("; ") if len(row) > 2 else ())
}


class TermKind(StrEnum):
    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    NEGATION = "negation"
    QUANTIFIER = "quantifier"
    MODAL = "modal"
    WORD = "word"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that `text[start:end]` says; `value` is the same for every way of writing it."""

    kind: TermKind
    value: str
    start: int
    end: int
    quoted: bool = False  # stands between quotation marks
    demonym: bool = False  # a country named by its adjective or its people


_INITIAL_MARKS = frozenset('"“”«»„:•·*([')
_CLITIC = re.compile(r"['’](?:s|re|ve|ll|d|m)?$", re.IGNORECASE)
_LONGEST_HEADLINE = 12  # words of four letters and more


def read(text: str, tokens: Sequence[Token]) -> tuple[Term, ...]:
    """The terms of a text in order, function words too."""
    # marks are paired in order whatever their shape: some copies open with closing marks
    marks = [m.span() for m in re.finditer(r"[\"“”«»„]|``|''", text)]
    if len(marks) % 2:
        lone_close = marks and text[marks[0][0]] in "”»" and text[: marks[0][0]].strip()
        marks.insert(0, (0, 0)) if lone_close else marks.append((len(text), len(text)))
    quoted = [(marks[i][1], marks[i + 1][0]) for i in range(0, len(marks), 2)]
    terms = _join_phrases(list(_join_particles(list(_terms(text, tokens)))), text)
    if not quoted:
        return tuple(terms)
    return tuple(
        replace(term, quoted=True)
        if any(start <= term.start and term.end <= end for start, end in quoted)
        else term
        for term in terms
    )


def _terms(text: str, tokens: Sequence[Token]) -> Iterator[Term]:
    """Dates first, numbers between them, words between those."""
    dates = [Term(TermKind.DATE, value, start, end) for start, end, value in dated(text)]
    taken = [(date.start, date.end) for date in dates]
    found = (Term(TermKind.NUMBER, v, s, e) for s, e, v in numbers(text, tokens, taken))
    figures = sorted((*dates, *found), key=lambda term: term.start)
    # a headline, where a capital says nothing; lists of names are longer
    plain = [t.text for t in tokens if len(t.lower) > 3 and t.lower.isalpha() and not t.stop]
    capitals = sum(word[0].isupper() for word in plain)
    titled = 3 < len(plain) <= _LONGEST_HEADLINE and capitals > 0.8 * len(plain)
    initial, last, at = True, 0, 0
    for token in tokens:
        if token.end <= last:
            continue
        while at < len(figures) and figures[at].start <= token.start:
            initial, last = False, figures[at].end
            yield figures[at]
            at += 1
        if token.start < last:
            continue
        initial = initial or not _INITIAL_MARKS.isdisjoint(text[last : token.start])
        yield _word(token, initial or titled)
        initial, last = False, token.end
    yield from figures[at:]


def _word(token: Token, capital_says_nothing: bool) -> Term:
    start, plain = token.start, _CLITIC.sub("", token.text)
    end, bare = start + len(plain), _CLITIC.sub("", token.lower)
    country = None
    if token.lower == "usa":
        country = COUNTRIES["USA"]
    elif plain[:1].isupper():
        abbreviated = plain.replace(".", "")
        country = COUNTRIES.get(abbreviated if abbreviated in COUNTRIES else bare)
    if country:
        demonym = bare != country and plain not in COUNTRIES and token.lower != "usa"
        return Term(TermKind.NAME, country, start, end, demonym=demonym)
    if bare.replace("’", "'").endswith("n't"):
        return Term(TermKind.NEGATION, "not", start, end)
    if known := _SINGLE.get(bare):
        return Term(known[0], known[1] if known[1] != "=" else token.stem, start, end)
    if "." in plain and plain[0].isupper():
        return Term(TermKind.NAME, bare, start, end)
    if token.stop or len(bare) < 2 or (bare in SUFFIXES and plain[0].isupper()):
        return Term(TermKind.FUNCTION, bare, start, end)
    if _is_name(plain, capital_says_nothing):
        folded = bare if bare.isascii() else fold(bare)
        return Term(TermKind.NAME, NAME_SPELLINGS.get(folded, folded), start, end)
    return Term(TermKind.WORD, token.stem if bare == token.lower else stem(bare), start, end)


def _is_name(word: str, capital_says_nothing: bool) -> bool:
    if any(c.isdigit() for c in word):
        return word[0].isupper()
    if not word[0].isupper() or word.lower() in HONORIFICS:
        return False
    if word.isupper() and len(word) < 6:
        return True
    return not (capital_says_nothing and is_ordinary(word.lower()))


_AROUND = word_tables.lists("function_words.tsv")
_ORDINARY_ENDINGS = tuple(_AROUND["ordinary ending"])


@lru_cache(maxsize=8192)
def is_ordinary(word: str) -> bool:
    """Whether a word is mostly written small: cl100k numbers its tokens by frequency."""
    if word in GIVEN_NAMES:
        return False
    small, capital = _frequency_rank(word), _frequency_rank(word.capitalize())
    if small is None and capital is None:
        return word.endswith(_ORDINARY_ENDINGS)
    return capital is None or (small is not None and small < capital)


def is_rare(word: str) -> bool:
    """Whether a lower-case word is none of the 40,000 most frequent tokens of cl100k."""
    rank = _frequency_rank(word)
    return rank is None or rank > 40_000


def _frequency_rank(word: str) -> int | None:
    try:
        return cl100k.encoding().encode_single_token(f" {word}")
    except KeyError:
        return None


def _join_particles(terms: list[Term]) -> Iterator[Term]:
    """Small words inside a name belong to it: "Ursula von der Leyen", "Daniel de la Cruz"."""
    for at, term in enumerate(terms):
        run = at
        while (
            run < len(terms) and terms[run].kind is not TermKind.NAME and _is_particle(terms[run])
        ):
            run += 1
        first = at
        while (
            first and _is_particle(terms[first - 1]) and terms[first - 1].kind is not TermKind.NAME
        ):
            first -= 1
        named = run < len(terms) and terms[run].kind is TermKind.NAME
        led = first > 0 and terms[first - 1].kind is TermKind.NAME
        if run > at and named and (led or run - first > 1 or term.value in ("von", "der", "ibn")):
            yield replace(term, kind=TermKind.NAME)
        else:
            yield term


def _is_particle(term: Term) -> bool:
    return term.value in PARTICLES and term.kind in (TermKind.WORD, TermKind.FUNCTION)


def _join_phrases(terms: Sequence[Term], text: str) -> Iterator[Term]:
    """Phrases become one term; "failed" negates only before "to"."""
    written = [text[t.start : t.end].lower() for t in terms]
    at = 0
    while at < len(terms):
        term = terms[at]
        for phrase, kind, value in _PHRASES.get(written[at], ()):
            last = at + len(phrase) - 1
            if tuple(written[at : last + 1]) != phrase:
                continue
            if kind is TermKind.NAME and not text[term.start].isupper():
                continue
            demonym = value != " ".join(phrase) and kind is TermKind.NAME
            yield Term(kind, value, term.start, terms[last].end, demonym=demonym)
            at = last + 1
            break
        else:
            if written[at] in _BEFORE_TO and _leads_verb(terms[at + 1 : at + 3], written[at + 1 :]):
                term = replace(term, kind=TermKind.NEGATION, value=_BEFORE_TO[written[at]])
            yield term
            at += 1


def _leads_verb(following: Sequence[Term], written: Sequence[str]) -> bool:
    """ "declined to answer", not "declined to $260 million" or "declined to a third"."""
    return (
        len(following) == 2
        and written[0] == "to"
        and following[1].kind in (TermKind.WORD, TermKind.FUNCTION)
        and written[1] not in _AROUND["no verb"]
    )


_TITLES = word_tables.lists("titles.tsv")
HONORIFICS = _TITLES["honorific"]
RANKS = _TITLES["rank"]  # before a title they change who is meant: "assistant professor"
SUFFIXES = _TITLES["suffix"]
PARTICLES = _TITLES["particle"]
GIVEN_NAMES = word_tables.words("given_names.txt")
_LISTED = [
    (kind, value, tuple(phrase.split()))
    for kind, value, phrases in word_tables.rows("terms.tsv")
    for phrase in phrases.split("; ")
]
_BEFORE_TO = {words[0]: value for kind, value, words in _LISTED if kind == "before to"}
_SINGLE = {
    words[0]: (TermKind(kind), value)
    for kind, value, words in _LISTED
    if len(words) == 1 and kind != "before to"
}


def _phrases() -> dict[str, list[tuple[tuple[str, ...], TermKind, str]]]:
    """Phrases by their first word, longest first."""
    found: dict[str, list[tuple[tuple[str, ...], TermKind, str]]] = {}
    named = [("name", COUNTRIES[name], tuple(name.split())) for name in COUNTRY_PHRASES]
    for kind, value, words in (*_LISTED, *named):
        if len(words) > 1:
            found.setdefault(words[0], []).append((words, TermKind(kind), value))
    for choices in found.values():
        choices.sort(key=lambda choice: -len(choice[0]))
    return found


_PHRASES = _phrases()
