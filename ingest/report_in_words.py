"""What an ingest tells people: the report, copies, altered ones, articles that are gone; and the log of what failed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.types import Failure, Family, IngestReport, Member, Role

MOST_TOLD = 10  # sentences of a kind; the rest is counted
LONGEST_QUOTED = 40  # characters of a changed word or passage
LOG = "failures.jsonl"


def report_body(report: IngestReport) -> dict[str, Any]:
    """The report in JSON: `ingest --json`, and the report of a job."""
    failed = [{"source": failure.source, "reason": failure.reason} for failure in report.failed]
    return asdict(report) | {"failed": failed, "notes": list(report.notes)}


def changed_families(before: Iterable[Family], after: Iterable[Family]) -> list[Family]:
    """Families of two and more that were not there before in this shape."""
    known = {_likeness(family) for family in before}
    return [f for f in after if len(f.members) > 1 and _likeness(f) not in known]


def copies_found(changed: Sequence[Family], sources: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each of the families, then one for each altered copy in them.

    `sources` maps the ids of their members to the names people know them by.
    """
    altered = [(f, m) for f in changed for m in f.members if m.role is Role.ALTERED]
    return (
        *at_most([_family(f, sources) for f in changed], "families of copies"),
        *at_most([_altered_copy(f, m, sources) for f, m in altered], "altered copies"),
    )


def gone(identities: Sequence[str], *, prune: bool) -> tuple[str, ...]:
    """What is said of articles whose files are not there any more, whether that takes them out or
    not."""
    if prune or not identities:
        return at_most(
            [f"no longer there: {identity}" for identity in sorted(identities)], "that are gone"
        )
    articles = "1 article" if len(identities) == 1 else f"{len(identities)} articles"
    return (
        f"{articles} of an earlier ingest, no longer there, kept in the archive; --prune removes what is gone",
    )


def outgrown(count: int) -> tuple[str, ...]:
    """What is said when so many articles of the bundled sample gave way to somebody's own."""
    words = f"the bundled sample ({count} articles) was removed: this archive now holds articles of yours"
    return (words,) if count else ()


def kept_out(count: int) -> tuple[str, ...]:
    """What is said when so many articles were erased earlier."""
    return (f"erased earlier and left out: {count} of the articles",) if count else ()


def at_most(sentences: Sequence[str], what: str) -> tuple[str, ...]:
    """The first ten, and how many more there are of `what`."""
    more = len(sentences) - MOST_TOLD
    return (*sentences[:MOST_TOLD], *([f"… and {more} more {what}"] if more > 0 else []))


def _likeness(family: Family) -> tuple[tuple[str, str, int], ...]:
    return tuple(sorted((m.article_id, str(m.role), len(m.alterations)) for m in family.members))


def _family(family: Family, sources: Mapping[str, str]) -> str:
    canonical = next(m for m in family.members if m.canonical)
    others = [f"{sources[m.article_id]} ({m.role})" for m in family.members if not m.canonical]
    more = f" and {len(others) - MOST_TOLD} more" if len(others) > MOST_TOLD else ""
    return f"copies of {sources[canonical.article_id]} ({canonical.role}): {', '.join(others[:MOST_TOLD])}{more}"


def _altered_copy(family: Family, member: Member, sources: Mapping[str, str]) -> str:
    canonical = next(m for m in family.members if m.canonical)
    count = len(member.alterations)
    words = f"altered: {sources[member.article_id]} changes {count} {'place' if count == 1 else 'places'} of "
    words += sources[canonical.article_id]
    if member.alterations:
        worst = member.alterations[0]
        words += f", first a {worst.kind}: {_quoted(worst.canonical.text)} became {_quoted(worst.here.text)}"
    return f"{words}; see `dateline articles show {member.article_id}`"


def quoted(words: str) -> str:
    """Words between quotation marks; marks within them become single ones."""
    inner = _OPENING_MARK.sub("‘", words).translate(str.maketrans('“”"', "‘’’"))
    return f"“{inner}”"


_OPENING_MARK = re.compile(r"(?:^|(?<=[\s(\[—–-]))\"")


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    if not line:
        return "nothing"
    return quoted(f"{line[:LONGEST_QUOTED]}…" if len(line) > LONGEST_QUOTED else line)


def write_down(data_dir: Path, generation: str, failed: Iterable[Failure]) -> str | None:
    """Appends `{"at", "generation", "source", "reason"}` lines; `generation` is the one that is
    live afterwards.

    None, or a sentence for people where the disk did not take them: the ingest itself is done by
    then.
    """
    at = datetime.now(UTC).isoformat(timespec="seconds")
    lines = [
        json.dumps(
            {"at": at, "generation": generation, "source": f.source, "reason": f.reason},
            ensure_ascii=False,
        )
        for f in failed
    ]
    try:
        if lines:
            with (data_dir / LOG).open("a", encoding="utf-8", errors="backslashreplace") as log:
                log.write("\n".join(lines) + "\n")
    except OSError as error:
        return f"{len(lines)} failures could not be written to {data_dir / LOG}: {error.strerror}"
    return None
