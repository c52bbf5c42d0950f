"""What a running service tells Prometheus and a collector of traces: figures, and no word of a question."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fake_openai
import grpc
import httpx2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from processes import environment, fill, served_process
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
    cached = {name: float(told) for name, told in (line.rsplit(" ", 1) for line in figures)}
    for cache in ("rankings", "readings"):
        assert cached[f'dateline_cache_total{{cache="{cache}",result="miss"}}'] > 0
        assert cached[f'dateline_cache_total{{cache="{cache}",result="hit"}}'] >= 0
    assert not [line for line in figures if "secret" in line or "ans_" in line]
    kinds = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    documented = set(re.findall(r"`(dateline_\w+)`", DOCUMENT.read_text("utf-8")))
    assert kinds == documented


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    def __init__(self) -> None:
        self.spans: list[Any] = []
        self.sent = b""

    def Export(self, request: Any, context: object) -> Any:
        self.sent += request.SerializeToString()
        for resource in request.resource_spans:
            self.spans += [span for scope in resource.scope_spans for span in scope.spans]
        return trace_service_pb2.ExportTraceServiceResponse()

    def named(self, name: str) -> dict[str, Any]:
        """The attributes of the one span of this name."""
        (span,) = [one for one in self.spans if one.name == name]
        return {
            one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes
        }


@contextmanager
def collecting() -> Iterator[tuple[str, Collector]]:
    server, collector = grpc.server(ThreadPoolExecutor(2)), Collector()
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"http://127.0.0.1:{port}", collector
    finally:
        server.stop(None).wait()


def test_a_collector_gets_requests_answers_and_model_calls_without_their_words(
    settings: Settings, newsroom: Path
) -> None:
    fill(settings, newsroom)
    with collecting() as (address, collector), fake_openai.running() as model:
        model.reply = lambda body: fake_openai.Script(["NO_ANSWER"])
        more = {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OPENAI_BASE_URL": model.url}
        with served_process(settings, **more) as (url, process):
            answer = httpx2.post(f"{url}/v1/answers", json={"question": COST}, timeout=60).json()
            httpx2.get(f"{url}/v1/search", params={"q": "Orvel bridge"}, timeout=60)
            httpx2.get(f"{url}/topics/Orvel", timeout=60)
            process.terminate()
            process.wait(180)
    request = collector.named("POST /v1/answers")
    assert request["http.response.status_code"] == 200
    asked = [one for one in collector.spans if one.name == "invoke_agent dateline"]
    assert len(asked) == 2  # the topic's page is an answer, too
    chat = collector.named(f"chat {answer['model'] or 'gpt-4.1-mini'}")
    assert chat["gen_ai.operation.name"] == "chat" and chat["server.address"] == "127.0.0.1"
    used = answer["usage"]
    assert chat["gen_ai.usage.input_tokens"] == used["prompt_tokens"]
    assert chat["gen_ai.usage.output_tokens"] == used["completion_tokens"]
    assert collector.named("GET /v1/search")["url.query"] == "REDACTED"
    assert b"Orvel" not in collector.sent and answer["id"].encode() in collector.sent
    traces = {one.trace_id for one in collector.spans if one.name.startswith("chat")}
    assert traces <= {one.trace_id for one in asked}


def test_without_the_extra_the_remedy_is_named(settings: Settings) -> None:
    hidden = "import sys; sys.modules['opentelemetry.sdk.trace'] = None; import dateline"
    done = subprocess.run(
        [sys.executable, "-c", f"{hidden}; dateline.main()", "serve", "--port", "0"],
        env=environment(settings, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1"),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2 and "dateline[otel]" in done.stderr
