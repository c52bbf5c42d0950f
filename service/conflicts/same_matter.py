"""Whether two sentences speak of the same event, or of the same thing that changes."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.english import analyse
from ingest.english.word_kinds import GIVEN_NAMES
from ingest.english.words import stem, synonyms
from service.conflicts.answer_values import PRICED, predicate_of
from service.conflicts.staleness import of_the_present
from service.evidence.time_filter import stated_periods
from service.query.question_analysis import Query
from service.types import Evidence

SAME_EVENT_DAYS = 7  # between two accounts of one event
SHARED_TERMS = 0.6  # of the question's words that one account has, the other must have as many
SHARED_MARKS = 2  # or so many names and days
SAME_PATTERN = 0.5  # share of words from which two sentences are made to one pattern
SURE_NAME = 2  # words of a name that tell it from others, where it has more


def same_matter(
    query: Query, ranked: Sequence[Evidence], one: Evidence, other: Evidence, *, settles: bool
) -> bool:
    """Whether two sentences of articles in `ranked` are accounts of one event or thing.

    Both articles must have named what the question names, its numbers too. `settles`: one account
    says that the matter is undecided.
    """
    if not both_name_what_is_asked(query, ranked, one, other):
        return False
    here, there = _article_so_far(ranked, one), _article_so_far(ranked, other)
    mine, theirs = (terms_held(query, f"{i.article.title} {i.text}") for i in (one, other))
    if query.kind == "yes_no":  # both say the predicate: the rest may stand earlier in the article
        mine, theirs = (terms_held(query, t) - {predicate_of(query.text)} for t in (here, there))
    stems, other_stems = analyse(one.text).stems, analyse(other.text).stems
    to_one_pattern = len(stems & other_stems) >= SAME_PATTERN * len(stems | other_stems)
    if to_one_pattern and not mine <= theirs:
        return False
    ours, their = one.article.published_on, other.article.published_on
    days = abs((ours - their).days) if ours and their else None
    marks = len(_marks(here) & _marks(there))
    if days is None or days > SAME_EVENT_DAYS:
        if days is not None and settles:
            return marks >= SHARED_MARKS
        return _same_thing(query, one, other, here, there)
    if query.wants != "date" and _times_apart(one, other):
        return False
    in_both = terms_held(query, here) & terms_held(query, there)
    # both articles have named what is asked about, so that "Nine people were hurt" need not
    told = (mine & subject_terms(query)) or mine
    alike = len(told & theirs) >= SHARED_TERMS * max(1, len(told))
    alike = alike or len(_marks(one.text) & _marks(other.text)) >= SHARED_MARKS
    return alike and (marks >= SHARED_MARKS or len(in_both) > 1)


def both_name_what_is_asked(
    query: Query, ranked: Sequence[Evidence], one: Evidence, other: Evidence
) -> bool:
    """Whether each article so far has the names and numbers of the question."""
    return all(_names_what_is_asked(query, _article_so_far(ranked, i)) for i in (one, other))


def subject_terms(query: Query) -> frozenset[str]:
    """The terms that a sentence must have itself: no names, no words of price (a sum is one)."""
    names = analyse(" ".join(query.names)).stems
    return frozenset(stemmed for _, stemmed in query.terms) - names - PRICED


def terms_held(query: Query, text: str) -> frozenset[str]:
    """The terms of the question that a text has, in these or related words."""
    stems = {token.stem for token in analyse(text).tokens}
    return frozenset(term for _, term in query.terms if not stems.isdisjoint(synonyms(term)))


def _same_thing(query: Query, one: Evidence, other: Evidence, here: str, there: str) -> bool:
    """Whether accounts of different weeks share all terms, most in the sentences themselves.

    What happened once must not have happened at different times.
    """
    own, their = (terms_held(query, item.text) & subject_terms(query) for item in (one, other))
    held = terms_held(query, here)
    if len(held) < 2 or not held <= terms_held(query, there) or not own:
        return False
    if len(own & their) < SHARED_TERMS * len(own):
        return False
    return of_the_present(query) or (query.kind != "yes_no" and not _times_apart(one, other))


def _article_so_far(ranked: Sequence[Evidence], item: Evidence) -> str:
    """The title and what the article has said up to the end of this sentence, as far as ranked."""
    article_id = item.article.article_id
    earlier = [i for i in ranked if i.article.article_id == article_id and i.end <= item.start]
    told = [other.text for other in sorted(earlier, key=lambda other: other.start)]
    return " ".join((item.article.title, *told, item.text))


def _names_what_is_asked(query: Query, told: str) -> bool:
    """Whether all names and numbers of the question stand there; a last name is enough."""
    question, reading = analyse(query.text), analyse(told)
    known = {part for token in reading.tokens for part in (token.lower, token.stem)}
    known |= {word for name in reading.names for word in name.value.split()}
    for name in question.names:
        parts = name.value.split()
        wanted = parts[-1:] if parts[0] in GIVEN_NAMES else parts
        held = sum(not known.isdisjoint((word, stem(word))) for word in wanted)
        if held < min(len(wanted), SURE_NAME):
            return False
    return {n.value for n in question.numbers} <= {n.value for n in reading.numbers}


def _marks(text: str) -> frozenset[str]:
    """Names and days, which mark an event."""
    reading = analyse(text)
    return frozenset(span.value for span in (*reading.names, *reading.dates))


def _times_apart(one: Evidence, other: Evidence) -> bool:
    """Whether each tells when, and not of the same time: two races are no accounts of one."""
    mine, theirs = (stated_periods(item.text, item.article.published_on) for item in (one, other))
    return bool(mine and theirs) and not any(a.meets(b) for a in mine for b in theirs)
