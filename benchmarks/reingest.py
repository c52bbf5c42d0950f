"""Articles in; how much faster an ingest is that finds nothing changed, and what copies of everything cost, out.

    python -m benchmarks.reingest (--articles PATH | --generated 1000) [--rounds 5] [--copies 2] [--json FILE]

The model is warm and the archive open before any clock starts: what is compared is ingest with ingest. After the first
one and `--rounds` unchanged ones, the same articles come in again from `--copies` other places. Every text that is
embedded, passage or sentence, is counted by the embedder itself, so that one embedded twice would show.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.synthetic import articles_of
from ingest.embedding.embedder import LocalEmbedder
from ingest.pipeline import ingest
from ingest.settings import read_settings
from ingest.storage.archive import Archive


class Counted:
    """The local model, and how many texts it was given: all of them, and different ones."""

    dimension = LocalEmbedder.dimension

    def __init__(self, local: LocalEmbedder) -> None:
        self._local = local
        self.model = local.model
        self.given = 0
        self.different: set[str] = set()

    def embed(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> np.ndarray:
        self.given += len(texts)
        self.different.update(texts)
        return self._local.embed(texts, progress)

    def embed_question(self, text: str) -> np.ndarray:
        return self._local.embed_question(text)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    corpus = parser.add_mutually_exclusive_group(required=True)
    corpus.add_argument("--articles", type=Path)
    corpus.add_argument(
        "--generated", type=int, help="so many generated articles of about 5 passages, a file each"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--copies", type=int, default=2)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dateline-reingest-") as directory:
        source = arguments.articles or written(arguments.generated, Path(directory) / "corpus")
        found = measure(source, arguments.rounds, arguments.copies, Path(directory))
    report(found)
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1), "utf-8")


def measure(source: Path, rounds: int, copies: int, work: Path) -> dict[str, Any]:
    """Seconds of the first ingest, of unchanged ones and of copies, with what was embedded."""
    known = read_settings()
    settings = known.model_copy(
        update={"model_cache": known.model_dir.absolute(), "data_dir": work / "data"}
    )
    embedder = Counted(LocalEmbedder(settings.model_dir))
    embedder.embed_question("warm")
    with Archive(settings, embedder) as archive:

        def timed(path: Path) -> tuple[float, Any]:
            started = time.perf_counter()
            done = ingest(archive, [path])
            return time.perf_counter() - started, done

        first, begun = timed(source)
        embedded = embedder.given
        again = [timed(source) for _ in range(rounds)]
        assert all(done.unchanged == begun.added and not done.added for _, done in again)
        copied = [timed(copy_of(source, work / f"copy-{n}")) for n in range(copies)]
        return {
            "articles": begun.articles,
            "passages": begun.passages,
            "first_seconds": first,
            "unchanged_seconds": [seconds for seconds, _ in again],
            "times_faster": first / statistics.median(seconds for seconds, _ in again),
            "embedded": embedded,
            "copies_seconds": [seconds for seconds, _ in copied],
            "passages_with_copies": copied[-1][1].passages if copied else begun.passages,
            "embedded_for_copies": embedder.given - embedded,
            "embedded_twice": embedder.given - len(embedder.different),
        }


def copy_of(source: Path, place: Path) -> Path:
    if source.is_dir():
        return shutil.copytree(source, place)
    place.mkdir()
    return Path(shutil.copy(source, place))


def written(count: int, folder: Path) -> Path:
    folder.mkdir()
    for number, article in enumerate(articles_of(count)):
        (folder / f"{number:05}.txt").write_text(f"{article.title}\n\n{article.text}", "utf-8")
    return folder


def report(found: dict[str, Any]) -> None:
    unchanged = found["unchanged_seconds"]
    print(
        f"{found['articles']} articles, {found['passages']} passages: first {found['first_seconds']:.1f} s, "
        f"unchanged {statistics.median(unchanged):.3f} s (median of {len(unchanged)}, {min(unchanged):.3f} to "
        f"{max(unchanged):.3f}): {found['times_faster']:.0f} times faster"
    )
    print(
        f"with {len(found['copies_seconds'])} copies of all, {found['passages_with_copies']} passages: "
        f"{found['embedded']} texts embedded, {found['embedded_for_copies']} more for the copies, "
        f"{found['embedded_twice']} of all twice"
    )


if __name__ == "__main__":
    main()
