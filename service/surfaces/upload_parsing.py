"""Reads uploads: files or one article as JSON, each no larger than an article may be."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from ingest import uploads
from ingest.errors import IndexUnavailable, InvalidRequest, Refused
from ingest.formats import file_readers
from ingest.settings import Settings
from service.contract.request_bodies import ArticleRequest
from service.surfaces.admission import MULTIPART, article_limit

# The whole file is the article; other types wrap it or hold many, and are measured when read.
NAMED = 5  # refused files, of at most 100
WHOLE = {".txt", ".md", ".html", ".htm"}


async def staged_from(request: Request, settings: Settings) -> uploads.Staged:
    """What a `POST /v1/articles` sends, on disk and waiting.

    Raises InvalidRequest or Refused where nothing of it can be taken; single files that cannot be
    read are left for the job to report. Raises IndexUnavailable where the disk is full.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != MULTIPART:
        return await run_in_threadpool(_staged_article, await request.body(), settings)
    try:
        form = await _Files(request, max_files=uploads.MOST_FILES).read()
    except OSError as error:
        raise IndexUnavailable(
            f"the files cannot be taken in: {error.strerror}; check the disk"
        ) from error
    try:
        return await run_in_threadpool(_staged_files, form, settings)
    finally:
        for upload in form:
            await upload.close()


class _Files(MultiPartParser):
    """Starlette's parser, which leaves files on disk; it also notices a body that breaks off."""

    def __init__(self, request: Request, max_files: int):
        super().__init__(request.headers, request.stream(), max_files=max_files)
        self.whole = False

    def on_end(self) -> None:
        self.whole = True

    async def read(self) -> list[UploadFile]:
        """The files in order; InvalidRequest where there are none, too many, or other parts."""
        try:
            await self.parse()
        except MultiPartException as error:
            raise InvalidRequest(
                f"the files cannot be told apart: {error.message.rstrip('.').lower()}"
            ) from error
        except ValueError as error:
            raise InvalidRequest(
                "the files cannot be told apart: their encoding is not known"
            ) from error
        found = [part for _, part in self.items if isinstance(part, UploadFile)]
        try:
            if not self.whole and self.items:
                raise InvalidRequest("the body breaks off: its last boundary is missing")
            if len(found) < len(self.items):
                raise InvalidRequest(
                    "a part is no file: send each file with its file name, and nothing else"
                )
            if not found:
                raise InvalidRequest(
                    "there is no file in the body: send at least one, with its file name"
                )
        except InvalidRequest:
            for file in self._files_to_close_on_error:
                file.close()
            raise
        return found


def _staged_files(form: list[UploadFile], settings: Settings) -> uploads.Staged:
    files = [(uploads.safe_name(upload.filename or ""), upload) for upload in form]
    names = [name.casefold() for name, _ in files]
    if len(set(names)) < len(names):
        raise InvalidRequest(
            "two files have the same name: send them one after the other, or rename one"
        )
    if not any(file_readers.format_of(name) for name, _ in files):
        raise Refused(
            415,
            "unsupported_media_type",
            f"none of these files can be read: {', '.join(name for name, _ in files[:NAMED])}; "
            f"Dateline reads {file_readers.TYPES}",
        )
    if all(
        Path(name).suffix.lower() in WHOLE for name, _ in files
    ):  # a job could not take a single one
        article_limit(settings).check(min(upload.size or 0 for _, upload in files))
    return uploads.stage(settings, [(name, upload.file) for name, upload in files])


def _staged_article(body: bytes, settings: Settings) -> uploads.Staged:
    """The checked article, with the failures that FastAPI gives where it reads a body itself."""
    if not body:
        raise RequestValidationError(
            [{"type": "missing", "loc": ("body",), "msg": "Field required"}]
        )
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(
            400, "malformed_json", "the body is not JSON: send one JSON object"
        ) from error
    try:
        article = ArticleRequest.model_validate(value)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError(
            [{**fault, "loc": ("body", *fault["loc"])} for fault in faults]
        ) from error
    content = article.text if article.text is not None else article.html or ""
    article_limit(settings).check(len(content.encode()))
    name, line = uploads.article_line(article.model_dump(mode="json", exclude_none=True))
    return uploads.stage(settings, [(name, io.BytesIO(line))])
