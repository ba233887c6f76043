"""Refresh tokens, which follow from one another inside a session."""

from datetime import datetime

from sqlalchemy import ColumnElement, Executable, LargeBinary, bindparam, delete, insert, select, update

from cnt_grpc.auth.queries.accounts import IDENTITY
from cnt_grpc.auth.queries.people import roles_of
from cnt_grpc.auth.tables import refresh_tokens, sessions, users
from cnt_grpc.kit.db import Row, Tx, statement
from cnt_grpc.kit.db.tables import MOMENT


async def locked_token(tx: Tx, token_hash: bytes) -> Row | None:
    """A refresh token with its session and person; two who present it at once come one after the other."""
    return await tx.one(_locked_token(), token_hash=token_hash)


async def replace_token(
    tx: Tx, old_hash: bytes, new_hash: bytes, *, address: str, user_agent: str, now: datetime, expires_at: datetime
) -> None:
    """Use a refresh token up, and put its successor into the same session."""
    await tx.run(
        _replace_token(),
        old_hash=old_hash,
        new_hash=new_hash,
        address=address,
        user_agent=user_agent,
        now=now,
        expires_at=expires_at,
    )


async def replace_tokens_of(
    tx: Tx,
    session_id: int,
    token_hash: bytes,
    *,
    signed_in_by: str,
    now: datetime,
    expires_at: datetime,
    fresh_until: datetime,
) -> None:
    """Go on with the session under a new refresh token alone, as a guest does who becomes somebody."""
    await tx.run(_drop_tokens(), session_id=session_id)
    await tx.run(
        _go_on(),
        session_id=session_id,
        token_hash=token_hash,
        signed_in_by=signed_in_by,
        now=now,
        expires_at=expires_at,
        fresh_until=fresh_until,
    )


def _at(name: str) -> ColumnElement[datetime]:
    return bindparam(name, type_=MOMENT)


def _hash(name: str) -> ColumnElement[bytes]:
    return bindparam(name, type_=LargeBinary())


@statement
def _locked_token() -> Executable:
    return (
        select(
            refresh_tokens.c.session_id,
            refresh_tokens.c.expires_at,
            refresh_tokens.c.used_at,
            sessions.c.ended_at,
            *IDENTITY,
            roles_of(users.c.id).label("roles"),
        )
        .join_from(refresh_tokens, sessions, sessions.c.id == refresh_tokens.c.session_id)
        .join(users, users.c.id == sessions.c.user_id)
        .where(refresh_tokens.c.token_hash == _hash("token_hash"))
        .with_for_update(of=refresh_tokens)
    )


@statement
def _replace_token() -> Executable:
    used = (
        update(refresh_tokens)
        .where(refresh_tokens.c.token_hash == _hash("old_hash"))
        .values(used_at=_at("now"))
        .returning(refresh_tokens.c.session_id)
        .cte("used")
    )
    touched = (
        update(sessions)
        .where(sessions.c.id == used.c.session_id)
        .values(
            used_at=_at("now"),
            expires_at=_at("expires_at"),
            address=bindparam("address"),
            user_agent=bindparam("user_agent"),
        )
        .cte("touched")
    )
    follows = select(_hash("new_hash"), used.c.session_id, _at("now"), _at("expires_at"))
    columns = ["token_hash", "session_id", "created_at", "expires_at"]
    return insert(refresh_tokens).from_select(columns, follows).add_cte(touched)


@statement
def _drop_tokens() -> Executable:
    return delete(refresh_tokens).where(refresh_tokens.c.session_id == bindparam("session_id"))


@statement
def _go_on() -> Executable:
    session = (
        update(sessions)
        .where(sessions.c.id == bindparam("session_id"))
        .values(
            used_at=_at("now"),
            expires_at=_at("expires_at"),
            fresh_until=_at("fresh_until"),
            signed_in_by=bindparam("signed_in_by"),
        )
        .returning(sessions.c.id)
        .cte("session")
    )
    first = select(_hash("token_hash"), session.c.id, _at("now"), _at("expires_at"))
    return insert(refresh_tokens).from_select(["token_hash", "session_id", "created_at", "expires_at"], first)
