"""Questions go to a service, and its JSON comes back: over the network, or from one opened here for the run."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, ValidationError

from evals.replies import Article, Listed, Passage, fault
from ingest import ingest_cli, terminal
from ingest.errors import DatelineError, NotFound, WrongUsage
from ingest.settings import Settings
from ingest.storage import directory_owner
from service.types import Turn

if TYPE_CHECKING:
    from service.wiring import Service

Shaped = TypeVar("Shaped", bound=BaseModel)

PAGE = 200  # articles a page, the most the contract allows
PATIENCE_SECONDS = (
    30.0  # beyond the service's own time limit, so that it can say itself that it timed out
)


class Asker:
    """Speaks the contract over one HTTP client; every method raises DatelineError saying what came back instead."""

    def __init__(self, client: httpx2.AsyncClient):
        self.client = client

    async def answer(
        self,
        question: str,
        as_of: date | None,
        history: Sequence[Turn] = (),
        today: date | None = None,
    ) -> Mapping[str, Any]:
        body: dict[str, Any] = {"question": question}
        if today:
            body["today"] = today.isoformat()
        if as_of:
            body["as_of"] = as_of.isoformat()
        if history:
            body["history"] = [{"role": turn.role, "content": turn.content} for turn in history]
        return await self._reply("POST", "/v1/answers", json=body)

    async def confidence(self, answer_id: str) -> float | None:
        """The chance, 0 to 1, by which the service answered or declined; None where it keeps no receipts."""
        try:
            receipt = await self._reply("GET", f"/v1/answers/{quote(answer_id, safe='')}")
            return float(receipt["made_from"]["decision"]["score"])
        except (DatelineError, KeyError, TypeError, ValueError):
            return None

    async def passages(self, query: str, count: int, as_of: date | None) -> tuple[Passage, ...]:
        """At most `count` passages, best first."""
        asked = {"q": query, "k": str(count)} | ({"as_of": as_of.isoformat()} if as_of else {})
        body = await self._reply("GET", "/v1/search", params=asked)
        return tuple(_read(Passage, item) for item in body.get("passages", ()))

    async def article(self, article_id: str) -> Article:
        """Raises NotFound where the archive has no such article."""
        return _read(
            Article, await self._reply("GET", f"/v1/articles/{quote(article_id, safe='')}")
        )

    async def listed(self) -> tuple[Listed, ...]:
        """The whole catalogue."""
        found: list[Listed] = []
        asked: dict[str, str] = {"limit": str(PAGE)}
        while True:
            body = await self._reply("GET", "/v1/articles", params=asked)
            found += [_read(Listed, item) for item in body.get("articles", ())]
            if not body.get("next_cursor"):
                return tuple(found)
            asked["cursor"] = str(body["next_cursor"])

    async def _reply(self, method: str, path: str, **request: Any) -> Mapping[str, Any]:
        try:
            reply = await self.client.request(method, path, **request)
        except httpx2.HTTPError as error:
            why = str(error) or type(error).__name__
            raise DatelineError(
                f"{self.client.base_url} did not answer: {why}; is it running?"
            ) from error
        try:
            body = reply.json()
        except ValueError as error:
            raise DatelineError(
                f"{method} {path} answered {reply.status_code} without JSON"
            ) from error
        if reply.status_code == 404:
            raise NotFound(_problem(reply.status_code, body))
        if reply.status_code != 200 or not isinstance(body, dict):
            raise DatelineError(_problem(reply.status_code, body))
        return body


def address_of(url: str) -> str:
    """The address itself; raises WrongUsage where it is no HTTP address."""
    try:
        address = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise WrongUsage(
            f"--url {url} is no address: {error}; give one like http://127.0.0.1:8000"
        ) from error
    if address.scheme not in ("http", "https") or not address.host:
        raise WrongUsage(f"--url {url} is no HTTP address: give one like http://127.0.0.1:8000")
    return url


@asynccontextmanager
async def at_url(url: str, settings: Settings) -> AsyncIterator[Asker]:
    """The service at `url`, with the first of DATELINE_API_KEYS."""
    key = next(iter(settings.reader_keys), None)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    timeout = settings.answer_timeout_seconds + PATIENCE_SECONDS
    async with httpx2.AsyncClient(base_url=url, headers=headers, timeout=timeout) as client:
        yield Asker(client)


@asynccontextmanager
async def in_process(service: Service) -> AsyncIterator[Asker]:
    """A service of this process through its own routes, so that what is judged is what any caller would get."""
    from service.app import create_app

    transport = httpx2.ASGITransport(create_app(service, private=True))
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://dateline", timeout=None
    ) as client:
        try:
            yield Asker(client)
        finally:
            await service.answerer.close()


@contextmanager
def service_over(path: Path, settings: Settings) -> Iterator[Service]:
    """A service over `path`, ingested into a data directory that goes away with it.

    Only the model cache of `settings` is shared, so that the embedding graph is built once on a machine.
    Raises WrongUsage where there is nothing at `path`, DatelineError where nothing there can be read.
    """
    from service.wiring import open_service

    if not path.exists():
        raise WrongUsage(
            f"there is nothing at {path}: --articles wants a file or a folder of articles"
        )
    with tempfile.TemporaryDirectory(prefix="dateline-eval-") as directory:
        own = settings.model_copy(
            update={"data_dir": Path(directory), "model_cache": settings.model_dir.absolute()}
        )
        report = ingest_cli.run(own, [path])
        for failure in report["failed"]:
            terminal.say(f"not read: {failure['source']}: {failure['reason']}")
        if not report["articles"]:
            raise DatelineError(
                f"{path} holds no article that can be read: there is nothing to ask about"
            )
        with directory_owner.owning(own.data_dir, "eval"), open_service(own) as service:
            yield service


def _read(shape: type[Shaped], body: Any) -> Shaped:
    try:
        return shape.model_validate(body)
    except ValidationError as error:
        name = shape.__name__.lower()
        raise DatelineError(
            f"the service sent no {name} of the contract's shape: {fault(error)}"
        ) from error


def _problem(status: int, body: Any) -> str:
    """What a problem object says, in one line; the service's own words where it has any."""
    said = body if isinstance(body, dict) else {}
    keys = "; set DATELINE_API_KEYS to a key of that service" if status == 401 else ""
    return f"{status} {said.get('code', '')}: {said.get('detail') or 'no detail given'}{keys}"
