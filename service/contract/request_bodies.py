"""What callers send to `/v1`, checked once by Pydantic; a bad value is named by its field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Header
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    model_validator,
)

from ingest.formats.article_making import LONGEST_FIELD
from ingest.formats.item_files import LONGEST_ID
from ingest.text.trusted_dates import AHEAD, EARLIEST
from ingest.types import is_collection
from service.archive_questions import ArchiveFilter
from service.types import LONGEST_QUESTION, Filters, Question, Turn

LONGEST_QUERY = 10_000  # characters of a search, which may be a pasted paragraph
LONGEST_CHECKED = 20_000  # characters of a text to check: about what 100 sentences have
LAST_TURNS = 20  # older turns never decide what a follow-up means
LONGEST_COMMENT = 2_000  # characters on one answer
LONGEST_TURN = 8_000  # characters; longer turns are pasted documents
LONGEST_TITLE = 200  # characters of a conversation


def _plain_text(text: str) -> str:
    """The text itself; ValueError where no UTF-8 file and no database column could hold it."""
    if "\0" in text:
        raise ValueError("must not hold a NUL character")
    if re.search(r"[\ud800-\udfff]", text):
        raise ValueError("must be whole Unicode text: it holds half of a surrogate pair")
    return text


def _is_seen(text: str) -> bool:
    """Whether a text shows anything: zero-width characters are no more than white space."""
    return any(not c.isspace() and unicodedata.category(c) != "Cf" for c in text)


def must(holds: Callable[[str], object], words: str) -> AfterValidator:
    """A check of a text: ValueError("must …") where `holds` says no."""

    def check(text: str) -> str:
        if not holds(text):
            raise ValueError(f"must {words}")
        return text

    return AfterValidator(check)


def _iso_day(value: object) -> object:
    """Only the calendar form passes: Pydantic would also take a number of seconds for a date."""
    if value is None or isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return date.fromisoformat(value)
    except ValueError:  # a month or a day that the calendar has not
        pass
    raise ValueError("must be a calendar day such as 2024-04-26")


def _may_be_published(day: date) -> date:
    """The readers' rule, told at once: ValueError for a day that they would not believe."""
    latest = date.today() + AHEAD
    if not EARLIEST <= day <= latest:
        raise ValueError(f"must be a day from {EARLIEST} to tomorrow, {latest}, or left out")
    return day


PlainText = Annotated[str, AfterValidator(_plain_text)]
Spoken = Annotated[PlainText, must(_is_seen, "not be empty or only white space")]
QuestionText = Annotated[Spoken, Field(min_length=1, max_length=LONGEST_QUESTION)]
CheckedText = Annotated[Spoken, Field(min_length=1, max_length=LONGEST_CHECKED)]
QueryText = Annotated[Spoken, Field(min_length=1, max_length=LONGEST_QUERY)]
Day = Annotated[date, BeforeValidator(_iso_day)]
PublishedDay = Annotated[Day, AfterValidator(_may_be_published)]
Name = Annotated[PlainText, Field(max_length=300)]
Filter = Annotated[Name, AfterValidator(str.strip)]
CollectionName = Annotated[
    PlainText, must(is_collection, "be 1 to 100 characters without commas and line breaks")
]
HOLDS_WORDS = must(lambda text: any(map(str.isalnum, text)), "hold words")
Words = Annotated[PlainText, HOLDS_WORDS]
Line = Annotated[PlainText, Field(max_length=LONGEST_FIELD)]
WebAddress = Annotated[
    Line,
    must(
        re.compile(r"(?i)https?://[^\s<>\"\x00-\x1f]+").fullmatch,
        "be an http or https address",
    ),
]
Key = Annotated[
    PlainText,
    Field(max_length=LONGEST_ID),
    must(
        re.compile(r"(?=.*\S)[^\x00-\x1f\x7f-\x9f\u2028\u2029]+").fullmatch,
        "not be empty or hold control characters",
    ),
]


IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        description="of your choosing: the same request with the same key is done once a day",
    ),
]


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
    publishers: list[Filter] = Field(
        [], max_length=200, description="outlets, compared without regard to case"
    )
    article_ids: list[Filter] = Field([], max_length=1000)


class AnswerRequest(Request):
    """A question, and what narrows the archive for it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"question": "When did the harbour bridge reopen?", "as_of": "2025-06-30"}
        },
    )
    question: QuestionText = Field(description="1 to 2,000 characters, not only white space")
    history: list[TurnRequest] | None = Field(
        None, description="earlier turns, oldest first; the last 20 are read"
    )
    conversation_id: Name | None = Field(
        None,
        description="a conversation of this key that the question goes on with, in place of "
        "`history`; `new` begins one",
    )
    as_of: Day | None = Field(
        None, description="answer as on this day: nothing published later is used"
    )
    filters: FiltersRequest | None = None
    collections: list[Filter] | None = Field(
        None, max_length=200, description="only articles in any one of these collections"
    )
    today: Day | None = Field(
        None, description='the asker\'s day, from which "yesterday" is counted; else today in UTC'
    )
    stream: StrictBool = Field(False, description="answer with server-sent events")

    @model_validator(mode="after")
    def _has_one_past(self) -> AnswerRequest:
        if self.history and self.conversation_id:
            raise ValueError("send either history or conversation_id, not both")
        return self

    def read(self) -> Question:
        """What is asked; of a long history the last 20 turns, each cut at 8,000 characters."""
        turns = (self.history or [])[-LAST_TURNS:]
        wanted = self.filters or FiltersRequest()
        return Question(
            self.question,
            tuple(Turn(turn.role, turn.content[:LONGEST_TURN]) for turn in turns),
            self.as_of,
            Filters(
                wanted.published_after,
                wanted.published_before,
                tuple(wanted.publishers),
                tuple(wanted.article_ids),
                tuple(self.collections or ()),
            ),
            self.today,
        )


class SavedQuestionRequest(Request):
    """A question that is asked again whenever the archive may answer it otherwise."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"question": "When does the harbour bridge reopen?"}},
    )
    question: QuestionText = Field(description="1 to 2,000 characters, not only white space")
    as_of: Day | None = None
    filters: FiltersRequest | None = None
    collections: list[Filter] | None = Field(None, max_length=200)
    webhook: WebAddress | None = Field(
        None, description="is told, signed, when the answer says something else"
    )
    slack_channel: (
        Annotated[Line, must(re.compile("[A-Z0-9]{2,40}").fullmatch, "be an id")] | None
    ) = Field(None, description="the id of a channel in which the Slack bot tells it")

    def asked(self) -> AnswerRequest:
        return AnswerRequest(
            question=self.question,
            as_of=self.as_of,
            filters=self.filters,
            collections=self.collections,
        )


class TitleRequest(Request):
    title: Annotated[Spoken, Field(max_length=LONGEST_TITLE)] = Field(
        description="at most 200 characters, not only white space",
        examples=["The harbour bridge"],
    )


class FeedbackRequest(Request):
    """What somebody thinks of an answer they got."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "answer_id": "ans_0f4c7d0e9f7a4a53b0f6a3f0c2b1d9e8",
                "rating": "down",
                "comment": "The bridge reopened in June, not in May.",
            }
        },
    )
    answer_id: Name
    rating: Literal["up", "down"]
    comment: Annotated[PlainText, Field(max_length=LONGEST_COMMENT)] | None = Field(
        None, description="at most 2,000 characters"
    )
    user: Name | None = Field(
        None, description="who rates, where many people share a key, as a chat platform knows them"
    )


class CheckRequest(Request):
    """A text whose sentences are to be checked; nothing of it is kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"text": "The harbour bridge reopened on 3 June. Repairs took a year."}
        },
    )
    text: CheckedText = Field(description="1 to 20,000 characters, at most 100 sentences")
    as_of: Day | None = Field(None, description="nothing published later counts")
    collections: list[Filter] | None = Field(
        None, max_length=200, description="only articles in any one of these collections"
    )

    def read(self) -> Question:
        """The whole text, as what is asked."""
        return Question(
            self.text, as_of=self.as_of, filters=Filters(collections=tuple(self.collections or ()))
        )


