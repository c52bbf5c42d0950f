"""Counts cl100k tokens, offline."""

from __future__ import annotations

import importlib.util
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken


@cache
def encoding() -> tiktoken.Encoding:
    """cl100k_base from the copy that llama-index-core ships: tiktoken would download it at first
    use."""
    spec = importlib.util.find_spec("llama_index.core")
    if spec is not None and spec.origin is not None and "TIKTOKEN_CACHE_DIR" not in os.environ:
        os.environ["TIKTOKEN_CACHE_DIR"] = str(
            Path(spec.origin).parent / "_static" / "tiktoken_cache"
        )
    import tiktoken

    return tiktoken.get_encoding("cl100k_base")


def count(text: str) -> int:
    """Names of special tokens in the text are ordinary words."""
    return len(encoding().encode_ordinary(text))
