"""Finds who says what: statements that a sentence puts into somebody's mouth, and quotations with their speakers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from ingest.english import tables
from ingest.english.cues import clause_end, sentence_around
from ingest.english.words import stem

if TYPE_CHECKING:
    from ingest.english.analysis import Analysis
    from ingest.english.words import Token


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, as the text writes it: a name or the words of a noun phrase, `text[start:end]`."""

    value: str  # small letters, no article
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Attribution:
    """`text[start:end]` says that somebody says (claims, denies, asks …) what stands in `text[scope_start:scope_end]`.

    `kind` is say, claim, deny, accuse, ask or named ("the allegation that"); `speaker` is None where nobody is named.
    """

    kind: str
    start: int
    end: int
    scope_start: int
    scope_end: int
    speaker: Speaker | None


@dataclass(frozen=True, slots=True)
class Quotation:
    """`text[start:end]` stands between quotation marks; the value is its words in small letters."""

    value: str
    start: int
    end: int
    speaker: Speaker | None


_BE = frozenset("is are was were be been being".split())
_NOUN_BEFORE = frozenset(
    "the a an this that these those his her its their no any every our my your of".split()
)
_BETWEEN = frozenset(
    "has have had is are was were not never also later did does do then again once and".split()
)
_OPENS_PHRASE = frozenset(
    "that but because when as who which while if whether where although though after before since than so".split()
)
_JOINS = frozenset("of for in at from to".split())
_TAKES_OBJECT = frozenset(
    stem(word)
    for word in "tell warn ask urge accuse charge suspect blame indict convict acquit".split()
)
_PARTICLES = {
    "accuse": ("of", "with", "for", "over", "in"),
    "ask": ("if", "whether", "why", "how", "what", "who", "to"),
}
_CLOSING = re.compile(r"[\"”’»][\s,]*$|,[\"”’»]?\s*$")
_APPOSITIVE = re.compile(r",\s[^,]{2,80},\s*$")
_FAR = 9  # words between a verb and the "of" or "that" that opens what is said


def attributions(analysis: Analysis) -> tuple[Attribution, ...]:
    """Every statement put into somebody's mouth, in the order of the verbs that do so."""
    found = []
    for at, token in enumerate(analysis.tokens):
        if token.lower == "according" and [t.lower for t in analysis.tokens[at + 1 : at + 2]] == [
            "to"
        ]:
            found.append(_according(analysis, at))
        elif kind := _verbs().get(token.stem):
            if not _is_noun(analysis, at):
                found.append(_spoken(analysis, at, kind))
            elif token.stem in _nouns() and _follows(analysis, at, ("that", "of"), 1):
                found.append(_of_noun(analysis, at))
        elif token.stem in _nouns() and _follows(analysis, at, ("that", "of"), 1):
            found.append(_of_noun(analysis, at))
    return tuple(found)


def quotations(analysis: Analysis) -> tuple[Quotation, ...]:
    """What stands between quotation marks, without the marks, and who is said to say it."""
    found: list[Quotation] = []
    inside = False
    for term in analysis.terms:
        if term.quoted:
            start = found.pop().start if inside else term.start
            found.append(Quotation(analysis.text[start : term.end].lower(), start, term.end, None))
        inside = term.quoted
    return tuple(replace(one, speaker=_speaker_of(analysis, one)) for one in found) if found else ()


def _speaker_of(analysis: Analysis, quotation: Quotation) -> Speaker | None:
    """The speaker of the statement that covers the quotation; else of the nearest one of its sentence or beside it."""
    given = [one for one in analysis.attributions if one.speaker and one.kind != "accuse"]
    covering = [one for one in given if one.scope_start <= quotation.start < one.scope_end]
    if covering:
        return max(covering, key=lambda one: one.scope_start).speaker
    start, end = sentence_around(analysis.text, quotation.start)
    if start and not analysis.text[start : quotation.start].strip(' "“”'):
        before = len(analysis.text[:start].rstrip())
        start = sentence_around(analysis.text, before - 1)[0]  # "It is over," he said. "We won."
    beside = [one for one in given if start <= one.start < max(end, quotation.end + 3)]
    return min(beside, key=lambda one: abs(one.start - quotation.start)).speaker if beside else None


def _spoken(analysis: Analysis, at: int, kind: str) -> Attribution:
    """The statement of one verb: said before it ("…," said Ostrow), or after it."""
    text, verb = analysis.text, analysis.tokens[at]
    first, last = sentence_around(text, verb.start)
    passive = at > 0 and analysis.tokens[at - 1].lower in _BE
    before = _phrase_before(analysis, at, first)
    closing = _CLOSING.search(text, first, before.start if before else verb.start)
    if closing and closing.start() > first and not passive:
        appositive = None if before else _APPOSITIVE.search(text, first, verb.start)
        if appositive and "," not in text[first : appositive.start()]:  # "Ostrow, the mayor, said"
            before = _phrase_before(analysis, at, first, appositive.start())
        elif _ends_statement(text, verb.end, bool(before), bool(set(closing[0]) & set('"”’»'))):
            start, end = _said_before(analysis, closing.start())
            speaker = before or _phrase_after(analysis, at)
            return Attribution(kind, verb.start, verb.end, start, end, speaker)
    openers = ("that", *_PARTICLES.get(kind, ()), *(("to",) if passive else ()))
    opener = _follows(analysis, at, openers, _FAR if verb.stem in _TAKES_OBJECT or passive else 1)
    start = (opener or verb).end
    start += len(text[start:last]) - len(text[start:last].lstrip(" ,:"))
    if not text[start:last].strip(' ,.;:!?"”’'):  # "…, which he denies."
        start, last = first, verb.start
    return Attribution(kind, verb.start, verb.end, start, last, None if passive else before)


