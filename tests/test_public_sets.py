"""Public sets in small: each format as its makers publish it, made into suites that `dateline eval run` can read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from dateline import app
from evals.cases import read_suite
from evals.public_sets import SETS, half_of

FERRY = "The ferry carries 310 people. It was built in 1998."
PASSAGE = {
    "id": "p1",
    "title": "Ferry",
    "text": FERRY,
    "sentences": FERRY.replace(". ", ".|").split("|"),
}
LINES: dict[str, dict[str, list[Any]]] = {
    "clapnq": {
        "corpus.jsonl": [PASSAGE],
        "questions.jsonl": [
            {"id": "a", "question": "how many", "answerable": True, "passage_id": "p1",
             "answers": [{"answer": "310 people", "selected": [0]}]},
            {"id": "b", "question": "why", "answerable": False, "passage_id": "p1", "answers": []},
            {"id": "c", "question": "how", "answerable": True, "passage_id": "p1",
             "answers": [{"answer": "by sea", "selected": []}]},
        ],
    },
    "qed": {
        "corpus.jsonl": [PASSAGE],
        "questions.jsonl": [
            {"id": "a", "question": "how many", "passage_id": "p1", "answers": [["310"]], "selected": 0},
            {"id": "b", "question": "why", "passage_id": "p1", "answers": [], "selected": None},
        ],
    },
    "rgb": {
        "questions.jsonl": [
            {"id": "0", "question": "how many", "answers": ["310"], "fake_answers": ["510"],
             "positive": [FERRY], "positive_wrong": [FERRY.replace("310", "510")], "negative": []},
        ],
    },
    "selqa": {
        "questions.jsonl": [
            {"question": "how many", "title": "Ferry", "section": "Size", "sentences": PASSAGE["sentences"], "answers": [0]},
            {"question": "why", "title": "Ferry", "section": "Size", "sentences": PASSAGE["sentences"], "answers": []},
        ],
    },
    "realtimeqa": {
        "articles.jsonl": [{"id": "p1", "title": "Ferry", "text": FERRY, "url": "https://x.example/1", "publisher": None, "published_on": "2024-01-02"}],
        "questions.jsonl": [
            {"id": "a", "question": "How many?", "answer": "310", "as_of": "2024-01-05", "answerable_as_of": True, "page": "p1"},
            {"id": "b", "question": "Why?", "answer": "wind", "as_of": "2024-01-05", "answerable_as_of": False, "page": None},
        ],
    },
    "beir": {
        "corpus.jsonl": [{"_id": "p1", "title": "Ferry", "text": FERRY}],
        "queries.jsonl": [{"_id": "a", "text": "ferry size"}, {"_id": "b", "text": "not judged"}],
    },
}  # fmt: skip
WHOLE: dict[str, dict[str, Any]] = {
    "multihop-rag": {
        "corpus.json": [{"title": "Ferry", "body": FERRY, "url": "https://x.example/1", "source": "Post", "published_at": "2023-10-07T00:00:00+00:00"}],
        "MultiHopRAG.json": [
            {"query": "How many?", "answer": "310", "question_type": "inference_query",
             "evidence_list": [{"url": "https://x.example/1", "fact": "The ferry carries 310 people."}]},
            {"query": "Why?", "answer": "Insufficient information.", "question_type": "null_query", "evidence_list": []},
        ],
    },
    "llamaindex": {
        "rag_dataset.json": {"examples": [
            {"query": "How many?", "reference_answer": "310 people", "reference_contexts": [FERRY]},
        ]},
    },
}  # fmt: skip


def on_disk(folder: Path, name: str) -> Path:
    folder.mkdir()
    for file, items in LINES.get(name, {}).items():
        (folder / file).write_text("".join(json.dumps(item) + "\n" for item in items), "utf-8")
    for file, whole in WHOLE.get(name, {}).items():
        (folder / file).write_text(json.dumps(whole), "utf-8")
    if name == "beir":
        (folder / "qrels").mkdir()
        (folder / "qrels" / "test.tsv").write_text(
            "query-id\tcorpus-id\tscore\na\tp1\t1\n", "utf-8"
        )
    return folder


def dateline(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["eval", "import", *map(str, arguments)])


@pytest.mark.parametrize("name", SETS)
def test_a_set_becomes_articles_and_two_halves_with_their_cards(tmp_path: Path, name: str) -> None:
    made = dateline(name, on_disk(tmp_path / "set", name), "--out", tmp_path / "out", "--json")
    assert made.exit_code == 0, made.stderr
    counts = json.loads(made.stdout)
    suites = {}
    for half in ("fit", "held"):
        path = tmp_path / "out" / f"{name}-{half}.jsonl"
        card = yaml.safe_load(path.with_suffix(".yaml").read_text("utf-8"))
        assert (card["half"], card["licence"]) == (half, SETS[name].licence)
        if path.stat().st_size:
            suites[half] = read_suite(str(path))
            assert suites[half].held is (half == "held")
            assert suites[half].articles == tmp_path / "out" / "articles.jsonl"
    cases = [case for suite in suites.values() for case in suite.cases]
    wanted = 2 if name in ("clapnq", "selqa", "realtimeqa", "multihop-rag") else 1
    assert (len(cases), counts["left_out"]) == (wanted, 0)
    answerable = [case for case in cases if case.answerable]
    assert len(answerable) == 1 and answerable[0].evidence
    articles = (tmp_path / "out" / "articles.jsonl").read_text("utf-8").splitlines()
    assert all(json.loads(line)["text"] for line in articles)


def test_the_halves_are_split_by_the_hash_of_set_and_id() -> None:
    halves = [half_of("qed", str(n)) for n in range(1000)]
    assert 450 < halves.count("held") < 550
    assert half_of("qed", "7") == half_of("qed", "7")
    assert halves != [half_of("clapnq", str(n)) for n in range(1000)]


def test_a_case_whose_evidence_stands_nowhere_is_left_out_and_told(tmp_path: Path) -> None:
    folder = on_disk(tmp_path / "set", "multihop-rag")
    path = folder / "MultiHopRAG.json"
    path.write_text(path.read_text().replace("310 people.", "900 people."), "utf-8")
    made = dateline("multihop-rag", folder, "--out", tmp_path / "out")
    assert "left out 1: their evidence stands in no article" in made.stderr


@pytest.mark.parametrize(
    ("name", "file", "content", "said"),
    [
        ("qed", "questions.jsonl", "{", "questions.jsonl line 1: no JSON object"),
        ("qed", "questions.jsonl", '{"id": "a"}', 'questions.jsonl line 1: "answers" is missing'),
        ("multihop-rag", "corpus.json", "[", "corpus.json: not JSON"),
        ("clapnq", "corpus.jsonl", None, "cannot read"),
        ("llamaindex", "rag_dataset.json", '{"examples": [{}]}', "is no llamaindex set"),
    ],
)
def test_a_set_that_is_none_is_told_with_its_file(
    tmp_path: Path, name: str, file: str, content: str | None, said: str
) -> None:
    folder = on_disk(tmp_path / "set", name)
    (folder / file).unlink() if content is None else (folder / file).write_text(content, "utf-8")
    made = dateline(name, folder, "--out", tmp_path / "out")
    assert made.exit_code == 2
    assert said in made.stderr and str(tmp_path) in made.stderr
    assert len(made.stderr.splitlines()) == 1


def test_an_unknown_set_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    made = dateline("squad", tmp_path, "--out", tmp_path / "out")
    assert made.exit_code == 2
    assert "use one of clapnq, qed, rgb" in made.stderr


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ("half: [", "suite.yaml is no YAML"),
        ("measures: x", "suite.yaml: source: Field required"),
        ("- 1", "suite.yaml: the card"),
    ],
)
def test_a_card_that_is_wrong_is_told_with_its_file(tmp_path: Path, card: str, said: str) -> None:
    case = {"id": "a", "question": "?", "kind": "unanswerable"}
    (tmp_path / "suite.jsonl").write_text(json.dumps(case), "utf-8")
    (tmp_path / "suite.yaml").write_text(card, "utf-8")
    done = CliRunner().invoke(app, ["eval", "run", str(tmp_path / "suite.jsonl")])
    assert done.exit_code == 2
    assert said in done.stderr


REAL = {
    "clapnq": "clapnq",
    "qed": "qed",
    "rgb": "rgb_conflicts",
    "selqa": "selqa",
    "realtimeqa": "realtimeqa",
    "beir": "vaswani",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_a_few_cases_of_a_set_are_asked_from_end_to_end(
    tmp_path: Path, name: str, model_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the set itself where DATELINE_TEST_DATASETS has it, else of the few lines above."""
    monkeypatch.setenv("DATELINE_MODEL_CACHE", str(model_cache))
    monkeypatch.setenv("DATELINE_DATA_DIR", str(tmp_path / "data"))
    data, out = os.environ.get("DATELINE_TEST_DATASETS"), tmp_path / "out"
    if data and name in REAL:
        folder = Path(data) / REAL[name]
        folder = as_beir(folder, tmp_path / "beir") if name == "beir" else folder
    else:
        folder = on_disk(tmp_path / "set", name)
    made = dateline(name, folder, "--out", out, "--json")
    assert made.exit_code == 0, made.stderr
    suites = {half: few_of(out, f"{name}-{half}") for half in ("fit", "held")}
    assert any(suites.values())
    for half, count in suites.items():
        if count:
            asked = ["eval", "run", str(out / f"{name}-{half}.jsonl"), "--json", "--out", str(tmp_path / half)]  # fmt: skip
            ran = CliRunner().invoke(app, asked)
            assert ran.exit_code == 0, ran.stderr
            summary = json.loads(ran.stdout)
            assert summary["n"] == count and "cases failed" not in ran.stderr
            assert ("is a held half: nothing may be chosen" in ran.stderr) is (half == "held")
            assert "warning" not in ran.stderr


