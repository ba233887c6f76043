"""Folders in which jobs work: empty at first, gone with the job, and swept when the worker died before it could.

A folder is locked by whoever works in it. A lock ends with its process however that dies, so that a folder that can be
locked by another one is nobody's.
"""

import asyncio
import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

_PREFIX: Final = "cnt-job-"
_YOUNG: Final = 10.0
"""Seconds that a folder may take from being made to being locked."""


@asynccontextmanager
async def job_folder() -> AsyncIterator[Path]:
    """An empty folder; what was made in it may be large, so it is removed in a thread."""
    folder, lock = await asyncio.to_thread(_make)
    try:
        yield folder
    finally:
        try:
            await asyncio.shield(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))
        finally:
            os.close(lock)


def sweep() -> int:
    """Remove the folders of workers that are dead; how many there were."""
    removed = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        # One that belongs to somebody else, or is gone by now, is none of ours.
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime < _YOUNG:
                continue
            lock = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
            finally:
                os.close(lock)
    return removed


def _make() -> tuple[Path, int]:
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock
