"""What altered copies and earlier versions say otherwise than the text that is cited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.english import analyse, differences
from ingest.storage.catalogue import Snapshot, StoredArticle
from ingest.storage.passage_filters import permitted_articles
from ingest.types import Alteration, Role, Sentence, Span
from service.answer_text import cite, plain
from service.evidence.corrections import TakenBack, place
from service.evidence.gathering import passage_at
from service.query.question_analysis import Query
from service.retrieval.retriever import card, filter_of
from service.types import Account, Citation, Conflict, Evidence

MOST_SHOWN = 3  # altered sentences, the most serious first
MOST_NAMED = 3  # changes spelled out of one sentence; the reader page marks them all
SAME_SENTENCE = 0.4  # share of the shorter sentence's words that make two a pair
ANSWER_WORDS = 6  # words behind a word of the question among which the answer in words stands


def altered_copies(
    query: Query, snapshot: Snapshot, cited: Sequence[Evidence]
) -> tuple[Conflict, ...]:
    """Copies of the cited articles that change a cited sentence, most serious first.

    `cited` is in the order of its numbers, 1 first. The family's canonical member is used: the
    credited, dated or fuller text that its other copies agree with (ingest/copies/families.py).
    Another wording is a conflict only where the question asks for the very words; a sentence of the
    copy that is hardly alike is none.
    """
    found: list[tuple[int, Conflict]] = []
    for number, item in enumerate(cited, 1):
        family = snapshot.family(item.article.family.id) if item.article.family.canonical else None
        altered = [m.article_id for m in family.members if m.alterations] if family else []
        for stored in permitted_articles(snapshot, altered, filter_of(query.question)):
            found.extend(_against(query, snapshot, item, number, stored))
    found.sort(key=lambda ranked: ranked[0])
    return tuple(conflict for _, conflict in found[:MOST_SHOWN])


def corrected(query: Query, snapshot: Snapshot, cited: Sequence[Evidence]) -> tuple[Conflict, ...]:
    """What an outlet's earlier version says otherwise than its correction, which is cited."""
    conflicts: list[Conflict] = []
    for number, item in enumerate(cited, 1):
        corrects = item.article.family.role == Role.UPDATED
        family = snapshot.family(item.article.family.id) if corrects else None
        earlier = [m.article_id for m in family.members if m.canonical] if family else []
        for stored in permitted_articles(snapshot, earlier, filter_of(query.question)):
            before = closest(snapshot.sentences(stored.member.article_id), item.text)
            if before is not None and says_otherwise(before.text, item.text):
                accounts = (
                    Account(plain(item.text), cite(item, number)),
                    Account(plain(before.text), cited_as(None, snapshot, before, stored)),
                )
                outlet = item.article.publisher or item.article.source
                why = f"{outlet} corrected its own article, so the corrected version is used"
                about = "a correction by the same outlet"
                conflicts.append(Conflict(about, "superseded", accounts, 0, why))
    return tuple(conflicts)


def corrected_by_notes(
    wrong: Sequence[TakenBack], cited: Sequence[Evidence]
) -> tuple[Conflict, ...]:
    """What an outlet said before the note that is cited took it back."""
    numbers = {place(item): n for n, item in enumerate(cited, 1)}
    conflicts = {}
    for one in wrong:
        if place(one.right) in numbers or place(one.wrong) in numbers:
            accounts = tuple(
                Account(plain(item.text), cite(item, numbers.get(place(item))))
                for item in (one.right, one.wrong)
            )
            conflicts[one.right.key] = Conflict(
                "a correction by the same outlet", "superseded", accounts, 0, why_wrong(one)
            )
    return tuple(conflicts.values())


def why_wrong(one: TakenBack) -> str:
    """Why the note is used, as a sentence for readers."""
    outlet = one.right.article.publisher
    return f"{outlet} took back what it had reported, so its correction is used"


def says_otherwise(one: str, other: str) -> bool:
    """Whether two wordings differ in a number, a date, a name or a denial."""
    return any(d.kind != "wording" for d in differences(one, other))


