"""The service's JSON comes in; typed answers, passages and articles go out, or what is wrong with their shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Index = Annotated[int, Field(ge=0)]


class Reply(BaseModel):
    """Written from the contract and not from the service's own types, so that a change there shows here."""

    model_config = ConfigDict(frozen=True, strict=False, extra="ignore")


class FamilyPlace(Reply):
    id: str
    size: Annotated[int, Field(ge=1)]
    role: Literal["original", "republished", "fragment", "updated", "altered"]
    canonical: bool


class Citation(Reply):
    number: int | None
    article_id: str
    passage_id: str
    quote: str
    start: Index
    end: Index
    title: str
    author: str | None
    publisher: str | None
    url: str | None
    source: str
    published_on: date | None
    date_source: Literal["metadata", "text", "none"]
    family: FamilyPlace


class Counted(Reply):
    filter: dict[str, Any]
    url: str


class Claim(Reply):
    text: str
    start: Index
    end: Index
    citations: tuple[int, ...]
    support: Literal["exact", "supported", "partial", "counted"]
    independent_sources: Index
    counted: Counted | None = None


class Account(Reply):
    text: str
    citation: Citation


class Conflict(Reply):
    about: str
    status: Literal["superseded", "disputed", "altered_copy"]
    accounts: tuple[Account, ...]
    chosen: int | None
    why: str


class Answer(Reply):
    id: str
    question: str
    text: str
    outcome: Literal["answered", "declined"]
    declined_because: (
        Literal["no_match", "not_supported", "outside_dates", "only_altered_copies"] | None
    )
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...]
    nearest: tuple[dict[str, Any], ...]
    as_of: date | None
    answerer: Literal["extractive", "openai"]
    model: str | None
    fallback: dict[str, Any] | None
    index: dict[str, Any]

    @property
    def declined(self) -> bool:
        return self.outcome == "declined"

    @property
    def accounts(self) -> tuple[Citation, ...]:
        """The citations shown in conflicts."""
        return tuple(
            account.citation for conflict in self.conflicts for account in conflict.accounts
        )


class Passage(Reply):
    passage_id: str
    article_id: str
    text: str
    start: Index
    end: Index
    source: str
    family: FamilyPlace


class Words(Reply):
    """A span of an article; empty where words were left out or put in."""

    start: Index
    end: Index
    text: str


class Alteration(Reply):
    kind: str
    here: Words
    canonical: Words


class Article(Reply):
    """One article as `GET /v1/articles/{id}` gives it."""

    article_id: str
    text: str
    source: str
    published_on: date | None
    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    url: str | None = None
    family: FamilyPlace
    alterations: tuple[Alteration, ...] = ()


class Listed(Reply):
    """One article as the catalogue lists it."""

    article_id: str
    source: str
    family: FamilyPlace


@dataclass(frozen=True, slots=True)
class Shape:
    """What is wrong with a reply: the field and the fault, never its content."""

    fault: str


def read_answer(body: Mapping[str, Any]) -> Answer | Shape:
    """The typed answer, or what in it departs from the contract."""
    try:
        return Answer.model_validate(body)
    except ValidationError as error:
        return Shape(fault(error))


def fault(error: ValidationError) -> str:
    """The first fault of a reply: where it is and what is wrong, without echoing what stood there."""
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the body'}: {first['msg']}"
