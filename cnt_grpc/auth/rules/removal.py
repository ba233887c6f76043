"""Removing somebody else's account: shut at once, erased soon, and nothing takes it back."""

from cnt_grpc.auth import jobs
from cnt_grpc.auth.queries import standing
from cnt_grpc.auth.rules.bans import ban
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx


async def remove(tx: Tx, user_id: int, reason: str) -> None:
    """Ban somebody and have them erased from every room; whether that may be, the rooms above say.

    Banned first: whoever waits to be erased could otherwise sign in, which takes their own wish back. Raises NotFound,
    and Precondition for the last administrator.
    """
    await ban(tx, user_id, reason)
    await standing.set_delete_after(tx, user_id, clock.now())
    await jobs.erase_person(tx, user_id)
