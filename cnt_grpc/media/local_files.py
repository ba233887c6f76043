"""What the local store does with files and folders; for its threads."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.pb.cnt.media.v1.reason import Reason


@contextlib.contextmanager
def full_disk_told() -> Iterator[None]:
    """Turn what a full disk raises into Unavailable(STORAGE_FULL)."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Unavailable(Reason.STORAGE_FULL) from error
        raise


def sync_folder(folder: Path) -> None:
    """Make the new name durable: the file's own sync does not cover the folder that it is in."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def link(source: Path, target: Path) -> None:
    """A second name for the file, and on another disk a pointer to it."""
    try:
        target.hardlink_to(source)
    except FileNotFoundError:
        raise
    except OSError:
        # Another disk, perhaps one in memory: a film is not copied there.
        target.symlink_to(source.absolute())


def copy(source: Path, target: Path, scratch: Path) -> None:
    """Give a stored file a second key: both are the same bytes, which never change."""
    scratch.hardlink_to(source)
    with full_disk_told():
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch.replace(target)
        scratch.unlink(missing_ok=True)  # two names of one file: then replacing does nothing
        sync_folder(target.parent)


def remove_old(folder: Path, before: float, keep: frozenset[str] = frozenset()) -> int:
    """Remove files that nobody has written to since then, but for those of these names; how many."""
    removed = 0
    for path in folder.iterdir():
        if path.name in keep:
            continue
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                path.unlink()
                removed += 1
    return removed
