"""Figures of a running service, counted in memory and told in Prometheus's text format.

No label has more than some dozen values: no key, no address, no path with an id in it.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

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
    "dateline_fallbacks_total": "Answers without the model that was to draft them",
}
TIMED = "dateline_stage_seconds"

Labels = tuple[tuple[str, str], ...]


class Metrics:
    """Counts since the process began; safe to use from any thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._counts: Counter[tuple[str, Labels]] = Counter()
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
            if answer.fallback:
                self._count("dateline_fallbacks_total", {})
            for stage, milliseconds in answer.timings_ms.items():
                seconds = milliseconds / 1000
                counts = self._stages.setdefault(stage, [0] * (len(BUCKETS) + 1))
                counts[bisect_left(BUCKETS, seconds)] += 1
                self._seconds[stage] = self._seconds.get(stage, 0.0) + seconds

    def _count(self, name: str, labels: Mapping[str, str], more: int = 1) -> None:
        self._counts[name, tuple(labels.items())] += more

    def lines(self) -> Iterable[str]:
        with self._guard:
            counts, seconds = dict(self._counts), dict(self._seconds)
            stages = {stage: list(found) for stage, found in self._stages.items()}
        for name, words in COUNTED.items():
            yield from _head(name, words, "counter")
            for (counted, labels), value in counts.items():
                if counted == name:
                    yield _line(name, dict(labels), value)
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
    with service.archive.catalogue.live() as snapshot:
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
        "uploads_waiting": ("Uploads that are not done yet", service.jobs.waiting),
    }
    lines = list(service.metrics.lines())
    for name, (words, value) in gauges.items():
        lines += _head(f"dateline_{name}", words, "gauge")
        lines.append(_line(f"dateline_{name}", {}, value))
    return "\n".join([*lines, ""])


def _head(name: str, words: str, kind: str) -> tuple[str, str]:
    return f"# HELP {name} {words}", f"# TYPE {name} {kind}"


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    shown = ",".join(f'{label}="{said}"' for label, said in labels.items())
    return f"{name}{{{shown}}} {value}" if shown else f"{name} {value}"
