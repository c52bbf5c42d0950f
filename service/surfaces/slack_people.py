"""Who asks: their day, and whether they may change settings; asked of Slack once an hour."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from slack_sdk.web.async_client import AsyncWebClient

from service.surfaces.slack_web import UNREACHABLE, remedy

REMEMBERED_SECONDS = 3_600.0
MOST_REMEMBERED = 10_000
ASIDE_SECONDS = 10.0  # longest wait for anything that an answer can do without

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Person:
    zone: str | None = None  # an IANA name; None where Slack does not say
    is_admin: bool = False
    is_bot: bool = False

    def day(self, now: datetime) -> date | None:
        """The calendar day where the person is."""
        if self.zone is None:
            return None
        try:
            return now.astimezone(ZoneInfo(self.zone)).date()
        except (ValueError, OSError, KeyError):  # a name that this machine does not know
            return None


class People:
    """Everybody who asked lately."""

    def __init__(self, web: AsyncWebClient):
        self._web = web
        self._known: OrderedDict[str, tuple[datetime, Person]] = OrderedDict()

    async def person(self, user: str) -> Person:
        """What Slack says of a user; nothing where it says nothing in time."""
        now = self.now()
        known = self._known.get(user)
        if known and (now - known[0]).total_seconds() < REMEMBERED_SECONDS:
            return known[1]
        try:
            async with asyncio.timeout(ASIDE_SECONDS):
                found = (await self._web.users_info(user=user)).get("user") or {}
        except UNREACHABLE as error:
            log.warning("slack.person unknown: %s", remedy(error))
            return Person()
        person = Person(
            found.get("tz"),
            bool(found.get("is_admin") or found.get("is_owner")),
            bool(found.get("is_bot")),
        )
        self._known[user] = (now, person)
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return person

    def now(self) -> datetime:
        return datetime.now(UTC)
