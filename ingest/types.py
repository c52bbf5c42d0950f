"""The types that both halves share: article and its collections, sentence, passage, family, report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import PurePosixPath


class SentenceKind(StrEnum):
    """What a piece of an article is. All but `boilerplate` and `orders` stand in passages and may
    be cited."""

    BODY = "body"
    TITLE = "title"
    HEADING = "heading"
    BYLINE = "byline"
    DATELINE = "dateline"
    BOILERPLATE = "boilerplate"
    ORDERS = "orders"  # written to a machine that reads the article: kept as text, never evidence

    def __init__(self, name: str) -> None:
        self.citable = name not in ("boilerplate", "orders")


class Role(StrEnum):
    """What a copy is to its family; the terms are the contract's."""

    ORIGINAL = "original"
    REPUBLISHED = "republished"
    FRAGMENT = "fragment"
    UPDATED = "updated"
    ALTERED = "altered"


class DateKind(StrEnum):
    """What a copy says happened on a day."""

    FIRST = "first"  # it was published for the first time anywhere
    PUBLISHED = "published"
    REPUBLISHED = "republished"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class StatedDate:
    """A date that a copy states of itself, believed or not; what is believed of it stands in the
    Article's fields."""

    kind: DateKind
    day: date  # the calendar day as written, in the offset it was written in; of a month or year the first
    precision: str  # minute | day | month | year
    where: str  # json-ld | meta | markup | field | text
    # of a moment in UTC or without a zone: where it was published it may have been the day before
    # or after; not stored
    may_be_utc: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an article is about, as its publisher says."""

    name: str
    code: str | None = None  # of IPTC's Media Topics: medtop:20000002; else as written


@dataclass(frozen=True, slots=True)
class Terms:
    """What a publisher says of an item beside its words: which one it is, whose, and on what terms."""

    item_id: str | None = None  # the same in every file and format
    version: str | None = None
    versioned_at: datetime | None = None
    embargoed_until: datetime | None = None
    usage_terms: str | None = None
    copyright_holder: str | None = None
    corrects: tuple[str, ...] = ()  # identifiers or addresses of items that it corrects or replaces
    subjects: tuple[Subject, ...] = ()

    def is_newer(self, other: Terms) -> bool:
        """By the numbers of their versions, else by their moments; False where neither tells."""
        ours, theirs = self.version or "", other.version or ""
        if ours.isdecimal() and theirs.isdecimal() and int(ours) != int(theirs):
            return int(ours) > int(theirs)
        if self.versioned_at is None or other.versioned_at is None:
            return False
        return self.versioned_at > other.versioned_at


@dataclass(frozen=True, slots=True)
class Extract:
    """What a file of any format says, before it is cleaned: its visible text and what its metadata
    states."""

    text: str
    fields: Mapping[str, str] = field(default_factory=dict)  # title, author, publisher, url
    dates: tuple[StatedDate, ...] = ()
    notes: tuple[str, ...] = ()
    terms: Terms = Terms()
    stopped: str | None = None  # why it may not be shown


LONGEST_COLLECTION = 100  # characters of the name of a collection; what is longer is none


def collections_named(written: str) -> tuple[str, ...]:
    """The names in a field, between commas."""
    return united_collections(written.split(","))


def united_collections(*given: Iterable[str]) -> tuple[str, ...]:
    """All names in order, each once however its letters are cased; white space counts as one space."""
    found: dict[str, str] = {}
    for name in (" ".join(name.split()) for some in given for name in some):
        if is_collection(name):
            found.setdefault(name.casefold(), name)
    return tuple(sorted(found.values()))


def is_collection(name: str) -> bool:
    """Whether a collection can be called that."""
    return bool(name) and len(name) <= LONGEST_COLLECTION and name.isprintable() and "," not in name


def may_see(made_for: Iterable[str], bound_to: Iterable[str]) -> bool:
    """Whether whoever is bound to some collections may see what was made from `made_for`: all of these
    have to be among them; whoever is bound to none sees all.

    `made_for` of none is from all collections, or outside of every one.
    """
    allowed, needed = ({name.casefold() for name in some} for some in (bound_to, made_for))
    return not allowed or (bool(needed) and needed <= allowed)


def folder_of(source: str) -> str | None:
    """The folder just below the PATH that was given, in which an article lies; None for no folder.

    A line of JSON Lines is `FILE#ID`, and its id may have slashes. A page of the web lies in none.
    """
    if "://" in source.partition("#")[0]:
        return None
    first, slash, _ = source.partition("/")
    is_line = bool(PurePosixPath(first.partition("#")[0]).suffix) and "#" in first
    return first if slash and not is_line else None


def article_id_of(identity: str) -> str:
    """The id of the article of an identity."""
    return hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Article:
    """One article as published, cleaned. All offsets anywhere refer to `text`, in code points,
    half-open."""

    identity: str  # absolute file path, plus "#id" for a line of JSONL
    source: str  # path relative to the PATH that was given
    text: str
    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    url: str | None = None
    published_on: date | None = None  # the first publication this copy itself states
    republished_on: date | None = None
    updated_on: date | None = None  # the last change it states, later than its publication
    date_source: str = "none"  # metadata | text | none: where published_on was read
    stated_dates: tuple[
        StatedDate, ...
    ] = ()  # every date it states of itself, with where it stands
    credited_to: str | None = None  # the outlet a credit line names: "republished from The X"
    latest_named_date: date | None = (
        None  # the latest date named in the text; a bare month or year is its first day
    )
    language: str | None = None  # ISO 639-1
    terms: Terms = Terms()
    collections: tuple[str, ...] = ()  # that it states, or its ingest did; its folder is one, too
    notes: tuple[
        str, ...
    ] = ()  # sentences for people: what was not believed, what was left out; never stored
    # what the file states of the fields in which a desk says otherwise
    stated: tuple[tuple[str, str | None], ...] = ()

    @property
    def all_collections(self) -> tuple[str, ...]:
        """Those that it states or was given, and its folder."""
        return united_collections(self.collections, filter(None, [folder_of(self.source)]))

    @property
    def article_id(self) -> str:
        """Derived from the identity alone, so that it survives updates; 16 hexadecimal digits."""
        return article_id_of(self.identity)

    @property
    def content_hash(self) -> str:
        """Changes whenever anything that the file says and a reader can see changes; 32
        hexadecimal digits."""
        stated = dict(self.stated)
        fields = (
            self.source,
            self.text,
            self.title,
            stated.get("author", self.author),
            stated.get("publisher", self.publisher),
            self.url,
            stated.get("published_on", self.published_on),
            self.republished_on,
            self.updated_on,
            stated.get("date_source", self.date_source),
            self.credited_to,
            *(f"{d.kind} {d.day} {d.precision} {d.where}" for d in self.stated_dates),
            *(f"collection {name}" for name in self.collections),
            *([json.dumps(asdict(self.terms), default=str)] if self.terms != Terms() else []),
        )
        return hashlib.sha256("\x1f".join(str(f) for f in fields).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, or one line that stands alone; `text == article.text[start:end]`."""

    start: int
    end: int
    text: str
    kind: SentenceKind = SentenceKind.BODY


