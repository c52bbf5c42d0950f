"""Reads web pages: title, byline, date lines and main text, without menus and banners."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.errors import BadArticle
from ingest.formats.encodings import decode
from ingest.formats.page_metadata import read_metadata
from ingest.formats.page_regions import is_chrome
from ingest.text.header_pieces import is_byline, states_day
from ingest.text.line_kinds import same_line
from ingest.text.publication_dates import is_fact
from ingest.text.title_and_byline import credit_in
from ingest.types import Extract

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

# Below this trafilatura takes whatever text the page has, menus included (its MIN_EXTRACTED_SIZE);
# we leave those out.
SHORTEST_BODY = 250  # characters
LONGEST_HEADER_LINE = 160  # characters; a longer one below the heading is prose
AROUND = 3  # blocks by which two sections of a page are told to be of one kind
SHORTEST_MISSED = 60  # characters of a paragraph that the library missed
MAIN_SHARE = 0.5  # of the letters of a main text: they stand in its kind of section
HEADER_LINES = 25  # between the heading of a page and its first prose: buttons, captions, a byline
MOST_ATTRIBUTES = 500  # of one tag; 50,000 take libxml2 a minute
NOTE_TOO_DEEP = "is nested too deep to look for its main text: all its text was taken"


@dataclass(frozen=True, slots=True)
class Line:
    """A block of visible text. `tag` is the innermost block element; of the blocks around it, the
    outermost first, `around` are numbers and `kind` names with classes; `story` is a number for the
    `article` around it, 0 without one; `is_chrome`: it stands in a menu or banner; `is_link`: most
    of it leads elsewhere."""

    text: str
    tag: str
    around: tuple[int, ...]
    kind: tuple[str, ...]
    story: int
    is_chrome: bool
    is_link: bool


def read_page(data: bytes, limit_bytes: int) -> Extract:
    """What a page says: its metadata, and the main text that trafilatura finds.

    Raises BadArticle where it shows no text at all.
    """
    page, tree, is_whole = _parsed(data)
    if not is_whole:
        return _unstructured(page, tree)
    import trafilatura

    lines = list(visible_lines(tree))
    shown = [line for line in lines if not line.is_chrome]
    document = trafilatura.bare_extraction(
        tree, include_comments=False, with_metadata=False, favor_precision=True
    )
    main = getattr(document, "body", None)
    found = [line.text for line in visible_lines(main)] if main is not None else []
    found = [text for text in found if not (_BUTTONS.fullmatch(text) or _ELSEWHERE.match(text))]
    body = _continued(found, shown)
    if sum(map(len, body)) < SHORTEST_BODY:
        body = [line.text for line in shown]
    return _extract(tree, lines, body)


def read_plain_page(data: bytes, limit_bytes: int) -> Extract:
    """As `read_page`, but all visible text outside menus and banners is taken: fast whatever the
    page."""
    page, tree, is_whole = _parsed(data)
    if not is_whole:
        return _unstructured(page, tree)
    lines = list(visible_lines(tree))
    return _extract(tree, lines, [line.text for line in lines if not line.is_chrome])


def visible_lines(tree: HtmlElement) -> Iterator[Line]:
    """The blocks of text a reader sees, in order. Works without recursion."""
    from lxml.etree import iterwalk  # type: ignore[import-untyped]

    words: list[str] = []
    blocks, numbers, kinds, stories = [""], [0, 0, 0], [""], [0]
    count = chrome = in_link = linked = 0

    def line() -> Iterator[Line]:
        whole = "".join(words)
        paragraphs = _PARAGRAPH_BREAK.split(whole)
        words.clear()
        for paragraph in paragraphs:
            text = "\n".join(
                filter(None, (" ".join(part.split()) for part in paragraph.split(_BREAK)))
            )
            if text := text.removesuffix("|").rstrip():
                text = "- " + text if blocks[-1] in ("li", "item") else text
                around, kind = tuple(numbers[-3:-1]), tuple(kinds[-AROUND - 1 : -1])
                is_link = linked * 2 > len(whole)
                yield Line(text, blocks[-1], around, kind, stories[-1], chrome > 0, is_link)

    walker = iterwalk(tree, events=("start", "end"))
    for event, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start" and (tag in _HIDDEN or _is_hidden(element)):
            walker.skip_subtree()
            continue
        hides = tag in _HIDDEN or _is_hidden(element)
        if tag in _BLOCKS and not hides:
            yield from line()
            linked = 0
            if event == "start":
                blocks.append(tag)
                numbers.append(count := count + 1)
                kinds.append(f"{tag} {' '.join((element.get('class') or '').split())}".rstrip())
                stories.append(count if tag == "article" else stories[-1])
                chrome += is_chrome(element)
            else:
                blocks.pop()
                numbers.pop()
                kinds.pop()
                stories.pop()
                chrome -= is_chrome(element)
        if tag == "a" and not hides:
            in_link += 1 if event == "start" else -1
        if event == "start":
            words.append(_BREAK if tag in ("br", "lb") else element.text or "")
        else:
            words.append((" | " if tag in ("td", "th", "cell") else "") + (element.tail or ""))
        linked += len(words[-1]) if in_link else 0
    yield from line()


def _parsed(data: bytes) -> tuple[str, HtmlElement, bool]:
    """(the page as text, its tree, whether that is all of it): libxml2 stops at 256 levels and in
    very long texts."""
    from lxml.etree import ParserError
    from lxml.html import HTMLParser, document_fromstring

    # UTF-8 first: most pages that declare something else are UTF-8 by now
    declared = _CHARSET.search(data, 0, 4096)
    if declared:
        try:
            page = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            page = data.decode(declared[1].decode("ascii"), "replace")
    else:
        page = decode(data)
    # libxml2 compares each attribute with each: a tag with too many goes without
    page = _LONG_TAG.sub(
        lambda tag: (
            f"<{tag['name']}>"
            if max(tag[0].count("="), len(tag[0].split())) > MOST_ATTRIBUTES
            else tag[0]
        ),
        _CONTROLS.sub(" ", page),
    )
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        tree = document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except ParserError as error:
        raise BadArticle("holds no text; remove it or fill it") from error
    return page, tree, not parser.error_log.filter_from_fatals()


def _continued(body: Sequence[str], shown: Sequence[Line]) -> list[str]:
    """The main text with what trafilatura missed: prose and lists in the same block as most of it,
    and prose in further blocks of the very same kind, of which it takes the first."""
    known = set(body)
    letters: Counter[Line] = Counter()
    for line in shown:
        if line.text in known:
            letters[replace(line, text="", tag="", is_link=False)] += len(line.text)
    main, most = next(iter(letters.most_common(1)), (None, 0))
    if main is None or most < MAIN_SHARE * letters.total():
        return list(body)
    found: list[str] = []
    waiting: list[str] = []  # missed since the last line of the main text
    rest = list(body)
    for line in shown:
        if line.text in rest:
            end = rest.index(line.text)
            found += [*rest[:end], *waiting, line.text]
            rest, waiting = rest[end + 1 :], []
        elif line.text not in known and _belongs(line, main):
            waiting.append(line.text)
    return [*found, *rest, *waiting]


def _belongs(line: Line, main: Line) -> bool:
    """Whether a line is of the text that most lines like `main` are of. Buttons, credits and
    teasers elsewhere are links, short, or end without the end of a sentence."""
    if line.is_link:
        return False
    if line.tag in _ITEMS:
        return line.around[-2] == main.around[-1]
    if not _SENTENCE_END.search(line.text):
        return False
    if line.around[-1] == main.around[-1]:
        return True
    alike = line.story == main.story and line.kind == main.kind
    return alike and " " in "".join(main.kind) and len(line.text) >= SHORTEST_MISSED


def _extract(tree: HtmlElement, lines: Sequence[Line], body: Sequence[str]) -> Extract:
    fields, dates = read_metadata(tree)
    heading = _heading(lines, fields.get("title"), fields.get("publisher"))
    if heading is not None and (
        "title" not in fields or same_line(fields["title"], lines[heading].text)
    ):
        fields["title"] = lines[heading].text
    header = _header(lines, heading, body)
    rest = [
        text
        for n, text in enumerate(body)
        if n >= HEADER_LINES or not any(same_line(text, h) for h in header)
    ]
    credits = [
        line.text
        for line in lines
        if credit_in(line.text)
        and not any(line.text in text for text in body)
        and line.text not in header
    ]
    return Extract("\n\n".join([*header, *rest, *dict.fromkeys(credits)]), fields, dates)


def _heading(lines: Sequence[Line], title: str | None, site: str | None) -> int | None:
    """Which line is the heading of the article: the one that says the title, else the first that is
    not the site's."""
    headings = [
        n for n, line in enumerate(lines) if line.tag in ("h1", "h2", "h3") and not line.is_chrome
    ]
    says = [n for n in headings if title and same_line(lines[n].text, title)]
    tops = [
        n
        for n in headings
        if lines[n].tag == "h1" and not (site and same_line(lines[n].text, site))
    ]
    return next(iter([*says, *tops]), None)


