"""An object of an S3 store on its way in."""

import asyncio
import contextlib
import hashlib
import io
from typing import Any, Final, Protocol

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.media.storage import PART, Draft, Written

CACHED: Final = "max-age=3600"
"""An object never changes under its key, but it may be withdrawn."""


class Parts(Protocol):
    """What the writer needs of its store."""

    async def begin(self, key: str, content_type: str, size: int) -> Draft:
        """See Storage."""
        ...

    async def put_part(self, draft: Draft, number: int, data: bytes) -> None:
        """See Storage."""
        ...

    async def join(self, draft: Draft) -> None:
        """See Storage."""
        ...

    async def drop(self, draft: Draft) -> None:
        """See Storage."""
        ...

    async def call(self, operation: str, **given: object) -> Any:  # noqa: ANN401  (boto3 has no types)
        """See S3Client."""
        ...


class S3Writer:
    """One object on its way in. One part is sent while the next one is received."""

    def __init__(self, storage: Parts, key: str, content_type: str) -> None:
        self._storage = storage
        self._key = key
        self._content_type = content_type
        self._held = io.BytesIO()
        self._hash = hashlib.sha256()
        self._size = 0
        self._draft: asyncio.Task[Draft] | None = None
        self._sending: asyncio.Task[None] | None = None
        self._number = 0

    async def write(self, piece: bytes) -> None:
        """See Writer."""
        await asyncio.to_thread(self._hash.update, piece)
        self._size += len(piece)
        self._held.write(piece)
        while self._held.tell() >= PART:
            data = self._held.getvalue()
            await self._send(data[:PART])
            self._held = io.BytesIO()
            self._held.write(data[PART:])

    async def commit(self) -> Written:
        """See Writer."""
        rest = self._held.getvalue()
        if self._draft is None:
            await self._storage.call(
                "put_object", Key=self._key, Body=rest, ContentType=self._content_type, CacheControl=CACHED
            )
        else:
            if rest:
                await self._send(rest)
            await self._sent()
            await self._storage.join(await self._draft)
            self._draft = None
        return Written(self._size, self._hash.digest())

    async def close(self) -> None:
        """Drop what was sent, unless it was committed."""
        for task in (self._sending, self._draft):
            if task is not None and not task.done():
                await asyncio.wait([task])
        if self._sending is not None and not self._sending.cancelled():
            self._sending.exception()  # told to whoever wrote, or to nobody who waits any more
        if self._draft is not None and not self._draft.cancelled() and self._draft.exception() is None:
            with contextlib.suppress(Unavailable, OSError):
                await self._storage.drop(self._draft.result())

    async def _send(self, data: bytes) -> None:
        if self._draft is None:
            # A task, so that `close` knows of it even if the call is cancelled before the store has answered.
            begin = self._storage.begin(self._key, self._content_type, 0)
            self._draft = asyncio.ensure_future(begin)
        draft = await asyncio.shield(self._draft)
        await self._sent()
        self._number += 1
        self._sending = asyncio.ensure_future(self._storage.put_part(draft, self._number, data))

    async def _sent(self) -> None:
        if self._sending is not None:
            await asyncio.shield(self._sending)
            self._sending = None
