"""What a running service tells Prometheus, and whom it tells it."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2
from running import running
from test_feedback import COST, key
from test_rest import assert_problem

from ingest.pipeline import ingest
from ingest.settings import Settings

DOCUMENT = Path(__file__).parents[1] / "docs" / "operations.md"
LINE = re.compile(r'^[a-z_]+(?:\{(?:[a-z]+="[^"\\\n]*",?)+\})? [0-9.e+-]+$')


def test_figures_are_counted_and_told_to_admin_keys_alone(
    settings: Settings, newsroom: Path
) -> None:
    keyed = settings.model_copy(update={"api_keys": "reader", "admin_keys": "admin"})
    with (
        running(keyed) as (url, service),
        httpx2.Client(base_url=url, headers=key("admin"), timeout=60) as http,
    ):
        ingest(service.archive, [newsroom])
        assert_problem(http.get("/metrics", headers=key("reader")), 403, "admin_key_required")
        answer = http.post("/v1/answers", json={"question": COST}).json()
        http.post("/v1/answers", json={"question": "Who won the chess title in Peru?"})
        http.get("/v1/answers/ans_0123456789")
        http.get("/secret-word/of/somebody")
        reply = http.get("/metrics")
        assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
        lines = reply.text.splitlines()
    figures = [line for line in lines if not line.startswith("#")]
    assert not [line for line in figures if not LINE.match(line)]
    assert len(figures) == len({line.rpartition(" ")[0] for line in figures})
    for line in (
        'dateline_requests_total{method="POST",route="/v1/answers",status="200"} 2',
        'dateline_requests_total{method="GET",route="/v1/answers/{answer_id}",status="404"} 1',
        'dateline_requests_total{method="GET",route="other",status="404"} 1',
        'dateline_answers_total{outcome="answered",reason="",answerer="extractive"} 1',
        'dateline_answers_total{outcome="declined",reason="no_match",answerer="extractive"} 1',
        f'dateline_sentences_total{{verdict="exact"}} {len(answer["claims"])}',
        'dateline_stage_seconds_bucket{stage="total",le="+Inf"} 2',
        'dateline_stage_seconds_count{stage="total"} 2',
        "dateline_generation 1",
        "dateline_articles 3",
        "dateline_families 3",
        "dateline_uploads_waiting 0",
    ):
        assert line in figures
    assert not [line for line in figures if "secret" in line or "ans_" in line]
    kinds = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    documented = set(re.findall(r"`(dateline_\w+)`", DOCUMENT.read_text("utf-8")))
    assert kinds == documented
