"""Corrects the spelling of a question's words by words that stand in the archive."""

from __future__ import annotations

from collections import defaultdict
from difflib import SequenceMatcher
from functools import cache

from ingest.embedding.embedder import vocabulary
from ingest.english import words
from ingest.english.words import AUXILIARIES, STOP_WORDS
from ingest.storage.archive import Archive
from ingest.storage.catalogue import Snapshot
from ingest.storage.text_index import TextIndex

LIKENESS = 0.8  # least of difflib's ratio, 0 to 1: "ferys" and "ferry" have .8, "hw" and "how" too
TURNED = 0.95  # likeness of words of the same letters: "teh", "staduim"
SHORTEST_PART = 4  # letters of either half of a word that is read as two
PASSAGES_SEEN = 5  # that may have both halves
LACKED = 0.1  # of likeness, taken off an English word that the archive lacks

_AUXILIARIES = frozenset(AUXILIARIES.split("|"))


def corrected(text: str, snapshot: Snapshot, archive: Archive) -> str:
    """The text; each word that neither the archive nor English has is put right where one is close, or where two words
    of the archive make it up.

    English is what the embedding model's vocabulary has as one piece, in any form, or with -ly. What is put in its
    place is a word of the archive, a stop word or, where it is very like, another English one. A name that is written
    with a capital in a question that begins with one is left alone: another person may be meant. So is a word that adds
    -y or -er to another one: a "tannery" is no "tanner", and a "forger" does not "forge".
    """
    careful = text[:1].isupper()
    index = archive.text_index
    pieces, end = [], 0
    for token in words.tokens(text):
        written = token.text.lower()
        doubtful = (
            len(written) > 1
            and written.isalpha()
            and not token.stop
            and not (careful and token.text[0].isupper() and token.start)
            and not _english(written)
            and not index.document_frequency(written)
        )
        if not doubtful:
            continue
        if parts := _parts(written, snapshot, index):
            pieces += [text[end : token.start], parts]
            end = token.end
            continue
        if written.endswith("nt") and written[:-2] in _AUXILIARIES:  # "wasnt"
            pieces += [text[end : token.start], f"{written[:-2]}n't"]
            end = token.end
            continue
        found = snapshot.passages(index.alike(written)).values()
        held = {token.lower for passage in found for token in words.tokens(passage.text)}
        likely = {
            word: _likeness(written, word)
            for word in held | _english_by_first().get(written[0], frozenset())
        }
        known = {  # what the archive lacks too must be the more like
            word: like if word in STOP_WORDS or index.document_frequency(word) else like - LACKED
            for word, like in likely.items()
            if like >= LIKENESS
        }
        best = max(known, key=lambda word: (known[word], word in held, word), default=None)
        if best is not None and known[best] >= LIKENESS:
            pieces += [text[end : token.start], best]
            end = token.end
    return "".join([*pieces, text[end:]])


def _parts(written: str, snapshot: Snapshot, index: TextIndex) -> str | None:
    """Two words of one passage that a word is put together from: "glass works" for "glassworks"."""
    for place in range(SHORTEST_PART, len(written) - SHORTEST_PART + 1):
        parts = {written[:place], written[place:]}
        if not parts & STOP_WORDS and all(map(index.document_frequency, parts)):
            found = (passage for passage, _ in index.find(" ".join(parts), PASSAGES_SEEN))
            if any(parts <= set(words.words(p.text)) for p in snapshot.passages(found).values()):
                return f"{written[:place]} {written[place:]}"
    return None


def _likeness(written: str, word: str) -> float:
    if written[0] != word[0] or abs(len(written) - len(word)) > 2:
        return 0.0
    if written in (f"{word.removesuffix('s')}y", f"{word.removesuffix('e')}er"):
        return 0.0
    if sorted(written) == sorted(word):
        return TURNED
    matcher = SequenceMatcher(None, written, word)
    return matcher.ratio() if matcher.real_quick_ratio() >= LIKENESS else 0.0


def _english(word: str) -> bool:
    """Whether English has the word; "whos" and "whens" are what people write for "who's"."""
    stem = words.stem(word.removesuffix("ly"))
    return bool({words.stem(word), stem} & _english_stems()) or word.removesuffix("s") in STOP_WORDS


@cache
def _english_stems() -> frozenset[str]:
    pieces = " ".join(piece for piece in vocabulary() if piece.isalpha())
    return words.stems(pieces) | frozenset(map(words.stem, STOP_WORDS))


@cache
def _english_by_first() -> dict[str, frozenset[str]]:
    found = defaultdict(set)
    for word in (*(piece for piece in vocabulary() if piece.isalpha()), *STOP_WORDS):
        if len(word) > 1:
            found[word[0]].add(word)
    return {first: frozenset(held) for first, held in found.items()}
