"""Embeds with OpenAI's models, or a server that speaks their protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ingest import tokens
from ingest.errors import ModelFailed, ModelUnavailable
from ingest.settings import Settings

DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072}
# The limits of the endpoint (platform.openai.com/docs/api-reference/embeddings): tokens a text,
# texts and tokens a request. A request is kept well below: what fails is asked for again, and
# progress should move.
LONGEST_TEXT_TOKENS = 8191
REQUEST_TEXTS = 256
REQUEST_TOKENS = 100_000
RETRIES = 5  # of a refused connection, 408, 409, 429 or 5xx; the SDK waits as Retry-After says, with jitter

Vectors = NDArray[np.float32]


class OpenAIEmbedder:
    """`text-embedding-3-small` or `-large` over `OPENAI_BASE_URL`; may be called from several
    threads at once.

    A text is cut after 8,191 cl100k tokens. Raises ModelUnavailable where no key and no address is
    set or the key is refused, ModelFailed where the endpoint fails after 5 retries; nothing of the
    endpoint's own text is repeated.
    """

    def __init__(self, settings: Settings) -> None:
        import openai

        name = settings.embedding_model
        if not (settings.openai_api_key or settings.openai_base_url):
            raise ModelUnavailable(
                f"DATELINE_EMBEDDING_MODEL is {name} and neither OPENAI_API_KEY nor OPENAI_BASE_URL is set: "
                "set one of them, or unset DATELINE_EMBEDDING_MODEL for the local model"
            )
        key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
        self.model = f"{name}/1"
        self.dimension = DIMENSIONS[name]
        self._name = name
        self._client = openai.OpenAI(
            api_key=key,
            base_url=settings.openai_url,
            timeout=settings.llm_timeout_seconds,
            max_retries=RETRIES,
        )
        self._refused: tuple[type[Exception], ...] = (
            openai.AuthenticationError,
            openai.PermissionDeniedError,
        )
        self._errors: tuple[type[Exception], ...] = (openai.OpenAIError,)

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """(len(texts), dimension) float32, unit rows in the order of `texts`; `progress` gets the
        count newly done."""
        vectors = np.zeros((0, self.dimension), np.float32)
        for batch in batches(texts):
            vectors = np.concatenate([vectors, self._embedded(batch)])
            if progress:
                progress(len(batch))
        return vectors

    def embed_question(self, text: str) -> Vectors:
        """(dimension,) float32, unit length."""
        vector: Vectors = self.embed([text])[0]
        return vector

    def embed_aside(self, texts: Sequence[str]) -> Vectors:
        return self.embed(texts)

    def _embedded(self, batch: list[str]) -> Vectors:
        try:
            reply = self._client.embeddings.create(model=self._name, input=batch)
            rows = sorted(reply.data, key=lambda row: row.index)
            vectors = np.array([row.embedding for row in rows], np.float32)
        except self._refused as error:
            raise ModelUnavailable(
                f"the embedding endpoint refused the key: check OPENAI_API_KEY ({self._name})"
            ) from error
        except self._errors as error:
            # in words that hold no key and none of the endpoint's own text
            kind = type(error).__name__
            kinds = {"APITimeoutError": "timeout", "APIConnectionError": "no connection"}
            status = getattr(error, "status_code", None)
            reason = f"{kinds.get(kind, kind)} at" if status is None else f"http {status} from"
            raise ModelFailed(
                f"{reason} the embedding endpoint; what was embedded is kept: try again"
            ) from error
        except (
            ValueError,
            AttributeError,
            TypeError,
        ) as error:  # a reply that is not what the protocol says
            raise ModelFailed("malformed reply from the embedding endpoint") from error
        if vectors.shape != (len(batch), self.dimension) or not np.isfinite(vectors).all():
            raise ModelFailed(
                f"the embedding endpoint sent vectors of shape {vectors.shape} for {len(batch)} texts, "
                f"and {self._name} has {self.dimension} dimensions: is it that model?"
            )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)


def batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Texts cut to length, in requests of at most REQUEST_TEXTS texts and REQUEST_TOKENS tokens, in
    order."""
    batch: list[str] = []
    budget = REQUEST_TOKENS
    for text in texts:
        speakable = (
            text.encode("utf-8", "replace").decode() or " "
        )  # the endpoint refuses an empty text
        ids = tokens.encoding().encode_ordinary(speakable)
        cut = (
            speakable
            if len(ids) <= LONGEST_TEXT_TOKENS
            else tokens.encoding().decode(ids[:LONGEST_TEXT_TOKENS])
        )
        length = min(len(ids), LONGEST_TEXT_TOKENS)
        if batch and (len(batch) == REQUEST_TEXTS or length > budget):
            yield batch
            batch, budget = [], REQUEST_TOKENS
        batch.append(cut)
        budget -= length
    if batch:
        yield batch
