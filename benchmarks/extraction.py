"""Web pages with their true text in; how well it is extracted, beside the library alone, out.

    python -m benchmarks.extraction --pages DIR [--json FILE]

DIR holds `pages/ID.html.gz` and `truth.jsonl` (`{"id", "text"}` a line), as the article extraction benchmark of
Scrapinghub can be laid out. A page's F1 counts the four-word shingles that its text and the true one share, each as
often as it stands in both. Title, byline and date lines are left out of ours, as they are of the true texts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import trafilatura

from ingest.errors import BadArticle
from ingest.formats.html import read_page
from ingest.text.clean import clean
from ingest.text.line_kinds import kinds_of
from ingest.types import SentenceKind

SHINGLE = 4  # words
HEADER = (SentenceKind.TITLE, SentenceKind.BYLINE, SentenceKind.DATELINE)
Scores = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pages", type=Path, required=True)
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
    report = {
        "pages": len(ours),
        "ours": _means(ours),
        "library": _means(library),
        "difference": _interval(np.array([ours[i]["f1"] - library[i]["f1"] for i in ours])),
    }
    print(json.dumps(report, indent=2))
    if given.json:
        given.json.write_text(json.dumps(report | {"by_page": ours, "by_page_library": library}))


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
