"""Finds what a claim cut from a sentence although it bears on what the claim kept.

"None of the passengers were hurt" says nothing that "the passengers were hurt" says: an operator, a rank or a bound may
only go together with all that it bears on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.english.clauses import PLACES
from ingest.english.quantities import CARDINALS
from ingest.english.word_kinds import TermKind
from ingest.english.words import BE
from service.verification.claim_reading import CORE, Span
from service.verification.word_alignment import Edit, bare, carries, words

REACH = 30  # characters between a modal and what it must bear on
BESIDE = 16  # characters between a rank and the noun it changes
BOUND = 24  # characters between a bound and what it bounds

_FIGURES = (TermKind.NUMBER, TermKind.DATE)
# operators that bear on what follows them in their clause, and those that bear on all of their
# statement
_FORWARD = frozenset(("negation", "past", "possible", "likely", "intend"))
_KINDS = (*sorted(_FORWARD), "condition", "question", "fiction", "claim", "error", "except")
# by kind, what a claim may have in place of an operator that it cut: in the sense of CORE, and of
# WIDE
_INSTEAD = {
    "condition": ("condition",),
    "question": ("question", "condition"),
    "fiction": ("fiction",),
    "claim": ("claim", "report"),
    "error": ("error", "negation", "report"),
    "possible": ("possible", "likely", "intend", "condition", "question"),
    "likely": ("likely", "possible", "intend", "condition"),
    "intend": ("intend", "likely", "possible"),
    "except": ("except", "negation"),
    "negation": ("negation",),
    "past": ("past", "negation"),
}
_LOOSELY = {
    "claim": ("claim", "report"),
    "fiction": ("fiction",),
    "error": ("denial",),
    "past": ("past",),
}
_PAUSE = re.compile(r"[,;:]")
RANK = re.compile(
    r"\b(?:former|formerly|deputy|vice|acting|assistant|interim|ex|late|retired|so-called"
    r"|would-be|self-styled|junior"
    r"|honorary|associate|alleged|designate|co|joint)\b"
)
ONCE = re.compile(r"\b(?:former|formerly|ex|once|previously|then|past)\b")
_COUNT = rf"[\d,]+|{'|'.join(CARDINALS)}"
_BOUND = re.compile(
    r"\b(?:nearly|almost|fewer than|less than|more than|up to|at least|at most|no more than"
    r"|no fewer than|just under"
    rf"|just over|barely|all but|half of|half|most of|some of|part of|many of|few of"
    rf"|(?:{_COUNT}) of"
    r"|between [£$€]?[\d,.]+ (?:\w+ )?and|(?:a|one|two|three) (?:third|quarter|fifth|half)s? of)\b"
)
_AS_GOOD = {
    "nearly": "almost|just under|close to|just short",
    "almost": "nearly|close to",
    "half": "half|50",
    "all": "except|apart|but",
}
_SAID = re.compile(
    r"\b(?:says|said|say|told|wrote|writes|reported|stated|added|alleged|claimed|argued)\b"
)
# whoever counts, measures or decides may be left unnamed: "Turnout rose to 71 percent, the
# commission said"
_OFFICE = re.compile(
    r"\b(?:officials?|police|commission|ministry|minister|court|coroner|council|department|agency"
    r"|authority|authorities"
    r"|statistics|data|figures|records?|report|study|survey|service|bureau|office|researchers"
    r"|scientists|government"
    r"|inspectors|investigators|regulators?|engineers|doctors|experts|judge|election|census"
    r"|registry|bank|results|documents|weather|organi[sz]ers)\b"
)


def left_out(kind: str) -> str:
    """The reason that an operator of a kind was cut."""
    return f"{kind} left out"


def cut_operators(made: Edit) -> Iterator[str]:
    """The kinds of operators that were cut from what is kept, and that nothing in the claim stands
    for."""
    claim, quote = made.claim, made.quote.lower
    asides = [match.span() for match in re.finditer(r"\([^)]*\)", quote)]
    said = {bare(word) for word, _ in words(claim)}
    fresh = {span[0] for _, span in made.put_in}
    for kind in _KINDS:
        for match in CORE[kind].finditer(quote):
            if match.start() not in made.cut or any(a <= match.start() < b for a, b in asides):
                continue
            if any(bare(word) in said for word in match[0].split() if carries(word)):
                continue  # "its promise" for "promised to"
            loosely = ("denial",) if match[0] == "no longer" else _LOOSELY.get(kind, ())
            replaced = claim.has(*loosely) or any(
                _operates(other, found, claim.lower) and (kind != "claim" or found.start() in fresh)
                for other in _INSTEAD[kind]
                for found in CORE[other].finditer(claim.lower)
            )
            replaced |= kind == "possible" and re.search(r"\bcan\b", claim.lower) is not None
            month = match[0] == "may" and made.quote.text[match.start()].isupper()
            if (
                not replaced
                and not month
                and _operates(kind, match, quote)
                and _bears(made, kind, match)
            ):
                yield left_out(kind)


def _operates(kind: str, match: re.Match[str], quote: str) -> bool:
    """Whether the words are an operator here: not the "had" of a perfect tense, "if ever", "a claim
    for damages"."""
    before, after = quote[: match.start()], quote[match.start() :]
    if match[0] in ("had", "were to") and before and before.rstrip()[-1] not in ".,":
        return False
    if kind == "condition":
        return not (
            re.match(r"if (?:ever|any|not|only)\b", after) or re.search(r"\b(?:even|as) $", before)
        )
    return not (kind == "possible" and re.search(r"\b(?:that|which|who) $", before))


