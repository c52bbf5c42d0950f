"""Serves the pages that people read: asking, the archive, articles and the API documentation."""

from __future__ import annotations

import asyncio
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Form, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.staticfiles import StaticFiles

from ingest.errors import DatelineError, InvalidRequest, NotFound, NotReady
from ingest.storage.catalogue import Snapshot, StoredArticle
from service.archive_questions import ArchiveFilter, listing
from service.contract.problems import known_failure, problem_of
from service.contract.request_bodies import CheckRequest, OverridesRequest
from service.contract.response_bodies import body_of
from service.desk_overrides import overridden
from service.surfaces.admission import WRITES
from service.surfaces.answer_page import answer_view
from service.surfaces.archive_page import archive_view, home_view, timeline
from service.surfaces.article_page import article_view, place_in, span_of
from service.surfaces.page_templates import WEB, page
from service.types import LONGEST_QUESTION, Filters, Question
from service.wiring import Service

LONGEST_TOPIC = 200  # characters
INGESTS_SHOWN = 5
READS = ["GET", "HEAD"]
PROGRAMS = (
    "/v1/",
    "/owner/",
    "/static/",
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/metrics",
    "/mcp",
)


def mount(app: FastAPI, service: Service) -> None:
    """Adds all pages and their files, none of another host."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.api_route("/docs", methods=READS)
    async def docs() -> FileResponse:
        return FileResponse(WEB / "docs.html", media_type="text/html; charset=utf-8")

    _home(router, service)
    _archive(router, service)
    _article(router, service)
    _answer(router, service)
    _saved(router, service)
    _topic(router, service)
    _check(router, service)
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=WEB / "static"))


def _home(router: APIRouter, service: Service) -> None:
    # what the newest generation shows, by its name, to keys by what they are bound to
    known: dict[tuple[str, ...], dict[str, Any]] = {}

    @router.api_route("/", methods=READS)
    def home(request: Request, q: str = "") -> HTMLResponse:
        reads = request.state.caller is not None
        view: dict[str, Any] = {
            name: [] for name in ("stories", "examples", "outlets", "collections")
        } | {"articles": 0}
        if reads:
            with service.archive.catalogue.live() as snapshot:
                shown_to = (snapshot.generation, *snapshot.bound_to)
                view = known.get(shown_to) or home_view(snapshot)
                if shown_to not in known:
                    for old in [one for one in list(known) if one[0] != snapshot.generation]:
                        known.pop(old, None)
                    known[shown_to] = view
        return page(request, "home.html", **view, asked=q[:LONGEST_QUESTION], reads=reads)


def _archive(router: APIRouter, service: Service) -> None:
    @router.api_route("/archive", methods=READS)
    def archive(
        request: Request,
        q: Annotated[str, Query(max_length=2_000)] = "",
        publisher: Annotated[list[str], Query(max_length=100)] = [],  # noqa: B006
        published_after: str = "",
        published_before: str = "",
        as_of: str = "",
        article_id: Annotated[list[str], Query(max_length=1_000)] = [],  # noqa: B006
        collection: Annotated[list[str], Query(max_length=100)] = [],  # noqa: B006
        subject: Annotated[list[str], Query(max_length=100)] = [],  # noqa: B006
        author: Annotated[list[str], Query(max_length=100)] = [],  # noqa: B006
        sort: Literal["newest", "oldest", "title", "outlet", "copies"] = "newest",
        number: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
    ) -> HTMLResponse:
        wanted = ArchiveFilter(
            q,
            _named(publisher),
            _day("published_after", published_after),
            _day("published_before", published_before),
            _day("as_of", as_of),
            _named(article_id),
            _named(collection),
            _named(subject),
            _named(author),
        )
        with service.archive.catalogue.live() as snapshot:
            view = archive_view(snapshot, wanted, sort, number)
        # reports name articles of all collections
        ingests = [] if snapshot.bound_to else service.archive.reports.latest(INGESTS_SHOWN)
        return page(request, "archive.html", **view, ingests=ingests)


def _article(router: APIRouter, service: Service) -> None:
    @router.api_route("/articles/{article_id}", methods=READS)
    def article(
        request: Request,
        article_id: str,
        span: str = "",
        answer: Annotated[str, Query(max_length=100)] = "",
        citation: Annotated[int, Query(ge=1, le=1_000)] = 1,
    ) -> HTMLResponse:
        receipt = service.stale_answers.read(answer) if answer else None
        with service.archive.catalogue.live() as snapshot:
            stored = _stored(snapshot, article_id)
            place = place_in(receipt, stored.article, citation) if receipt else None
            cited = place.cited if place else span_of(span, stored.article)
            view = article_view(stored, snapshot, cited)
        said = {name: one.value for name, one in view["desk"].items()}
        return page(request, "article.html", **view, place=place, said=said, trouble=None)

    @router.post("/articles/{article_id}", dependencies=[WRITES])
    async def override(request: Request, article_id: str) -> Response:
        form = await request.form()
        sent = {name: str(form.get(name) or "").strip() for name in OverridesRequest.model_fields}
        try:
            wanted = OverridesRequest.model_validate({k: v or None for k, v in sent.items()})
            who = request.state.author, request.state.request_id
            done = await asyncio.to_thread(overridden, service, article_id, wanted, *who)
        except (ValidationError, InvalidRequest, NotReady) as error:
            failed = known_failure(_of_form(error), request.state.request_id)
            status, trouble = failed.status, _said(failed)
        else:
            if not isinstance(done, str):
                return RedirectResponse(article_id, HTTPStatus.SEE_OTHER)
            status, trouble = HTTPStatus.ACCEPTED, SET_LATER
        with service.archive.catalogue.live() as snapshot:
            view = article_view(_stored(snapshot, article_id), snapshot)
        shown: dict[str, Any] = {"said": sent, "trouble": trouble, "place": None}
        return page(request, "article.html", status, **view, **shown)


SET_LATER = "An ingest is running: what you set here shows once it is done."


def _stored(snapshot: Snapshot, article_id: str) -> StoredArticle:
    stored = snapshot.article(article_id)
    if stored is None:
        raise NotFound("this article is not in the archive; it may have been removed")
    return stored


def _of_form(error: Exception) -> Exception:
    """As the API would say it."""
    return RequestValidationError(error.errors()) if isinstance(error, ValidationError) else error


def _answer(router: APIRouter, service: Service) -> None:
    @router.api_route("/answers/{answer_id}", methods=READS)
    def answer(request: Request, answer_id: str) -> HTMLResponse:
        receipt = service.stale_answers.read(answer_id)
        if receipt is None:
            raise NotFound("there is no answer of this id here; it may be too old")
        with service.archive.catalogue.live() as snapshot:
            view = answer_view(receipt, snapshot)
        return page(request, "answer.html", **view)


def _saved(router: APIRouter, service: Service) -> None:
    @router.api_route("/saved-questions/{question_id}", methods=READS)
    def saved(request: Request, question_id: str) -> HTMLResponse:
        question = service.saved_questions.get(question_id, request.state.caller)
        found = service.saved_questions.changes(question, service.events)
        with service.archive.catalogue.live() as snapshot:
            changes = [
                change
                | {
                    "sides": [
                        (words, answer_view(change[name], snapshot) if change[name] else None)
                        for words, name in (("Before", "before"), ("Now", "after"))
                    ]
                }
                for change in found
            ]
        return page(request, "saved.html", saved=question, changes=changes)


def _topic(router: APIRouter, service: Service) -> None:
    @router.api_route("/topics/{words}", methods=READS)
    async def topic(
        request: Request,
        words: Annotated[str, Path(max_length=LONGEST_TOPIC)],
        collection: Annotated[list[str], Query(max_length=100)] = [],  # noqa: B006
    ) -> HTMLResponse:
        words = " ".join(words.split())
        if not words or not words.isprintable():
            raise InvalidRequest("name what the page is to be about: /topics/harbour bridge")
        wanted = ArchiveFilter(words, collection=_named(collection))
        asked = Question(f"Timeline of {words}", filters=Filters(collections=wanted.collection))
        answer = body_of(await service.topics.answer(asked))

        def view() -> dict[str, Any]:
            with service.archive.catalogue.live() as snapshot:
                found = listing(snapshot, wanted)
                total, story_count, *_ = found.counts()
                return {
                    **answer_view(answer, snapshot),
                    "total": total,
                    "story_count": story_count,
                    "bars": timeline(found.months(), ArchiveFilter()),
                    "given": wanted.given(),
                }

        return page(request, "topic.html", words=words, **await asyncio.to_thread(view))


def _check(router: APIRouter, service: Service) -> None:
    @router.api_route("/check", methods=READS)
    async def form(
        request: Request,
        collection: Annotated[list[str], Query(max_length=100)] = [],  # noqa: B006
    ) -> HTMLResponse:
        shown: dict[str, Any] = {"text": "", "as_of": "", "collections": _named(collection)}
        return page(request, "check.html", **shown, check=None, trouble=None)

    @router.post("/check")
    async def check(
        request: Request,
        text: Annotated[str, Form()] = "",
        as_of: Annotated[str, Form()] = "",
        collection: Annotated[list[str], Form(max_length=100)] = [],  # noqa: B006
    ) -> HTMLResponse:
        named = _named(collection)
        shown: dict[str, Any] = {"text": text, "as_of": as_of, "collections": named}
        try:
            day = _day("as_of", as_of)
            wanted = CheckRequest(text=text, as_of=day, collections=list(named))
            done = await service.checker.check(wanted.read())
        except (ValidationError, DatelineError) as error:
            failed = known_failure(_of_form(error), request.state.request_id)
            return page(
                request, "check.html", failed.status, **shown, check=None, trouble=_said(failed)
            )
        return page(request, "check.html", **shown, check=body_of(done), trouble=None)


def failure_page(request: Request, error: Exception) -> HTMLResponse | None:
    """What a reader sees of a failure; None where the address is none that people open."""
    is_page = request.method in ("GET", "HEAD") and not request.url.path.startswith(PROGRAMS)
    if not is_page or "text/html" not in request.headers.get("accept", ""):
        return None
    known = known_failure(error, request.state.request_id)
    return page(
        request,
        "failure.html",
        known.status,
        heading=problem_of(known, request.state.request_id)["title"],
        detail=_said(known),
    )


def _said(error: DatelineError) -> str:
    words = str(error).partition("; /docs ")[0]  # what follows is for programs
    return f"{words[:1].upper()}{words[1:]}."


def _named(values: list[str]) -> tuple[str, ...]:
    """What a form's field of one or many has, without those left empty."""
    return tuple(filter(None, map(str.strip, values)))


def _day(name: str, value: str) -> date | None:
    """The day in a field of the form, which an empty field leaves open."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise InvalidRequest(f"{name}: send a day as YYYY-MM-DD, or leave it out") from error
