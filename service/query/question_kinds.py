"""Tells questions that ask for a digest, about the archive itself, or for nothing, from those that ask for a fact."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ingest.english.date_mentions import MONTH
from ingest.english.words import BE, QUESTION_WORDS, STOP_WORDS, words
from service.query.question_analysis import Query

Order = Literal["relevance", "newest", "time"]
Wanted = Literal["articles", "titles", "newest", "oldest", "contents", "dates", "outlets"]


@dataclass(frozen=True, slots=True)
class Digest:
    """Wants an account of each story about a subject; "" where only a time is named.

    `otherwise`: wants one fact as likely, and the account where no sentence states it.
    """

    subject: str
    order: Order
    otherwise: bool = False


@dataclass(frozen=True, slots=True)
class ArchiveQuestion:
    """Wants to know what the archive holds.

    `words` are what the articles must hold, `by` the outlet or the author that is named; it is
    for whoever knows them to say whether there is one of this name.
    """

    wanted: Wanted
    words: tuple[str, ...] = ()
    by: str = ""


def digest_of(query: Query) -> Digest | None:
    """The digest that a question asks for, if it does."""
    text = _bare(query)
    for order, pattern in _DIGESTS:
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        if found is None:
            continue
        rest, dated = _without_periods(found["subject"] or "", query)
        subject, before = rest, ""
        while subject != before:  # "the Blackrigg story so far"
            before, subject = subject, _EDGES.sub("", subject)
        if dated:  # of "november 2023" only the year is read as a time
            subject = _MONTH.sub("", subject)
        if subject and pattern.endswith(_TIME_ONLY):
            return None
        if not subject:
            # "what happened last week", "any news?"; "tell me about it" names nothing
            return Digest("", order) if dated or order == "newest" else None
        if _CLAUSE.search(subject) or all(word in STOP_WORDS for word in words(subject)):
            return None
        return Digest(subject, order, pattern == _BECAME)
    return None


def archive_question(query: Query) -> ArchiveQuestion | None:
    """What a question wants to know of the archive itself, if it does."""
    text, dated = _without_periods(_bare(query), query)
    if dated:
        text = re.sub(r"(?i)\s+(?:in|from|of|on|during|since|before|after)$", "", text.strip())
    for wanted, pattern in _ARCHIVE_QUESTIONS:
        found = re.fullmatch(pattern, text.strip(), re.IGNORECASE)
        if found is not None:
            named = found.groupdict()
            about = tuple(
                dict.fromkeys(w for w in words(named.get("about") or "") if w not in STOP_WORDS)
            )
            if named.get("about") and (not about or _CLAUSE.search(named["about"])):
                return None
            return ArchiveQuestion(wanted, about, (named.get("by") or "").strip(" .,"))
    return None


def small_talk(text: str) -> bool:
    """Whether a message only greets, thanks, or asks who answers here."""
    return len(text) <= LONGEST_TALK and bool(
        _TALK.fullmatch(" ".join(text.replace("’", "'").split()))
    )


def _bare(query: Query) -> str:
    text = " ".join(query.question.text.replace("’", "'").split())
    return _COURTESY.sub("", text).strip(" ?.!,")


def _without_periods(text: str, query: Query) -> tuple[str, bool]:
    """The text without the words of the times asked about, and whether it had any."""
    rest = text
    for period in query.periods:
        rest = rest.replace(period.words, " ")
    return " ".join(rest.split()).strip(" ?.,"), rest != text


LONGEST_TALK = 100  # characters
_TALK = re.compile(
    r"(?i)\W*(?:(?:"
    r"(?:hi|hello|hey|howdy|greetings|good (?:morning|afternoon|evening|day))"
    r"(?: (?:there|again|all|everyone|dateline))?|"
    r"(?:many )?(?:thanks|thank you|thx|cheers)"
    r"(?: (?:so much|very much|a lot|again|for (?:that|this|(?:your|the) help)|dateline))?|"
    r"(?:ok|okay|great|perfect|got it|bye|goodbye|good ?bye|see you)|how are you(?: doing)?(?: today)?|"
    r"(?:who|what)(?: exactly)? (?:are|r) you|introduce yourself|(?:what(?:'s| is)) your name|"
    r"tell me (?:something )?about yourself|(?:are you|is this) (?:an? )?(?:ai|bot|chat ?bot|human|person|robot|chatgpt)|"
    r"what (?:can|do) you do(?: for me)?|what can i ask(?: you)?|what are you for|"
    r"how (?:do you|does (?:this|it)) work|how (?:can|could) you help(?: me)?|"
    r"(?:can you )?help(?: me)?"
    r")\b\W*)+"
)
_COURTESY = re.compile(
    r"(?i)^(?:(?:hi|hello|hey|please|so|ok|and|now|can you|could you|would you|i(?:'d| would) like"
    r" you to)[\s,]+)+|[\s,]+(?:please|thanks|thank you|in (?:short|brief))\W*$"
)
# what stands around a subject: "in the … story so far"
_EDGES = re.compile(
    r"(?i)^(?:(?:in|at|on|of|with|from|about|around|for|to|the|a|an|this|that|during)\b\s*)+|"
    r"^(?:rise and fall|life(?: and times)?|career|history|story|background) of\b\s*|"
    r"\s+(?:story|stories|news|coverage|affair|saga|issue|so far|in|on|at|during|lately|recently)$|"
    r"^(?:story|stories|news|coverage|recently|lately|so far)$"
)
_MONTH = re.compile(rf"(?i)\s*\b(?:in )?{MONTH}$")
# a subject that says more than a name: an ordinary question about one fact
_CLAUSE = re.compile(
    rf"(?i)\b(?:{QUESTION_WORDS}|whether|if|after|before|because|while|"
    rf"until|{BE}|did|does|do|has|had)\b"
)

# without a preposition it asks for a digest only where nothing but a time follows
_TIME_ONLY = r"happened (?P<subject>.+)"
# "what happened to the mill" may want its fate, "sold", or its story
_BECAME = r"what (?:(?:has|have|had|ever) )*(?:happened to|bec[ao]me of) (?P<subject>.+)"
_NEWS = r"(?:news|updates?|developments?|headlines)"
_DIGESTS: tuple[tuple[Order, str], ...] = (
    ("time", r"(?:(?:give|show|make)(?: me| us)? )?(?:a |the )?(?:timeline|chronology) "
     r"(?:of|for|on|about) (?P<subject>.+)"),
    ("time", r"(?P<subject>.+?) (?:timeline|chronology)"),
    ("time", r"(?:(?:tell|give|show)(?: me| us)? |what(?:'s| is| was) )?(?:the )?(?:whole |full )?"
     r"(?:story|history) (?:of|behind) (?P<subject>.+)"),
    ("time", r"(?:list|give me|what (?:are|were)) (?:the )?(?:main |key |important )?"
     r"(?:dates|events|milestones) (?:of|in) (?P<subject>.+)"),
    ("newest", rf"(?:(?:is|are) there |what(?:'s| is| are) |have you |got |give me |show me )?"
     rf"(?:any |some |the )?(?:latest |recent |new |newest |more )*{_NEWS}"
     rf"(?: (?:on|about|from|in|regarding|concerning|with|of) (?P<subject>.+))?"),
    ("newest", r"(?:what(?:'s| is) |give me |tell me |show me )?(?:the )?(?:very )?latest"
     r" (?:on|about|from|in|with|regarding) (?P<subject>.+)"),
    ("newest", r"what(?:'s| is) (?:new|the latest)(?: (?:with|in|on|about|at) (?P<subject>.+))?"),
    ("relevance", r"what(?:'s| is| was| has been|'s been| has) (?:happening|going on|gone on|in the news)"
     r"(?P<subject> (?:in|at|on|with|around|about|during|from|this|last|yesterday)\b.*)"),
    ("relevance", r"what (?:(?:has|have|had|else|all) )*happened"
     r"(?P<subject> (?:in|at|on|with|around|during)\b.+|)"),
    ("relevance", _BECAME),
    ("relevance", rf"what {_TIME_ONLY}"),
    ("relevance", r"what(?:'s| is| was) (?:(?:the )?(?:story|deal|matter) (?:with|on|about|around)|(?:up )?(?:with|about)) "
     r"(?P<subject>.+)"),
    ("relevance", r"(?:tell (?:me|us) |what do you (?:know|have) |talk to me )"
     r"(?:(?:all|more|everything|something|a bit|a little) )?(?:there is )?(?:about|on) "
     r"(?P<subject>.+)"),
    ("relevance", r"(?:summari[sz]e|sum up|recap|outline|brief (?:me|us) on|catch me up on|"
     r"fill me in on|bring me up to (?:date|speed) (?:on|with)) (?P<subject>.+)"),
    ("relevance", r"(?:(?:give|show|write)(?: me| us)? )?(?:a |an |the )?(?:short |brief |quick )?"
     r"(?:summary|overview|digest|recap|rundown) (?:of|on|about|for) (?P<subject>.+)"),
)  # fmt: skip
_ARCHIVE = (
    r"(?:(?:the|this|your|that)(?: news| newspaper| whole)? (?:archive|collection|corpus|database|library)"
    r"(?: itself)?|dateline)"
)
_HERE = rf"(?:(?:in|inside|of) {_ARCHIVE}|in (?:it|here|there)|here)"
_ITEMS = r"(?:(?:news )?(?:articles|stories|items|reports|documents|texts|pieces))"
_ITEM = r"(?:news )?(?:article|story|item|report|text|piece|column)"
_BY = r"(?:the )?(?P<by>[^?]+?)"
_ABOUT = r"(?: (?:about|on|regarding|concerning) (?P<about>[^?]+?))?"
_PUBLISH = r"(?:writ(?:e|ten)|publish(?:ed)?|print(?:ed)?|carr(?:y|ied)|run)"
_OUTLETS = r"(?:(?:news)?papers|outlets|publishers|publications|news sources|sources|media)"
_ARCHIVE_QUESTIONS: tuple[tuple[Wanted, str], ...] = (
    ("articles", rf"how many {_ITEMS}(?: (?:are|were) there| {_HERE}| are {_HERE}| do you (?:have|hold|know)|"
     rf" have you(?: got)?| (?:does|do) (?:it|{_ARCHIVE}) (?:have|hold|contain|store))?(?: {_HERE})?"
     rf"(?: (?:about|on|cover|covering|mention|mentioning|that mention|concerning|regarding) (?P<about>.+?))?"
     rf"(?: (?:are|were) there| do you have| have you(?: got)?)?(?: {_HERE})?"),
    ("articles", rf"how many {_ITEMS}(?: are there| do you have| (?:does|do) {_ARCHIVE} (?:have|hold))?"
     rf"(?: (?:are|were|come))?(?: published| written)? (?:from|by|in|of) {_BY}{_ABOUT}(?: {_HERE})?"),
    ("articles", rf"how many {_ITEMS} (?:has|have|had|did|does) {_BY} {_PUBLISH}{_ABOUT}(?: {_HERE})?"),
    ("titles", rf"(?:(?:which|what|list|give me|show me|find)(?: me)? )?(?:all )?(?:the |of the )?{_ITEMS} "
     rf"(?:(?:are|were|was) )?(?:(?:published|printed|written) )?(?:by|from) {_BY}{_ABOUT}(?: {_HERE})?"),
    ("titles", rf"(?:which|what)(?: {_ITEMS})? (?:has|have|had|did|does) {_BY} {_PUBLISH}"
     rf"(?:{_ABOUT}| about)(?: {_HERE})?"),
    ("newest", rf"(?:(?:what|which)(?:'s| is| was) |show me |give me |find )?(?:the )?(?:latest|newest|most recent) {_ITEM}"
     rf"(?: (?:that )?(?:you have|{_HERE}))?"),
    ("oldest", rf"(?:(?:what|which)(?:'s| is| was) |show me |give me |find )?(?:the )?(?:oldest|earliest) {_ITEM}"
     rf"(?: (?:that )?(?:you have|{_HERE}))?"),
    ("newest", rf"(?:what(?:'s| is| was) |show me |give me |find )?(?:the )?(?:latest|newest|most recent|last) {_ITEM} "
     rf"(?:published |written )?(?:by|from|in|of) {_BY}{_ABOUT}(?: {_HERE})?"),
    ("oldest", rf"(?:what(?:'s| is| was) |show me |give me |find )?(?:the )?(?:first|oldest|earliest) {_ITEM} "
     rf"(?:published |written )?(?:by|from|in|of) {_BY}{_ABOUT}(?: {_HERE})?"),
    ("articles", rf"how many {_ITEMS} (?:(?:are|were|was) )?(?:there |published|printed|dated)"),
    ("articles", rf"how (?:big|large) is {_ARCHIVE}|(?:what is )?the size of {_ARCHIVE}"),
    ("contents", rf"(?:tell me )?what(?:'s| is| do you have| have you got| can i find| all is|"
     rf" (?:kinds? of )?{_ITEMS} (?:are|do you have))? (?:in|inside|held in) (?:{_ARCHIVE}|here)"),
    ("contents", rf"what (?:{_ITEMS} )?(?:does|do) {_ARCHIVE} (?:hold|contain|have|cover|include)"),
    ("contents", rf"what(?:'s| is) {_ARCHIVE}(?: about)?|what is (?:in )?{_ARCHIVE} about"),
    ("contents", rf"(?:describe|summari[sz]e|tell me about|give me an overview of) {_ARCHIVE}"),
    ("contents", rf"what (?:{_ITEMS}|kinds? of {_ITEMS}) (?:do you have|are (?:there|{_HERE}))"),
    ("dates", rf"(?:since when|how far back|from when|until when|how far) (?:does|do|did) "
     rf"(?:it|you|{_ARCHIVE}|{_ITEMS}|your {_ITEMS}) (?:go|reach|date|start|begin|run|exist)"
     rf"(?: back)?(?: to)?"),
    ("dates", rf"since when (?:has {_ARCHIVE} covered|have you covered|does {_ARCHIVE} cover|"
     rf"(?:are|were) there {_ITEMS} (?:about|on)) (?P<about>.+)"),
    ("dates", rf"(?:what|which) (?:period|time|timespan|time span|years|dates|span|range of dates|time range)"
     rf" (?:does|do|is|are) (?:it|{_ARCHIVE})(?: (?:cover|covered|span|include|go back to))?"),
    ("dates", rf"(?:how (?:old|recent|new|current|up to date) is {_ARCHIVE}|when does {_ARCHIVE} "
     rf"(?:start|begin|end|stop))"),
    ("dates", rf"(?:what|which|when) (?:is|was|are) the (?:date of the )?"
     rf"(?:oldest|earliest|first|newest|latest|most recent|last) (?:article|story|report) {_HERE}(?: from)?"),
    ("outlets", rf"(?:which|what|how many)(?: different)? {_OUTLETS}(?: (?:are|is|were))?"
     rf"(?: (?:there|covered|included|represented|held))?(?: {_HERE})"),
    ("outlets", rf"(?:which|what|how many)(?: different)? {_OUTLETS} (?:do you (?:have|hold|cover|use|draw on)|"
     rf"(?:does|do) {_ARCHIVE} (?:have|hold|contain|cover|include|draw on))"),
    ("outlets", rf"(?:which|what)(?: other| different)? (?:news ?)?{_OUTLETS} (?:have |had )?"
     r"(?:reported|covered|carried|ran|run|told|wrote|written|published)(?: (?:on|about|of))?(?: the)?"
     r"(?: (?:stor(?:y|ies)|reports?|news|articles?|pieces?)(?: (?:on|about|of))?)? (?P<about>.+?)"
     r"(?: (?:story|stories|reports?|news))?"),
    ("outlets", rf"(?:where do|which {_OUTLETS} do|who publishes) (?:the|your) {_ITEMS}(?: come from)?"
     rf"(?: {_HERE})?"),
)  # fmt: skip
