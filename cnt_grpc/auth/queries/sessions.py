"""Sessions: begun with a first refresh token, looked at by each call, ended."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Executable,
    LargeBinary,
    and_,
    bindparam,
    column,
    func,
    insert,
    or_,
    select,
    update,
)

from cnt_grpc.auth.queries.people import roles_of
from cnt_grpc.auth.tables import refresh_tokens, sessions, users
from cnt_grpc.kit.db import Row, Tx, statement
from cnt_grpc.kit.db.statements import among
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.kit.paging import Page, beyond


async def insert_session(
    tx: Tx,
    user_id: int,
    *,
    signed_in_by: str,
    address: str,
    user_agent: str,
    token_hash: bytes,
    now: datetime,
    fresh_until: datetime | None,
    expires_at: datetime,
) -> int:
    """A new session with its first refresh token; its id."""
    session_id: int = await tx.value(
        _insert_session(),
        user_id=user_id,
        signed_in_by=signed_in_by,
        address=address,
        user_agent=user_agent,
        token_hash=token_hash,
        now=now,
        fresh_until=fresh_until,
        expires_at=expires_at,
    )
    return session_id


async def touch_session(tx: Tx, session_id: int, *, address: str, user_agent: str, now: datetime) -> None:
    """Note where and when the session was last used."""
    await tx.run(_touch_session(), session_id=session_id, address=address, user_agent=user_agent, now=now)


async def end_session(tx: Tx, session_id: int, reason: str, now: datetime) -> bool:
    """End a session; False when it had ended before."""
    return await tx.run(_end("id"), wanted=session_id, reason=reason, now=now) > 0


async def end_sessions_of(tx: Tx, user_id: int, reason: str, now: datetime) -> int:
    """End all sessions of a person; how many were live."""
    return await tx.run(_end("user_id"), wanted=user_id, reason=reason, now=now)


async def end_session_of_token(tx: Tx, token_hash: bytes, reason: str, now: datetime) -> bool:
    """End the session that a refresh token belongs to; False when there is none, or it had ended before."""
    return await tx.run(_end_by_token(), token_hash=token_hash, reason=reason, now=now) > 0


async def end_own_session(tx: Tx, user_id: int, session_id: int, reason: str, now: datetime) -> bool:
    """End a session of this person's; False when there is none that is live."""
    return await tx.run(_end_own(), user_id=user_id, session_id=session_id, reason=reason, now=now) > 0


async def end_other_sessions(tx: Tx, user_id: int, session_id: int, reason: str, now: datetime) -> int:
    """End all live sessions of this person's but one; how many there were."""
    return await tx.run(_end_others(), user_id=user_id, session_id=session_id, reason=reason, now=now)


async def set_fresh(tx: Tx, session_id: int, until: datetime) -> None:
    """Note until when the confirmation of just now counts."""
    await tx.run(_set_fresh(), session_id=session_id, until=until)


async def live_sessions(tx: Tx, user_id: int, now: datetime, page: Page) -> list[Row]:
    """A page of a person's live sessions, the newest first."""
    return await tx.all(_live(page.limit, page.is_first), user_id=user_id, now=now, **page.params)


async def session_states(tx: Tx, session_ids: Sequence[int]) -> list[Row]:
    """What each call must know of these sessions and their people; one statement."""
    return await tx.all(_states(), session_ids=list(session_ids))


async def sessions_over(tx: Tx, session_ids: Sequence[int], now: datetime) -> set[int]:
    """Those of these sessions whose calls are refused: ended, banned, erased, or not there."""
    return {row["id"] for row in await tx.all(_over(), session_ids=list(session_ids), now=now)}


def _at(name: str) -> ColumnElement[datetime]:
    return bindparam(name, type_=MOMENT)


def _hash(name: str) -> ColumnElement[bytes]:
    return bindparam(name, type_=LargeBinary())


