"""Makes people and sessions straight in the tables, without hashing a password: a world is ready in a millisecond."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from functools import cache

from sqlalchemy import Executable, bindparam, insert

from cnt_grpc.auth import Role, grant_role, tokens
from cnt_grpc.auth.names import skeleton
from cnt_grpc.auth.passwords import hash_now
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
    row = await tx.one(
        _insert(),
        name=name,
        username=username,
        username_skeleton=skeleton(username),
        email=None if is_guest else email or f"{username}@example.com",
        password_hash=password_hash,
        is_guest=is_guest,
        now=clock.now(),
    )
    assert row is not None
    for role in roles:
        await grant_role(tx, row["id"], Role(role))
    return row


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


@cache
def password_hash() -> str:
    """The hash of PASSWORD, made once a process."""
    return hash_now(PASSWORD)


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
