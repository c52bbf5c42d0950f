"""What failures look like: RFC 9457 problems, and OpenAI's errors on OpenAI's routes."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from ingest.errors import UNFORESEEN, DatelineError, Refused

log = logging.getLogger(__name__)

PROBLEM_MEDIA_TYPE = "application/problem+json"
OPENAI_ROUTES = ("/v1/chat", "/v1/responses", "/v1/models", "/v1/completions", "/v1/embeddings")
RETRY_AFTER_SECONDS = 5  # of a 503: about as long as an index takes to open

TITLES = {
    "malformed_json": "The body is not JSON",
    "missing_key": "A key is needed",
    "invalid_key": "The key is not known here",
    "admin_key_required": "This key may not do that",
    "other_collection": "The key is bound to other collections",
    "foreign_origin": "A page of another site asks",
    "cancelled": "The job was cancelled",
    "not_found": "There is no such thing",
    "method_not_allowed": "This address does not take this method",
    "request_timeout": "The request did not arrive in time",
    "too_large": "The body is too large",
    "headers_too_large": "The headers are too large",
    "uri_too_long": "The address is too long",
    "unknown_host": "This service does not answer to that name",
    "unsupported_media_type": "The body is of a kind that is not read here",
    "invalid_request": "The request cannot be taken as it is",
    "idempotency_key_reused": "The key stands for another request",
    "bad_article": "The article cannot be read",
    "wrong_usage": "The request cannot be taken as it is",
    "rate_limited": "Too many requests",
    "model_failed": "The language model did not answer",
    "not_ready": "The service cannot do this now",
    "overloaded": "The service has too much to do",
    "timeout": "The work took too long",
    "internal": "Something went wrong inside",
}
# What the frameworks refuse by themselves: code and detail by status.
FRAMEWORK = {
    400: ("malformed_json", "the body cannot be read: send UTF-8 JSON"),
    404: ("not_found", "there is nothing at this address; /docs lists what there is"),
    405: (
        "method_not_allowed",
        "this address does not take this method; /docs lists what it takes",
    ),
}
OPENAI_KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class Problem(BaseModel):
    """RFC 9457: what went wrong, and what to do about it."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "type": "/docs#problem-invalid_request",
                "title": "The request cannot be taken as it is",
                "status": 422,
                "detail": "question: must not be empty or only white space",
                "code": "invalid_request",
                "request_id": "3f0c9a2be14d4a6f",
            }
        },
    )
    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str


def known_failure(error: BaseException, request_id: str) -> DatelineError:
    """Any failure as one with a code; the trace of an unforeseen one goes to the log."""
    match error:
        case DatelineError():
            return error
        case RequestValidationError():
            return _invalid(error.errors())
        case HTTPException():
            status = error.status_code
            code, detail = FRAMEWORK.get(
                status, ("invalid_request", HTTPStatus(status).phrase.lower())
            )
            return Refused(status, code, detail)
        case _:
            log.error("failed request_id=%s", request_id, exc_info=error)
            return DatelineError(UNFORESEEN)


def problem_of(error: DatelineError, request_id: str) -> dict[str, Any]:
    return {
        "type": f"/docs#problem-{error.code}",
        "title": TITLES.get(error.code, HTTPStatus(error.status).phrase),
        "status": error.status,
        "detail": str(error),
        "code": error.code,
        "request_id": request_id,
        **getattr(error, "members", {}),
    }


def openai_error_of(error: DatelineError) -> dict[str, Any]:
    other = "invalid_request_error" if error.status < 500 else "server_error"
    return {
        "error": {
            "message": str(error),
            "type": OPENAI_KINDS.get(error.status, other),
            "param": getattr(error, "param", None),
            "code": error.code,
        }
    }


def error_response(error: BaseException, path: str, request_id: str) -> JSONResponse:
    """The reply to a failed request, in the shape its path speaks."""
    known = known_failure(error, request_id)
    extra = dict(getattr(error, "headers", None) or {})
    if known.status == HTTPStatus.UNAUTHORIZED:
        extra["WWW-Authenticate"] = 'Bearer realm="dateline"'
    if known.status == HTTPStatus.SERVICE_UNAVAILABLE:
        extra.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
    if not path.startswith(OPENAI_ROUTES):
        body = problem_of(known, request_id)
        return JSONResponse(body, known.status, extra, PROBLEM_MEDIA_TYPE)
    # OpenAI answers 400 to JSON that is not a request: its clients know it as BadRequestError.
    status = 400 if known.status == HTTPStatus.UNPROCESSABLE_ENTITY else known.status
    return JSONResponse(openai_error_of(known), status, extra)


