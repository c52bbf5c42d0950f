"""A drafted sentence and the evidence it cites come in; how far that bears it out, and which of it, go out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.english import Analysis, Span, analyse, differences
from ingest.english.date_mentions import dates_share, mentions
from ingest.english.terms import TermKind
from ingest.english.thesaurus import related
from ingest.english.words import stem
from service.types import Draft, Evidence, Support
from service.verification.negations import flipped
from service.verification.role_swaps import displaced

# Share of a claim's content that the cited sentences must hold. Of 443 sentences of CLAPNQ's human answers 93 % pass at
# .7 and 1 % more at .5; of the same sentences against another passage 0.2 % pass at .5 (`python -m evals.sentences`).
SUPPORTED = 0.7
PARTIAL = 0.5
ADDS = 2  # words, or one number, date or name, that a further sentence must bring to be cited
LONGEST_CLAIM = 1500  # characters; whatever is longer and no quote is no sentence of an answer

TYPED = frozenset(("number", "date", "name", "quantifier", "antonym", "quotation"))

_BRACKETED_NUMBER = re.compile(r"\[\s*\d+\s*\]")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_DAY = r"(?P<day>\d{4}-\d\d-\d\d|\d{1,2}\s+[A-Z][a-z]+\s+\d{4}|[A-Z][a-z]+\s+\d{1,2},\s+\d{4})"
_DATED = re.compile(
    rf"(?i:\(?\b(?:as of|as at|as reported on|reported on|in a report of|in an article of)\s+){_DAY}\)?,?"
)
_CLAUSE_END = re.compile(r"[,;:.!?()–—]")
_DENIES = re.compile(
    r"(?i)\b(?:not|never|no|nor|neither|without|den(?:y|ies|ied|ying)|false(?:ly)?|untrue|unless|if|whether|unlikely|"
    r"doubt\w*|refut\w+|reject\w*|dismiss\w*|hardly|cannot|alleged(?:ly)?|rumou?r\w*)\b|n't\b"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`support` None: nothing cited bears the claim out, it must not be released; else `keys` do, in order."""

    support: Support | None
    keys: tuple[str, ...]
    reason: str  # for the log: a kind of failure and a share, never words of an article


def verify(draft: Draft, evidence: Mapping[str, Evidence]) -> Verdict:
    """Judge one sentence against the sentences it cites; pure rules over words, 0.6 ms a claim at p50.

    exact: its words are a run of one quote's words. supported: every number, date and name in it is in the cited
    sentences or in their articles' title, author or outlet, nothing contradicts them, and they hold `SUPPORTED` of its
    content. partial: at least `PARTIAL`. Keys that nobody minted, and sentences that add nothing, are left out.
    """
    known = [evidence[key] for key in dict.fromkeys(draft.keys) if key in evidence]
    cited = [item for item in known if not _replaced(item, known)]
    claim = comparable(draft.text)
    if not cited:
        return Verdict(None, (), "no known key")
    whole = [item for item in cited if _WORD.search(claim) and comparable(item.text) == claim]
    if whole:
        return Verdict("exact", (whole[0].key,), "a whole sentence")
    said, claim = claim, _undated(claim, cited)
    runs = [_run(claim, comparable(item.text)) for item in cited]
    for item, run in zip(cited, runs, strict=True):
        if run == "said":
            return Verdict(
                "exact" if claim == said else "supported", (item.key,), "the quote's own words"
            )
    cited = [item for item, run in zip(cited, runs, strict=True) if run != "denied"]
    if not cited:
        return Verdict(None, (), "leaves out the words that deny it")
    if len(claim) > LONGEST_CLAIM:
        return Verdict(None, (), "too long to be one sentence")
    return _weigh(claim, analyse(claim), cited)


def comparable(text: str) -> str:
    """Words only: one space between them, no bracketed numbers, straight apostrophes."""
    return " ".join(_BRACKETED_NUMBER.sub(" ", text).replace("’", "'").split())


