"""Cleans raw text, any mixture of plain, markdown and stray HTML, into paragraphs."""

from __future__ import annotations

import html
import re

from ingest.text.header_pieces import is_byline, is_dateline
from ingest.text.line_kinds import standing
from ingest.text.publication_dates import leading_stamp

MOST_PASSES = 12  # markup hidden in markup takes a pass a layer; real articles take two
SHORTEST_BROKEN = 40  # characters; a shorter line that ends in mid-air is a heading or a list entry


def clean(raw: str) -> str:
    """The text of an article: markup resolved, one paragraph or list item a line, joined by blank
    lines.

    Words are never changed, only what surrounds them: `clean(clean(raw)) == clean(raw)`, and a
    piece cut out of `raw` reads as it does within the whole, apart from paragraph breaks.
    """
    text = raw
    for _ in range(MOST_PASSES):
        before, text = text, _once(text)
        if text == before:
            break
    return text


def one_line(raw: str) -> str:
    """A title or a name as one clean line, for fields that hold no paragraphs."""
    return " ".join(clean(raw).split())


def _once(text: str) -> str:
    """One pass: characters, then blocks, then lines, then the marks within a paragraph."""
    if "&" in text:
        text = _ENTITY.sub(
            lambda match: html.unescape(match.group()), _NESTED_ENTITY.sub("&", text)
        )
    text = _NEWLINE.sub("\n", text.replace("\u2029", "\n\n"))
    text = _SURROGATE.sub("\ufffd", _DROPPED.sub("", _SPACE.sub(" ", text)))
    if "<" in text:
        text = _BREAK.sub("\n", _without_hidden(text))
        text = _BLOCK_TAG.sub("\n\n", _CELL_EDGE.sub("", _BETWEEN_CELLS.sub(" | ", text)))
        text = _TAG.sub("", text)
        text = _AUTOLINK.sub(r"\1", text)
    paragraphs = [_inline(paragraph) for paragraph in _paragraphs(text)]
    paragraphs = _mended(
        [
            paragraph
            for paragraph in paragraphs
            if paragraph and not _EMPTY_ITEM.fullmatch(paragraph)
        ]
    )
    if paragraphs and (stamp := leading_stamp(paragraphs[0])):
        paragraphs[:1] = [paragraphs[0][:stamp].strip(), paragraphs[0][stamp:].strip()]
    return "\n\n".join(paragraphs)


def _without_hidden(text: str) -> str:
    """Comments, scripts and styles gone; one that is never closed stays. Linear, which one pattern
    would not be."""
    kept: list[str] = []
    position = 0
    unclosed: set[str] = set()
    for opening in _HIDDEN.finditer(text):
        name = (opening["name"] or "").lower()
        if opening.start() < position or name in unclosed:
            continue
        closing = (_CLOSING[name] if name else _COMMENT_END).search(text, opening.end())
        if closing is None:
            unclosed.add(name)
            continue
        kept.append(text[position : opening.start()])
        position = closing.end()
    return "".join(kept) + text[position:]


def _paragraphs(text: str) -> list[str]:
    """Paragraphs as one line each: marks at the start of lines resolved, wrapped lines joined, list
    items apart."""
    found: list[str] = []
    lines: list[str] = []
    for line in [*text.split("\n"), ""]:
        line, alone = _line(line)
        if line and not alone:
            lines.append(line)
            continue
        if lines:
            begin = 0
            for end, stands in enumerate(standing(lines), 1):
                if stands:
                    found.append(" ".join(lines[begin:end]))
                    begin = end
            lines = []
        if line:
            found.append(line)
    return found


def _line(line: str) -> tuple[str, bool]:
    """One line without its marks, and whether it is a paragraph by itself."""
    line = line.strip()
    if not line or any(mark.fullmatch(line) for mark in _DROPPED_LINES):
        return "", False
    quoted = _QUOTE.match(line)
    if quoted:
        line = line[quoted.end() :]
    heading = _HEADING.fullmatch(line)
    if heading:
        return heading["words"], True
    row = _ROW.fullmatch(line)
    if row:
        return row["cells"].strip(), True
    item = _ITEM.match(line)
    return ("- " + line[item.end() :] if item else line), False


def _inline(text: str) -> str:
    """Links, images, emphasis, code marks and escapes of one paragraph resolved to their words;
    single spaces."""
    if "[" in text:
        text = _FOOTNOTE.sub("", _LINK.sub(lambda match: match["words"], text))
    for mark, pattern in _EMPHASIS:
        if mark in text:
            text = pattern.sub(lambda match: match["words"], text)
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    return " ".join(text.split())


def _mended(paragraphs: list[str]) -> list[str]:
    """Paragraphs that markup broke in mid-sentence, joined: no end of a sentence, then a lower-case
    letter."""
    found: list[str] = []
    for paragraph in paragraphs:
        if (
            found
            and len(found[-1]) >= SHORTEST_BROKEN
            and paragraph[0].islower()
            and _OPEN_END.search(found[-1])
            and not is_byline(paragraph)
            and not is_dateline(paragraph)
            and not paragraph.startswith(("http", "www."))
        ):
            found[-1] += " " + paragraph
        else:
            found.append(paragraph)
    return found


