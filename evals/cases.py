"""Reads gold suites: JSON Lines, one case a line, each checked before anything is asked."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from evals.cards import read_card
from ingest.errors import WrongUsage
from service.types import Turn

Kind = Literal[
    "factoid",
    "multi-sentence",
    "temporal",
    "conflict",
    "cross-article",
    "unanswerable",
    "false-premise",
    "adversarial",
]
Expect = Literal["answer", "abstain", "correct_premise", "report_conflict"]
Ask = Literal[
    "who",
    "when",
    "where",
    "how-many",
    "how-much",
    "how-long",
    "why",
    "how",
    "which",
    "yes-no",
    "what-is",
    "what-happened",
    "latest",
    "still",
    "compare",
    "list",
    "summarise",
    "timeline",
    "archive",
    "other",
]
Wanted = str | tuple[str, ...]  # words, or a list of alternatives of which any will do

KINDS: tuple[Kind, ...] = get_args(Kind)
PART_KINDS: frozenset[Kind] = frozenset(
    {"multi-sentence", "cross-article"}
)  # `accept` lists parts, not alternatives
BY_KIND: dict[Kind, Expect] = {
    "false-premise": "correct_premise",
    "conflict": "report_conflict",
}  # else "answer"
_SUITES = Path(__file__).parent / "suites"
NEWSROOM = _SUITES / "newsroom"
# Weights are fitted on the two that are called fit; nothing is chosen by what is called held, nor by `newsroom`.
BUNDLED = {
    "newsroom": NEWSROOM / "held.jsonl",
    "newsroom-fit": NEWSROOM / "fit.jsonl",
} | {name: _SUITES / f"{name}.jsonl" for name in ("sample", "sample-held", "sample-fit")}
FAULTS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Gold:
    """Words of an article that an answer should rest on; `file` is the article's source or the last part of it."""

    file: str
    quote: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What the author of the articles knows of them, so that no detector's word is taken for it."""

    altered: tuple[str, ...] = ()  # words that only altered copies say
    stale: tuple[str, ...] = ()  # words that were right once
    copies: tuple[tuple[str, ...], ...] = ()  # files that tell one story
    origin: str | None = None  # the outlet the story comes from


@dataclass(frozen=True, slots=True)
class Case:
    """One question, and what a right answer to it looks like."""

    id: str
    question: str
    kind: Kind
    expect: Expect
    answer: str | None
    accept: tuple[Wanted, ...]
    evidence: tuple[Gold, ...]
    as_of: date | None
    ask: Ask | None = None  # how it is asked
    story: str | None = None  # what it is about; a suite is split by it
    history: tuple[Turn, ...] = ()  # turns before it
    # without it a case has the fingerprint that it had before there was any
    truth: Truth | None = field(default=None, repr=False)
    line: int = field(default=0, repr=False, compare=False)  # of the suite, from 1

    @property
    def wants_parts(self) -> bool:
        """Whether `accept` lists the parts of one answer, rather than alternatives."""
        return self.kind in PART_KINDS

    @property
    def answerable(self) -> bool:
        return self.expect in ("answer", "report_conflict")


@dataclass(frozen=True, slots=True)
class Suite:
    name: str
    cases: tuple[Case, ...]
    file: str = ""  # where it was read, for messages
    held: bool = False  # it only measures: nothing is chosen by it
    articles: Path | None = None  # what it asks about, where its card says


def articles_of(suite: str) -> Path:
    """The bundled articles that a bundled suite asks about, as its card says."""
    articles = read_suite(suite).articles
    assert articles is not None
    return articles


def read_suite(suite: str) -> Suite:
    """The cases of a file, or of a bundled suite by its name; raises WrongUsage naming each bad line and its remedy."""
    path = BUNDLED.get(suite, Path(suite))
    try:
        lines = path.read_text(encoding="utf-8-sig").split(
            "\n"
        )  # not splitlines: U+2028 may stand in a line
    except FileNotFoundError as error:
        names = ", ".join(BUNDLED)
        raise WrongUsage(
            f"there is no suite {suite}: give a JSONL file, or one of the bundled {names}"
        ) from error
    except OSError as error:
        raise WrongUsage(
            f"cannot read the suite {suite}: {error.strerror}; give a JSONL file"
        ) from error
    except UnicodeDecodeError as error:
        raise WrongUsage(
            f"{suite} is not UTF-8 at byte {error.start}: save the suite as UTF-8"
        ) from error
    cases, faults = _read(lines)
    if faults:
        more = f"\n… and {len(faults) - FAULTS_SHOWN} more" if len(faults) > FAULTS_SHOWN else ""
        raise WrongUsage("\n".join(f"{suite} {fault}" for fault in faults[:FAULTS_SHOWN]) + more)
    if not cases:
        raise WrongUsage(
            f'{suite} holds no cases: write one a line, with "id", "question", "kind" and "accept"'
        )
    card = read_card(path)
    held = card.half == "held" if card else "held" in path.stem
    articles = path.parent / card.articles if card and card.articles else None
    name = suite if suite in BUNDLED else path.stem
    return Suite(name, tuple(cases), suite, held, articles)


