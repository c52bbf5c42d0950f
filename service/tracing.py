"""Traces in OpenTelemetry's terms, by its conventions for generative AI; no word of a question in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind

from ingest.errors import WrongUsage

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_tracer = trace.get_tracer("dateline")  # until `begin` ran, its spans cost and tell nothing


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


@contextmanager
def model_call(model: str, server: str) -> Iterator[Span]:
    """One call of a language model: a failure stands as its class, tokens by `used`."""
    span = _tracer.start_span(
        f"chat {model}",
        kind=SpanKind.CLIENT,
        attributes={
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": model,
            "server.address": server,
        },
    )
    try:
        yield span
    except BaseException as error:
        span.set_attribute("error.type", type(error).__name__)
        raise
    finally:
        span.end()


def used(span: Span, prompt_tokens: int, completion_tokens: int) -> None:
    span.set_attribute("gen_ai.usage.input_tokens", prompt_tokens)
    span.set_attribute("gen_ai.usage.output_tokens", completion_tokens)


@contextmanager
def answering() -> Iterator[Span]:
    """One answer from its question to its end."""
    span = _tracer.start_span(
        "invoke_agent dateline",
        attributes={"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "dateline"},
    )
    try:
        yield span
    except GeneratorExit:  # whoever asked has gone
        span.set_attribute("error.type", "cancelled")
        raise
    except Exception as error:
        span.set_attribute("error.type", type(error).__name__)
        raise
    finally:
        span.end()
