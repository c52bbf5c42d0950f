"""The way of an article: read, compare, split, embed, index, group, publish."""

from __future__ import annotations

import contextlib
import functools
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from ingest import report_in_words
from ingest.change_detection import SAMPLE as SAMPLE
from ingest.change_detection import (
    Change,
    ReadFiles,
    compare,
    content_hashes,
    expect_contents,
    root_of,
)
from ingest.copies import families
from ingest.copies.near_duplicates import Print, print_of
from ingest.errors import DatelineError, IndexUnavailable, NotFound
from ingest.storage.archive import Archive, Progress, silent, vector_text
from ingest.storage.catalogue import NewVersion, Snapshot
from ingest.storage.database import READ_SECONDS
from ingest.storage.earlier_ingests import Fingerprints
from ingest.storage.overrides import FAMILY, disagreements, overridden
from ingest.storage.snapshot import generation_name
from ingest.storage.withheld_articles import sorted_out
from ingest.text import segmentation
from ingest.types import Article, Family, IngestReport
from ingest.web.fetching import Fetched

log = logging.getLogger(__name__)
Given = ParamSpec("Given")
Done = TypeVar("Done")


def _alone(
    step: Callable[Concatenate[Archive, Given], Done],
) -> Callable[Concatenate[Archive, Given], Done]:
    """No other process changes the archive meanwhile."""

    @functools.wraps(step)
    def alone(archive: Archive, /, *given: Given.args, **named: Given.kwargs) -> Done:
        with archive.writing():
            return step(archive, *given, **named)

    return alone


@_alone
def ingest(
    archive: Archive,
    paths: Sequence[Path | Fetched],
    *,
    prune: bool = False,
    dry_run: bool = False,
    expecting: str | None = None,
    collections: Sequence[str] | None = None,
    columns: Mapping[str, str] | None = None,
    only: Sequence[str] = (),
    progress: Progress | None = None,
    now: datetime | None = None,
) -> IngestReport:
    """Brings the archive up to date with `paths`, and with what was fetched from the web.
    Idempotent; killed at any point, the old generation stays.

    Except in a dry run, `failures.jsonl` in the data directory says what could not be read. With
    `expecting` nothing else goes live than what had these `contents` when it was tried; raises
    InvalidRequest where it would. All articles of the paths belong to `collections`; None: to those
    that an earlier ingest of the path gave. Where `only` names collections, an article that states
    another fails; others neither count nor are told of. `now` is when embargoes are looked at.
    """
    started, now, report = time.monotonic(), now or datetime.now(UTC), progress or silent
    archive.settle()
    if not dry_run:
        _release(archive, now)
    catalogue, roots = archive.catalogue, map(root_of, paths)
    given = {root: catalogue.given(root).or_now(collections, columns) for root in roots}
    with catalogue.whole() as snapshot:
        files = ReadFiles(
            archive.file_records, content_hashes(snapshot), archive.settings.max_article_mb
        )
        change = compare(
            catalogue, snapshot, paths, files,
            prune=prune, progress=report, given=given, now=now, only=only,
        )  # fmt: skip
        expect_contents(expecting, snapshot, change)
        notes = [*change.notes]
        if not dry_run and (change.withdrawn or change.held or change.no_longer):
            catalogue.hold_back(change.withdrawn, change.held, change.no_longer)
        if not dry_run and (change.fresh or change.removed):
            copies = _publish(archive, snapshot, change, report)
            notes += () if only else copies  # they name articles of others
    with catalogue.whole() as snapshot:
        stored = snapshot.articles(snapshot.overrides()).values()
    if desk := [one.article for one in stored if one.root in given]:
        told = disagreements(desk)
        notes += report_in_words.at_most(told, "places where desk and file disagree")
    if not dry_run:
        for root, said in given.items() if (collections, columns) != (None, None) else ():
            catalogue.give(root, said)
        _spared(files.keep)
        _spared(lambda: archive.address_records.keep(p for p in paths if isinstance(p, Fetched)))
        generation = generation_name(catalogue.generation)
        unwritten = report_in_words.write_down(archive.settings.data_dir, generation, change.failed)
        notes += [unwritten] if unwritten and not only else []
    done = _report(archive, replace(change, notes=tuple(notes)), time.monotonic() - started)
    if not dry_run:
        _spared(lambda: archive.reports.keep(done))
    return done


def release(archive: Archive, now: datetime) -> int:
    """Publishes what is under embargo no more; how many articles went live. Reads one row where
    there is nothing to do."""
    first = archive.catalogue.next_release()
    if first is None or first > now:
        return 0
    with archive.writing():
        archive.settle()
        return _release(archive, now)


