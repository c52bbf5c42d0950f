"""Finds who says what: statements that are put into somebody's mouth, and quotations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.english import word_tables
from ingest.english.words import stem

if TYPE_CHECKING:
    from ingest.english.sentence_analysis import Analysis
    from ingest.english.words import Token


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, as `text[start:end]` has it: a name or a noun phrase."""

    value: str  # small letters, no article
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Attribution:
    """`text[start:end]` says that somebody says what stands in `text[scope_start:scope_end]`.

    `kind` is say, claim, deny, accuse, ask or named ("the allegation that"). `speaker` is None
    where nobody is named.
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


_ROWS = [
    (kind, stem(word)) for kind, words in word_tables.rows("speech.tsv") for word in words.split()
]
_VERBS = {word: kind for kind, word in _ROWS if kind not in ("named", "to somebody")}
_NOUNS = frozenset(word for kind, word in _ROWS if kind == "named")
_TAKES_OBJECT = frozenset(word for kind, word in _ROWS if kind == "to somebody")
_WHOM = ("me", "us", "you", "him", "her", "them")
_OPENERS = {
    "accuse": ("of", "with", "for", "over", "in"),
    "ask": ("if", "whether", "why", "how", "what", "who", "to"),
}
_AROUND = word_tables.lists("function_words.tsv")
_BE, _BEFORE_VERB, _DETERMINERS = _AROUND["be"], _AROUND["before verb"], _AROUND["determiner"]
_BETWEEN, _OPENS_PHRASE, _JOINS = _AROUND["between"], _AROUND["opens phrase"], _AROUND["joins"]
_MARKS = frozenset('"”’»')
_CLOSING = re.compile(r"[\"”’»][\s,]*$|,[\"”’»]?\s*$")
_APPOSITIVE = re.compile(r",\s[^,]{2,80},\s*$")
_SENTENCE_END = re.compile(r"[.!?]+[\"”’')\]]*(?=\s+[\"“‘'(]?[^\Wa-z])|[\n;]|$")
_CLAUSE_END = re.compile(r"[;:!?()—–]|\s-\s|[.,](?=[\s\"”’]|$)")
_GAVE = r"(?:said|stated|gave|given|put|named|called|described|identified)\b(?!\W*$|[.,;])"
_SAID_BEFORE = re.compile(
    rf"(?i)\b(?:(?<!as )(?P<we>we (?:\w+ ){{0,2}}{_GAVE})|"
    rf"(?P<article>(?:this|an|our) (?:article|story|item|report|review)\b[^.;]*?\b{_GAVE})|"
    r"(?:earlier|previous|original) (?:versions?|editions?|articles?|reports?|stor(?:y|ies))\b|"
    rf"(?:wrongly|incorrectly|mistakenly|erroneously|previously|originally) (?:reported\b|{_GAVE})|"
    r"misstated\b|misreported\b)"
)
_FALSE_REPORT = re.compile(
    r"(?i)\b(?:report|claim|rumou?r|stor(?:y|ie)|account|article|statement|suggestion)s? that (?P<said>[^.;]+?)"
    r" (?:was|were|is|are|(?:has|have) (?:since )?(?:been|proved)|proved|turned out)"
    r"(?: (?:to be|all|completely|entirely|later|simply))*"
    r" (?:wrong|incorrect|mistaken|untrue|false|inaccurate|unfounded|baseless)\b"
)
_RIGHT = re.compile(
    r"(?i), (?:but|it|and it|whereas)\b|\b(?:should|in fact|the (?:correct|right|actual))\b"
)
# what a stretch that is taken back does not reach over
_NOT_MORE = re.compile(
    r"(?i)\d|[;:]|, (?:not|but|it|and|whereas|when|he|she|they|which)\b"
    r"|\b(?:should|in fact|correct|right|actual)\b"
)
_FAR = 9  # words between a verb and the "of" or "that" that opens what is said


def attributions(analysis: Analysis) -> tuple[Attribution, ...]:
    """Every statement put into somebody's mouth, in the order of the verbs that do so."""
    found = []
    for at, token in enumerate(analysis.tokens):
        kind = _VERBS.get(token.stem)
        if token.lower == "according" and _follows(analysis, at, ("to",), 1):
            found.append(_according(analysis, at))
        elif kind and not _is_noun(analysis, at):
            found.append(_spoken(analysis, at, kind))
        elif token.stem in _NOUNS and (opener := _follows(analysis, at, ("that", "of"), 1)):
            last = _sentence_around(analysis.text, token.start)[1]
            start = min(opener.end + 1, last)
            found.append(Attribution("named", token.start, token.end, start, last, None))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """`text[start:end]` repeats what its outlet said before and takes back, from `said` on.

    What names the article that was wrong stands before that: "An article of 4 March stated that".
    """

    start: int
    said: int
    end: int


