"""Tells the menus and banners of a page, and other stories on it, from the article itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]


def is_chrome(element: HtmlElement) -> bool:
    """Whether an element is a menu, banner, or list of other stories, by its tag or its names."""
    if element.tag in _CHROME:
        return True
    if element.tag in ("html", "body", "article", "main"):
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('role') or ''}"
    if names == "  " or _CHROME_NAME.search(names) is None:
        return False
    # "has-sidebar" names a page, not a sidebar
    return next(element.iter("h1", "article", "main"), None) is None


def story_of(tree: HtmlElement) -> HtmlElement | None:
    """The `article` element of the page's own story: that of its heading, else the longest; None
    where there is none."""
    heading = next(tree.iter("h1"), None)
    around = next(heading.iterancestors("article"), None) if heading is not None else None
    if around is not None:
        return around
    stories = [story for story in tree.iter("article") if not _is_within_chrome(story)]
    return max(stories, key=lambda story: sum(map(len, story.itertext())), default=None)


def is_of(element: HtmlElement, story: HtmlElement | None) -> bool:
    """Whether a mark in the page speaks of `story`: it stands in no menu, banner or other story."""
    nearest = next(element.iterancestors("article"), None)
    if nearest is not None and nearest is not story:
        return False
    return not _is_within_chrome(element)


def _is_within_chrome(element: HtmlElement) -> bool:
    return any(is_chrome(around) for around in (element, *element.iterancestors()))


_CHROME = frozenset("nav aside footer form dialog menu".split())
_CHROME_NAME = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|share|sharing|social|newsletter|subscribe|related|"
    r"recommended|comments?|breadcrumbs?|advert(?:s|isement)?|ads?|promo|sidebar|menu|nav|navigation|navbar|masthead|"
    r"footer|skip|banner|modal|popup|toolbar|tags?)(?:$|[\s_-])",
    re.IGNORECASE,
)
