"""Who may do more than everyone."""

from datetime import datetime

from sqlalchemy import Executable, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc.auth.tables import user_roles, users
from cnt_grpc.kit.db import Tx, statement


async def insert_role(tx: Tx, user_id: int, role: str, granted_by: int | None, now: datetime) -> bool:
    """Give a role; False when the person had it."""
    granted = await tx.run(_insert(), user_id=user_id, role=role, granted_by=granted_by, granted_at=now)
    return granted > 0


async def delete_role(tx: Tx, user_id: int, role: str) -> bool:
    """Take a role; False when the person did not have it."""
    return await tx.run(_delete(), user_id=user_id, role=role) > 0


async def locked_people(tx: Tx, role: str) -> list[int]:
    """The ids of all who have a role and may use it: neither banned nor on their way out.

    Until this transaction ends nobody takes it from one of them, and nobody else who asks here gets an answer.
    """
    await tx.all(_locked(), role=role)
    # A statement of its own: it sees the bans and wishes to leave that were committed while the first one waited.
    return [row["user_id"] for row in await tx.all(_able(), role=role)]


async def people_with_role(tx: Tx, role: str) -> list[int]:
    """The ids of all who have a role; roles are for few."""
    return [row["user_id"] for row in await tx.all(_people(), role=role)]


_COLUMNS = ("user_id", "role", "granted_by", "granted_at")


@statement
def _insert() -> Executable:
    return insert(user_roles).values({name: bindparam(name) for name in _COLUMNS}).on_conflict_do_nothing()


@statement
def _delete() -> Executable:
    return delete(user_roles).where(
        user_roles.c.user_id == bindparam("user_id"), user_roles.c.role == bindparam("role")
    )


@statement
def _locked() -> Executable:
    return (
        select(user_roles.c.user_id)
        .where(user_roles.c.role == bindparam("role"))
        .order_by(user_roles.c.user_id)
        .with_for_update()
    )


@statement
def _able() -> Executable:
    return (
        select(user_roles.c.user_id)
        .join_from(user_roles, users, users.c.id == user_roles.c.user_id)
        .where(
            user_roles.c.role == bindparam("role"),
            users.c.banned_at.is_(None),
            users.c.delete_after.is_(None),
            users.c.erased_at.is_(None),
        )
        .order_by(user_roles.c.user_id)
    )


@statement
def _people() -> Executable:
    return select(user_roles.c.user_id).where(user_roles.c.role == bindparam("role")).order_by(user_roles.c.user_id)
