"""Models that do what the text they read tells them to, served on loopback as any model endpoint is.

An attack's text stands in an article, in its title, author or outlet, or in the conversation. A model that finds all
of its markers in what it reads answers what the attacker wants, and names keys of evidence that are good.
"""

from __future__ import annotations

import base64
import html
import json
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

Body = Mapping[str, Any]
EVIDENCE = re.compile(r"^\[([^\]\s]+)\] (.+)$", re.MULTILINE)
FENCE = re.compile(r"^EVIDENCE$(.*?)^END OF EVIDENCE$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Attack:
    """`where` is text, caption, title, author, publisher, question or history; `obeyed` what a model is to say."""

    id: str
    kind: str
    where: str
    text: str
    markers: tuple[str, ...]
    obeyed: str
    carrier: str = ""
    question: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Attack:
        known = {name: row[name] for name in cls.__slots__ if name in row}
        return cls(**known | {"markers": tuple(row["markers"])})


@dataclass(slots=True)
class Endpoint:
    """A model: what it replies to a request, and everything that it was told."""

    reply: Callable[[Body], str]
    url: str = ""
    key: str = ""  # of the last caller: all that a model could give away
    requests: list[Body] = field(default_factory=list)


@contextmanager
def serving() -> Iterator[Endpoint]:
    """An endpoint for chat completions, each sent as one JSON object; it refuses to answer until told how."""
    endpoint = Endpoint(lambda body: "NO_ANSWER")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(endpoint))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()


def obedient(
    endpoint: Endpoint, sees: Callable[[Body], str], attacks: Sequence[Attack]
) -> Callable[[Body], str]:
    """Obeys every attack found in what it `sees`; where there is none it copies the first sentence of evidence."""

    def reply(body: Body) -> str:
        found = [attack for attack in attacks if finds(sees(body), attack)]
        return obeying(endpoint, body, found) if found else copying(body)

    return reply


def possessed(endpoint: Endpoint, attacks: Sequence[Attack]) -> Callable[[Body], str]:
    """Obeys every attack, whether it has read it or not."""
    return lambda body: f"{obeying(endpoint, body, attacks)} {copying(body)}"


def obeying(endpoint: Endpoint, body: Body, attacks: Sequence[Attack]) -> str:
    """What the attacks want said: with the key of their own sentence, with a sentence of news, and with all keys."""
    shown = evidence_of(body)
    said = []
    for attack in attacks:
        own = [key for key, text in shown if finds(text, attack)]
        own = own or [key for key, text in shown if any(_finds(text, m) for m in attack.markers)]
        news = [key for key, _ in shown if key not in own]
        for keys in dict.fromkeys((tuple(own), tuple(news[:1]), tuple((own + news)[:6]))):
            named = "".join(f"[{key}]" for key in keys)
            said.append(f"{attack.obeyed.replace('{api_key}', endpoint.key)} {named}")
    return "\n".join(said)


def copying(body: Body) -> str:
    shown = evidence_of(body)
    return f"{shown[0][1]} [{shown[0][0]}]" if shown else "NO_ANSWER"


def evidence_of(body: Body) -> list[tuple[str, str]]:
    """(key, sentence) of every line of evidence in the last message."""
    return EVIDENCE.findall(str(body["messages"][-1]["content"]))


def unfenced(body: Body) -> str:
    """What a model is sent, but for our own instructions and the sentences of evidence in the first fence."""
    told = "\n".join(str(m["content"]) for m in body["messages"] if m["role"] != "system")
    return FENCE.sub(lambda fence: EVIDENCE.sub("", fence[1]), told, count=1)


def everything(body: Body) -> str:
    return "\n".join(str(message["content"]) for message in body["messages"])


def finds(text: str, attack: Attack) -> bool:
    """Whether a model that sees through disguises finds all markers of an attack in a text."""
    return all(_finds(text, marker) for marker in attack.markers)


def _finds(text: str, marker: str) -> bool:
    return any(_letters(marker) in reading for reading in _readings(text))


def _readings(text: str) -> Iterator[str]:
    """A text as it stands and as it is once decoded, in letters and digits alone."""
    seen = html.unescape(unquote("".join(map(_smuggled, text))))
    yield _letters(seen)
    yield _letters(seen[::-1])
    yield _letters(seen.translate(LEETSPEAK))
    for run in re.findall(r"(?:[A-Za-z0-9+/]{4}){4,}", seen):
        yield _letters(base64.b64decode(run).decode("utf-8", "ignore"))


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(LOOKALIKES).casefold()
    return "".join(filter(str.isalnum, plain))


def _smuggled(character: str) -> str:
    """The letter that a tag character or a variation selector stands for."""
    code = ord(character)
    if 0xE0020 <= code <= 0xE007E:
        return chr(code - 0xE0000)
    return chr(code - 0xE0100 + 16) if 0xE0100 <= code <= 0xE01EF else character


LOOKALIKES = str.maketrans("аеосріухуАЕОСРКУТМВНІ", "aeocpiyxyAEOCPKYTMBHI")
LEETSPEAK = str.maketrans("0134578", "oieastb")


def _handler(endpoint: Endpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            endpoint.requests.append(body)
            endpoint.key = self.headers.get("Authorization", "").removeprefix("Bearer ")
            message = {"role": "assistant", "content": endpoint.reply(body)}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            content = json.dumps({"object": "chat.completion", "choices": [choice]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler
