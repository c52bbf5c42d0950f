"""Failures in, the two error shapes out: RFC 9457 problems, and OpenAI's on the routes that copy OpenAI's."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from ingest.errors import DatelineError

log = logging.getLogger(__name__)

PROBLEM_MEDIA_TYPE = "application/problem+json"
OPENAI_ROUTES = ("/v1/chat", "/v1/responses", "/v1/models", "/v1/completions", "/v1/embeddings")
RETRY_AFTER_SECONDS = 5  # of a 503: about as long as an index takes to open
FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")

TITLES = {
    "malformed_json": "The body is not JSON",
    "missing_key": "A key is needed",
    "invalid_key": "The key is not known here",
    "admin_key_required": "This key may read, not write",
    "not_found": "There is no such thing",
    "method_not_allowed": "This address does not take this method",
    "too_large": "The body is too large",
    "unknown_host": "This service does not answer to that name",
    "unsupported_media_type": "The body is of a kind that is not read here",
    "invalid_request": "The request cannot be taken as it is",
    "bad_article": "The article cannot be read",
    "wrong_usage": "The request cannot be taken as it is",
    "rate_limited": "Too many requests",
    "model_failed": "The language model did not answer",
    "not_ready": "The service is not ready",
    "timeout": "The work took too long",
    "internal": "Something went wrong inside",
}
CODES = {
    400: "malformed_json",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}
DETAILS = {
    400: "the body cannot be read: send UTF-8 JSON",
    404: "there is nothing at this address; /docs lists what there is",
    405: "this address does not take this method; /docs lists what it takes",
}
OPENAI_KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class Refused(DatelineError):
    """The request is turned away at the door, with one of the contract's codes."""

    def __init__(self, status: int, code: str, detail: str, *, param: str | None = None):
        super().__init__(detail)
        self.status = status
        self.code = code
        self.param = param


def refusal(error: BaseException, request_id: str) -> DatelineError:
    """Any failure as one with a code and a status; what nobody foresaw is logged with its trace, and says no more."""
    match error:
        case DatelineError():
            return error
        case RequestValidationError():
            return _invalid(error.errors())
        case HTTPException():
            status = error.status_code
            detail = DETAILS.get(status, HTTPStatus(status).phrase)
            return Refused(status, CODES.get(status, "invalid_request"), detail)
        case _:
            log.error("failed request_id=%s", request_id, exc_info=error)
            return Refused(
                500,
                "internal",
                "a fault of the service: its log has the trace under this request id",
            )


def problem_body(error: DatelineError, request_id: str) -> dict[str, Any]:
    return {
        "type": f"/docs#problem-{error.code}",
        "title": TITLES.get(error.code, HTTPStatus(error.status).phrase),
        "status": error.status,
        "detail": str(error),
        "code": error.code,
        "request_id": request_id,
    }


def openai_error_body(error: DatelineError) -> dict[str, Any]:
    kind = OPENAI_KINDS.get(
        error.status, "invalid_request_error" if error.status < 500 else "server_error"
    )
    return {
        "error": {
            "message": str(error),
            "type": kind,
            "param": getattr(error, "param", None),
            "code": error.code,
        }
    }


def error_response(error: BaseException, path: str, request_id: str) -> JSONResponse:
    """The reply to a failed request, in the shape its path speaks."""
    known = refusal(error, request_id)
    extra = dict(getattr(error, "headers", None) or {})
    if known.status == HTTPStatus.UNAUTHORIZED:
        extra["WWW-Authenticate"] = 'Bearer realm="dateline"'
    if known.status == HTTPStatus.SERVICE_UNAVAILABLE:
        extra["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if not path.startswith(OPENAI_ROUTES):
        return JSONResponse(
            problem_body(known, request_id), known.status, extra, PROBLEM_MEDIA_TYPE
        )
    # OpenAI answers 400 where a body is JSON but not a request, and its clients know it as BadRequestError.
    status = 400 if known.status == HTTPStatus.UNPROCESSABLE_ENTITY else known.status
    return JSONResponse(openai_error_body(known), status, extra)


def _invalid(errors: Sequence[Mapping[str, Any]]) -> DatelineError:
    """The first fault, named by its field; the value that was sent is never repeated."""
    first = errors[0] if errors else {}
    if first.get("type") == "json_invalid":
        return Refused(400, "malformed_json", "the body is not JSON: send one JSON object")
    path = [
        part
        for part in first.get("loc", ())[1:]
        if isinstance(part, int) or FIELD.fullmatch(str(part))
    ]
    field = ".".join(str(part) for part in path) or str(first.get("loc", ("body",))[0])
    if first.get("type") == "extra_forbidden":
        return Refused(
            422,
            "invalid_request",
            f"{field}: there is no such field; /docs lists the fields",
            param=field,
        )
    if first.get("type") == "missing" and not path:
        return Refused(
            422, "invalid_request", "the body is missing: send one JSON object", param=None
        )
    said = str(first.get("msg", "cannot be taken")).removeprefix("Value error, ")
    return Refused(422, "invalid_request", f"{field}: {said[:1].lower()}{said[1:]}", param=field)
