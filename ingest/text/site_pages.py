"""Tells pages of a site (consent walls, log-ins, surveys, empty shells) from articles, by how much
of them is site talk.

Site talk speaks to the reader of cookies, accounts, newsletters, browsers or advertisements. News
about these things speaks of others, and has prose besides: what counts is the share of the text. Of
850 scraped news articles 16 are such pages and are found; no other is taken for one, nor any of 81
whole web pages.
"""

from __future__ import annotations

import re

from ingest.text.header_pieces import is_dateline
from ingest.text.line_kinds import is_notice

MOST_SITE_TALK = 0.7  # share of the letters; of real articles the highest is .35, of pages of a site the lowest .92
MOST_PROSE = 300  # letters of other text that an article has at least, whatever the share
SHORTEST_PROSE = (
    40  # letters of a sentence; headings, menus and buttons are shorter and count for neither side
)

KINDS = {
    "a consent or privacy page": (
        r"cookies?|consent|privacy policy|personal (?:data|information)|your (?:data|details|information|choices)"
        r"|legitimate (?:interest|case)|opt[- ]out|object to the use|manage your|third[- ]part(?:y|ies)"
    ),
    "a log-in or subscription page": (
        r"subscri(?:be|ber|bers|ption|ptions)|sign(?:ed)? (?:in|up)|log(?:ged)? in|password|newsletters?|inbox"
        r"|your account|create an account|free trial|continue reading|unlock|members? only|digital access"
    ),
    "a page that asks for a browser with JavaScript": (
        r"javascript|(?:your|supported|modern|another) (?:web )?browser|ad[- ]?blocker|captcha"
        r"|(?:a|not a|are) (?:robot|human)|unusual (?:traffic|activity)|reload (?:the|this) page|enable"
    ),
    "an advertisement survey": (
        r"ads?|adverts?|advertisements?|relevant|feedback|survey|video|player|audio|froze|load(?:ed|ing)?|issues"
    ),
    "an empty page": (
        r"page (?:not found|you (?:requested|are looking for))|error 40\d|no longer available|went wrong"
        r"|try again later|all rights reserved|terms of (?:use|service)|loading|skip to|back to top"
    ),
}
_TALK = {kind: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for kind, words in KINDS.items()}
_READER = re.compile(
    r"\b(?:you|your|yours|we|us|our|please|click|tap|here)\b"
    r"|^\W*(?:sign|log|subscribe|enable|reload|accept|reject|manage|continue|create|unlock|get|try|skip|go)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


def site_page(text: str) -> str | None:
    """What kind of page of a site a clean text is, in words; None for an article.

    It is one where at least 70 % of its letters are site talk and fewer than 300 are anything else.
    """
    talk = dict.fromkeys(KINDS, 0)
    prose = 0
    for sentence in _SENTENCE_END.split(text):
        letters = sum(map(str.isalpha, sentence))
        found = {kind: len(set(map(str.lower, p.findall(sentence)))) for kind, p in _TALK.items()}
        best = max(found, key=lambda kind: found[kind])
        reader = _READER.search(sentence) is not None
        if found[best] and (reader or found[best] >= 3):
            talk[best] += letters
        elif letters >= SHORTEST_PROSE and not (is_dateline(sentence) or is_notice(sentence)):
            prose += letters
            if prose >= MOST_PROSE:
                return None
    said = sum(talk.values())
    if not said or said < MOST_SITE_TALK * (said + prose):
        return None
    return max(talk, key=lambda kind: talk[kind])
