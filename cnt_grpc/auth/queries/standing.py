"""Whether an account may be used: banned, on its way out, erased."""

from datetime import datetime

from sqlalchemy import Executable, bindparam, exists, select, true, update

from cnt_grpc.auth.tables import sessions, users
from cnt_grpc.kit.db import Tx, statement
from cnt_grpc.kit.db.tables import MOMENT


async def set_banned(tx: Tx, user_id: int, reason: str, now: datetime) -> bool:
    """Ban an account; False when there is none, or it is banned already."""
    return await tx.run(_ban(), user_id=user_id, reason=reason, now=now) > 0


async def set_unbanned(tx: Tx, user_id: int) -> bool:
    """Lift a ban; False when there is none."""
    return await tx.run(_unban(), user_id=user_id) > 0


async def set_delete_after(tx: Tx, user_id: int, moment: datetime) -> None:
    """Note until when the person may change their mind."""
    await tx.run(_delete_after(), user_id=user_id, moment=moment)


async def let_guests_go(tx: Tx, now: datetime) -> None:
    """Have guests erased whose last session is forgotten: nobody can be them again. A bounded number."""
    await tx.run(_let_guests_go(), now=now)


async def due_for_erasure(tx: Tx, now: datetime) -> list[int]:
    """Ids of those whose time to change their mind is over; a bounded number."""
    return [row["id"] for row in await tx.all(_due(), now=now)]


async def lock_for_erasure(tx: Tx, user_id: int, now: datetime) -> bool:
    """Hold an account that is due until this transaction ends; False when the person came back, or is erased."""
    return bool(await tx.value(_lock(), user_id=user_id, now=now))


_AT_ONCE = 1000


@statement
def _ban() -> Executable:
    return (
        update(users)
        .where(users.c.id == bindparam("user_id"), users.c.banned_at.is_(None), users.c.erased_at.is_(None))
        .values(banned_at=bindparam("now", type_=MOMENT), ban_reason=bindparam("reason"))
    )


@statement
def _unban() -> Executable:
    return (
        update(users)
        .where(users.c.id == bindparam("user_id"), users.c.banned_at.is_not(None))
        .values(banned_at=None, ban_reason=None)
    )


@statement
def _delete_after() -> Executable:
    return (
        update(users).where(users.c.id == bindparam("user_id")).values(delete_after=bindparam("moment", type_=MOMENT))
    )


@statement
def _let_guests_go() -> Executable:
    # Found again and again until they are erased, and so marked once: what is marked is passed over.
    forgotten = (
        select(users.c.id)
        .where(
            users.c.is_guest,
            users.c.delete_after.is_(None),
            users.c.erased_at.is_(None),
            ~exists().where(sessions.c.user_id == users.c.id),
        )
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return update(users).where(users.c.id.in_(forgotten)).values(delete_after=bindparam("now", type_=MOMENT))


@statement
def _due() -> Executable:
    return (
        select(users.c.id)
        .where(users.c.delete_after <= bindparam("now", type_=MOMENT))
        .order_by(users.c.delete_after)
        .limit(_AT_ONCE)
    )


@statement
def _lock() -> Executable:
    return (
        select(true())
        .where(users.c.id == bindparam("user_id"), users.c.delete_after <= bindparam("now", type_=MOMENT))
        .with_for_update(of=users)
    )