def withdrawn(analysis: Analysis) -> tuple[Withdrawn, ...]:
    """Every such stretch: "an earlier version said …", "was wrongly given as …", "reports that … were false"."""
    text, found = analysis.text, []
    for match in _SAID_BEFORE.finditer(text):
        named = match["article"] or match["we"]
        start = _sentence_around(text, match.start())[0] if named else match.start()
        if not any(q.start <= match.start() < q.end for q in analysis.quotations):
            end = _clause_end(text, match.end())
            right = _RIGHT.search(text, match.end(), end)  # where what is right begins
            last = len(text[: _sentence_around(text, match.end())[1]].rstrip('.!?"”’)'))
            if not right and text[end : end + 1] == "," and not _NOT_MORE.search(text, end, last):
                end = last  # "its manager, Ann Orme, had resigned"
            found.append(Withdrawn(start, match.end(), right.start() if right else end))
    for match in _FALSE_REPORT.finditer(text):
        if not any(one.start <= match.start() < one.end for one in found):
            found.append(Withdrawn(match.start(), match.start("said"), match.end("said")))
    return tuple(found)


def quotations(analysis: Analysis) -> tuple[Quotation, ...]:
    """What stands between quotation marks, without the marks, and who is said to say it."""
    return tuple(
        Quotation(analysis.text[start:end].lower(), start, end, _speaker_of(analysis, start, end))
        for start, end in _quoted(analysis)
    )


def _quoted(analysis: Analysis) -> list[tuple[int, int]]:
    """Offsets of what stands between quotation marks."""
    spans: list[tuple[int, int]] = []
    inside = False
    for term in analysis.terms:
        if term.quoted:
            start = spans.pop()[0] if inside else term.start
            spans.append((start, term.end))
        inside = term.quoted
    return spans


def _speaker_of(analysis: Analysis, start: int, end: int) -> Speaker | None:
    """The speaker of the statement that covers a quotation, else of the nearest one beside it."""
    given = [one for one in analysis.attributions if one.speaker and one.kind != "accuse"]
    covering = [one for one in given if one.scope_start <= start < one.scope_end]
    if covering:
        return max(covering, key=lambda one: one.scope_start).speaker
    first, last = _sentence_around(analysis.text, start)
    if first and not analysis.text[first:start].strip(' "“”'):
        before = len(analysis.text[:first].rstrip())
        first = _sentence_around(analysis.text, before - 1)[0]  # "It is over," he said. "We won."
    beside = [one for one in given if first <= one.start < max(last, end + 3)]
    return min(beside, key=lambda one: abs(one.start - start)).speaker if beside else None


def _spoken(analysis: Analysis, at: int, kind: str) -> Attribution:
    """The statement of one verb: said before it ("…," said Ostrow), or after it."""
    text, verb = analysis.text, analysis.tokens[at]
    first, last = _sentence_around(text, verb.start)
    passive = at > 0 and analysis.tokens[at - 1].lower in _BE
    before = _phrase_before(analysis, at, first)
    closing = _CLOSING.search(text, first, before.start if before else verb.start)
    if closing and closing.start() > first and not passive:
        appositive = None if before else _APPOSITIVE.search(text, first, verb.start)
        if appositive and "," not in text[first : appositive.start()]:  # "Ostrow, the mayor, said"
            before = _phrase_before(analysis, at, first, appositive.start())
        elif _looks_back(text, verb.end, not before or not _MARKS.isdisjoint(closing[0])):
            start, end = _said_before(analysis, closing.start())
            after = _speaker(analysis, verb.end, _clause_end(text, verb.end))
            return Attribution(kind, verb.start, verb.end, start, end, before or after)
    openers = (*_OPENERS.get(kind, ()), "that", *(("to",) if passive else ()))
    opener = _follows(analysis, at, openers, _FAR if verb.stem in _TAKES_OBJECT or passive else 1)
    start = (opener or verb).end
    start += len(text[start:last]) - len(text[start:last].lstrip(" ,:"))
    if not text[start:last].strip(' ,.;:!?"”’'):  # "…, which he denies."
        start, last = first, verb.start
    return Attribution(kind, verb.start, verb.end, start, last, None if passive else before)