class _Gold(BaseModel):
    model_config = ConfigDict(extra="forbid")

    file: Annotated[str, StringConstraints(min_length=1)]
    quote: Annotated[str, StringConstraints(min_length=1)]


class _Turn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Literal["user", "assistant"]
    content: str


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class _Truth(BaseModel):
    model_config = ConfigDict(extra="forbid")

    altered: tuple[Text, ...] = ()
    stale: tuple[Text, ...] = ()
    copies: tuple[tuple[Text, ...], ...] = ()
    origin: Text | None = None


class _Line(BaseModel):
    """A line as its author wrote it; fields the contract does not know are left alone."""

    id: Text
    question: Annotated[Text, StringConstraints(max_length=2000)]
    kind: Kind
    answer: str | None = None
    accept: list[Text | Annotated[list[Text], Field(min_length=1)]] = []
    evidence: list[_Gold] = []
    as_of: date | None = None
    expect: Expect | None = None
    ask: Ask | None = None
    story: str | None = None
    history: list[_Turn] = []
    truth: _Truth | None = None

    @model_validator(mode="after")
    def _judgeable(self) -> Self:
        """An answer that should be given needs words to judge it by."""
        if self.kind == "unanswerable" and self.expected() != "abstain":
            raise ValueError(
                'an unanswerable case can only expect "abstain"; correct "kind" or "expect"'
            )
        if self.expected() in ("answer", "report_conflict") and not self.accept:
            raise ValueError(
                f'a {self.kind} case needs "accept": list the words a right answer holds, or set "expect"'
            )
        return self

    def expected(self) -> Expect:
        """What the author says, else what the kind says; an adversarial case without an answer should be refused."""
        if self.expect:
            return self.expect
        if self.kind == "unanswerable" or (
            self.kind == "adversarial" and self.answer is None and not self.accept
        ):
            return "abstain"
        return BY_KIND.get(self.kind, "answer")

    def case(self, line: int) -> Case:
        accept = tuple(tuple(entry) if isinstance(entry, list) else entry for entry in self.accept)
        gold = tuple(Gold(entry.file, entry.quote) for entry in self.evidence)
        return Case(
            self.id,
            self.question,
            self.kind,
            self.expected(),
            self.answer,
            accept,
            gold,
            self.as_of,
            self.ask,
            self.story,
            tuple(Turn(turn.role, turn.content) for turn in self.history),
            Truth(**dict(self.truth)) if self.truth else None,
            line,
        )


def _read(lines: list[str]) -> tuple[list[Case], list[str]]:
    """The good cases, and one sentence for each bad line."""
    cases: list[Case] = []
    faults: list[str] = []
    first_line: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            case = _Line.model_validate(json.loads(line)).case(number)
        except json.JSONDecodeError as error:
            faults.append(
                f"line {number}: not JSON ({error.msg} at column {error.colno}); write one object a line"
            )
        except RecursionError:
            faults.append(f"line {number}: nested too deeply; a case is one flat object")
        except ValidationError as error:
            faults.append(f"line {number}: {'; also '.join(_faults(error))}")
        else:
            before = first_line.setdefault(case.id, number)
            if before != number:
                faults.append(
                    f'line {number}: the id "{case.id}" stands on line {before} too; give every case its own'
                )
            cases.append(case)
    return cases, faults


def _faults(error: ValidationError) -> list[str]:
    """What is wrong with a line and what to do; alternatives of one field are told once."""
    told: Counter[str] = Counter()
    for fault in error.errors(include_url=False):
        place = str(fault["loc"][0]) if fault["loc"] else ""
        if fault["type"] == "missing":
            told[f'"{".".join(map(str, fault["loc"]))}" is missing; add it'] += 1
        elif place == "kind":
            told[
                f"{json.dumps(fault['input'])[:40]} is no kind; use one of {', '.join(KINDS)}"
            ] += 1
        elif place == "accept":
            told[
                '"accept" must be a list of words, or of lists of alternatives, none of them empty'
            ] += 1
        elif not place and fault["type"] != "value_error":
            told["not a JSON object; write one object a line"] += 1
        elif not place:
            told[str(fault["ctx"]["error"])] += 1
        else:
            told[f'"{".".join(map(str, fault["loc"]))}": {fault["msg"]}; correct it'] += 1
    return list(told)
