"""The marks that make text pass for a machine's own: roles, chat templates, fences, keys; read like `order_shapes`."""

from __future__ import annotations

from ingest.injection.patterns import Rows

# Read as written: marks of a chat format, of our own prompt, and roles in front of a line.
_ROLE = r"(?:SYSTEM|ASSISTANT|USER|HUMAN|DEVELOPER|ADMIN|TOOL|AI|system|assistant|developer|tool)"
_WHAT = r"(?:[ _-](?i:prompt|message|override|instruction|note|update)s?)"
MARKERS: Rows = (
    ("<|", r"<\|[^|<>\n]{1,40}\|>"),
    (
        "INST]|SYS>|_of_turn>|<s>|</s>|<｜",
        r"\[/?INST\]|<</?SYS>>|</?s>|<(?:start|end)_of_turn>|<｜[^｜]{1,40}｜>",
    ),
    (
        "<",
        r"</?\s*(?i:system|assistant|user|human|instructions?|prompt|context|evidence|tool_(?:call|result|response"
        r"|use)|function_(?:call|result)s?|admin|developer)(?:\s[^<>]*)?/?>",
    ),
    ("[", r"\[(?:SYSTEM|ADMIN|DEVELOPER|ASSISTANT|OVERRIDE|INSTRUCTIONS?)\b[^\]\n]{0,60}\]"),
    ("##", r"#{2,}\s*(?i:system|instructions?|assistant|response|user|human|prompt|new task)\b"),
    (":|：", rf"(?:^|[.!?]\s+|[\n|#>*\]]\s*){_ROLE}{_WHAT}?\s*[:：]\s*\S"),
    (":|：", rf"(?:^|[.!?]\s+)(?:System|Assistant|Developer|Admin(?:istrator)?){_WHAT}\s*[:：]"),
    (
        ":",
        r"\b(?:Human|User)\s*:\s.{0,200}\b(?:Assistant|AI)\s*:\s|\b(?:Assistant|AI)\s*:\s.{0,200}\b(?:Human|User)\s*:\s",
    ),
    (
        ":|：",
        r"(?:^|[.!?]\s+)(?:System|Assistant|User|Human|AI)\s*[:：]\s*(?i:you|ignore|answer|print|reveal|the (?:user"
        r"|answer|correct)|always|never|from now|sure|i will|i am|new|disregard|understood|please)\b",
    ),
    (
        "EVIDENCE|PROMPT|INSTRUCTION|CONTEXT|SYSTEM|INPUT|DOCUMENT|vidence|rompt",
        r"(?i)\b(?:BEGIN|END|START)\s+(?:OF\s+)?(?:THE\s+)?(?:SYSTEM\s+)?(?:EVIDENCE|PROMPT|INSTRUCTIONS?|CONTEXT"
        r"|SYSTEM MESSAGE|USER INPUT|DOCUMENTS?)\b\s*(?:[\-=*#\]:.—]|$)|\bEND OF EVIDENCE\b",
    ),
    (
        "role|tool_call|function_call|arguments",
        r"(?i)[\"']?\b(?:role|tool_calls?|function_call)[\"']\s*:\s*[\"'\[{]|[\"']arguments[\"']\s*:",
    ),
    ("[|【|［", r"[\[【［]\s*s[0-9a-f]{5}\b"),
    ("![", r"!\[[^\]]*\]\s*\("),
    (
        "SYSTEM|DEVELOPER|ADMIN|ystem|eveloper|dmin",
        r"(?i)^\s*(?:SYSTEM|DEVELOPER|ADMIN) (?:OVERRIDE|PROMPT|INSTRUCTION|MESSAGE)S?\b",
    ),
)
