"""A sentence in, its typed terms with offsets out: numbers, dates, names, negations, quantifiers and plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from ingest import tokens
from ingest.english import lexicon
from ingest.english.countries import COUNTRIES, COUNTRY_PHRASES
from ingest.english.numerals import DATE_PATTERN, NUMBER_PATTERN, read_date, read_number
from ingest.english.thesaurus import NAME_SPELLINGS, fold, stem


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
    """One thing a sentence says; `value` is the same for every way of writing it."""

    kind: TermKind
    value: str
    start: int
    end: int
    quoted: bool = False  # stands between quotation marks
    demonym: bool = False  # a country named by its adjective or its people


_WORD = (
    r"(?P<acronym>(?:[A-Z]\.){2,}[A-Z]?|[A-Z]\.[A-Z]\b)"
    r"|(?P<word>[^\W\d_]['’](?=[A-Z])[^\W_]+|[^\W_]+(?:['’](?:s|S|t|re|ve|ll|d|m)\b)?)"
)
_TOKEN = re.compile(
    rf"{DATE_PATTERN}|{NUMBER_PATTERN}|(?P<contracted>n['’]t\b)|{_WORD}|(?P<mark>[^\w\s])"
)
_INITIAL_MARKS = frozenset('"“”«»„:•·*([')


@lru_cache(maxsize=8192)
def read(sentence: str) -> tuple[Term, ...]:
    """The terms of a sentence in order, function words too; `sentence[term.start:term.end]` is what was written."""
    quoted = _quoted_spans(sentence)
    terms = []
    for term in _join_phrases(_words(sentence), sentence):
        inside = any(start <= term.start and term.end <= end for start, end in quoted)
        terms.append(replace(term, quoted=True) if inside else term)
    return tuple(terms)


def _quoted_spans(sentence: str) -> list[tuple[int, int]]:
    """Marks are paired in order, whatever their shape: machine-made copies open with closing marks."""
    marks = [m.span() for m in re.finditer(r"[\"“”«»„]|``|''", sentence)]
    if len(marks) % 2:
        lone_close = marks and sentence[marks[0][0]] in "”»" and sentence[: marks[0][0]].strip()
        marks.insert(0, (0, 0)) if lone_close else marks.append((len(sentence), len(sentence)))
    return [(marks[i][1], marks[i + 1][0]) for i in range(0, len(marks), 2)]


def _words(sentence: str) -> Iterator[Term]:
    titled = _is_titled(sentence)
    initial = True
    for match in _TOKEN.finditer(sentence):
        start, end, group = match.start(), match.end(), match.lastgroup
        if group == "mark":
            initial = initial or match.group() in _INITIAL_MARKS
            continue
        if group == "word":
            yield from _word(match.group(), start, initial or titled)
        elif group == "contracted":
            yield Term(TermKind.NEGATION, "not", start, end)
        elif group == "acronym":
            bare = match.group().replace(".", "")
            country = COUNTRIES.get(match.group()) or COUNTRIES.get(bare)
            yield Term(TermKind.NAME, country or bare.lower(), start, end)
        else:
            date = read_date(match)
            value = date or read_number(match)
            if value is None:
                yield from _word(match.group(), start, initial or titled)
            else:
                yield Term(TermKind.DATE if date else TermKind.NUMBER, value, start, end)
        initial = False


def _is_titled(sentence: str) -> bool:
    """Headlines capitalise every word, so that a capital says nothing there; they are short, lists of names are not."""
    words = [
        w for w in re.findall(r"[^\W\d_]{4,}", sentence) if w.lower() not in lexicon.FUNCTION_WORDS
    ]
    return 3 < len(words) <= _LONGEST_HEADLINE and sum(w[0].isupper() for w in words) > 0.8 * len(
        words
    )


_LONGEST_HEADLINE = 12  # words of four letters and more


def _word(written: str, start: int, capital_says_nothing: bool) -> Iterator[Term]:
    """One word, or two where a negation is contracted into it."""
    end = start + len(written)
    plain = written.replace("’", "'")
    if plain.lower().endswith("n't"):
        yield Term(TermKind.NEGATION, "not", start, end)
        return
    plain = re.sub(r"'(s|re|ve|ll|d|m)$", "", plain, flags=re.IGNORECASE)
    bare, end = plain.lower(), start + len(plain)
    country = (
        COUNTRIES.get(plain if plain.isupper() and plain in COUNTRIES else bare)
        if plain[0].isupper()
        else None
    )
    if country:
        yield Term(
            TermKind.NAME, country, start, end, demonym=bare != country and plain not in COUNTRIES
        )
    elif bare in lexicon.NEGATIONS:
        yield Term(TermKind.NEGATION, lexicon.NEGATIONS[bare], start, end)
    elif bare in lexicon.QUANTIFIERS:
        yield Term(TermKind.QUANTIFIER, lexicon.QUANTIFIERS[bare], start, end)
    elif bare in lexicon.MODALS:
        yield Term(TermKind.MODAL, lexicon.MODALS[bare], start, end)
    elif (
        bare in lexicon.FUNCTION_WORDS
        or len(bare) == 1
        or (bare in lexicon.NAME_SUFFIXES and plain[0].isupper())
    ):
        yield Term(TermKind.FUNCTION, bare, start, end)
    elif _is_name(plain, capital_says_nothing):
        folded = fold(bare)
        yield Term(TermKind.NAME, NAME_SPELLINGS.get(folded, folded), start, end)
    else:
        yield Term(TermKind.WORD, stem(bare), start, end)


def _is_name(word: str, capital_says_nothing: bool) -> bool:
    if any(c.isdigit() for c in word):
        return word[0].isupper()
    if not word[0].isupper() or word.lower() in lexicon.HONORIFICS:
        return False
    if len(word) > 1 and word.isupper() and len(word) < 6:
        return True
    return not (capital_says_nothing and is_ordinary(word.lower()))


_ORDINARY_ENDINGS = tuple(
    "ing ed ly ism isms tion tions ment ments ness ity ities ers ists ence ance".split()
)


@lru_cache(maxsize=8192)
def is_ordinary(word: str) -> bool:
    """Whether a lower-case word is more often written small than capital: cl100k numbers its tokens by frequency."""
    if word in lexicon.GIVEN_NAMES:
        return False
    small, capital = _token(f" {word}"), _token(f" {word.capitalize()}")
    if small is None and capital is None:
        return word.endswith(_ORDINARY_ENDINGS)
    return capital is None or (small is not None and small < capital)


def is_rare(word: str) -> bool:
    """Whether a lower-case word is none of the 40,000 most frequent tokens of cl100k."""
    rank = _token(f" {word}")
    return rank is None or rank > 40_000


def _token(written: str) -> int | None:
    try:
        return tokens.encoding().encode_single_token(written)
    except KeyError:
        return None


def _phrases() -> dict[str, list[tuple[tuple[str, ...], TermKind, str]]]:
    """Phrases by their first word, longest first."""
    found: dict[str, list[tuple[tuple[str, ...], TermKind, str]]] = {}
    for written, (kind, value) in lexicon.PHRASES.items():
        words = tuple(written.split())
        found.setdefault(words[0], []).append((words, TermKind(kind), value))
    for written in COUNTRY_PHRASES:
        words = tuple(written.split())
        found.setdefault(words[0], []).append((words, TermKind.NAME, COUNTRIES[written]))
    for choices in found.values():
        choices.sort(key=lambda choice: -len(choice[0]))
    return found


_PHRASES = _phrases()


def _join_phrases(words: Iterator[Term], sentence: str) -> Iterator[Term]:
    """Words that mean something only together become one term; "failed" negates only before "to"."""
    terms = list(words)
    written = [sentence[t.start : t.end].lower() for t in terms]
    at = 0
    while at < len(terms):
        term = terms[at]
        for phrase, kind, value in _PHRASES.get(written[at], ()):
            last = at + len(phrase) - 1
            if tuple(written[at : last + 1]) != phrase:
                continue
            if kind is TermKind.NAME and not sentence[term.start].isupper():
                continue
            joined = value != " ".join(phrase) and kind is TermKind.NAME
            yield Term(kind, value, term.start, terms[last].end, demonym=joined)
            at = last + 1
            break
        else:
            if written[at] in lexicon.NEGATES_BEFORE_TO and not _leads_verb(
                terms[at + 1 : at + 3], written[at + 1 :]
            ):
                term = replace(term, kind=TermKind.WORD, value=stem(written[at]))
            yield term
            at += 1


def _leads_verb(following: Sequence[Term], written: Sequence[str]) -> bool:
    """ "declined to answer", not "declined to $260 million" or "declined to a third"."""
    return (
        len(following) == 2
        and written[0] == "to"
        and following[1].kind in (TermKind.WORD, TermKind.FUNCTION)
        and (written[1] not in _NO_VERBS)
    )


_NO_VERBS = frozenset(
    "a an the its his her their our my your about around nearly almost just below under".split()
)
