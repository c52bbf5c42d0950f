"""Reads what a web page states of its article: in JSON-LD, then meta tags, then marks in the page."""

from __future__ import annotations

import contextlib
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING

from ingest.formats.page_regions import is_of, story_of
from ingest.text.header_pieces import NAME_WORD, outlet_named
from ingest.text.line_kinds import same_line, without_site
from ingest.text.trusted_dates import stated_date
from ingest.types import DateKind, StatedDate

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

Node = Mapping[str, object]

MOST_MARKS = 100  # in a page that are looked at; each may be searched for a heading
MOST_NODES = 10_000  # of JSON-LD that are looked at
WORDS_SHARED, LONG_WORD = 2, 4  # by a heading and a stated title; characters of a word that counts
SHORTEST_NAME, LONGEST_NAME = 4, 80  # characters of what is marked as the author's name
LONGEST_LINE = 160  # characters; a longer block below the heading is prose, and the header ends


def read_metadata(tree: HtmlElement) -> tuple[dict[str, str], tuple[StatedDate, ...]]:
    """(title, author, publisher and url where stated, as written; the dates stated, the most
    trustworthy first)."""
    nodes = list(_nodes(tree))
    # by name, property or itemprop in lower case; the first of a name counts
    tags: dict[str, str] = {}
    for meta in tree.iter("meta"):
        content = " ".join((meta.get("content") or "").split())
        for attribute in ("property", "name", "itemprop"):
            name = (meta.get(attribute) or "").strip().lower()
            if name and content:
                tags.setdefault(name, content)
    links = [
        _address(link.get("href"))
        for link in tree.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    ]
    address = next(filter(None, links), None)
    by_id = {str(node["@id"]): node for node in nodes if "@id" in node}
    article = _article(nodes, address or tags.get("og:url"), by_id)
    story = story_of(tree)
    # names of whoever runs the site or entered the text, unless readers see them
    named = {name: _PARTS.split(_BY.sub("", name))[0] for name in _of(tags, ("author",))}
    doubted = {name for name, person in named.items() if not _NAME.fullmatch(person)}
    doubted.update(_of(article, ("account",)))
    hidden = "ancestor::script or ancestor::style or ancestor::noscript or ancestor::template"
    seen = _plain(" ".join(tree.xpath(f"//body//text()[not({hidden})]"))) if doubted else ""
    titles = [article.get("title", ""), *_of(tags, _TITLE)]
    known = [article["name"]] if "name" in article else []
    tagged = [" ".join(tag.text_content().split()) for tag in islice(tree.iter("title"), 1)]
    found: dict[str, list[str | None]] = {
        "title": [
            # the tag of the page often holds the name of the site, which stands in a heading too
            _printed_title([*filter(None, titles), *known] or tagged, tree, story),
            *titles,
            *tagged,
        ],
        "author": [
            _BY.sub("", words)
            for words in (article.get("author"), *_of(tags, _AUTHOR), *_marked_authors(tree, story))
            if words
            and not _NO_AUTHOR.match(words)
            and (
                words not in doubted
                or any(_plain(name) in seen for name in re.split(r",\s+|\s+(?:and|&)\s+", words))
            )
        ],
        "publisher": [article.get("publisher"), *_of(tags, _PUBLISHER)],
        "url": [address, article.get("url"), *_of(tags, ("og:url",))],
    }
    fields = {
        name: words for name, values in found.items() for words in islice(filter(None, values), 1)
    }
    if "title" in fields and "publisher" in fields:
        site = rf"(?:the\s+)?{re.escape(fields['publisher'])}"
        at_either_end = rf"\s+[|–—·•»-]\s+{site}$|^{site}\s*[|–—·•»:-]\s+"
        bare = re.sub(at_either_end, "", fields["title"], flags=re.IGNORECASE)
        fields["title"] = bare or fields["title"]
    return fields, _dates(article, tags, tree)


