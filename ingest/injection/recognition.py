"""Recognises sentences that speak to whoever answers, a machine, and not to people who read news.

It is a first sieve, which somebody who tries will pass: what it misses meets the walls that decision 5 names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise, takewhile
from operator import not_

from ingest.injection.hidden_text import readings, smuggles
from ingest.types import Sentence, SentenceKind

FOLLOWING = 2  # sentences behind an order, in its paragraph, that are taken to belong to it: it is seldom alone
HIDDEN = "hidden"  # the sign of what carries words that nobody sees
Shapes = Mapping[str, re.Pattern[str]]


def _compiled(shapes: Mapping[str, str]) -> Shapes:
    return {sign: re.compile(shape) for sign, shape in shapes.items()}


_SAY = (
    r"(?:say|state|report|answer|reply|respond|write|output|print|announce|declare|swear|claim"
    r"|insist|deny|add|repeat)"
)
_MACHINE = (
    r"(?:a\.?i\.?(?: systems?| models?)?|artificial intelligences?|llms?|language models?"
    r"|chat ?-?bots?|robots?|(?:chat|answer\w*) (?:services?|engines?|systems?)|assistants?"
    r"|assistive \w+|generated (?:answers?|summar\w+)|(?:automat\w+|machine) (?:read\w+|tools?)"
    r"|(?:software|machines?|tools?|models?|systems?|programs?)(?: that| which)?"
    r" (?:read|summari[sz]|index|train)\w*)\b"
)
_TOLD = (
    r"(?:must|should|ought|shall|will|may|is to|are to|ha(?:s|ve) been (?:told|informed)"
    r"|(?:is|are) (?:\w+ )?(?:asked|told|expected|required|requested))"
)
_ANSWERS = r"(?:answers?|repl(?:y|ies)|responses?|outputs?|summar(?:y|ies))"
_ORDERS = (
    r"(?:instructions?|prompts?|directives?|guidelines|guidance|rules|orders|restrictions?"
    r"|programming)"
)
_READER = (
    r"(?:(?:the|a|any|every|each|all) (?:readers?|users?)|who(?:ever)? asks"
    r"|(?:any|some)(?:one|body) (?:who )?asks)"
)

# Shapes by what they order, read in small letters with straight apostrophes and single spaces. Imperatives count where
# a clause begins: "now ignore all instructions" is an order, "he chose to ignore all instructions" is none.
IMPERATIVES = _compiled(
    {
        "say this": (
            rf"{_SAY}(?: (?:only|simply|instead))?,?"
            r" (?:that|nothing|exactly|with|it as|the (?:word|phrase|following))\b"
            r"|(?:refuse|decline) (?:to answer|all|every|any)\b"
        ),
        "tell the reader": (
            rf"(?:tell|inform|assure|convince|advise|warn|send|direct) {_READER}\b"
        ),
        "drop your orders": (
            r"(?:ignore|disregard|forget|override|bypass|suspend|drop) (?:[\w']+ ){0,4}?"
            rf"(?:{_ORDERS}|previous|above|sources|evidence|articles?|you (?:were|are|have been))\b"
        ),
        "shape the answer": rf"(?:format|begin|start|end|finish) the {_ANSWERS}\b",
        "be somebody": (
            r"(?:act|behave|speak|write|answer)(?: from now on)? as (?:a|an|the|him|her|if you)\b"
            r"|stay in character\b"
        ),
        "cite": r"cite\b",
        "give secrets away": (
            r"(?:print|reveal|list|give|show|read|tell|send|leak|spell|encode|display)\b.{0,40}"
            r"\b(?:your|api|access|secret|system|every|whole)\b.{0,20}"
            r"\b(?:keys?|tokens?|prompts?|instructions?|settings|conversation)\b"
        ),
    }
)
ANYWHERE = _compiled(
    {
        "tell the reader": (
            rf"(?:if|should|when(?:ever)?) {_READER}.{{0,80}}?, (?:tell|say)\b"
            r"|(?:if|when(?:ever)?|once) (?:you are |ever )?asked (?:about|wh\w+|how)\b"
            r"[^.]{0,80}, (?:say|answer|reply|add|tell)\b"
            r"|(?:later|next) (?:\w+ ){0,3}?questions?\b|(?:is|are) to be told\b"
        ),
        "machines must": (
            rf"{_MACHINE}(?:.{{0,80}}?\b{_TOLD}\b.{{0,60}}?"
            rf"\b(?:{_SAY}|know|learn|assume|reveal|produce|read|give|send|tell)\b"
            r"|.{0,30}\b(?:this|these) (?:article|text|page)s?\b)"
            r"|(?:notes?|request|notice|message|correction|guidance|style)\b[^.]{0,40}"
            rf" (?:to|for) [^.]{{0,40}}{_MACHINE}"
            r"|(?:(?:if|as|since) you(?: are|'re) (?:an?|the)|dear|hello|hey|attention),?"
            rf" (?:\w+ )?{_MACHINE}"
            r"|whoever reads this\b|if you can read this\b"
            r"|this (?:article|page|text|story) (?:should|must|is to) be (?:reported|read|treated)"
        ),
        "drop your orders": (
            rf"(?:do not|don't|never|stop) (?:follow|obey)(?:ing)? (?:\w+ ){{0,3}}?{_ORDERS}\b"
            rf"|(?:previous|prior|earlier|above|system|hidden|your|new) {_ORDERS}\b.{{0,40}}?"
            r"(?:\byou\b|overrid|void|expired|:)"
        ),
        "shape the answer": (
            rf"(?:your|each|every|permitted|helpful|correct) (?:next )?{_ANSWERS}\b"
            rf"|no {_ANSWERS}\b.{{0,40}}\bwithout\b"
        ),
        "be somebody": (
            r"you (?:must|no longer|are (?:now|not allowed to)) (?:now )?"
            r"(?:say|answer|reply|cite|give|report|an?|the)\b"
            r"|(?:in|enter) developer mode\b"
            r"|(?:pretend|imagine) (?:that )?you(?: are|'re) an?\b"
        ),
        "give secrets away": (
            r"your (?:api|access|secret|system) (?:keys?|tokens?|prompts?)\b"
            r"|environment variables?\b"
        ),
        "forged evidence": (
            r"\[(?:s\d|evidence|source)|passage \d+ of \d|\|\s*s?\d+\s*\|\s*\d\.\d|verdict\s*:"
            r"|entailed\b|exact match\b|fully supported\b|verified (?:by the archive|caption)"
            r"|verifier\b|fact-?check result|\[\d\].{0,80}\[\d\]|citation keys?\b"
            r"|[\"'](?:key|quote|role|supports?|content)[\"']\s*:"
        ),
        "role": (
            r"(?<![\w-] )(?<!\w)(?:(?:system|developer)(?: \w+){0,2} ?: ?\S"
            r"|(?:assistant|user|human|ai|tool(?: result)?)(?: \w+){0,2} ?: ?(?:[^\s.]+ ){2})"
        ),
        "marks": (
            r"<\|[^|<>\n]{1,40}\|>|\[/?inst\]|<</?sys>>|\]\]>|end of evidence\b"
            r"|</?(?:system|instructions?|prompt|evidence|source|verdict|claim|a|img|script|svg)\b"
            r"|!?\[[^\]]*\]\s*\(\s*\w+:|javascript:|data:\w+/|os\.environ|_(?:key|token|secret)\b"
        ),
        "other languages": (
            r"(?:ignoriere?n?|vergiss|ignorez|oubliez?|olvida|ignora|ignore as|negeer)\b"
            r"|ne (?:tiens|cite) (?:plus|pas|aucun)|(?:schreibe?|sage?|antworte),? dass\b"
            r"|(?:réponds|répondez|écris|dis) (?:que|à)\b|(?:responde|di|diga|escribe) que\b"
            r"|à l'intention des robots|asistente autom|du bist ab sofort|a partir de ahora eres"
            r"|забудь|игнорируй|напиши|ответь|скажи|отказывай|忽略|无视|無視|忘记|请(?:说|回答)"
            r"|助手|무시|تجاهل|اكتب|الذكاء الاصطناعي"
        ),
    }
)
_BEFORE = 30  # characters, in which the beginning of a clause is looked for
_CLAUSE = re.compile(
    r"(?:^|[\n.:;!?,“”\"'«»(\[{}\])<>|*#=/—–-]\s*"
    r"|\b(?:please|kindly|now|and|then|so|but|must|shall|should|is to|are to)\s)"
    r"(?:(?:only|simply|just|always|never|do not|don't|you must|you will)\s)?\Z"
)
_INSIDE_A_WORD = re.compile(r"[a-zà-я0-9]{2}")


@lru_cache(maxsize=8192)
def looks_like_orders(text: str) -> bool:
    """Whether a text speaks to a model or program instead of to readers, or hides what it says from them."""
    return next(signs_in(text), None) is not None


def signs_in(text: str) -> Iterator[str]:
    """Names of the signs by which a text gives itself away as an order to a machine, some of them more than once."""
    if smuggles(text):
        yield HIDDEN
    for reading in readings(text):
        for sign, shape in IMPERATIVES.items():
            places = [found.start() for found in shape.finditer(reading)]
            if any(_CLAUSE.search(reading, max(0, at - _BEFORE), at) for at in places):
                yield sign
        for sign, shape in ANYWHERE.items():
            places = [found.start() for found in shape.finditer(reading)]
            if any(not at or not _INSIDE_A_WORD.match(reading, at - 1) for at in places):
                yield sign


def marked(text: str, sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """The sentences of a text, orders and the next `FOLLOWING` of their paragraphs marked as such; texts stay."""
    found: set[int] = set()
    for index, sentence in enumerate(sentences):
        if looks_like_orders(sentence.text):
            behind = sentences[index : index + 1 + FOLLOWING]
            breaks = ("\n" in text[a.end : b.start] for a, b in pairwise(behind))
            found |= {index + n for n in range(len([*takewhile(not_, breaks)]) + 1)}
    return tuple(
        replace(s, kind=SentenceKind.ORDERS) if n in found else s for n, s in enumerate(sentences)
    )
