"""What `/v1` replies: the types of an answer as JSON, and the objects around articles and jobs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from ingest.storage.catalogue import Snapshot, StoredArticle
from ingest.types import DateKind, Span
from service.conflicts.side_by_side import Pair
from service.contract.problems import Problem, problem_of
from service.jobs import Job
from service.retrieval.retriever import card
from service.types import Answer, ArticleCard, Citation, DateSource, Hit, Role, Turn

Body = dict[str, Any]


def body_of(value: object) -> Body:
    """The JSON of a model, or of one of the types in `service/types.py`."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    kind: Any = type(value)
    body: Body = _adapter(kind).dump_python(value, mode="json")
    return body


def answer_of(body: Body) -> Answer:
    """The answer that a body of the API is; ValidationError where it is none.

    A receipt of an earlier version lacks the fields that came since: they are null in it.
    """
    since = {field.name: None for field in fields(Answer)}
    answer: Answer = _adapter(Answer).validate_python(_nested(since | body))
    return answer


_CARD_FIELDS = {field.name for field in fields(ArticleCard)}


def _nested(body: Any) -> Any:
    """The article's fields, which stand beside an object's own in JSON, as its `article`."""
    if isinstance(body, list):
        return [_nested(item) for item in body]
    if not isinstance(body, dict):
        return body
    whole = {name: _nested(value) for name, value in body.items()}
    if not {"passage_id", "article_id"} <= whole.keys():
        return whole
    return whole | {"article": {name: whole[name] for name in _CARD_FIELDS if name in whole}}


_adapter = cache(TypeAdapter)


