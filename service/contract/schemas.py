"""The contract's JSON as Pydantic models: requests are checked by them, responses documented and tested by them."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from service.types import LONGEST_QUESTION

LONGEST_QUERY = 10_000  # characters of a search, which may be a pasted paragraph
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
SURROGATE = re.compile(r"[\ud800-\udfff]")


def plain_text(text: str) -> str:
    """The text itself; ValueError where no UTF-8 file and no database column could hold it."""
    if "\0" in text:
        raise ValueError("must not hold a NUL character")
    if SURROGATE.search(text):
        raise ValueError("must be whole Unicode text: it holds half of a surrogate pair")
    return text


def _said_something(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty or only white space")
    return plain_text(text)


def _iso_day(value: object) -> object:
    """Only the calendar form passes: Pydantic alone would also take a number of seconds for a date."""
    if value is None or isinstance(value, date):
        return value
    if not isinstance(value, str) or not ISO_DAY.fullmatch(value):
        raise ValueError("must be a calendar day such as 2024-04-26")
    return value


PlainText = Annotated[str, AfterValidator(plain_text)]
QuestionText = Annotated[
    str, Field(min_length=1, max_length=LONGEST_QUESTION), AfterValidator(_said_something)
]
QueryText = Annotated[
    str, Field(min_length=1, max_length=LONGEST_QUERY), AfterValidator(_said_something)
]
Day = Annotated[date, BeforeValidator(_iso_day)]
Name = Annotated[str, Field(max_length=300), AfterValidator(plain_text)]


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TurnRequest(Request):
    role: Literal["user", "assistant"]
    content: PlainText


class FiltersRequest(Request):
    published_after: Day | None = Field(
        None, description="first day, inclusive; undated articles fail"
    )
    published_before: Day | None = Field(
        None, description="last day, inclusive; undated articles fail"
    )
    publishers: list[Name] = Field(
        [], max_length=200, description="outlets, compared without regard to case"
    )
    article_ids: list[Name] = Field([], max_length=1000)


class AnswerRequest(Request):
    """A question, and what narrows the archive for it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"question": "When did the harbour bridge reopen?", "as_of": "2025-06-30"}
        },
    )
    question: QuestionText = Field(description="1 to 2,000 characters, not only white space")
    history: list[TurnRequest] | None = Field(
        None, description="earlier turns, oldest first; the last 20 are read"
    )
    as_of: Day | None = Field(
        None, description="answer as on this day: nothing published later is used"
    )
    filters: FiltersRequest | None = None
    stream: StrictBool = Field(False, description="answer with server-sent events")


