"""The JSON of articles that come in, of the jobs that take them in, and of how altered copies differ."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from ingest.formats.articles import LONGEST_FIELD
from ingest.formats.json_lines import LONGEST_ID
from service.contract.schemas import Day, PlainText, Problem, Request, Response

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ADDRESS = re.compile(r"https?://[^\s<>\"\x00-\x1f]+", re.IGNORECASE)


def _words(text: str) -> str:
    if not any(map(str.isalnum, text)):
        raise ValueError("must hold words")
    return text


def _key(text: str) -> str:
    if _CONTROL.search(text) or not text.strip():
        raise ValueError("must not be empty or hold control characters")
    return text


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError("must be an http or https address")
    return text


Words = Annotated[PlainText, AfterValidator(_words)]
Line = Annotated[PlainText, Field(max_length=LONGEST_FIELD)]


class ArticleRequest(Request):
    """One article: its title, and either its text or its page."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "id": "harbour-17",
                "title": "Harbour bridge reopens",
                "text": "The harbour bridge reopened on 3 June 2025.\n\nRepairs took eleven months.",
                "publisher": "The Harbour Gazette",
                "published_on": "2025-06-03",
            }
        },
    )
    title: Annotated[Line, AfterValidator(_words)]
    text: Words | None = Field(None, description="plain text or Markdown; either this or `html`")
    html: Words | None = Field(
        None, description="a web page, of which the main text is taken; either this or `text`"
    )
    author: Line | None = None
    publisher: Line | None = None
    url: Annotated[Line, AfterValidator(_address)] | None = Field(
        None, description="where readers find it"
    )
    published_on: Day | None = Field(
        None, description="left out, it is read from the text where that states it"
    )
    id: Annotated[PlainText, Field(max_length=LONGEST_ID), AfterValidator(_key)] | None = Field(
        None,
        description="of your choosing: sending it again updates the article. Without it the `url` does, if any",
    )

    @model_validator(mode="after")
    def _has_one_body(self) -> ArticleRequest:
        if (self.text is None) == (self.html is None):
            raise ValueError("send either text or html, not both and not neither")
        return self


class FilesRequest(Request):
    """One file or many, each a part of its own with a file name; the parts' own names do not matter."""

    files: list[bytes] = Field(
        json_schema_extra={"items": {"type": "string", "format": "binary"}},
        description="a file sent again under the same name updates what came of it",
    )


class JobAcceptedResponse(Response):
    job_id: str


class ProgressResponse(Response):
    """How far a job is; a `total` of 0 is not known yet."""

    stage: str = Field(examples=["waiting", "read", "embed", "index", "group"])
    done: int
    total: int


class FailureResponse(Response):
    source: str
    reason: str


class IngestReportResponse(Response):
    """What an ingest did; the last counts are totals of the archive after it."""

    added: int
    updated: int
    unchanged: int
    removed: int
    failed: list[FailureResponse] = Field(
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


class JobResponse(Response):
    """An upload on its way into the archive. Jobs are forgotten when the service ends; ask about an old one: 404."""

    job_id: str
    status: Literal["queued", "running", "done", "failed"] = Field(
        description="`done` also where single files failed: the report names them"
    )
    progress: ProgressResponse
    report: IngestReportResponse | None
    error: Problem | None = Field(
        description="why it failed as a whole: nothing of it is in the archive then"
    )
    created_at: datetime
    finished_at: datetime | None


class SideResponse(Response):
    """Neighbouring sentences of one article: `article.text[start:end] == text`."""

    start: int
    end: int
    text: str
    marked: list[tuple[int, int]] = Field(
        description="where words differ, as offsets into the article's text"
    )


class PairResponse(Response):
    kinds: list[str] = Field(examples=[["number", "name"]], description="most serious first")
    canonical: SideResponse
    here: SideResponse


class CanonicalResponse(Response):
    article_id: str
    title: str
    publisher: str | None
    published_on: date | None


class ComparisonResponse(Response):
    """The sentences of an altered copy that say something else than its canonical copy, most serious first."""

    article_id: str
    canonical: CanonicalResponse
    pairs: list[PairResponse]
