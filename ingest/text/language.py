"""Tells the language a text is written in."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from typing import TYPE_CHECKING

from ingest.errors import IndexUnavailable

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier  # type: ignore[import-untyped]

# Pieces of English articles (n = 525 to 21, in own measurement): 40 letters are mistaken in 3 %, 60
# in 1 %, 80 in none.
SHORTEST = 80  # characters, or 20 letters of a script that writes a word in one or two
SAMPLE = 600  # characters; more cost time (1 ms for 1000) and change nothing
LEAST_SURE = (
    0.8  # of 1; what is less sure is a mixture, a list of names or a language the model has not
)


def language_of(text: str) -> str | None:
    """ISO 639-1 code of the language of a text; None for a short text and where the detector is not
    sure.

    A piece from the middle is looked at: the top is names and dates. The first call loads the
    model. Raises IndexUnavailable where that finds no room: the model is unpacked in the temporary
    directory.
    """
    weight = sum(
        4 if "\u2e80" < letter < "\uffef" else 1
        for letter in text[:SHORTEST]
        if not letter.isspace()
    )
    if weight < SHORTEST * 0.75:
        return None
    middle = max(0, len(text) - SAMPLE) // 2
    code, sureness = load_model().classify(text[middle : middle + SAMPLE])
    return code if len(code) == 2 and sureness >= LEAST_SURE else None


@lru_cache(maxsize=1)
def load_model() -> LanguageIdentifier:
    """The detector, loaded once (0.7 s). Raises IndexUnavailable as `language_of` does."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    try:
        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError as error:  # else it would be taken for a fault of the file that is being read
        raise IndexUnavailable(
            f"cannot unpack the language model for a moment (30 MB) in {tempfile.tempdir or 'a temporary directory'}: "
            f"{error.strerror}; free that disk, or set TMPDIR to a directory that is writable"
        ) from error
