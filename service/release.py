"""Drafted sentences come in one by one; those that hold go out as claims, the others are noted and dropped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.english.words import words
from service.answer_text import Composer
from service.types import ClaimReleased, Delta, Draft, Evidence
from service.verification.ungrounded_strings import names_something_foreign
from service.verification.verify import Verdict, comparable, verify


def judged(draft: Draft, shown: Sequence[Evidence]) -> Verdict:
    """The verdict of `verify`, and none for what names an address or code that the cited sentences do not have."""
    known = {item.key: item for item in shown}
    verdict = verify(draft, known)
    if verdict.support and names_something_foreign(
        draft.text, [known[key] for key in verdict.keys]
    ):
        return Verdict(None, (), "an address or code that the cited sentences do not have")
    return verdict


@dataclass(slots=True)
class Release:
    """The claims of one answer so far, and what was not let through; nothing is said twice."""

    composer: Composer = field(default_factory=Composer)
    dropped: list[dict[str, Any]] = field(
        default_factory=list
    )  # for the receipt: keys and why, no words
    unsupported: list[tuple[Draft, str]] = field(
        default_factory=list
    )  # drafts that may be put right, and why
    _said: set[tuple[str, ...]] = field(default_factory=set)

    def offer(
        self, draft: Draft, shown: Sequence[Evidence], verdict: Verdict | None = None
    ) -> Iterator[ClaimReleased | Delta]:
        """A draft with its verdict, or one that is stricter: released, or dropped and noted."""
        known = {item.key: item for item in shown}
        said = words(comparable(draft.text))
        if said in self._said:
            return
        verdict = verdict or judged(draft, shown)
        if verdict.support is None:
            self.dropped.append({"keys": list(draft.keys), "why": verdict.reason})
            self.unsupported.append((draft, verdict.reason))
            return
        self._said.add(said)
        yield from self.composer.add(
            draft.text, [known[key] for key in verdict.keys], verdict.support
        )

    def tell(self, sentence: str, shown: Sequence[Evidence]) -> Iterator[ClaimReleased | Delta]:
        """A sentence of our own about what is cited, made from what is known of it: of its age, or of a conflict."""
        yield from self.composer.add(sentence, shown, "supported")
