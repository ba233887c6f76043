"""How often an account or an address was tried in vain."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Executable, Float, Integer, bindparam, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc.auth.tables import wrong_tries
from cnt_grpc.kit.db import Tx, statement
from cnt_grpc.kit.db.tables import MOMENT

_LARGEST_POWER = 20
"""Delays double no further: two to a large power is no number for Postgres."""


async def count_try(
    tx: Tx, key: bytes, *, now: datetime, free: int, longest_delay: timedelta, forget_before: datetime
) -> bool:
    """Count a try before it is known to be wrong; False when the delay that earlier ones earned is not over.

    What began before `forget_before` is forgotten as a whole, however lately it went on: behind the address of a school
    somebody mistypes every hour of every day.

    The row is locked by the statement that looks at it, so parallel tries are counted one by one.
    """
    counted = await tx.value(
        _count(),
        key=key,
        now=now,
        free=free,
        longest_delay=longest_delay.total_seconds(),
        forget_before=forget_before,
    )
    return counted is not None


async def retry_at(tx: Tx, key: bytes) -> datetime | None:
    """From when on the next try counts."""
    moment: datetime | None = await tx.value(_retry_at(), key=key)
    return moment


async def forget(tx: Tx, key: bytes) -> None:
    """The right password came: earlier wrong ones count no more."""
    await tx.run(_forget(), key=key)


async def take_back(tx: Tx, key: bytes, now: datetime) -> None:
    """One of the counted tries was right; the others stay, since they may be another's."""
    await tx.run(_take_back(), key=key, now=now)


@statement
def _count() -> Executable:
    now: ColumnElement[datetime] = bindparam("now", type_=MOMENT)
    forgotten = wrong_tries.c.tried_at < bindparam("forget_before", type_=MOMENT)
    tries = case((forgotten, 1), else_=wrong_tries.c.tries + 1)
    free: ColumnElement[int] = bindparam("free", type_=Integer())
    over = tries - free
    doubled = func.power(2.0, func.least(over, _LARGEST_POWER), type_=Float())
    seconds = case((over <= 0, 0.0), else_=func.least(doubled, bindparam("longest_delay", type_=Float())))
    return (
        insert(wrong_tries)
        .values(key=bindparam("key"), tries=1, tried_at=now, retry_at=now)
        .on_conflict_do_update(
            index_elements=[wrong_tries.c.key],
            set_={
                "tries": tries,
                # The first of those that are counted.
                "tried_at": case((forgotten, now), else_=wrong_tries.c.tried_at),
                "retry_at": now + func.make_interval(0, 0, 0, 0, 0, 0, seconds),
            },
            # The clocks of parallel calls differ by a little, which must not look like a delay where none is due.
            where=or_(wrong_tries.c.tries <= free, wrong_tries.c.retry_at <= now),
        )
        .returning(wrong_tries.c.tries)
    )


@statement
def _retry_at() -> Executable:
    return select(wrong_tries.c.retry_at).where(wrong_tries.c.key == bindparam("key"))


@statement
def _forget() -> Executable:
    return delete(wrong_tries).where(wrong_tries.c.key == bindparam("key"))


@statement
def _take_back() -> Executable:
    return (
        update(wrong_tries)
        .where(wrong_tries.c.key == bindparam("key"))
        .values(tries=func.greatest(wrong_tries.c.tries - 1, 0), retry_at=bindparam("now", type_=MOMENT))
    )
