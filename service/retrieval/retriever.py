"""A question in, ranked passages out: vectors and words fused, dates and filters kept, one voice a family."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ingest.storage.archive import Archive
from ingest.storage.catalogue import Snapshot, StoredArticle
from ingest.storage.passage_filters import (
    PassageFilter,
    PassageRow,
    matching_passages,
    passage_rows,
    permitted_articles,
)
from ingest.storage.snapshot import BOUND_TO
from ingest.text.segmentation import embedded_text
from ingest.types import Passage, Role
from service.retrieval.fusion import fuse, leaders, rerank
from service.types import ArticleCard, FamilyPlace, Hit, Question

FIRST_FETCH = (
    100  # candidates from each index; the fusion was measured over the top 100 (docs/quality.md)
)
WIDEST_FETCH = 25_600  # where copies or filters leave too few families
NARROW = 5000  # passages left by a filter up to which only these are searched (docs/performance.md)
LOOKED_UP = 60  # passages whose article, family and dates are read first; what is loaded comes from among them
READ = 40  # passages that are loaded with their text, besides the best of each family asked for
ENOUGH_FAMILIES = 10
COMPARED = (
    12  # hits whose similarity is measured anew with the local model, where the index has another
)
REMEMBERED = 32  # questions whose ranking is kept: who searches often asks, and who asks again often asks the same
MOST_MERGED = 3  # passages in a row that one hit may show

# Who speaks for a family where its canonical member is filtered out: what is most like the source comes first.
VOICES = (Role.ORIGINAL, Role.UPDATED, Role.REPUBLISHED, Role.FRAGMENT, Role.ALTERED)

Vector = NDArray[np.float32]
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A passage that was found and may be shown; `similarity` is None where words alone found it."""

    row: PassageRow
    score: float
    similarity: float | None