def _bears(made: Edit, kind: str, match: re.Match[str]) -> bool:
    """Whether the operator bears on words that the claim kept."""
    quote = made.quote.lower
    first, last = made.quote.segment(match.start())
    right = made.kept_after(match.end(), last)
    left = [span for span in made.kept_spans if first <= span[0] < match.start()]
    starts = {span[0] for span in made.kept_spans}
    figures = [t.start for t in made.quote.content if t.kind in _FIGURES and t.start in starts]
    if kind == "error" and figures and not any(first <= place < last for place in figures):
        return False  # the right figure is kept, not the wrong one
    right_words, left_words = (_carrying(quote, spans) for spans in (right, left))
    if kind in _FORWARD:
        return _touches(quote, match, right) and (
            kind == "negation" or right[0][0] - match.end() < REACH
        )
    return bool(right_words) or left_words >= 2


def _touches(quote: str, match: re.Match[str], right: list[Span]) -> bool:
    """Whether a kept word follows in the same clause."""
    if not right:
        return False
    between = quote[match.end() : right[0][0]]
    clause_ends = re.search(r"[,;:—–.)]|\b(?:which|who|where|when)\b", between)
    return clause_ends is None and _carrying(quote, right[:4]) > 0


def _carrying(quote: str, spans: list[Span]) -> int:
    return sum(carries(quote[a:b]) for a, b in spans)


def cut_rank(made: Edit) -> bool:
    """Whether "former", "deputy", "-in-law" and the like were cut although the word they change is
    kept."""
    quote = made.quote.lower
    if "in-law" not in made.claim.lower:
        starts = {span[0] for span in made.kept_spans}
        if any(match.start() in starts for match in re.finditer(r"\w+-in-law\b", quote)):
            return True
    for match in RANK.finditer(quote):
        if ONCE.fullmatch(match[0]) and ONCE.search(made.claim.lower):
            continue
        right = made.kept_after(match.end())
        between = quote[match.end() : right[0][0]] if right else ","
        if match.start() in made.cut and len(between) < BESIDE and not _PAUSE.search(between):
            return True
    return False


def cut_bound(made: Edit) -> bool:
    """Whether "nearly", "half of", "11 of" and the like were cut right before what they bound."""
    quote, claim = made.quote.lower, made.claim.lower
    kept_all = re.search(r"\ball\b", claim) and not made.claim.has("negation", "denial")
    if "all but" in quote and kept_all and not re.search(r"nearly|almost", claim):
        return True
    if "all but" in quote and any(re.fullmatch(_COUNT, word) for word, _ in made.put_in):
        return False  # "eight of the nine"
    starts = {span[0] for _, span in made.theirs}
    for match in _BOUND.finditer(quote):
        inside = {place for place in starts if match.start() <= place < match.end()}
        right = made.kept_after(match.end())
        if not inside or not inside <= made.cut or not right:
            continue
        between = quote[match.end() : right[0][0]]
        first = match[0].split()[0]
        said = re.search(rf"\b(?:{_AS_GOOD.get(first, re.escape(first))})\b", claim)
        if len(between) < BOUND and not _PAUSE.search(between) and said is None:
            return True
    return False


_HEAD_OF = re.compile(
    r"\b(?:the|an?|his|her|its|their) (?:[\w-]+ ){0,2}([\w-]+) of (?:(?:the|an?|his|her|its"
    r"|their) )?"
)
_OPENS_CLAUSE = re.compile(r"(?:^|[,;:.]\s|\b(?:that|and|but|when|because|after|before|while) )$")
_LATER = re.compile(
    r",\s+(?:but (?:this|that|it)\b|an? (?:\w+ )?(?:claim|allegation|accusation|charge|rumou?r"
    r"|story|report|statement|assertion"
    r"|suggestion)\b)[^,;]*"
)


def cut_head(made: Edit) -> bool:
    """Whether the noun that is spoken of was cut and what belongs to it kept: "the brother of"
    whoever bought it."""
    quote = made.quote.lower
    if not made.kept_spans:
        return False
    first = made.claim.lower.split()[:4]
    for match in _HEAD_OF.finditer(quote):
        after = made.kept_after(match.end())
        opens = (
            after and after[0][0] - match.end() < 1 and quote[after[0][0] : after[0][1]] in first
        )
        subject = _OPENS_CLAUSE.search(quote[: match.start()])
        whole = match[1] not in PLACES  # "the town of Larn" is Larn
        if opens and subject and whole and match.start(1) in made.cut:
            return True
    return False


