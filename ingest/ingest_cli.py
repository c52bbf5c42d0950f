"""The commands `dateline ingest` and `dateline doctor`, and what they tell people."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest import owner_client, report_in_words, terminal
from ingest.errors import IndexMismatch, IndexUnavailable, WrongUsage
from ingest.formats.csv_file import mapping
from ingest.report_in_words import report_body
from ingest.settings import LOCAL_MODEL, Settings, read_settings
from ingest.storage import directory_owner
from ingest.types import LONGEST_COLLECTION, is_collection

if TYPE_CHECKING:
    from ingest.embedding.embedder import Embedder

EMPTY_PATH = "a PATH is empty: give its name, or . for the folder you are in"
MOST_FAILURES_SHOWN = 20
MOST_FAULTS_SHOWN = 50


Places = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH|URL]...",
        help="Files or folders of articles: .txt, .md, .html, .pdf, .docx, .json, .jsonl, .csv, .xml, .eml …; "
        "or web addresses of pages, feeds and sitemaps",
    ),
]
Prune = Annotated[
    bool,
    typer.Option(
        "--prune",
        help="Also remove what an earlier ingest of the same PATH added and is gone now",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would change, and change nothing")
]
Rebuild = Annotated[
    bool, typer.Option("--rebuild", help="Make the search indexes anew from the catalogue")
]
Back = Annotated[
    bool, typer.Option("--rollback", help="Go back to what was shown before the last ingest")
]
Collections = Annotated[
    list[str] | None,
    typer.Option(
        "--collection",
        metavar="NAME",
        help="Put all articles of the PATHs into this collection, now and at later ingests of "
        "them; may be given many times, and empty it takes them out again",
    ),
]
Columns = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="FIELD=HEADING,…",
        help="What the columns of the tables in the PATHs are, now and at later ingests of them: "
        "title=Headline,text=Body",
    ),
]
Dask = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="Embed on a Dask cluster: tcp://HOST:8786"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON")]


def ingest(
    places: Places = None,
    prune: Prune = False,
    dry_run: DryRun = False,
    rebuild: Rebuild = False,
    back: Back = False,
    collections: Collections = None,
    columns: Columns = None,
    dask: Dask = None,
    as_json: AsJson = False,
) -> None:
    """Add and update articles; running it again changes nothing."""
    terminal.start_logs()
    with terminal.spoken_errors():
        settings = read_settings()
        if back and (places or prune or dry_run or rebuild or collections):
            raise WrongUsage("--rollback goes alone: dateline ingest --rollback")
        if not places and not rebuild and not back:
            raise WrongUsage("name at least one file, folder or web address: dateline ingest PATH…")
        if not all(word.strip() for word in places or ()):
            raise WrongUsage(EMPTY_PATH)
        report = (
            rolled_back(settings)
            if back
            else run(
                settings,
                [word if is_address(word) else Path(word) for word in places or ()],
                prune=prune,
                dry_run=dry_run,
                rebuild=rebuild,
                collections=named_collections(collections),
                columns=None if columns is None else mapping(columns),
                dask=dask,
            )
        )
        terminal.show_json(report) if as_json else tell(report, dry_run=dry_run)
    raise typer.Exit(1 if report["failed"] else 0)


def is_address(words: str) -> bool:
    """Whether a place that somebody names is a web address, not a file or folder."""
    return re.match(r"[a-z][a-z0-9+.-]*://", words, re.IGNORECASE) is not None


def _by_owner(settings: Settings, body: dict[str, Any]) -> dict[str, Any]:
    """The report of an ingest by the service that owns the data directory."""
    report: dict[str, Any] = {}
    with terminal.progress_bar() as progress:
        for line in owner_client.stream(settings.data_dir, "POST", "/owner/ingest", body):
            if "report" in line:
                report = line["report"]
            else:
                progress(line["stage"], line["done"], line["total"])
    return report


def run(
    settings: Settings,
    places: Sequence[Path | str],
    *,
    prune: bool = False,
    dry_run: bool = False,
    rebuild: bool = False,
    expecting: str | None = None,
    collections: list[str] | None = None,
    columns: dict[str, str] | None = None,
    dask: str | None = None,
) -> dict[str, Any]:
    """Ingests files, folders and web addresses (str) here, or through the service that owns the
    data directory; the report as JSON, with `notes`. `expecting` and `collections` are as in
    `pipeline.ingest`, `dask` is the address of a cluster that embeds."""
    if rebuild and dry_run:
        raise WrongUsage("--rebuild writes, --dry-run does not: give one of them")
    paths = [place.absolute() for place in places if isinstance(place, Path)]
    addresses = [place for place in places if isinstance(place, str)]
    if prune and addresses:
        raise WrongUsage(
            "--prune is for files and folders: a page that was taken down leaves by itself"
        )
    if directory_owner.serving(settings.data_dir):
        if dask:
            raise WrongUsage("--dask needs the data directory to itself: stop the service first")
        if rebuild:
            raise WrongUsage("--rebuild needs the data directory to itself: stop the service first")
        body = {"paths": list(map(str, paths)), "addresses": addresses, "prune": prune}
        body |= {"dry_run": dry_run, "expecting": expecting, "collections": collections}
        body["columns"] = columns
        return _by_owner(settings, body)
    with directory_owner.owning(settings.data_dir, "ingest"), terminal.progress_bar() as progress:
        from ingest import pipeline
        from ingest.storage import archive
        from ingest.web.fetching import Fetched, fetch

        anew = rebuild or (not dry_run and archive.is_half_rebuilt(settings.data_dir))
        embedder = _on_cluster(settings, dask) if dask else None
        if anew:
            archive.rebuild(settings, embedder, progress)
        with archive.open_archive(settings, embedder) as opened:
            given: list[Path | Fetched] = [*paths]
            if addresses:
                given += fetch(opened, addresses, collections=collections, progress=progress)
            report = report_body(
                pipeline.ingest(
                    opened,
                    given,
                    prune=prune,
                    dry_run=dry_run,
                    expecting=expecting,
                    collections=collections,
                    columns=columns,
                    progress=progress,
                )
            )
    told = ["the search indexes were made anew from the catalogue"] if anew else []
    return report | {"notes": [*told, *report["notes"]]}


def _on_cluster(settings: Settings, address: str) -> Embedder:
    from ingest.embedding.dask_embedder import DaskEmbedder
    from ingest.embedding.embedder import LocalEmbedder

    if settings.embedding_model != LOCAL_MODEL:
        raise WrongUsage("--dask spreads the local model: leave out DATELINE_EMBEDDING_MODEL")
    return DaskEmbedder(LocalEmbedder(settings.model_dir), address)


def named_collections(collections: list[str] | None) -> list[str] | None:
    """Names as they are kept, None for nothing said. Raises WrongUsage."""
    if collections is None:
        return None
    given = [" ".join(name.split()) for name in collections]
    if bad := [name for name in given if name and not is_collection(name)]:
        raise WrongUsage(
            f"--collection {bad[0][:40]!r}: give 1 to {LONGEST_COLLECTION} characters without commas"
        )
    return [name for name in given if name]


def rolled_back(settings: Settings) -> dict[str, Any]:
    """Goes back to the generation before the last ingest, here or in the owning service; the report
    as JSON."""
    if directory_owner.serving(settings.data_dir):
        return dict(owner_client.request(settings.data_dir, "POST", "/owner/rollback"))
    with directory_owner.owning(settings.data_dir, "ingest"):
        from ingest import pipeline
        from ingest.storage.archive import open_archive

        with open_archive(settings) as archive:
            return report_body(pipeline.rollback(archive))


def tell(report: dict[str, Any], *, dry_run: bool = False) -> None:
    """The summary for people; failures on stderr, each with its reason."""
    for failure in report["failed"][:MOST_FAILURES_SHOWN]:
        terminal.say(f"not read: {failure['source']}: {failure['reason']}")
    more = len(report["failed"]) - MOST_FAILURES_SHOWN
    if more > 0:
        where = (
            "" if dry_run else f"; all of them stand in {report_in_words.LOG} in the data directory"
        )
        terminal.say(f"… and {more} more{where}")
    would = "would be " if dry_run else ""
    articles, families, altered, passages = (
        f"1 {one}" if report[many] == 1 else f"{report[many]} {several}"
        for many, one, several in (
            ("articles", "article", "articles"),
            ("families", "family", "families"),
            ("altered", "altered copy", "altered copies"),
            ("passages", "passage", "passages"),
        )
    )
    terminal.show(
        f"{would}added {report['added']}, updated {report['updated']}, removed {report['removed']}, "
        f"unchanged {report['unchanged']}, failed {len(report['failed'])} in {report['seconds']:.1f} s\n"
        f"the archive holds {articles} in {families} ({altered}), {passages}, "
        f"generation {report['generation']}"
    )
    for note in report["notes"]:
        terminal.say(note)


def doctor(
    mend: Annotated[
        bool, typer.Option("--repair", help="Mend what can be mended from the catalogue")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON")] = False,
) -> None:
    """Check settings, catalogue, Chroma and text index against each other."""
    terminal.start_logs()
    with terminal.spoken_errors():
        settings = read_settings()
        holder = directory_owner.owner_of(settings.data_dir)
        findings = examined(settings, mend=mend)
        if as_json:
            terminal.show_json(findings)
        else:
            for name, words in _screen(settings, holder, findings):
                terminal.show(f"{name:<10} {words}")
            for words in findings["faults"][:MOST_FAULTS_SHOWN]:
                terminal.show(words)
            found = "sound" if not findings["faults"] else "mended"
            if findings["faults"] and (left := len(findings["left"])):
                remedy = "run `dateline doctor --repair`, or `dateline ingest --rebuild`"
                found = f"{left} faults left; {remedy}"
            terminal.show(
                f"{found}: {findings['articles']} articles, {findings['passages']} passages, "
                f"generation {findings['generation']}"
            )
    raise typer.Exit(1 if findings["left"] else 0)


def _bytes_below(folder: Path) -> int:
    """Of its files; one that goes meanwhile, as those of SQLite do, counts for nothing."""
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                size += Path(place, name).stat().st_size
    return size


def _screen(
    settings: Settings, holder: directory_owner.OwnerName | None, findings: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """What runs here, where, with what, and which parts are sound."""
    home = settings.data_dir.absolute()
    size = _bytes_below(home) / 1e6
    yield (
        "dateline",
        f"{importlib.metadata.version('dateline')}, Python {platform.python_version()}",
    )
    yield "data", f"{home}: {size:,.1f} MB, {shutil.disk_usage(home).free / 1e9:,.1f} GB free"
    yield "owner", str(holder) if holder else "nobody: no service runs on it"
    if settings.on_servers:
        yield "servers", "PostgreSQL of DATELINE_DATABASE_URL, Chroma of DATELINE_CHROMA_URL"
    model = f"{settings.model} at {settings.openai_base_url or 'the OpenAI API'}"
    yield "answers", model if settings.drafts_with_model else "extractive: no model is asked"
    known = len(settings.reader_keys) + len(settings.writer_keys)
    yield "keys", f"{known} in the environment; dateline keys list shows stored ones"
    kept = f"answers for {settings.keep_days} days" if settings.keep_days else "no answers"
    yield "keeps", f"{kept}; questions {'' if settings.log_questions else 'not '}in the log"
    for name in ("catalogue", "chroma", "text"):
        wrong = sum(fault.startswith(f"{name}:") for fault in findings["faults"])
        yield name, f"{wrong} faults" if wrong else "sound"


def examined(settings: Settings, *, mend: bool) -> dict[str, Any]:
    """`{faults: [words], left: [words], articles, passages, generation}`, found here or by the
    owning service."""
    if directory_owner.serving(settings.data_dir):
        return dict(
            owner_client.request(settings.data_dir, "POST", "/owner/doctor", {"repair": mend})
        )
    with directory_owner.owning(settings.data_dir, "doctor"):
        from ingest.storage.archive import open_archive, rebuild
        from ingest.storage.doctor import findings

        try:
            with open_archive(settings) as archive:
                return findings(archive, mend=mend)
        except (IndexMismatch, IndexUnavailable) as error:
            if not mend:
                raise
            rebuild(settings)
            with open_archive(settings) as archive:
                found = findings(archive, mend=True)
                return found | {"faults": [str(error), *found["faults"]]}