class Retriever:
    """Finds passages in one archive; every call sees one generation."""

    def __init__(self, archive: Archive, dense_share: float | None = None, narrow: int = NARROW):
        """`dense_share`, 0 to 1, is the weight of vectors against words, default the setting's; `narrow` the number of
        passages left by a filter up to which exactly these are searched."""
        self.archive = archive
        self.narrow = narrow
        self._aside = ThreadPoolExecutor(thread_name_prefix="words")  # while vectors are searched
        self.uses = Counter[str]()  # of what is remembered: hit, miss
        self._remembered: dict[tuple[object, ...], tuple[Vector, list[_Ranked]]] = {}
        self.dense_share = archive.settings.dense_share if dense_share is None else dense_share

    def find(self, question: Question, count: int = 10) -> tuple[Hit, ...]:
        """At most `count` hits, best first: each family's best passage, then, if families run out, their next.

        `question.text` is searched as it stands, whatever was said before it.
        A next passage that stands beside one already shown lengthens that hit instead of taking a place.
        """
        with self.archive.catalogue.live() as snapshot:
            hits = self.candidates(question, snapshot, families=count, read=2 * count)
            placed = _one_slot_a_family(hits, lambda h: h.article.family.id)
            return tuple(_merged(snapshot, placed, count))

    def candidates(
        self,
        question: Question,
        snapshot: Snapshot,
        families: int = ENOUGH_FAMILIES,
        read: int = READ,
        vector: Vector | None = None,
    ) -> list[Hit]:
        """Passages worth reading, best first: the best `read`, the best of each of so many families, and what speaks
        for those. `vector` is that of the question as it is searched, where the caller has it already."""
        query = question.text
        asked = (snapshot.number, snapshot.bound_to, query, filter_of(question), families)
        known = self._remembered.pop(asked, None)
        self.uses["miss" if known is None else "hit"] += 1
        if known is None:
            vector = self.archive.embedder.embed_question(query) if vector is None else vector
            known = vector, self._ranked(question, snapshot, query, vector, families)
        self._remembered[asked] = vector, ranked = known
        for oldest in list(self._remembered)[:-REMEMBERED]:
            self._remembered.pop(oldest, None)
        slots = _one_slot_a_family(ranked, lambda r: r.row.family_id)[:families]
        chosen = {r.row.passage_id: r for r in (*ranked[:read], *slots)}
        hits = self._one_voice(question, snapshot, vector, self._loaded(snapshot, vector, chosen))
        meaning = self.archive.sentence_cache
        if meaning is self.archive.vector_cache:
            return hits
        # thresholds hold for cosines of the local model, not for other models'
        texts = [embedded_text(h.article.stated_title, h.text) for h in hits[:COMPARED]]
        cosines = meaning.embed(texts) @ meaning.embedder.embed_question(query)
        first = [replace(h, similarity=float(s)) for h, s in zip(hits, cosines, strict=False)]
        return [*first, *hits[COMPARED:]]

    def _ranked(
        self, question: Question, snapshot: Snapshot, query: str, vector: Vector, families: int
    ) -> list[_Ranked]:
        """What may be shown, best first; fetched ever more widely until there are enough families, or no more rows."""
        # searching among ids is exact and takes a sixth of what Chroma's `where` does (docs/performance.md)
        wanted = filter_of(question)
        everything = wanted == PassageFilter() and not snapshot.bound_to
        among = None if everything else matching_passages(snapshot, wanted, self.narrow)
        if among == []:
            return []
        fetch = FIRST_FETCH
        while True:
            by_words = self._aside.submit(self.archive.text_index.find, query, fetch, among)
            dense = dict(self.archive.vectors_of(snapshot).nearest(vector, fetch, among))
            words = dict(by_words.result())
            shown, scores = self._shown(question, snapshot, dense, words, families)
            enough = len({p.family_id for p in shown.values()}) >= families
            if enough or fetch >= WIDEST_FETCH or len(dense) < fetch:
                break
            fetch *= 4
        scores = rerank(
            scores, self._sentences(snapshot, query, vector, [shown[i] for i in leaders(scores)])
        )
        ranked = [_Ranked(p, scores[i], dense.get(i)) for i, p in shown.items()]
        return sorted(ranked, key=lambda r: (-r.score, r.row.passage_id))

    def _shown(
        self,
        question: Question,
        snapshot: Snapshot,
        dense: dict[str, float],
        words: dict[str, float],
        families: int,
    ) -> tuple[dict[str, PassageRow], dict[str, float]]:
        """Where those of the found passages stand that may be shown, and their fused scores.

        Mostly all may be, and the best are all that is needed: then only these are looked up. Where one of them may
        not, or their families are too few, all are, and the fusion is of what is left.
        """
        scores = fuse(dense, words, self.dense_share)
        best = sorted(scores, key=lambda i: (-scores[i], i))[: max(LOOKED_UP, 4 * families)]
        shown = passage_rows(snapshot, best, filter_of(question))
        if len(shown) < len(best) or len({p.family_id for p in shown.values()}) < families:
            shown = passage_rows(snapshot, scores, filter_of(question))
            scores = fuse(_only(dense, shown), _only(words, shown), self.dense_share)
        return shown, _only(scores, shown)

    def _sentences(
        self, snapshot: Snapshot, query: str, vector: Vector, among: Sequence[PassageRow]
    ) -> dict[str, float]:
        """The cosine of the question with the best sentence of each passage of several; one alone tells nothing new."""
        meaning = self.archive.sentence_cache
        if meaning is not self.archive.vector_cache:
            vector = meaning.embedder.embed_question(query)
        spoken = self.archive.sentence_vectors.of(snapshot, {p.passage_id: p.start for p in among})
        return {
            i: float((said.vectors @ vector).max())
            for i, said in spoken.items()
            if len(said.starts) > 1
        }

    def _loaded(self, snapshot: Snapshot, vector: Vector, chosen: dict[str, _Ranked]) -> list[Hit]:
        """Hits with text and article; those found by words alone get their cosine from the kept vectors."""
        passages = snapshot.passages(chosen)
        articles = snapshot.articles(p.article_id for p in passages.values())
        cards = {i: card(stored) for i, stored in articles.items()}
        rows = [(p, articles[p.article_id], chosen[i]) for i, p in passages.items()]
        lacking = [(p, a) for p, a, found in rows if found.similarity is None]
        cosines = dict(
            zip((p.passage_id for p, _ in lacking), self._vectors(lacking) @ vector, strict=True)
        )
        return _best_first(
            _hit(
                p,
                cards[p.article_id],
                f.score,
                float(cosines[p.passage_id]) if f.similarity is None else f.similarity,
            )
            for p, _, f in rows
        )

    def _one_voice(
        self, question: Question, snapshot: Snapshot, vector: Vector, hits: list[Hit]
    ) -> list[Hit]:
        """Where several members of a family are hit, the most trustworthy one speaks for all of them.

        Its passages stand in for those of its copies; a copy keeps a place of its own further down, because it may say
        something that no other member does (the evidence step decides that sentence by sentence).
        """
        kept: dict[str, Hit] = {h.passage_id: h for h in hits}
        for family_id in {h.article.family.id for h in hits if h.article.family.size > 1}:
            members = [h for h in hits if h.article.family.id == family_id]
            family = snapshot.family(family_id)
            ids = [m.article_id for m in family.members] if family else []
            voice = voice_of(permitted_articles(snapshot, ids, filter_of(question)))
            if voice is None:
                continue
            best = max(h.score for h in members)
            own = self._scored(
                voice, snapshot, vector, {h.passage_id: h.score for h in members}, best
            )
            for hit in members:
                if hit.article.article_id != voice.member.article_id:
                    kept[hit.passage_id] = replace(hit, score=hit.score * 0.5)
            kept.update((h.passage_id, h) for h in own)
        return _best_first(kept.values())

    def _scored(
        self,
        voice: StoredArticle,
        snapshot: Snapshot,
        vector: Vector,
        found: dict[str, float],
        best: float,
    ) -> list[Hit]:
        """The voice's passages: its best takes the family's best score, the others fall off with their similarity."""
        passages = snapshot.passages_of(voice.member.article_id)
        if not passages:
            return []
        similarities = self._vectors([(p, voice) for p in passages]) @ vector
        top, shown = float(similarities.max()), card(voice)
        return [
            _hit(
                p,
                shown,
                max(found.get(p.passage_id, 0.0), best * (1 - 2 * (top - float(s)))),
                float(s),
            )
            for p, s in zip(passages, similarities, strict=True)
            if p.passage_id in found or top - float(s) < 0.25
        ]

    def _vectors(self, passages: Sequence[tuple[Passage, StoredArticle]]) -> Vector:
        return self.archive.vector_cache.embed(
            [embedded_text(a.article.title, p.text) for p, a in passages]
        )


