"""Makes people and sessions straight in the tables, without hashing a password: a world is ready in a millisecond."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from functools import cache

from sqlalchemy import Executable, bindparam, insert, select, update

from cnt_grpc.auth import CodePurpose, Role, codes, grant_role, tokens
from cnt_grpc.auth.names import skeleton
from cnt_grpc.auth.passwords import hash_now
from cnt_grpc.auth.queries import codes as code_queries
from cnt_grpc.auth.queries import sessions as session_queries
from cnt_grpc.auth.tables import users
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx, statement

PASSWORD = "dove and olive branch"
"""Of those who are made `with_password`."""


async def user(
    tx: Tx,
    *,
    name: str = "Ann",
    roles: Iterable[str] = (),
    is_guest: bool = False,
    email: str = "",
    password_hash: str | None = None,
) -> Row:
    """A person whose username and email nobody else has; id, username, name and email."""
    username = f"u{secrets.token_hex(6).replace('0', 'x').replace('1', 'y')}"
    made = await tx.one(
        _insert(),
        name=name,
        username=username,
        username_skeleton=skeleton(username),
        email=None if is_guest else email or f"{username}@example.com",
        password_hash=password_hash,
        is_guest=is_guest,
        now=clock.now(),
    )
    assert made is not None
    for role in roles:
        await grant_role(tx, made["id"], Role(role))
    return made


async def session(tx: Tx, user_id: int, *, fresh: bool = False, refresh_token: str = "") -> int:
    """The id of a live session of this person, confirmed just now if `fresh`."""
    now = clock.now()
    return await session_queries.insert_session(
        tx,
        user_id,
        signed_in_by="password",
        address="127.0.0.1",
        user_agent="a test",
        token_hash=tokens.hash_of(refresh_token or tokens.new_refresh_token()),
        now=now,
        fresh_until=now + timedelta(minutes=10) if fresh else None,
        expires_at=now + timedelta(days=30),
    )


async def code(tx: Tx, email: str, purpose: CodePurpose) -> str:
    """A live code for this address."""
    made = codes.new_code()
    now = clock.now()
    stored = codes.hash_of(email.lower(), purpose, made)
    until = now + timedelta(minutes=10)
    await code_queries.replace_code(tx, email.lower(), purpose, stored, wrong_tries=0, now=now, expires_at=until)
    return made


def spaced(made: str) -> str:
    """A code as some people type it."""
    return f"{made[:2]} {made[2:4]} {made[4:]}"


async def set_columns(tx: Tx, user_id: int, **columns: object) -> None:
    """Set columns of a person."""
    await tx.run(_set(tuple(sorted(columns))), user_id=user_id, **columns)


async def row(tx: Tx, user_id: int) -> Row:
    """All columns of a person."""
    found = await tx.one(_get(), user_id=user_id)
    assert found is not None
    return found


@cache
def password_hash() -> str:
    """The hash of PASSWORD, made once a process."""
    return hash_now(PASSWORD)


@statement
def _set(columns: tuple[str, ...]) -> Executable:
    return update(users).where(users.c.id == bindparam("user_id")).values({name: bindparam(name) for name in columns})


@statement
def _get() -> Executable:
    return select(users).where(users.c.id == bindparam("user_id"))


@statement
def _insert() -> Executable:
    same = ("name", "username", "username_skeleton", "email", "password_hash", "is_guest")
    return (
        insert(users)
        .values(
            {name: bindparam(name) for name in same} | {"created_at": bindparam("now"), "updated_at": bindparam("now")}
        )
        .returning(users.c.id, users.c.username, users.c.name, users.c.email)
    )