def _release(archive: Archive, now: datetime) -> int:
    due = archive.catalogue.held(now)
    if not due:
        return 0
    waited: dict[tuple[str, ...], dict[str, tuple[Article, str]]] = {}
    for one in due:
        # the key that sent an upload may have been bound to its collections
        sent = Path(one.root).is_relative_to(archive.settings.uploads_dir.absolute())
        only = one.article.all_collections if sent else ()
        waited.setdefault(only, {})[one.article.article_id] = (one.article, one.root)
    with archive.catalogue.whole() as snapshot:
        parts = [
            sorted_out(some, (), archive.catalogue, snapshot, now, only)
            for only, some in waited.items()
        ]
        fresh = [read for part in parts for read in part.fresh.values()]
        gone = {i for part in parts for i in part.removed} & snapshot.known_hashes().keys()
        if fresh:
            _publish(archive, snapshot, Change(fresh, removed=tuple(sorted(gone))), silent)
    withdrawn = tuple(one for part in parts for one in part.withdrawn)
    archive.catalogue.hold_back(withdrawn, (), tuple(one.article.article_id for one in due))
    log.info("embargoes ended articles=%d", len(fresh))
    return len(fresh)


@_alone
def remove(archive: Archive, article_id: str) -> bool:
    """Takes one article out of every index at once; no rollback brings it back. False where there
    is none."""
    archive.settle()
    with archive.catalogue.whole() as snapshot:
        stored = snapshot.article(article_id)
        if stored is None:
            return False
        grouped = _group(archive, snapshot, (), (article_id,), silent)
    with _settled_again(archive):
        archive.catalogue.purge(article_id, grouped)
        _spared(lambda: archive.reports.forget(stored.article.source))
        archive.settle()
    return True


@_alone
def erase(archive: Archive, article_id: str) -> str | None:
    """Takes an article, live or kept for a rollback, out of everything, and keeps it out.

    The identity it had; None where there is none. What remains is its id and a hash of its text.
    """
    archive.settle()
    history = archive.catalogue.history(article_id)
    if not history:
        return None
    with archive.catalogue.whole() as snapshot:
        grouped = _group(archive, snapshot, (), (article_id,), silent)
    texts = [vector_text(one.article, passage) for one in history for passage in one.passages]
    archive.vector_cache.forget(texts)
    with _settled_again(archive):
        archive.catalogue.purge(article_id, grouped, erase=True)
        archive.sentence_vectors.forget(archive.catalogue.kept_passages())
        for one in history:
            archive.reports.forget(one.article.source)
            archive.address_records.forget(one.article.identity)
        archive.settle()
        archive.catalogue.empty_log(READ_SECONDS)
    return history[-1].article.identity


@_alone
def override(
    archive: Archive, article_id: str, words: Mapping[str, str | None], set_by: str
) -> None:
    """Puts a desk's words in the place of what an article's file states; None takes one back.

    `words` by the names of `overrides.FIELDS` and FAMILY, whose value is an article of that family.
    Raises NotFound where there is no such article.
    """
    archive.settle()
    with archive.catalogue.whole() as snapshot:
        stored = snapshot.article(article_id)
        if stored is None:
            raise NotFound("there is no article of this id here")
        standing = {one.field: one.value for one in snapshot.overrides().get(article_id, ())}
        said = {name: value for name, value in {**standing, **words}.items() if value is not None}
        if said == standing:
            return
        placed = {i: other for i, other in snapshot.placed().items() if i != article_id}
        if FAMILY in said:
            placed[article_id] = said[FAMILY]
        changed = NewVersion(
            overridden(stored.article, said),
            stored.root,
            snapshot.sentences(article_id),
            tuple(snapshot.passages_of(article_id)),
        )
        grouped = _group(archive, snapshot, (changed,), (), silent, placed=placed)
    archive.catalogue.override(article_id, words, set_by, grouped)
    _spared(lambda: archive.indexes.reword((changed,)))


@_alone
def rollback(archive: Archive) -> IngestReport:
    """Shows again what readers saw before the last ingest; works once an ingest. Raises NotFound
    where there is none.

    In the report, `added` counts articles that are back, `removed` those that are gone again,
    `updated` those that have their earlier text again.
    """
    started = time.monotonic()
    archive.settle()
    with archive.catalogue.whole() as snapshot:
        generation, now = snapshot.generation, content_hashes(snapshot)
    before = archive.catalogue.previous()
    if before is None:
        raise NotFound(
            f"there is nothing to go back to from generation {generation}: "
            "an archive keeps one generation before its last ingest, and a rollback uses it up"
        )
    with before:
        taken_back = archive.catalogue.withdrawn(before.known_hashes())
        then = {i: text for i, text in content_hashes(before).items() if i not in taken_back}
        back = f"generation {generation} was rolled back: readers see again what {before.generation} held"
        notes = [f"{back}; run the ingest again to undo this"]
        families_then: Iterable[Family] = before.families()
        removals = archive.catalogue.removals_since(before.number)
        if removals:
            notes.append(
                f"{removals} removed by name since then stay removed; a rollback cannot bring them back"
            )
        if taken_back:
            notes.append(
                f"{len(taken_back)} that their publishers took back or put under embargo stay out of sight"
            )
        if removals or taken_back or before.placed():  # a canonical member may be among them
            families_then = _group(archive, before, (), tuple(taken_back), silent)
        archive.catalogue.roll_back(families_then)
    change = Change(
        added=len(then.keys() - now.keys()),
        updated=sum(now[i] != then[i] for i in now.keys() & then.keys()),
        unchanged=sum(now[i] == then[i] for i in now.keys() & then.keys()),
        removed=tuple(now.keys() - then.keys()),
        notes=tuple(notes),
    )
    return _report(archive, change, time.monotonic() - started)


