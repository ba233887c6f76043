"""The end of an upload in several goes: what came becomes one object, is checked as a whole, and becomes a file."""

import asyncio
import hashlib
import hmac

from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Invalid, NotFound
from cnt_grpc.media import sessions
from cnt_grpc.media.declared_types import check_type
from cnt_grpc.media.jobs import PROBE
from cnt_grpc.media.purposes import PURPOSES
from cnt_grpc.media.queries import objects, resumable
from cnt_grpc.media.sniff import HEAD
from cnt_grpc.media.storage import Storage
from cnt_grpc.pb.cnt.media.v1.jobs_pb2 import ProbeMedia
from cnt_grpc.pb.cnt.media.v1.reason import Reason


async def is_joined(storage: Storage, row: Row) -> bool:
    """Whether a call that died afterwards has made the object of it."""
    stored = await storage.stat(row["key"])
    return stored is not None and stored.size == row["size"]


async def join(storage: Storage, row: Row) -> bytes:
    """Make the object of what has come, and read it; its SHA-256.

    Raises NotFound when what has come is gone, Invalid when it is not what was declared.
    """
    try:
        await storage.join(sessions.draft_of(row))
    except FileNotFoundError:
        if not await is_joined(storage, row):
            raise NotFound(Reason.UPLOAD_NOT_FOUND) from None
    await storage.delete(sessions.tail_key(row))
    return await _check(storage, row)


async def _check(storage: Storage, row: Row) -> bytes:
    """Read the whole object, whichever way its bytes have come; its SHA-256. Raises Invalid."""
    digest, size, head = hashlib.sha256(), 0, b""
    async for piece in storage.read(row["key"]):
        head = head or piece[:HEAD]
        size += len(piece)
        await asyncio.to_thread(digest.update, piece)
    check_type(head, row)
    if size != row["size"]:
        raise Invalid(Reason.UPLOAD_DIFFERS, f"{size} bytes came, {row['size']} were declared")
    # None was declared where the bytes come from a party that knows none; clients always declare one.
    if row["sha256"] and not hmac.compare_digest(digest.digest(), row["sha256"]):
        raise Invalid(Reason.UPLOAD_DIFFERS, "the SHA-256 of what came is not the one declared")
    return digest.digest()


async def adopt(tx: Tx, row: Row, sha256: bytes) -> tuple[int, int]:
    """Make the stored bytes a media object, in one transaction with the job that examines it; the ids of both."""
    purpose = PURPOSES[row["purpose"]]
    media = await tx.one(
        objects.add_object(),
        owner=row["owner_id"],
        kind=purpose.kind.value,
        key=row["media_key"],
        source_key=row["key"] if row["key"] != row["media_key"] else None,
        filename=row["filename"],
        content_type=row["content_type"],
        size=row["size"],
        sha256=sha256,
        now=clock.now(),
    )
    assert media is not None
    if await tx.value(resumable.set_media(), session=row["id"], media=media["id"], now=clock.now()) is None:
        raise NotFound(Reason.UPLOAD_NOT_FOUND)
    payload = ProbeMedia(
        media_id=media["id"], thumbnail=row["thumbnail"], avatar=purpose.becomes_avatar, stills=purpose.stills
    )
    return media["id"], await jobs.enqueue(tx, PROBE, payload, owner=row["owner_id"], priority=1)
