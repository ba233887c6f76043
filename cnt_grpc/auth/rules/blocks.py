"""Blocks: two people who do not meet any more, whoever of them wished so. Every room leaves such people out."""

from cnt_grpc.auth.queries import blocks as queries
from cnt_grpc.auth.queries.people import user_exists
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import Invalid, NotFound
from cnt_grpc.pb.cnt.auth.v1.reason import Reason


async def block(tx: Tx, user_id: int, other_id: int) -> None:
    """Hide the two from each other; raises Invalid for oneself, and NotFound for nobody.

    It succeeds for whoever exists, also for one who has blocked first: a block must not tell of the other one.
    """
    if user_id == other_id:
        raise Invalid.of("user_id", "is your own", "user_id.own")
    if not await user_exists(tx, other_id):
        raise NotFound(Reason.USER_NOT_FOUND)
    await queries.insert_block(tx, user_id, other_id, clock.now())


async def unblock(tx: Tx, user_id: int, other_id: int) -> None:
    """Take one's own block back; the other's stays."""
    await queries.delete_block(tx, user_id, other_id)
