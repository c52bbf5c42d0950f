"""A vector index that was not written whole is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.storage import vector_index
from ingest.storage.archive import Archive


def test_a_graph_that_the_disk_did_not_take_whole_is_noticed(
    tmp_path: Path, filled: Archive
) -> None:
    """Chroma writes on without an error where a disk is full; here one file ends too early, as it does then."""
    graph = tmp_path / "chroma" / "graph"
    graph.mkdir(parents=True)
    (graph / "header.bin").write_bytes(
        vector_index.HEADER.pack(1, 0, 4096, 1500, 1676).ljust(100, b"\0")
    )
    (graph / "data_level0.bin").write_bytes(bytes(1500 * 1676))
    (graph / "length.bin").write_bytes(bytes(1500 * 4))
    with vector_index.marked(graph.parent):
        pass
    (graph / "data_level0.bin").write_bytes(bytes(1500 * 1676 - 4096))

    with pytest.raises(OSError, match="shorter"), vector_index.marked(graph.parent):
        pass
    assert vector_index.was_cut_short(graph.parent)
