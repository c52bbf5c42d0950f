"""Articles in; what of each is compared, and the pairs that share enough words to be worth it, closest first. No model."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import numpy as np
import numpy.typing as npt

from ingest.english.words import fold, stem
from ingest.types import Article, Sentence, SentenceKind

Hashes = npt.NDArray[np.uint64]
Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Weights = npt.NDArray[np.float64]
Postings = tuple[Hashes, Indices]  # hashes, and the position of a list that has each

WORDS_IN_SHINGLE = 3
AT_ONCE = 5_000  # lists that are in memory together
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’][^\W_]+)*|\d+(?:[.,]\d+)*")


def words_of(text: str) -> list[str]:
    """The words of a text in small letters, without accents, possessives and the points of abbreviations."""
    return [re.sub(r"['’](s|S)$|[.,’']", "", word) for word in _WORD.findall(fold(text))]


_COMPARED = frozenset({SentenceKind.BODY, SentenceKind.HEADING, SentenceKind.TITLE})


def comparable(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The sentences that a copy would repeat: no boilerplate, bylines and date lines, and nothing twice."""
    kept: dict[tuple[str, ...], Sentence] = {}
    for sentence in sentences:
        if sentence.kind in _COMPARED:
            kept.setdefault(tuple(words_of(sentence.text)) or (sentence.text,), sentence)
    return list(kept.values())


FEWEST_WORDS = 5  # outside quotation marks; less is an aside, a label or the frame of a quotation


@dataclass(frozen=True, slots=True)
class Prose:
    """Sentences in the order of the article, without what stands in quotation marks, and the words of each.

    Lists, tables, headings, links, schedules and quotations are the same in every account of one event, and so is what
    one speaker said; only sentences that a reporter put together tell who copied whom.
    """

    sentences: tuple[Sentence, ...]
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """An article with the sentences a copy of it would repeat, and those of them that are running prose."""

    article: Article
    sentences: tuple[Sentence, ...]
    prose: Prose


def read_copy(article: Article, sentences: Sequence[Sentence]) -> Copy:
    repeated = tuple(comparable(sentences))
    return Copy(article, repeated, prose(repeated))


def prose(sentences: Sequence[Sentence]) -> Prose:
    """Of an article's sentences those that run: a whole sentence of the body, and no item of a list."""
    kept, words = [], []
    for sentence in sentences:
        if sentence.kind is not SentenceKind.BODY or not _RUNS.match(sentence.text):
            continue
        told = _QUOTED.sub(" ", sentence.text)
        if (count := len(words_of(told))) >= FEWEST_WORDS:
            kept.append(Sentence(sentence.start, sentence.end, told, sentence.kind))
            words.append(count)
    return Prose(tuple(kept), tuple(words))


