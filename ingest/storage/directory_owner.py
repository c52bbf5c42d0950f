"""One process per data directory: the lock, who holds it, and the private socket others hand their
work to.

Whatever the owner writes is its user's alone: files 0600, folders 0700.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import socket
import stat
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.errors import IndexUnavailable, Owned

LOCK = "owner.lock"
SOCKET = "owner.sock"
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
# in the directory
DATA = ("*.sqlite*", "failures.jsonl", LOCK, "chroma", "text", "rebuilt", "uploads", "models")
STARTING_SECONDS = 60.0  # a service takes its lock before it has loaded its index
LOOKING_SECONDS = 1.0  # longer than anybody holds the lock who merely looks
LONGEST_SOCKET_PATH = 100  # bytes; the kernel takes 108 with the closing zero


@dataclass(frozen=True, slots=True)
class OwnerName:
    """Who owns a directory, as the lock file says."""

    pid: int
    command: str
    since: str
    serves: bool  # listens on the socket, or soon will

    def __str__(self) -> str:
        return f'"dateline {self.command}" (process {self.pid}, since {self.since})'


@contextlib.contextmanager
def owning(data_dir: Path, command: str, *, serves: bool = False) -> Iterator[None]:
    """Holds the directory while the block runs. Raises Owned naming the holder; a dead holder's
    lock is free by itself.

    The kernel drops the lock with the process, however it ends, so there is nothing stale to take
    over.
    """
    try:
        data_dir.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        lock = os.open(data_dir / LOCK, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    except OSError as error:
        raise _unwritable(data_dir, error) from error
    mask = os.umask(0o077)
    try:
        _take(lock, data_dir)
        _close_to_others(data_dir)
        name = OwnerName(
            os.getpid(), command, datetime.now(UTC).isoformat(timespec="seconds"), serves
        )
        try:
            os.ftruncate(lock, 0)
            os.pwrite(lock, json.dumps(asdict(name)).encode(), 0)
            (data_dir / SOCKET).unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(data_dir, error) from error
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # whoever comes next does it for us
                (data_dir / SOCKET).unlink(missing_ok=True)
                os.ftruncate(lock, 0)
    finally:
        os.umask(mask)
        os.close(lock)


def _close_to_others(data_dir: Path) -> None:
    """What a version before this one wrote for everybody to read is this user's alone from now on."""
    # another user's folder, as containers mount them, is theirs to close
    with contextlib.suppress(OSError):
        if stat.S_IMODE(data_dir.stat().st_mode) == PRIVATE_FOLDER:
            return
        for name in DATA:
            for path in data_dir.glob(name):
                for found in (path, *path.rglob("*")):
                    if not found.is_symlink():
                        found.chmod(PRIVATE_FOLDER if found.is_dir() else PRIVATE_FILE)
        data_dir.chmod(PRIVATE_FOLDER)


def _take(lock: int, data_dir: Path) -> None:
    """Locks. Whoever looks for the owner holds the lock for a moment too, without a name: that
    moment is waited out."""
    deadline = time.monotonic() + LOOKING_SECONDS
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = owner_of(data_dir)
        if holder or time.monotonic() > deadline:
            raise Owned(
                f"{data_dir} belongs to {holder or 'another process'}: stop it, or wait until it ends"
            )
        time.sleep(0.01)


def _unwritable(data_dir: Path, error: OSError) -> IndexUnavailable:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    remedy = "free its disk" if full else "give this user the right to write there"
    return IndexUnavailable(
        f"cannot write to {data_dir}: {error.strerror}; "
        f"{remedy}, or set DATELINE_DATA_DIR to a directory that is writable"
    )


def owner_of(data_dir: Path) -> OwnerName | None:
    """Who holds the directory now; None where nobody does."""
    try:
        with (data_dir / LOCK).open(encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return None
            except BlockingIOError:
                return OwnerName(**json.loads(lock.read()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    except OSError as error:
        raise _unwritable(data_dir, error) from error


def serving(data_dir: Path) -> bool:
    """Whether a running service owns the directory and takes work for it; waits for one that is
    starting.

    Raises Owned where the owner is something else, such as another ingest.
    """
    deadline = time.monotonic() + STARTING_SECONDS
    while (name := owner_of(data_dir)) is not None:
        if not name.serves:
            raise Owned(f"{data_dir} belongs to {name}: wait until it ends")
        try:
            connect(data_dir, 1.0).close()
            return True
        except OSError as error:
            if time.monotonic() > deadline:
                raise Owned(
                    f"{data_dir} belongs to {name}, which does not answer ({error}): stop it and try again"
                ) from error
            time.sleep(0.1)
    return False


def listen(data_dir: Path) -> socket.socket:
    """A listening socket in the directory, mode 0600."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with address_of(data_dir) as address:
        mask = os.umask(0o177)
        try:
            listener.bind(address)
        finally:
            os.umask(mask)
    listener.listen(128)
    return listener


def connect(data_dir: Path, timeout_seconds: float) -> socket.socket:
    """A connection to the owner's socket; OSError where nobody listens."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout_seconds)
    with address_of(data_dir) as address:
        connection.connect(address)
    return connection


@contextlib.contextmanager
def address_of(data_dir: Path) -> Iterator[str]:
    """The socket's path; a path too long for the kernel is reached through an open directory."""
    path = str((data_dir / SOCKET).absolute())
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        yield path
        return
    directory = os.open(data_dir, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{directory}/{SOCKET}"
    finally:
        os.close(directory)
