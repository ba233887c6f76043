"""Codes sent by mail, and how often wrong ones were tried."""

from datetime import datetime

from sqlalchemy import ColumnElement, Executable, LargeBinary, and_, bindparam, case, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc.auth.tables import email_verifications as codes
from cnt_grpc.auth.tables import wrong_tries
from cnt_grpc.kit.db import Row, Tx, statement
from cnt_grpc.kit.db.tables import MOMENT


async def locked_count(tx: Tx, key: bytes, *, now: datetime, forget_before: datetime) -> Row:
    """How many wrong codes were tried for an address (tries) and when the last one was (tried_at).

    All that concerns codes of the address waits until this transaction ends.
    """
    row = await tx.one(_locked_count(), key=key, now=now, forget_before=forget_before)
    assert row is not None, "the row is inserted or updated"
    return row


async def count_wrong(tx: Tx, key: bytes, now: datetime) -> None:
    """Count a wrong code for an address; its count is locked."""
    await tx.run(_count_wrong(), key=key, now=now)


async def latest_moments(tx: Tx, email: str, since: datetime, number: int) -> list[datetime]:
    """When the last so many codes for an address were made, whatever they were for; the newest first."""
    rows = await tx.all(_latest(number), email=email, since=since)
    return [row["created_at"] for row in rows]


async def newest(tx: Tx, email: str, purpose: str) -> Row | None:
    """The last code for an address and purpose, whatever became of it."""
    return await tx.one(_newest(), email=email, purpose=purpose)


async def replace_code(
    tx: Tx, email: str, purpose: str, code_hash: bytes, *, wrong_tries: int, now: datetime, expires_at: datetime
) -> None:
    """End the live code for an address and purpose, and put a new one in its place."""
    await tx.run(_end_live(), email=email, purpose=purpose, now=now)
    await tx.run(
        _insert(),
        email=email,
        purpose=purpose,
        code_hash=code_hash,
        wrong_tries=wrong_tries,
        created_at=now,
        expires_at=expires_at,
    )


async def count_wrong_try(tx: Tx, code_id: int, *, most: int, now: datetime) -> None:
    """Count a wrong try of a live code; the last one that is allowed ends it."""
    await tx.run(_count_wrong_try(), code_id=code_id, most=most, now=now)


async def mark_verified(tx: Tx, code_id: int, now: datetime) -> None:
    """Note that somebody knows a code."""
    await tx.run(_verified(), code_id=code_id, now=now)


async def use_up(tx: Tx, code_id: int, now: datetime) -> None:
    """End a code that did what it was for; its wrong tries count no more."""
    await tx.run(_use_up(), code_id=code_id, now=now)


def _at(name: str) -> ColumnElement[datetime]:
    return bindparam(name, type_=MOMENT)


@statement
def _locked_count() -> Executable:
    new = upsert(wrong_tries).values(
        key=bindparam("key", type_=LargeBinary()), tries=0, tried_at=_at("now"), retry_at=_at("now")
    )
    forgotten = wrong_tries.c.tried_at < _at("forget_before")
    return new.on_conflict_do_update(
        index_elements=[wrong_tries.c.key],
        set_={"tries": case((forgotten, 0), else_=wrong_tries.c.tries)},
    ).returning(wrong_tries.c.tries, wrong_tries.c.tried_at)


@statement
def _count_wrong() -> Executable:
    return (
        update(wrong_tries)
        .where(wrong_tries.c.key == bindparam("key", type_=LargeBinary()))
        .values(tries=wrong_tries.c.tries + 1, tried_at=_at("now"))
    )


@statement
def _latest(number: int) -> Executable:
    return (
        select(codes.c.created_at)
        .where(codes.c.email == bindparam("email"), codes.c.created_at > _at("since"))
        .order_by(codes.c.created_at.desc())
        .limit(number)
    )


@statement
def _newest() -> Executable:
    return (
        select(codes.c.id, codes.c.code_hash, codes.c.wrong_tries, codes.c.expires_at, codes.c.ended_at)
        .where(codes.c.email == bindparam("email"), codes.c.purpose == bindparam("purpose"))
        .order_by(codes.c.created_at.desc(), codes.c.id.desc())
        .limit(1)
    )


@statement
def _end_live() -> Executable:
    live = and_(
        codes.c.email == bindparam("email"), codes.c.purpose == bindparam("purpose"), codes.c.ended_at.is_(None)
    )
    return update(codes).where(live).values(ended_at=_at("now"))


_COLUMNS = ("email", "purpose", "code_hash", "wrong_tries", "created_at", "expires_at")


@statement
def _insert() -> Executable:
    return insert(codes).values({name: bindparam(name) for name in _COLUMNS})


@statement
def _count_wrong_try() -> Executable:
    tries = codes.c.wrong_tries + 1
    return (
        update(codes)
        .where(codes.c.id == bindparam("code_id"), codes.c.ended_at.is_(None))
        .values(
            wrong_tries=tries,
            ended_at=case((tries >= bindparam("most"), _at("now")), else_=None),
        )
    )


@statement
def _verified() -> Executable:
    moment = func.coalesce(codes.c.verified_at, _at("now"))
    return update(codes).where(codes.c.id == bindparam("code_id")).values(verified_at=moment)


@statement
def _use_up() -> Executable:
    return update(codes).where(codes.c.id == bindparam("code_id")).values(ended_at=_at("now"), wrong_tries=0)