def attribute(text: str, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The pieces of evidence that a sentence draws on, most of it first, then each that adds to it; () if none does."""
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


def containment(stated: Analysis, held: Sequence[Analysis], around: Analysis) -> float:
    """Share, 0 to 1, of the claim's words, names, numbers and dates that the cited sentences hold; what only their
    articles' titles hold counts for half."""
    mine = _values(stated)
    if not mine:
        return 0.0
    theirs = frozenset[str]().union(*(_values(one) for one in held))
    outside = _values(around)
    return sum(
        1.0 if _holds(theirs, value) else 0.5 if _holds(outside, value) else 0.0 for value in mine
    ) / len(mine)


def _undated(claim: str, cited: Sequence[Evidence]) -> str:
    """The claim without "as of 12 May 2024" or "reported on 12 May 2024", where a cited article was published then.

    What tells when a source appeared is borne out by its date; any other date has to stand in a cited sentence.
    """
    days = {item.article.published_on for item in cited}

    def kept(match: re.Match[str]) -> str:
        found = [mention.day for mention in mentions(match["day"]) if mention.precision == "day"]
        return "" if len(found) == 1 and found[0] in days else match[0]

    rest = _DATED.sub(kept, claim).strip(" ,")
    return " ".join(rest.split()) if rest else claim


def _replaced(item: Evidence, cited: Sequence[Evidence]) -> bool:
    """An altered sentence gives way to an unaltered one of its family that is cited beside it."""
    return item.altered and any(
        not other.altered and other.article.family.id == item.article.family.id for other in cited
    )


def _run(claim: str, quote: str) -> str | None:
    """`said` where the claim's words stand in a row in the quote, `denied` where its clause denies or doubts them."""
    mine = [match[0].lower() for match in _WORD.finditer(claim)]
    found = list(_WORD.finditer(quote))
    theirs = [match[0].lower() for match in found]
    for start in range(len(theirs) - len(mine) + 1):
        if mine and theirs[start : start + len(mine)] == mine:
            before = _CLAUSE_END.split(quote[: found[start].start()])[-1]
            return "denied" if _DENIES.search(before) else "said"
    return None


def _weigh(claim: str, stated: Analysis, cited: Sequence[Evidence]) -> Verdict:
    """The verdict on a claim in its own words."""
    drawn_on = attribute(claim, cited) or cited[:1]
    chosen = [item for item in cited if item in drawn_on]
    quotes, cards = [comparable(item.text) for item in chosen], _cards(chosen)
    held, around = [analyse(quote) for quote in quotes], analyse(" · ".join(cards))
    missing = _missing(stated, held, around) or _torn_name(stated, [*quotes, *cards])
    if missing:
        return Verdict(None, (), f"{missing} not in the cited sentences")
    kind = _contradicted(claim, quotes, _values(around))
    if kind:
        return Verdict(None, (), f"{kind} differs from the cited sentences")
    share = containment(stated, held, around)
    if share < PARTIAL:
        return Verdict(None, (), f"the cited sentences hold {share:.2f} of it")
    keys = tuple(item.key for item in chosen)
    return Verdict(
        "supported" if share >= SUPPORTED else "partial",
        keys,
        f"the cited sentences hold {share:.2f} of it",
    )


def _cards(chosen: Sequence[Evidence]) -> list[str]:
    """What is known of the cited articles besides their text: a claim may name what a sentence only points to."""
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
    return value in values or (value.isalpha() and any(related(value, other) for other in values))


def _missing(stated: Analysis, held: Sequence[Analysis], around: Analysis) -> str | None:
    """The kind of the first number, date or name of the claim that neither the sentences nor their cards hold."""
    given = [*held, around]
    numbers = {fact.value for one in given for fact in one.numbers}
    if any(fact.value not in numbers for fact in stated.numbers):
        return "number"
    dates = [fact.value for one in given for fact in one.dates]
    if any(not any(_dated(fact.value, date) for date in dates) for fact in stated.dates):
        return "date"
    known = frozenset[str]().union(*(_values(one) for one in given))
    return None if all(_named(fact, known) for fact in stated.names) else "name"


def _dated(mine: str, theirs: str) -> bool:
    """Whether a date of the claim is borne out: nothing conflicts, and what it says most exactly is said there too."""
    if mine == theirs:
        return True
    exact = next((part for part in (mine[8:10], mine[5:7]) if part.strip("-")), mine[:4])
    return dates_share(mine, theirs) and exact in (theirs[8:10], theirs[5:7], theirs[:4])


def _named(name: Span, known: frozenset[str]) -> bool:
    return all(word in known or stem(word) in known for word in name.value.split())


def _torn_name(stated: Analysis, texts: Sequence[str]) -> str | None:
    """`name` where a name of several words is put together from words that nowhere stand together in this order."""
    rows = [
        [
            word
            for term in analyse(text).terms
            if term.kind is not TermKind.FUNCTION
            for word in term.value.split()
        ]
        for text in texts
    ]
    several = [fact.value.split() for fact in stated.names if " " in fact.value]
    return None if all(any(_in_a_row(name, row) for row in rows) for name in several) else "name"


def _in_a_row(name: Sequence[str], row: Sequence[str]) -> bool:
    """Whether the words stand in order with at most two others between them: "Ulysses Grant" is "Ulysses S. Grant"."""
    for start in range(len(row)):
        rest = iter(row[start : start + len(name) + 2])
        if all(any(other in (word, stem(word)) for other in rest) for word in name):
            return True
    return False


def _contradicted(claim: str, quotes: Sequence[str], around: frozenset[str]) -> str | None:
    """The kind of the first difference to the cited sentences, read as one text, that changes what is said.

    A name that their articles' cards give may stand where a sentence has a pronoun or nothing.
    """
    if flipped(quotes, claim):
        return "negation"
    for found in differences(" ".join(quotes), claim):
        mine = analyse(claim[found.right_start : found.right_end])
        if found.kind in TYPED and not (
            found.kind == "name" and all(_named(name, around) for name in mine.names)
        ):
            return found.kind
    return displaced(quotes, claim)
