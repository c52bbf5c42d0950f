"""How often an address may show wrong keys, and how many requests, answers and tokens a key has."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from math import ceil
from typing import Any, TypeVar

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage as SharedMemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter, SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from ingest.errors import Refused, WrongUsage
from ingest.settings import Settings
from service.access.api_keys import Caller

log = logging.getLogger(__name__)

Counted = TypeVar("Counted")
TOKENS = "tokens"
WRONG_KEYS = 10  # a minute and address: who mistypes has enough, who guesses has not
FAMILIAR = 10_000  # pairs of address and key that were right, the newest
REDIS_SECONDS = 1.0  # for one reply
PAUSE_SECONDS = 30.0  # without a Redis server that failed; each process counts for itself


class Guesses:
    """Wrong keys by address, in this process.

    Behind a proxy many share an address: a key that was right from there before stays so.
    """

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._allowed = RateLimitItemPerMinute(WRONG_KEYS)
        self._familiar: OrderedDict[tuple[str, str], None] = OrderedDict()

    def judge(self, address: str, caller: Caller | None) -> Caller | None:
        """The caller whose key was shown; None for a wrong one.

        Raises Refused, whatever the key, where too many wrong ones came from there.
        """
        pair = (address, caller.mark if caller else "")
        if pair not in self._familiar and not self._limiter.test(self._allowed, address):
            ends = self._limiter.get_window_stats(self._allowed, address).reset_time
            words = "too many wrong keys came from your address"
            raise _too_many(words, ends - time.time())
        if caller is None:
            self._limiter.hit(self._allowed, address)
            return None
        self._familiar[pair] = None
        self._familiar.move_to_end(pair)
        if len(self._familiar) > FAMILIAR:
            self._familiar.popitem(last=False)
        return caller


class Rates:
    """What each key has a minute or a day: counted here, or on the Redis server of several
    processes.

    Where that does not answer, each process counts for itself.
    """

    def __init__(self, settings: Settings):
        """Raises WrongUsage for an address that is none of a Redis server."""
        wanted = {
            "requests": (RateLimitItemPerMinute, settings.requests_a_minute),
            "answers": (RateLimitItemPerMinute, settings.answers_a_minute),
            TOKENS: (RateLimitItemPerDay, settings.tokens_a_day),
        }
        self._limits: dict[str, RateLimitItem] = {
            name: kind(most, namespace=f"dateline-{name}")
            for name, (kind, most) in wanted.items()
            if most
        }
        self._here = _Counts.on(SharedMemoryStorage())
        self._shared = _on_redis(settings) if self._limits else None
        self._paused_until = 0.0
        self._telling: set[asyncio.Task[bool]] = set()

    async def admit(self, caller: Caller, *, asks: bool) -> dict[str, str]:
        """Counts a request, and says in headers what is left.

        Raises Refused with 429 where nothing is.
        """
        headers: dict[str, str] = {}
        for name, most in self._limits.items():
            if name != "requests" and not asks:
                continue
            spends = name == TOKENS
            asked = partial(_Counts.asked, most=most, caller_id=caller.id, spends=spends)
            admitted, left, ends = await self._counted(asked)
            wait = max(1, ceil(ends - time.time()))
            headers = {
                "RateLimit-Policy": f'"{name}";q={most.amount};w={most.get_expiry()}',
                "RateLimit": f'"{name}";r={left};t={wait}',
            }
            if not admitted:
                words = (
                    f"this key has had its {most.amount:,} {name} a {'day' if spends else 'minute'}"
                )
                raise _too_many(words, wait, headers)
        return headers

    def spender(self, caller: Caller) -> Callable[[int], None] | None:
        """What is told how many tokens an answer took; None where nobody counts them."""
        most = self._limits.get(TOKENS)
        if most is None or not caller.id:
            return None

        def spend(tokens: int) -> None:
            counting = self._counted(lambda counts: counts.fixed.hit(most, caller.id, cost=tokens))
            task = asyncio.ensure_future(counting)
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

        return spend

    async def _counted(self, work: Callable[[_Counts], Awaitable[Counted]]) -> Counted:
        if self._shared is not None and time.monotonic() >= self._paused_until:
            try:
                return await work(self._shared)
            except StorageError as error:
                self._paused_until = time.monotonic() + PAUSE_SECONDS
                reason = type(error.storage_error).__name__
                log.warning("DATELINE_REDIS_URL does not answer (%s): counting here", reason)
        return await work(self._here)


@dataclass(frozen=True, slots=True)
class _Counts:
    """Requests in a window that slides; tokens, known only afterwards, in a fixed one that may be
    overdrawn."""

    sliding: SlidingWindowCounterRateLimiter
    fixed: FixedWindowRateLimiter

    @classmethod
    def on(cls, storage: Any) -> _Counts:
        return cls(SlidingWindowCounterRateLimiter(storage), FixedWindowRateLimiter(storage))

    async def asked(
        self, most: RateLimitItem, caller_id: str, spends: bool
    ) -> tuple[bool, int, float]:
        """Whether one more is admitted, how many are left, and when the window ends."""
        limiter = self.fixed if spends else self.sliding
        admitted = await (limiter.test if spends else limiter.hit)(most, caller_id)
        stats = await limiter.get_window_stats(most, caller_id)
        return admitted, stats.remaining, stats.reset_time


def _on_redis(settings: Settings) -> _Counts | None:
    if settings.redis_url is None:
        return None
    try:
        storage = storage_from_string(
            f"async+{settings.redis_url.get_secret_value()}",
            implementation="redispy",
            wrap_exceptions=True,
            socket_connect_timeout=REDIS_SECONDS,
            socket_timeout=REDIS_SECONDS,
        )
    except Exception as error:
        raise WrongUsage(
            "DATELINE_REDIS_URL wants redis://HOST:PORT and the extra dateline[scale]"
        ) from error
    return _Counts.on(storage)


def _too_many(words: str, seconds: float, headers: dict[str, str] | None = None) -> Refused:
    wait = max(1, ceil(seconds))
    return Refused(
        HTTPStatus.TOO_MANY_REQUESTS,
        "rate_limited",
        f"{words}: try again in {wait} seconds",
        headers={**(headers or {}), "Retry-After": str(wait)},
    )