def _looks_back(text: str, place: int, plainly: bool) -> bool:
    """Whether only a subject or "on Monday" follows a verb; `plainly` allows any short phrase."""
    words = text[place : _clause_end(text, place)].split()
    quoted = text[place:].lstrip(" ,:").startswith(("“", '"'))
    if quoted or words[:1] == ["that"]:
        return False
    return len(words) <= _FAR and (plainly or not words or words[0] in _JOINS)


def _said_before(analysis: Analysis, place: int) -> tuple[int, int]:
    """What stands before `place`: the quotation that ends there, else the sentence so far."""
    for start, end in reversed(_quoted(analysis)):
        if start < place <= end + 3:
            return start, end
    return _sentence_around(analysis.text, max(0, place - 1))[0], place


def _according(analysis: Analysis, at: int) -> Attribution:
    """ "According to Ostrow, it sank" and "It sank, according to Ostrow"."""
    text, start = analysis.text, analysis.tokens[at].start
    first, last = _sentence_around(text, start)
    end = _clause_end(text, analysis.tokens[at + 1].end)
    speaker = _speaker(analysis, analysis.tokens[at + 1].end, end)
    if text[first:start].strip(" \"“'"):
        scope = first, len(text[:start].rstrip(" ,"))
    else:
        scope = min(last, end + len(text[end:last]) - len(text[end:last].lstrip(" ,"))), last
    return Attribution("say", start, analysis.tokens[at + 1].end, *scope, speaker)


def _is_noun(analysis: Analysis, at: int) -> bool:
    """Whether "report" or "claim" is no verb: a determiner leads to it, or nothing makes it one."""
    token, before = analysis.tokens[at], analysis.tokens[at - 1].lower if at else ""
    word = token.lower
    if word.endswith(("ers", "ors")) or (before in _DETERMINERS and not word.endswith("ed")):
        return True
    inflected = word != token.stem and word.endswith(("d", "s", "ing", "wrote"))
    opens = analysis.text[token.end :].lstrip(" ,:").startswith(("that ", "“", '"'))
    told = token.stem in _TAKES_OBJECT and _follows(analysis, at, _WHOM, 1)  # "readers tell us"
    return not (inflected or opens or told) and before not in _BEFORE_VERB


def _follows(analysis: Analysis, at: int, words: tuple[str, ...], reach: int) -> Token | None:
    """The first of these words among the next `reach`, in the same clause."""
    end = _clause_end(analysis.text, analysis.tokens[at].end)
    following = analysis.tokens[at + 1 : at + 1 + reach]
    return next((t for t in following if t.lower in words and t.end <= end), None)


def _phrase_before(
    analysis: Analysis, at: int, first: int, place: int | None = None
) -> Speaker | None:
    """The noun phrase right before a verb, or before `place`, in the sentence from `first` on."""
    text, tokens = analysis.text, analysis.tokens
    reached = tokens[at].start if place is None else place
    in_names = {
        t.start for name in analysis.names for t in tokens if name.start <= t.start < name.end
    }
    in_dates = {
        t.start for date in analysis.dates for t in tokens if date.start <= t.start < date.end
    }
    start, end = reached, None
    for token in reversed([t for t in tokens[:at] if first <= t.start and t.end <= reached]):
        word, named = token.lower, token.start in in_names
        if text[token.end : start].strip(" -'’.\t") or token.start in in_dates:
            break
        if end is None and not named and (word in _BETWEEN or word.endswith("ly")):
            start = token.start
            continue
        joins = word == "and" and token.end + 1 in in_names
        if word in _OPENS_PHRASE or (word == "and" and not joins):
            break
        if word in _JOINS and (end is None or not text[first : token.start].strip(' "“')):
            break
        start, end = token.start, end or token.end
    return _speaker(analysis, start, end) if end is not None else None


def _speaker(analysis: Analysis, start: int, end: int) -> Speaker | None:
    written = analysis.text[start:end]
    match = re.match(r"\W*(?:(?:the|a|an|his|her|its|their)\s+)?", written, re.IGNORECASE)
    start += match.end() if match else 0
    written = analysis.text[start:end].rstrip(' ,.;:"“”')
    return Speaker(written.lower(), start, start + len(written)) if written else None


def _sentence_around(text: str, place: int) -> tuple[int, int]:
    """The sentence of a short text that holds this offset."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        start += len(text[start : match.end()]) - len(text[start : match.end()].lstrip())
        if max(start, place) < match.end():
            return start, match.end()
        start = match.end()
    return 0, len(text)


def _clause_end(text: str, place: int) -> int:
    """Where the clause that holds this offset ends: before the next mark that parts clauses."""
    match = _CLAUSE_END.search(text, place)
    return match.start() if match else len(text)