def _header(lines: Sequence[Line], heading: int | None, body: Sequence[str]) -> list[str]:
    """The heading, and the byline and date lines between it and the prose, which extractors of main
    text leave out."""
    if heading is None:
        return []
    header = [lines[heading].text]
    opening = next((text for text in body if len(text) > LONGEST_HEADER_LINE), None)
    texts = [line.text for line in lines[heading : heading + 1 + HEADER_LINES]]
    for number, line in enumerate(lines[heading + 1 : heading + 1 + HEADER_LINES], 1):
        if line.text == opening or len(line.text) > LONGEST_HEADER_LINE:
            break
        if is_fact(texts, number):
            continue
        for text in line.text.split("\n"):
            if is_byline(text) or states_day(text):
                header.append(text)
    top = [text for text in body[:HEADER_LINES] if "\n" in text]
    return [text for text in header if not any(text in paragraph for paragraph in top)]


def _unstructured(page: str, tree: HtmlElement) -> Extract:
    """All text of a page whose tree is not whole, by its tags alone; metadata as far as the tree
    goes."""
    body = _HEAD_END.split(page, maxsplit=1)[-1]
    for name in ("script", "style", "noscript", "template", "nav", "svg", "!--"):
        body = _without(body, name)
    body = _TAG.sub(lambda tag: "\n\n" if (tag["name"] or "").lower() in _BLOCKS else "", body)
    fields, dates = read_metadata(tree)
    return Extract(body, fields, dates, (NOTE_TOO_DEEP,))


