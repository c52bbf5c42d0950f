"""Notices a Chroma directory whose files are not whole, after a kill or on a full disk.

Chroma changes the files of its graph in place, every 1,000 rows, and does not look whether the disk
took what it wrote. Killed in between, or on a full disk, it leaves files that it later fails to
read, or reads wrongly, or that end the process which opens them
(docs/decisions/0006-a-mark-while-chroma-writes.md). So a mark stands in the directory while it is
written, and a directory with a mark is never opened again, but made anew from the catalogue.
"""

from __future__ import annotations

import errno
import os
import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MARK = "being-written"
LEAST_ROOM_BYTES = 2_000_000  # SQLite wants some even where rows are deleted
HEADER = struct.Struct("<IQQQQ")  # version, offset, capacity, rows, bytes a row
KNOWN_VERSION = 1


@contextmanager
def marked(directory: Path, room_bytes: int = LEAST_ROOM_BYTES) -> Iterator[None]:
    """The block may write, and needs so much room on the disk.

    Raises OSError where there is less, and where the files are not whole afterwards. The mark stays
    then, and wherever the block fails; until the directory is made anew nobody writes there again.
    """
    mark = directory / MARK
    if mark.exists():
        raise OSError(errno.EIO, "an earlier write was cut short")
    if not has_room(directory, room_bytes):
        free = shutil.disk_usage(directory).free
        raise OSError(
            errno.ENOSPC, f"{room_bytes / 1e6:,.0f} MB are needed and {free / 1e6:,.0f} MB are free"
        )
    mark.touch()
    yield
    if not _are_whole(directory):
        if has_room(directory):
            raise OSError(errno.EIO, "its files are shorter than they say after a write")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    mark.unlink()


def has_room(directory: Path, room_bytes: int = LEAST_ROOM_BYTES) -> bool:
    """Whether so much of the disk is free; by default what it takes to delete rows."""
    return shutil.disk_usage(directory).free >= room_bytes


def was_cut_short(directory: Path) -> bool:
    """Whether somebody began to write here and did not come to the end."""
    return (directory / MARK).exists()


def _are_whole(directory: Path) -> bool:
    """Whether the files of the graph are as long as their header says; those of an unknown version
    pass.

    Before the first 1,000 rows it says 0 and the files hold empty places.
    """
    for header in directory.glob("*/header.bin"):
        stated = header.read_bytes()[: HEADER.size]
        if len(stated) < HEADER.size:
            return False
        version, _, _, rows, row_bytes = HEADER.unpack(stated)
        data, lengths = header.with_name("data_level0.bin"), header.with_name("length.bin")
        if (
            version == KNOWN_VERSION
            and rows
            and (data.stat().st_size, lengths.stat().st_size) != (rows * row_bytes, rows * 4)
        ):
            return False
    return True