def denied_later(made: Edit) -> bool:
    """Whether what follows and was cut calls false what is kept: "…, a claim that the court found
    to be a lie"."""
    for match in _LATER.finditer(made.quote.lower):
        left = [span for span in made.kept_spans if span[0] < match.start()]
        false = CORE["negation"].search(match[0]) or re.search(
            r"\bden(?:y|ies|ied)\b|\bfalse", match[0]
        )
        if match.start() + 2 in made.cut and false and _carrying(made.quote.lower, left) > 1:
            return True
    return False


def cut_figure(made: Edit) -> bool:
    """Whether a number or date was cut together with what follows it, up to another one that now stands in its place."""
    for tag, i, j, _, _ in made.codes:
        if tag == "delete" and j < len(made.theirs):
            start, end, after = made.theirs[i][1][0], made.theirs[j - 1][1][1], made.theirs[j][1][0]
            cut = [t.kind for t in made.quote.content if start < t.end and t.start < end]
            figure = next((t.kind for t in made.quote.content if t.start <= after < t.end), None)
            if figure in _FIGURES and len(cut) > 1 and cut[0] is figure:
                said_again = "(" in made.quote.text[end:after]  # "1,000 kilometres (620 miles)"
                if (
                    made.quote.text[start].isdigit() == made.quote.text[after].isdigit()
                    and not said_again
                ):
                    return True
    return False


def cut_source(made: Edit) -> bool:
    """Whether "X said that" was cut from the front of what is kept, unless an office, a count or a
    study speaks."""
    quote = made.quote.lower
    fresh = {span[0] for _, span in made.put_in}
    told = (m for kind in ("report", "claim") for m in CORE[kind].finditer(made.claim.lower))
    if any(match.start() in fresh for match in told) or made.claim.has("fiction"):
        return False
    for match in _SAID.finditer(quote):
        right = made.kept_after(match.end())
        if match.start() not in made.cut or not right:
            continue
        if re.search(r"[.;]|, (?:and|but)", quote[match.end() : right[0][0]]):
            continue
        before = quote[: match.start()]
        left = [span for span in made.kept_spans if span[0] < match.start()]
        if not _OFFICE.search(before[-60:]) and _carrying(quote, left) <= len(right):
            return True
    return False


# Opens a sentence and says how far it holds: "presumably", "it is hoped that". What only orders it in time or
# beside others may go.
_OPENING = re.compile(
    r"(?:^|[.!?;]\s+)"
    r"(?:(?!finally|recently|lately|early|additionally|similarly|separately|consequently|accordingly)\w+ly"
    r"(?=,|\s(?:an?|he|her|his|i|it|its|she|the|their|there|these|they|this|those|we|you)\s)"
    rf"|(?:it|there) (?:{BE}) (?:(?!not\b)\w+ ){{1,3}}that\b)"
)


def cut_opening(made: Edit) -> bool:
    """Whether a word or clause was cut that opens a sentence and says how far it holds."""
    quote = made.quote.lower
    if made.claim.has_core("possible", "likely", "intend", "claim"):
        return False
    for match in _OPENING.finditer(quote):
        inside = (match.start() <= start < match.end() for start, _ in made.kept_spans)
        if _leads_to_most(made, match) and not any(inside):
            return True
    return False


# What makes the words behind it something else than a plain fact: an order to say so, "it is true that", a label.
_FRAME = re.compile(
    r"(?:^|[.;:!?,\"“”(\]>]\s*|\b(?:and|then|or|must|should|shall|please|simply)\s)(?:say|state|tell|report"
    r"|answer|reply|respond|write|output|print|announce|declare|mention|identify|deny|hint)\b"
    r"|\b(?:true|say|state|told|informed|know|learn|note|noted|assume|answer|hint|fact|claim)"
    r"(?: (?!that\b)\w+){0,2},? that\b|\bis that\b"
    r"|\b(?:schreibe?|antworte), dass\b|\b(?:réponds|écris|di|diga|responde) qu[e']"
    r"|(?:напиши|скажи|ответь), что\b"
    r"|(?:(?<=[.!?] )|^)(?:\w+[ -]){0,5}\w+:(?=\s)|[|>\]}](?=\s?\S)"
)
_SENTENCE_END = re.compile(r"[.!?][\"”’)]*\s|$")


def cut_frame(made: Edit) -> bool:
    """Whether an order to say what is kept, "it is true that" or a label was cut from in front of it."""
    quote = made.quote.lower
    for match in _FRAME.finditer(quote):
        before = (quote[a:b] for a, b in made.kept_spans if a < match.end())
        if _leads_to_most(made, match) and not any(map(carries, before)):
            return True
    return False


def _leads_to_most(made: Edit, match: re.Match[str]) -> bool:
    """Whether most of what is kept stands behind these words, in their sentence."""
    last = _SENTENCE_END.search(made.quote.lower, match.end())
    right = made.kept_after(match.end(), last.start() if last else None)
    return 2 * len(right) > len(made.kept_spans)
