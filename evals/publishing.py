"""New articles come in; they go live only where the suite, asked over them aside, holds up against what readers have now."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evals import compare, execution, gate, report, results
from evals.cases import read_suite
from evals.compare import Comparison
from evals.results import Scored
from ingest import change_detection, ingest_cli, pipeline, terminal
from ingest.errors import WrongUsage
from ingest.settings import Settings
from ingest.storage import archive as archives
from ingest.storage import backup, directory_owner, sqlite_file
from ingest.storage.catalogue_tables import CATALOGUE
from ingest.types import IngestReport

ASIDE = "aside"  # in the data directory: the copy that is tried out
BEFORE, AFTER = "before", "after"  # the two runs, in the directory of results
VECTORS = "vectors.sqlite"


@dataclass(frozen=True, slots=True)
class Publication:
    """What the command line asks for."""

    path: Path
    suite: str
    thresholds: gate.Thresholds
    out: Path | None = None
    prune: bool = False
    at_a_time: int = 4

    @property
    def results(self) -> Path:
        return self.out or execution.RESULTS / f"publish-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


@dataclass(frozen=True, slots=True)
class Tried:
    """What the gate says of the new generation, and how it differs from the one that is live."""

    faults: tuple[str, ...]
    comparison: Comparison
    base: Mapping[str, Scored]
    new: Mapping[str, Scored]
    results: Path


def publish(wanted: Publication, settings: Settings) -> tuple[Tried | None, dict[str, Any] | None]:
    """What was tried (None where there is nothing new), and the report of the ingest (None where the gate did not hold).

    Nothing that readers see is touched before the gate has held, and then by one ingest, which is atomic. Raises
    WrongUsage where there is nothing at the path, DatelineError where the files or the archive changed meanwhile.
    """
    if not wanted.path.exists():
        raise WrongUsage(f"there is nothing at {wanted.path}: name a file or folder of articles")
    read_suite(wanted.suite)
    path, place = wanted.path.absolute(), wanted.results
    with _copy_of(settings) as aside:
        news, expected = _ingested(aside, path, wanted.prune, dry_run=True)
        if not (news.added or news.updated or news.removed):
            return None, ingest_cli.run(settings, [path], prune=wanted.prune, expecting=expected)
        base = _asked(wanted, aside, place / BEFORE) if news.articles else {}
        _, expected = _ingested(aside, path, wanted.prune)
        new = _asked(wanted, aside, place / AFTER)
    comparison = compare.compare(base, new)
    figures = results.read_figures(place / AFTER)
    found = gate.checks(comparison, new, wanted.thresholds, figures)
    faults = tuple(told for check in found for told in check.faults)
    tried = Tried(faults, comparison, base, new, place)
    if faults:
        return tried, None
    return tried, ingest_cli.run(settings, [path], prune=wanted.prune, expecting=expected)


def as_json(tried: Tried | None, report: dict[str, Any] | None) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "published": report is not None,
        "report": report,
        "regressions": list(tried.faults) if tried else [],
        "results": str(tried.results) if tried else None,
        **(compare.as_json(tried.comparison, tried.base, tried.new) if tried else {}),
    }


def _ingested(
    aside: Settings, path: Path, prune: bool, dry_run: bool = False
) -> tuple[IngestReport, str]:
    """The report, and the contents of the copy afterwards."""
    with archives.open_archive(aside) as archive, terminal.progress_bar() as progress:
        done = pipeline.ingest(archive, [path], prune=prune, dry_run=dry_run, progress=progress)
        with archive.catalogue.live() as snapshot:
            return done, change_detection.contents(snapshot)


def _asked(wanted: Publication, aside: Settings, out: Path) -> dict[str, Scored]:
    order = execution.Order(
        wanted.suite, out=out, archive=aside.data_dir, at_a_time=wanted.at_a_time
    )
    run, _, directory = execution.execute(order, aside)
    if out.name == AFTER:
        report.warn(run.warnings, directory / results.REPORT)
    return results.read_rows(directory)


@contextlib.contextmanager
def _copy_of(settings: Settings) -> Iterator[Settings]:
    """An archive like the one that is live, in a place where nobody reads it.

    It goes away at the end; what a killed process left of one goes away before the next.
    """
    home = settings.data_dir / ASIDE
    own = settings.model_copy(
        update={
            "data_dir": home,
            "model_cache": settings.model_dir.absolute(),
            "database_url": None,
            "chroma_url": None,
            "redis_url": None,
        }
    )
    with directory_owner.owning(home, "eval publish"):
        try:
            _clear(home)
            file = home / "copy.zip"
            rows = backup.write(file, settings, (CATALOGUE,))
            backup.restore(file, own, (CATALOGUE,))
            file.unlink()
            # what was embedded is not embedded again
            sqlite_file.copy(settings.data_dir / VECTORS, home / VECTORS)
            if rows["versions"]:
                with terminal.progress_bar() as progress:
                    archives.rebuild(own, progress=progress)
            yield own
        finally:
            _clear(home)


def _clear(home: Path) -> None:
    for path in home.iterdir():
        if path.name != directory_owner.LOCK:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
