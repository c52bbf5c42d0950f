"""A size in, an archive of that many passages out: generated text and clustered vectors, the same on every machine."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.embedding.embedder import LocalEmbedder
from ingest.settings import Settings, read_settings
from ingest.storage.archive import Archive, open_archive
from ingest.storage.catalogue import NewVersion
from ingest.storage.database import chunked
from ingest.text.segmentation import embedded_text, pack
from ingest.text.segmentation import split as sentences_of
from ingest.types import Article, Family, Member, Role

SEED = 20240417
CLUSTERS = 300
SPREAD = 0.6  # length of the noise against its centre: neighbours at a cosine of about .75, other clusters near 0
VOCABULARY = 40_000
GLUE = "the of and to a in that is was for on with as by at from it an be are were this had not but have".split()
AT_ONCE = 500  # articles published in one generation

Vectors = NDArray[np.float32]


class SeededEmbedder:
    """Vectors from a hash of the text; a question costs what the real model costs, and its vector is seeded too."""

    model = "seeded/1"
    dimension = LocalEmbedder.dimension

    def __init__(self, local: LocalEmbedder) -> None:
        self._local = local
        self._centres = _unit(
            np.random.default_rng(SEED).standard_normal((CLUSTERS, self.dimension))
        )

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        rows = (
            np.stack([self._seeded(text) for text in texts])
            if texts
            else np.zeros((0, self.dimension), np.float32)
        )
        if progress:
            progress(len(texts))
        return rows

    def embed_question(self, text: str) -> Vectors:
        self._local.embed_question(text)
        return self._seeded(text)

    def embed_aside(self, texts: Sequence[str]) -> Vectors:
        return self.embed(texts)

    def _seeded(self, text: str) -> Vectors:
        digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
        dice = np.random.default_rng(int.from_bytes(digest, "big"))
        centre = self._centres[dice.integers(CLUSTERS)]
        return _unit((centre + SPREAD * _unit(dice.standard_normal((1, self.dimension)))[0])[None])[
            0
        ]


def open_synthetic(passages: int, work: Path, *, on_servers: bool = False) -> Archive:
    """An archive of at least `passages` passages in `work/<passages>`, or on the servers of the
    settings, filled by the first call."""
    known = read_settings()
    update = {"data_dir": work / str(passages), "model_cache": known.model_dir.absolute()}
    alone = {} if on_servers else {"database_url": None, "chroma_url": None}
    settings = known.model_copy(update=update | alone)
    archive = open_archive(settings, SeededEmbedder(LocalEmbedder(settings.model_dir)))
    missing = passages - archive.text_index.count()
    for versions in _versions(settings, archive.catalogue.live().counts()["articles"]):
        if missing <= 0:
            break
        archive.indexes.write(versions, archive.vector_cache, lambda stage, done, total: None)
        _publish(archive, versions)
        missing -= sum(len(version.passages) for version in versions)
    snapshot = archive.catalogue.live()
    for part in chunked(
        archive.sentence_vectors.lacking(snapshot), AT_ONCE
    ):  # as a service does when nobody asks
        archive.sentence_vectors.make(snapshot, part)
    return archive


def articles_of(count: int) -> list[Article]:
    """So many articles of a title and six paragraphs."""
    words = _vocabulary()
    return [_article(number, words) for number in range(count)]


def questions(count: int) -> list[str]:
    """Questions of 6 to 12 words, half of them glue, as people ask."""
    dice = random.Random(SEED + 1)
    words = _vocabulary()
    return [
        "What " + " ".join(_words(dice, words, dice.randint(6, 12))) + "?" for _ in range(count)
    ]


def _publish(archive: Archive, versions: Sequence[NewVersion]) -> None:
    """Every article a family of its own: grouping is not what is measured here."""
    standing = archive.catalogue.live().families()
    own = [
        Family(f"fam_{v.article.article_id}", (Member(v.article.article_id, Role.ORIGINAL, True),))
        for v in versions
    ]
    archive.catalogue.publish(versions, (), [*standing, *own])


def _versions(settings: Settings, first: int) -> Iterator[list[NewVersion]]:
    words = _vocabulary()
    number = first
    while True:
        batch = []
        for _ in range(AT_ONCE):
            article = _article(number, words)
            found = sentences_of(article.text, article.title)
            batch.append(
                NewVersion(
                    article, "synthetic", found, pack(article, found, settings.passage_tokens)
                )
            )
            number += 1
        yield batch


def _article(number: int, words: Sequence[str]) -> Article:
    dice = random.Random(SEED * 1000 + number)
    title = " ".join(_words(dice, words, 7)).capitalize()
    paragraphs = (
        " ".join(
            " ".join(_words(dice, words, dice.randint(8, 24))).capitalize() + "." for _ in range(4)
        )
        for _ in range(6)
    )
    text = "\n\n".join((title, *paragraphs))
    return Article(
        identity=f"synthetic#{number}", source=f"synthetic#{number}", text=text, title=title
    )


def _words(dice: random.Random, words: Sequence[str], count: int) -> list[str]:
    """Half glue, half words of which the nth is 1/n as frequent as the first (Zipf 1949)."""
    return [
        dice.choice(GLUE)
        if dice.random() < 0.5
        else words[min(len(words) - 1, int(len(words) ** dice.random()))]
        for _ in range(count)
    ]


def _vocabulary() -> list[str]:
    dice = random.Random(SEED)
    parts = "ba ce di fo gu la me ni ro su ta ve wi zo pra ste kri blo tru gna shi che".split()
    return ["".join(dice.choices(parts, k=dice.randint(2, 4))) for _ in range(VOCABULARY)]


def _unit(rows: np.ndarray) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def passage_texts(archive: Archive) -> Iterator[tuple[str, str, str]]:
    """(passage id, text, text as it is embedded) of everything in the archive."""
    snapshot = archive.catalogue.live()
    for stored in snapshot.everything():
        for passage in snapshot.passages_of(stored.article.article_id):
            yield (
                passage.passage_id,
                passage.text,
                embedded_text(stored.article.title, passage.text),
            )
