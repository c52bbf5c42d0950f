"""The copies of one family in; each one's role, the canonical one and what altered copies changed, out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import combinations

import numpy as np

from ingest.copies.alterations import added, alterations
from ingest.copies.near_duplicates import Copy, Hashes
from ingest.copies.sentence_alignment import Embed
from ingest.types import Alteration, Article, Member, Role

COPY_SHARED = 0.8  # of the shorter article's shingles: from here on it is a copy or a fragment
MUCH_LONGER = 1.5


def members(copies: Sequence[Copy], prints: Sequence[Hashes], embed: Embed) -> tuple[Member, ...]:
    """One or more copies with their shingles in; the canonical member first, then by `article_id`.

    `original` is the canonical text, `republished` if it credits another outlet; `updated` a later version by the same
    outlet; `altered` a copy whose aligned sentences change a fact of the canonical text and of its later versions, and
    that tells nothing new; `fragment` a part of a much longer canonical text; `republished` every other copy, faithful
    rewrites and later versions elsewhere included.
    """
    versions = _Versions(copies, embed)
    chosen = _canonical(versions, prints) if len(copies) > 1 else 0
    canonical = copies[chosen].article
    updates = [n for n in range(len(copies)) if n != chosen and versions.is_update(chosen, n)]
    role = Role.REPUBLISHED if _is_republication(canonical) else Role.ORIGINAL
    members = [Member(canonical.article_id, role, True)]
    for n, copy in enumerate(copies):
        if n == chosen:
            continue
        role, found = Role.REPUBLISHED, versions.changed(chosen, n)
        if n in updates:
            role = Role.UPDATED
        elif versions.is_altered(chosen, n) and all(versions.changes_facts(u, n) for u in updates):
            role = Role.ALTERED
        elif len(prints[chosen]) >= MUCH_LONGER * len(prints[n]):
            shared = np.intersect1d(prints[n], prints[chosen], assume_unique=True)
            if len(shared) >= COPY_SHARED * len(prints[n]):
                role = Role.FRAGMENT
        members.append(
            Member(copy.article.article_id, role, False, found if role is Role.ALTERED else ())
        )
    return tuple(sorted(members, key=lambda m: (not m.canonical, m.article_id)))


class _Versions:
    """What the copies of a family change of one another; each pair is compared once."""

    def __init__(self, copies: Sequence[Copy], embed: Embed):
        self.copies = copies
        self._embed = embed
        self._changed: dict[tuple[int, int], tuple[Alteration, ...]] = {}

    def changed(self, earlier: int, copy: int) -> tuple[Alteration, ...]:
        if (earlier, copy) not in self._changed:
            left, right = self.copies[earlier], self.copies[copy]
            self._changed[earlier, copy] = alterations(left, right, self._embed)
        return self._changed[earlier, copy]

    def changes_facts(self, earlier: int, copy: int) -> bool:
        return any(a.kind != "wording" for a in self.changed(earlier, copy))

    def is_altered(self, earlier: int, copy: int) -> bool:
        """Facts differ, and nothing new is told besides, beyond what a copy that agrees with the earlier text
        tells: figures move on in a version that adds sentences."""
        return self.changes_facts(earlier, copy) and any(
            not self._adds(m, copy, MUCH_NEW)
            for m in range(len(self.copies))
            if m == earlier or (m != copy and not self.changes_facts(earlier, m))
        )

    def is_update(self, earlier: int, copy: int) -> bool:
        """A later version by the same outlet that says something else or more, or says that it was corrected."""
        left, right = self.copies[earlier].article, self.copies[copy].article
        if not _may_update(right, left):
            return False
        return (
            _is_noted(right, left)
            or self.changes_facts(earlier, copy)
            or self._adds(earlier, copy, SOMETHING_NEW)
        )

    def _adds(self, earlier: int, copy: int, least: float) -> bool:
        """Whether `least` of the copy's prose stands for nothing in the earlier text."""
        return added(self.copies[earlier], self.copies[copy], self._embed) >= least


# Of a copy's words: later versions that other outlets carry add .20 and more, altered copies .05 at most (76 pairs).
MUCH_NEW = 0.12
SOMETHING_NEW = 0.05


def _is_republication(article: Article) -> bool:
    credited = article.credited_to
    return bool(article.republished_on) or bool(
        credited and not same_outlet(credited, article.publisher)
    )


def same_outlet(credited: str, publisher: str | None) -> bool:
    """Whether a credit names an outlet: by its name, the first words of it or their initials.

    "AP" is "AP News", "Associated Press" and "The Associated Press"; "NDP" is "Norden Press".
    """
    short, long = (_outlet(name).split() for name in (credited, publisher))
    if len(short) == 1 < len(long) and len(short[0]) <= LONGEST_INITIALS:
        initials, letters = "".join(word[0] for word in long), short[0]
        inner = credited.isupper() and letters[0] == initials[0] and _in_order(initials, letters)
        if letters == initials or (inner and _in_order(letters, "".join(long))):
            return True
    return bool(short) and short == long[: len(short)]


LONGEST_INITIALS = 5  # characters


def _in_order(letters: str, word: str) -> bool:
    """Whether the letters stand in a word in this order, others between them or not."""
    left = iter(word)
    return all(letter in left for letter in letters)


@lru_cache(maxsize=4096)
def _outlet(name: str | None) -> str:
    """An outlet's name as it is compared: "The Daily Post" is "daily post"."""
    return re.sub(r"^the\s+|[^\w\s]", "", (name or "").casefold().replace("-", " ")).strip()


_CORRECTED = re.compile(
    r"\b(correction|corrected|clarification)\s*[:(–-]|\b(this|the) (article|story|report|headline)\b[^.]{0,40}"
    r"\b(was|has been|have been) (updated|amended|corrected|revised)"
    r"|\bearlier version of this (article|story|report)\b|\beditor[’']s note\s*:",
    re.IGNORECASE,
)


def _may_update(article: Article, earlier: Article) -> bool:
    """What the two say of themselves allows that one is a later version of the other, of the same outlet.

    Of two that name one day the longer is later, as things are added; not where their addresses differ.
    """
    outlet, other = _outlet(article.publisher), _outlet(earlier.publisher)
    if outlet and other and outlet != other:
        return False
    if _is_noted(article, earlier):
        return True
    ours, theirs = _last_change(article), _last_change(earlier)
    if not outlet or outlet != other or ours is None or theirs is None:
        return False
    same_place = article.url == earlier.url or not (article.url and earlier.url)
    grown = ours == theirs and same_place and len(article.text) > len(earlier.text)
    return (ours > theirs or grown) and not _is_republication(article)


def _last_change(article: Article) -> date | None:
    return article.updated_on or article.published_on


def _is_noted(article: Article, earlier: Article) -> bool:
    return _says_corrected(article.text) and not _says_corrected(earlier.text)


@lru_cache(maxsize=1024)  # every member of a family is compared with every other
def _says_corrected(text: str) -> bool:
    return _CORRECTED.search(text) is not None


def _canonical(versions: _Versions, prints: Sequence[Hashes]) -> int:
    """The member the others are compared with; never a later version of another member. In this order: whole (not under
    two thirds of the longest: what a fragment leaves out agrees with everything); agreeing with most of the others, so
    that a text which is alone with a value is the suspect, even the first one; the source that others credit; without
    traces of a machine paraphrase; stating its date; of two that differ in facts within a day, naming its author; the
    earlier date; the longer text; the smaller `article_id`."""
    copies, everyone = versions.copies, range(len(versions.copies))
    later = {n for n in everyone if any(m != n and versions.is_update(m, n) for m in everyone)}
    candidates = [n for n in everyone if n not in later] or list(everyone)
    named = [c.article.credited_to for c in copies if c.article.credited_to]
    longest = max(len(prints[n]) for n in candidates)
    agreeing = _agreement(versions, candidates)
    days = [c.article.published_on for c in (copies[n] for n in candidates)]
    near = len(days) == 2 and days[0] and days[1] and abs(days[0] - days[1]) <= _SAME_TIME
    disputed = bool(near) and versions.changes_facts(*candidates)

    def rank(n: int) -> tuple[object, ...]:
        article = copies[n].article
        others = any(same_outlet(credit, article.publisher) for credit in named)
        # traces of a machine paraphrase: broken spacing and wrong quotation marks, more often than a slip a page
        artefacts = len(_ARTEFACTS.findall(article.text))
        return (
            len(prints[n]) * MUCH_LONGER < longest,
            -agreeing[n],
            not others or _is_republication(article),
            artefacts >= _FEWEST_ARTEFACTS and artefacts * 400 > len(article.text.split()),
            article.published_on is None,
            disputed and _outlet(article.author) in ("", _outlet(article.publisher)),
            article.published_on or date.max,
            -len(prints[n]),
            article.article_id,
        )

    return min(candidates, key=rank)


_SAME_TIME = timedelta(days=1)  # a day says little of who copied whom
_MOST_COMPARED = 8  # different texts


def _agreement(versions: _Versions, candidates: Sequence[int]) -> Mapping[int, int]:
    """How many other candidates say the same as each; 0 for all where there are two or too many different texts."""
    texts = {n: tuple(s.text for s in versions.copies[n].sentences) for n in candidates}
    first = {text: n for n, text in reversed(texts.items())}
    if len(candidates) < 3 or len(first) > _MOST_COMPARED:
        return dict.fromkeys(candidates, 0)
    counts = Counter(texts.values())
    agreeing = {text: counts[text] - 1 for text in first}
    for (left, m), (right, n) in combinations(sorted(first.items(), key=lambda one: one[1]), 2):
        if not versions.changes_facts(m, n):
            agreeing[left] += counts[right]
            agreeing[right] += counts[left]
    return {n: agreeing[texts[n]] for n in candidates}


_ARTEFACTS = re.compile(
    r"\b(?:is|does|did|was|are|has|wo|ca) n['’]t\b|\w- [A-Z][a-z]|\w ['‘’] \w|\w” ?[a-z]\w*[^“”]{1,60}”"
    r"|\b(?:inc|re|co)- "
)
_FEWEST_ARTEFACTS = 3
