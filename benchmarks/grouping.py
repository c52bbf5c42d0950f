"""A corpus and sizes in, seconds out: grouping so many short articles at once, and ten more of them afterwards.

    python -m benchmarks.grouping --data PATH [--sizes 1000 5000 20000]

Where the corpus is smaller than asked for, its texts come again with other words: every longer word but the commonest
gets a syllable more, another one each time, so that no two articles share text that the corpus does not. Vectors come
from a cache in the data directory; what has to be embedded is counted, not timed.

    python -m benchmarks.grouping --stored 10000 100000

Ten articles against so many whose prints are in a database, each size in a process of its own: seconds, and the memory
that grouping took at most. The prints are random numbers, as many as 300 words have.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.synthetic import articles_of
from ingest.copies.families import Prints, Split, Standing, regroup
from ingest.copies.near_duplicates import FORM, Print, print_of
from ingest.embedding.embedder import LocalEmbedder
from ingest.english.words import STOP_WORDS as FUNCTION_WORDS
from ingest.formats import file_readers
from ingest.settings import read_settings
from ingest.storage.catalogue_tables import CATALOGUE, prints
from ingest.storage.database import chunked, put
from ingest.storage.earlier_ingests import Fingerprints
from ingest.storage.sqlite_file import SQLiteFile
from ingest.storage.vector_cache import VectorCache
from ingest.text.segmentation import split
from ingest.types import Article, Family, Member, Role

ADDED = 10
SEED = 7
SYLLABLES = [vowel + consonant for vowel in "aeiou" for consonant in "bdfgklmnprst"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        default=[],
        help="JSONL or folder; may be given again",
    )
    parser.add_argument("--stored", type=int, nargs="+", default=[])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 5000, 20000])
    arguments = parser.parse_args()
    for size in arguments.stored:
        one = get_context("spawn").Process(target=measure_stored, args=(size,))
        one.start()
        one.join()
    if not arguments.data:
        return
    found = [
        a
        for path in arguments.data
        for a in file_readers.read(path, max_article_mb=5)
        if isinstance(a, Article)
    ]
    settings = read_settings()
    cache = VectorCache(settings.data_dir / "vectors.sqlite", LocalEmbedder(settings.model_dir))
    print(
        f"{'articles':>8} {'words each':>10} {'prints':>8} {'grouped':>8} {'ten more':>8}  CPU seconds; embedded"
    )
    for size in arguments.sizes:
        print(measure(enlarged(found, size + ADDED), cache), flush=True)


def enlarged(articles: Sequence[Article], size: int) -> list[Split]:
    """So many articles in random order, with their sentences."""
    found: list[Split] = []
    for n in range(size):
        original, again = articles[n % len(articles)], n // len(articles)
        text = _in_other_words(original.text, again) if again else original.text
        article = Article(f"/corpus/{n}", str(n), text, original.title)
        found.append((article, split(text, original.title)))
    random.Random(SEED).shuffle(found)
    return found


def _in_other_words(text: str, again: int) -> str:
    added = SYLLABLES[again % len(SYLLABLES)]
    return re.sub(
        r"[^\W\d_]{4,}", lambda m: m[0] if m[0].lower() in FUNCTION_WORDS else m[0] + added, text
    )


def measure(articles: Sequence[Split], cache: VectorCache) -> str:
    by_id = {article.article_id: (article, sentences) for article, sentences in articles}
    standing, added = articles[:-ADDED], articles[-ADDED:]
    started = time.process_time()
    known = {article.article_id: print_of(article, sentences) for article, sentences in standing}
    printed = time.process_time()
    embedded = cache.embedded
    families = regroup(standing, Standing(Prints.of(known), (), by_id.__getitem__), cache.embed)
    grouped = time.process_time()
    regroup(added, Standing(Prints.of(known), families, by_id.__getitem__), cache.embed)
    ended = time.process_time()
    words = sum(len(article.text.split()) for article, _ in articles) // len(articles)
    times = f"{printed - started:8.1f} {grouped - printed:8.1f} {ended - grouped:8.2f}"
    return f"{len(standing):8} {words:10} {times}  {cache.embedded - embedded}"


def measure_stored(size: int) -> None:
    dice = np.random.default_rng(SEED)
    words = dice.integers(0, 2**63, 60_000, dtype=np.uint64)
    hashes = {f"{number:016x}": f"{number:032x}" for number in range(size)}
    added = [(article, split(article.text, article.title)) for article in articles_of(ADDED)]
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(SQLiteFile(Path(folder) / "catalogue.sqlite", CATALOGUE)) as database,
    ):
        for some in chunked([*hashes.values()], 1_000):
            rows = [
                {
                    "content_hash": content,
                    "form": FORM,
                    "shingles": dice.integers(0, 2**63, 280, dtype=np.uint64).tobytes(),
                    "stems": dice.choice(words, 110).tobytes(),
                }
                for content in some
            ]
            with database.write() as connection:
                put(connection, prints, rows)
        families = [Family(f"fam_{one}", (Member(one, Role.ORIGINAL, True),)) for one in hashes]
        stored = Fingerprints(database)

        def of(ids: Sequence[str]) -> dict[str, Print]:
            found = stored.some([hashes[one] for one in ids])
            return {one: found[hashes[one]] for one in ids}

        before, started = _most_memory(), time.process_time()
        standing = Standing(
            Prints(stored.known(hashes), of), families, dict[str, Split]().__getitem__
        )
        regroup(added, standing, lambda texts: np.zeros((len(texts), 384), np.float32))
        seconds, most = time.process_time() - started, _most_memory() - before
        print(f"{size:8} stored: {seconds:6.1f} s of CPU, {most:6.0f} MB more", flush=True)


def _most_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000


if __name__ == "__main__":
    main()
