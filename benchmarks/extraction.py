"""Web pages with their true text in; how well it is extracted, beside the library alone, out.

    python -m benchmarks.extraction --pages DIR [--json FILE]

DIR holds `pages/ID.html.gz` and `truth.jsonl` (`{"id", "text"}` a line), as the article extraction benchmark of
Scrapinghub can be laid out. A page's F1 counts the four-word shingles that its text and the true one share, each as
often as it stands in both. Title, byline and date lines are left out of ours, as they are of the true texts.

With `--labels benchmarks/page-labels.jsonl` the title, byline and day of 60 of these pages are held against what a
person read off them, blind to this code: the first 60 by sha256 of their id. Of third parties' words only the first
16 digits of the sha256 of their lower-case words stand there. What stands in metadata only and is not shown to a
reader is no byline there.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import trafilatura

from evals.metrics.intervals import share_interval
from ingest.errors import BadArticle
from ingest.formats.article_making import article_of
from ingest.formats.html import read_page
from ingest.text.clean import clean
from ingest.text.paragraph_kinds import kinds_of
from ingest.types import SentenceKind

SHINGLE = 4  # words
HEADER = (SentenceKind.TITLE, SentenceKind.BYLINE, SentenceKind.DATELINE)
Scores = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pages", type=Path, required=True)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    ours: dict[str, Scores] = {}
    library: dict[str, Scores] = {}
    for line in (given.pages / "truth.jsonl").read_text().splitlines():
        truth = json.loads(line)
        page = gzip.decompress((given.pages / "pages" / f"{truth['id']}.html.gz").read_bytes())
        ours[truth["id"]] = scores(_body(page), truth["text"])
        library[truth["id"]] = scores(
            trafilatura.extract(page, include_comments=False) or "", truth["text"]
        )
    report: dict[str, Any] = {
        "pages": len(ours),
        "ours": _means(ours),
        "library": _means(library),
        "difference": _interval(np.array([ours[i]["f1"] - library[i]["f1"] for i in ours])),
    }
    if given.labels:
        report["labels"] = stated(given.pages / "pages", given.labels)
    print(json.dumps(report, indent=2))
    if given.json:
        given.json.write_text(json.dumps(report | {"by_page": ours, "by_page_library": library}))


def stated(pages: Path, labels: Path) -> dict[str, Any]:
    """Shares of labelled pages, with Wilson's interval: title, byline and day right; byline and day wrong, which is
    to state another one than the page does."""
    right: dict[str, list[bool]] = defaultdict(list)
    for line in labels.read_text().splitlines():
        label = json.loads(line)
        page = gzip.decompress((pages / f"{label['page']}.html.gz").read_bytes())
        article = article_of(read_page(page, 10_000_000), label["page"], label["page"])
        names = _NAMES_END.split(article.author) if article.author else []
        byline, day = sorted(map(_digest, names)), str(article.published_on or "") or None
        right["title"].append(_digest(article.title or "") == label["title"])
        right["byline"].append(byline == label["byline"])
        right["byline wrong"].append(bool(byline) and not {*byline} & {*label["byline"]})
        right["day"].append(day == label["date"])
        right["day wrong"].append(day is not None and day != label["date"])
    return {name: asdict(share_interval(values)) for name, values in right.items()}


# Degrees after a name are no names: "Dana Reed, MS, RDN".
_NAMES_END = re.compile(r",\s+(?![A-Z]{2,5}\b(?:,|$))|\s+(?:and|&)\s+")


def _digest(words: str) -> str:
    plain = " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", words).casefold()))
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def scores(text: str, truth: str) -> Scores:
    """Precision, recall and F1 of the shingles of `text`, each from 0 to 1."""
    found, wanted = _shingles(text), _shingles(truth)
    shared = sum((found & wanted).values())
    precision = shared / max(1, sum(found.values()))
    recall = shared / max(1, sum(wanted.values()))
    f1 = 2 * precision * recall / (precision + recall) if shared else 0.0
    return {"f1": f1, "precision": precision, "recall": recall}


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return Counter(tuple(words[n : n + SHINGLE]) for n in range(max(1, len(words) - SHINGLE + 1)))


def _body(page: bytes) -> str:
    try:
        extract = read_page(page, 10_000_000)
    except BadArticle:
        return ""
    lines = clean(extract.text).split("\n\n")
    kinds = kinds_of(lines, extract.fields.get("title"))
    return "\n\n".join(line for line, kind in zip(lines, kinds, strict=True) if kind not in HEADER)


def _means(by_page: dict[str, Scores]) -> dict[str, Any]:
    return {
        name: _interval(np.array([s[name] for s in by_page.values()]))
        for name in ("f1", "precision", "recall")
    }


def _interval(values: np.ndarray) -> list[float]:
    """The mean, and its 95 % bootstrap interval."""
    rng = np.random.default_rng(17)
    means = rng.choice(values, (10_000, len(values))).mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return [round(float(value), 4) for value in (values.mean(), low, high)]


if __name__ == "__main__":
    main()
