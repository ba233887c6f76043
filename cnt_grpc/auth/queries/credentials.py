"""What accounts are opened by: passwords, proven addresses, Google's subjects."""

from datetime import datetime

from sqlalchemy import ColumnElement, Executable, bindparam, case, func, select, update

from cnt_grpc.auth.queries.accounts import IDENTITY, all_roles, has_email
from cnt_grpc.auth.tables import users
from cnt_grpc.kit.db import Row, Tx, statement
from cnt_grpc.kit.db.tables import MOMENT


async def account_by_google_id(tx: Tx, google_id: str) -> Row | None:
    """The account that this Google subject signs in to, with its roles."""
    return await tx.one(_by_google_id(), google_id=google_id)


async def link_google(tx: Tx, user_id: int, google_id: str, now: object) -> Row | None:
    """Let a Google subject sign in; None unless the account's address is proven and no other subject is linked."""
    return await tx.one(_link_google(), user_id=user_id, google_id=google_id, now=now)


async def come_back(tx: Tx, user_id: int) -> Row | None:
    """Take one's own pending deletion back; the account with its roles, or None when it was erased meanwhile."""
    return await tx.one(_come_back(), user_id=user_id)


async def secrets_of(tx: Tx, user_id: int) -> Row | None:
    """What an account is opened by: email, password_hash and google_id."""
    return await tx.one(_secrets(), user_id=user_id)


async def mark_email_verified(tx: Tx, user_id: int, email: str, now: object) -> bool:
    """Note that mail to this address reaches the person; False when it is not theirs any more."""
    return await tx.run(_verify_email(), user_id=user_id, email=email, now=now) > 0


async def reset_password(tx: Tx, user_id: int, password_hash: str, now: object) -> None:
    """Replace or set the password of somebody who has just shown that mail reaches them."""
    await tx.run(_reset_password(), user_id=user_id, password_hash=password_hash, now=now)


async def change_password(tx: Tx, user_id: int, checked_hash: str, new_hash: str, now: object) -> bool:
    """Replace the password; False when it changed since it was checked."""
    changed = await tx.run(
        _change_password(), user_id=user_id, checked_hash=checked_hash, password_hash=new_hash, now=now
    )
    return changed > 0


async def confirm_sign_in(tx: Tx, user_id: int, checked_hash: str, new_hash: str) -> Row | None:
    """Keep the upgraded hash and take a pending deletion back; None when the password changed since it was checked."""
    return await tx.one(_confirm_sign_in(), user_id=user_id, checked_hash=checked_hash, new_hash=new_hash)


async def set_password(tx: Tx, user_id: int, password_hash: str, now: object) -> None:
    """Replace the password."""
    await tx.run(_set_password(), user_id=user_id, password_hash=password_hash, now=now)


def _taken_back() -> ColumnElement[datetime | None]:
    """What signing in leaves of a pending deletion: nothing, unless somebody else removed the account meanwhile."""
    return case((users.c.banned_at.is_(None), None), else_=users.c.delete_after)


@statement
def _by_google_id() -> Executable:
    return select(*IDENTITY, all_roles()).where(users.c.google_id == bindparam("google_id"))


@statement
def _link_google() -> Executable:
    return (
        update(users)
        .where(
            users.c.id == bindparam("user_id"),
            users.c.google_id.is_(None),
            users.c.email_verified_at.is_not(None),
        )
        .values(
            google_id=bindparam("google_id"),
            auth_provider=case((users.c.password_hash.is_not(None), "both"), else_="google"),
            delete_after=_taken_back(),
            updated_at=bindparam("now", type_=MOMENT),
        )
        .returning(*IDENTITY, all_roles())
    )


@statement
def _come_back() -> Executable:
    return (
        update(users)
        .where(users.c.id == bindparam("user_id"), users.c.erased_at.is_(None))
        .values(delete_after=_taken_back())
        .returning(*IDENTITY, all_roles())
    )


@statement
def _secrets() -> Executable:
    return select(users.c.email, users.c.password_hash, users.c.google_id).where(users.c.id == bindparam("user_id"))


@statement
def _verify_email() -> Executable:
    now: ColumnElement[datetime] = bindparam("now", type_=MOMENT)
    return (
        update(users)
        .where(users.c.id == bindparam("user_id"), has_email())
        .values(email_verified_at=func.coalesce(users.c.email_verified_at, now), updated_at=now)
    )


@statement
def _reset_password() -> Executable:
    now: ColumnElement[datetime] = bindparam("now", type_=MOMENT)
    return (
        update(users)
        .where(users.c.id == bindparam("user_id"))
        .values(
            password_hash=bindparam("password_hash"),
            auth_provider=case((users.c.google_id.is_not(None), "both"), else_="email"),
            email_verified_at=func.coalesce(users.c.email_verified_at, now),
            updated_at=now,
        )
    )


@statement
def _change_password() -> Executable:
    return (
        update(users)
        .where(users.c.id == bindparam("user_id"), users.c.password_hash == bindparam("checked_hash"))
        .values(password_hash=bindparam("password_hash"), updated_at=bindparam("now", type_=MOMENT))
    )


@statement
def _confirm_sign_in() -> Executable:
    return (
        update(users)
        .where(users.c.id == bindparam("user_id"), users.c.password_hash == bindparam("checked_hash"))
        .values(password_hash=bindparam("new_hash"), delete_after=_taken_back())
        .returning(*IDENTITY, all_roles())
    )


@statement
def _set_password() -> Executable:
    return (
        update(users)
        .where(users.c.id == bindparam("user_id"))
        .values(password_hash=bindparam("password_hash"), updated_at=bindparam("now"))
    )
