"""Cuts an article's text into sentences, and packs these into passages; both with exact offsets."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from ingest.english.date_mentions import MONTHS, WEEKDAYS
from ingest.english.word_tables import lists
from ingest.injection.recognition import marked
from ingest.text.line_kinds import is_notice, standing, triggers_in
from ingest.text.paragraph_kinds import kinds_of
from ingest.tokens import encoding
from ingest.types import Article, Passage, Sentence, SentenceKind

LONGEST = 1200  # characters; a longer run without an end (a table, a list) is cut at a pause
LONGEST_NOTICE = 300  # characters
LONGEST_QUOTATION = 300  # characters; the sentences of a longer one are cut apart
TURN = re.compile(r"[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,3}: ")  # "Solheim: ", in an interview

# A paragraph or line as [start, end) of the text.
Block = tuple[int, int]


def split(text: str, title: str | None = None) -> tuple[Sentence, ...]:
    """The sentences of a text, in order, without overlaps, together covering everything but white
    space.

    `sentence.text == text[sentence.start:sentence.end]`, never with white space at either end. A
    blank line always ends a sentence; a line break does where the line is a list item or stands
    alone. A short quotation ends with its mark, and a speaker's turn that asks is one piece, as is
    a title, heading, byline or date line whatever its punctuation. With `title`
    the line that repeats it is the title, a second one boilerplate. Whatever gives orders to a
    machine that reads it is `orders`, whatever else it is.
    """
    blocks = list(_blocks(text))
    kinds = kinds_of([text[start:end] for start, end in blocks], title)
    triggers = triggers_in(text)
    found: list[Sentence] = []
    for (start, end), kind in zip(blocks, kinds, strict=True):
        whole = kind not in (SentenceKind.BODY, SentenceKind.BOILERPLATE)
        for first, last in [(start, end)] if whole else _sentences(text, start, end):
            for a, b in _cut(text, first, last) if last - first > LONGEST else [(first, last)]:
                words = text[a:b]
                is_body = kind is SentenceKind.BODY
                notice = (
                    is_body
                    and bool(triggers)
                    and len(words) <= LONGEST_NOTICE
                    and is_notice(words, triggers)
                )
                found.append(Sentence(a, b, words, SentenceKind.BOILERPLATE if notice else kind))
    return marked(text, found)


_BLANK = re.compile(r"\n[^\S\n]*\n\s*")


def _blocks(text: str) -> Iterator[Block]:
    """Paragraphs, and the lines of a paragraph that stand alone, trimmed."""
    start = 0
    for end, after in [*(match.span() for match in _BLANK.finditer(text)), (len(text), len(text))]:
        lines = text[start:end].split("\n")
        begin = position = start
        for line, stands in zip(lines, standing(lines), strict=True):
            position += len(line) + 1
            if stands:
                yield from _trimmed(text, begin, min(position, end))
                begin = position
        start = after


def _trimmed(text: str, start: int, end: int) -> Iterator[Block]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    if start < end:
        yield start, end


# The end of a sentence: terminators, then quotes and brackets that close it, then white space.
# Tokenised text has a space before them (`said . ''`), so that some closers may stand apart.
_END = re.compile(
    r"(?:[.!?…؟।]+|[。！？]+(?=\S))"
    r"(?P<closers>(?:[\"'”’»)\]*_]|\[\d{1,3}\]|\s(?:''|\)|\]|”|'(?=\s''))(?=\s|$))*)(?:\s+|(?<=[。！？]))"
)
_WORD = re.compile(r"[^\s(\[“\"‘'«`]*$")
_OPENERS = "\"'“‘«([`*_-–— "


# what is not cut: a quotation, and a speaker's turn that ends in a question, as an interviewer's
_QUOTATION = re.compile(
    rf"“[^“”]{{2,{LONGEST_QUOTATION}}}”|(?<!\w)\"(?=\S)[^\"]{{2,{LONGEST_QUOTATION}}}\""
)
_ASKS = re.compile(rf"{TURN.pattern}[^\n]{{2,{LONGEST_QUOTATION}}}\?$")


def _sentences(text: str, start: int, end: int) -> Iterator[Block]:
    begin = start
    if _ASKS.match(text[start:end]):
        yield start, end
        return
    quoted = [match.span() for match in _QUOTATION.finditer(text, start, end)]
    for match in _END.finditer(text, start, end):
        after = match.end()
        if any(first < match.start() and match.end("closers") < last for first, last in quoted):
            continue
        if after < end and _ends(text, begin, match, text[after : min(end, after + 40)]):
            yield begin, max(match.end("closers"), match.start() + 1)
            begin = after
    if begin < end:
        yield begin, end


def _ends(text: str, begin: int, match: re.Match[str], following: str) -> bool:
    """Whether a terminator ends the sentence that began at `begin`; `following` is what comes next."""
    stop = match.start()
    words = following.lstrip(_OPENERS)
    if not words or words[0].islower() or words[0] in _NEVER_FIRST:
        return False
    if text[stop] == "." and not text.startswith("..", stop):
        piece = text[max(begin, stop - 24) : stop]
        word = _WORD.search(piece)
        return _period_ends(
            word.group() if word else "", piece, words, opening=stop - begin == len(piece)
        )
    return not (match["closers"] and text[stop] in "?!" and _SAID.match(words))


def _period_ends(word: str, piece: str, following: str, *, opening: bool) -> bool:
    """Whether the period after `word`, the last of `piece`, ends a sentence; `opening`: which began
    with `piece`."""
    if not word:  # tokenised text: the period is a word of its own
        return not piece.endswith(("(", "( "))
    lower = word.lower()
    if lower in _NEVER or (lower in _BEFORE_NUMBER and _NUMBER.match(following)):
        return False
    if opening and word == piece and _NUMBERING.fullmatch(word):
        return False  # "1. The mayor": the number opens a list item
    first = _FIRST_WORD.match(following)
    starts = first is not None and first.group() in _STARTERS
    if lower in _CLOCK:
        return starts or _AFTER_CLOCK.match(following) is None
    if lower in _MAY_END or _ACRONYM.fullmatch(word) or (len(word) == 1 and word.isupper()):
        return starts
    return True


_WORDS = lists("sentence_ends.tsv")
_NEVER, _BEFORE_NUMBER, _MAY_END = _WORDS["never"], _WORDS["before number"], _WORDS["may end"]
_STARTERS = _WORDS["opens"]
_NEVER_FIRST = ",;:)]%.!?/§⁄=+<>|~"
_FIRST_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?")
_NUMBER = re.compile(r"\d|[IVXLC]+\b")
_NUMBERING = re.compile(r"\d{1,3}|[IVXivx]{1,4}|[A-Za-z]")
_ACRONYM = re.compile(
    r"(?:[A-Za-z]\.)+[A-Za-z]|Ph|Ph\.D|M\.D|[A-Z][a-z]\.[A-Z]|(?:[A-Z][a-z]{0,2}[-.])+[A-Z]"
)
_CLOCK = frozenset({"a.m", "p.m"})
_AFTER_CLOCK = re.compile(
    r"[A-Z]{1,2}[SD]?T\b|GMT|UTC|CES?T|Eastern|Pacific|Central|Mountain|Greenwich|"
    + "|".join([*WEEKDAYS, *(month[:3] for month in MONTHS)])
)
# '"Will it hold?" Quill asked': who said it belongs to the sentence
_SAID = re.compile(
    r"(?:[A-Z][\w.'’-]*\s+){1,4}(?:said|says|asked|asks|told|wrote|added|replied|answered|shouted|cried|wondered)\b"
)


def _cut(text: str, start: int, end: int) -> Iterator[Block]:
    """A piece that is too long, cut at the last pause before LONGEST, or at LONGEST where there is
    none."""
    while end - start > LONGEST:
        at = max(
            text.rfind(mark, start + LONGEST // 2, start + LONGEST) + len(mark)
            for mark in ("; ", ", ")
        )
        if at <= start + LONGEST // 2:
            at = text.rfind(" ", start + LONGEST // 2, start + LONGEST) + 1
        if at <= start:
            at = start + LONGEST
        yield from _trimmed(text, start, at)
        start = at
    yield from _trimmed(text, start, end)


def pack(
    article: Article, sentences: Sequence[Sentence], budget_tokens: int
) -> tuple[Passage, ...]:
    """Passages of at most `budget_tokens` cl100k tokens, cut between sentences wherever one fits.

    Boilerplate, orders to machines and the second printing of a paragraph are in no passage.
    `article.text[p.start:p.end] == p.text`.
    """
    # each reads the whole article
    article_id, content_hash = article.article_id, article.content_hash
    passages: list[Passage] = []
    for run in _runs(article.text, sentences):
        first, last = run[0].start, run[-1].end
        starts = [s.start - first for s in run]
        for offset, text in _pieces(article.text[first:last], starts, budget_tokens):
            start, end = first + offset, first + offset + len(text)
            key = hashlib.sha256(f"{article_id}:{content_hash}:{start}:{end}".encode()).hexdigest()
            passages.append(Passage(key[:20], article_id, start, end, text))
    return tuple(passages)


def embedded_text(title: str | None, text: str) -> str:
    """What is embedded for a passage or sentence: a title in front is worth 7 points of recall@1
    (docs/quality.md)."""
    return f"{title}: {text}" if title else text


def sentences_in(start: int, end: int, sentences: Sequence[Sentence]) -> list[Sentence]:
    """Those that may be cited and stand whole between two offsets of their article."""
    return [s for s in sentences if start <= s.start and s.end <= end and s.kind.citable]


def _runs(text: str, sentences: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """Stretches of sentences that may be cited, without paragraphs that were printed before."""
    paragraphs: list[list[Sentence]] = []
    for sentence in sentences:
        if not paragraphs or "\n" in text[paragraphs[-1][-1].end : sentence.start]:
            paragraphs.append([])
        paragraphs[-1].append(sentence)
    seen: set[str] = set()
    run: list[Sentence] = []
    for paragraph in paragraphs:
        words = " ".join(s.text for s in paragraph)
        if words in seen or not any(s.kind.citable for s in paragraph):
            if run:
                yield run
            run = []
            continue
        seen.add(words)
        for sentence in paragraph:
            if not sentence.kind.citable:
                if run:
                    yield run
                run = []
            else:
                run.append(sentence)
    if run:
        yield run


def _pieces(
    text: str, sentence_starts: Sequence[int], budget_tokens: int
) -> Iterator[tuple[int, str]]:
    """(offset, piece) from LlamaIndex's splitter, which keeps no offsets: each piece is looked for
    after the last."""
    tokens_of = encoding().encode_ordinary
    if len(tokens_of(text)) <= budget_tokens:
        yield 0, text
        return
    from llama_index.core.node_parser import SentenceSplitter

    position = 0

    def cut(stretch: str) -> list[str]:
        """A stretch of `text` cut where our sentences start: there is one notion of a sentence."""
        nonlocal position
        offset = text.find(stretch, position)
        if offset < 0:
            return [stretch]
        position = offset
        inside = slice(
            bisect_right(sentence_starts, offset),
            bisect_left(sentence_starts, offset + len(stretch)),
        )
        cuts = [0, *(start - offset for start in sentence_starts[inside]), len(stretch)]
        return [stretch[a:b] for a, b in pairwise(cuts)]

    splitter = SentenceSplitter(
        chunk_size=budget_tokens,
        chunk_overlap=0,
        paragraph_separator="\n\n",
        chunking_tokenizer_fn=cut,
        tokenizer=lru_cache(maxsize=10_000)(tokens_of),  # it counts word by word
    )
    cursor = 0
    for piece in splitter.split_text(text):
        start = text.find(piece, cursor)
        if start < 0:  # the splitter copies, so this cannot happen; a wrong quote must not
            raise AssertionError("a passage is not in its article")
        yield start, piece
        cursor = start + len(piece)
