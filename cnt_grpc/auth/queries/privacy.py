"""Everything that the auth room holds about one person: to be read, and to be made nameless."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Executable, Table, bindparam, delete, func, or_, select, update
from sqlalchemy.sql.dml import Delete

from cnt_grpc.auth.queries.people import roles_of
from cnt_grpc.auth.tables import (
    blocks,
    email_verifications,
    entitlements,
    exports,
    security_events,
    sessions,
    sign_in_codes,
    user_roles,
    users,
)
from cnt_grpc.kit.db import Row, Tx, statement
from cnt_grpc.kit.db.tables import MOMENT

NOBODY = "Deleted person"
"""The name that others see of who is gone."""


async def account(tx: Tx, user_id: int) -> list[Row]:
    """The account itself, without its password and without what follows from the username."""
    return await tx.all(_account(), user_id=user_id)


async def rows_of(tx: Tx, kind: str, user_id: int) -> list[Row]:
    """All that is held of one of the kinds in KINDS, the oldest first."""
    return await tx.all(_rows(kind), user_id=user_id)


async def make_nameless(tx: Tx, user_id: int, now: datetime) -> None:
    """Leave of the account an id that names nobody; everything else that was held goes."""
    for each in ("codes", *_ONES_OWN):
        await tx.run(_delete(each), user_id=user_id)
    await tx.run(_blank(), user_id=user_id, now=now)


def _columns(table: Table, *left_out: str) -> list[ColumnElement[object]]:
    return [column for column in table.c if column.name not in left_out]


_ONES_OWN: Mapping[str, Table] = {
    "roles": user_roles,
    "sessions": sessions,
    "security_events": security_events,
    "entitlements": entitlements,
    "sign_in_codes": sign_in_codes,
    "exports": exports,
    "blocks": blocks,
}

KINDS = ("roles", "sessions", "security_events", "blocks", "entitlements")
"""What is exported beside the account. Codes and exports live for days at most, and say nothing that is not there."""

_NOT_ONES_OWN = ("user_id", "blocker_id", "granted_by")


@statement
def _account() -> Executable:
    columns = _columns(users, "password_hash", "username_skeleton")
    return select(*columns, roles_of(users.c.id).label("roles")).where(users.c.id == bindparam("user_id"))


@statement
def _rows(kind: str) -> Executable:
    table = _ONES_OWN[kind]
    at = table.c.granted_at if kind in ("roles", "entitlements") else table.c.created_at
    owner = table.c.blocker_id if table is blocks else table.c.user_id
    return select(*_columns(table, *_NOT_ONES_OWN)).where(owner == bindparam("user_id")).order_by(at)


@statement
def _delete(kind: str) -> Executable:
    person: ColumnElement[int] = bindparam("user_id")
    if kind == "codes":
        email = select(func.lower(users.c.email)).where(users.c.id == person).scalar_subquery()
        return delete(email_verifications).where(email_verifications.c.email == email)
    if kind == "blocks":
        return delete(blocks).where(or_(blocks.c.blocker_id == person, blocks.c.blocked_id == person))
    table = _ONES_OWN[kind]
    found: Delete = delete(table).where(table.c.user_id == person)
    return found


@statement
def _blank() -> Executable:
    # No username that could be chosen, so that it stands in nobody's way.
    pseudonym = func.concat("~", users.c.id)
    gone = ("email", "email_verified_at", "avatar_key", "password_hash", "phone", "date_of_birth", "google_id")
    return (
        update(users)
        .where(users.c.id == bindparam("user_id"))
        .values(
            dict.fromkeys((*gone, "ban_reason", "delete_after"))
            | {
                "username": pseudonym,
                "username_skeleton": pseudonym,
                "name": NOBODY,
                "bio": "",
                "auth_provider": "email",
                "time_zone": "UTC",
                "language": "en",
                "updated_at": bindparam("now", type_=MOMENT),
                "erased_at": bindparam("now", type_=MOMENT),
            }
        )
    )
