"""Every failure Dateline knows by name: a stable code, an HTTP status, and a sentence that says what to do.

DatelineError
├── BadArticle            one article cannot be read; the rest goes on
├── ModelUnavailable      the embedding model is missing or not the pinned one
├── IndexMismatch         the index was built with another model or layout
├── IndexUnavailable      the data directory cannot be opened, or is damaged
├── Owned                 another process owns the data directory
├── NotReady              there is no index to answer from yet
├── NotFound              no such article, answer or job
├── InvalidRequest        the caller sent something we cannot take
├── ModelFailed           the language model did not answer
├── TimedOut              the work took longer than it may
└── WrongUsage            a command or setting is wrong (exit 2)
"""

from __future__ import annotations


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


class ModelFailed(DatelineError):
    code, status = "model_failed", 502


class TimedOut(DatelineError):
    code, status = "timeout", 504


class WrongUsage(DatelineError):
    code, status, exit_code = "wrong_usage", 422, 2