class ArticlesRequest(Request):
    """Which articles to list, and how."""

    model_config = ConfigDict(extra="ignore")  # as query strings are read everywhere

    cursor: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="`next_cursor` of the page before"
    )
    limit: int = Field(50, ge=1, le=200)
    sort: Literal["id", "newest", "oldest", "title", "outlet"] = Field(
        "id", description="undated articles come last"
    )
    q: Annotated[PlainText, Field(max_length=LONGEST_QUESTION)] | None = Field(
        None,
        description="words that title or text hold, all of them, in any form",
        examples=["dam"],
    )
    publisher: list[Filter] = Field(
        [], max_length=200, description="outlets, compared without regard to case"
    )
    published_after: Day | None = Field(None, description="inclusive; undated articles fail")
    published_before: Day | None = Field(None, description="inclusive; undated articles fail")
    collection: list[Filter] = Field(
        [], max_length=200, description="only articles in any one of these collections"
    )
    subject: list[Filter] = Field(
        [],
        max_length=200,
        description="only articles with any one of these subjects, by name or code, in any case",
        examples=[["medtop:20000002"]],
    )

    def narrowed(self) -> ArchiveFilter:
        return ArchiveFilter(
            self.q or "",
            tuple(self.publisher),
            self.published_after,
            self.published_before,
            collection=tuple(self.collection),
            subject=tuple(self.subject),
        )


class ArticleRequest(Request):
    """One article: its title, and either its text or its page."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "harbour-17",
                "title": "Harbour bridge reopens",
                "text": "The harbour bridge reopened on 3 June 2025.\n\nRepairs took 11 months.",
                "publisher": "The Harbour Gazette",
                "published_on": "2025-06-03",
            }
        },
    )
    title: Annotated[Line, HOLDS_WORDS]
    text: Words | None = Field(None, description="plain text or Markdown; either this or `html`")
    html: Words | None = Field(
        None, description="a web page, of which the main text is taken; either this or `text`"
    )
    author: Line | None = None
    publisher: Line | None = None
    url: WebAddress | None = Field(None, description="where readers find it")
    published_on: PublishedDay | None = Field(
        None,
        description="at most tomorrow; left out, it is read from the text where that states it",
    )
    collections: list[CollectionName] | None = Field(None, max_length=100)
    id: Key | None = Field(
        None,
        description="of your choosing: sending it again updates the article. Without it the "
        "`url` does, if any",
    )

    @model_validator(mode="after")
    def _has_one_body(self) -> ArticleRequest:
        if (self.text is None) == (self.html is None):
            raise ValueError("send either text or html, not both and not neither")
        return self


class OverridesRequest(Request):
    """What a desk says of an article; what is left out stays, null takes it back."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"published_on": "2025-03-13", "publisher": "Harbour Gazette"}
        }
    )
    published_on: PublishedDay | None = Field(
        None, description="first publication, at most tomorrow"
    )
    publisher: Annotated[Line, HOLDS_WORDS] | None = Field(None, description="the outlet")
    author: Annotated[Line, HOLDS_WORDS] | None = Field(None, description="the byline")
    family: Annotated[Name, HOLDS_WORDS] | None = Field(
        None, description="id of a family, or of an article in it; `own`: it stands alone"
    )


class FilesRequest(Request):
    """One file or many, each a part with a file name; the parts' own names do not matter."""

    files: list[bytes] = Field(
        json_schema_extra={"items": {"type": "string", "format": "binary"}},
        description="a file sent again under the same name updates what came of it",
    )


# What `POST /v1/articles` takes, for the API's documentation.
UPLOAD_SCHEMAS: dict[str, Any] = {
    "application/json": {"schema": ArticleRequest.model_json_schema()},
    "multipart/form-data": {"schema": FilesRequest.model_json_schema()},
}