_NESTED_ENTITY = re.compile(r"&(?:amp;|#0*38;|#[xX]0*26;)+")
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_NEWLINE = re.compile("\r\n?|[\x0b\x0c\x85\u2028]")
_SPACE = re.compile("[\t\x1f\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")

_HIDDEN = re.compile(r"<!--|<(?P<name>script|style|noscript|template)\b[^<>]*>", re.IGNORECASE)
_COMMENT_END = re.compile("-->")
_CLOSING = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE)
    for name in ("script", "style", "noscript", "template")
}
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BLOCK_TAG = re.compile(
    r"</?(?:p|div|h[1-6]|ul|ol|li|table|tr|thead|tbody|section|article|header|footer|main|aside|nav|blockquote|figure|"
    r"figcaption|dl|dt|dd|hr|pre|form|html|body|head)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_CELL = r"<t[dh](?:\s[^<>]*)?>\s{0,40}"
_CELL_END = r"\s{0,40}</t[dh]\s{0,40}>"
_BETWEEN_CELLS = re.compile(rf"{_CELL_END}\s{{0,40}}{_CELL}|(?<=[^>\s]){_CELL}", re.IGNORECASE)
_CELL_EDGE = re.compile(f"{_CELL}|{_CELL_END}", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:a|abbr|acronym|b|base|bdi|bdo|big|button|caption|cite|code|col|colgroup|del|details|em|embed|font|i|iframe|image|img|"
    r"input|ins|kbd|label|link|mark|meta|noscript|object|param|picture|q|s|samp|script|small|source|span|strike|strong|"
    r"style|sub|summary|sup|svg|path|td|th|time|title|tt|u|var|video|audio|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^\s<>]+)>")

_RULE = re.compile(r"(?:[-_*=~]\s*){3,}")
_TABLE_RULE = re.compile(r"\|?(?:\s*:?-{2,}:?\s*\|)+(?:\s*:?-{2,}:?\s*)?")
_FENCE = re.compile(r"(?:`{3,}|~{3,})\s*[\w.+-]*")
_DEFINITION = re.compile(r"\[\^?[^\[\]]{1,80}\]:\s+\S+(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^)]*\)))?")
_DROPPED_LINES = (_RULE, _TABLE_RULE, _FENCE, _DEFINITION)
_QUOTE = re.compile(r"(?:>\s?)+")
_HEADING = re.compile(r"#{1,6}\s+(?P<words>.*?)(?:\s+#+)?")
_ROW = re.compile(r"\|(?P<cells>.*)\|")
_ITEM = re.compile(r"(?:[*+•‣◦▪]|-)\s+")
_EMPTY_ITEM = re.compile(r"[-*+•‣◦▪#>|]+")

# What stands in the brackets of a link looks like an address or is empty; "[sic] (2024)" is no
# link.
_ADDRESS = (
    r"\(\s*(?:<[^<>\n]*>|(?=\?|\)|[A-Za-z]{3,12}:(?=\S)|[^()\s]*[./#])(?:[^()\s\\]|\\.|\([^()\s]*\))*)"
    r"(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
)
_LINK = re.compile(rf"!?\[(?P<words>(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]{_ADDRESS}")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]{1,30}\]")
_EMPHASIS = (
    ("***", re.compile(r"(?<![\w*])\*{3}(?=[^\s*])(?P<words>[^*]+?)(?<=\S)\*{3}(?![\w*])")),
    (
        "**",
        re.compile(r"\*{2}(?=[^\s*])(?P<words>(?:[^*]|(?<!\*)\*(?!\*))+?)(?<=[^\s])\*{2}(?!\*)"),
    ),
    ("*", re.compile(r"(?<![\w*])\*(?=[^\s*])(?P<words>[^*]+?)(?<=[^\s*])\*(?![\w*])")),
    (
        "__",
        re.compile(r"(?<![\w_])_{2}(?=[^\s_])(?P<words>(?:[^_]|_(?!_))+?)(?<=[^\s_])_{2}(?![\w_])"),
    ),
    (
        "_",
        re.compile(
            r"(?<![\w_])_(?=[^\s_])(?P<words>(?:[^_]|(?<=\w)_(?=\w))+?)(?<=[^\s_])_(?![\w_])"
        ),
    ),
    ("~~", re.compile(r"~~(?=\S)(?P<words>[^~]+?)(?<=\S)~~")),
    ("`", re.compile(r"(?<![\w`])`(?=[^\s`'])(?P<words>[^`]+?)(?<=[^\s`])`(?![\w`])")),
)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])")
_OPEN_END = re.compile(r"(?:[^\W_]|[,–—-])[\"'”’»)\]]*$")