def _printed_title(
    titles: Sequence[str], tree: HtmlElement, story: HtmlElement | None
) -> str | None:
    """The heading of the story, where it is in part what the page states as its title: readers saw
    that line, and what is stated is often a shorter one, or a description."""
    stated = [_long_words(without_site(title)) for title in titles]
    best, most = None, WORDS_SHARED - 1
    for heading in islice(tree.iter("h1"), MOST_MARKS):
        words = " ".join(heading.text_content().split())
        shared = max((len(_long_words(words) & title) for title in stated), default=0)
        if any(same_line(words, title) for title in titles):
            shared = max(shared, WORDS_SHARED)
        if shared > most and is_of(heading, story):
            best, most = words, shared
    return best


def _long_words(title: str) -> set[str]:
    return {word for word in re.findall(r"\w+", title.casefold()) if len(word) >= LONG_WORD}


def _marked_authors(tree: HtmlElement, story: HtmlElement | None) -> Iterator[str]:
    """What the page marks as its story's author by rel or itemprop, or by a class and the shape of a
    person's name."""
    marked = (
        element
        for element in tree.iter("a", "span", "div", "p", "address", "strong", "b")
        if "author" in (element.get("itemprop"), *(element.get("rel") or "").split())
        or _AUTHOR_CLASS.search(element.get("class") or "")
    )
    for element in islice(marked, MOST_MARKS):
        words = _BY.sub("", " ".join(element.text_content().split()))
        stated = "author" in (element.get("itemprop"), element.get("rel"))
        name = _NAME.fullmatch(words) and not outlet_named(words)
        if (name or (stated and SHORTEST_NAME <= len(words) <= LONGEST_NAME)) and is_of(
            element, story
        ):
            yield words


def _dates(
    article: Mapping[str, str], tags: Mapping[str, str], tree: HtmlElement
) -> tuple[StatedDate, ...]:
    found = [
        *(
            stated_date(kind, article.get(kind, ""), "json-ld")
            for kind in (DateKind.PUBLISHED, DateKind.UPDATED)
        ),
        *(stated_date(DateKind.PUBLISHED, words, "meta") for words in _of(tags, _PUBLISHED)),
        *(stated_date(DateKind.UPDATED, words, "meta") for words in _of(tags, _UPDATED)),
        *(stated_date(kind, words, "markup") for kind, words in _marked_dates(tree)),
    ]
    dates = [day for day in found if day]
    if not any(day.kind is DateKind.PUBLISHED for day in dates):
        dates += _header_times(tree)
    return tuple(dict.fromkeys(dates))


def _nodes(tree: HtmlElement) -> Iterator[Node]:
    """The objects of all JSON-LD that speak of the page itself, not of what it lists."""
    waiting: deque[object] = deque()
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            words = _WRAPPING.sub("", script.text or "").strip().rstrip(";")
            for attempt in (words, _TRAILING_COMMA.sub(r"\1", words)):
                with contextlib.suppress(ValueError, RecursionError):
                    waiting.append(json.loads(attempt, strict=False))
                    break
    for _ in range(MOST_NODES):
        if not waiting:
            return
        node = waiting.popleft()
        if isinstance(node, list):
            waiting.extend(node[:MOST_NODES])
        elif isinstance(node, dict):
            yield node
            waiting.extend(
                node[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in node
            )


def _article(nodes: list[Node], address: str | None, by_id: Mapping[str, Node]) -> dict[str, str]:
    """What the node of the article says: title, author, publisher, url, published, updated."""
    best = max(nodes, key=lambda node: _rank(node, address), default=None)
    if best is None or _rank(best, address) <= 0:
        return {}
    own = (None, address, _address(best.get("url")))
    pages = (node for node in nodes if _kinds(node) & _PAGES)
    page = next((node for node in pages if node is best or _address(node.get("url")) in own), {})
    # the account that entered the text is a node elsewhere whose picture is that of an e-mail address
    author = best.get("author")
    known = by_id.get(str(author.get("@id"))) if isinstance(author, dict) else None
    is_account = known is not None and "gravatar.com" in json.dumps(known.get("image") or "")
    said = {
        "title": _words(best.get("headline") or best.get("name"), by_id),
        "name": _words(best.get("name"), by_id),
        "author": _people(author or best.get("creator"), by_id),
        "account": _people(author, by_id) if is_account else "",
        "publisher": _words(best.get("publisher"), by_id),
        "url": _address(best.get("url")) or _address(best.get("mainEntityOfPage")),
        DateKind.PUBLISHED: _words(best.get("datePublished") or page.get("datePublished"), by_id),
        DateKind.UPDATED: _words(best.get("dateModified") or page.get("dateModified"), by_id),
    }
    return {name: words for name, words in said.items() if words}


def _rank(node: Node, address: str | None) -> int:
    """How surely a node is the article of this page; 0 and less: it is none."""
    kinds = _kinds(node)
    rank = (
        4
        if any(kind.endswith("Article") for kind in kinds) or kinds & _WRITINGS
        else 1
        if kinds & _PAGES
        else 0
    )
    if (
        rank
        and address
        and address in (_address(node.get("url")), _address(node.get("mainEntityOfPage")))
    ):
        rank += 2
    return rank + bool(rank and node.get("datePublished"))


def _kinds(node: Node) -> set[str]:
    kinds = node.get("@type")
    return {
        str(kind).rpartition("/")[2] for kind in (kinds if isinstance(kinds, list) else [kinds])
    }


def _words(value: object, by_id: Mapping[str, Node]) -> str:
    """A value of JSON-LD as words: the name of an object, the first of a list."""
    if isinstance(value, list):
        return next(
            filter(
                None, (_words(item, by_id) for item in value[:20] if not isinstance(item, list))
            ),
            "",
        )
    if isinstance(value, dict):
        value = (
            value.get("name")
            or value.get("@value")
            or by_id.get(str(value.get("@id")), {}).get("name")
        )
    return " ".join(unescape(str(value)).split()) if isinstance(value, (str, int)) else ""


def _people(value: object, by_id: Mapping[str, Node]) -> str:
    """The authors by name; an outlet that calls itself the author is none."""
    names: list[str] = []
    for person in value if isinstance(value, list) else [value]:
        known = by_id.get(str(person.get("@id")), person) if isinstance(person, dict) else {}
        words = _words(person, by_id)
        if (
            words
            and not _kinds(known) & _OUTLETS
            and not words.startswith("http")
            and words not in names
        ):
            names.append(words)
    return ", ".join(names[:10])


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def _address(value: object) -> str | None:
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    return value.strip() if isinstance(value, str) and value.strip().startswith("http") else None


def _of(tags: Mapping[str, str], names: tuple[str, ...]) -> Iterator[str]:
    return (tags[name] for name in names if name in tags)


def _marked_dates(tree: HtmlElement) -> Iterator[tuple[DateKind, str]]:
    """Dates marked as the article's in the page: itemprop, the classes of hAtom and h-entry,
    `pubdate`; not what stands in a menu, banner or other story."""
    story = story_of(tree)
    looked_at = 0
    for element in tree.iter("time", "span", "abbr", "div", "p"):
        marks = {element.get("itemprop") or "", *(element.get("class") or "").split()}
        kind = (
            DateKind.PUBLISHED
            if marks & _PUBLISHED_MARKS or any(map(_PUBLISHED_CLASS.search, marks))
            else DateKind.UPDATED
            if marks & _UPDATED_MARKS
            else None
        )
        if element.tag == "time" and element.get("pubdate") is not None:
            kind = DateKind.PUBLISHED
        if kind is None:
            continue
        looked_at += 1
        if looked_at > MOST_MARKS:
            return
        if not is_of(element, story):
            continue
        words = element.get("datetime") or element.get("content") or element.get("title")
        if words := words or _UPDATES.split(_opening(element))[0].strip(" -|·"):
            yield kind, words


def _header_times(tree: HtmlElement) -> list[StatedDate]:
    """The `time` elements between the heading and the prose; none where they name several days of
    publication."""
    found: list[StatedDate] = []
    below, story = False, story_of(tree)
    for element in tree.iter("h1", "p", "time"):
        if element.tag == "h1":
            below = True
        elif below and element.tag == "p" and len(element.text_content()) > LONGEST_LINE:
            break
        elif below and element.tag == "time" and is_of(element, story):
            around = element.getparent()
            before = _opening(around) if around is not None else ""
            kind = DateKind.UPDATED if _UPDATES.search(before) else DateKind.PUBLISHED
            day = stated_date(kind, element.get("datetime") or "", "markup")
            found += [day] if day else []
    published = {day.day for day in found if day.kind is DateKind.PUBLISHED}
    return found if len(published) == 1 else []


def _opening(element: HtmlElement) -> str:
    """The first characters of an element's text; all of it, for each of many within, takes hours."""
    words = ""
    for piece in element.itertext():
        words += piece
        if len(words) >= LONGEST_LINE:
            break
    return words[:LONGEST_LINE]


_WRAPPING = re.compile(
    r"<!--|-->|(?://|/\*)?\s*<!\[CDATA\[\s*(?:\*/)?|(?://|/\*)?\s*\]\]>\s*(?:\*/)?"
)
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_WRITINGS = {"BlogPosting", "LiveBlogPosting", "SocialMediaPosting", "Report", "Review"}
_PAGES = {"WebPage", "ItemPage", "NewsPage"}
_OUTLETS = {"Organization", "NewsMediaOrganization", "Corporation"}
_TITLE = (
    "og:title",
    "citation_title",
    "headline",
    "parsely-title",
    "sailthru.title",
    "twitter:title",
    "dc.title",
    "dcterms.title",
)
_AUTHOR = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
    "article:author_name",
)
_PUBLISHER = (
    "og:site_name",
    "dc.publisher",
    "dcterms.publisher",
    "publisher",
    "citation_journal_title",
    "article:publisher",
    "application-name",
)
_PUBLISHED = (
    "article:published_time",
    "article:published",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "publication_date",
    "publication-date",
    "publishdate",
    "publish_date",
    "publish-date",
    "pubdate",
    "published",
    "published_time",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date.created",
    "dcterms.created",
    "prism.publicationdate",
    "dc.date",
    "dcterms.date",
    "date",
)
_UPDATED = (
    "article:modified_time",
    "article:modified",
    "og:updated_time",
    "og:modified_time",
    "datemodified",
    "lastmod",
    "last-modified",
    "dc.date.modified",
    "dcterms.modified",
    "modified",
)
_PUBLISHED_MARKS = {"datePublished", "dt-published", "entry-date", "published", "post-date"}
_PUBLISHED_CLASS = re.compile(
    r"(?:^|[_-])(?:publish(?:ed)?|pub|post(?:ed)?|article)[_-]?(?:date|time)|^timestamp$",
    re.IGNORECASE,
)
_UPDATED_MARKS = {"dateModified", "dt-updated", "updated"}
_UPDATES = re.compile(r"\b(?:updated|modified|corrected|revised)\b", re.IGNORECASE)
_NO_AUTHOR = re.compile(r"(?i:https?://|www\.|\S+@\S+$|\w*admin(?:istrator)?$)|[a-z0-9_.-]+$")
_AUTHOR_CLASS = re.compile(r"(?:^|[\s_-])(?:authors?|byline)(?:$|[\s_-])", re.IGNORECASE)
_PARTS = re.compile(r"\s*[,|]\s*")
_NAME = re.compile(rf"{NAME_WORD}(?:\s+{NAME_WORD}){{1,4}}")
_BY = re.compile(r"^by:?\s+", re.IGNORECASE)
