"""What one answer carries: its time limit."""

from __future__ import annotations

import pytest
from test_event_streams import Source

from ingest.errors import TimedOut
from service.answer_run import AnswerRun


async def test_drafts_beyond_the_time_of_an_answer_are_cut() -> None:
    source, got = Source(0, 30), []
    run = AnswerRun(timeout_seconds=0.2)
    with pytest.raises(TimedOut, match="DATELINE_ANSWER_TIMEOUT_SECONDS"):
        async for word in run.each_in_time("draft", source.words()):
            got.append(word)
    assert got == ["word 0"] and source.cut
    assert 0 < run.timings_ms["draft"] < 30_000
