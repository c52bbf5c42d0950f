"""What is told to whoever runs a service: figures for Prometheus, traces for OpenTelemetry, no word of a question."""

from __future__ import annotations

import os
import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind

from ingest.errors import WrongUsage
from service.types import Answer

if TYPE_CHECKING:
    from service.wiring import Service

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)  # seconds, upper ends
COUNTED = {
    "dateline_requests_total": "HTTP requests that were replied to",
    "dateline_answers_total": "Answers given; reason is why one was declined",
    "dateline_sentences_total": "Drafted sentences by verdict; dropped ones were not released",
    "dateline_tokens_total": "Tokens that the language model reported",
    "dateline_cost_usd_total": "What they cost by DATELINE_PRICE, in US dollars",
    "dateline_fallbacks_total": "Answers without the model that was to draft them",
}
TIMED = "dateline_stage_seconds"
CACHED = "dateline_cache_total"

Labels = tuple[tuple[str, str], ...]
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_tracer = trace.get_tracer("dateline")  # until `begin` ran, its spans cost and tell nothing


class Metrics:
    """Counts since the process began; safe to use from any thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._counts: dict[tuple[str, Labels], float] = {}
        self._stages: dict[str, list[int]] = {}  # by bucket, the last without an upper end
        self._seconds: dict[str, float] = {}

    def replied(self, method: str, route: str, status: int) -> None:
        """One HTTP request; `route` is a pattern, not an address."""
        labels = {"method": method, "route": route, "status": str(status)}
        with self._guard:
            self._count("dateline_requests_total", labels)

    def answered(self, answer: Answer, dropped: int) -> None:
        """One answer; `dropped` sentences of its draft were not released."""
        outcome = {"outcome": answer.outcome, "reason": answer.declined_because or ""}
        with self._guard:
            self._count("dateline_answers_total", outcome | {"answerer": answer.answerer})
            for claim in answer.claims:
                self._count("dateline_sentences_total", {"verdict": claim.support})
            self._count("dateline_sentences_total", {"verdict": "dropped"}, dropped)
            for kind in ("prompt", "completion"):
                tokens = answer.usage[f"{kind}_tokens"] or 0
                self._count("dateline_tokens_total", {"kind": kind}, int(tokens))
            if cost := answer.usage["cost_usd"]:
                self._count("dateline_cost_usd_total", {}, cost)
            if answer.fallback:
                self._count("dateline_fallbacks_total", {})
            for stage, milliseconds in answer.timings_ms.items():
                seconds = milliseconds / 1000
                counts = self._stages.setdefault(stage, [0] * (len(BUCKETS) + 1))
                counts[bisect_left(BUCKETS, seconds)] += 1
                self._seconds[stage] = self._seconds.get(stage, 0.0) + seconds

    def _count(self, name: str, labels: Mapping[str, str], more: float = 1) -> None:
        counted = name, tuple(labels.items())
        self._counts[counted] = self._counts.get(counted, 0) + more

    def lines(self) -> Iterable[str]:
        with self._guard:
            counts, seconds = dict(self._counts), dict(self._seconds)
            stages = {stage: list(found) for stage, found in self._stages.items()}
        for name, words in COUNTED.items():
            yield from _head(name, words, "counter")
            for (counted, labels), value in counts.items():
                if counted == name:
                    yield _line(name, dict(labels), round(value, 8))
        yield from _head(TIMED, "Time of an answer's stages", "histogram")
        for stage, found in stages.items():
            ends = [*map(str, BUCKETS), "+Inf"]
            for number, end in enumerate(ends, 1):
                bucket = {"stage": stage, "le": end}
                yield _line(f"{TIMED}_bucket", bucket, sum(found[:number]))
            yield _line(f"{TIMED}_sum", {"stage": stage}, round(seconds[stage], 4))
            yield _line(f"{TIMED}_count", {"stage": stage}, sum(found))


def page(service: Service, now: datetime) -> str:
    """Everything there is to tell, of the archive as it is now too."""
    with service.archive.catalogue.whole() as snapshot:
        counts, number, published = snapshot.counts(), snapshot.number, snapshot.published_at
    gauges = {
        "generation": ("Number of the generation that is shown", number),
        "generation_age_seconds": (
            "Time since it was published",
            round((now - published).total_seconds()) if published else 0,
        ),
        "articles": ("Articles that are shown", counts["articles"]),
        "families": ("Families of them", counts["families"]),
        "answers_running": ("Questions that are being answered", service.turns.running),
        "answers_waiting": ("Questions that wait for their turn", service.turns.waiting),
        "uploads_waiting": ("Jobs that are not done yet", service.jobs.waiting),
    }
    lines = [*service.metrics.lines(), *_head(CACHED, "Looked up in memory, by cache", "counter")]
    for cache, uses in {
        "rankings": service.retriever.uses,
        "readings": service.answerer.selector.reader.uses,
    }.items():
        for result in ("hit", "miss"):
            lines.append(_line(CACHED, {"cache": cache, "result": result}, uses[result]))
    for name, (words, value) in gauges.items():
        lines += _head(f"dateline_{name}", words, "gauge")
        lines.append(_line(f"dateline_{name}", {}, value))
    return "\n".join([*lines, ""])


def _head(name: str, words: str, kind: str) -> tuple[str, str]:
    return f"# HELP {name} {words}", f"# TYPE {name} {kind}"


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    shown = ",".join(f'{label}="{said}"' for label, said in labels.items())
    return f"{name}{{{shown}}} {value}" if shown else f"{name} {value}"


def begin() -> None:
    """Sends traces from now on, over gRPC, where OpenTelemetry's own variables name a collector.

    Raises WrongUsage where the extra `otel` is missing.
    """
    if not any(os.environ.get(name) for name in ENDPOINTS):
        return
    try:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise WrongUsage(f"{ENDPOINTS[0]} wants the extra dateline[otel]") from error

    class WithoutQuestions(SpanProcessor):
        """FastAPI notes addresses, and people ask in them."""

        def on_start(self, span: Span, parent_context: Context | None = None) -> None:
            noted = getattr(span, "attributes", None) or {}
            for name in ("url.query", "url.path"):
                if name in noted:
                    span.set_attribute(name, "REDACTED")

    provider = TracerProvider(resource=Resource.create({"service.name": "dateline"}))
    provider.add_span_processor(WithoutQuestions())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def model_call(model: str, server: str) -> AbstractContextManager[Span]:
    """One call of a language model; its tokens are told by `used`."""
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": model,
        "server.address": server,
    }
    return _spanned(f"chat {model}", attributes, SpanKind.CLIENT)


def used(span: Span, prompt_tokens: int, completion_tokens: int) -> None:
    span.set_attribute("gen_ai.usage.input_tokens", prompt_tokens)
    span.set_attribute("gen_ai.usage.output_tokens", completion_tokens)


def answering() -> AbstractContextManager[Span]:
    """One answer from its question to its end."""
    attributes = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "dateline"}
    return _spanned("invoke_agent dateline", attributes)


@contextmanager
def _spanned(
    name: str, attributes: Mapping[str, str], kind: SpanKind = SpanKind.INTERNAL
) -> Iterator[Span]:
    """A failure stands as its class, never with its words."""
    span = _tracer.start_span(name, kind=kind, attributes=attributes)
    try:
        yield span
    except BaseException as error:  # raised again; also that whoever asked left
        gone = isinstance(error, GeneratorExit)
        span.set_attribute("error.type", "cancelled" if gone else type(error).__name__)
        raise
    finally:
        span.end()
