"""Files of a public set come in, each in the form its makers gave it; articles and cases go out."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evals.metrics.quotes import find
from ingest.errors import WrongUsage

ARTICLES = "articles.jsonl"
Item = dict[str, Any]
Loaded = tuple[list[Item], list[Item]]  # articles as `dateline ingest` reads them, cases


def clapnq(folder: Path) -> Loaded:
    """`corpus.jsonl` (id, title, text, sentences) and `questions.jsonl` (id, question, answerable, passage_id, answers)."""
    corpus = {item["id"]: item for item in _json_lines(folder / "corpus.jsonl")}
    cases = []
    for item in _json_lines(folder / "questions.jsonl"):
        if not item["answerable"]:
            cases.append(_case(item["id"], item["question"], "unanswerable"))
            continue
        first = next((answer for answer in item["answers"] if answer["selected"]), None)
        if first is None:  # answerable, though nobody marked by which sentence
            continue
        passage = corpus[item["passage_id"]]
        said = [passage["sentences"][n] for n in first["selected"]]
        evidence = [_gold(passage["id"], sentence) for sentence in said]
        cases.append(
            _case(item["id"], item["question"], "multi-sentence", first["answer"], said, evidence)
        )
    return [_article(item) for item in corpus.values()], cases


def qed(folder: Path) -> Loaded:
    """`corpus.jsonl` and `questions.jsonl` (id, question, passage_id, answers, selected)."""
    corpus = {item["id"]: item for item in _json_lines(folder / "corpus.jsonl")}
    cases = []
    for item in _json_lines(folder / "questions.jsonl"):
        accept = [" ".join(spans) for spans in item["answers"] if spans]
        if item["selected"] is None or not accept:
            continue
        passage = corpus[item["passage_id"]]
        evidence = [_gold(passage["id"], passage["sentences"][item["selected"]])]
        cases.append(_case(item["id"], item["question"], "factoid", accept[0], accept, evidence))
    return [_article(item) for item in corpus.values()], cases


def rgb(folder: Path) -> Loaded:
    """`questions.jsonl` (id, question, answers, fake_answers, positive, positive_wrong)."""
    articles, cases = [], []
    for item in _json_lines(folder / "questions.jsonl"):
        evidence: list[Item] = []
        for kind in ("positive", "positive_wrong"):
            for n, text in enumerate(item[kind]):
                key = f"{item['id']}-{kind}-{n}"
                articles.append({"id": key, "title": f"{item['question']} ({n})", "text": text})
                wanted = item["answers" if kind == "positive" else "fake_answers"]
                said = next((words for words in wanted if find(words, text)), None)
                if said and not any(e["kind"] == kind for e in evidence):
                    evidence.append({**_gold(key, said), "kind": kind})
        for one in evidence:
            del one["kind"]
        case = _case(
            item["id"], item["question"], "conflict", item["answers"][0], item["answers"], evidence
        )
        cases.append(case | {"truth": {"altered": item["fake_answers"]}})
    return articles, cases


def selqa(folder: Path) -> Loaded:
    """`questions.jsonl` (question, title, section, sentences, answers)."""
    articles, cases = {}, []
    for number, item in enumerate(_json_lines(folder / "questions.jsonl"), 1):
        text = " ".join(item["sentences"])
        key = hashlib.sha256(text.encode()).hexdigest()[:16]
        articles[key] = {"id": key, "title": f"{item['title']}: {item['section']}", "text": text}
        said = [item["sentences"][n] for n in item["answers"]]
        evidence = [_gold(key, sentence) for sentence in said]
        kind = "factoid" if said else "unanswerable"
        cases.append(
            _case(str(number), item["question"], kind, said[0] if said else None, said, evidence)
        )
    return list(articles.values()), cases


def realtimeqa(folder: Path) -> Loaded:
    """`articles.jsonl` (id, title, text, url, publisher, published_on) and `questions.jsonl` (answer, as_of, page …)."""
    articles = {item["id"]: item for item in _json_lines(folder / ARTICLES)}
    fields = ("id", "title", "text", "url", "publisher", "published_on")
    cases = []
    for item in _json_lines(folder / "questions.jsonl"):
        page = articles.get(item["page"] or "")
        answerable = item["answerable_as_of"]
        evidence = (
            [_gold(page["id"], item["answer"])]
            if answerable and page and find(item["answer"], page["text"])
            else []
        )
        case = _case(
            item["id"],
            item["question"],
            "temporal" if answerable else "unanswerable",
            item["answer"] if answerable else None,
            [item["answer"]] if answerable else [],
            evidence,
        )
        cases.append(case | {"as_of": item["as_of"]})
    kept = [{name: item[name] for name in fields if item.get(name)} for item in articles.values()]
    return kept, cases


def multihop(folder: Path) -> Loaded:
    """`corpus.json` (title, body, url, source, published_at) and `MultiHopRAG.json` (query, answer, evidence_list)."""
    articles, by_url = [], {}
    for number, item in enumerate(_json(folder / "corpus.json")):
        article = {
            "id": str(number),
            "title": item["title"],
            "text": item["body"],
            "url": item["url"],
            "publisher": item["source"],
            "published_on": str(item["published_at"])[:10],
        }
        articles.append(article)
        by_url[item["url"]] = article["id"]
    cases = []
    for number, item in enumerate(_json(folder / "MultiHopRAG.json")):
        if item["question_type"] == "null_query":
            cases.append(_case(str(number), item["query"], "unanswerable"))
            continue
        evidence = [_gold(by_url[e["url"]], e["fact"]) for e in item["evidence_list"]]
        answer = item["answer"]
        cases.append(_case(str(number), item["query"], "cross-article", answer, [answer], evidence))
    return articles, cases


def beir(folder: Path) -> Loaded:
    """`corpus.jsonl` (_id, title, text), `queries.jsonl` (_id, text), `qrels/test.tsv` (or the only one there)."""
    articles = [
        {"id": item["_id"], "title": item.get("title", ""), "text": item["text"]}
        for item in _json_lines(folder / "corpus.jsonl")
    ]
    texts = {article["id"]: article["text"] for article in articles}
    files = sorted((folder / "qrels").glob("*.tsv"))
    judged = next((path for path in files if path.stem == "test"), files[0] if files else None)
    if judged is None:
        raise WrongUsage(
            f"{folder / 'qrels'} holds no .tsv file: a BEIR folder has its judgements there"
        )
    relevant: dict[str, list[str]] = {}
    with judged.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file, delimiter="\t"):
            if int(line["score"]) > 0:
                relevant.setdefault(line["query-id"], []).append(line["corpus-id"])
    cases = []
    for item in _json_lines(folder / "queries.jsonl"):
        documents = [one for one in relevant.get(item["_id"], ()) if one in texts]
        if documents:
            evidence = [_gold(one, texts[one]) for one in documents]
            accept = [texts[one] for one in documents]
            cases.append(_case(item["_id"], item["text"], "factoid", None, accept, evidence))
    return articles, cases


def llamaindex(folder: Path) -> Loaded:
    """`rag_dataset.json` (examples: query, reference_answer, reference_contexts); every context is an article."""
    articles: dict[str, Item] = {}
    cases = []
    for number, item in enumerate(_json(folder / "rag_dataset.json")["examples"]):
        evidence = []
        for text in item["reference_contexts"] or ():
            key = hashlib.sha256(text.encode()).hexdigest()[:16]
            articles[key] = {"id": key, "title": " ".join(text.split()[:8]), "text": text}
            evidence.append(_gold(key, text))
        answer = item["reference_answer"]
        cases.append(_case(str(number), item["query"], "factoid", answer, [answer], evidence))
    return list(articles.values()), cases


def _case(
    case_id: str,
    question: str,
    kind: str,
    answer: str | None = None,
    accept: list[str] | None = None,
    evidence: list[Item] | None = None,
) -> Item:
    return {
        "id": case_id,
        "question": question,
        "kind": kind,
        "answer": answer,
        "accept": accept or [],
        "evidence": evidence or [],
    }


def _gold(key: str, quote: str) -> Item:
    return {"file": f"{ARTICLES}#{key}", "quote": quote}


def _article(item: Item) -> Item:
    return {name: item[name] for name in ("id", "title", "text")}


class _Record(dict[str, Any]):
    """A line of a file, which says where it stands when a field is asked for that it lacks."""

    def __init__(self, place: str, fields: Item):
        super().__init__(fields)
        self.place = place

    def __missing__(self, name: str) -> Any:
        raise WrongUsage(f'{self.place}: "{name}" is missing; see docs/evals.md for the fields')


def _json_lines(path: Path) -> Iterator[Item]:
    for number, line in enumerate(_read(path).split("\n"), 1):
        if line.strip():
            try:
                yield _Record(f"{path} line {number}", json.loads(line))
            except (ValueError, TypeError) as error:
                raise WrongUsage(f"{path} line {number}: no JSON object ({error})") from error


def _json(path: Path) -> Any:
    try:
        return json.loads(_read(path))
    except ValueError as error:
        raise WrongUsage(f"{path}: not JSON ({error})") from error


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsage(f"cannot read {path}: name the folder that holds it") from error