def few_of(out: Path, name: str, most: int = 4, others: int = 20) -> int:
    """Cuts a suite down to its first cases and their articles among some others; how many cases are left."""
    path, library = out / f"{name}.jsonl", out / "articles.jsonl"
    cases = [json.loads(line) for line in path.read_text("utf-8").splitlines()[:most]]
    path.write_text("".join(json.dumps(case) + "\n" for case in cases), "utf-8")
    wanted = {gold["file"].partition("#")[2] for case in cases for gold in case["evidence"]}
    rows = [json.loads(line) for line in library.read_text("utf-8").splitlines()]
    kept = [row for n, row in enumerate(rows) if row["id"] in wanted or n < others]
    small = library.with_name(f"{name}-articles")
    small.mkdir()
    lines = "".join(json.dumps(row) + "\n" for row in kept)
    (small / "articles.jsonl").write_text(lines, "utf-8")
    card = yaml.safe_load(path.with_suffix(".yaml").read_text("utf-8"))
    path.with_suffix(".yaml").write_text(yaml.safe_dump(card | {"articles": small.name}), "utf-8")
    return len(cases)


def as_beir(source: Path, folder: Path) -> Path:
    """Questions with the ids of what is relevant, as a BEIR folder has them."""
    (folder / "qrels").mkdir(parents=True)
    corpus = [json.loads(line) for line in (source / "corpus.jsonl").read_text().splitlines()]
    asked = [json.loads(line) for line in (source / "questions.jsonl").read_text().splitlines()]
    files = {
        "corpus.jsonl": [{"_id": one["id"], "title": "", "text": one["text"]} for one in corpus],
        "queries.jsonl": [{"_id": one["id"], "text": one["question"]} for one in asked],
    }
    for file, lines in files.items():
        (folder / file).write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    judged = [f"{one['id']}\t{relevant}\t1\n" for one in asked for relevant in one["relevant"]]
    (folder / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\n" + "".join(judged), "utf-8"
    )
    return folder
