"""Accounts: made, found by what someone types, changed by their owner. How they are opened: credentials.py."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Executable, Text, bindparam, func, literal_column, select, true, update
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc.auth.queries.people import roles_of
from cnt_grpc.auth.tables import users
from cnt_grpc.kit.db import Row, Tx, statement
from cnt_grpc.kit.db.statements import among
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.pb.cnt.auth.v1.reason import Reason

IDENTITY = (users.c.id, users.c.username, users.c.email, users.c.name, users.c.is_guest, users.c.banned_at)
"""What stands beside the tokens when someone signs in, with `roles`."""


async def insert_user(tx: Tx, values: Mapping[str, object]) -> Row | None:
    """The new account; None when its email or username is taken."""
    return await tx.one(_insert(tuple(sorted(values))), **values)


async def make_guest_an_account(tx: Tx, user_id: int, values: Mapping[str, object]) -> Row | None:
    """The account that was a guest; None when it is none any more. Raises Conflict when email or username is taken."""
    return await tx.one(_make_account(tuple(sorted(values))), user_id=user_id, **values)


async def is_email_taken(tx: Tx, email: str) -> bool:
    """Whether an account has this address, in whatever case."""
    return bool(await tx.value(_email_taken(), email=email))


async def taken_skeletons(tx: Tx, skeletons: Sequence[str]) -> set[str]:
    """Those of these username skeletons that somebody has."""
    return {row["username_skeleton"] for row in await tx.all(_taken(), skeletons=list(skeletons))}


async def account_by_email(tx: Tx, email: str) -> Row | None:
    """The account with this address, with all that its owner may sign in by, language and roles."""
    return await tx.one(_by_email(), email=email)


async def account_by_username(tx: Tx, username: str) -> Row | None:
    """The account with this username in lower case, with its password hash and roles."""
    return await tx.one(_by_username(), username=username)


async def own_profile(tx: Tx, user_id: int) -> Row:
    """Everything that a person may see of their own account; raises NotFound when it was erased meanwhile."""
    row = await tx.one(_own_profile(), user_id=user_id)
    if row is None:
        raise NotFound(Reason.USER_NOT_FOUND)
    return row


async def update_profile(tx: Tx, user_id: int, values: Mapping[str, object]) -> Row:
    """Set these columns, and the whole profile after that; raises NotFound when it was erased meanwhile."""
    row = await tx.one(_update_profile(tuple(sorted(values))), user_id=user_id, **values)
    if row is None:
        raise NotFound(Reason.USER_NOT_FOUND)
    return row


_PROFILE = (
    users.c.id,
    users.c.username,
    users.c.email,
    users.c.email_verified_at,
    users.c.name,
    users.c.avatar_key,
    users.c.phone,
    users.c.date_of_birth,
    users.c.bio,
    users.c.is_guest,
    users.c.auth_provider,
    users.c.time_zone,
    users.c.language,
    users.c.created_at,
    users.c.updated_at,
)


_NO_ROLES: ColumnElement[list[str]] = literal_column("'{}'::text[]").label("roles")
"""Of a new account. A subquery in RETURNING is not tied to the row that INSERT made, and finds everybody's roles."""


def all_roles() -> ColumnElement[list[str]]:
    """The roles of a user, as the column `roles`."""
    return roles_of(users.c.id).label("roles")


@statement
def _insert(columns: tuple[str, ...]) -> Executable:
    return (
        insert(users)
        .values({name: bindparam(name) for name in columns})
        .on_conflict_do_nothing()
        .returning(*IDENTITY, _NO_ROLES)
    )


@statement
def _make_account(columns: tuple[str, ...]) -> Executable:
    return (
        update(users)
        .where(users.c.id == bindparam("user_id"), users.c.is_guest)
        .values({name: bindparam(name) for name in columns} | {"is_guest": False})
        .returning(*IDENTITY, all_roles())
    )


def has_email() -> ColumnElement[bool]:
    """The condition that a user has the address `email`, in whatever case."""
    return func.lower(users.c.email) == func.lower(bindparam("email", type_=Text()))


@statement
def _email_taken() -> Executable:
    return select(true()).where(has_email())


@statement
def _taken() -> Executable:
    return select(users.c.username_skeleton).where(among(users.c.username_skeleton, "skeletons"))


@statement
def _by_email() -> Executable:
    columns = (users.c.password_hash, users.c.email_verified_at, users.c.google_id, users.c.language)
    return select(*IDENTITY, *columns, all_roles()).where(has_email())


@statement
def _by_username() -> Executable:
    return select(*IDENTITY, users.c.password_hash, all_roles()).where(users.c.username == bindparam("username"))


@statement
def _own_profile() -> Executable:
    return select(*_PROFILE, all_roles()).where(users.c.id == bindparam("user_id"))


@statement
def _update_profile(columns: tuple[str, ...]) -> Executable:
    return (
        update(users)
        .where(users.c.id == bindparam("user_id"))
        .values({name: bindparam(name) for name in columns})
        .returning(*_PROFILE, all_roles())
    )
