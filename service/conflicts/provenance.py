"""Says how old the sources of an answer are, which of two a later one replaces, and whose report they repeat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from statistics import mode

from ingest.copies.copy_roles import same_outlet
from ingest.english.date_mentions import mentions
from ingest.english.periods import in_words
from ingest.english.word_tables import lists
from ingest.storage.catalogue import Snapshot, StoredArticle
from ingest.storage.passage_filters import permitted_articles
from service.query.question_analysis import NOW, PAST, Query
from service.retrieval.retriever import filter_of
from service.types import Evidence
from service.verification.verify import names_something_foreign

# Days between two accounts from which on the later one tells of a change, not of an opinion.
SUPERSEDED_DAYS = 30
# Days between the newest source and the day asked about from which on the age is said in words.
OLD_DAYS = 180


def changes(query: Query) -> bool:
    """Whether a question asks for what changes now: an office, a price, a count so far."""
    present = _is_plain(query) and not _PAST.search(query.text)
    return asks_about_now(query) or (present and bool(_AMOUNT.search(query.text)))


def of_the_present(query: Query) -> bool:
    """Whether a later account is worth more than an earlier one: what changes, and yes or no in the
    present.
    """
    yes_no = query.kind == "yes_no" and bool(_PRESENT.match(query.text))
    return changes(query) or (yes_no and _is_plain(query))


def age(
    query: Query, said: str, cited: Sequence[Evidence], as_of: date | None, today: date
) -> tuple[str, tuple[Evidence, ...]] | None:
    """ "This was reported on …" with the evidence it rests on: the newest dated source that is
    cited.

    None where the question is about nothing that changes and no time later than every source
    ("this week"), or the answer `said` names the day itself. Of undated sources it is said that
    they are, where the question is about now.
    """
    dated = [(item.article.published_on, item) for item in cited if item.article.published_on]
    asked_from = [period.first for period in query.periods if period.first]
    later = any(all(first > day for day, _ in dated) for first in asked_from)
    if not cited or not (later or changes(query)):
        return None
    if not dated:
        return ("The source is undated.", (cited[0],)) if asks_about_now(query) else None
    day, newest = max(dated, key=lambda pair: pair[0])
    if any(mention.day == day and mention.precision == "day" for mention in mentions(said)):
        return None
    days = ((as_of or today) - day).days
    months = round(days / 30.44)
    long = f"about {months} months"
    if months >= 24:
        long = f"over {max(2, int(days / 365.25))} years"
    elif months in (11, 12, 13):
        long = "about a year"
    age = f", {long} {f'before {in_words(as_of)}' if as_of else 'ago'}"
    return f"This was reported on {in_words(day)}{age if days >= OLD_DAYS else ''}.", (newest,)


def asks_about_now(query: Query) -> bool:
    """In so many words, or by asking who holds an office."""
    text = query.text
    holds_office = _WHO_IS.search(text) and not _PAST.search(text)
    return _is_plain(query) and bool(_NOW.search(text) or holds_office)


def _is_plain(query: Query) -> bool:
    return query.about is None and not query.several_articles


_NOW = re.compile(rf"(?i)\b(?:{NOW})\b")
_WORDS = {kind: "|".join(sorted(some)) for kind, some in lists("question_words.tsv").items()}
_WHO_IS = re.compile(
    r"(?i)^\W*(?:and\s+)?(?:who|which\s+\w+)(?:\s+else)?(?:"
    rf"\s*(?:is|are|['’]s)\s+(?:[\w.'’-]+\s+){{0,6}}?(?:{_WORDS['office']})\b|"
    rf"\s+(?:{_WORDS['leads']}|(?:is|are) in charge)\b)"
)
_AMOUNT = re.compile(
    rf"(?i)\bwhat(?:\s+is|\s+are|['’]s)\s+(?:[\w'’-]+\s+){{0,4}}?(?:{_WORDS['changes']})\b"
    r"|\bhow\s+much\s+(?:is|are)\b|\b(?:when|what\s+time)\s+(?:do|does)\b|"
    r"\bwhat\s+time\s+(?:is|are)\b|\bhow\s+(?:many|much)\b[^?]*?\b(?:sail|run|work|live|serve|costs?|remain|"
    r"are left|are there|are out of work|"
    r"(?:do|does|is|are)\b[^?]*?\b(?:employ|have|earn|own|pay|charge|owe))\b"
)
_PRESENT = re.compile(r"(?i)\W*(?:is|are|do|does|will|has|have|can)\b")
_PAST = re.compile(rf"(?i)\b(?:{PAST})\b")


def in_order(one: Evidence, other: Evidence) -> tuple[Evidence, Evidence] | None:
    """(earlier, later) by the day their articles appeared; None where a day is unknown or both
    share it.
    """
    ours, theirs = one.article.published_on, other.article.published_on
    if ours is None or theirs is None or ours == theirs:
        return None
    return (one, other) if ours < theirs else (other, one)


def why_replaced(
    earlier: Evidence,
    later: Evidence,
    *,
    left_open: bool = False,
    changed: bool = False,
    toll: bool = False,
) -> str | None:
    """Why the later account of the same thing is used, as a sentence for readers; None where its
    being later decides nothing. `left_open`: the earlier says that the matter is undecided, the
    later decides it. `changed`: the later says what it changes.
    """
    before, after = earlier.article, later.article
    if before.published_on is None or after.published_on is None:
        return None
    names = (
        f"{after.publisher or after.title} ({after.published_on}) is later than "
        f"{before.publisher or before.title} ({before.published_on})"
    )
    if after.publisher and after.publisher == before.publisher:
        return f"{names}, an earlier report of the same outlet, so the later account is used"
    if left_open:
        return f"{names}, which left this open, so the later account is used"
    if changed or _SAYS_IT_CHANGED.search(later.text):
        return f"{names} and says that something has changed, so the later account is used"
    if toll:
        return f"{names}, and a count of victims holds until the next, so the later account is used"
    if (after.published_on - before.published_on).days >= SUPERSEDED_DAYS:
        return f"{names} on something that changes, so the later account is used"
    return None


_SAYS_IT_CHANGED = re.compile(
    r"(?i)\b(?:now|revis\w+|correct(?:ed|s|ion)|updated?|"
    r"has (?:risen|fallen|grown|climbed|dropped)|(?:rose|fell|rises?|falls?|climbed|grew|rising|"
    r"raised|lowered|cut|increased|reduced) (?:\w+ )?(?:to|from)|up from|down from|instead of|"
    r"replac\w+|succe(?:eds|eded|eding)|took over|sworn in|no longer)\b"
)


def origin(
    query: Query, snapshot: Snapshot, cited: Sequence[Evidence]
) -> tuple[str, tuple[Evidence, ...]] | None:
    """Whose story the first cited article tells, with that evidence, where the question asks for
    its sources.

    Copies count as one source however many outlets carry them. None where nothing is asked of
    sources, or where their names look like addresses.
    """
    if not cited or not _ASKS_FOR_SOURCES.search(query.question.text):
        return None
    family = snapshot.family(cited[0].article.family.id)
    ids = [member.article_id for member in family.members] if family else []
    members = list(permitted_articles(snapshot, ids, filter_of(query.question)))
    outlets = dict.fromkeys(_outlet(stored) for stored in members)
    first = _first_outlet(members)
    others = len(outlets.keys() - {first})
    named = first or next(iter(outlets), "")
    if not named or names_something_foreign(named, ()):
        return None
    copies = f"{others} other outlet{'s' if others > 1 else ''} in the archive"
    if first and others:
        said = f"The report comes from {first}; {copies} only repeat{'' if others > 1 else 's'} it."
    elif others > 1:
        said = f"{others} outlets in the archive carry this, as copies of one report."
    else:
        said = f"In the archive this report stands only in {named}."
    return said, (cited[0],)


def _outlet(stored: StoredArticle) -> str:
    return stored.article.publisher or stored.article.source


def _first_outlet(members: Sequence[StoredArticle]) -> str | None:
    """The outlet that the copies credit; else that of the one earliest copy, where every copy has a
    date.
    """
    credited = [s.article.credited_to for s in members if s.article.credited_to]
    if credited:
        named = mode(credited)
        own = (s.article.publisher for s in members)
        return next((name for name in own if name and same_outlet(named, name)), named)
    dated = sorted((s.article.published_on, _outlet(s)) for s in members if s.article.published_on)
    alone = len(members) == 1 or (len(dated) > 1 and dated[0][0] < dated[1][0])
    return dated[0][1] if dated and alone and len(dated) == len(members) else None


_ASKS_FOR_SOURCES = re.compile(
    r"(?i)\b(?:who|which \w+|what \w+) (?:first |originally )?(?:reports?|reported|broke)\b|"
    r"\bhow many (?:\w+ )?(?:outlets|sources|newspapers|papers|publishers)\b|"
    r"\bwhere (?:does|did) (?:this|the) (?:story|report|news) come from\b|"
    r"\b(?:original|only|sole) source\b"
)
