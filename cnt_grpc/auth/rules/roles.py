"""Roles, given and taken. Who may do so is for the rooms above to say; a change acts within a second everywhere."""

from enum import StrEnum

from cnt_grpc.auth.queries import roles as queries
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import Precondition
from cnt_grpc.pb.cnt.auth.v1.reason import Reason


class Role(StrEnum):
    """What someone may do beyond what everyone may."""

    CREATOR = "creator"
    MODERATOR = "moderator"
    ADMIN = "admin"


async def grant_role(tx: Tx, user_id: int, role: Role, *, by: int | None = None) -> bool:
    """Give a role; False when the person had it. `by` is who gives it, None for the command line."""
    return await queries.insert_role(tx, user_id, role, by, clock.now())


async def revoke_role(tx: Tx, user_id: int, role: Role) -> bool:
    """Take a role; False when the person did not have it. Raises Precondition for the last administrator."""
    # Two admins who demote each other at once would leave none: the rows are locked before they are counted.
    if role is Role.ADMIN and await queries.locked_people(tx, role) == [user_id]:
        raise Precondition(Reason.LAST_ADMIN)
    return await queries.delete_role(tx, user_id, role)