def _publish(
    archive: Archive, snapshot: Snapshot, change: Change, progress: Progress
) -> tuple[str, ...]:
    """Everything between reading and reporting; sentences about the copies that were found."""
    budget = archive.settings.passage_tokens
    versions: list[NewVersion] = []
    desk = snapshot.overrides()
    for read, root in change.fresh:
        progress("read", len(change.fresh), len(change.fresh))  # whoever stops us need not wait
        said = {one.field: one.value for one in desk.get(read.article_id, ())}
        article = overridden(read, said) if said else read
        split = segmentation.split(article.text, article.title)
        pieces = segmentation.pack(article, split, budget)
        versions.append(NewVersion(article, root, split, pieces))
    with _settled_again(archive):
        archive.catalogue.expect(p.passage_id for v in versions for p in v.passages)
        archive.indexes.write(versions, archive.vector_cache, progress)
        fingerprints = archive.fingerprints()
        grouped = _group(archive, snapshot, versions, change.removed, progress, fingerprints)
        archive.catalogue.publish(versions, change.removed, grouped)
        _spared(fingerprints.keep)
        archive.settle()
    changed = report_in_words.changed_families(snapshot.families(), grouped)
    known = snapshot.articles(m.article_id for f in changed for m in f.members)
    sources = {i: stored.article.source for i, stored in known.items()}
    sources |= {v.article.article_id: v.article.source for v in versions}
    return report_in_words.copies_found(changed, sources)


def _spared(keep: Callable[[], None]) -> None:
    """What readers see is published: what only saves work or is told later may stay unwritten where
    the disk is full."""
    try:
        keep()
    except IndexUnavailable as error:
        log.warning("not kept for the next ingest, or to be told later: %s", error)


@contextlib.contextmanager
def _settled_again(archive: Archive) -> Iterator[None]:
    """What a failed or stopped step left in the indexes does not wait for the next ingest, if the
    disk lets us."""
    try:
        yield
    except DatelineError:
        with contextlib.suppress(IndexUnavailable):
            archive.settle()
        raise


def _group(
    archive: Archive,
    snapshot: Snapshot,
    versions: Sequence[NewVersion],
    removed: Iterable[str],
    progress: Progress,
    fingerprints: Fingerprints | None = None,
    placed: Mapping[str, str] | None = None,
) -> tuple[Family, ...]:
    """Families of everything that will be live; only what is new is compared with everything. Fills
    `fingerprints`. `placed` is what a desk says of families, where that is about to change."""
    fingerprints = fingerprints or archive.fingerprints()
    out = {*removed, *(v.article.article_id for v in versions)}
    hashes = {i: content for i, content in content_hashes(snapshot).items() if i not in out}
    known = fingerprints.known(hashes)

    def read(article_id: str) -> families.Split:
        return snapshot.articles([article_id])[article_id].article, snapshot.sentences(article_id)

    fresh: list[families.Split] = [read(i) for i in hashes.keys() - known]
    fresh += [(version.article, version.sentences) for version in versions]
    hashes |= {v.article.article_id: v.article.content_hash for v in versions}
    for done, (article, split) in enumerate(fresh):
        progress("group", done, len(fresh))
        found = print_of(article, split)
        fingerprints.note({hashes[article.article_id]: found})

    def some(ids: Sequence[str]) -> dict[str, Print]:
        by_hash = fingerprints.some([hashes[i] for i in ids])
        return {i: by_hash[hashes[i]] for i in ids}

    standing = families.Standing(
        families.Prints(hashes.keys(), some),
        snapshot.families(),
        read,
        snapshot.placed() if placed is None else placed,
    )
    grouped = families.regroup(fresh, standing, archive.sentence_cache.embed)
    progress("group", len(fresh), len(fresh))
    return grouped


def _report(archive: Archive, change: Change, seconds: float) -> IngestReport:
    with archive.catalogue.whole() as snapshot:
        counts, generation = snapshot.counts(), snapshot.generation
    log.info(
        "ingest added=%d updated=%d unchanged=%d removed=%d failed=%d seconds=%.1f generation=%s",
        change.added,
        change.updated,
        change.unchanged,
        len(change.removed),
        len(change.failed),
        seconds,
        generation,
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
        generation=generation,
        notes=change.notes,
    )