@statement
def _insert_session() -> Executable:
    session = (
        insert(sessions)
        .values(
            user_id=bindparam("user_id"),
            signed_in_by=bindparam("signed_in_by"),
            address=bindparam("address"),
            user_agent=bindparam("user_agent"),
            created_at=_at("now"),
            used_at=_at("now"),
            fresh_until=_at("fresh_until"),
            expires_at=_at("expires_at"),
        )
        .returning(sessions.c.id)
        .cte("session")
    )
    first = select(_hash("token_hash"), session.c.id, _at("now"), _at("expires_at"))
    columns = ["token_hash", "session_id", "created_at", "expires_at"]
    return insert(refresh_tokens).from_select(columns, first).returning(refresh_tokens.c.session_id)


@statement
def _touch_session() -> Executable:
    return (
        update(sessions)
        .where(sessions.c.id == bindparam("session_id"))
        .values(used_at=_at("now"), address=bindparam("address"), user_agent=bindparam("user_agent"))
    )


@statement
def _end(by: str) -> Executable:
    return (
        update(sessions)
        .where(sessions.c[by] == bindparam("wanted"), sessions.c.ended_at.is_(None))
        .values(ended_at=_at("now"), end_reason=bindparam("reason"))
    )


@statement
def _end_by_token() -> Executable:
    return (
        update(sessions)
        .where(
            sessions.c.id == refresh_tokens.c.session_id,
            refresh_tokens.c.token_hash == _hash("token_hash"),
            sessions.c.ended_at.is_(None),
        )
        .values(ended_at=_at("now"), end_reason=bindparam("reason"))
    )


def _live_ones() -> ColumnElement[bool]:
    """Of the person `user_id`, at the moment `now`."""
    return and_(
        sessions.c.user_id == bindparam("user_id"), sessions.c.ended_at.is_(None), sessions.c.expires_at > _at("now")
    )


@statement
def _end_own() -> Executable:
    return (
        update(sessions)
        .where(_live_ones(), sessions.c.id == bindparam("session_id"))
        .values(ended_at=_at("now"), end_reason=bindparam("reason"))
    )


@statement
def _end_others() -> Executable:
    return (
        update(sessions)
        .where(_live_ones(), sessions.c.id != bindparam("session_id"))
        .values(ended_at=_at("now"), end_reason=bindparam("reason"))
    )


@statement
def _set_fresh() -> Executable:
    return update(sessions).where(sessions.c.id == bindparam("session_id")).values(fresh_until=_at("until"))


@statement
def _live(limit: int, is_first: bool) -> Executable:  # noqa: FBT001  (a variant of the statement)
    found = (
        select(
            sessions.c.id,
            sessions.c.signed_in_by,
            sessions.c.address,
            sessions.c.user_agent,
            sessions.c.created_at,
            sessions.c.used_at,
            sessions.c.expires_at,
        )
        .where(_live_ones())
        .order_by(sessions.c.id.desc())
        .limit(limit)
    )
    return found if is_first else found.where(beyond(sessions.c.id))


@statement
def _states() -> Executable:
    return (
        select(
            sessions.c.id,
            sessions.c.user_id,
            sessions.c.ended_at,
            sessions.c.fresh_until,
            users.c.is_guest,
            users.c.banned_at,
            users.c.erased_at,
            roles_of(users.c.id).label("roles"),
        )
        .join_from(sessions, users, users.c.id == sessions.c.user_id)
        .where(among(sessions.c.id, "session_ids"))
    )


@statement
def _over() -> Executable:
    asked = (
        func.unnest(bindparam("session_ids", type_=ARRAY(BigInteger)))
        .table_valued(column("id", BigInteger))
        .render_derived("asked")
    )
    return (
        select(asked.c.id)
        .select_from(
            asked.outerjoin(sessions, sessions.c.id == asked.c.id).outerjoin(users, users.c.id == sessions.c.user_id)
        )
        .where(
            or_(
                sessions.c.id.is_(None),
                sessions.c.ended_at <= _at("now"),
                users.c.banned_at.is_not(None),
                users.c.erased_at.is_not(None),
            )
        )
    )
