"""Two copies of one text: which of their sentences stand for one another, and what the copy says otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from ingest.copies.alterations import added, alterations, pair
from ingest.copies.near_duplicates import Copy, read_copy
from ingest.copies.sentence_alignment import Embed
from ingest.types import Article, Sentence, SentenceKind

BODY, HEADING = SentenceKind.BODY, SentenceKind.HEADING


def laid_out(*texts: str, gap: int = 1, kind: SentenceKind = BODY) -> list[Sentence]:
    """Sentences one behind another, `gap` characters apart."""
    found: list[Sentence] = []
    for text in texts:
        start = found[-1].end + gap if found else 0
        found.append(Sentence(start, start + len(text), text, kind))
    return found


def copy_of(*texts: str, gap: int = 1, kind: SentenceKind = BODY) -> Copy:
    sentences = laid_out(*texts, gap=gap, kind=kind)
    text = (" " * gap).join(texts)
    return read_copy(Article("/archive/x", "x", text, None, None, None), sentences)


def at_cosine(cosine: float) -> Embed:
    """A model to which the first and the last of what it is asked have this cosine, and all others nothing in common."""

    def embed(texts: Sequence[str]) -> np.ndarray:
        vectors = np.eye(len(texts), len(texts) + 1, dtype=np.float32)
        vectors[-1] = 0
        vectors[-1, 0], vectors[-1, -1] = cosine, (1 - cosine**2) ** 0.5
        return vectors

    return embed


UNLIKE = at_cosine(0.0)


def paired(
    left: Sequence[Sentence], right: Sequence[Sentence], embed: Embed = UNLIKE
) -> list[tuple[list[int], list[int]]]:
    """The pairs by the places of their sentences."""
    return [
        ([left.index(s) for s in one.left], [right.index(s) for s in one.right])
        for one in pair(left, right, embed)
    ]


@pytest.mark.parametrize(("cosine", "pairs"), [(0.551, 1), (0.549, 0)])
def test_sentences_without_a_word_in_common_are_paired_from_a_cosine_of_055(
    cosine: float, pairs: int
) -> None:
    left, right = laid_out("Quill resigned."), laid_out("Nobody leads Tarnmouth.")
    assert len(paired(left, right, at_cosine(cosine))) == pairs


@pytest.mark.parametrize(("words", "pairs"), [("", 1), (" goat", 0)])
def test_two_fifths_of_their_words_pair_sentences_that_follow_in_order(
    words: str, pairs: int
) -> None:
    left = laid_out("barn sheep rain fire hill")
    right = laid_out(f"barn sheep frost flood{words} valley")
    assert len(paired(left, right)) == pairs


A, B, C = "Piet opened halls.", "Lena sold 4,100 places.", "Choirs sang Friday evening."


def test_a_sentence_that_moved_is_paired_once_with_the_best_that_is_free() -> None:
    left = laid_out(A, B, C, gap=9)
    right = laid_out(f"{C} Loudly", f"{A} Twice", f"{B} Cheap", f"{C} Long and loudly", gap=9)
    assert paired(left, right) == [([0], [1]), ([1], [2]), ([2], [3])]
    assert paired(left, right[:3]) == [([0], [1]), ([1], [2]), ([2], [0])]


@pytest.mark.parametrize(("last", "pairs"), [("frost", 2), ("frost goat", 1)])
def test_what_moved_shares_half_its_words(last: str, pairs: int) -> None:
    left = laid_out(A, "barn sheep rain fire", gap=9)
    right = laid_out(f"barn sheep valley {last}", f"{A} Twice", gap=9)
    assert len(paired(left, right)) == pairs


WHOLE = "Piet Marsh opened the hall at Wexham and Lena Oak sold 4,100 places."
SPLIT = ("Piet Marsh opened the hall at Wexham.", "Lena Oak sold 4,100 places.")


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(("gap", "sentences"), [(4, 2), (5, 1)])
def test_a_sentence_that_was_split_stays_together_where_only_white_space_parts_it(
    order: int, gap: int, sentences: int
) -> None:
    whole, halves = laid_out(WHOLE), laid_out(*SPLIT[::order], gap=gap)
    (split_up,), (joined,) = pair(whole, halves, UNLIKE), pair(halves, whole, UNLIKE)
    assert (len(split_up.left), len(split_up.right)) == (1, sentences)
    assert (len(joined.left), len(joined.right)) == (sentences, 1)


def test_headings_and_sentences_farther_off_are_not_joined() -> None:
    apart = laid_out(SPLIT[0], "Rain fell.", SPLIT[1])
    for halves in (apart, laid_out(*SPLIT, kind=HEADING)):
        (found,) = pair(laid_out(WHOLE), halves, UNLIKE)
        assert len(found.right) == 1


def test_what_differs_in_the_second_of_two_joined_sentences_is_found() -> None:
    one, other = copy_of(WHOLE), copy_of(SPLIT[0], "Lena Oak sold 4,300 places.")
    (found,) = alterations(one, other, UNLIKE)
    assert (found.kind, found.canonical.text, found.here.text) == ("number", "4,100", "4,300")
    assert other.article.text[found.here.start : found.here.end] == "4,300"
    (back,) = alterations(other, one, UNLIKE)
    assert one.article.text[back.here.start : back.here.end] == "4,100"


@pytest.mark.parametrize(("words", "found"), [("", 1), (" ferry", 0)])
def test_headings_that_share_three_quarters_of_their_words_are_compared(
    words: str, found: int
) -> None:
    one = copy_of("Council buys 2 boats", kind=HEADING)
    other = copy_of(f"Council buys 3 boats{words}", kind=HEADING)
    assert len(alterations(one, other, UNLIKE)) == found


@pytest.mark.parametrize(("length", "found"), [(200, 1), (201, 0)])
def test_the_pieces_of_a_long_run_without_an_end_are_no_sentences(length: int, found: int) -> None:
    listed = "Lena Oak sold 4,100 lamps nets ropes boats "
    one = copy_of(listed + "x" * (length - len(listed)))
    other = copy_of("Lena Oak sold 9,200 lamps nets ropes tins bells drums.")
    assert [a.kind for a in alterations(one, other, UNLIKE)].count("number") == found


def test_a_doubt_that_the_copy_dropped_comes_behind_changed_facts() -> None:
    one = copy_of("Quill allegedly took 46 million crowns from the council fund.")
    other = copy_of("Quill took 64 million crowns from the council fund.")
    assert [a.kind for a in alterations(one, other, UNLIKE)][:2] == ["number", "hedge"]
    doubted = copy_of("Quill may have taken 46 million crowns from the council fund.")
    assert "hedge" not in [a.kind for a in alterations(one, doubted, UNLIKE)]


def test_no_more_than_eighty_rewordings_are_told() -> None:
    words = [f"w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(90)]
    one = copy_of(*(f"Oak of {w.title()} sold a {w}y lamp to {w}e sailors there." for w in words))
    other = copy_of(*(f"Oak of {w.title()} sold a {w}o boat to {w}e sailors there." for w in words))
    assert len(alterations(one, other, UNLIKE)) == 80


FACTS = (
    "Piet Marsh opened the hall at Wexham in the spring of 2003.",
    "Lena Oak sold 4,100 places there in a single summer evening.",
    "The choirs of Osterby and Skerra sang on both of the Fridays.",
)
NEWS = "Piet Marsh rang Lena Oak twice and then drove home in the rain."


@pytest.mark.parametrize(
    ("before", "is_new"),
    [("Piet Marsh rang Lena Oak.", False), ("Piet Marsh rang at the door.", True)],
)
def test_a_sentence_with_half_its_words_from_before_adds_nothing(before: str, is_new: bool) -> None:
    share = added(copy_of(*FACTS, before), copy_of(*FACTS, NEWS), UNLIKE)
    assert (share > 0) == is_new