def closest(sentences: Sequence[Sentence], text: str) -> Sentence | None:
    """The sentence that has most of the words; None where none is hardly alike."""
    mine = analyse(text).stems

    def likeness(sentence: Sentence) -> float:
        theirs = analyse(sentence.text).stems
        return len(mine & theirs) / max(1, len(mine | theirs))

    best = max(sentences, key=likeness, default=None)
    return best if best is not None and _shared(best.text, text) >= SAME_SENTENCE else None


def _shared(one: str, other: str) -> float:
    mine, theirs = analyse(one).stems, analyse(other).stems
    return len(mine & theirs) / max(1, min(len(mine), len(theirs)))


def _against(
    query: Query, snapshot: Snapshot, item: Evidence, number: int, stored: StoredArticle
) -> Iterator[tuple[int, Conflict]]:
    """What the copy changes in a sentence, as one conflict, with the place of the worst change in
    its list.
    """
    every = stored.member.alterations
    touching = [a for a in every if _touches(a.canonical, item.start, item.end)]
    telling = [a for a in touching if a.kind != "wording" or _is_asked_for(query, item, a)]
    sentences = snapshot.sentences(stored.member.article_id)
    said = [s for s in sentences if any(_touches(a.here, s.start, s.end) for a in telling)]
    if not said or _shared(item.text, " ".join(s.text for s in said)) < SAME_SENTENCE:
        return
    copy = card(stored)
    accounts = [Account(plain(item.text), cite(item, number))]
    accounts += [Account(plain(s.text), cited_as(None, snapshot, s, stored)) for s in said]
    why = (
        f"{copy.publisher or copy.source} carries an altered copy of this article; "
        "the text that it was made from is used"
    )
    worst = min(every.index(alteration) for alteration in telling)
    yield worst, Conflict(_about(telling), "altered_copy", tuple(accounts), 0, why)


def _is_asked_for(query: Query, item: Evidence, alteration: Alteration) -> bool:
    """Whether the changed words are what the question asks for, and no mere choice of words.

    So of "What kind of visit was it?" the word before "visit"; of "How did they describe it?" what
    follows its words.
    """
    if query.wants is not None or not alteration.canonical.text.strip():
        return False
    tokens = analyse(item.text).tokens
    start = alteration.canonical.start - item.start
    place = next((n for n, token in enumerate(tokens) if token.start >= start), None)
    asked = {stemmed for _, stemmed in query.terms}
    if place is None or tokens[place].stem in asked:
        return False
    if query.noun is not None:
        return any(token.stem == query.noun for token in tokens[place + 1 : place + 3])
    held = asked & {token.stem for token in tokens}
    before = {token.stem for token in tokens[max(0, place - ANSWER_WORDS) : place]}
    return query.kind in ("how", "what") and 2 * len(held) >= len(asked) and bool(asked & before)


def cited_as(
    number: int | None, snapshot: Snapshot, sentence: Sentence, stored: StoredArticle
) -> Citation:
    """The citation of a whole sentence of an article."""
    passage_id = passage_at(snapshot.passages_of(stored.member.article_id), sentence.start)
    return Citation(number, passage_id, sentence.text, sentence.start, sentence.end, card(stored))


def _about(alterations: Sequence[Alteration]) -> str:
    """`“94” became “49”; “never” was left out; …`, most serious first; an exchange of two words is
    told once.
    """
    pairs = [(plain(a.canonical.text), plain(a.here.text)) for a in alterations]
    told: list[str] = []
    for ours, theirs in dict.fromkeys(pairs):
        if (theirs, ours) in pairs:
            said = f"“{min(ours, theirs)}” and “{max(ours, theirs)}” changed places"
        elif not theirs:
            said = f"“{ours}” was left out"
        else:
            said = f"“{ours}” became “{theirs}”" if ours else f"“{theirs}” was added"
        if said not in told:
            told.append(said)
    more = len(told) - MOST_NAMED
    return "; ".join(told[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")


def _touches(span: Span, start: int, end: int) -> bool:
    """Whether a span lies in [start, end), the place of an insertion or deletion included."""
    if span.start == span.end:
        return start <= span.start <= end
    return span.start < end and start < span.end
