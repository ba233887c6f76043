"""What people may open because they paid or were given it."""

from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, Executable, bindparam, delete, exists, or_, select
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc.auth.queries.people import CallerId
from cnt_grpc.auth.tables import entitlements
from cnt_grpc.kit.db import Tx, statement
from cnt_grpc.kit.db.tables import MOMENT

_MOST_KEYS = 1000
"""More than anybody has: a list that could be longer would need pages."""


def is_entitled_to(caller_id: CallerId, key: ColumnElement[str], now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """The condition that the caller may open what `key` names; `now` is usually `bindparam("now", type_=MOMENT)`."""
    return exists().where(
        entitlements.c.user_id == caller_id,
        entitlements.c.key == key,
        or_(entitlements.c.ends_at.is_(None), entitlements.c.ends_at > now),
    )


async def upsert_entitlement(
    tx: Tx, user_id: int, key: str, source: str, *, now: datetime, ends_at: datetime | None
) -> None:
    """Give an entitlement, or change when the one from the same source ends."""
    await tx.run(_upsert(), user_id=user_id, key=key, source=source, granted_at=now, ends_at=ends_at)


async def delete_entitlements(tx: Tx, source: str) -> int:
    """Take everything that follows from a source; how many entitlements that were."""
    return await tx.run(_delete(), source=source)


async def has_entitlement(tx: Tx, user_id: int, key: str, now: datetime) -> bool:
    """Whether the person may open what `key` names."""
    return bool(await tx.value(_has(), user_id=user_id, key=key, now=now))


async def open_keys(tx: Tx, user_id: int, now: datetime) -> list[str]:
    """The keys of what the person may open."""
    return [row["key"] for row in await tx.all(_keys(), user_id=user_id, now=now)]


_COLUMNS = ("user_id", "key", "source", "granted_at", "ends_at")


@statement
def _upsert() -> Executable:
    new = insert(entitlements).values({name: bindparam(name) for name in _COLUMNS})
    return new.on_conflict_do_update(
        constraint="uq_entitlements_user_id_key_source", set_={"ends_at": new.excluded.ends_at}
    )


@statement
def _delete() -> Executable:
    return delete(entitlements).where(entitlements.c.source == bindparam("source"))


@statement
def _keys() -> Executable:
    now = bindparam("now", type_=MOMENT)
    return (
        select(entitlements.c.key)
        .where(
            entitlements.c.user_id == bindparam("user_id", type_=BigInteger),
            or_(entitlements.c.ends_at.is_(None), entitlements.c.ends_at > now),
        )
        .distinct()
        .order_by(entitlements.c.key)
        .limit(_MOST_KEYS)
    )


@statement
def _has() -> Executable:
    key: ColumnElement[str] = bindparam("key", type_=entitlements.c.key.type)
    return select(is_entitled_to(bindparam("user_id"), key, bindparam("now", type_=MOMENT)))
