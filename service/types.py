"""The right half of the flow on one screen: question → hits → evidence → claims → answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from ingest.types import SentenceKind

LONGEST_QUESTION = 2_000  # characters, the contract's bound

Support = Literal["exact", "supported", "partial"]
Reason = Literal["no_match", "not_supported", "outside_dates", "only_altered_copies"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the caller narrows the archive to; dates are inclusive, undated articles fail a date filter."""

    published_after: date | None = None
    published_before: date | None = None
    publishers: tuple[str, ...] = ()
    article_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    history: tuple[Turn, ...] = ()
    as_of: date | None = None
    filters: Filters = Filters()


@dataclass(frozen=True, slots=True)
class FamilyPlace:
    """Where an article stands in its family, as every surface shows it."""

    id: str
    size: int
    role: str
    canonical: bool


@dataclass(frozen=True, slots=True)
class ArticleCard:
    """What a citation or a hit says of its article."""

    article_id: str
    title: str  # the source's name where the article states no title
    author: str | None
    publisher: str | None
    url: str | None
    source: str
    published_on: date | None
    date_source: str
    family: FamilyPlace


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, with its score (higher is better, 0 to 1)."""

    passage_id: str
    start: int
    end: int
    text: str
    score: float
    article: ArticleCard
    similarity: float = (
        0.0  # cosine of the question with the passage, title in front; comparable across questions
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence that may be cited. `key` is the only thing a model can cite; we mint it."""

    key: str
    text: str
    start: int
    end: int
    kind: SentenceKind
    passage_id: str
    passage_score: (
        float  # the passage's similarity to the question: a cosine, comparable across questions
    )
    article: ArticleCard
    relevance: float = 0.0  # how well the sentence answers the question, set by ranking
    altered: bool = (
        False  # the sentence holds a recorded alteration of its family's canonical member
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """One sentence somebody proposes, with the evidence keys it says it rests on."""

    text: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """An exact span of an article; `number` is None where it is shown but not cited in the text."""

    number: int | None
    passage_id: str
    quote: str
    start: int
    end: int
    article: ArticleCard


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer with its markers; `answer.text[start:end] == text`."""

    text: str
    start: int
    end: int
    citations: tuple[int, ...]
    support: Support
    independent_sources: int


@dataclass(frozen=True, slots=True)
class Account:
    text: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Conflict:
    """Accounts that disagree; `chosen` indexes `accounts`, None when both stand."""

    about: str
    status: Literal["superseded", "disputed", "altered_copy"]
    accounts: tuple[Account, ...]
    chosen: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Complete when it exists; the contract's response is this, in JSON."""

    id: str
    question: str
    text: str
    outcome: Literal["answered", "declined"]
    declined_because: Reason | None
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...]
    nearest: tuple[Hit, ...]
    as_of: date | None
    answerer: Literal["extractive", "openai"]
    model: str | None
    fallback: dict[str, str] | None
    usage: dict[str, Any]
    timings_ms: dict[str, float]
    index: dict[str, str]


@dataclass(frozen=True, slots=True)
class Started:
    id: str
    question: str


@dataclass(frozen=True, slots=True)
class ClaimReleased:
    """A verified claim and the citations that are new with it; comes before its delta."""

    claim: Claim
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    text: str


@dataclass(frozen=True, slots=True)
class Completed:
    answer: Answer
    made_from: dict[str, Any] = field(
        default_factory=dict
    )  # for the receipt; never sent with the answer


Event = Started | ClaimReleased | Delta | Completed
