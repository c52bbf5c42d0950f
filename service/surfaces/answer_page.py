"""What the page of a stored answer shows, from the JSON that the API gave."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from ingest.english.differences import differences
from ingest.storage.catalogue import Snapshot

MARKER = re.compile(r"\s*\[(\d+)\]")
FACTS = {
    "number",
    "date",
    "name",
    "negation",
    "quantifier",
}  # kinds of changes that are shown at once
CONTEXT = 160  # characters shown on either side of a passage's best sentence
LONGEST_KEPT = 20  # characters of a word that stays on one line with its number
PUNCTUATION = ".,;:!?…)]”’\"'"
SUPPORT = {"partial": "supported in part"}
CONFLICTS = {
    "altered_copy": "An altered copy says something else",
    "superseded": "A later account replaces an earlier one",
    "disputed": "Accounts differ, and neither is settled",
}

Body = dict[str, Any]
Words = list[tuple[str, bool]]
Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Dot:
    """A story of a digest on its timeline, by its first source; `at` is 0 to 1000."""

    number: int
    day: str
    at: int


def answer_view(body: Body, snapshot: Snapshot) -> dict[str, Any]:
    """What the template shows of an answer or a receipt."""
    citations = {citation["number"]: citation for citation in body["citations"]}
    shown = [hit for hit in body["nearest"] if hit["sentence"]] or body["nearest"]
    claims = [_claim(claim) for claim in body["claims"]]

    def article(claim: Body) -> str:
        return str(citations[claim["citations"][0]]["article_id"])

    return {
        "body": body,
        "claims": claims,
        "citations": citations,
        "digest": [list(told) for _, told in groupby(claims, article)] if is_list(body) else [],
        "dots": dots(body) if is_list(body) else [],
        "conflicts": [_conflict(conflict, snapshot) for conflict in body["conflicts"]],
        "nearest": [(hit, around(hit)) for hit in shown],
    }


def is_list(body: Body) -> bool:
    """Whether an answer is a digest of several stories, each sentence with one source."""
    families = {citation["family"]["id"] for citation in body["citations"]}
    single = all(len(claim["citations"]) == 1 for claim in body["claims"])
    return bool(body.get("digest")) and len(families) > 1 and single


def dots(body: Body) -> list[Dot]:
    """A digest's stories in order of time, where at least two have different days."""
    stories = {c["article_id"]: c for c in reversed(body["citations"])}.values()
    dated = sorted((c["published_on"], c["number"]) for c in stories if c["published_on"])
    if not dated or dated[0][0] == dated[-1][0]:
        return []
    first, last = (date.fromisoformat(dated[n][0]).toordinal() for n in (0, -1))
    return [
        Dot(
            number,
            day,
            round(1000 * (date.fromisoformat(day).toordinal() - first) / (last - first)),
        )
        for day, number in dated
    ]


def around(hit: Body) -> Words:
    """The best sentence of a passage, marked, and some words before and after it."""
    sentence = hit["sentence"]
    if sentence is None:
        return [(_shortened(hit["text"]), False)]
    start, end = sentence["start"] - hit["start"], sentence["end"] - hit["start"]
    before = _shortened(hit["text"][:start][::-1])[::-1]
    parts = [
        (before, False),
        (hit["text"][start:end], True),
        (_shortened(hit["text"][end:]), False),
    ]
    return [part for part in parts if part[0]]


def _shortened(text: str) -> str:
    """Its first whole words."""
    if len(text) <= CONTEXT:
        return text
    return text[:CONTEXT].rpartition(" ")[0] + " …"


def _claim(claim: Body) -> Body:
    independent = claim["independent_sources"]
    remarks = [SUPPORT.get(claim["support"])]
    remarks.append(f"{independent} independent sources" if independent > 1 else None)
    return {**claim, "parts": _parts(claim["text"]), "remarks": ", ".join(filter(None, remarks))}


def _parts(text: str) -> list[tuple[str, str, str, str]]:
    """Words, and what no line may part: the last of them, the number of a source, and the
    punctuation behind it. Where no number follows, the last three are empty."""
    words, *pieces = MARKER.split(text)
    parts = []
    for number, after in zip(pieces[::2], pieces[1::2], strict=True):
        before, space, last = words.rpartition(" ")
        if len(last) > LONGEST_KEPT:
            before, space, last = words, "", ""
        words = after.lstrip(PUNCTUATION)
        parts.append((before + space, last, number, after[: len(after) - len(words)]))
    return [*parts, (words, "", "", "")]


def _conflict(conflict: Body, snapshot: Snapshot) -> Body:
    """The accounts with the words in which they differ; open where that is a fact."""
    chosen, accounts = conflict["chosen"], conflict["accounts"]
    spans, kinds = _altered(conflict, snapshot)
    texts = [
        a["citation"]["quote"] if own else a["text"] for a, own in zip(accounts, spans, strict=True)
    ]
    if not any(spans):
        spans = disagreeing(conflict["about"], texts)
    return {
        **conflict,
        "heading": CONFLICTS.get(conflict["status"], "Accounts differ"),
        "accounts": [
            {**account, "chosen": n == chosen, "words": _marked(texts[n], spans[n])}
            for n, account in enumerate(accounts)
        ],
        "settled": chosen is not None,
        "open": conflict["status"] != "altered_copy" or bool(kinds & FACTS),
    }


def _altered(conflict: Body, snapshot: Snapshot) -> tuple[list[Spans], set[str]]:
    """Of each account's quote what a recorded alteration changed, and the kinds of the changes."""
    accounts, chosen = conflict["accounts"], conflict["chosen"]
    articles = [account["citation"]["article_id"] for account in accounts]
    changes = [
        (stored.article.article_id, stored.member.alterations)
        for stored in snapshot.articles(articles).values()
    ]
    canonical = articles[chosen] if chosen is not None else ""
    places = [(i, a.here, a.kind) for i, alterations in changes for a in alterations]
    places += [(canonical, a.canonical, a.kind) for _, alterations in changes for a in alterations]
    found, kinds = [], set()
    for cited in (account["citation"] for account in accounts):
        own = [
            (span, kind)
            for article_id, span, kind in places
            if article_id == cited["article_id"]
            and span.start < cited["end"]
            and span.end > cited["start"]
        ]
        kinds |= {kind for _, kind in own}
        found.append([(s.start - cited["start"], s.end - cited["start"]) for s, _ in own])
    return found, kinds


def disagreeing(about: str, texts: list[str]) -> list[Spans]:
    """Where each account has what a conflict is about: `“38 million” against “45 million”`.

    Where these words do not stand in both accounts, the facts in which two accounts differ.
    """
    named = [re.findall("“([^”]+)”", part) for part in about.split(" against ")]
    if len(named) == len(texts):
        spans = [
            [
                m.span()
                for value in values
                for m in re.finditer(rf"(?i)(?<!\w){re.escape(value)}(?!\w)", text)
            ]
            for values, text in zip(named, texts, strict=True)
        ]
        if all(spans):
            return spans
    if len(texts) != 2:
        return [[] for _ in texts]
    apart = [d for d in differences(*texts) if d.kind in FACTS]
    left = [(d.left_start, d.left_end) for d in apart]
    return [left, [(d.right_start, d.right_end) for d in apart]]


def _marked(quote: str, spans: Spans) -> Words:
    words: Words = []
    for n, letter in enumerate(quote):
        differs = any(start <= n < end for start, end in spans)
        if words and words[-1][1] == differs:
            words[-1] = (words[-1][0] + letter, differs)
        else:
            words.append((letter, differs))
    return words
