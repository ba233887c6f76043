"""Files of the local store that arrive in several goes: one file each, written to by place until it gets its key.

Several calls may write to one file at once, when a client goes on over a new connection before the old one is known to
be broken. Each takes the file's lock for a part; once the file is joined, whoever still comes finds it gone.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


def begin(path: Path) -> None:
    """Make the empty file."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def put(path: Path, offset: int, data: bytes) -> None:
    """Write a part at its place; raises FileNotFoundError when the file is joined or dropped."""
    with _locked(path) as file:
        view = memoryview(data)
        while view:
            written = os.pwrite(file, view, offset)
            view, offset = view[written:], offset + written


def join(path: Path, target: Path) -> None:
    """Give the file its key, and never change it again; raises FileNotFoundError when it is joined or dropped."""
    with _locked(path) as file:
        os.fchmod(file, 0o444)
        os.fsync(file)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        # While we waited for the lock, the file may have got its key; then it is an object, which never changes.
        if not path.exists() or path.stat().st_ino != os.fstat(file).st_ino:
            raise FileNotFoundError(path.name)
        yield file
    finally:
        os.close(file)
