"""Builds the web application over an open service: every route, and what failures look like."""

from __future__ import annotations

import importlib.metadata
from functools import cache
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from ingest.errors import DatelineError
from service.contract.description import complete
from service.contract.problems import error_response
from service.surfaces import (
    openai_chat,
    owner_api,
    owner_keys,
    rest,
    rest_answers,
    rest_articles,
    rest_conversations,
    rest_events,
    rest_feedback,
    rest_saved_questions,
    shared_answers,
    sign_in,
    slack_keys,
    web_pages,
)
from service.surfaces.admission import Admission
from service.surfaces.etags import Conditional
from service.surfaces.mcp_http import McpEndpoint
from service.wiring import Service

DESCRIPTION = """Questions to a news archive, answered with citations: every sentence is checked
against the exact characters it rests on, copies of one article count once, and where the archive
has no answer it says so."""


def create_app(service: Service, *, private: bool = False) -> FastAPI:
    """The routes over a service; the `private` app, for the owner's socket, asks for no key."""
    app = FastAPI(
        title="Dateline",
        version=importlib.metadata.version("dateline"),
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_tags=[{"name": name, "description": text} for name, text in TAGS.items()],
    )
    app.include_router(rest_answers.routes(service))
    app.include_router(rest.routes(service))
    app.include_router(rest_articles.routes(service))
    app.include_router(rest_conversations.routes(service))
    app.include_router(rest_events.routes(service))
    app.include_router(rest_saved_questions.routes(service))
    app.include_router(shared_answers.routes(service))
    app.include_router(rest_feedback.routes(service))
    app.include_router(openai_chat.routes(service))
    if private:
        app.include_router(owner_api.routes(service))
        app.include_router(owner_keys.routes(service))
    else:
        endpoint = McpEndpoint(service, lambda: create_app(service, private=True))
        app.router.routes.append(Route("/mcp", endpoint, methods=["POST"]))
        app.include_router(sign_in.routes(service))
        web_pages.mount(app, service)
        if slack_keys.hears_over_http(service.settings):
            # two thirds of a second that only those who use it should wait
            from service.surfaces import slack
            from service.surfaces.http_api_client import DatelineClient

            settings = service.settings
            bot = DatelineClient(settings.data_dir, key=slack_keys.value_of(settings.key))
            slack.mount(app, settings, bot)
    described, keyed = app.openapi, bool(service.keys)
    app.openapi = cache(lambda: complete(described(), keyed=keyed))  # type: ignore[method-assign]
    for kind in (DatelineError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _failed)
    app.add_middleware(Conditional)
    app.add_middleware(Admission, service=service, private=private)
    if service.settings.allowed_origins:  # outermost: a browser asks first, without its key
        app.add_middleware(
            CORSMiddleware,
            allow_origins=service.settings.allowed_origins,
            allow_methods=["DELETE", "GET", "PATCH", "POST"],
            allow_headers=CORS_REQUEST_HEADERS,
            expose_headers=CORS_REPLY_HEADERS,
        )
    return app


CORS_REQUEST_HEADERS = (
    "Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "Last-Event-ID",
    "Mcp-Protocol-Version", "X-Request-ID",
)  # fmt: skip
CORS_REPLY_HEADERS = (
    "ETag", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID",
)  # fmt: skip


TAGS = {
    "Answers": "Questions, checked answers, and what each was made from.",
    "Conversations": "Questions and answers one after another; each belongs to the key that began it.",
    "Feedback": "How people rate the answers they got.",
    "Search": "Passages without an answer.",
    "Articles": "What the archive holds, which articles are copies, and how more come in.",
    "OpenAI-compatible": "The same answers for chat frontends; their base URL "
    "is this service's `/v1`.",
    "Operations": "For whoever runs this.",
}


async def _failed(request: Request, error: Exception) -> Response:
    shown = web_pages.failure_page(request, error)
    if shown is not None:
        return shown
    reply = error_response(error, request.url.path, request.state.request_id)
    if reply.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        # of all routes at this address: a framework names those of the first one only
        reply.headers["Allow"] = ", ".join(
            method
            for method in ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
            for scope in [{**request.scope, "method": method}]
            if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
        )
    return reply
