"""What other rooms may do with stored files: claim them, use them, show them, let them go."""

from collections.abc import Sequence

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Exhausted, Invalid, NotFound, Precondition
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.media.queries import objects, uploads, uses
from cnt_grpc.media.sniff import Kind
from cnt_grpc.pb.cnt.media.v1.reason import Reason

_QUOTA_RETRY = 3600.0
"""Seconds: room comes when the person removes something, and nobody knows when that is."""


async def own_media(tx: Tx, caller: Caller, media_id: int) -> Row:
    """A file of the caller's own, whatever its state; raises NotFound."""
    row = await tx.one(objects.own_object(), media=media_id, owner=caller.user_id)
    if row is None:
        raise NotFound(Reason.MEDIA_NOT_FOUND)
    return row


async def seen_media(tx: Tx, caller: Caller, *, media_id: int = 0, key: str = "", for_review: bool = False) -> Row:
    """A file that the caller may see, by its id or, without one, by its key; raises NotFound."""
    door = objects.seen_object(by_key=not media_id, for_review=for_review)
    row = await tx.one(door, owner=caller.user_id, **({"media": media_id} if media_id else {"key": key}))
    if row is None:
        raise NotFound(Reason.MEDIA_NOT_FOUND)
    return row


async def duration_ms(tx: Tx, caller: Caller, key: str) -> int:
    """How long a sound or film is that the caller may see.

    Raises NotFound, Invalid for what has no length, Precondition while it is examined.
    """
    row = await seen_media(tx, caller, key=key, for_review=caller.is_moderator)
    if row["kind"] not in {Kind.AUDIO, Kind.VIDEO}:
        raise Invalid(Reason.MEDIA_WRONG_KIND, f"the file is {row['kind']}, which has no length")
    if row["state"] != "ready":
        raise Precondition(Reason.MEDIA_NOT_READY)
    return row["duration_ms"] or 0


async def variants(tx: Tx, media_id: int) -> Sequence[Row]:
    """The pictures that were made of a file."""
    return await tx.all(objects.variants_of(), media=media_id)


async def claim(
    tx: Tx, caller: Caller, *kinds: Kind, media_id: int = 0, file_path: str = "", moved_path: str = ""
) -> Row:
    """What moving.claim gives other rooms, wherever it lies; `moved_path` is where `file_path` may have gone since."""
    if media_id:
        row = await tx.one(objects.own_object_locked(by_key=False), media=media_id, owner=caller.user_id)
    else:
        row = await tx.one(
            objects.own_object_locked(by_key=True), key=file_path, moved=moved_path, owner=caller.user_id
        )
    # What failed holds no bytes any more: for everyone but GetMedia it is gone.
    if row is None or row["state"] == "failed":
        raise NotFound(Reason.MEDIA_NOT_FOUND)
    if row["kind"] not in kinds:
        raise Invalid(Reason.MEDIA_WRONG_KIND, f"the file is {row['kind']}, not {' or '.join(kinds)}")
    if row["state"] != "ready":
        raise Precondition(Reason.MEDIA_NOT_READY)
    return row


async def use(tx: Tx, media_id: int, room: str, ref: str) -> None:
    """Note that something of a room (`ref`, such as item:12) uses a file, which keeps it; twice is once.

    Raises NotFound when the file is not there or not ready.
    """
    if await tx.value(uses.mark_used(), media=media_id) is None:
        raise NotFound(Reason.MEDIA_NOT_FOUND)
    await tx.run(uses.add_use(), media=media_id, room=room, ref=ref, now=clock.now())


async def withdraw(tx: Tx, media_id: int, room: str, ref: str) -> None:
    """Note that what uses a file is no longer public: when nothing else that is uses it, only its owner sees the file.

    The file is locked first, so that of two that show and hide it at once the later one sees what the other did.
    """
    await tx.run(uses.lock_object(), media=media_id)
    await tx.run(uses.set_public(), media=media_id, room=room, ref=ref, public=False)
    await tx.run(uses.hide(), media=media_id)


async def forget_uses(tx: Tx, room: str, ref: str, media_id: int = 0) -> list[int]:
    """Note that something uses a file no longer, or none at all; the ids of those that nothing uses now.

    What nothing public uses any more is hidden.
    """
    if media_id:
        gone = await tx.all(uses.remove_uses(of_one=True), room=room, ref=ref, media=media_id)
    else:
        gone = await tx.all(uses.remove_uses(of_one=False), room=room, ref=ref)
    unused = []
    for each in sorted(row["media_id"] for row in gone):
        await tx.run(uses.lock_object(), media=each)
        await tx.run(uses.hide(), media=each)
        found = await tx.value(uses.mark_unused(), media=each, now=clock.now())
        if found is not None:
            unused.append(found)
    return unused


async def charge(tx: Tx, owner: int, amount: int, quota: int) -> None:
    """Count bytes against a person's quota; raises Exhausted when there is not so much left."""
    if amount > quota or await tx.one(uploads.charge(), owner=owner, amount=amount, quota=quota) is None:
        raise Exhausted(
            Reason.MEDIA_QUOTA_EXCEEDED,
            f"your files may take {quota // 1_000_000} MB in all",
            retry_after=_QUOTA_RETRY,
        )


async def refund(tx: Tx, owner: int | None, amount: int) -> None:
    """Give bytes back to whoever they were counted against."""
    if owner is not None and amount:
        await tx.run(uploads.refund(), owner=owner, amount=amount)
