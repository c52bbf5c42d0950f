"""Paths in, a published generation out: read → compare → split → embed → index → group → publish."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ingest import chunks, families, readers, sentences
from ingest.archive import Archive
from ingest.catalogue import NewVersion, Snapshot
from ingest.types import Article, Failure, Family, IngestReport, Passage, Sentence

log = logging.getLogger(__name__)
SAMPLE = Path(__file__).parent / "sample"

Progress = Callable[[str, int, int], None]  # stage, done, total


@dataclass(frozen=True, slots=True)
class Change:
    """What reading found, against what is live."""

    fresh: list[tuple[Article, str]] = field(default_factory=list)  # (article, root), new or changed
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()


def ingest(
    archive: Archive,
    paths: Sequence[Path],
    *,
    prune: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Brings the archive up to date with `paths`. Idempotent; killed at any point, the old generation stays."""
    started = time.monotonic()
    report = progress or (lambda stage, done, total: None)
    snapshot = archive.catalogue.live()
    change = compare(snapshot, paths, prune=prune, max_article_mb=archive.settings.max_article_mb, progress=report)
    if not dry_run and (change.fresh or change.removed):
        clear_leftovers(archive)
        versions = [_version(article, root, archive.settings.passage_tokens) for article, root in change.fresh]
        index(archive, versions, report)
        grouped = _group(archive, snapshot, versions, change.removed, report)
        archive.catalogue.publish(versions, change.removed, grouped)
        clear_leftovers(archive)
    return _report(archive, change, time.monotonic() - started)


def remove(archive: Archive, article_id: str) -> bool:
    """Takes one article out of every index at once; False where there is none."""
    snapshot = archive.catalogue.live()
    if snapshot.article(article_id) is None:
        return False
    grouped = _group(archive, snapshot, (), (article_id,), lambda stage, done, total: None)
    archive.catalogue.publish((), (article_id,), grouped)
    clear_leftovers(archive, keep_generations=0)
    return True


def rebuild(archive: Archive, progress: Progress | None = None) -> None:
    """Fills empty Chroma and text indexes from the catalogue."""
    snapshot = archive.catalogue.live()
    versions = [
        NewVersion(a.article, a.root, (), tuple(snapshot.passages_of(a.article.article_id)))
        for a in snapshot.everything()
    ]
    index(archive, versions, progress or (lambda stage, done, total: None))


def compare(
    snapshot: Snapshot, paths: Iterable[Path], *, prune: bool, max_article_mb: float, progress: Progress
) -> Change:
    """Reads every path and sorts what it finds into new, changed, unchanged, gone and failed."""
    known = snapshot.known_hashes()
    fresh: dict[str, tuple[Article, str]] = {}
    failed: list[Failure] = []
    notes: list[str] = []
    seen: set[str] = set()
    gone: set[str] = set()
    unchanged = 0
    for path in paths:
        root = str(path.absolute())
        failed_before = len(failed)
        for item in readers.read(path, max_article_mb=max_article_mb):
            progress("read", len(seen), 0)
            if isinstance(item, Failure):
                failed.append(item)
            elif isinstance(item, readers.PassedOver):
                notes.append(str(item))
            elif item.article_id in seen:
                continue
            else:
                seen.add(item.article_id)
                same = known.get(item.article_id, ("",))[0] == item.content_hash
                unchanged += same
                if not same:
                    fresh[item.article_id] = (item, root)
        if prune:
            gone |= _gone(known, root, seen, {f.source.partition("#")[0] for f in failed[failed_before:]})
    gone -= seen
    sample = {i for i, (_, _, root) in known.items() if root == str(SAMPLE)} - seen
    if fresh and sample and str(SAMPLE) not in {root for _, root in fresh.values()}:
        gone |= sample
        notes.append(
            f"the bundled sample ({len(sample)} articles) was removed: this archive now holds articles of yours"
        )
    updated = sum(i in known for i in fresh)
    return Change(
        list(fresh.values()), len(fresh) - updated, updated, unchanged, tuple(sorted(gone)), tuple(failed), tuple(notes)
    )


