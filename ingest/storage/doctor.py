"""Compares catalogue, Chroma and text index row by row, and mends from the catalogue what can be
mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.storage.archive import silent, vector_text
from ingest.storage.catalogue import NewVersion
from ingest.storage.database import chunked

if TYPE_CHECKING:
    from ingest.storage.archive import Archive

SAME_VECTOR = (
    1e-5  # largest difference of a coordinate between what Chroma returns and what was put in
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Rows of one index that do not agree with the catalogue. `mendable` where the catalogue has
    what it takes."""

    where: str  # catalogue | chroma | text
    what: str
    passage_ids: tuple[str, ...] = ()
    mendable: bool = True

    def __str__(self) -> str:
        rows = f"{len(self.passage_ids)} rows " if self.passage_ids else ""
        return f"{self.where}: {rows}{self.what}"


def findings(archive: Archive, *, mend: bool) -> dict[str, Any]:
    """`{faults: [words], left: [words], articles, passages, generation}` of an open archive.

    With `mend`, `left` is what is still wrong afterwards.
    """
    faults = left = examine(archive)
    if mend and faults:
        with archive.writing():
            archive.settle()
            repair(archive, faults)
        left = examine(archive)
    with archive.catalogue.whole() as snapshot:
        counts, generation = snapshot.counts(), snapshot.generation
    return {
        "faults": [str(fault) for fault in faults],
        "left": [str(fault) for fault in left],
        "articles": counts["articles"],
        "passages": counts["passages"],
        "generation": generation,
    }


def examine(archive: Archive) -> tuple[Fault, ...]:
    """Every fault found; () for a sound archive. Reads all rows of all three, changes nothing.

    Raises IndexUnavailable where an index cannot be read.
    """
    archive.catch_up()  # words that another process published a moment ago are no fault
    return (
        *(
            Fault("catalogue", words, mendable=False)
            for words in archive.catalogue.inconsistencies()
        ),
        *examine_indexes(archive),
    )


def examine_indexes(archive: Archive) -> tuple[Fault, ...]:
    """What Chroma and the text index hold against what the catalogue says."""
    wanted = archive.catalogue.kept_passages()
    archive.text_index.check()
    chroma, text = archive.vector_index.ids(), archive.text_index.ids()
    faults = [
        *_compared("chroma", wanted, chroma),
        *_compared("text", wanted, text),
        Fault(
            "chroma", "hold a vector of another text", _foreign(archive, sorted(wanted & chroma))
        ),
    ]
    return tuple(f for f in faults if f.passage_ids)


def repair(archive: Archive, faults: Sequence[Fault]) -> None:
    """Mends what can be mended from the catalogue: rows too many are removed, rows missing or
    foreign written anew."""
    wanted = archive.catalogue.kept_passages()
    touched = {i for f in faults for i in f.passage_ids}
    archive.catalogue.expect(sorted(touched))
    archive.indexes.remove(sorted(touched - wanted))
    archive.indexes.write(_versions(archive, touched & wanted), archive.vector_cache, silent)
    archive.catalogue.forget()


def _compared(where: str, wanted: set[str], present: set[str]) -> list[Fault]:
    return [
        Fault(where, "are missing", tuple(sorted(wanted - present))),
        Fault(where, "are of no generation that is kept", tuple(sorted(present - wanted))),
    ]


def _foreign(archive: Archive, ids: list[str]) -> tuple[str, ...]:
    """Of the ids, those whose vector in Chroma is not the one that was embedded for their text."""
    found: list[str] = []
    for part in chunked(ids):
        rows = {
            p.passage_id: vector_text(v.article, p)
            for v in _versions(archive, set(part))
            for p in v.passages
        }
        stored = archive.vector_index.vectors(list(rows))
        for (passage_id, _), vector in zip(
            rows.items(), archive.vector_cache.embed(list(rows.values())), strict=True
        ):
            if passage_id not in stored or np.abs(stored[passage_id] - vector).max() > SAME_VECTOR:
                found.append(passage_id)
    return tuple(found)


def _versions(archive: Archive, ids: set[str]) -> list[NewVersion]:
    """The articles of the passages, with those passages only."""
    return archive.catalogue.versions_of(sorted(ids))