def _ends_statement(text: str, place: int, named: bool, quoted: bool) -> bool:
    """Whether a verb looks back: after a quotation little follows it, else nothing but the speaker or a time does."""
    rest = text[place : clause_end(text, place)]
    if rest.lstrip().startswith(("that ", "“", '"')) or text[place:].lstrip(" ,:").startswith(
        ("“", '"')
    ):
        return False
    words = rest.split()
    return len(words) <= _FAR and (
        quoted or not named or not words or words[0] in ("on", "in", "at")
    )


def _said_before(analysis: Analysis, place: int) -> tuple[int, int]:
    """What stands before `place`: the quotation that ends there, else the sentence so far."""
    for start, end in reversed(_quoted(analysis)):
        if start < place <= end + 3:
            return start, end
    return sentence_around(analysis.text, max(0, place - 1))[0], place


def _quoted(analysis: Analysis) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    inside = False
    for term in analysis.terms:
        if term.quoted:
            start = spans.pop()[0] if inside else term.start
            spans.append((start, term.end))
        inside = term.quoted
    return spans


def _according(analysis: Analysis, at: int) -> Attribution:
    """ "According to Ostrow, it sank" and "It sank, according to Ostrow"."""
    text, start = analysis.text, analysis.tokens[at].start
    first, last = sentence_around(text, start)
    end = clause_end(text, analysis.tokens[at + 1].end)
    speaker = _speaker(analysis, analysis.tokens[at + 1].end, end)
    if text[first:start].strip(" \"“'"):
        scope = first, len(text[:start].rstrip(" ,"))
    else:
        scope = min(last, end + len(text[end:last]) - len(text[end:last].lstrip(" ,"))), last
    return Attribution("say", start, analysis.tokens[at + 1].end, *scope, speaker)


def _of_noun(analysis: Analysis, at: int) -> Attribution:
    noun, opener = analysis.tokens[at], analysis.tokens[at + 1]
    last = sentence_around(analysis.text, noun.start)[1]
    return Attribution("named", noun.start, noun.end, min(opener.end + 1, last), last, None)


def _is_noun(analysis: Analysis, at: int) -> bool:
    """ "the report", "a claim", "this charge": a determiner stands before it, or nothing says it is a verb."""
    token, before = analysis.tokens[at], analysis.tokens[at - 1].lower if at else ""
    if token.lower.endswith(("ers", "ors")):
        return True
    if before in _NOUN_BEFORE and not token.lower.endswith("ed"):
        return True
    inflected = token.lower != token.stem and token.lower.endswith(
        ("ed", "said", "says", "told", "ing", "s", "wrote")
    )
    after = analysis.text[token.end :].lstrip(" ,:")
    return (
        not inflected
        and not after.startswith(("that ", "“", '"'))
        and before not in ("to", "will", "they", "we", "i", "you")
    )


def _follows(analysis: Analysis, at: int, words: tuple[str, ...], reach: int) -> Token | None:
    """The first of these words among the next `reach`, in the same clause."""
    end = clause_end(analysis.text, analysis.tokens[at].end)
    following = analysis.tokens[at + 1 : at + 1 + reach]
    return next((t for t in following if t.lower in words and t.end <= end), None)


def _phrase_before(
    analysis: Analysis, at: int, first: int, skip: int | None = None
) -> Speaker | None:
    """The noun phrase that ends right before a verb, or before `skip`."""
    text, tokens = analysis.text, analysis.tokens
    limit = tokens[at].start if skip is None else skip
    names = {
        token.start
        for token in tokens
        for name in analysis.names
        if name.start <= token.start < name.end
    }
    dates = [date for date in analysis.dates if date.end <= limit]
    end = start = None
    for token in reversed(tokens[:at]):
        if token.start < first or token.end > limit:
            if token.start < first:
                break
            continue
        reached = limit if start is None else start
        if text[token.end : reached].strip(" -'’.\t") and not (start is None and skip is not None):
            break
        if (
            start is None
            and (token.lower in _BETWEEN or token.lower.endswith("ly"))
            and token.start not in names
        ):
            limit = token.start
            continue
        joins = token.lower == "and" and token.end + 1 in names
        if token.lower in _OPENS_PHRASE or (token.lower == "and" and not joins):
            break
        if any(date.start <= token.start < date.end for date in dates):
            break
        if token.lower in _JOINS and (start is None or not text[first : token.start].strip(' "“')):
            break
        start, end = token.start, token.end if end is None else end
    if start is None or end is None:
        return None
    return _speaker(analysis, start, end)


def _phrase_after(analysis: Analysis, at: int) -> Speaker | None:
    start = analysis.tokens[at].end
    return _speaker(analysis, start, clause_end(analysis.text, start))


def _speaker(analysis: Analysis, start: int, end: int) -> Speaker | None:
    written = analysis.text[start:end]
    match = re.match(r"\W*(?:(?:the|a|an|his|her|its|their)\s+)?", written, re.IGNORECASE)
    start += match.end() if match else 0
    written = analysis.text[start:end].rstrip(' ,.;:"“”')
    return Speaker(written.lower(), start, start + len(written)) if written else None


@cache
def _verbs() -> dict[str, str]:
    return {
        stem(verb): kind
        for kind, verbs in tables.rows("speech.tsv")
        if kind != "named"
        for verb in verbs.split()
    }


@cache
def _nouns() -> frozenset[str]:
    return frozenset(
        stem(noun)
        for kind, nouns in tables.rows("speech.tsv")
        if kind == "named"
        for noun in nouns.split()
    )