StaleBecause = Literal["corrected", "removed", "altered", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Stale:
    """What became of the words that an answer cites."""

    since: datetime
    because: Annotated[
        StaleBecause,
        Field(
            description="`corrected`: the article, or a correction by its outlet, says otherwise. "
            "`altered`: the words were found to be altered. `removed`, `withdrawn`: the article is "
            "gone, in the latter case because its outlet took it back"
        ),
    ]
    citations: Annotated[tuple[int, ...], Field(description="the numbers that no longer hold")]
    now: Annotated[
        tuple[Citation, ...],
        Field(description="what is said in their place, each under the number it stands for"),
    ]


class Event(BaseModel):
    """Something that happened; a webhook is told it under the same id."""

    number: int = Field(description="in the order in which they happened")
    event_id: str
    kind: Literal["answer.stale", "saved_question.changed"]
    subject: str = Field(description="the id of the answer or the saved question")
    made_at: datetime
    detail: dict[str, Any] = Field(description="ids and reasons, no words")


class EventList(BaseModel):
    events: list[Event]


class SigningKey(BaseModel):
    """What signed receipts are checked with: docs/receipts.md."""

    algorithm: str
    key_id: str = Field(description="of the key's SHA-256")
    public_key: str = Field(description="32 bytes in base64")
    pem: str


@dataclass(frozen=True, slots=True)
class Signature:
    """`dateline receipts verify` checks it; null in receipts of earlier versions."""

    algorithm: str
    key_id: str
    public_key: Annotated[str, Field(description="32 bytes in base64")]
    signed: Annotated[dict[str, Any], Field(description="the frame, and the SHA-256 of every text")]
    value: Annotated[str, Field(description="over `signed` in canonical JSON, base64")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Answer):
    """The stored answer, with what it was made from and what became of that since."""

    made_at: datetime
    made_from: dict[str, Any]
    stale: Stale | None
    signature: Signature | None


class SavedQuestion(BaseModel):
    """A question that is asked again when the archive changes."""

    saved_question_id: str
    question: str
    as_of: date | None
    filters: dict[str, Any] | None
    collections: list[str] | None
    webhook: str | None
    webhook_secret: str | None = Field(
        description="what the webhook checks signatures with; null without one"
    )
    slack_channel: str | None
    created_at: datetime
    answer_id: str = Field(description="the answer as it is now")


class SavedQuestionList(BaseModel):
    saved_questions: list[SavedQuestion] = Field(description="the newest first")


class Changed(BaseModel):
    """Two answers that say different things; either is null where it is kept no longer."""

    event_id: str
    made_at: datetime
    changed: list[str] = Field(
        description="`answered`, `lost`, `disputed`, `removed`, or what is another one: `number`, "
        "`date`, `name`, `negation`, `antonym`, `quantifier`"
    )
    before: Receipt | None
    after: Receipt | None


class SavedQuestionRead(SavedQuestion):
    """A saved question with what was told of it, the newest first."""

    changes: list[Changed]


class ReceiptList(BaseModel):
    answers: list[Receipt] = Field(description="the one that went stale last comes first")
    next_cursor: str | None


class Search(BaseModel):
    passages: list[Hit]


class ConversationCard(BaseModel):
    """A conversation in the list of the key that owns it."""

    conversation_id: str
    title: str = Field(description="its first question, until it is renamed")
    created_at: datetime
    updated_at: datetime = Field(description="when its last answer was given")
    answers: int = Field(description="how many it holds")


class ConversationList(BaseModel):
    conversations: list[ConversationCard] = Field(description="the one used last comes first")
    next_cursor: str | None


class ConversationRead(ConversationCard):
    """A conversation, with its answers as they were given, the newest first."""

    turns: list[Receipt] = Field(description="without the words of articles removed since")
    next_cursor: str | None = Field(description="leads to older answers")


class RatedAnswer(BaseModel):
    """A rating and the answer as it was given, without the words of articles removed since."""

    rating: Literal["up", "down"]
    comment: str | None
    rated_by: str = Field(description="the id of a key, with `/` and the `user` that was sent")
    rated_at: datetime
    answer: Receipt
    history: list[Turn] = Field(
        description="the turns before it in its conversation, at most 20, oldest first"
    )


class FeedbackPage(BaseModel):
    feedback: list[RatedAnswer]
    next_cursor: str | None


class Articles(BaseModel):
    articles: list[ArticleCard]
    next_cursor: str | None
    total: int = Field(description="articles that the filters leave, on all pages")


class CanonicalSpan(BaseModel):
    article_id: str
    start: int
    end: int
    text: str


class Alteration(BaseModel):
    """Words of an altered copy that say something else than its canonical member does."""

    kind: str = Field(examples=["number", "name", "date", "negation", "wording"])
    here: Span
    canonical: CanonicalSpan


class Member(BaseModel):
    article_id: str
    title: str
    publisher: str | None
    published_on: date | None
    source: str
    role: Role
    canonical: bool

    @classmethod
    def of(cls, stored: StoredArticle) -> Member:
        shown = card(stored)
        return cls(
            article_id=shown.article_id,
            title=shown.title,
            publisher=shown.publisher,
            published_on=shown.published_on,
            source=shown.source,
            role=shown.family.role,
            canonical=shown.family.canonical,
        )


class ArticleFamily(BaseModel):
    id: str
    size: int = Field(description="members, this one included")
    role: Role
    canonical: bool
    members: list[Member] = Field(
        description="all copies, the canonical one first, this article included"
    )


class DateStated(BaseModel):
    """A date that a copy states of itself."""

    model_config = ConfigDict(from_attributes=True)

    kind: DateKind
    day: date
    precision: str = Field(description="minute, day, month or year")
    where: str = Field(description="json-ld, meta, markup, field or text")


class Overridden(BaseModel):
    """A desk's word, which stands in the article's field of that name."""

    field: Literal["published_on", "publisher", "author", "family"]
    value: str = Field(description="of a family the id of an article in it")
    stated: str | None = Field(description="what the file has there")
    set_by: str = Field(
        description="the id of a key; `command` on the machine, `nobody` without keys"
    )
    set_at: str

    @classmethod
    def all(cls, stored: StoredArticle, snapshot: Snapshot) -> list[Overridden]:
        own = dict(stored.article.stated)
        found = snapshot.overrides().get(stored.article.article_id, ())
        return [cls(**asdict(one), stated=own.get(one.field)) for one in found]


class Subject(BaseModel):
    name: str
    code: str | None = Field(
        description="of IPTC's Media Topics `medtop:20000002`; else as written"
    )


class Article(BaseModel):
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
    date_source: DateSource
    stated_dates: list[DateStated] = Field(
        description="dates it states of itself, believed or not; of a month or year its first day"
    )
    credited_to: str | None = Field(description="the outlet that a credit line names")
    language: str | None = Field(description="ISO 639-1, as its words suggest")
    item_id: str | None = Field(description="its publisher's identifier")
    version: str | None
    usage_terms: str | None
    copyright_holder: str | None
    corrects: list[str] = Field(description="identifiers of items that it corrects or replaces")
    subjects: list[Subject] = Field(description="as its publisher states them")
    collections: list[str]
    ingested_at: str
    overrides: list[Overridden] = Field(description="what a desk says otherwise than the file")
    family: ArticleFamily
    alterations: list[Alteration] = Field(
        description="most serious first; none where the key does not see the canonical copy"
    )

    @classmethod
    def of(cls, stored: StoredArticle, snapshot: Snapshot) -> Article:
        """One article of a generation, with the other members of its family."""
        shown, terms = card(stored), stored.article.terms
        family = snapshot.family(stored.family_id)
        members = family.members if family else ()
        known = snapshot.articles(member.article_id for member in members)
        canonical_id = next((m.article_id for m in members if m.canonical), "")
        return cls(
            **{
                name: getattr(stored.article, name)
                for name in cls.model_fields
                if hasattr(stored.article, name) and name not in ("title", "collections")
            },
            **{
                name: getattr(terms, name)
                for name in ("item_id", "version", "usage_terms", "copyright_holder", "corrects")
            },
            subjects=[Subject(name=one.name, code=one.code) for one in terms.subjects],
            title=shown.title,
            collections=list(snapshot.collections_of(shown.article_id)),
            ingested_at=stored.ingested_at,
            overrides=Overridden.all(stored, snapshot),
            family=ArticleFamily(
                **body_of(shown.family),
                members=[
                    Member.of(known[member.article_id])
                    for member in members
                    if member.article_id in known
                ],
            ),
            alterations=[
                Alteration(
                    kind=a.kind,
                    here=a.here,
                    canonical=CanonicalSpan(article_id=canonical_id, **body_of(a.canonical)),
                )
                for a in stored.member.alterations
                if canonical_id
            ],
        )


class Canonical(BaseModel):
    article_id: str
    title: str
    publisher: str | None
    published_on: date | None


class Comparison(BaseModel):
    """The sentences of an altered copy that say something else than its canonical copy."""

    article_id: str
    canonical: Canonical
    pairs: list[Pair] = Field(
        description="most serious first; `marked` says where words differ, as offsets into the "
        "article's text"
    )

    @classmethod
    def of(cls, stored: StoredArticle, canonical: StoredArticle, pairs: list[Pair]) -> Comparison:
        shown = card(canonical)
        return cls(
            article_id=stored.article.article_id,
            canonical=Canonical(**{name: getattr(shown, name) for name in Canonical.model_fields}),
            pairs=pairs,
        )


class JobAccepted(BaseModel):
    job_id: str


class Progress(BaseModel):
    """How far a job is; a `total` of 0 is not known yet."""

    stage: str = Field(examples=["waiting", "read", "embed", "index", "group"])
    done: int
    total: int


class Failed(BaseModel):
    source: str
    reason: str


class Report(BaseModel):
    """What an ingest did; the last counts are totals of the archive after it."""

    added: int
    updated: int
    unchanged: int
    removed: int
    failed: list[Failed] = Field(
        description="what could not be read; everything else is in all the same"
    )
    articles: int
    passages: int
    families: int
    altered: int
    seconds: float
    generation: str
    notes: list[str] = Field(
        description="for people: copies found, dates not believed, files passed over"
    )


class JobState(BaseModel):
    """An upload, a removal or a rebuild that waits, is at work or has ended."""

    job_id: str
    status: Literal["queued", "running", "done", "failed"] = Field(
        description="`done` also where single files failed: the report names them"
    )
    progress: Progress
    report: Report | None
    error: Problem | None = Field(
        description="why it failed as a whole: nothing of it is in the archive then"
    )
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Job) -> JobState:
        return cls(
            job_id=job.job_id,
            status=job.status,
            progress=Progress(stage=job.stage, done=job.done, total=job.total),
            report=Report(**job.report) if job.report else None,
            error=Problem(**problem_of(job.error, job.request_id)) if job.error else None,
            created_at=job.created_at,
            finished_at=job.finished_at,
        )


class Alive(BaseModel):
    status: Literal["alive"] = "alive"


class Ready(BaseModel):
    status: Literal["ready"] = "ready"
    generation: str
    articles: int
    passages: int
