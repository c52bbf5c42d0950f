"""Tells whether a word that a sentence has and a claim has not, a "not", "may" or "in the film", bears on what the claim
kept."""

from __future__ import annotations

import re

from ingest.english import analyse
from ingest.english.clauses import PAST_OF
from ingest.english.word_kinds import TermKind
from ingest.english.words import Token
from service.verification.claim_reading import Span
from service.verification.word_alignment import Edit, bare, carries, words

REACH = 30  # characters between a modal and what it must bear on

_FIGURES = (TermKind.NUMBER, TermKind.DATE)
# operators that bear on what follows them in their clause, and those that bear on all of their statement
FORWARD = frozenset(("negation", "past", "possible", "likely", "intend"))
SENTENCE_END = re.compile(r"[.!?][\"”’)]*\s|$")


def operates(kind: str, match: re.Match[str], quote: str) -> bool:
    """Whether the words are an operator here: not the "had" of a perfect tense, "if ever", "a claim
    for damages"."""
    before, after = quote[: match.start()], quote[match.start() :]
    if match[0] in ("had", "were to") and before and before.rstrip()[-1] not in ".,":
        return False
    if match[0] == "had" and re.match(r"had (?:\w+ed|been)\b", after):
        return False  # "the mayor, Joan Averill, had resigned"
    if kind == "condition":
        return not (
            re.match(r"if (?:ever|any|not|only)\b", after) or re.search(r"\b(?:even|as) $", before)
        )
    if kind == "claim" and re.match(r"call(?:s|ed)?\s(?:by|for|on|off|in|up|to)\b", after):
        return False  # "a strike called by drivers"
    return not (kind == "possible" and re.search(r"\b(?:that|which|who) $", before))


def bears(made: Edit, kind: str, match: re.Match[str]) -> bool:
    """Whether the operator bears on words that the claim kept."""
    quote = made.quote.lower
    first, last = made.quote.segment(match.start())
    if kind == "question" and quote.startswith("asked", first) and "," in quote[first:last]:
        last = quote.index(",", first)  # "Asked whether she would stay, she said"
    right = made.kept_after(match.end(), last)
    left = [span for span in made.kept_spans if first <= span[0] < match.start()]
    starts = {span[0] for span in made.kept_spans}
    figures = [t.start for t in made.quote.content if t.kind in _FIGURES and t.start in starts]
    if kind == "error" and figures and not any(first <= place < last for place in figures):
        return False  # the right figure is kept, not the wrong one
    if kind == "error" and puts_right(made):
        return False
    right_words, left_words = (carrying(quote, spans) for spans in (right, left))
    if kind == "fiction" and not makes_up(quote, match):
        return False
    keeps = [
        kind == "error" or keeps_verb(made, side, match)
        for side in ((first, match.start()), (match.end(), last))
    ]
    but = _NOT_BUT.match(quote, match.end()) if kind == "negation" else None
    if but and carrying(quote, [span for span in right if span[0] < but.end()]) < 2:
        return False  # "voted not on the sale but on the lease"
    if kind in FORWARD:
        return (
            keeps[1]
            and _touches(quote, match, right)
            and (kind == "negation" or right[0][0] - match.end() < REACH)
        )
    if kind in ("claim", "fiction") and not _verbs_in(made, (first, match.start())):
        # Its left has no more than a subject, which may be another verb's too; or the operator is
        # the verb, and the claim keeps one that stands in another sentence.
        end = SENTENCE_END.search(made.quote.lower, match.end())
        later = {start for start, _ in made.kept_after(end.end())} if end else set()
        told = [token.start for token in _verbs_in(made, (0, len(made.quote.text)))]
        elsewhere = bool(_verbs_in(made, match.span())) and not later.isdisjoint(told)
        keeps[0] = not elsewhere and keeps_verb(made, (first, last), match)
    return (bool(right_words) and keeps[1]) or (left_words >= 2 and keeps[0])


_TELLS = re.compile(
    r"(?:[\w\"“”-]+\s){0,3}?(?:in which|where|about|tells|shows|follows|depicts|describes|imagin\w+)\b|(?:that|of how|says)\b|:"
)
_IN_IT = re.compile(
    r"(?:\b(?:in|according to|of|for|during|from|at|by|is|are|was|were|be|been|as|just|only|called|not|into))\s*"
    r"(?:(?:an?|the|his|her|its|their|this|that|\w+'s|no|only|\d+s?|one|not)\s)?(?:[\w-]+\s){0,2}$"
)
_MADE_UP = re.compile(r"(?:fictional|satirical|spoof|imagin|mock|fake|pretend|april)")


def makes_up(quote: str, match: re.Match[str]) -> bool:
    """Whether a word of fiction frames what stands around it, and is not only spoken of: "her novel won a prize"."""
    if _MADE_UP.match(match[0]):
        return True
    return bool(_TELLS.match(quote, match.end() + 1) or _IN_IT.search(quote[: match.start()]))


_NOT_BUT = re.compile(r"[^,;:.]*\bbut(?=\s(?:in|on|at|to|for|from|by|with|because|the|an?)\b)")


def puts_right(made: Edit) -> bool:
    """Whether the claim has all that a correction says in place of what was wrong."""
    wrong = analyse(made.quote.text).withdrawn
    if not wrong:
        return False
    said = {bare(word) for word, _ in words(made.claim)}
    stands = [(bare(word), span) for word, span in made.theirs if carries(word)]
    first, last = wrong[0].end, SENTENCE_END.search(made.quote.lower, wrong[0].end + 2)
    before = {word for word, span in stands if wrong[0].start <= span[0] < first}
    fresh = {
        w for w, span in stands if first <= span[0] < (last.start() if last else first)
    } - before
    return bool(fresh) and fresh <= said


def _verbs_in(made: Edit, part: Span) -> list[Token]:
    """The verbs of a part of the sentence."""
    analysis = analyse(made.quote.text)
    told = (analysis.tokens[one.verb] for one in analysis.statements)
    return [token for token in told if part[0] <= token.start < part[1]]


def keeps_verb(made: Edit, part: Span, operator: re.Match[str]) -> bool:
    """Whether the claim has a verb of a part of the sentence, or there is none besides the operator."""
    inside = [t for t in _verbs_in(made, part) if not operator.start() <= t.start < operator.end()]
    outside = {
        made.mine[k + n][1][0]
        for tag, i, j, k, _ in made.codes
        if tag == "equal"
        for n in range(j - i)
        if not part[0] <= made.theirs[i + n][1][0] < part[1]
    }
    said = {
        bare(PAST_OF.get(word, word))
        for word, (start, _) in words(made.claim)
        if start not in outside
    }
    return not inside or any(t.stop or bare(PAST_OF.get(t.lower, t.lower)) in said for t in inside)


def _touches(quote: str, match: re.Match[str], right: list[Span]) -> bool:
    """Whether a kept word follows in the same clause."""
    if not right:
        return False
    between = quote[match.end() : right[0][0]]
    clause_ends = re.search(r"[,;:—–.)]|\b(?:which|who|where|when)\b", between)
    return clause_ends is None and carrying(quote, right[:4]) > 0


def carrying(quote: str, spans: list[Span]) -> int:
    return sum(carries(quote[a:b]) for a, b in spans)
