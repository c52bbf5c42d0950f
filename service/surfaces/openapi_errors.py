"""Status codes in, the failures that a route's documentation names out."""

from __future__ import annotations

from typing import Any

from service.contract.schemas import Problem

PROBLEM: dict[str, Any] = {"model": Problem, "content": {"application/problem+json": {}}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documented failures of a route; `default` keeps FastAPI from adding a shape that is not ours."""
    named: dict[int | str, dict[str, Any]] = {
        s: {**PROBLEM, "description": WHEN[s]} for s in (*statuses, 401, 503)
    }
    return {**named, "default": {**PROBLEM, "description": "any other failure, in the same shape"}}


WHEN = {
    400: "`malformed_json`: the body is not JSON",
    401: "`missing_key`, `invalid_key`: keys are configured, and no known one was sent",
    403: "`admin_key_required`: the key may read, not write",
    404: "`not_found`: there is no such thing",
    413: "`too_large`: the body is over DATELINE_MAX_BODY_KB; where articles come in, over DATELINE_MAX_ARTICLE_MB",
    415: "`unsupported_media_type`: the body is not labelled as JSON; where files come in, none is of a type we read",
    422: "`invalid_request`: a field is missing, unknown or out of bounds; its value is not repeated",
    429: "`rate_limited`: too much is waiting already",
    502: "`model_failed`: the language model did not answer",
    503: "`not_ready`: there is no index to answer from yet, or the service is stopping",
    504: "`timeout`: no answer within DATELINE_ANSWER_TIMEOUT_SECONDS",
}
