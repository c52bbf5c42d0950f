"""Tells headings, notices and wrapped lines from others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ingest.text.header_pieces import is_byline, is_header_line, states_day

LONGEST_HEADING = 110  # characters

# Words without which nothing is a notice. Looking for them first keeps the patterns away from
# nearly all prose.
_TRIGGERS = tuple(
    (
        "republish|reprint|syndicat|creative commons|licensed under|originally published|"
        "first published|first appeared|originally appeared|original article|original story|"
        "our articles|donat|support |sign in|sign up|log in|subscribe|newsletter|cookie|"
        "explore topics|share |follow |all rights reserved|copyright|©|http://|https://|www.|"
        "read |related |more from|more stories|advertisement|click here|terms of|privacy policy|"
        "comment|skip to|print this|join our|most read|you may also|download our|back to top|"
        "readers pay|loading|apologi|we regret"
    ).split("|")
)


def triggers_in(text: str) -> tuple[str, ...]:
    """The words of a text that make it worth asking `is_notice` of its parts; none in most
    articles."""
    lower = text.lower()
    return tuple(trigger for trigger in _TRIGGERS if trigger in lower)


def is_notice(paragraph: str, triggers: Iterable[str] = _TRIGGERS) -> bool:
    """Whether a paragraph is a licence, an appeal for money, a sign-in, share or link line, the
    outlet's excuse for an error, or holds no word at all.

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
    r"|^we (?:\w+ )?(?:apologi[sz]e|regret)\b[^\"”]{0,80}\b(?:errors?|mistakes?|confusion|inconvenience)\W*$"
    r"|^\W*advertisement\W*$|^\W*(?:click here|skip to|print this|back to top|join our|download our)\b|^loading\W*$"
    r"|^(?:(?:view|leave|post|add|show|hide|no|all|\d+)\s+)*(?:a\s+)?comments?(?:\s*\(\d+\))?$",
    re.IGNORECASE,
)


def standing(lines: Sequence[str]) -> list[bool]:
    """For every line of a paragraph, whether the line break after it ends the line: False where it
    was merely wrapped.

    A line was wrapped where the next word would not have fitted, measured against the longest line.
    List items, bylines and date lines stand alone, and so does every line of a block that ends
    without the end of a sentence: a header.
    """
    width = max(_NARROWEST, *map(len, lines), 0)
    header = not _CLOSED.search(lines[-1].rstrip()) if lines else False
    ends: list[bool] = []
    for line, following in zip(
        map(str.strip, lines), [*map(str.strip, lines[1:]), ""], strict=True
    ):
        if (
            not line
            or not following
            or _ITEM.match(following)
            or is_byline(following)
            or states_day(following)
        ):
            ends.append(True)
        elif following[0].islower():
            ends.append(False)
        else:
            room = len(line) + 1 + len(following.split(None, 1)[0]) < width * _FULL
            told = is_byline(line) or states_day(line) or is_header_line(line)
            ends.append(room or header or told)
    return ends


def is_heading(line: str) -> bool:
    """Whether a line looks like a heading: short, capitalised, without the punctuation that ends or
    joins sentences."""
    if len(line) > LONGEST_HEADING or not (
        line[0].isupper() or line[0].isdigit() or line[0] in "“\"‘'¿¡"
    ):
        return False
    return (
        line[-1] not in ".!?:;,…。" and len(line.split()) <= 16 and not _CLOSED_QUOTE.search(line)
    )


def ends_within(line: str) -> bool:
    """Whether a sentence ends in a line and another begins."""
    return _ENDS_WITHIN.search(line) is not None


def same_line(a: str, b: str) -> bool:
    """Whether two header lines are the same words, but for quotes, case, spacing and the name of a
    site at the end."""
    return bool(a and b) and (
        plain(a) == plain(b) or plain(without_site(a)) == plain(without_site(b))
    )


def without_site(line: str) -> str:
    """A title without the name of a site that a scraper left at its end (`… – Asia Times`, `… | The
    Site`)."""
    return site_suffix(line)[0]


def site_suffix(line: str) -> tuple[str, str | None]:
    """A title and the short capitalised name that follows its last spaced dash or bar; None where
    there is none."""
    match = _SITE.match(line)
    return (match["title"], match["site"]) if match else (line, None)


_NARROWEST = 60  # characters; text is rarely wrapped to less
_FULL = 0.8  # a wrapped line is at least this full, ragged right edges included
_CLOSED = re.compile(r"[.!?…。][\"'”’»)\]*_]*$")
_ITEM = re.compile(r"(?:[-*•‣◦▪–—+]|\(?\d{1,3}[.)]|\(?[a-z]\))\s+\S")


def plain(line: str) -> str:
    """The words of a line, without case, marks and a label before them."""
    words = _APOSTROPHE.sub("", HEADLINE_LABEL.sub("", line))
    return " ".join(_NOT_WORD.sub(" ", words).casefold().split())


HEADLINE_LABEL = re.compile(r"^(?:title|headline):\s+", re.IGNORECASE)


_APOSTROPHE = re.compile(r"['’‘`´]")
_NOT_WORD = re.compile(r"[\W_]+")
_CLOSED_QUOTE = re.compile(r"[.!?][”\"’']$")
_SITE = re.compile(
    r"(?P<title>\S.{9,}?)\s+[|–—·•»-]\s+(?P<site>(?:(?:The|the|of|and|&|de|la)\s+)?[A-Z0-9][^|–—·.?!:;]{1,38})$"
)
_ENDS_WITHIN = re.compile(r"[.!?]\s+[A-Z]")