_QUOTED = re.compile(r"[\"“„«][^\"“”„«»]*[\"”»]")
# Begins with no bullet or number of an item, ends as a sentence ends.
_RUNS = re.compile(
    r"(?!\s*(?:[-–—*•‣◦▪·]\s|\(?\d{1,3}[.)]\s|[^.!?]{1,40}:\S)).*[.!?…][\"'”’»)\]]*\s*$", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Print:
    """What of an article is compared with every other one; both ascending, without repeats."""

    shingles: Hashes  # three words in a row; nothing of what may not be cited
    stems: Hashes  # words of four letters and more, of the sentences that a copy would repeat


def print_of(article: Article, sentences: Sequence[Sentence]) -> Print:
    """What grouping has to know of an article that stays; about 0.5 ms for 130 words.

    Stable over processes and machines, so that it may be stored; whoever changes what it holds changes `FORM`.
    """
    words = {word for s in comparable(sentences) for word in words_of(s.text) if len(word) > 3}
    stems = {_hash(stemmed) for stemmed in [stem(word) for word in words]}
    return Print(fingerprint(article, sentences), np.array(sorted(stems), dtype=np.uint64))


FORM = 2  # of stored prints


def fingerprint(article: Article, sentences: Sequence[Sentence]) -> Hashes:
    """The distinct 64-bit hashes of an article's three-word shingles, ascending; what may not be cited is left out.

    Stable over processes and machines, so that it may be stored. Falls back to the whole text if `sentences` is empty.
    """
    kept = [s.text for s in sentences if s.kind.citable] or [article.text]
    return shingles([word for text in kept for word in words_of(text)])


def shingles(words: Sequence[str]) -> Hashes:
    """The distinct hashes of a run of words, ascending."""
    if len(words) < WORDS_IN_SHINGLE:
        return np.empty(0, dtype=np.uint64)
    hashed = np.fromiter((_hash(word) for word in words), dtype=np.uint64, count=len(words))
    mixed = np.zeros(len(words) - WORDS_IN_SHINGLE + 1, dtype=np.uint64)
    for place in range(WORDS_IN_SHINGLE):
        mixed = (mixed ^ hashed[place : place + len(mixed)]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


@lru_cache(maxsize=200_000)
def _hash(word: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big"
    )


@dataclass(frozen=True, slots=True)
class Shared:
    """Two articles by position, and what their shingles have in common.

    `containment` is a share of the shorter article's, `rare_containment` leaves out template text, `resemblance` is a
    share of all of both.
    """

    left: int
    right: int
    containment: float
    rare_containment: float
    resemblance: float


class Sharing:
    """What articles share, one of every two `active`. Lists are read from first to last twice, and
    those of the pairs singly, so that they need not be in memory."""

    def __init__(self, prints: Sequence[Hashes], active: Flags, *, least: float):
        """Pairs whose shared shingles are at least `least` of the shorter article's."""
        self._least = least
        postings, self.sizes = _postings(prints, _of_active(prints, active))
        self._pairs = _pairs(postings, self.sizes, active, least)
        involved = sorted({n for pair in self._pairs for n in pair})
        self._lists = {n: prints[n] for n in involved}
        self._postings = _NONE
        if involved:
            self._postings, _ = _postings(
                prints, np.unique(np.concatenate([*self._lists.values()]))
            )

    def under(self, families: Sequence[int]) -> list[Shared]:
        """The pairs, closest first. `families` numbers the family each article is known to be in so
        far: a shingle in `_TEMPLATE` of them is template text."""
        keys, owners = self._postings
        of_family = np.asarray(families)[owners].astype(np.uint64)
        pairs = np.unique(np.stack((keys, of_family)), axis=1)
        hashes, counts = np.unique(pairs[0], return_counts=True)
        common = hashes[counts >= _TEMPLATE]
        found = []
        for left, right in self._pairs:
            ours, theirs = self._lists[left], self._lists[right]
            shared = np.intersect1d(ours, theirs, assume_unique=True)
            shorter = ours if len(ours) <= len(theirs) else theirs
            containment = len(shared) / max(1, len(shorter))
            if containment >= self._least:
                resemblance = len(shared) / max(1, len(ours) + len(theirs) - len(shared))
                rare = _rare(shared, shorter, common)
                found.append(Shared(left, right, containment, rare, resemblance))
        return sorted(found, key=lambda s: (-s.resemblance, s.left, s.right))


_NONE: Postings = (np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64))
_TEMPLATE = 4  # families
_LONG_RUN = 120  # shingles; a notice that many articles carry is shorter than this


def _rare(shared: Hashes, shorter: Hashes, common: Hashes) -> float:
    """Containment without template text; two articles that are nothing but the same text stay the same text."""
    shared_common = np.isin(shared, common, assume_unique=True)
    if shared_common.sum() >= _LONG_RUN:
        return len(shared) / len(shorter)
    rest = len(shorter) - int(np.isin(shorter, common, assume_unique=True).sum())
    if rest < 0.1 * len(shorter):
        return len(shared) / len(shorter)
    return float((~shared_common).sum()) / rest


def _parts(lists: Iterable[Hashes]) -> Iterator[tuple[Hashes, Indices]]:
    """Some thousand lists at once: all their hashes, and the position of each one's list."""
    rest, first = iter(lists), 0
    while some := list(islice(rest, AT_ONCE)):
        owners = np.repeat(np.arange(first, first + len(some)), [len(p) for p in some])
        yield np.concatenate(some), owners
        first += len(some)


def _postings(lists: Sequence[Hashes], wanted: Hashes) -> tuple[Postings, Indices]:
    """Every wanted hash with the position of every list that has it, and the lengths of all lists;
    `wanted` is ascending."""
    sizes = np.zeros(len(lists), dtype=np.int64)
    found = [_NONE]
    if not len(wanted):
        return _NONE, sizes
    for keys, owners in _parts(lists):
        sizes += np.bincount(owners, minlength=len(lists))
        places = np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)
        kept = wanted[places] == keys
        found.append((keys[kept], owners[kept]))
    return (np.concatenate([k for k, _ in found]), np.concatenate([o for _, o in found])), sizes


