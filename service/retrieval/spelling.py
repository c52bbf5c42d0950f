"""Corrects the spelling of a question's words by words that stand in the archive."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from functools import cache

from ingest.embedding.minilm import vocabulary
from ingest.english import words
from ingest.storage.archive import Archive
from ingest.storage.catalogue import Snapshot

SHORTEST = 5  # letters; of shorter words too many others are one letter away
LIKENESS = 0.75  # least of difflib's ratio, 0 to 1: "ferys" and "ferry" have .8


def corrected(text: str, snapshot: Snapshot, archive: Archive) -> str:
    """The text; a word that neither the archive nor English has is put right where one is close.

    English is what the embedding model's vocabulary has as one piece, in any form, or with -ly. A
    name that is written with a capital in a question that begins with one is left alone: another
    person may be meant.
    """
    careful = text[:1].isupper()
    index = archive.text_index
    pieces, end = [], 0
    for token in words.tokens(text):
        written = token.text
        doubtful = (
            len(written) >= SHORTEST
            and written.isalpha()
            and not token.stop
            and not (careful and written[0].isupper() and token.start)
            and not _english(written.lower())
            and not index.document_frequency(written)
        )
        if not doubtful:
            continue
        found = snapshot.passages(index.alike(written)).values()
        held = Counter(token.lower for passage in found for token in words.tokens(passage.text))
        likely = [word for word, _ in held.most_common() if word[0] == written[0].lower()]
        close = get_close_matches(written.lower(), likely, n=1, cutoff=LIKENESS)
        if close:
            pieces += [text[end : token.start], close[0]]
            end = token.end
    return "".join([*pieces, text[end:]])


def _english(word: str) -> bool:
    return bool({words.stem(word), words.stem(word.removesuffix("ly"))} & _english_stems())


@cache
def _english_stems() -> frozenset[str]:
    pieces = " ".join(piece for piece in vocabulary() if piece.isalpha())
    return words.stems(pieces) | frozenset(map(words.stem, words.STOP_WORDS))
