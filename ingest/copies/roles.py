"""The copies of one family in; each one's role, the canonical one and what altered copies changed, out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import combinations

import numpy as np

from ingest.copies.alignment import Embed
from ingest.copies.alterations import Copy, alterations
from ingest.copies.shingles import Hashes
from ingest.types import Alteration, Article, Member, Role

COPY_SHARED = 0.8  # of the shorter article's shingles: from here on it is a copy or a fragment
MUCH_LONGER = 1.5


def members(copies: Sequence[Copy], prints: Sequence[Hashes], embed: Embed) -> tuple[Member, ...]:
    """One or more copies with their shingles in; the canonical member first, then by `article_id`.

    `original` is the canonical text, `republished` if it credits another outlet; `updated` a correction by the same
    outlet; `altered` a copy whose aligned sentences change a fact of the canonical text and of its corrections;
    `fragment` a part of a much longer canonical text; `republished` every other copy, faithful rewrites included.
    """
    chosen = _canonical(copies, prints, embed) if len(copies) > 1 else 0
    canonical = copies[chosen].article
    changed = [
        () if n == chosen else alterations(copies[chosen], copy, embed)
        for n, copy in enumerate(copies)
    ]
    updates = [
        n
        for n, c in enumerate(copies)
        if n != chosen and _is_update(c.article, canonical, changed[n])
    ]
    members = [
        Member(
            canonical.article_id,
            Role.REPUBLISHED if _is_republication(canonical) else Role.ORIGINAL,
            True,
        )
    ]
    for n, copy in enumerate(copies):
        role, found = Role.REPUBLISHED, changed[n]
        if n == chosen:
            continue
        if n in updates:
            role = Role.UPDATED
        elif _changes_facts(found) and all(
            _changes_facts(alterations(copies[u], copy, embed)) for u in updates
        ):
            role = Role.ALTERED
        elif _is_fragment(prints[n], prints[chosen]):
            role = Role.FRAGMENT
        members.append(
            Member(copy.article.article_id, role, False, found if role is Role.ALTERED else ())
        )
    return tuple(sorted(members, key=lambda m: (not m.canonical, m.article_id)))


def _changes_facts(changed: Iterable[Alteration]) -> bool:
    return any(a.kind != "wording" for a in changed)


def _is_fragment(part: Hashes, whole: Hashes) -> bool:
    """At least `COPY_SHARED` of it stands in a text at least `MUCH_LONGER` times as long."""
    shared = len(np.intersect1d(part, whole, assume_unique=True))
    return shared >= COPY_SHARED * len(part) and len(whole) >= MUCH_LONGER * len(part)


def _is_republication(article: Article) -> bool:
    credited, own = _outlet(article.credited_to), _outlet(article.publisher)
    return bool(article.republished_on) or bool(credited and credited != own)


@lru_cache(maxsize=4096)
def _outlet(name: str | None) -> str:
    """An outlet's name as it is compared: "The Daily Post" is "daily post"."""
    return re.sub(r"^the\s+|[^\w\s]", "", (name or "").casefold()).strip()


_CORRECTED = re.compile(
    r"\b(correction|corrected|clarification)\s*[:(–-]|\b(this|the) (article|story|report|headline)\b[^.]{0,40}"
    r"\b(was|has been|have been) (updated|amended|corrected|revised)"
    r"|\bearlier version of this (article|story|report)\b|\beditor[’']s note\s*:",
    re.IGNORECASE,
)


def _is_update(article: Article, earlier: Article, changed: Sequence[Alteration]) -> bool:
    """A later version by the same outlet that says something else, or says that it was corrected."""
    return _may_update(article, earlier) and (
        _is_noted(article, earlier) or _changes_facts(changed)
    )


