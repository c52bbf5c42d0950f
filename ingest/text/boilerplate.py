"""Tells sentences and paragraphs that are about the site from those about the subject."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Words without which nothing is a notice. Looking for them first keeps the patterns away from
# nearly all prose.
_TRIGGERS = (
    "republish",
    "reprint",
    "syndicat",
    "creative commons",
    "licensed under",
    "originally published",
    "first published",
    "first appeared",
    "originally appeared",
    "original article",
    "original story",
    "our articles",
    "donat",
    "support ",
    "sign in",
    "sign up",
    "log in",
    "subscribe",
    "newsletter",
    "cookie",
    "explore topics",
    "share ",
    "follow ",
    "all rights reserved",
    "copyright",
    "©",
    "http://",
    "https://",
    "www.",
    "read ",
    "related ",
    "more from",
    "more stories",
    "advertisement",
    "click here",
    "terms of",
    "privacy policy",
    "comment",
    "skip to",
    "print this",
    "join our",
    "most read",
    "you may also",
    "download our",
    "back to top",
    "readers pay",
    "loading",
)


def triggers_in(text: str) -> tuple[str, ...]:
    """The words of a text that make it worth asking `is_notice` of its parts; none in most
    articles."""
    lower = text.lower()
    return tuple(trigger for trigger in _TRIGGERS if trigger in lower)


def is_notice(paragraph: str, triggers: Iterable[str] = _TRIGGERS) -> bool:
    """Whether a paragraph is a licence, an appeal for money, a sign-in, share or link line, or
    holds no word at all.

    A paragraph is one where most of its sentences are. Disclaimers, biographies, captions and
    corrections are about the article, and are none.
    """
    if not any(map(str.isalnum, paragraph)):
        return True
    lower = paragraph.lower()
    if not any(trigger in lower for trigger in triggers) or _CORRECTION.search(paragraph):
        return False
    if ("://" in lower or "www." in lower) and sum(
        map(str.isalpha, _ADDRESS.sub("", paragraph))
    ) < 4:
        return True
    sentences = [sentence for sentence in _ROUGH_END.split(paragraph) if sentence.strip()]
    return sum(_NOTICE.search(sentence) is not None for sentence in sentences) * 2 > len(sentences)


_CORRECTION = re.compile(
    r"\bcorrect(?:ion|ed|s)\b|\bclarification\b|\b(?:earlier|previous) version\b", re.IGNORECASE
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_ROUGH_END = re.compile(r"(?<=[.!?])\s+")

# Each pattern speaks to the reader or of "this article": news about cookies, donations or reprints
# must not match.
_THIS = r"(?:this|the|our)\s+(?:article|story|piece|post|report|essay|interview|column|commentary|work|content|text)"
_AGAIN = r"(?:re-?published|reprinted|reproduced|syndicated)"
_NOTICE = re.compile(
    rf"\bthis\b\W+(?:\w+\W+){{0,3}}(?:is|was|has been|may be|can be)?\s*(?:\w+\s+){{0,2}}{_AGAIN}\b"
    rf"|^\W*{_AGAIN}\s+(?:\w+\s+){{0,3}}(?:from|with|under|by|courtesy)\b"
    rf"|\bthis\s+\w+(?:\s+\w+)?\s+(?:(?:is|was|has been)\s+)?(?:first|originally)\s+(?:published|appeared|posted|ran)\b"
    r"|^\W*(?:first|originally)\s+(?:published|appeared|posted)\b[^,]{0,80}(?:,\s*\d{4})?\W*$"
    rf"|{_THIS}\b.{{0,60}}\bcreative commons\b|^\W*(?:licensed|published|used|available)\s+under\b"
    r"|^\W*creative commons\b|^\W*you (?:may|can|are free to) (?:re-?publish|reprint|share)\b"
    rf"|^\W*read\s+(?:the\s+|our\s+)?(?:original|full)\b|^\W*read\s+(?:more|also|next|on)\b|^\W*re-?publish\s+{_THIS}"
    r"|\bgive\s+(?:away\s+)?our\s+articles\b|\bour articles (?:are )?free\b"
    r"|^\W*(?:please\s+|to\s+)?(?:donate|make a donation)\b|^\W*support\s+(?:us|our|independent|quality|local)\b"
    r"|^\W*(?:please\s+)?(?:sign|log)\s+(?:in|up)\b|\bto (?:view|add|leave|post)\b.{0,40}\b(?:sign|log) in$"
    r"|^\W*(?:please\s+)?subscribe\b|^\W*get\b.{0,60}\bnewsletter\b|^\W*(?:our|the)?\s*newsletters?$"
    r"|^\W*(?:we|this (?:web)?site)\s+uses?\s+cookies\b|^\W*(?:accept|reject|manage)\b.{0,20}\bcookies\b"
    r"|^\W*cookie (?:policy|settings|preferences|notice)$|^\W*(?:terms of (?:use|service)|privacy policy)\b.{0,60}$"
    r"|^explore topics$|^\W*share\s+(?:this|on|via)\b|^\W*share$|^\W*follow\s+(?:us|me|our|@)"
    r"|\ball rights reserved\b|^\W*(?:copyright\b|\(c\))|^©"
    r"|^related (?:articles|stories|topics|content|news)\b|^more (?:from|stories)\b|^most read\b"
    r"|^you may also (?:like|be)\b"
    r"|^\W*advertisement\W*$|^\W*(?:click here|skip to|print this|back to top|join our|download our)\b|^loading\W*$"
    r"|^(?:(?:view|leave|post|add|show|hide|no|all|\d+)\s+)*(?:a\s+)?comments?(?:\s*\(\d+\))?$",
    re.IGNORECASE,
)
