"""`dateline eval` from end to end: a suite over articles of our own, over HTTP, against broken services; the gate."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dateline import app
from evals.asker import service_over
from ingest.settings import Settings
from service.app import create_app

CASES: list[dict[str, Any]] = [
    {
        "id": "cost",
        "question": "How much did the Orvel bridge cost?",
        "kind": "factoid",
        "answer": "38 million crowns",
        "accept": ["38 million"],
        "evidence": [{"file": "bridge.txt", "quote": "It cost 38 million\n crowns"}],
    },
    {
        "id": "conductor",
        "question": "How old is the conductor of the miners' choir of Lower Tarn?",
        "kind": "factoid",
        "answer": "71",
        "accept": ["71"],
        "evidence": [{"file": "choir.txt", "quote": "Its conductor, **Piotr Hale**, is 71."}],
    },
    {
        "id": "submarine",
        "question": "Which shipyard repainted the royal submarine in Valparaiso?",
        "kind": "unanswerable",
        "answer": None,
        "accept": [],
        "evidence": [],
    },
    {
        "id": "dam",
        "question": "When was the dam at Orvel closed?",
        "kind": "temporal",
        "answer": "2 June 2025",
        "accept": ["2 june 2025"],
        "evidence": [{"file": "dam.txt", "quote": "The dam at Orvel was closed on 2 June 2025"}],
        "as_of": "2025-06-30",
    },
]


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    path = tmp_path / "harbour.jsonl"
    path.write_text("\n".join(map(json.dumps, CASES)), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, model_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command runs in a directory of its own, with the tests' model cache."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATELINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DATELINE_MODEL_CACHE", str(model_cache))


def dateline(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["eval", *map(str, arguments)])


def test_a_suite_is_asked_scored_and_written_down(
    suite: Path, newsroom: Path, tmp_path: Path
) -> None:
    done = dateline("run", suite, "--articles", newsroom, "--out", tmp_path / "out", "--json")
    assert done.exit_code == 0, done.stderr
    summary = json.loads(done.stdout)
    assert set(summary) == {
        *("suite", "n", "generation", "scores", "by_kind", "cases_file"),
        *("figures", "refusals", "stopped", "held"),
    }
    assert summary["figures"]["ms_to_total"]["n"] == 4
    assert summary["figures"]["cost_usd"]["sum"] == 0
    assert summary["refusals"]["n"] == 4
    assert (summary["suite"], summary["n"], summary["generation"]) == ("harbour", 4, "g000001")
    assert set(summary["by_kind"]) == {"factoid", "temporal", "unanswerable"}
    assert summary["scores"]["guarantees"] == {"value": 1.0, "n": 4, "low": 0.510109, "high": 1.0}
    assert summary["scores"]["answer_hit"]["n"] == 3
    assert summary["scores"]["evidence_recall_at_5"]["value"] == 1.0
    assert summary == json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    rows = [
        json.loads(line) for line in Path(summary["cases_file"]).read_text("utf-8").splitlines()
    ]
    assert [row["id"] for row in rows] == [case["id"] for case in CASES]
    assert rows[2]["answer"]["outcome"] == "declined"
    assert "answer_hit" in (tmp_path / "out" / "report.html").read_text("utf-8")
    assert not (tmp_path / "data" / "catalogue.sqlite").exists(), "the index was not thrown away"


def test_a_run_equals_itself_and_passes_its_own_gate(
    suite: Path, served: str, tmp_path: Path
) -> None:
    for name in ("base", "new"):
        assert dateline("run", suite, "--url", served, "--out", tmp_path / name).exit_code == 0
    compared = dateline("compare", tmp_path / "base", tmp_path / "new")
    assert compared.exit_code == 0
    assert "no case changed" in compared.stdout
    passed = dateline("gate", tmp_path / "new", "--against", tmp_path / "base")
    assert (passed.exit_code, passed.stdout) == (0, "no regression over 4 cases\n")


def test_a_running_service_is_asked_with_its_key(
    suite: Path, newsroom: Path, settings: Settings, tmp_path: Path
) -> None:
    keyed = settings.model_copy(update={"api_keys": "harbour-key,other-key"})
    with service_over(newsroom, keyed) as service, listening(create_app(service)) as url:
        refused = dateline("run", suite, "--url", url, "--json")
        assert refused.exit_code == 1
        assert "set DATELINE_API_KEYS" in refused.stderr
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("DATELINE_API_KEYS", "harbour-key, other-key")
            done = dateline("run", suite, "--url", url, "--json", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["scores"]["guarantees"]["value"] == 1.0


def test_every_case_counts_where_the_service_fails_on_each_question(
    suite: Path, tmp_path: Path
) -> None:
    problem = {"code": "internal", "detail": "a fault of the service", "status": 500}
    with broken_service(
        {"/v1/articles": (200, {"articles": [], "next_cursor": None})}, (500, problem)
    ) as url:
        done = dateline("run", suite, "--url", url, "--out", tmp_path / "out", "--json")
    assert done.exit_code == 1
    assert (
        "4 of 4 cases failed, the first with: search: 500 internal: a fault of the service"
        in done.stderr
    )
    scores = json.loads(done.stdout)["scores"]
    assert {name: (found["value"], found["n"]) for name, found in scores.items()} == {
        "right": (0.0, 4),
        "answer_hit": (0.0, 3),
        "evidence_cited": (0.0, 3),
        "token_f1": (0.0, 3),
        "rouge_l": (0.0, 3),
        "ndcg_at_10": (0.0, 3),
        "mrr_at_10": (0.0, 3),
        "evidence_recall_at_1": (0.0, 3),
        "evidence_recall_at_5": (0.0, 3),
        "evidence_recall_at_10": (0.0, 3),
        "source_recall_at_5": (0.0, 3),
        "correct_refusals": (0.0, 1),
        "wrong_refusals": (1.0, 3),
        "guarantees": (0.0, 4),
    }
    failed = dateline("gate", tmp_path / "out", "--against", tmp_path / "out")
    assert failed.exit_code == 1
    assert failed.stdout.startswith(
        "guarantees: 4 of 4 cases break it: cost, conductor, submarine, dam"
    )


@pytest.mark.parametrize(
    "reply", [(200, {"text": "hello"}), (200, []), (200, "not JSON"), (500, "not JSON"), (404, {})]
)
def test_a_service_that_speaks_no_contract_gives_rows_and_no_traceback(
    suite: Path, tmp_path: Path, reply: tuple[int, Any]
) -> None:
    with broken_service(
        {"/v1/articles": (200, {"articles": [], "next_cursor": None})}, reply
    ) as url:
        done = dateline("run", suite, "--url", url, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert len((tmp_path / "out" / "cases.jsonl").read_text("utf-8").splitlines()) == 4


def test_a_service_that_is_not_there_leaves_no_empty_results(suite: Path, tmp_path: Path) -> None:
    done = dateline("run", suite, "--url", "http://127.0.0.1:9", "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "http://127.0.0.1:9 did not answer" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "none.jsonl", "--articles", "."], "there is no suite none.jsonl"),
        (["run", "harbour.jsonl"], "say what harbour.jsonl asks about"),
        (
            ["run", "harbour.jsonl", "--articles", ".", "--url", "http://127.0.0.1"],
            "exclude each other",
        ),
        (["run", "harbour.jsonl", "--articles", "nowhere"], "there is nothing at nowhere"),
        (["run", "harbour.jsonl", "--url", "ftp://x"], "is no HTTP address"),
        (["run", "harbour.jsonl", "--url", "http://127.0.0.1:port"], "is no address"),
        (["run", "broken.jsonl", "--articles", "."], 'line 1: "id" is missing; add it'),
        (["compare", "none", "none"], "holds no results"),
        (["gate", "none", "--against", "none"], "holds no results"),
        (
            ["gate", "none", "--against", "none", "--thresholds", "none.toml"],
            "cannot read none.toml",
        ),
    ],
)
def test_wrong_usage_is_told_in_a_sentence_and_exits_2(
    suite: Path, arguments: list[str], said: str
) -> None:
    (suite.parent / "broken.jsonl").write_text("{}", encoding="utf-8")
    done = dateline(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@contextmanager
def listening(application: Any) -> Iterator[str]:
    """The application on a free loopback port, over real HTTP."""
    import uvicorn

    server = uvicorn.Server(
        uvicorn.Config(application, port=0, log_level="warning", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            thread.join(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def broken_service(known: dict[str, tuple[int, Any]], otherwise: tuple[int, Any]) -> Iterator[str]:
    """A service that gives fixed replies by path; a reply that is a string is sent as it stands."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = known.get(self.path.partition("?")[0], otherwise)
            content = body if isinstance(body, str) else json.dumps(body)
            self.rfile.read(int(self.headers.get("content-length", "0")))
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content.encode())

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
