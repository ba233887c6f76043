"""Claiming files for others to see: what was a draft gets a public key at once, and its bytes follow by a job.

What lies below private/ never becomes public where it is: the CDN does not lead there, and signed addresses end.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import Precondition
from cnt_grpc.kit.jobs import Job, Run
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.media import rules, variants
from cnt_grpc.media.purposes import PRIVATE, public_key
from cnt_grpc.media.queries import leavings, objects, uses
from cnt_grpc.media.queries import moving as queries
from cnt_grpc.media.sniff import Kind
from cnt_grpc.media.storage import Storage
from cnt_grpc.pb.cnt.media.v1.jobs_pb2 import MoveMedia
from cnt_grpc.pb.cnt.media.v1.reason import Reason

MOVE: Final = Job("media.move", MoveMedia, attempts=10, timeout=timedelta(minutes=30))
"""Bring a file from its private place to the one that its row names."""

_BATCH: Final = 200


async def claim(
    tx: Tx, caller: Caller, *kinds: Kind, media_id: int = 0, file_path: str = "", private: bool = False
) -> Row:
    """A file of one of these kinds that the caller uploaded and that is ready, by its id or, without one, by its key.

    It cannot be removed before the transaction ends; call `use` in the same one. A draft gets its public key here:
    keep the key of this row, not the one that the caller named. With `private` it stays where only its owner and those
    whom you give a signed address may see it: a draft that is kept, an identity paper.

    Raises NotFound for what is not the caller's own, Invalid for another kind, Precondition while it is being examined
    and for what must stay private.
    """
    moved = public_key(file_path)
    row = await rules.claim(tx, caller, *kinds, media_id=media_id, file_path=file_path, moved_path=moved or "")
    if private or not row["key"].startswith(PRIVATE):
        return row
    target = public_key(row["key"])
    if target is None:
        raise Precondition(Reason.MEDIA_STAYS_PRIVATE)
    return await _begin(tx, row, target)


async def publish(tx: Tx, media_id: int, room: str, ref: str) -> None:
    """Note that what uses a file (as told to `use`) is public: everyone sees the file and the pictures made of it.

    Raises Precondition for one that is kept private.
    """
    key = await tx.value(uses.show(), media=media_id)
    if key is not None and key.startswith(PRIVATE):
        raise Precondition(Reason.MEDIA_STAYS_PRIVATE)
    if await tx.value(uses.set_public(), media=media_id, room=room, ref=ref, public=True) is None:
        raise RuntimeError(f"{room} {ref} shows file {media_id} and does not use it")


async def _begin(tx: Tx, row: Row, target: str) -> Row:
    kind, thumbnail = Kind(row["kind"]), None
    pictures = await tx.all(objects.variants_of(), media=row["id"])
    keys = {each["name"]: variants.place(kind, target, each["name"], _extension(each)) for each in pictures}
    await tx.many(
        queries.set_variant_key(), [{"media": row["id"], "name": name, "key": key} for name, key in keys.items()]
    )
    if row["thumbnail_key"] is not None:
        thumbnail = keys.get("thumbnail")
    moved = await tx.one(
        queries.set_key(), media=row["id"], old_key=row["key"], new_key=target, thumbnail_key=thumbnail
    )
    assert moved is not None, "the row is locked"
    await jobs.enqueue(tx, MOVE, MoveMedia(media_id=row["id"]), dedupe=f"media-move:{row['id']}")
    return moved


@dataclass(frozen=True, slots=True)
class Mover:
    """Moves bytes. May be repeated after a crash anywhere."""

    storage: Storage

    async def move(self, payload: MoveMedia, run: Run) -> None:
        """Copy the file and its pictures to the keys of their rows, then say so, then remove the old ones."""
        async with run.db.reading() as tx:
            row = await tx.one(objects.object_by_id(), media=payload.media_id)
            pictures = await tx.all(objects.variants_of(), media=payload.media_id)
        if row is None or row["state"] != "ready" or row["source_key"] is None:
            return
        moves = {row["source_key"]: row["key"]}
        for each in pictures:
            moves[variants.place(Kind(row["kind"]), row["source_key"], each["name"], _extension(each))] = each["key"]
        for source, target in moves.items():
            await self._copy(source, target)
        # Never the last copy: a store may have said what it had not done.
        left = [old for old, new in moves.items() if await self.storage.stat(new) is not None]
        now = clock.now()
        async with run.finish() as tx:
            await tx.value(queries.set_arrived(), media=row["id"], old_key=row["source_key"])
            # From here on no row knows of the old ones: should the store be away, the sweeper removes them.
            await tx.many(leavings.add_leaving(), [{"key": key, "now": now} for key in left])
        await self.storage.delete(*left)
        await run.db.transact(lambda tx: tx.run(leavings.forget_leavings(), keys=left, gone_at=now))

    async def ask_again(self, db: Database) -> None:
        """Ask for the moves whose jobs have used up their tries; those that still wait are asked for once."""
        async with db.transaction() as tx:
            for row in await tx.all(queries.still_moving(_BATCH)):
                await jobs.enqueue(tx, MOVE, MoveMedia(media_id=row["id"]), dedupe=f"media-move:{row['id']}")

    async def _copy(self, source: str, target: str) -> None:
        try:
            await self.storage.copy(source, target)
        except FileNotFoundError:
            # A run that was killed has moved it; where it has not, the bytes are lost, and `media check` says so.
            if await self.storage.stat(source) is not None:
                raise OSError(f"{source} is there, and was not copied") from None


def _extension(picture: Row) -> str:
    return str(picture["key"].rpartition(".")[2])
