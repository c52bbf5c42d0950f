"""Reads what Slack delivers: who asks what, where, and the turns before it in a thread."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from service.surfaces import slack_blocks, slack_text
from service.types import Turn

HISTORY_TURNS = 10
TURN_CHARACTERS = 2_000

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing to do: `ts` names its message, `thread_ts` the thread of the reply.

    With `hidden` the reply goes to `response_url`, for the asker's eyes only; failures go there
    wherever it is known.
    """

    kind: Literal["question", "again", "quotes", "check", "stale", "changed"]
    team: str
    channel: str
    user: str
    ts: str
    thread_ts: str
    text: str = ""  # plain; empty where a person only called us
    key: str = ""  # the same for every delivery
    mentioned: bool = True  # False: a message in a thread, which may be for somebody else
    answer_id: str = ""  # of a changed one the id of the saved question
    as_of: str | None = None
    response_url: str = ""
    hidden: bool = False

    @property
    def in_thread(self) -> bool:
        """Whether it continues a thread; else it opens one."""
        return self.thread_ts != self.ts

    def work(self) -> dict[str, Any]:
        return asdict(self)


def asked(body: Body) -> Asked | None:
    """A message of a person that may be for us: a mention, a direct one, one in a thread.

    None for all else. Edits, deletions, joins and the like carry a subtype; of messages in a
    channel, those that call others are for them.
    """
    event = body["event"]
    kind, channel = event.get("type"), event.get("channel")
    user, ts, text = event.get("user"), event.get("ts"), event.get("text")
    if kind not in ("app_mention", "message") or any(
        event.get(sign) for sign in ("bot_id", "bot_profile", "subtype", "edited", "hidden")
    ):
        return None
    if not (isinstance(user, str) and isinstance(channel, str) and isinstance(ts, str)):
        return None
    own_users = {one.get("user_id") for one in body.get("authorizations") or ()}
    if user in own_users:
        return None
    words = text if isinstance(text, str) else ""
    thread_ts = str(event.get("thread_ts") or ts)
    direct = event.get("channel_type") == "im" or channel.startswith("D")
    calls_us = bool(kind == "app_mention" or direct or own_users & slack_text.mentioned(words))
    if not calls_us and (thread_ts == ts or slack_text.mentioned(words)):
        return None
    team = str(event.get("team") or body.get("team_id") or "")
    key = f"message {channel} {ts}"
    plain = slack_text.plain(words)
    return Asked("question", team, channel, user, ts, thread_ts, plain, key, calls_us)


def command(body: Body, hidden: bool) -> Asked:
    """`/ask` with a question."""
    key = f"command {body.get('trigger_id')}"
    channel, user = str(body.get("channel_id")), str(body.get("user_id"))
    text = slack_text.plain(str(body.get("text") or ""))
    team = str(body.get("team_id") or "")
    url = str(body.get("response_url") or "")
    return Asked(
        "question", team, channel, user, "", "", text, key, response_url=url, hidden=hidden
    )


def shortcut(body: Body) -> Asked:
    """The message shortcut: check the words of a message, in its thread."""
    message, channel = body.get("message") or {}, str((body.get("channel") or {}).get("id"))
    user, team = (str((body.get(name) or {}).get("id") or "") for name in ("user", "team"))
    ts = str(message.get("ts"))
    thread_ts = str(message.get("thread_ts") or ts)
    text = slack_text.plain(str(message.get("text") or ""))
    key = f"check {channel} {ts} {body.get('action_ts') or body.get('trigger_id')}"
    return Asked(
        "check", team, channel, user, ts, thread_ts, text, key,
        response_url=str(body.get("response_url") or ""),
    )  # fmt: skip


def action(body: Body, chosen: Body) -> Asked | None:
    """A button below an answer that wants a reply in the thread; None for all else.

    An answer for the asker's eyes only has no thread: what follows it is hidden too.
    """
    message, container = body.get("message") or {}, body.get("container") or {}
    channel = str((body.get("channel") or {}).get("id"))
    user, team = (str((body.get(name) or {}).get("id") or "") for name in ("user", "team"))
    ts = str(container.get("message_ts") or message.get("ts"))
    pressed = f"{channel} {ts} {user} {chosen.get('action_ts')}"
    asked = Asked(
        "quotes",
        team,
        channel,
        user,
        ts,
        str(message.get("thread_ts") or container.get("thread_ts") or ts),
        response_url=str(body.get("response_url") or ""),
        hidden=bool(container.get("is_ephemeral")),
    )
    if chosen.get("action_id") == slack_blocks.QUOTES:
        # in a thread once is enough, whoever presses how often
        key = f"quotes {pressed}" if asked.hidden else f"quotes {channel} {ts}"
        return replace(asked, key=key, answer_id=str(chosen.get("value")))
    if chosen.get("action_id") == slack_blocks.AGAIN and chosen.get("selected_date"):
        return replace(
            asked,
            kind="again",
            key=f"again {pressed}",
            answer_id=str(chosen.get("block_id")).partition(":")[2],
            as_of=str(chosen["selected_date"]),
        )
    return None


def rating(chosen: Body) -> tuple[str, str] | None:
    """The answer and `up` or `down`, where a feedback button was pressed."""
    value, _, answer_id = str(chosen.get("value")).partition(" ")
    rated = chosen.get("action_id") == slack_blocks.RATE and value in ("up", "down")
    return (answer_id, value) if rated and answer_id else None


def turns(messages: Iterable[Body], before: str, own_user: str | None) -> tuple[Turn, ...]:
    """The last 10 turns of a thread before a message: people's words and our answers."""
    # a page may repeat the thread's parent
    earlier = {_moment(message.get("ts")): message for message in messages}
    found: list[Turn] = []
    for moment in sorted(one for one in earlier if one < _moment(before)):
        message = earlier[moment]
        text = str(message.get("text") or "")
        if own_user is not None and message.get("user") == own_user:
            if text.startswith(slack_text.ASIDE):  # quotes, failures, remarks
                continue
            found.append(Turn("assistant", slack_text.earlier_answer(text)[:TURN_CHARACTERS]))
        elif not message.get("bot_id") and not message.get("subtype"):
            found.append(Turn("user", slack_text.plain(text)[:TURN_CHARACTERS]))
    return tuple([turn for turn in found if turn.content][-HISTORY_TURNS:])


def _moment(ts: object) -> tuple[int, int]:
    """A message's `seconds.count` as numbers, so that they compare; (0, 0) for anything else."""
    found = re.fullmatch(r"([0-9]{1,12})\.([0-9]{1,6})", str(ts))
    return (int(found[1]), int(found[2])) if found else (0, 0)


def later(ts: str, than: str) -> bool:
    """Whether one message came after another."""
    return _moment(ts) > _moment(than)