def index(archive: Archive, versions: Sequence[NewVersion], progress: Progress) -> None:
    """Writes passages to Chroma and the text index; nothing shows them until they are published."""
    rows = [(version.article, passage) for version in versions for passage in version.passages]
    if not rows:
        return
    archive.catalogue.expect(passage.passage_id for _, passage in rows)
    vectors = _embed(archive, rows, progress)
    archive.store.add([p.passage_id for _, p in rows], vectors, [a.article_id for a, _ in rows])
    archive.lexical.add((p.passage_id, _title_field(a), p.text) for a, p in rows)
    progress("index", len(rows), len(rows))


def vector_text(article: Article, passage: Passage) -> str:
    """The text whose vector stands for a passage."""
    return chunks.embedded_text(article.title, passage.text)


def clear_leftovers(archive: Archive, keep_generations: int = 1) -> None:
    """Takes out of Chroma and the text index what no kept generation shows."""
    dead = archive.catalogue.dead_passages(keep_generations)
    if dead:
        archive.store.remove(dead)
        archive.lexical.remove(dead)
    archive.catalogue.forget(dead, keep_generations)


def _version(article: Article, root: str, budget_tokens: int) -> NewVersion:
    split = sentences.split(article.text, article.title)
    return NewVersion(article, root, split, chunks.split(article, split, budget_tokens))


def _embed(archive: Archive, rows: Sequence[tuple[Article, Passage]], progress: Progress) -> np.ndarray:
    texts = [vector_text(article, passage) for article, passage in rows]
    done = 0

    def tick(count: int) -> None:
        nonlocal done
        done += count
        progress("embed", done, len(texts))

    return archive.vectors.embed(texts, tick)


def _group(
    archive: Archive, snapshot: Snapshot, versions: Sequence[NewVersion], removed: Iterable[str], progress: Progress
) -> tuple[Family, ...]:
    """Families of everything that will be live."""
    out = {*removed, *(v.article.article_id for v in versions)}
    articles = [stored.article for stored in snapshot.everything() if stored.article.article_id not in out]
    split: dict[str, Sequence[Sentence]] = {a.article_id: snapshot.sentences(a.article_id) for a in articles}
    for version in versions:
        articles.append(version.article)
        split[version.article.article_id] = version.sentences
    progress("group", 0, len(articles))
    return families.group(articles, split, archive.vectors.embed, snapshot.family_ids())


def _gone(known: dict[str, tuple[str, str, str]], root: str, seen: set[str], failed_files: set[str]) -> set[str]:
    """Articles an earlier ingest of `root` added that are not there any more; one that merely failed to read stays."""
    base = Path(root)
    gone = set()
    for article_id, (_, identity, known_root) in known.items():
        if known_root == root and article_id not in seen:
            file = identity.partition("#")[0]
            name = Path(file).relative_to(base).as_posix() if Path(file).is_relative_to(base) else Path(file).name
            if name not in failed_files and Path(file).name not in failed_files:
                gone.add(article_id)
    return gone


def _title_field(article: Article) -> str:
    return " ".join(part for part in (article.title, article.author, article.publisher) if part)


def _report(archive: Archive, change: Change, seconds: float) -> IngestReport:
    snapshot = archive.catalogue.live()
    counts = snapshot.counts()
    log.info(
        "ingest added=%d updated=%d unchanged=%d removed=%d failed=%d seconds=%.1f generation=%s",
        change.added,
        change.updated,
        change.unchanged,
        len(change.removed),
        len(change.failed),
        seconds,
        snapshot.generation,
    )
    return IngestReport(
        added=change.added,
        updated=change.updated,
        unchanged=change.unchanged,
        removed=len(change.removed),
        failed=change.failed,
        articles=counts["articles"],
        passages=counts["passages"],
        families=counts["families"],
        altered=counts["altered"],
        seconds=round(seconds, 3),
        generation=snapshot.generation,
        notes=change.notes,
    )
