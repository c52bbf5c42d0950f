"""The directory of one run: how it was made, a line a case as it comes, and the rows read back from it."""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from io import BufferedWriter
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.cases import Suite
from evals.recording import CALLS
from evals.replies import fault
from evals.run import Row, fingerprint
from ingest.errors import DatelineError, WrongUsage

CASES, RUN, SUMMARY, REPORT = "cases.jsonl", "run.json", "summary.json", "report.html"


class Made(BaseModel):
    """How a run was made: all that a resumed or replayed run needs to ask the same."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    suite: str
    cases: str  # fingerprint of the cases asked, in order
    articles: str | None = None
    url: str | None = None
    today: date  # the day that questions are asked on
    sample: int | None = None
    seed: int = 0
    answerer: str | None = None  # None where a service at a URL decides
    model: str | None = None
    embedding_model: str | None = None
    price: tuple[float, float] | None = None  # USD a million tokens read, and written
    judge: str | None = None  # the model that says what it thinks of the answers


class Scored(BaseModel):
    """What a comparison needs of a row; the rest of it is for people."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    kind: str
    question: str
    case: str
    error: str | None
    scores: Mapping[str, float | None]
    violations: tuple[str, ...]
    answer: Mapping[str, Any] | None = None

    @property
    def said(self) -> str:
        """The text of the answer, else why there is none."""
        return str((self.answer or {}).get("text") or self.error or "nothing came back")


@dataclass(slots=True)
class Results:
    """Where a run's rows go; those that an earlier, interrupted run left are in `rows`."""

    directory: Path
    rows: dict[str, Row]
    _file: BufferedWriter

    def keep(self, row: Row) -> None:
        """Appends one line in one write: a run that is killed loses no finished case."""
        try:
            self._file.write(_line(row))
            self._file.flush()
        except OSError as error:
            raise DatelineError(
                f"cannot write to {self.directory}: {error.strerror}; make room, then go on with "
                f"dateline eval run --resume {self.directory}"
            ) from error
        self.rows[row["id"]] = row

    def in_order(self, suite: Suite) -> tuple[Row, ...]:
        """Every row in the order of the suite, on disk too."""
        rows = tuple(self.rows[case.id] for case in suite.cases if case.id in self.rows)
        replace(self.directory / CASES, b"".join(map(_line, rows)))
        return rows


def made_of(suite: Suite) -> str:
    """Changes whenever one of the cases does."""
    return hashlib.sha256(" ".join(map(fingerprint, suite.cases)).encode()).hexdigest()[:16]


@contextmanager
def begun(directory: Path, made: Made) -> Iterator[Results]:
    """A new run's results; what an earlier run left in the directory goes. An empty directory is left away."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for old in (directory / CALLS).glob("*.json"):
            old.unlink()
        (directory / CASES).unlink(missing_ok=True)
        replace(directory / RUN, made.model_dump_json(indent=2).encode() + b"\n")
    except OSError as error:
        raise DatelineError(
            f"cannot write to {directory}: {error.strerror}; choose another with --out"
        ) from error
    try:
        with _open(directory, {}) as results:
            yield results
    finally:
        if not (directory / CASES).stat().st_size:
            for path in [*(directory / CALLS).glob("*"), directory / CASES, directory / RUN]:
                path.unlink()
            for folder in (directory / CALLS, directory):
                with suppress(OSError):
                    folder.rmdir()


@contextmanager
def resumed(directory: Path) -> Iterator[Results]:
    """The results of a run that was stopped; a line that was half written when it died is cut off."""
    path = directory / CASES
    content = path.read_bytes() if path.exists() else b""
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        replace(path, whole)
    rows = {}
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            row = json.loads(line)
            rows[row["id"]] = row
        except (ValueError, KeyError, TypeError) as error:
            raise WrongUsage(f"{path} line {number} is no result: run the suite again") from error
    for kept in (directory / CALLS).glob("*.json"):
        if not json.loads(kept.read_bytes())["reply"]["whole"]:  # broken off when the run was
            kept.unlink()
    with _open(directory, rows) as results:
        yield results


def read_made(directory: Path) -> Made:
    """How the run in a directory was made; raises WrongUsage where none was begun there."""
    path = directory / RUN
    try:
        return Made.model_validate_json(path.read_bytes())
    except OSError as error:
        raise WrongUsage(
            f"{directory} holds no run: name a directory that `dateline eval run` wrote"
        ) from error
    except ValidationError as error:
        raise WrongUsage(f"{path} is damaged: {fault(error)}; run the suite again") from error


def read_rows(place: Path) -> dict[str, Scored]:
    """Rows by case id, from a results directory or its cases file; raises WrongUsage naming the line that is no row."""
    path = place / CASES if place.is_dir() else place
    try:  # not splitlines: U+2028 may stand inside a row
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsage(
            f"{path} holds no results: name a directory that `dateline eval run` wrote"
        ) from error
    rows: dict[str, Scored] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = Scored.model_validate_json(line)
        except ValidationError as error:
            raise WrongUsage(
                f"{path} line {number} is no result: {fault(error)}; run the suite again"
            ) from error
        if row.id in rows:
            raise WrongUsage(
                f'{path} line {number}: the case "{row.id}" stands there twice; run the suite again'
            )
        rows[row.id] = row
    if not rows:
        raise WrongUsage(f"{path} holds no results: run the suite again")
    return rows


def read_figures(place: Path) -> dict[str, Any]:
    """The figures of a run's summary; {} where only its cases are there."""
    try:
        found = json.loads((place / SUMMARY).read_text("utf-8"))["figures"]
        return dict(found)
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def write_text(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise DatelineError(f"cannot write {path}: {error.strerror}; name another file") from error


def replace(path: Path, content: bytes) -> None:
    """Writes a file at once or not at all."""
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


@contextmanager
def _open(directory: Path, rows: dict[str, Row]) -> Iterator[Results]:
    with (directory / CASES).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DatelineError(
                f"another run writes to {directory}: wait for it, or choose another with --out"
            ) from error
        yield Results(directory, rows, file)


def _line(row: Mapping[str, Any]) -> bytes:
    return (json.dumps(row, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")
