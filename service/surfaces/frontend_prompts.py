"""Recognises what chat frontends ask on their own (titles, tags, follow-ups, search queries), and
small talk, and answers both by rule, without a search."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

from ingest.english import analyse
from ingest.english.word_kinds import TermKind
from ingest.english.words import STOP_WORDS
from service.answer_text import INTRODUCTION
from service.query.question_kinds import small_talk

TITLE_WORDS = 5
MOST_TAGS = 3
OPENING = 400  # characters of a prompt in which it says what it wants
STARTS_WITHIN = 100  # of these, in which it begins to

Said = Sequence[tuple[str, str]]  # role and text of each message

# An instruction of a frontend says what it wants at once, that it wants it of a conversation, and
# how the reply must look. A person asks for one of these at most.
_VERB = (
    r"(?is:\b(?:generat\w+|create|provide|suggest|write|propose|produce|determine|come up with|"
    r"analy[sz]e|summari[sz]e|craft)\b.{0,160}?)"
)
_TO_DO = r"(?i:please |you (?:will|must|should|are to) |your (?:task|job) is to )?"
_WANTED = {
    "follow_ups": _VERB + r"\bfollow[- ]?ups?\b",
    "queries": _VERB + r"\bsearch quer(?:y|ies)\b",
    "tags": _VERB + r"\btags?\b",
    "title": _VERB + r"\btitle\b",
    "text": r"\bautocompletion\b",
    "emoji": r"\bfitting emoji\b",
}
_OF_A_CONVERSATION = re.compile(
    r"(?i)\b(?:conversation|chat|dialogue|discussion|message)s?\b|<chat_history>"
)
_HOW_TO_REPLY = re.compile(
    r"(?i)\bJSON\b|\bonly (?:return|respond|output|reply)\b|\b(?:return|respond|output|reply)\w*"
    r" (?:with )?(?:\w+ )?(?:only|exclusively|just)\b|\b(?:words?|characters?) or (?:less|fewer)\b"
    r"|-word-or-less|\bno(?:t)? (?:use )?(?:punctuation|quotes|quotation)|\bwithout any\b"
    r"|\b(?:max|maximum|at most|no more than|not more than|under)\b.{0,12}\b(?:words|characters)\b"
    r"|\bfitting emoji\b"
)
_KEY = re.compile(r'\{\s*"(\w+)"\s*:')
_HISTORY = re.compile(r"(?is)<chat_history>\s*(.*?)\s*</chat_history>")
_CONVERSATION = re.compile(
    r"(?is)(?:^|\n)(?:here is the |the )?(?:conversation|chat|messages?|dialogue)[^\n:]{0,40}:\s*(.+)"
)
_TURN = re.compile(r"(?im)^\W{0,3}(user|human|assistant|ai|model)\W{0,3}:[ \t]*")


def reply_to(said: Said) -> str | None:
    """The reply to small talk or a prompt that a frontend sent on its own; None where a person asks.

    The instruction is the last user message, or a system message that begins with it: what others
    say of titles and the like is about answers.
    """
    last = next((text for role, text in reversed(said) if role == "user"), "")
    if small_talk(last):
        return INTRODUCTION
    system = next((text for role, text in said if role in ("system", "developer")), "")
    # the one of its first two sentences that begins with what is to be done
    sentences = re.split(r"[.\n]+\s*", system[:OPENING].lstrip("# \n"))[:2]
    order = next((one for one in sentences if re.match(_TO_DO + _VERB, one)), "")
    for instruction, opening in ((last, last[:OPENING]), (system, order)):
        wanted = _wanted(instruction, opening)
        if wanted is not None:
            carried = [instruction] if instruction is last else []
            earlier = [text for role, text in said if role == "user" and text is not instruction]
            asked = [words for text in (*carried, *earlier) for words in _asked_in(text)]
            # as JSON under the key that the instruction shows, or as plain text
            made = _MAKERS[wanted](asked or earlier)
            keys = _KEY.findall(instruction)
            if re.search(r"\bJSON\b", instruction) and keys:
                return json.dumps({keys[0]: made}, ensure_ascii=False)
            return made if isinstance(made, str) else "\n".join(made)
    return None


def _wanted(instruction: str, opening: str) -> str | None:
    """What an instruction wants of a conversation, if it is one."""
    without = _HISTORY.sub("<chat_history>", instruction)
    if not _OF_A_CONVERSATION.search(without) or not _HOW_TO_REPLY.search(without):
        return None
    found: dict[str, int] = {}
    for kind, pattern in _WANTED.items():
        match = re.search(pattern, opening, re.IGNORECASE)
        if match and match.start() <= STARTS_WITHIN:
            found[kind] = match.end()
    named = next((key for key in _KEY.findall(without) if key in found), None)
    return named or min(found, key=lambda kind: found[kind], default=None)


def _asked_in(instruction: str) -> list[str]:
    """What the user said in the conversation that an instruction carries with it; [] of none."""
    carried = _HISTORY.search(instruction) or _CONVERSATION.search(instruction)
    text = carried[1] if carried else instruction
    turns = list(_TURN.finditer(text))
    ends = [*(turn.start() for turn in turns[1:]), len(text)]
    spoken = [
        text[turn.end() : end].strip()
        for turn, end in zip(turns, ends, strict=False)
        if turn[1].lower() in ("user", "human")
    ]
    return [words for words in spoken if words] or ([text.strip()] if carried else [])


def _title(asked: Sequence[str]) -> str:
    words = _telling(asked[0] if asked else "")[:TITLE_WORDS]
    title = " ".join(words) or "News archive"
    return title[:1].upper() + title[1:]


def _tags(asked: Sequence[str]) -> list[str]:
    names = [text[name.start : name.end] for text in asked for name in analyse(text).names]
    return list(dict.fromkeys([*names, "News"]))[:MOST_TAGS]


def _follow_ups(asked: Sequence[str]) -> list[str]:
    """Questions that the archive answers about whatever was asked last."""
    last = asked[-1] if asked else ""
    names = [last[name.start : name.end] for name in analyse(last).names]
    subject = next(iter((*names, *reversed(_telling(last)))), None)
    if subject is None:
        return []
    return [f"What is the latest on {subject}?", f"Timeline of {subject}",
            f"How many articles mention {subject}?"]  # fmt: skip


def _telling(text: str) -> list[str]:
    """The words that say what a question is about, as they are written."""
    terms = (text[t.start : t.end] for t in analyse(text).terms if t.kind is not TermKind.FUNCTION)
    return [word for word in terms if word.lower() not in STOP_WORDS]


_MAKERS: dict[str, Callable[[Sequence[str]], str | list[str]]] = {
    "title": _title,
    "tags": _tags,
    "follow_ups": _follow_ups,
    "queries": lambda asked: list(asked[-1:]),
    "text": lambda asked: "",
    "emoji": lambda asked: "📰",
}
