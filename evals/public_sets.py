"""A public test set on disk comes in; its articles, cases and card, as suites that can be run, go out.

Nothing of these sets is part of Dateline: each keeps its own licence, which its card names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from evals import results, set_readers
from evals.metrics.quotes import find
from evals.set_readers import ARTICLES, Item, Loaded
from ingest.errors import WrongUsage


@dataclass(frozen=True, slots=True)
class PublicSet:
    """How a set is read, and what its card says."""

    load: Callable[[Path], Loaded]
    measures: str
    source: str
    licence: str


def convert(name: str, folder: Path, out: Path) -> dict[str, int]:
    """Writes `articles.jsonl` and for each half a suite with its card; how many of each, and `left_out`: cases whose
    evidence does not stand in their articles.

    A case is in the held half where the SHA-256 of "dateline:SET:ID" begins with an odd byte. Raises WrongUsage naming
    the file and line that cannot be read.
    """
    public = SETS[name]
    try:
        articles, cases = public.load(folder)
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise WrongUsage(
            f"{folder} is no {name} set: a record lacks {error}; see docs/evals.md for its files"
        ) from error
    texts = {article["id"]: article["text"] for article in articles}
    kept = [case for case in cases if all(_stands(e, texts) for e in case["evidence"])]
    results.write_text(out / ARTICLES, _lines(articles))
    counts = {"articles": len(articles), "left_out": len(cases) - len(kept)}
    for half in ("fit", "held"):
        mine = [case for case in kept if half_of(name, case["id"]) == half]
        counts[half] = len(mine)
        results.write_text(out / f"{name}-{half}.jsonl", _lines(mine))
        card = {
            "measures": public.measures,
            "source": public.source,
            "licence": public.licence,
            "made": f"dateline eval import {name}",
            "half": half,
            "articles": ARTICLES,
        }
        results.write_text(out / f"{name}-{half}.yaml", yaml.safe_dump(card, sort_keys=False))
    return counts


def half_of(name: str, case_id: str) -> str:
    digest = hashlib.sha256(f"dateline:{name}:{case_id}".encode()).digest()
    return "held" if digest[0] % 2 else "fit"


def _stands(evidence: Item, texts: dict[str, str]) -> bool:
    return bool(find(evidence["quote"], texts[evidence["file"].partition("#")[2]]))


def _lines(items: list[Item]) -> str:
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items)


SETS: dict[str, PublicSet] = {
    "clapnq": PublicSet(
        set_readers.clapnq,
        "long answers from one passage, and refusals; questions of Natural Questions",
        "github.com/primeqa/clapnq",
        "Apache-2.0 (annotations), CC BY-SA 3.0 (Wikipedia)",
    ),
    "qed": PublicSet(
        set_readers.qed,
        "short answers and the one sentence that they follow from",
        "github.com/google-research-datasets/QED",
        "CC BY-SA 3.0; no licence file for the annotations",
    ),
    "rgb": PublicSet(
        set_readers.rgb,
        "snippets of which half state a false answer: adoption and disclosure",
        "github.com/chen700564/RGB",
        "CC BY-NC-SA 4.0, non-commercial use only",
    ),
    "selqa": PublicSet(
        set_readers.selqa,
        "choice of the sentences that answer, within a section",
        "github.com/emorynlp/selqa",
        "Apache-2.0; CC BY-SA (Wikipedia)",
    ),
    "realtimeqa": PublicSet(
        set_readers.realtimeqa,
        "quiz questions of one week against real news pages, and refusals",
        "github.com/realtimeqa/realtimeqa_public",
        "no licence; news text of third parties, for internal evaluation only",
    ),
    "multihop-rag": PublicSet(
        set_readers.multihop,
        "questions that need two to four news articles, and refusals",
        "github.com/yixuantt/MultiHop-RAG",
        "ODC-BY 1.0; news text of third parties",
    ),
    "beir": PublicSet(
        set_readers.beir,
        "how well documents are found; of an answer nothing but its evidence is known",
        "github.com/beir-cellar/beir",
        "that of the data set in the folder",
    ),
    "llamaindex": PublicSet(
        set_readers.llamaindex,
        "answers against a reference and its contexts (LabelledRagDataset)",
        "llamahub.ai",
        "that of the data set in the folder",
    ),
}
