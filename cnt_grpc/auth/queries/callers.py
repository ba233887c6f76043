"""Who somebody is to the rules where another door than a session has let them in, such as a voice room."""

from sqlalchemy import BigInteger, Executable, bindparam, select

from cnt_grpc.auth.queries.people import roles_of
from cnt_grpc.auth.tables import users
from cnt_grpc.kit.db import Tx, statement
from cnt_grpc.kit.rpc.call import Caller


async def caller_of(tx: Tx, user_id: int) -> Caller | None:
    """The person as a caller with what they may do now; None when they are banned, leaving, erased or not there."""
    row = await tx.one(_standing(), user_id=user_id)
    if row is None:
        return None
    return Caller(user_id=user_id, roles=frozenset(row["roles"]), is_guest=row["is_guest"])


@statement
def _standing() -> Executable:
    return select(users.c.is_guest, roles_of(users.c.id).label("roles")).where(
        users.c.id == bindparam("user_id", type_=BigInteger),
        users.c.banned_at.is_(None),
        users.c.erased_at.is_(None),
        users.c.delete_after.is_(None),
    )
