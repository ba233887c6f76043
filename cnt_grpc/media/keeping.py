"""Letting files go, and showing a person's picture: what changes who uses a file, with the jobs that follow from it."""

from datetime import timedelta
from typing import Final

from cnt_grpc import auth
from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.jobs import Job
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.media import rules, variants
from cnt_grpc.media.moving import publish
from cnt_grpc.media.queries import leavings
from cnt_grpc.media.sniff import Kind
from cnt_grpc.pb.cnt.media.v1.jobs_pb2 import DiscardMedia

DISCARD: Final = Job("media.discard", DiscardMedia, attempts=10, timeout=timedelta(minutes=2))
"""Remove a file unless something uses it."""

AVATAR: Final = "avatar"
"""The room under which a person's picture is in use."""


async def release(tx: Tx, room: str, ref: str, media_id: int = 0) -> None:
    """Note that something (`ref`, such as item:12) uses a file no longer, or without `media_id` none at all.

    What nothing uses any more is removed soon after this transaction has been committed.
    """
    for unused in await rules.forget_uses(tx, room, ref, media_id):
        await jobs.enqueue(tx, DISCARD, DiscardMedia(media_id=unused), dedupe=f"media:{unused}")


async def abandon(tx: Tx, key: str) -> None:
    """Have what may lie under a key of the workshop's removed, with pictures made of it, though no row knows of it."""
    now = clock.now()
    await tx.many(leavings.add_leaving(), [{"key": each, "now": now} for each in (key, *variants.possible(key))])


async def show(tx: Tx, user_id: int, media_id: int) -> None:
    """Make a picture that the person uploaded their avatar, in place of the one before; raises as `claim` does."""
    picture = await rules.claim(tx, Caller(user_id), Kind.IMAGE, media_id=media_id)
    await release(tx, AVATAR, str(user_id))
    await rules.use(tx, media_id, AVATAR, str(user_id))
    await publish(tx, media_id, AVATAR, str(user_id))
    await auth.set_avatar(tx, user_id, picture["key"])