def filter_of(question: Question) -> PassageFilter:
    """What the dates and filters of a question permit."""
    filters = question.filters
    return PassageFilter(
        question.as_of,
        filters.published_after,
        filters.published_before,
        filters.publishers,
        filters.article_ids,
        filters.collections,
    )


def card(stored: StoredArticle) -> ArticleCard:
    """What citations and hits say of an article."""
    a, m = stored.article, stored.member
    place = FamilyPlace(stored.family_id, stored.family_size, str(m.role), m.canonical)
    if stored.family_size == 1 and BOUND_TO.get():  # its family may be named after one not seen
        role = m.role if m.role is Role.ALTERED else Role.ORIGINAL
        place = FamilyPlace(f"fam_{m.article_id}", 1, str(role), role is Role.ORIGINAL)
    return ArticleCard(
        m.article_id,
        a.title or a.source,
        a.author,
        a.publisher,
        a.url,
        a.source,
        a.published_on,
        a.date_source,
        place,
    )


def voice_of(allowed: Sequence[StoredArticle]) -> StoredArticle | None:
    """The one of a family's articles that speaks for it: the outlet's own last correction, else the
    canonical copy, else what is most like the source. None of none.
    """
    corrections = [a for a in allowed if a.member.role is Role.UPDATED]
    if corrections:
        return max(
            corrections, key=lambda a: (a.article.published_on or date.min, a.member.article_id)
        )
    return min(
        allowed,
        key=lambda a: (not a.member.canonical, VOICES.index(a.member.role), a.member.article_id),
        default=None,
    )


def _hit(passage: Passage, article: ArticleCard, score: float, similarity: float) -> Hit:
    return Hit(
        passage.passage_id,
        passage.start,
        passage.end,
        passage.text,
        score,
        article,
        similarity,
    )


def _one_slot_a_family(found: Sequence[Found], family: Callable[[Found], str]) -> list[Found]:
    """Best passage of every family first, then every family's second, and so on; each round in order of score."""
    rounds: Counter[str] = Counter()
    placed = []
    for one in found:
        rounds[family(one)] += 1
        placed.append((rounds[family(one)], one))
    placed.sort(key=lambda pair: pair[0])  # stable: score order within a round
    return [one for _, one in placed]


def _merged(snapshot: Snapshot, hits: Sequence[Hit], count: int) -> list[Hit]:
    """The first `count` hits; one with nothing but white space between it and an earlier hit is added to that one."""
    kept: list[Hit] = []
    parts: dict[str, list[tuple[int, int]]] = defaultdict(
        list
    )  # article id → (place in kept, passages it shows)
    for hit in hits:
        shown = parts[hit.article.article_id]
        for n, (place, passages) in enumerate(shown):
            joined = _joined(snapshot, kept[place], hit) if passages < MOST_MERGED else None
            if joined is not None:
                kept[place] = joined
                shown[n] = (place, passages + 1)
                break
        else:
            if len(kept) < count:
                shown.append((len(kept), 1))
                kept.append(hit)
    return kept


def _joined(snapshot: Snapshot, hit: Hit, other: Hit) -> Hit | None:
    """Both as one hit, under the first one's id and score; None where anything stands between them."""
    first, last = sorted((hit, other), key=lambda h: h.start)
    stored = snapshot.article(hit.article.article_id)
    if (
        stored is None
        or stored.article.text[first.end : last.start].strip()
        or last.start < first.end
    ):
        return None
    return replace(
        hit, start=first.start, end=last.end, text=stored.article.text[first.start : last.end]
    )


def _best_first(hits: Iterable[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda h: (-h.score, h.passage_id))


def _only(scores: dict[str, float], wanted: Container[str]) -> dict[str, float]:
    return {i: s for i, s in scores.items() if i in wanted}
