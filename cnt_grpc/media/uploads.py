"""Files on their way in: from the pieces of a body to an object in the store and its row, whatever happens between.

Before the first byte is stored a session says where it goes, so that a crash leaves nothing that nobody knows of. Bytes
are counted against the person's quota before they are written, in steps that grow with the file.
"""

import asyncio
import contextlib
import hmac
import secrets
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import Final

import structlog

from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import Exhausted, Invalid
from cnt_grpc.media import rules
from cnt_grpc.media.jobs import PROBE
from cnt_grpc.media.purposes import INCOMING, Limits, Purpose
from cnt_grpc.media.queries import objects, uploads
from cnt_grpc.media.refusals import too_large, type_of
from cnt_grpc.media.sniff import FileType, Kind
from cnt_grpc.media.storage import Storage, Written
from cnt_grpc.pb.cnt.media.v1.jobs_pb2 import ProbeMedia
from cnt_grpc.pb.cnt.media.v1.reason import Reason

BLOCK: Final = 256 * 1024
"""Bytes written at once, at least: a client that sends small pieces must not cost a thread's turn for each."""

SETTLED: Final = 0.1
"""Seconds between the last byte and belief that it was the last: when a client goes away, gRPC first tells of the end
of its messages and only then, measured up to 8 ms later, cancels the call; a broken upload must not pass as a whole."""

_RESERVE_LEAST: Final = 4 * 1000 * 1000
_RESERVE_MOST: Final = 256 * 1000 * 1000
_log = structlog.get_logger("cnt.media.uploads")


