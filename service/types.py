"""The types of a question and its answer; the API's JSON is made from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from ingest.types import Role as MemberRole
from ingest.types import SentenceKind, Span

LONGEST_QUESTION = 2_000  # characters, the contract's bound

Support = Literal["exact", "supported", "partial", "counted"]
Role = Annotated[str, Field(json_schema_extra={"enum": [str(role) for role in MemberRole]})]
DateSource = Annotated[str, Field(json_schema_extra={"enum": ["metadata", "text", "desk", "none"]})]
Reason = Literal["no_match", "not_supported", "outside_dates", "only_altered_copies"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the archive; dates are inclusive, and undated articles fail them."""

    published_after: date | None = None
    published_before: date | None = None
    publishers: tuple[str, ...] = ()
    article_ids: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()  # those in any one of them


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
    today: date | None = None  # the asker's day, else the service's
    conversation_id: str | None = None


@dataclass(frozen=True, slots=True)
class FamilyPlace:
    """Where an article stands among the copies of it."""

    id: str
    size: Annotated[int, Field(description="members, this one included")]
    role: Role
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
    date_source: DateSource
    family: FamilyPlace

    @property
    def stated_title(self) -> str | None:
        return self.title if self.title != self.source else None


class ShowsArticle:
    """In JSON the fields of `article` stand beside an object's own."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, kind: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def flattened(
            value: Any, inner: core_schema.SerializerFunctionWrapHandler
        ) -> dict[str, Any]:
            body = inner(value)
            card = body.pop("article")
            body.pop("similarity", None)  # of use inside only
            if "score" in body:
                body["score"] = round(min(1.0, max(0.0, body["score"])), 6)
            return {**body, **card}

        schema = handler(kind)
        whole: dict[str, Any] = handler.resolve_ref_schema(schema)  # type: ignore[assignment]
        whole["serialization"] = core_schema.wrap_serializer_function_ser_schema(flattened)
        return schema

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        nested = {key: value for key, value in schema.items() if key != "serialization"}
        described = handler.resolve_ref_schema(handler(nested))
        own = {**described["properties"]}
        own.pop("similarity", None)
        card = own.pop("article")
        return {**described, "properties": own, "required": list(own), "allOf": [card]}


@dataclass(frozen=True, slots=True)
class Hit(ShowsArticle):
    """A passage that was found."""

    passage_id: str
    start: int
    end: int
    text: str
    score: Annotated[float, Field(description="0 to 1, higher is better")]
    article: ArticleCard
    # cosine of the question with the passage, title in front; comparable across questions
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Nearest(Hit):
    """A passage near a question that nothing answers, and its closest sentence."""

    sentence: Span | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence that may be cited. `key` is the only thing a model can cite; we mint it."""

    key: str
    text: str
    start: int
    end: int
    kind: SentenceKind
    passage_id: str
    # the passage's similarity to the question: a cosine, comparable across questions
    passage_score: float
    article: ArticleCard
    relevance: float = 0.0  # how well the sentence answers the question, set by ranking
    altered: bool = False  # it holds a recorded alteration of its family's canonical member
    fiction: bool = False  # its article is labelled a made-up story


@dataclass(frozen=True, slots=True)
class Draft:
    """One sentence somebody proposes, with the evidence keys it says it rests on."""

    text: str
    keys: tuple[str, ...]
    opening: str = ""  # what is ours to say in front of it once it has its verdict: "No: "


@dataclass(frozen=True, slots=True)
class Citation(ShowsArticle):
    """An exact span: `article.text[start:end] == quote`, in Unicode code points."""

    number: Annotated[
        int | None, Field(description="the marker in `text`; null where it is not cited there")
    ]
    passage_id: str
    quote: str
    start: int
    end: int
    article: ArticleCard
    answer: Annotated[
        Span | None,
        Field(description="the words of the quote that answer; null where they are not known"),
    ] = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What a sentence about the archive counts, and the page that shows the same numbers."""

    filter: dict[str, Any]
    url: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of the answer with its markers: `answer.text[start:end] == text`."""

    text: str
    start: int
    end: int
    citations: tuple[int, ...]
    support: Support
    independent_sources: Annotated[int, Field(description="distinct families among the citations")]
    counted: Annotated[
        Counted | None, Field(description="of a sentence that counts articles and cites none")
    ] = None


@dataclass(frozen=True, slots=True)
class Account:
    text: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Conflict:
    """Accounts that disagree; `chosen` indexes `accounts`, null where both stand."""

    about: str
    status: Literal["superseded", "disputed", "altered_copy"]
    accounts: tuple[Account, ...]
    chosen: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer, or a refusal that says why; both are a 200."""

    id: str
    question: str
    read_as: Annotated[
        str | None, Field(description="the question with its spelling corrected; null as it was")
    ]
    text: str
    outcome: Literal["answered", "declined"]
    declined_because: Reason | None
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...]
    nearest: Annotated[
        tuple[Nearest, ...], Field(description="at most 3, where the answer was declined")
    ]
    as_of: date | None
    answerer: Literal["extractive", "openai"]
    model: str | None
    fallback: dict[str, str] | None
    usage: dict[str, Any]
    timings_ms: dict[str, float]
    index: dict[str, str]
    conversation_id: Annotated[
        str | None, Field(description="what a follow-up sends; null without a conversation")
    ]
    digest: Annotated[
        Literal["relevance", "newest", "time"] | None,
        Field(description="of an account of several stories: how they are ordered"),
    ] = None


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
    # for the receipt; never sent with the answer
    made_from: dict[str, Any] = field(default_factory=dict)


Event = Started | ClaimReleased | Delta | Completed


CheckVerdict = Literal["supported", "partial", "contradicted", "not_found", "not_checked"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the archive says to one sentence of a text, and the sentences that say it."""

    verdict: CheckVerdict
    why: str
    cited: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """One sentence of a checked text: `sent[start:end] == text`."""

    text: str
    start: int
    end: int
    verdict: Annotated[
        CheckVerdict,
        Field(
            description="`supported`: the archive says it. `partial`: it says a part of it. "
            "`contradicted`: it says otherwise, and the citations are what it says. `not_found`: "
            "it says neither. `not_checked`: a question, or nothing that could be true"
        ),
    ]
    why: str
    citations: tuple[int, ...]
    independent_sources: Annotated[int, Field(description="distinct families among the citations")]


@dataclass(frozen=True, slots=True)
class Check:
    """Every sentence of a text with what the archive says to it; nothing of it is kept."""

    sentences: tuple[CheckedSentence, ...]
    citations: tuple[Citation, ...]
    as_of: date | None
    index: dict[str, str]
