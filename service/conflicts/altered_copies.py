"""Cited sentences in, the accounts that contradict them out, and which one was used and why."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.english import differences
from ingest.english.words import stems
from ingest.storage.catalogue import Snapshot, StoredArticle
from ingest.storage.passage_filters import permitted_articles
from ingest.types import Alteration, Role, Sentence, Span
from service.answer_text import cite, plain
from service.conflicts.disputes import Dispute
from service.evidence.gathering import passage_at
from service.retrieval.retriever import card, filter_of
from service.types import Account, Citation, Conflict, Evidence, Question

MOST_SHOWN = 6
SAME_SUBJECT = 0.4  # share of a corrected sentence's words that its earlier version holds
MOST_WORDS_NAMED = 3  # differing spans spelled out in `about`; the reader page marks them all


def altered_copies(
    snapshot: Snapshot, question: Question, cited: Sequence[Evidence]
) -> tuple[Conflict, ...]:
    """Copies of the cited articles whose wording differs in a cited sentence, in order of citation.

    `cited` is in the order of its numbers, 1 first. The rule: the family's canonical member is used, because it is the
    credited, dated or fuller text its other copies agree with (how it is chosen: ingest/copies/families.py).
    """
    conflicts: list[Conflict] = []
    for number, item in enumerate(cited, 1):
        if item.article.family.size < 2 or not item.article.family.canonical:
            continue
        family = snapshot.family(item.article.family.id)
        altered = [m.article_id for m in family.members if m.alterations] if family else []
        for stored in permitted_articles(snapshot, altered, filter_of(question)):
            conflicts.extend(_against(snapshot, item, number, stored))
    return tuple(conflicts[:MOST_SHOWN])


def corrected(
    snapshot: Snapshot, question: Question, cited: Sequence[Evidence]
) -> tuple[Conflict, ...]:
    """What earlier versions by the same outlet, as far as dates and filters let them speak, say otherwise than the
    corrected one that is cited."""
    conflicts: list[Conflict] = []
    for number, item in enumerate(cited, 1):
        if item.article.family.role != Role.UPDATED:
            continue
        family = snapshot.family(item.article.family.id)
        earlier = [m.article_id for m in family.members if m.canonical] if family else []
        for stored in permitted_articles(snapshot, earlier, filter_of(question)):
            before = _earlier_wording(snapshot.sentences(stored.article.article_id), item.text)
            if before is not None:
                accounts = (
                    Account(plain(item.text), cite(item, number)),
                    Account(plain(before.text), _citation(snapshot, before, stored)),
                )
                name = item.article.publisher or item.article.source
                why = f"{name} corrected its own article, so the corrected version is used"
                conflicts.append(
                    Conflict("a correction by the same outlet", "superseded", accounts, 0, why)
                )
    return tuple(conflicts)


def between(found: Dispute | None, cited: Sequence[Evidence]) -> tuple[Conflict, ...]:
    """A dispute as a conflict; a citation keeps its number where the text cites it."""
    if found is None:
        return ()
    numbers = {(e.article.article_id, e.start): n for n, e in enumerate(cited, 1)}
    accounts = tuple(
        Account(plain(e.text), cite(e, numbers.get((e.article.article_id, e.start))))
        for e in (found.lead, found.other)
    )
    chosen = None if found.chosen is None else int(found.chosen is found.other)
    return (Conflict(found.about, found.status, accounts, chosen, found.why),)


def _earlier_wording(sentences: Sequence[Sentence], text: str) -> Sentence | None:
    """The sentence that said this before, if it said it with another number, date, name or denial."""
    wanted = stems(text)
    best = max(
        sentences,
        key=lambda s: len(wanted & stems(s.text)) / max(1, len(wanted | stems(s.text))),
        default=None,
    )
    if best is None or len(wanted & stems(best.text)) < SAME_SUBJECT * len(wanted):
        return None
    return best if any(d.kind != "wording" for d in differences(best.text, text)) else None


def _against(
    snapshot: Snapshot, item: Evidence, number: int, stored: StoredArticle
) -> list[Conflict]:
    """At most one conflict: everything the copy changes in this sentence."""
    touching = [a for a in stored.member.alterations if _touches(a.canonical, item.start, item.end)]
    sentences = snapshot.sentences(stored.article.article_id)
    said = [s for s in sentences if any(_touches(a.here, s.start, s.end) for a in touching)]
    if not touching or not said:
        return []
    copy = card(stored)
    accounts = [Account(plain(item.text), cite(item, number))]
    for sentence in said:
        accounts.append(Account(plain(sentence.text), _citation(snapshot, sentence, stored)))
    name = copy.publisher or copy.source
    why = (
        f"{name} carries an altered copy of this article: its wording differs here from the canonical text, "
        "so the canonical text is used"
    )
    return [Conflict(_about(touching), "altered_copy", tuple(accounts), 0, why)]


def _citation(snapshot: Snapshot, sentence: Sentence, stored: StoredArticle) -> Citation:
    passage_id = passage_at(snapshot.passages_of(stored.article.article_id), sentence.start)
    return Citation(None, passage_id, sentence.text, sentence.start, sentence.end, card(stored))


def _about(alterations: Sequence[Alteration]) -> str:
    """`“94” became “49”; …`, most serious first; mere wording is named only where nothing worse was changed."""
    alterations = [a for a in alterations if a.kind != "wording"] or alterations
    named = [
        f"{_quoted(a.canonical)} became {_quoted(a.here)}" for a in alterations[:MOST_WORDS_NAMED]
    ]
    more = len(alterations) - len(named)
    return "; ".join(named) + (f"; and {more} more" if more else "")


def _quoted(span: Span) -> str:
    return f"“{plain(span.text)}”" if span.text.strip() else "nothing"


def _touches(span: Span, start: int, end: int) -> bool:
    """Whether the span lies in [start, end), the place of an insertion or deletion included."""
    if span.start == span.end:
        return start <= span.start <= end
    return span.start < end and start < span.end