@dataclass(frozen=True, slots=True)
class Passage:
    """A stored piece of one article; `text == article.text[start:end]`. Never holds what may not be
    cited."""

    passage_id: str
    article_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """Words of an article; `start == end` marks the place of an insertion or deletion."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Alteration:
    """Words of an altered copy that say something else than the canonical member does."""

    kind: str  # number | date | name | negation | quantifier | antonym | quotation | wording
    here: Span
    canonical: Span


@dataclass(frozen=True, slots=True)
class Member:
    """One article's place in its family. `alterations` are most serious first, empty unless the
    role is altered."""

    article_id: str
    role: Role
    canonical: bool
    alterations: tuple[Alteration, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """Articles that are copies of one another, size 1 included; exactly one member is canonical."""

    family_id: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A file or line that could not be ingested, and why. `place` is the file or folder itself,
    links resolved."""

    source: str
    reason: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An item that its publisher does not let be shown: killed or withheld. It leaves the archive,
    whichever file it came from; `reason` follows its source in a sentence."""

    identity: str
    source: str
    reason: str
    terms: Terms = Terms()

    @property
    def article_id(self) -> str:
        """As of an Article."""
        return article_id_of(self.identity)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a feed or sitemap says of one page. `stated` changes with it."""

    address: str  # as written there, "" where it names none
    stated: str
    fields: Mapping[str, object] = field(default_factory=dict)  # of an item, as in JSON Lines
    own_text: int = 0  # characters that stand in the feed itself
    is_listing: bool = False  # another sitemap


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did; the last four counts are totals after the run."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: tuple[Failure, ...] = ()
    articles: int = 0
    passages: int = 0
    families: int = 0
    altered: int = 0
    seconds: float = 0.0
    generation: str = ""
    notes: tuple[str, ...] = field(
        default=()
    )  # sentences for people: the sample was removed, files were passed over
