"""Finds what a claim cut from a sentence although it bears on what the claim kept.

"None of the passengers were hurt" says nothing that "the passengers were hurt" says: an operator, a rank or a bound may
only go together with all that it bears on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.english import analyse
from ingest.english.attributed_speech import Attribution
from ingest.english.clauses import PLACES
from ingest.english.quantities import CARDINALS
from ingest.english.word_kinds import TermKind
from ingest.english.words import BE
from service.verification.claim_reading import CORE, WIDE
from service.verification.operator_scope import (
    FORWARD,
    SENTENCE_END,
    bears,
    carrying,
    keeps_verb,
    operates,
    puts_right,
)
from service.verification.word_alignment import Edit, bare, carries, words

BESIDE = 16  # characters between a rank and the noun it changes
BOUND = 24  # characters between a bound and what it bounds

_FIGURES = (TermKind.NUMBER, TermKind.DATE)
_KINDS = (*sorted(FORWARD), "condition", "question", "fiction", "claim", "error", "except")
# by kind, what a claim may have in place of an operator that it cut: in the sense of CORE, and of
# WIDE
_INSTEAD = {
    "condition": ("condition",),
    "question": ("question", "condition"),
    "fiction": ("fiction",),
    "claim": ("claim", "report", "possible", "likely"),
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
_PAUSE = re.compile(r"[,;:]|[.!?]\s")
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
    r"|between [£$€]?[\d,.]+ (?:\w+ )?and|(?:a|one|two|three) (?:third|quarter|fifth|half)s? of)\b(?!-)"
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
            replaced = any(
                found.start() in fresh or not WIDE["allegation"].match(match[0])
                for other in loosely
                for found in WIDE[other].finditer(claim.lower)
            )
            replaced |= any(
                operates(other, found, claim.lower) and (kind != "claim" or found.start() in fresh)
                for other in _INSTEAD[kind]
                for found in CORE[other].finditer(claim.lower)
            )
            replaced |= kind == "possible" and re.search(r"\bcan\b", claim.lower) is not None
            month = match[0] == "may" and made.quote.text[match.start()].isupper()
            if (
                not replaced
                and not month
                and operates(kind, match, quote)
                and bears(made, kind, match)
            ):
                yield left_out(kind)


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
        if match[0] == "one of" and re.match(rf"\s(?:{_COUNT})\b", quote[match.end() :]):
            continue  # "one of six" says that there are six
        first = match[0].split()[0]
        said = re.search(rf"\b(?:{_AS_GOOD.get(first, re.escape(first))})\b", claim)
        if len(between) < BOUND and not _PAUSE.search(between) and said is None:
            return True
    return False


_GREATEST = re.compile(
    r"\b(?:first|only|last|most \w+|least \w+|(?!honest|modest|forest|interest|guest)\w{3,}est)\b"
)
_BOUNDS_IT = re.compile(
    r"\s(?:in|of|from|since|among|outside|for|under|ever|yet)\s[^,;:.!?]*?(?=[,;:.!?]|\s(?:and|but|who|which|that|to|when|after|with)\s|$)"
)
_NTH = re.compile(r"\b(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)[\s-]$")


def cut_rival(made: Edit) -> bool:
    """Whether the claim calls something the greatest or first of more than its sentence does: "the second largest", "the
    first woman from Larn"."""
    quote, kept = made.quote.lower, {a for a, _ in made.kept_spans}
    said = {bare(word) for word, _ in words(made.claim)}
    for match in _GREATEST.finditer(quote):
        if match.start() not in kept:
            continue
        nth = _NTH.search(quote[: match.start()])
        if nth and nth.start() in made.cut:
            return True
        noun = re.compile(r"(?:\s[\w-]+){0,3}?").match(quote, match.end())
        bound = _BOUNDS_IT.search(quote, match.end(), match.end() + 90)
        if bound is None or noun is None or _PAUSE.search(quote[match.end() : bound.start()]):
            continue
        if len(quote[match.end() : bound.start()].split()) > 3:
            continue
        inside = [
            word
            for word, (a, b) in made.theirs
            if bound.start() <= a < bound.end() and carries(word)
        ]
        if inside and not any(bare(word) in said for word in inside):
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
        if match.start() + 2 in made.cut and false and carrying(made.quote.lower, left) > 1:
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
        if re.search(r"[.;]|, (?:and|but|while|whereas)\b", quote[match.end() : right[0][0]]):
            continue
        read_as = analyse(made.quote.text)
        if any(a.start <= match.start() < a.end for a in read_as.withdrawn) and puts_right(made):
            continue  # "we reported" is no source
        told_by = [one for one in read_as.attributions if one.start == match.start()]
        if told_by and not _keeps_said(made, told_by[0], match):
            continue
        before = quote[: match.start()]
        left = [span for span in made.kept_spans if span[0] < match.start()]
        if not _OFFICE.search(before[-60:]) and carrying(quote, left) <= len(right):
            return True
    return False


_WHO = re.compile(r"\b(?:who|which|whom)\s(?:\w+\s)?$")


def _keeps_said(made: Edit, told: Attribution, match: re.Match[str]) -> bool:
    """Whether the claim keeps words and a verb of what somebody says; of "Rask, who said that it leaks, left" that is
    what stands between commas."""
    start, end, quote = told.scope_start, told.scope_end, made.quote.lower
    if _WHO.search(quote[: told.start]) and "," in quote[told.end : end]:
        end = quote.index(",", told.end)
    kept = any(start <= a < end for a, _ in made.kept_spans)
    return kept and keeps_verb(made, (start, end), match)


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


def cut_frame(made: Edit) -> bool:
    """Whether an order to say what is kept, "it is true that" or a label was cut from in front of it."""
    quote = made.quote.lower
    for match in _FRAME.finditer(quote):
        ends = [m.end() for m in SENTENCE_END.finditer(quote, 0, match.start()) if m[0]]
        first = ends[-1] if ends else 0
        before = (quote[a:b] for a, b in made.kept_spans if first <= a < match.end())
        if _leads_to_most(made, match) and not any(map(carries, before)):
            return True
    return False


def _leads_to_most(made: Edit, match: re.Match[str]) -> bool:
    """Whether most of what is kept stands behind these words, in their sentence."""
    last = SENTENCE_END.search(made.quote.lower, match.end())
    right = made.kept_after(match.end(), last.start() if last else None)
    return 2 * len(right) > len(made.kept_spans)