class Response(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FamilyPlaceResponse(Response):
    """Where an article stands among the copies of it."""

    id: str
    size: int = Field(description="members, this one included")
    role: Literal["original", "republished", "fragment", "updated", "altered"]
    canonical: bool


class HitResponse(Response):
    passage_id: str
    article_id: str
    text: str
    start: int
    end: int
    score: float = Field(description="0 to 1, higher is better")
    title: str
    author: str | None
    publisher: str | None
    url: str | None
    source: str
    published_on: date | None
    date_source: Literal["metadata", "text", "none"]
    family: FamilyPlaceResponse


class CitationResponse(Response):
    """An exact span: `article.text[start:end] == quote`, in Unicode code points."""

    number: int | None = Field(
        description="the marker in `text`; null where it is shown but not cited there"
    )
    article_id: str
    passage_id: str
    quote: str
    start: int
    end: int
    title: str
    author: str | None
    publisher: str | None
    url: str | None
    source: str
    published_on: date | None
    date_source: Literal["metadata", "text", "none"]
    family: FamilyPlaceResponse


class ClaimResponse(Response):
    """One sentence of the answer with its markers: `answer.text[start:end] == text`."""

    text: str
    start: int
    end: int
    citations: list[int]
    support: Literal["exact", "supported", "partial"]
    independent_sources: int = Field(description="distinct families among the citations")


class AccountResponse(Response):
    text: str
    citation: CitationResponse


class ConflictResponse(Response):
    """Accounts that disagree; `chosen` indexes `accounts`, null where both stand."""

    about: str
    status: Literal["superseded", "disputed", "altered_copy"]
    accounts: list[AccountResponse]
    chosen: int | None
    why: str


class AnswerResponse(Response):
    """A checked answer, or a refusal that says why; both are a 200."""

    id: str
    question: str
    text: str
    outcome: Literal["answered", "declined"]
    declined_because: (
        Literal["no_match", "not_supported", "outside_dates", "only_altered_copies"] | None
    )
    claims: list[ClaimResponse]
    citations: list[CitationResponse]
    conflicts: list[ConflictResponse]
    nearest: list[HitResponse] = Field(description="at most 3, where the answer was declined")
    as_of: date | None
    answerer: Literal["extractive", "openai"]
    model: str | None
    fallback: dict[str, str] | None
    usage: dict[str, Any]
    timings_ms: dict[str, float]
    index: dict[str, str]


class ReceiptResponse(AnswerResponse):
    """The stored answer, with what it was made from."""

    model_config = ConfigDict(extra="allow")
    made_from: dict[str, Any]


class SearchResponse(Response):
    passages: list[HitResponse]


class ArticleCardResponse(Response):
    article_id: str
    title: str = Field(description="the name of its source where the article states no title")
    publisher: str | None
    published_on: date | None
    source: str
    family: FamilyPlaceResponse


class ArticlesResponse(Response):
    articles: list[ArticleCardResponse]
    next_cursor: str | None


class SpanResponse(Response):
    start: int
    end: int
    text: str


class CanonicalSpanResponse(SpanResponse):
    article_id: str


class AlterationResponse(Response):
    """Words of an altered copy that say something else than its canonical member does."""

    kind: str = Field(examples=["number", "name", "date", "negation", "wording"])
    here: SpanResponse
    canonical: CanonicalSpanResponse


class MemberResponse(Response):
    article_id: str
    title: str
    publisher: str | None
    published_on: date | None
    source: str
    role: Literal["original", "republished", "fragment", "updated", "altered"]
    canonical: bool


class ArticleFamilyResponse(FamilyPlaceResponse):
    members: list[MemberResponse] = Field(
        description="all copies, the canonical one first, this article included"
    )


class StatedDateResponse(Response):
    """A date that an article states of itself, believed or not."""

    kind: Literal["first", "published", "republished", "updated"]
    day: date = Field(description="of a month or year its first day")
    precision: Literal["minute", "day", "month", "year"]
    where: str = Field(examples=["json-ld", "meta", "markup", "field", "text"])


class ArticleResponse(Response):
    """One article; every offset anywhere refers to its `text`, in Unicode code points."""

    article_id: str
    title: str
    text: str
    author: str | None
    publisher: str | None
    url: str | None
    source: str
    published_on: date | None
    republished_on: date | None
    updated_on: date | None = Field(description="the last change it states")
    date_source: Literal["metadata", "text", "none"]
    stated_dates: list[StatedDateResponse]
    credited_to: str | None = Field(description="the outlet that a credit line names")
    language: str | None = Field(description="ISO 639-1, as its words suggest")
    ingested_at: str
    family: ArticleFamilyResponse
    alterations: list[AlterationResponse] = Field(description="most serious first")


class AliveResponse(Response):
    status: Literal["alive"]


class ReadyResponse(Response):
    status: Literal["ready"]
    generation: str
    articles: int
    passages: int


class Problem(BaseModel):
    """RFC 9457: what went wrong, and what to do about it."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "type": "/docs#problem-invalid_request",
                "title": "The request cannot be taken as it is",
                "status": 422,
                "detail": "question: must not be empty or only white space",
                "code": "invalid_request",
                "request_id": "3f0c9a2be14d4a6f",
            }
        },
    )
    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
