"""Bans: who may not use their account. Who may ban, the rooms above say; it acts within a second everywhere."""

from cnt_grpc.auth.queries import roles, standing
from cnt_grpc.auth.queries.people import user_exists
from cnt_grpc.auth.queries.sessions import end_sessions_of
from cnt_grpc.auth.rules.roles import Role
from cnt_grpc.auth.rules.sessions import EndReason
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import NotFound, Precondition
from cnt_grpc.pb.cnt.auth.v1.reason import Reason


async def ban(tx: Tx, user_id: int, reason: str) -> bool:
    """Shut somebody out and end their sessions; False when they were banned before.

    `reason` is for those who ban and unban. Raises NotFound, and Precondition for the last administrator.
    """
    if not await user_exists(tx, user_id):
        raise NotFound(Reason.USER_NOT_FOUND)
    if await roles.locked_people(tx, Role.ADMIN) == [user_id]:
        raise Precondition(Reason.LAST_ADMIN)
    now = clock.now()
    is_new = await standing.set_banned(tx, user_id, reason, now)
    await end_sessions_of(tx, user_id, EndReason.BANNED, now)
    return is_new


async def unban(tx: Tx, user_id: int) -> bool:
    """Let somebody in again, by a new sign-in; False when they were not banned. Raises NotFound."""
    if not await user_exists(tx, user_id):
        raise NotFound(Reason.USER_NOT_FOUND)
    return await standing.set_unbanned(tx, user_id)