def _of_active(lists: Sequence[Hashes], active: Flags) -> Hashes:
    chosen = [lists[int(n)] for n in np.flatnonzero(active)]
    return np.unique(np.concatenate(chosen)) if chosen else np.empty(0, dtype=np.uint64)


def _pairs(
    postings: Postings, sizes: Indices, active: Flags, least: float
) -> list[tuple[int, int]]:
    lefts, rights, _ = _together(*postings, active)
    codes, counts = np.unique(lefts * len(sizes) + rights, return_counts=True)
    lefts, rights = codes // len(sizes), codes % len(sizes)
    # crowded hashes are not counted for every pair, so that the first look is more generous than the rule
    enough = counts >= 0.5 * least * np.minimum(sizes[lefts], sizes[rights])
    return [(int(a), int(b)) for a, b in zip(lefts[enough], rights[enough], strict=True)]


# A hash that more articles share than this pairs them only with its first few: the pairs stay linear in the copies.
_CROWD = 24
_FIRST = 6


def _together(keys: Hashes, owners: Indices, active: Flags) -> tuple[Indices, Indices, Hashes]:
    """Every pair of owners of one key, once a key, one of them active; smaller owner first, with the key."""
    order = np.lexsort((owners, ~active[owners], keys))
    keys, owners = keys[order], owners[order]
    starts = (
        np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
        if len(keys)
        else np.empty(0, dtype=np.int64)
    )
    lengths = np.diff(np.r_[starts, len(keys)])
    lefts, rights, shared = (
        [np.empty(0, np.int64)],
        [np.empty(0, np.int64)],
        [np.empty(0, np.uint64)],
    )
    for length in np.unique(lengths[lengths > 1]):
        begins = starts[lengths == length]
        rows = owners[begins[:, None] + np.arange(length)]
        first, second = np.triu_indices(int(length), 1)
        if length > _CROWD:
            first, second = first[first < _FIRST], second[first < _FIRST]
        one, other = rows[:, first].ravel(), rows[:, second].ravel()
        kept = active[one]  # the active ones stand first under their key
        lefts.append(np.minimum(one, other)[kept])
        rights.append(np.maximum(one, other)[kept])
        shared.append(np.repeat(keys[begins], len(first))[kept])
    return np.concatenate(lefts), np.concatenate(rights), np.concatenate(shared)


def topical(
    stems: Sequence[Hashes], active: Flags, *, nearest: int, least: float
) -> list[tuple[int, int]]:
    """Pairs that share many rare words, one of them active: cosine of idf weights at least `least`, the `nearest` best
    of each article.

    Rewrites keep names and terms when they keep no three words in a row; whether one is a rewrite is decided elsewhere.
    """
    total = len(stems)
    wanted = _of_active(stems, active)
    if not len(wanted):
        return []
    known, counts = _counted(stems)
    rarity = np.log((total + 1) / counts + 1) ** 2
    telling = known[(counts > 1) & (counts <= max(_CROWD, total // 20))]
    wanted = wanted[np.isin(wanted, telling, assume_unique=True)]
    weights, found = np.zeros(total), [_NONE]
    for keys, owners in _parts(stems):
        places = np.searchsorted(known, keys)
        weights += np.bincount(owners, weights=rarity[places], minlength=total)
        kept = np.isin(keys, wanted)
        found.append((keys[kept], owners[kept]))
    norms = np.sqrt(weights)
    keys, owners = (np.concatenate(one) for one in zip(*found, strict=True))
    lefts, rights, shared = _together(keys, owners, active)
    codes, places = np.unique(lefts * total + rights, return_inverse=True)
    dots = np.bincount(places, weights=rarity[np.searchsorted(known, shared)], minlength=len(codes))
    a, b = codes // total, codes % total
    cosines = dots / np.maximum(norms[a] * norms[b], 1e-9)
    chosen = []
    taken: Counter[int] = Counter()
    for n in np.argsort(-cosines, kind="stable"):
        if cosines[n] < least:
            break
        pair = (int(a[n]), int(b[n]))
        if min(taken[pair[0]], taken[pair[1]]) < nearest:
            taken.update(pair)
            chosen.append(pair)
    return chosen


def _counted(lists: Iterable[Hashes]) -> tuple[Hashes, Indices]:
    """Every hash, ascending, and how many lists have it."""
    known, counts = _NONE
    for keys, _ in _parts(lists):
        some, numbers = np.unique(keys, return_counts=True)
        known, places = np.unique(np.concatenate((known, some)), return_inverse=True)
        counts = np.bincount(places, np.concatenate((counts, numbers))).astype(np.int64)
    return known, counts
