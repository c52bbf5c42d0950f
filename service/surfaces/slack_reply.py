"""One reply in a Slack thread while it grows: streamed, or edited where Slack does not stream."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_chat_stream import AsyncChatStream
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from service.surfaces import slack_blocks, slack_text
from service.surfaces.slack_blocks import MESSAGE_BYTES, Block
from service.surfaces.slack_web import REVOKED, UNREACHABLE, bolt_log, code

EDIT_SECONDS = 1.0  # between two edits of one message; Slack takes about one a second
# why a message is not taken: another way to write it is refused for the same reason
FINAL = (
    *REVOKED,
    "channel_not_found",
    "is_archived",
    "message_not_found",  # a person took the message away
    "missing_scope",
    "not_in_channel",
    "thread_not_found",
)
BAD_BLOCKS = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_arguments")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reply goes, and whom it answers."""

    team: str
    channel: str
    thread_ts: str
    user: str


class Message(Protocol):
    """One message of a reply; `text` is the Markdown that it holds so far, `ts` names it."""

    text: str

    @property
    def ts(self) -> str | None: ...

    async def add(self, text: str) -> None: ...

    async def close(self, blocks: list[Block], final: bool) -> None:
        """Adds blocks below the text; with `final` nothing follows in other messages."""


class Streamed:
    """A message that Slack streams, through the SDK's helper."""

    def __init__(self, stream: AsyncChatStream):
        self.text = ""
        self._stream = stream

    @property
    def ts(self) -> str | None:
        return self._stream.ts

    async def add(self, text: str) -> None:
        await self._stream.append(markdown_text=text)
        self.text += text

    async def close(self, blocks: list[Block], final: bool) -> None:
        status = "active" if final else "processing"
        await self._stream.stop(blocks=blocks, session_status=status)


class Edited:
    """A message that is posted and then edited, at most once a second."""

    def __init__(self, web: AsyncWebClient, place: Place, ts: str | None = None, text: str = ""):
        self.text = text
        self.ts = ts
        self._web = web
        self._place = place
        self._free = 0.0  # when the next edit may be made

    async def add(self, text: str) -> None:
        await self._show(self.text + text, [])
        self.text += text

    async def close(self, blocks: list[Block], final: bool) -> None:
        if blocks or self.ts is None:
            await self._show(self.text, blocks)

    async def _show(self, text: str, blocks: list[Block]) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._free - loop.time()))
        shown: dict[str, Any] = {
            "channel": self._place.channel,
            "text": text or slack_blocks.in_words(blocks),
            "blocks": [*slack_blocks.body(text), *blocks],
        }
        if self.ts is None:
            reply = await self._web.chat_postMessage(
                **shown,
                thread_ts=self._place.thread_ts,
                unfurl_links=False,
                unfurl_media=False,
            )
            self.ts = reply["ts"]
        else:
            await self._web.chat_update(**shown, ts=self.ts)
        self._free = loop.time() + EDIT_SECONDS


