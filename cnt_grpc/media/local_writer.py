"""A file of the local store on its way in."""

import asyncio
import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, ParamSpec, Protocol, TypeVar

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.media.local_files import full_disk_told, sync_folder
from cnt_grpc.media.storage import Written

_FLUSH: Final = 8 * 1024 * 1024
"""Bytes after which writing to the disk is begun, so that the sync at the end has little left to wait for."""

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Threads(Protocol):
    """What the writer needs of its store."""

    def submit(self, call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> asyncio.Future[_T]:
        """Start a call in one of the store's threads."""
        ...

    def check_room(self) -> None:
        """Raise Unavailable(STORAGE_FULL) when the disk is about to be full."""
        ...


class LocalWriter:
    """One file on its way in. One piece is written and hashed in a thread while the next one is received."""

    def __init__(self, threads: Threads, target: Path, path: Path) -> None:
        self._threads = threads
        self._target = target
        self._path = path
        self._file = -1
        self._hash = hashlib.sha256()
        self._size = 0
        self._flushed = 0
        self._pending: asyncio.Future[None] | None = None

    async def write(self, piece: bytes) -> None:
        """See Writer."""
        await self._written()
        self._pending = self._threads.submit(self._append, piece)

    async def commit(self) -> Written:
        """See Writer."""
        await self._written()
        self._pending = self._threads.submit(self._publish)
        await self._written()
        return Written(self._size, self._hash.digest())

    async def _written(self) -> None:
        if self._pending is not None:
            # A cancelled call must not cancel what the thread is doing: `settle` waits for it.
            await asyncio.shield(self._pending)
            self._pending = None

    async def settle(self) -> None:
        """Wait until no thread works on the file any more, even if the call is being cancelled."""
        pending = self._pending
        while pending is not None and not pending.done():
            with contextlib.suppress(asyncio.CancelledError, Unavailable, OSError):
                await asyncio.wait([pending])
        if pending is not None and not pending.cancelled():
            pending.exception()  # seen: whoever awaited it has raised it, or is being cancelled anyway

    def close(self) -> None:
        """Close the file, and remove it where it was not committed."""
        if self._file >= 0:
            os.close(self._file)
            self._path.unlink(missing_ok=True)

    def _open(self) -> None:
        # Opened by the first piece and not before: `settle` and `close` then know of the file, whatever is cancelled.
        if self._file < 0:
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def _append(self, piece: bytes) -> None:
        view = memoryview(piece)
        with full_disk_told():
            self._open()
            while view:
                view = view[os.write(self._file, view) :]
        self._hash.update(piece)
        self._size += len(piece)
        if self._size - self._flushed >= _FLUSH:
            self._threads.check_room()
            # Linux begins to write the dirty pages of the range; elsewhere it does nothing.
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(self._file, self._flushed, self._size - self._flushed, os.POSIX_FADV_DONTNEED)
            self._flushed = self._size

    def _publish(self) -> None:
        with full_disk_told():
            self._open()
            os.fchmod(self._file, 0o444)  # objects never change
            os.fsync(self._file)
            self._target.parent.mkdir(parents=True, exist_ok=True)
            self._path.rename(self._target)
            sync_folder(self._target.parent)
