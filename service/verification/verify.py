"""Judges a drafted sentence against the sentences it cites: how far they bear it out, and which of
them do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.english import Analysis, analyse
from ingest.english.date_mentions import mentions
from ingest.english.words import stem, synonyms
from service.types import Draft, Evidence, Support
from service.verification.amount_checks import UNITS, amounts, bears_out
from service.verification.claim_reading import LIGHT, read
from service.verification.objections import objections
from service.verification.unexplained import FEW, verbs_unexplained, words_unheard
from service.verification.word_alignment import align, is_run

# Share of a claim's content from which it is called supported and not partial.
SUPPORTED = 0.7
ADDS = 2  # words, or one number, date or name, that a further sentence must bring to be cited
LONGEST_CLAIM = 1500  # characters; whatever is longer and no quote is no sentence of an answer

_UNIT_STEMS = frozenset(stem(form) for form in UNITS if " " not in form)
_BRACKETED_NUMBER = re.compile(r"\[\s*\d+\s*\]")
_WORD = re.compile(r"[^\W_]")
_DAY = r"(?P<day>\d{4}-\d\d-\d\d|\d{1,2}\s+[A-Z][a-z]+\s+\d{4}|[A-Z][a-z]+\s+\d{1,2},\s+\d{4})"
_DATED = re.compile(
    rf"(?i:\(?\b(?:as of|as at|as reported on|reported on|in a report of"
    rf"|in an article of)\s+){_DAY}\)?,?"
)
# what keeps a sentence from being of the year of its article, or says so itself
_OTHER_TIME = re.compile(
    r"(?i)\b(?:1\d|20)\d\d\b|\b(?:last|next|previous|coming|ago|since|once|used|was to|will|would|years?)\b"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`support` None: nothing cited bears the claim out, it must not be released; else `keys` do,
    in order."""

    support: Support | None
    keys: tuple[str, ...]
    reason: str  # for the log: a kind of failure and a share, never words of an article


def verify(draft: Draft, evidence: Mapping[str, Evidence]) -> Verdict:
    """Judge one sentence against the sentences it cites; pure rules over words.

    exact: it is a whole sentence, or a run of one's words that leaves nothing out which bears on
    them. supported: nothing speaks against it (`objections`), and they hold `SUPPORTED` of its
    content, of a short one also a verb; partial: less of it. Keys that nobody minted, and sentences that add nothing, are left
    out.
    """
    known = [evidence[key] for key in dict.fromkeys(draft.keys) if key in evidence]
    # an altered sentence gives way to an unaltered one of its family that is cited beside it
    sound = {item.article.family.id for item in known if not item.altered}
    cited = [item for item in known if not (item.altered and item.article.family.id in sound)]
    claim = comparable(draft.text)
    if not cited:
        return Verdict(None, (), "no known key")
    if not _WORD.search(claim):
        return Verdict(None, (), "no words")
    whole = next((item for item in cited if comparable(item.text) == claim), None)
    if whole is not None:
        return Verdict("exact", (whole.key,), "a whole sentence")
    said, claim = claim, _undated(claim, cited)
    run = next((item for item in cited if is_run(read(claim), read(comparable(item.text)))), None)
    if run is None and len(claim) > LONGEST_CLAIM:
        return Verdict(None, (), "too long to be one sentence")
    judged = cited if run is None else [run]
    quotes = [read(comparable(item.text)) for item in judged]
    against = next(objections(read(claim), quotes, read(" · ".join(_cards(judged)))), None)
    if against is not None:
        return Verdict(None, (), against)
    if run is not None:
        support: Support = "exact" if claim == said else "supported"
        return Verdict(support, (run.key,), "the quote's own words")
    return _weighed(claim, cited)


@lru_cache(maxsize=4096)
def comparable(text: str) -> str:
    """Words only: one space between them, no bracketed numbers, straight apostrophes."""
    return " ".join(_BRACKETED_NUMBER.sub(" ", text).replace("’", "'").split())


def attribute(text: str, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The pieces of evidence that a sentence draws on, most of it first, then each that adds to it;
    () if none does."""
    stated = analyse(comparable(text))
    hard = {fact.value for fact in (*stated.numbers, *stated.dates)}
    hard |= {word for fact in stated.names for word in fact.value.split()}
    wanted = _values(stated)
    gains = [
        frozenset(v for v in wanted if _holds(_values(analyse(comparable(e.text))), v))
        for e in evidence
    ]
    chosen: list[int] = []
    left = wanted
    while left and len(chosen) < len(gains):
        best = max(range(len(gains)), key=lambda index: len(gains[index] & left))
        if len(gains[best] & left) < (ADDS if chosen and not gains[best] & left & hard else 1):
            break
        chosen.append(best)
        left -= gains[best]
    return tuple(evidence[index] for index in chosen)


def containment(
    stated: Analysis, held: Sequence[Analysis], around: Analysis, *, borne_out: bool = False
) -> float:
    """Share, 0 to 1, of the claim's words, names, numbers and dates that the cited sentences hold;
    what only their articles' titles hold counts for half, and words as light as "make" for nothing. `borne_out`: all
    numbers are, as "two in five" by 41 per cent or miles by kilometres."""
    mine = _values(stated)
    if len(mine - LIGHT) > FEW:
        mine -= LIGHT
    if not mine:
        return 0.0
    figures = {number.value for number in stated.numbers} if borne_out else set[str]()
    theirs = frozenset[str]().union(*(_values(one) for one in held))
    if figures - theirs:  # "27 kilometres" by "17 miles"
        figures |= _UNIT_STEMS
    outside = _values(around)
    return sum(
        1.0 if value in figures or _holds(theirs, value) else 0.5 if _holds(outside, value) else 0.0
        for value in mine
    ) / len(mine)


def _undated(claim: str, cited: Sequence[Evidence]) -> str:
    """The claim without "as of 12 May 2024" or "reported on 12 May 2024", where a cited article was
    published then.

    What tells when a source appeared is borne out by its date; any other date has to stand in a
    cited sentence.
    """
    days = {item.article.published_on for item in cited}

    def kept(match: re.Match[str]) -> str:
        found = [mention.day for mention in mentions(match["day"]) if mention.precision == "day"]
        return "" if len(found) == 1 and found[0] in days else match[0]

    rest = _DATED.sub(kept, claim).strip(" ,")
    years = {day.year for day in days if day}
    if len(years) == 1 and not any(_OTHER_TIME.search(item.text) for item in cited):
        rest = re.sub(rf"(?i),?\s(?:in|during) {years.pop()}\b(?! and\b)", "", rest)
    return " ".join(rest.split()) if rest else claim


def share_held(claim: str, cited: Sequence[Evidence]) -> float:
    """The share of the claim that the cited sentences hold, as `containment` has it."""
    mine, quotes = comparable(claim), [comparable(item.text) for item in cited]
    said = [amount for quote in quotes for amount in amounts(read(quote))]
    told = all(any(bears_out(one, amount) for one in said) for amount in amounts(read(mine)))
    around = analyse(" · ".join(_cards(cited)))
    return containment(analyse(mine), [analyse(quote) for quote in quotes], around, borne_out=told)


def _weighed(claim: str, cited: Sequence[Evidence]) -> Verdict:
    """The verdict on a claim in its own words that nothing speaks against."""
    drawn_on = attribute(claim, cited) or cited[:1]
    chosen = [item for item in cited if item in drawn_on]
    share = share_held(claim, chosen)
    made = align(read(claim), [read(comparable(item.text)) for item in chosen])
    whole = share >= SUPPORTED and not verbs_unexplained(made) and not words_unheard(made)
    return Verdict(
        "supported" if whole else "partial",
        tuple(item.key for item in chosen),
        f"the cited sentences hold {share:.2f} of it",
    )


def _cards(chosen: Sequence[Evidence]) -> list[str]:
    """What is known of the cited articles besides their text: a claim may name what a sentence only
    points to."""
    cards = dict.fromkeys(item.article for item in chosen)
    return [
        comparable(part)
        for card in cards
        for part in (card.title, card.author, card.publisher)
        if part
    ]


def _values(stated: Analysis) -> frozenset[str]:
    names = {word for fact in stated.names for word in fact.value.split()}
    return stated.content | names | {fact.value for fact in (*stated.numbers, *stated.dates)}


def _holds(values: frozenset[str], value: str) -> bool:
    return value in values or (value.isalpha() and not synonyms(value).isdisjoint(values))


def names_something_foreign(text: str, cited: Sequence[Evidence]) -> bool:
    """Whether an address, or a string that is neither a word nor a number, does not stand in the
    cited sentences.

    A claim may have a few words that its evidence has not. An address, an account, a key or any
    other string that no reader would miss must not be among them: that is how a model that was
    talked into it would carry something out.

    Addresses must stand there verbatim; codes (`MH370`, `COVID-19`) may be written with other
    hyphens and capitals, and may stand in an article's title, author or outlet.
    """
    quoted = {token for item in cited for token in _tokens(item.text)}
    cards = [item.article for item in cited]
    told = [part for card in cards for part in (card.title, card.author, card.publisher) if part]
    known = _compact(" ".join([*(item.text for item in cited), *told]))
    for token in _tokens(text):
        if _ADDRESS.search(token):
            if token not in quoted:
                return True
        elif _CODE.search(token) and not _FIGURE.fullmatch(token) and _compact(token) not in known:
            return True
    return False


def _tokens(text: str) -> list[str]:
    return [token for token in (raw.strip(_AROUND) for raw in text.split()) if token]


def _compact(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


_AROUND = ".,;:!?…\"'“”‘’«»()[]{}–—*"
_ADDRESS = re.compile(
    r"://|^www\.|@|^(?:mailto|javascript|data|tel):"
    r"|^[\w-]{2,}(?:\.[\w-]+)*\.[A-Za-z]{2,}(?:[/:?#]|$)"
)
# letters and digits in one word, signs that no prose has, or more letters than a word has
_CODE = re.compile(r"[^\W\d_]\d|\d[^\W\d_]|[_=\\|~^{}<>`$]\w|\w[_=\\|~^{}<>`]|[^\W_]{30}")
_FIGURE = re.compile(
    r"[$€£¥]?[\d.,:/-]*\d(?:st|nd|rd|th|s|am|pm|k|m|bn|tn|km|mph|kg|cm|mm|gb|mb|[°%])?",
    re.IGNORECASE,
)