class Reply:
    """A reply that is written sentence by sentence: `say`, then `settle`.

    `say` never waits: what Slack has not taken yet goes out together once it does. Where a message
    is full, the next one begins between two sentences. `posted` is told of every message that came
    to be. `earlier` are messages of a former life of this reply, which are written anew.
    """

    def __init__(
        self,
        web: AsyncWebClient,
        place: Place,
        posted: Callable[[list[str]], Awaitable[None]],
        earlier: list[str] = [],  # noqa: B006  never changed
    ):
        self.place = place
        self.messages: list[Message] = []
        self._web = web
        self._posted = posted
        self._earlier = [*earlier]
        self._streams = not earlier
        self._waiting: list[str] = []
        self._pieces: list[tuple[bool, str]] = []  # cut to fit; whether each begins a message
        self._writing = asyncio.Lock()
        self._writer: asyncio.Task[None] | None = None
        self.ended_session = False  # Slack sets a session's status with the end of its stream

    async def search(self) -> None:
        """Shows that work has begun, where Slack shows no status; the message is edited later."""
        self._streams = False
        message = await self._next()
        await message.close([slack_blocks.note(slack_text.SEARCHING)], final=False)
        await self._posted([one.ts for one in self.messages if one.ts])

    def say(self, sentence: str) -> None:
        """Writes one sentence behind the others, as soon as Slack takes it."""
        self._waiting.append(sentence)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
            # what it raises comes again in `settle`, which writes what is left
            self._writer.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def settle(self, *choices: list[list[Block]]) -> None:
        """Ends the reply with blocks: the first choice that Slack takes.

        Each is a list of messages; what does not fit the last message stands below in more of them.
        """
        if self._writer is not None:
            await asyncio.gather(self._writer, return_exceptions=True)
        await self._write()
        for number, choice in enumerate(choices):
            try:
                await self._close(choice)
                break
            except SlackApiError as error:
                if code(error) not in BAD_BLOCKS or number + 1 == len(choices):
                    raise
                log.warning("slack.blocks refused: %s; sending plainer ones", code(error))
        for ts in self._earlier:  # a former life had more to say
            with suppress(*UNREACHABLE):
                await self._web.chat_delete(channel=self.place.channel, ts=ts)

    async def end(self, words: str) -> None:
        """Ends what is written so far with a remark, whatever Slack has stopped already."""
        await self.drop()
        await self._close([[slack_blocks.note(words)]])

    async def drop(self) -> None:
        """Writes no more; what stands there may be written anew."""
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)

    async def _write(self) -> None:
        async with self._writing:
            while self._waiting or self._pieces:
                if not self._pieces:
                    self._pieces = self._cut(self._waiting)
                    self._waiting = []
                begins, text = self._pieces[0]
                if begins and self.messages and self.messages[-1].text:
                    await self._close([[]], final=False)
                if begins and not (self.messages and not self.messages[-1].text):
                    await self._next()
                message = self.messages[-1]
                known = message.ts
                try:
                    await message.add(text)
                except SlackApiError as error:
                    if isinstance(message, Edited) or code(error) in FINAL:
                        raise
                    log.info("slack.stream ended: %s; editing instead", code(error))
                    message = self._edited(message)
                    await message.add(text)
                if message.ts != known:
                    await self._posted([one.ts for one in self.messages if one.ts])
                del self._pieces[0]

    def _cut(self, sentences: list[str]) -> list[tuple[bool, str]]:
        whole = "".join(sentences)
        held = self.messages[-1].text if self.messages else ""
        if held and slack_blocks.size(held + whole) <= MESSAGE_BYTES:
            return [(False, whole)]
        pieces = slack_text.packed(sentences, MESSAGE_BYTES, slack_blocks.size)
        return [(True, piece.strip()) for piece in pieces]

    async def _next(self) -> Message:
        place = self.place
        ts = self._earlier.pop(0) if self._earlier else None
        if ts is not None:
            # it may still be streaming from a former life, and is only edited when it is not
            with suppress(SlackApiError):
                await self._web.chat_stopStream(channel=place.channel, ts=ts)
        if self._streams:
            stream = await self._web.chat_stream(
                buffer_size=1,
                channel=place.channel,
                thread_ts=place.thread_ts,
                recipient_team_id=place.team,
                recipient_user_id=place.user,
            )
            self.messages.append(Streamed(stream))
        else:
            self.messages.append(Edited(self._web, place, ts))
        return self.messages[-1]

    def _edited(self, message: Message) -> Edited:
        """The last message, from now on edited: Slack refused or ended its stream."""
        self._streams = message.ts is not None
        self.messages[-1] = edited = Edited(self._web, self.place, message.ts, message.text)
        return edited

    async def _close(self, choice: list[list[Block]], final: bool = True) -> None:
        if not self.messages:
            self._streams = False  # there is nothing that comes bit by bit
        message = self.messages[-1] if self.messages else await self._next()
        known = message.ts
        try:
            await message.close(choice[0], final)
            self.ended_session = final and isinstance(message, Streamed)
        except SlackApiError as error:
            if isinstance(message, Edited) or code(error) in (*FINAL, *BAD_BLOCKS):
                raise
            await self._edited(message).close(choice[0], final)
        self.messages[-1] = Edited(self._web, self.place, self.messages[-1].ts, message.text)
        for blocks in choice[1:]:
            self.messages.append(Edited(self._web, self.place))
            await self.messages[-1].close(blocks, final)
        if choice[1:] or self.messages[-1].ts != known:
            await self._posted([one.ts for one in self.messages if one.ts])


class Hidden:
    """A reply for the asker's eyes only: whole and at once, through a `response_url`."""

    def __init__(self, url: str):
        self.messages: list[Message] = []
        self._url = url
        self._sentences: list[str] = []

    async def search(self) -> None:
        """The acknowledgement of the command has said so."""

    def say(self, sentence: str) -> None:
        self._sentences.append(sentence)

    async def settle(self, *choices: list[list[Block]]) -> None:
        texts = slack_text.packed(self._sentences, MESSAGE_BYTES, slack_blocks.size) or [""]
        *before, last = texts
        for text in before:
            await self._send(text, slack_blocks.body(text))
        for number, (first, *more) in enumerate(choices):
            try:
                await self._send(last, [*slack_blocks.body(last), *first])
            except SlackApiError:
                if number + 1 == len(choices):
                    raise
                continue
            for blocks in more:
                await self._send("", blocks)
            return

    async def drop(self) -> None:
        self._sentences = []

    async def end(self, words: str) -> None:
        await self.drop()
        await self.settle([[slack_blocks.note(words)]])

    async def _send(self, text: str, blocks: list[Block]) -> None:
        reply = await AsyncWebhookClient(self._url, logger=bolt_log).send(
            text=text or slack_blocks.in_words(blocks),
            blocks=blocks,
            response_type="ephemeral",
            replace_original=False,
        )
        if reply.status_code != 200:
            refused = {"error": reply.body}
            raise SlackApiError(f"{reply.status_code}", refused)  # type: ignore[no-untyped-call]