def _without(page: str, name: str) -> str:
    """A page without the elements of one name; one that is never closed stays. Linear in the length
    of the page."""
    opening, closing = f"<{name}", ("-->" if name == "!--" else f"</{name}")
    lower, kept, position = page.lower(), list[str](), 0
    if len(lower) != len(page):  # a letter whose small form is longer
        return page
    while (start := lower.find(opening, position)) >= 0 and (
        end := lower.find(closing, start)
    ) >= 0:
        kept.append(page[position:start])
        position = lower.find(">", end + len(closing) - 1) + 1 or len(page)
    return "".join(kept) + page[position:]


def _is_hidden(element: HtmlElement) -> bool:
    return (
        element.get("hidden") is not None or _UNSEEN.search(element.get("style") or "") is not None
    )


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BREAK = "\x1e"
_PARAGRAPH_BREAK = re.compile("\x1e\\s*\x1e\\s*")
_HIDDEN = _names(
    "title script style noscript template svg math iframe object embed canvas audio video select option datalist "
    "textarea button input graphic"
)
_BLOCKS = _names(
    "html body p div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr caption section article header "
    "footer main aside nav blockquote figure figcaption pre form fieldset legend address details summary dialog menu "
    "hr center head list item row quote"
)
_ITEMS = _names("li dt dd")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*$")
_BUTTONS = re.compile(
    r"(?:(?:(?:show|hide|toggle)?\s*captions?|close|back to gallery|(?:open|view|photo|full) gallery|previous|next|play|"
    r"pause|expand|zoom|enlarge(?: this)?(?: image)?|full ?screen|\d+ of \d+)\W*)+",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"(?:read (?:more|also|next)|also read|see also|related(?: stor(?:y|ies))?|more on this)\s*[:：]\s*\S.{0,150}$",
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# Encodings other than those every file may have; what is called Latin 1 is cp1252 on the web.
_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*(iso-8859-(?:[2-9]|1[0-6])|windows-125[0-8]|koi8-[ru]|shift_jis|"
    rb"euc-(?:jp|kr)|gbk|gb2312|gb18030|big5)\b",
    re.IGNORECASE,
)
_HEAD_END = re.compile(r"</head\s*>|<body\b[^<>]*>", re.IGNORECASE)
_LONG_TAG = re.compile(r"<(?P<name>[A-Za-z][A-Za-z0-9:-]*)[^<>]{1500,}>?")
_TAG = re.compile(r"</?(?P<name>[A-Za-z][A-Za-z0-9:-]*)[^<>]*>|<[!?][^<>]*>")
