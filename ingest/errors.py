"""Every failure Dateline knows by name, with a stable code, an HTTP status and what to do about it.

DatelineError
├── BadArticle            one article cannot be read; the rest goes on
├── ModelUnavailable      the embedding model is missing or not the pinned one
├── IndexMismatch         the index was built with another model
│   └── IndexOutdated     an earlier version of Dateline built it: it is made anew
├── IndexUnavailable      the data directory cannot be opened, or is damaged
├── Owned                 another process owns the data directory
├── NotReady              there is no index to answer from yet
├── NotFound              no such article, answer or job
├── InvalidRequest        the caller sent something we cannot take
│   └── AddressRefused    a web address that is not asked, wherever it came from
├── NotFetched            a web address did not give what was asked of it
├── Refused               an HTTP request is turned away, with its own status and code
├── ModelFailed           the language model did not answer
├── TimedOut              the work took longer than it may
└── WrongUsage            a command or setting is wrong (exit 2)
"""

from __future__ import annotations

from collections.abc import Mapping

UNFORESEEN = "a fault of the service: its log has the trace under this request id"


class DatelineError(Exception):
    """A failure a person can act on; `str(error)` names the thing and the remedy."""

    code = "internal"
    status = 500
    exit_code = 1


class BadArticle(DatelineError):
    code, status = "bad_article", 422


class ModelUnavailable(DatelineError):
    code, status = "not_ready", 503


class IndexMismatch(DatelineError):
    code, status = "not_ready", 503


class IndexOutdated(IndexMismatch):
    pass


class IndexUnavailable(DatelineError):
    code, status = "not_ready", 503


class Owned(DatelineError):
    code, status = "not_ready", 503


class NotReady(DatelineError):
    code, status = "not_ready", 503


class NotFound(DatelineError):
    code, status = "not_found", 404


class InvalidRequest(DatelineError):
    code, status = "invalid_request", 422


class AddressRefused(InvalidRequest):
    pass


class NotFetched(DatelineError):
    """`wait_seconds`: how long its server wants no further request."""

    code, status = "not_fetched", 502

    def __init__(self, detail: str, wait_seconds: float = 0):
        super().__init__(detail)
        self.wait_seconds = wait_seconds


class Refused(DatelineError):
    """`param` names the field at fault, where there is one; `headers` go with the reply."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ):
        super().__init__(detail)
        self.status = status
        self.code = code
        self.param = param
        self.headers = headers


class ModelFailed(DatelineError):
    code, status = "model_failed", 502


class TimedOut(DatelineError):
    code, status = "timeout", 504


class WrongUsage(DatelineError):
    code, status, exit_code = "wrong_usage", 422, 2
