"""Scored rows come in; what is no score of one case goes out: waiting times, tokens, cost, and refusals by confidence."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from evals.metrics.intervals import mean_interval

Row = Mapping[str, Any]
STAGES = ("retrieve", "draft", "verify", "total")


def figures(rows: Sequence[Row]) -> dict[str, Any]:
    """Mean with interval, median and 95th percentile of each figure, over the cases that have it."""
    of: dict[str, Callable[[Row], float | None]] = {
        "seconds_to_search": lambda row: row["seconds"]["search"],
        "seconds_to_answer": lambda row: row["seconds"]["answer"],
        **{f"ms_to_{stage}": partial(_of, part="timings_ms", name=stage) for stage in STAGES},
        "prompt_tokens": lambda row: _of(row, "usage", "prompt_tokens"),
        "completion_tokens": lambda row: _of(row, "usage", "completion_tokens"),
        "cost_usd": lambda row: row.get("cost_usd"),
        "judge_cost_usd": lambda row: row.get("judge_cost_usd"),
    }
    found = {}
    for name, value in of.items():
        values = [float(one) for one in map(value, rows) if one is not None]
        if values:
            found[name] = _spread(values)
    return found


def refusals(rows: Sequence[Row]) -> dict[str, Any]:
    """What other thresholds of confidence would do, where the service tells its confidence.

    `curve`: at each threshold, highest first, `coverage` is the share of cases answered, `risk` the share of these that
    ended wrong, `right_refusals` and `wrong_refusals` the shares of what cannot and can be answered that lies below it.
    `auroc`: the chance that a case that can be answered has more confidence than one that cannot.
    """
    known = [row for row in rows if row.get("confidence") is not None]
    can = [row["confidence"] for row in known if row["expect"] in ("answer", "report_conflict")]
    cannot = [row["confidence"] for row in known if row["expect"] == "abstain"]
    answered = [row for row in known if (row["answer"] or {}).get("outcome") == "answered"]
    curve = []
    for threshold in sorted({row["confidence"] for row in answered}, reverse=True):
        kept = [row for row in answered if row["confidence"] >= threshold]
        curve.append(
            {
                "threshold": threshold,
                "coverage": round(len(kept) / len(rows), 6),
                "risk": round(sum(not row["scores"]["right"] for row in kept) / len(kept), 6),
                "right_refusals": _below(cannot, threshold),
                "wrong_refusals": _below(can, threshold),
            }
        )
    return {"n": len(known), "auroc": _auroc(can, cannot), "curve": curve}


def _spread(values: Sequence[float]) -> dict[str, float | int | None]:
    mean = mean_interval(values)
    middle, high = np.percentile(values, [50, 95])
    numbers = {"value": mean.value, "low": mean.low, "high": mean.high}
    numbers |= {"median": float(middle), "p95": float(high), "sum": math.fsum(values)}
    return {"n": mean.n} | {name: round(number or 0.0, 6) for name, number in numbers.items()}


def _of(row: Row, part: str, name: str) -> float | None:
    found = (row["answer"] or {}).get(part)
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, int | float) else None


def _below(values: Sequence[float], threshold: float) -> float | None:
    return round(sum(value < threshold for value in values) / len(values), 6) if values else None


def _auroc(higher: Sequence[float], lower: Sequence[float]) -> float | None:
    if not higher or not lower:
        return None
    wins = sum((a > b) + 0.5 * (a == b) for a in higher for b in lower)
    return round(wins / (len(higher) * len(lower)), 6)