@dataclass(frozen=True, slots=True)
class Declared:
    """What the client says of the file before it sends it."""

    filename: str = ""
    size: int = 0
    """0 when it is not known."""
    sha256: bytes = b""
    """Empty when it is not known."""
    thumbnail: bool = True


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes files in."""

    storage: Storage
    limits: Limits

    async def take(
        self, db: Database, owner: int, purpose: Purpose, pieces: AsyncIterator[bytes], declared: Declared
    ) -> tuple[Row, int]:
        """Store the file and have it examined; its row, and the id of the job that examines it.

        Raises Invalid for what is no file of the purpose's kind, Exhausted for too many bytes, Unavailable where the
        store is full, and whatever ends the pieces; then nothing is left of it.
        """
        limit = self.limits.bytes_of[purpose.kind]
        blocks = _blocks(pieces)
        first = await anext(blocks, b"")
        if max(declared.size, len(first)) > limit:
            raise too_large(purpose.kind, limit)
        file_type = type_of(first, purpose.kind)
        expected = max(len(first), declared.size)
        upload = await _Upload.begin(db, self, owner, purpose=purpose, file_type=file_type, expected=expected)
        try:
            written = await upload.store(first, blocks, limit)
            _check(written, declared)
            return await upload.finish(written, declared)
        except BaseException:
            await surely(upload.undo())
            raise


@dataclass(slots=True)
class _Upload:
    """One upload under way."""

    db: Database
    intake: Intake
    owner: int
    purpose: Purpose
    file_type: FileType
    key: str
    """Where people will find the file."""
    stored_key: str
    """Where the bytes go as they come; for pictures another place, since they are drawn anew."""
    session: str
    reserved: int

    @classmethod
    async def begin(
        cls, db: Database, intake: Intake, owner: int, *, purpose: Purpose, file_type: FileType, expected: int
    ) -> "_Upload":
        key = purpose.new_key(file_type)
        stored_key = f"{INCOMING}/{key.rpartition('/')[2]}" if purpose.kind is Kind.IMAGE else key
        upload = cls(db, intake, owner, purpose, file_type, key, stored_key, secrets.token_urlsafe(24), 0)

        async def note(tx: Tx) -> None:
            await rules.charge(tx, owner, expected, intake.limits.quota)
            await tx.run(
                uploads.add_session(),
                id=upload.session,
                owner=owner,
                purpose=purpose.name,
                key=stored_key,
                reserved=expected,
                now=clock.now(),
            )

        await db.transact(note)
        upload.reserved = expected
        return upload

    async def store(self, first: bytes, rest: AsyncIterator[bytes], limit: int) -> Written:
        """Write the blocks as they come."""
        size = len(first)
        async with self.intake.storage.create(self.stored_key, self.file_type.content_type) as writer:
            await writer.write(first)
            async for block in rest:
                size += len(block)
                if size > limit:
                    raise too_large(self.purpose.kind, limit)
                if size > self.reserved:
                    await self._reserve(size, limit)
                await writer.write(block)
            ended = asyncio.get_running_loop().time()
            written = await writer.commit()
        await asyncio.sleep(max(0.0, ended + SETTLED - asyncio.get_running_loop().time()))
        return written

    async def finish(self, written: Written, declared: Declared) -> tuple[Row, int]:
        """Make the stored bytes a media object, in one transaction with the job that examines it."""

        async def adopt(tx: Tx) -> tuple[Row, int]:
            ended = await tx.one(uploads.end_session(), session=self.session)
            assert ended is not None, "a session is swept only when its upload is long over"
            await rules.refund(tx, self.owner, ended["reserved"] - written.size)
            row = await tx.one(
                objects.add_object(),
                owner=self.owner,
                kind=self.purpose.kind.value,
                key=self.key,
                source_key=self.stored_key if self.stored_key != self.key else None,
                filename=declared.filename,
                content_type=self.file_type.content_type,
                size=written.size,
                sha256=written.sha256,
                now=clock.now(),
            )
            assert row is not None
            payload = ProbeMedia(
                media_id=row["id"],
                thumbnail=declared.thumbnail,
                avatar=self.purpose.becomes_avatar,
                stills=self.purpose.stills,
            )
            job = await jobs.enqueue(tx, PROBE, payload, owner=self.owner, priority=1)
            return row, job

        return await self.db.transact(adopt)

    async def undo(self) -> None:
        """Leave nothing: neither session nor bytes nor their count."""

        async def forget(tx: Tx) -> bool:
            ended = await tx.one(uploads.end_session(), session=self.session)
            if ended is not None:
                await rules.refund(tx, self.owner, ended["reserved"])
            return ended is not None

        # Without a session the upload was finished after all, and only its answer was lost: then the object stays.
        if await self.db.transact(forget):
            await self.intake.storage.delete(self.stored_key)

    async def _reserve(self, size: int, limit: int) -> None:
        """Count more bytes before they are written: twice what there is, or only what is needed near the quota."""
        needed = size - self.reserved
        wanted = min(max(size, _RESERVE_LEAST), _RESERVE_MOST, limit - self.reserved)
        try:
            await self._grow(max(wanted, needed))
        except Exhausted:
            await self._grow(needed)

    async def _grow(self, amount: int) -> None:
        async def grow(tx: Tx) -> None:
            await rules.charge(tx, self.owner, amount, self.intake.limits.quota)
            await tx.run(uploads.grow_session(), session=self.session, amount=amount, now=clock.now())

        await self.db.transact(grow)
        self.reserved += amount


def _check(written: Written, declared: Declared) -> None:
    if declared.size and declared.size != written.size:
        raise Invalid(Reason.UPLOAD_DIFFERS, f"{written.size} bytes came, {declared.size} were declared")
    if declared.sha256 and not hmac.compare_digest(declared.sha256, written.sha256):
        raise Invalid(Reason.UPLOAD_DIFFERS, "the SHA-256 of what came is not the one declared")


async def _blocks(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in blocks of `BLOCK` at least; a piece that is large enough is passed on as it is."""
    held: list[bytes] = []
    size = 0
    async for piece in pieces:
        if piece:
            held.append(piece)
            size += len(piece)
        if size >= BLOCK:
            yield held[0] if len(held) == 1 else b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


async def surely(work: Awaitable[None]) -> None:
    """Await work that must be done though this call is being cancelled; its own errors must not hide the reason."""
    task = asyncio.ensure_future(work)
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([task])
    if not task.cancelled() and task.exception() is not None:
        _log.warning("an upload was not cleaned up; the sweeper will", error=type(task.exception()).__name__)
