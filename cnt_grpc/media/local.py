"""A store in a local folder: for development, tests, and deployments that are small enough for one disk.

A file is written under `.incoming`, synced, and renamed to its key: a crash leaves either nothing or all of it. All
work on files is done in threads of the store's own, so that a slow disk delays uploads and nothing else.
"""

import asyncio
import contextlib
import os
import shutil
import time
import uuid
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.media import local_files, local_parts
from cnt_grpc.media.local_files import full_disk_told
from cnt_grpc.media.local_writer import LocalWriter
from cnt_grpc.media.storage import PART, PIECE, Draft, Stored, Written, is_key
from cnt_grpc.pb.cnt.media.v1.reason import Reason

KEEP_FREE: Final = 256 * 1024 * 1024
"""Bytes of the disk that uploads leave to others: a database on a full disk stops."""

_THREADS: Final = 8
_NEAR: Final = 8 * 1024 * 1024
"""Bytes that come before anyone looks again for room."""

_P = ParamSpec("_P")
_T = TypeVar("_T")


class LocalStorage:
    """Objects as files below one folder, which nobody else writes to."""

    def __init__(self, root: Path, *, keep_free: int = KEEP_FREE) -> None:
        self._root = root
        self._incoming = root / ".incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        self._keep_free = keep_free
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="storage")

    def path(self, key: str) -> Path:
        """Where the object is; raises ValueError for what is no key: nothing outside the folder can be named."""
        if not is_key(key):
            raise ValueError(f"no key: {key!r}")
        return self._root / key

    @asynccontextmanager
    async def create(self, key: str, content_type: str) -> AsyncIterator[LocalWriter]:
        """See Storage. The type is not kept: the database knows it."""
        del content_type
        path = self.path(key)
        await self._run(self._make_room, 0)
        writer = LocalWriter(self, path, self._incoming / uuid.uuid4().hex)
        try:
            yield writer
        finally:
            # The file must not outlive its writer, however the call ends.
            await writer.settle()
            await asyncio.shield(self.submit(writer.close))

    async def put(self, key: str, file: Path, content_type: str) -> Written:
        """See Storage."""
        async with self.create(key, content_type) as writer:
            async for piece in self._pieces(file, 0, None):
                await writer.write(piece)
            return await writer.commit()

    async def stat(self, key: str) -> Stored | None:
        """See Storage."""
        try:
            found = await self._run(self.path(key).stat)
        except FileNotFoundError:
            return None
        return Stored(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """See Storage."""
        return self._pieces(self.path(key), start, end)

    async def fetch(self, key: str, file: Path) -> None:
        """See Storage. A second name for the same file, so that a film is not copied."""
        await self._run(local_files.link, self.path(key), file)

    async def copy(self, source: str, target: str) -> None:
        """See Storage."""
        scratch = self._incoming / uuid.uuid4().hex
        await self._run(local_files.copy, self.path(source), self.path(target), scratch)

    async def delete(self, *keys: str) -> None:
        """See Storage."""
        for key in keys:
            await self._run(self.path(key).unlink, missing_ok=True)

    async def objects(self, prefix: str = "") -> AsyncIterator[Stored]:
        """See Storage."""
        folders = self._files()
        while (found := await self._run(next, folders, None)) is not None:
            for stored in found:
                if stored.key.startswith(prefix):
                    yield stored

    async def sweep(self, older_than: timedelta, keep: Collection[str] = ()) -> int:
        """See Storage."""
        before = time.time() - older_than.total_seconds()
        return await self._run(local_files.remove_old, self._incoming, before, frozenset(keep))

    async def begin(self, key: str, content_type: str, size: int) -> Draft:
        """See Storage."""
        del content_type
        self.path(key)
        await self._run(self._make_room, size)
        draft = Draft(key, uuid.uuid4().hex, size)
        await self._run(local_parts.begin, self._draft_path(draft))
        return draft

    async def put_part(self, draft: Draft, number: int, data: bytes) -> None:
        """See Storage."""
        await self._run(self.check_room)
        with full_disk_told():
            await self._run(local_parts.put, self._draft_path(draft), (number - 1) * PART, data)

    async def arrived(self, draft: Draft) -> int:
        """See Storage. A part that a crash tore is not whole and does not count."""
        try:
            size = (await self._run(self._draft_path(draft).stat)).st_size
        except FileNotFoundError:
            return 0
        return size if size == draft.size else size // PART * PART

    async def join(self, draft: Draft) -> None:
        """See Storage."""
        target = self.path(draft.key)
        with full_disk_told():
            await self._run(local_parts.join, self._draft_path(draft), target)
            await self._run(local_files.sync_folder, target.parent)

    async def drop(self, draft: Draft) -> None:
        """See Storage."""
        await self._run(self._draft_path(draft).unlink, missing_ok=True)

    def part_url(self, draft: Draft, number: int, seconds: int) -> str | None:
        """See Storage: all bytes go through us."""
        del draft, number, seconds
        return None

    def _draft_path(self, draft: Draft) -> Path:
        if not draft.ticket.isalnum():
            raise ValueError(f"no ticket: {draft.ticket!r}")
        return self._incoming / draft.ticket

    def key_of_url(self, address: str) -> str:
        """See Storage: our own HTTP side serves what is here, under an address that the store does not know."""
        del address
        return ""

    def signed_url(self, key: str, seconds: int) -> str | None:
        """See Storage: our own HTTP side serves what is here."""
        del key, seconds
        return None

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()

    def submit(self, call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> asyncio.Future[_T]:
        """Start a call in one of the store's threads."""
        return asyncio.get_running_loop().run_in_executor(self._threads, lambda: call(*args, **kwargs))

    async def _run(self, call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return await self.submit(call, *args, **kwargs)

    async def _pieces(self, path: Path, start: int, end: int | None) -> AsyncIterator[bytes]:
        file = await self._run(path.open, "rb", buffering=0)
        try:
            await self._run(file.seek, start)
            left = float("inf") if end is None else end - start
            while left > 0 and (piece := await self._run(file.read, int(min(PIECE, left)))):
                left -= len(piece)
                yield piece
        finally:
            file.close()

    def _files(self) -> Iterator[list[Stored]]:
        for folder, folders, names in os.walk(self._root):
            folders[:] = [each for each in folders if not each.startswith(".")]
            yield [each for each in (self._stored(Path(folder, name)) for name in names) if each]

    def _stored(self, path: Path) -> Stored | None:
        key = path.relative_to(self._root).as_posix()
        with contextlib.suppress(FileNotFoundError):
            found = path.stat()
            return Stored(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC)) if is_key(key) else None
        return None

    def _make_room(self, needed: int) -> None:
        if shutil.disk_usage(self._root).free < self._keep_free + needed:
            raise Unavailable(Reason.STORAGE_FULL)

    def check_room(self) -> None:
        """Raise Unavailable(STORAGE_FULL) when the disk is about to be full; for a writer's thread."""
        self._make_room(_NEAR)