def _may_update(article: Article, earlier: Article) -> bool:
    """What the two say of themselves allows that one corrects the other."""
    outlet, other = _outlet(article.publisher), _outlet(earlier.publisher)
    if outlet and other and outlet != other:
        return False
    if _is_noted(article, earlier):
        return True
    dates = _last_change(article), _last_change(earlier)
    later = dates[0] is not None and dates[1] is not None and dates[0] > dates[1]
    return bool(outlet) and outlet == other and later and not _is_republication(article)


def _last_change(article: Article) -> date | None:
    return article.updated_on or article.published_on


def _is_noted(article: Article, earlier: Article) -> bool:
    return _says_corrected(article.text) and not _says_corrected(earlier.text)


@lru_cache(maxsize=1024)  # every member of a family is compared with every other
def _says_corrected(text: str) -> bool:
    return _CORRECTED.search(text) is not None


def _canonical(copies: Sequence[Copy], prints: Sequence[Hashes], embed: Embed) -> int:
    """The member the others are compared with; never a correction of another member. In this order: the source that
    others credit; whole (not under two thirds of the longest: what a fragment leaves out agrees with everything);
    agreeing with most of the others; without traces of a machine paraphrase; stating its date; the earlier date; the
    longer text; the smaller `article_id`."""
    corrections = _corrections(copies, embed)
    candidates = [n for n in range(len(copies)) if n not in corrections] or list(range(len(copies)))
    credited = Counter(_outlet(c.article.credited_to) for c in copies if c.article.credited_to)
    longest = max(len(prints[n]) for n in candidates)
    agreeing = dict(
        zip(candidates, _agreement([copies[n] for n in candidates], embed), strict=True)
    )

    def rank(n: int) -> tuple[object, ...]:
        article = copies[n].article
        others = credited[_outlet(article.publisher)] if article.publisher else 0
        return (
            not others or _is_republication(article),
            len(prints[n]) * MUCH_LONGER < longest,
            -agreeing[n],
            _has_artefacts(article.text),
            article.published_on is None,
            article.published_on or date.max,
            -len(prints[n]),
            article.article_id,
        )

    return min(candidates, key=rank)


def _corrections(copies: Sequence[Copy], embed: Embed) -> set[int]:
    """The members that correct an earlier one of their outlet."""
    return {
        n
        for n, copy in enumerate(copies)
        if any(
            _may_update(copy.article, other.article)
            and _is_update(copy.article, other.article, alterations(other, copy, embed))
            for other in copies
            if other is not copy
        )
    }


_MOST_COMPARED = 8  # different texts


def _agreement(copies: Sequence[Copy], embed: Embed) -> list[int]:
    """How many other members say the same as each; 0 for all where there are two members or too many texts."""
    texts = [tuple(s.text for s in copy.sentences) for copy in copies]
    versions = list(dict.fromkeys(texts))
    if len(copies) < 3 or len(versions) > _MOST_COMPARED:
        return [0] * len(copies)
    counts = Counter(texts)
    agreeing = {text: counts[text] - 1 for text in versions}
    first = [copies[texts.index(text)] for text in versions]
    for (m, left), (n, right) in combinations(enumerate(first), 2):
        if not _changes_facts(alterations(left, right, embed)):
            agreeing[versions[m]] += counts[versions[n]]
            agreeing[versions[n]] += counts[versions[m]]
    return [agreeing[text] for text in texts]


_ARTEFACTS = re.compile(
    r"\b(?:is|does|did|was|are|has|wo|ca) n['’]t\b|\w- [A-Z][a-z]|\w ['‘’] \w|\w” ?[a-z]\w*[^“”]{1,60}”"
    r"|\b(?:inc|re|co)- "
)
_FEWEST_ARTEFACTS = 3


def _has_artefacts(text: str) -> bool:
    """Traces of a machine paraphrase: broken spacing and wrong quotation marks, more often than a slip a page."""
    found = len(_ARTEFACTS.findall(text))
    return found >= _FEWEST_ARTEFACTS and found * 400 > len(text.split())
