"""Reads Slack's events: what was asked, where, whether it is new, and the turns before it."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from service.surfaces import slack_text
from service.types import Turn

# Slack's last ordinary retry comes about 5 minutes after the first delivery
REMEMBERED_SECONDS = 3_600.0
REMEMBERED_KEYS = 20_000
HISTORY_TURNS = 10
TURN_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One message to answer: `ts` names it in its channel, `thread_ts` the reply's thread."""

    user: str
    channel: str
    ts: str
    thread_ts: str
    text: str  # plain; empty where a person only called us

    @property
    def in_thread(self) -> bool:
        """Whether it continues a thread; else it opens one."""
        return self.thread_ts != self.ts


def asked(event: Mapping[str, Any]) -> Asked | None:
    """A mention anywhere or a direct message, newly written by a person; None for all else.

    Edits, deletions, joins and the like carry a subtype. A mention in a channel comes as
    app_mention, so the message event beside it is passed over.
    """
    direct = event.get("channel_type") == "im" or str(event.get("channel", "")).startswith("D")
    wanted = event.get("type") == "app_mention" or (event.get("type") == "message" and direct)
    unwanted = any(
        event.get(sign) for sign in ("bot_id", "bot_profile", "subtype", "edited", "hidden")
    )
    user, channel, ts, text = (event.get(name) for name in ("user", "channel", "ts", "text"))
    if (
        not wanted
        or unwanted
        or not (isinstance(user, str) and isinstance(channel, str) and isinstance(ts, str))
    ):
        return None
    thread_ts, words = str(event.get("thread_ts") or ts), text if isinstance(text, str) else ""
    return Asked(user, channel, ts, thread_ts, slack_text.plain(words))


class Heard:
    """What was heard within the last hour, by any key.

    It is kept in memory on purpose: after a crash Slack's retry is the only chance that the
    question is answered at all, so a record that outlives the answer would do harm.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._keys: OrderedDict[str, float] = OrderedDict()

    def first(self, key: str) -> bool:
        """Whether this key is new; forgets what is old or, beyond 20,000 keys, oldest."""
        now = self._clock()
        while self._keys and (
            next(iter(self._keys.values())) < now - REMEMBERED_SECONDS
            or len(self._keys) >= REMEMBERED_KEYS
        ):
            self._keys.popitem(last=False)
        if key in self._keys:
            return False
        self._keys[key] = now
        return True


def turns(
    messages: Iterable[Mapping[str, Any]], before: str, own_user: str | None
) -> tuple[Turn, ...]:
    """The last 10 turns of a thread before a message: people's words and our answers."""
    # a page may repeat the thread's parent
    earlier = {_moment(message.get("ts")): message for message in messages}
    found: list[Turn] = []
    for moment in sorted(one for one in earlier if one < _moment(before)):
        message = earlier[moment]
        text = str(message.get("text") or "")
        if own_user is not None and message.get("user") == own_user:
            found.append(Turn("assistant", slack_text.earlier_answer(text)[:TURN_CHARACTERS]))
        elif not message.get("bot_id") and not message.get("subtype"):
            found.append(Turn("user", slack_text.plain(text)[:TURN_CHARACTERS]))
    return tuple([turn for turn in found if turn.content][-HISTORY_TURNS:])


def _moment(ts: object) -> tuple[int, int]:
    """A message's `seconds.count` as numbers, so that they compare; (0, 0) for anything else."""
    found = re.fullmatch(r"([0-9]{1,12})\.([0-9]{1,6})", str(ts))
    return (int(found[1]), int(found[2])) if found else (0, 0)
