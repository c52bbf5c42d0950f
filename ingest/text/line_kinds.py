"""Tells what kind of piece each paragraph is: title, heading, byline, date line, boilerplate, body."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ingest.english.date_mentions import WEEKDAYS, Mention, mentions
from ingest.english.word_tables import rows
from ingest.types import SentenceKind

BODY, TITLE, HEADING = SentenceKind.BODY, SentenceKind.TITLE, SentenceKind.HEADING
BYLINE, DATELINE, BOILERPLATE = SentenceKind.BYLINE, SentenceKind.DATELINE, SentenceKind.BOILERPLATE

HEADER_BLOCKS = 8  # a title stands among the first of an article
CONTENTS_BLOCKS = 40  # a table of contents stands among so many, and has no more entries
LONGEST_HEADING = 110  # characters
LONGEST_BYLINE = 160
LONGEST_FIELD = 60
LONGEST_DATELINE = 120

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


def kinds_of(blocks: Sequence[str], title: str | None = None) -> list[SentenceKind]:
    """The kind of every paragraph or line of an article, in order."""
    triggers = triggers_in("\n".join(blocks))
    kinds = [_kind(block, triggers) for block in blocks]
    _mark_title(blocks, kinds, title)
    _mark_contents(blocks, kinds)
    prose_follows = False  # a heading heads something: without prose after it, it is prose itself
    for index in range(len(kinds) - 1, -1, -1):
        if kinds[index] is BODY:
            prose_follows = True
        elif kinds[index] is HEADING and not prose_follows:
            kinds[index], prose_follows = BODY, ends_within(blocks[index])
    return kinds


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
            or is_dateline(following)
        ):
            ends.append(True)
        elif following[0].islower():
            ends.append(False)
        else:
            room = len(line) + 1 + len(following.split(None, 1)[0]) < width * _FULL
            ends.append(room or header or is_byline(line) or is_dateline(line))
    return ends


def is_byline(line: str) -> bool:
    """Whether a line says who wrote the article (`By Ines Marlow, Harbour Gazette`) and little
    else."""
    return len(line) <= LONGEST_BYLINE and (
        any(shape.match(line) for shape in _BYLINES) or is_dated_byline(line)
    )


def is_dateline(line: str) -> bool:
    """Whether a line is mainly a date, such as `17 April 2024` or `Published: 3 May 2025, 14:24
    CEST`."""
    if len(line) > LONGEST_DATELINE or not any(map(str.isdecimal, line)):
        return False
    found = list(mentions(line))
    if not any(mention.precision == "day" and mention.day for mention in found):
        return False
    rest = beside_dates(line, found)
    labelled = _LABELLED.search(line) is not None
    return sum(map(str.isalpha, LABEL.sub(" ", rest) if labelled else rest)) <= (
        25 if labelled else 2
    )


def is_dated_byline(line: str) -> bool:
    """`15 June 2025, by Perrin Oake` or `By Perrin Oake, 15 June 2025`, and no sentence with these
    words."""
    before, *after = _BY_WITHIN.split(line, 1)
    if after and is_dateline(before):
        return True
    rest = beside_dates(line, list(mentions(line)))
    return BY.match(line) is not None and _PROSE_WORD.search(rest, 2) is None


def beside_dates(line: str, found: Sequence[Mention]) -> str:
    """What a line says beside its dates and their times, zones and days of the week."""
    for mention in reversed(found):
        line = line[: mention.start] + " " + line[mention.end :]
    return _FILLER.sub(" ", line)


def fields_of(line: str) -> list[str]:
    """The fields of a header line such as `June 30, 2025 | By Yusuf Calder | The Northfold
    Courier`, or of `The Northfold Courier, 30 June 2025`."""
    parts = [part.strip() for part in FIELD_END.split(line) if part.strip()]
    parts = [half for part in parts for half in outlet_and_day(part)]
    return parts if all(len(part) <= LONGEST_FIELD for part in parts) else [line]


def outlet_and_day(field: str) -> tuple[str, ...]:
    """The outlet and the day of a field that is nothing but these; else the field itself."""
    halves = _AFTER_OUTLET.split(field, 1)
    both = len(halves) == 2 and is_outlet(halves[0]) and is_dateline(halves[1])
    return tuple(halves) if both else (field,)


def is_outlet(line: str) -> bool:
    """Whether a short line is the name of an outlet by its last word, or begins with The."""
    return len(line) <= 40 and (OUTLET.fullmatch(line) or _THE_OUTLET.fullmatch(line)) is not None


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
        _plain(a) == _plain(b) or _plain(without_site(a)) == _plain(without_site(b))
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


def _kind(block: str, triggers: Sequence[str]) -> SentenceKind:
    if len(block) <= LONGEST_BYLINE:
        parts = fields_of(block)
        if any(map(is_byline, parts)):
            return BYLINE
        if any(map(is_dateline, parts)):
            return DATELINE
    if is_notice(block, triggers):
        return BOILERPLATE
    return HEADING if is_heading(block) else BODY


def _mark_title(blocks: Sequence[str], kinds: list[SentenceKind], title: str | None) -> None:
    """The first line that says the title is the title; its second copy, which scrapers leave, is
    boilerplate."""
    if (
        title is None
        and len(blocks) > 2
        and kinds[0] is HEADING
        and same_line(blocks[0], blocks[1])
    ):
        title = blocks[0]
    if title is None:
        return
    seen = False
    for index, block in enumerate(blocks[:HEADER_BLOCKS]):
        if len(block) <= 2 * len(title) + 60 and same_line(block, title):
            kinds[index] = BOILERPLATE if seen else TITLE
            seen = True


def _mark_contents(blocks: Sequence[str], kinds: list[SentenceKind]) -> None:
    """A table of contents: the lines under its heading that merely repeat headings further down."""
    index = next(
        (i for i, block in enumerate(blocks[:CONTENTS_BLOCKS]) if _CONTENTS.fullmatch(block)), None
    )
    if index is None:
        return
    later = zip(blocks[index + 1 :], kinds[index + 1 :], strict=True)
    headings = [
        _plain(block) for block, kind in later if kind is HEADING and not _BULLET.match(block)
    ]
    listed = index + 1
    for block in blocks[listed : listed + CONTENTS_BLOCKS]:
        item = _plain(_BULLET.sub("", block))
        repeats = sum(heading.startswith(item) or item.startswith(heading) for heading in headings)
        # a line without a bullet is itself among the headings
        if len(block) > LONGEST_HEADING or not item or repeats < (1 if _BULLET.match(block) else 2):
            break
        kinds[listed] = BOILERPLATE
        listed += 1
    if listed > index + 1:
        kinds[index] = BOILERPLATE


_NARROWEST = 60  # characters; text is rarely wrapped to less
_FULL = 0.8  # a wrapped line is at least this full, ragged right edges included
_CLOSED = re.compile(r"[.!?…。][\"'”’»)\]*_]*$")
_ITEM = re.compile(r"(?:[-*•‣◦▪–—+]|\(?\d{1,3}[.)]|\(?[a-z]\))\s+\S")


def _plain(line: str) -> str:
    return " ".join(_NOT_WORD.sub(" ", _APOSTROPHE.sub("", line)).casefold().split())


_APOSTROPHE = re.compile(r"['’‘`´]")
_NOT_WORD = re.compile(r"[\W_]+")
_CLOSED_QUOTE = re.compile(r"[.!?][”\"’']$")
_BULLET = re.compile(r"(?:[-*•‣◦▪–+]|\d{1,2}[.)])\s+")
_SITE = re.compile(
    r"(?P<title>\S.{9,}?)\s+[|–—·•»-]\s+(?P<site>(?:(?:The|the|of|and|&|de|la)\s+)?[A-Z0-9][^|–—·.?!:;]{1,38})$"
)
_CONTENTS = re.compile(
    r"(?:table of )?contents|in this (?:article|story|section)|on this page|sommaire|inhalt",
    re.IGNORECASE,
)

# A word of a person's name, and what stands before one.
NAME_WORD = r"(?:[A-Z][\w.'’-]*|(?:de|van|von|der|den|al|bin|bint|di|da|la|le|du|ter|af|y|e)\b)"
_PERSON = rf"{NAME_WORD}(?:\s+{NAME_WORD}){{1,5}}"
RANK = r"(?:Dr|Prof|Professor|Mr|Mrs|Ms|Sir|Dame|DR|PROF|MR|MRS|MS)\.?"
_WRITES = r"(?:professor|lecturer|reader|fellow|reporter|correspondent|editor|writer|columnist|researcher|candidate|analyst)"
_BYLINES = (
    re.compile(
        r"(?i:(?:written|story|text|words|report|reported|reporting|analysis|opinion|commentary|interview|photos?)\s+by:?)"
        rf"\s+(?:{RANK}\s+)?[A-Z]"
    ),
    re.compile(
        rf"(?:By|BY|by)\s+(?:{RANK}\s+)?{_PERSON}"
        r"(?:\s*(?:,|\||·|–|—|-|\(|and\b|&|for\b|in\b)\s*\S.{0,80})?[.]?$"
    ),
    re.compile(r"(?i:authors?|byline|reporter|correspondent|autor|auteur):\s+\S.{2,100}$"),
    re.compile(rf"From\s+[A-Z][\w.'’-]+(?:\s+[A-Z][\w.'’-]+)?,\s+(?:{RANK}\s+)?{_PERSON}$"),
    re.compile(
        rf"(?:{RANK}\s+)?{_PERSON},\s+(?:[A-Z]?[\w-]+\s+){{0,3}}(?i:{_WRITES})\b[^.!?]{{0,90}}$"
    ),
)
_ENDS_WITHIN = re.compile(r"[.!?]\s+[A-Z]")

_WORD = r"(?:[A-Z0-9][\w.'’&-]*|of|the|and|&|for|de|la)"
LAST_WORDS = {kind: "|".join(words.split()) for kind, words in rows("outlets.tsv")}
OUTLET = re.compile(rf"(?:{_WORD}\s+){{0,4}}(?:\w*(?:{LAST_WORDS['ends']})|{LAST_WORDS['is']})")
_THE_OUTLET = re.compile(rf"The(?:\s+{_WORD}){{1,4}}")
_AFTER_OUTLET = re.compile(r",\s+|\s+[–—-]\s+")
FIELD_END = re.compile(r"\s[|·•]\s")
_BY_WITHIN = re.compile(r"\s(?:[—–-]\s+)?(?:by|By|BY):?\s")
BY = re.compile(r"[Bb][Yy]\s+[A-Z]")
_PROSE_WORD = re.compile(r"\b(?!(?:and|of|the|de|van|von|der|al|bin|for|in)\b)[a-z]{2,}")

# Phrases of data/publication.tsv by kind, as alternatives of a pattern in their order; a space is
# any white space.
PHRASES = {
    kind: re.escape(phrases).replace(r";\ ", "|").replace(r"\ ", r"\s+").replace(r"\*", r"\w*")
    for kind, phrases in rows("publication.tsv")
}
_KNOWN = ("first", "republished", "updated", "seen", "published")
LABEL = re.compile(
    rf"\b(?:{'|'.join(f'(?P<{kind}>{PHRASES[kind]})' for kind in _KNOWN)})\b", re.IGNORECASE
)
# A label speaks of the copy itself where it opens the line or stands before a colon.
_ANY_LABEL = f"(?:{'|'.join(PHRASES[kind] for kind in _KNOWN)})"
_LABELLED = re.compile(
    rf"(?:^\W*|[(|·.]\s*){_ANY_LABEL}\b|\b(?!date){_ANY_LABEL}\s*:", re.IGNORECASE
)
_DAYS = "|".join(name for day in WEEKDAYS for name in (day, day[:3]))
_FILLER = re.compile(
    rf"\b(?:{_DAYS}|{PHRASES['beside']}|(?:utc|gmt)\s*[+-]\s*\d{{1,2}}(?::?\d\d)?|(?-i:{PHRASES['zone']})|"
    r"(?:(?:[a-z]+\s+){1,2}(?:standard|daylight|summer|mean)|local|eastern|central|mountain|pacific|atlantic|indian?|"
    r"singapore|hong\s+kong|japan|korea|moscow|beijing|china)\s+time|\d{1,2}\s*[ap]\.?m\.?|hrs|"
    rf"ces?t|[ecmp][sd]?t|[ap]\.?m\.?|"
    r"t?\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:\.\d+)?z?(?:\s*[ap]\.?m\.?)?)(?!\w)|[+-]\d{2}:?\d{2}\b",
    re.IGNORECASE,
)