# Pydantic's words for what is not as it should be, and ours.
_PLAIN = tuple(
    (re.compile(theirs), ours)
    for theirs, ours in (
        (r"^Value error, ", ""),
        (r"^(?:Value|String) should have at (most|least) (\d+) (?:item|character)s?\b.*",
         r"must have at \1 \2 characters"),
        (r"^List should have at (most|least) (\d+) items?\b.*", r"must have at \1 \2 entries"),
        (r"^Field required", "is missing"),
        (r"^Input should be a valid string", "must be text"),
        (r"^Input should be a valid boolean\b.*", "must be true or false"),
        (r"^Input should be a valid integer\b.*", "must be a whole number"),
        (r"^Input should be a valid dictionary\b.*|^Input should be an object\b.*", "must be an object"),
        (r"^Input should be ", "must be "),
    )
)  # fmt: skip


def said_of(fault: Mapping[str, Any]) -> str:
    """A fault that Pydantic found, as a plain sentence that goes on after the field's name."""
    said = str(fault.get("msg", "cannot be taken"))
    for theirs, ours in _PLAIN:
        said = theirs.sub(ours, said)
    return f"{said[:1].lower()}{said[1:]}"


def _invalid(errors: Sequence[Mapping[str, Any]]) -> Refused:
    """The first fault, named by its field; the value that was sent is never repeated."""
    first = errors[0] if errors else {}
    kind, place = first.get("type"), first.get("loc", ("body",))
    if kind == "json_invalid":
        return Refused(400, "malformed_json", "the body is not JSON: send one JSON object")
    names = [
        str(part)
        for part in place[1:]
        if isinstance(part, int)
        # of a choice of types Pydantic adds the one that it tried
        or (part != "str" and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,39}", str(part)))
    ]
    if kind == "missing" and not names:
        return Refused(422, "invalid_request", "the body is missing: send one JSON object")
    field = ".".join(names) or str(place[0])
    said = said_of(first)
    if kind == "extra_forbidden":
        said = "there is no such field; /docs lists the fields"
    return Refused(422, "invalid_request", f"{field}: {said}", param=field)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The failures that a route's documentation names.

    `default` keeps FastAPI from adding a shape that is not ours.
    """
    described = {status: WHEN[status] for status in (*statuses, 401, 503)}
    other = {"default": "any other failure, in the same shape"}
    return {
        status: {"description": words, "content": {PROBLEM_MEDIA_TYPE: _documented(status, words)}}
        for status, words in (described | other).items()
    }


def _documented(status: int | str, words: str) -> dict[str, Any]:
    """The schema of a problem, which `service/contract/description.py` adds, with an example."""
    shown: dict[str, Any] = {"schema": {"$ref": "#/components/schemas/Problem"}}
    code = re.search(r"`(\w+)`", words)
    if isinstance(status, int) and code:
        detail = words.split(": ", 1)[1].replace("`", "")
        known = Refused(status, code[1], detail)
        shown["example"] = problem_of(known, "3f0c9a2be14d4a6f")
    return shown


WHEN: dict[int | str, str] = {
    400: "`malformed_json`: the body is not JSON",
    401: "`missing_key`, `invalid_key`: keys are configured, and no known one was sent",
    403: "`admin_key_required`: the role of the key does not reach to this",
    404: "`not_found`: there is no such thing",
    413: "`too_large`: the body is over DATELINE_MAX_BODY_KB; where articles come in, "
    "over DATELINE_MAX_ARTICLE_MB",
    415: "`unsupported_media_type`: the body is not labelled as JSON; where files come in, "
    "none is of a type we read",
    422: "`invalid_request`: a field is missing, unknown or out of bounds; "
    "its value is not repeated",
    429: "`rate_limited`: too much is waiting already",
    502: "`model_failed`: the language model did not answer",
    503: "`not_ready`: there is no index to answer from yet, or the service is stopping; "
    "`overloaded`: too many questions wait",
    504: "`timeout`: no answer within DATELINE_ANSWER_TIMEOUT_SECONDS",
}
