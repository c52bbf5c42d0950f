"""Reads the XML of the trade: NITF, NewsML-G2, RSS and Atom, each item as the fields we know."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.errors import BadArticle
from ingest.formats.ninjs import days_of, is_correction

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

Fields = dict[str, object]
DAMAGED = "is damaged XML: items may be missing or cut off"


def read_xml(data: bytes) -> tuple[list[Fields], tuple[str, ...]]:
    """(the items of a file, notes). Entities are not
    resolved and nothing is fetched. Raises BadArticle where it is no XML, or of no kind we read."""
    root, is_whole = parsed(data)
    notes = () if is_whole else (DAMAGED,)
    kind = str(root.tag)
    if kind == "nitf":
        items = [_nitf(root)]
    elif kind in ("newsItem", "newsMessage"):
        items = [_newsml(item) for item in root.iter("newsItem")]
    elif kind in ("rss", "RDF", "feed"):
        items = list(feed_items(root))
    else:
        raise BadArticle(
            f"is XML of a kind that is not read ({kind[:40]}); Dateline reads NITF, NewsML-G2, RSS and Atom"
        )
    return [{name: said for name, said in item.items() if said} for item in items], notes


def parsed(data: bytes) -> tuple[_Element, bool]:
    """The root, its elements by their local names, and whether the XML is whole. Entities are not
    resolved and nothing is fetched. Raises BadArticle where it is no XML."""
    from lxml import etree  # type: ignore[import-untyped]

    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "remove_pis": True}
    try:
        root, is_whole = etree.fromstring(data, etree.XMLParser(**options)), True
    except etree.XMLSyntaxError:
        root = etree.fromstring(data, etree.XMLParser(recover=True, **options))
        is_whole = False
    if root is None:
        raise BadArticle("is no XML; save it anew")
    for element in root.iter(etree.Element):
        with contextlib.suppress(ValueError):  # what no name may hold, in a damaged file
            # a prefix that nothing declares is one all the same
            element.tag = re.split("[}:]", str(element.tag))[-1]
    return root, is_whole


def _nitf(root: _Element) -> Fields:
    about = root.find("head/docdata")
    content = root.find("body/body.content")
    for element in () if content is None else list(content.iter("hl2", "media")):
        if element.tag == "hl2":
            element.tag = "h2"
        else:
            element.clear(keep_tail=True)  # pictures, with their captions and credits
    for office in list(root.iter("byttl")):
        office.clear(keep_tail=True)
    name = _attribute(root, "head/docdata/doc-id", "id-string")
    subjects = [
        {
            "code": one.get("tobject.subject.refnum"),
            "name": next(filter(None, (one.get(f"tobject.subject.{part}") for part in _PARTS)), ""),
        }
        for one in root.iter("tobject.subject")
    ] + [{"name": one.get("key")} for one in root.iterfind("head/docdata/key-list/keyword")]
    return {
        "id": name,
        "item_id": name,
        "version": _attribute(root, "head/docdata/du-key", "version"),
        "versioned_at": _attribute(root, "head/docdata/date.issue", "norm"),
        "usageterms": _attribute(root, "head/docdata/doc.rights", "limitations")
        or _text(root, "body/body.head/rights"),
        "copyrightholder": _attribute(root, "head/docdata/doc.copyright", "holder")
        or _attribute(root, "head/docdata/doc.rights", "owner")
        or _text(root, "body/body.head/rights/rights.owner"),
        "corrects": [one.get("id-string", "") for one in root.iterfind("head/docdata/correction")],
        "subjects": subjects,
        "title": _text(root, "body/body.head/hedline/hl1", "head/title"),
        "author": _text(root, "body/body.head/byline"),
        "publisher": _attribute(root, "head/pubdata", "name")
        or _text(root, "body/body.head/distributor"),
        "published_on": _attribute(root, "head/docdata/date.issue", "norm"),
        "html": _markup(content),
        "publishing_status": about.get("management-status", "") if about is not None else "",
        "embargoed": _attribute(root, "head/docdata/date.release", "norm"),
    }


def _newsml(item: _Element) -> Fields:
    status, data = item.find("itemMeta/pubStatus"), item.find("contentSet/inlineData")
    markup = item.find("contentSet/inlineXML")
    nitf = markup.find("nitf") if markup is not None else None
    inner = _nitf(nitf) if nitf is not None else {"html": _markup(markup)}
    rights, stated = item.find("rightsInfo"), {}
    if rights is not None:
        stated["copyrightholder"] = _first_named(rights, "copyrightHolder", "copyrightNotice")
        stated["usageterms"] = _text(rights, "usageTerms")
    links = [link for link in item.iterfind("itemMeta/link") if is_correction(link.get("rel", ""))]
    return {
        **{name: inner.get(name) for name in ("copyrightholder", "usageterms", "subjects")},
        **stated,
        "id": item.get("guid"),
        "item_id": item.get("guid"),
        "version": item.get("version"),
        "versioned_at": _text(item, "itemMeta/versionCreated"),
        "corrects": [link.get("residref") or link.get("href") for link in links],
        "subjects": [
            {"code": one.get("qcode") or one.get("uri"), "name": _named(one)}
            for one in item.iterfind("contentMeta/subject")
        ]
        or inner.get("subjects"),
        "title": _text(item, "contentMeta/headline", "itemMeta/title") or inner.get("title"),
        "author": _text(item, "contentMeta/by")
        or ", ".join(_named(one) for one in item.iterfind("contentMeta/creator"))
        or inner.get("author"),
        "publisher": _first_named(item, "itemMeta/provider", "contentMeta/infoSource"),
        **days_of(
            _text(item, "itemMeta/firstCreated", "contentMeta/contentCreated"),
            _text(item, "itemMeta/versionCreated"),
            item.get("version", ""),
        ),
        "html": inner["html"],
        "text": "".join(data.itertext()) if data is not None else "",
        "publishing_status": "" if status is None else status.get("qcode") or status.get("uri"),
        "embargoed": _text(item, "itemMeta/embargoed"),
    }


def _first_named(root: _Element, *paths: str) -> str:
    found = (root.find(path) for path in paths)
    return next(filter(None, (_named(one) for one in found if one is not None)), "")


def _named(one: _Element) -> str:
    """The name of a person, organisation or subject, or its words, or what its code ends in."""
    code = one.get("literal") or (one.get("qcode") or one.get("uri") or "").rpartition(":")[2]
    names = one.findall("name")
    english = [name for name in names if name.get(_LANGUAGE, "").startswith("en")]
    name = next(iter(english or names), None)
    said = " ".join("".join(name.itertext()).split()) if name is not None else ""
    return said or " ".join("".join(one.itertext()).split()) or code


def feed_items(root: _Element) -> Iterator[Fields]:
    """The items of a feed that was `parsed`."""
    publisher = _text(root, "channel/title", "title")
    rights = _text(root, "channel/copyright", "rights")
    for item in root.iter("item", "entry"):
        links = [
            link for link in item.findall("link") if link.get("rel", "alternate") == "alternate"
        ]
        link = next((link.get("href") or (link.text or "").strip() for link in links), "")
        content = next(filter(lambda found: found is not None, map(item.find, _CONTENTS)), None)
        is_markup = content is not None and len(content)
        author = _text(item, "creator", "author/name", "author")
        mailbox = _MAILBOX.fullmatch(author)
        yield {
            "id": _text(item, "guid", "id") or item.get("about") or link,
            "title": _text(item, "title"),
            "author": (mailbox["name"] or "") if mailbox else author,
            "publisher": publisher,
            "url": link,
            "rights": _text(item, "rights") or rights,
            "subjects": [
                {"name": one.get("label") or one.get("term") or (one.text or "").strip()}
                for one in item.findall("category")
            ],
            "published_on": _text(item, "pubDate", "published", "date"),
            "updated_on": _text(item, "updated", "modified"),
            "html": _markup(content)
            if is_markup
            else "".join(content.itertext())
            if content is not None
            else "",
        }


def _text(root: _Element, *paths: str) -> str:
    """The words of the first element there is that has any."""
    found = (root.find(path) for path in paths)
    words = (" ".join("".join(one.itertext()).split()) for one in found if one is not None)
    return next(filter(None, words), "")


def _attribute(root: _Element, path: str, name: str) -> str:
    found = root.find(path)
    return found.get(name, "") if found is not None else ""


def _markup(element: _Element | None) -> str:
    from lxml import etree

    if element is None:
        return ""
    for one in element.iter(etree.Element):
        one.attrib.clear()
    etree.cleanup_namespaces(element)
    return str(etree.tostring(element, encoding="unicode", method="html", with_tail=False))


_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_MAILBOX = re.compile(r"\S+@\S+\s*(?:\((?P<name>[^()]+)\))?")  # of RSS: a@b.example (Dana Reed)
_PARTS = ("detail", "matter", "type")  # of a subject, the narrowest first
_CONTENTS = ("encoded", "content", "description", "summary")
