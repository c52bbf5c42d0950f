"""A question whether accounts agree: what they are accounts of, as a question of its own."""

from __future__ import annotations

import re

_TOLD = (
    r"(?:papers?|newspapers?|outlets?|sources?|agencies|reports?|accounts?|stories|figures?|counts?|"
    r"numbers?|estimates?|versions?)"
)
_ON = r"(?:on|about|over|as to|regarding|in|of|for)"
_DIFFER = r"(?:(?:dis)?agree|differ|contradict|conflict|diverge|vary)\w*"
_NUMBER = r"(?:\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_MATTER = (
    # "Do the papers agree on …?", "Which accounts of … differ?"
    re.compile(
        rf"(?i)^\W*(?:[\w'’]+\s+){{0,3}}?{_TOLD}(?:\s+{_ON}\s+(?P<of>.+?))?\s+(?:all\s+)?{_DIFFER}"
        r"(?:\s+(?:with\s+)?(?:each other|one another))?"
        rf"(?:\s+{_ON}\s+(?P<on>.+?))?(?:,?\s+and by how much)?\W*$"
    ),
    # "Is there any disagreement over …?", "What do the different outlets say about …?"
    re.compile(
        r"(?i)^(?!\W*(?:which|how many|why)\b).*\b(?:disagreements?|discrepanc\w+|contradictions?|"
        rf"(?:different|conflicting|rival) {_TOLD})\s+(?:\w+\s+){{0,2}}?{_ON}\s+(?P<on>.+?)"
        r"(?:\s+over (?:time|the years))?\W*$"
    ),
    re.compile(r"(?i)^\W*(?:do|does|did)\b.+\b(?:give|report|have|say)\s+the same (?P<on>.+?)\W*$"),
    # "How many wanted it, two or three?"
    re.compile(rf"(?i)^\W*(?P<on>how many\b.+?)\s*[,:;–—-]\s*{_NUMBER} or {_NUMBER}\W*$"),
)
_EITHER = re.compile(
    rf"(?i)^\W*(?:was|were|is|are|did)\s+(?:it\s+|there\s+)?{_NUMBER} or {_NUMBER} (?P<on>.+?)\W*$"
)


def of_accounts(text: str) -> str | None:
    """What is asked about where a question asks whether, or how, accounts differ; else None.

    "Do the papers agree on the number of injured dockers?" asks of "the number of injured dockers",
    "Were four or six boats lost?" how many boats.
    """
    either = _EITHER.search(text)
    if either:
        return f"how many {either['on']}?"
    for pattern in _MATTER:
        found = pattern.search(text)
        matter = found and (found["on"] or found.groupdict().get("of"))
        if matter:
            return f"{matter}?"
    return None
