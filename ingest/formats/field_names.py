"""Knows the names under which front matter and exports state the fields of an article."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import get_close_matches

# Our field, then the names others give it, the surest first; compared without case and punctuation.
NAMES = {
    "title": "title headline head webtitle articletitle storytitle",
    "author": "author authors byline bylines by creator writer writers reporter dccreator authorname",
    "publisher": "publisher outlet newspaper paper publication publicationname site sitename website source sourcename "
    "provider",
    "url": "url link canonicalurl permalink weburl articleurl originalurl sourceurl",
    "published_on": "publishedon published date publishdate publisheddate publishedat datepublished datepublish "
    "pubdate publicationdate publishtime publishedtime firstpublicationdate webpublicationdate issued dateissued "
    "posted postedon postedat dcdate",
    "updated_on": "updatedon updated updatedat updatedate updateddate dateupdated lastmod modified modifiedat modifieddate "
    "datemodified datemodify lastmodified lastupdated",
    "collections": "collections collection",
    "text": "text body content articlebody bodytext fulltext maintext articletext story contenttext "
    "leadparagraph abstract summary description snippet standfirst trailtext",
    "html": "html bodyhtml contenthtml articlehtml bodyxhtml",
    "correction": "correction corrections correctionnote editorsnote editorsnotes",
}
# What `terms` reads, by the same rule.
TERMS = {
    name: field
    for field, names in {
        "item_id": "itemid",
        "version": "version",
        "versioned_at": "versioncreated versionedat",
        "pubstatus": "pubstatus publishingstatus",
        "embargoed": "embargoed embargoeduntil embargo embargodate",
        "usage_terms": "usageterms rights license licence",
        "copyright_holder": "copyrightholder copyrightnotice copyright rightsholder",
        "corrects": "corrects replaces supersedes correctionof",
        "subjects": "subjects subject mediatopics keywords tags categories category desfacet "
        "section sectionname kicker",
    }.items()
    for name in names.split()
}
_OURS = {name: field for field, names in NAMES.items() for name in names.split()}
_RANK = {name: rank for rank, name in enumerate(_OURS)}
_SECONDS = range(10**8, 10**10)  # since 1970: 1973 to 2286
BODIES = ("text", "html")
DATES = ("published_on", "updated_on")
_WORDS = (
    "name",
    "main",
    "original",
    "rendered",
    "value",
    "text",
)  # of an object that is a title or a name
LIKE = 0.8  # share of letters that two names have in common, of a slip of the pen
LONGEST_NAME = 60  # characters of a name that is told


def understood(stated: Mapping[str, object]) -> tuple[dict[str, str], tuple[str, ...]]:
    """(the fields of ours as words, the names that say nothing to us, as written).

    A list of authors is joined, an object is its name, a moment counted in (milli)seconds is
    written out. Of two names for one field the surer counts. What is empty is left out.
    """
    fields: dict[str, str] = {}
    strange: list[str] = []
    for name in sorted(stated, key=lambda name: _RANK.get(plain(name), len(_RANK))):
        field = _OURS.get(plain(name))
        said = words(stated[name], is_date=field in DATES)
        if said and field:
            fields.setdefault(field, said)
        elif stated[name] not in (None, "", [], {}) and name != "id" and plain(name) not in TERMS:
            strange.append(name[:LONGEST_NAME])
    return fields, tuple(strange)


def words(value: object, *, is_date: bool = False) -> str:
    """A value as words; "" where it is none."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return ", ".join(
            filter(None, (words(item) for item in value if not isinstance(item, list)))
        )
    if isinstance(value, dict):
        return next(filter(None, (words(value.get(name)) for name in _WORDS)), "")
    if is_date and isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = value / 1000 if abs(value) >= _SECONDS.stop else value
        if int(seconds) in _SECONDS:
            return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return ""


def nearest(name: str) -> str | None:
    """The field of ours that a name which says nothing to us may be meant for."""
    like = get_close_matches(plain(name), [*_OURS, *TERMS], 1, LIKE)
    return (_OURS | TERMS)[like[0]] if like else None


def plain(name: str) -> str:
    """A name without case and punctuation, as the tables here have it."""
    return "".join(filter(str.isalnum, name)).casefold()
