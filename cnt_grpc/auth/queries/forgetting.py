"""Deletes rows that are past their time, a bounded number each time, so that no transaction holds locks for long."""

from datetime import datetime

from sqlalchemy import Column, Executable, Table, bindparam, delete, select

from cnt_grpc.auth.tables import email_verifications, refresh_tokens, sessions, sign_in_codes, wrong_tries
from cnt_grpc.kit.db import Tx, statement
from cnt_grpc.kit.db.tables import MOMENT

AT_ONCE = 5000


async def delete_tokens(tx: Tx, expired_before: datetime) -> int:
    """Drop refresh tokens that nobody can use; how many."""
    return await tx.run(_tokens(), before=expired_before)


async def delete_sessions(tx: Tx, expired_before: datetime) -> int:
    """Drop sessions whose last refresh token expired long ago; how many."""
    return await tx.run(_sessions(), before=expired_before)


async def delete_codes(tx: Tx, made_before: datetime) -> int:
    """Drop codes that were sent by mail; how many."""
    return await tx.run(_codes(), before=made_before)


async def delete_sign_in_codes(tx: Tx, expired_before: datetime) -> int:
    """Drop codes that no page came to exchange; how many."""
    return await tx.run(_sign_in_codes(), before=expired_before)


async def delete_counts(tx: Tx, tried_before: datetime) -> int:
    """Drop counts of wrong tries; how many."""
    return await tx.run(_counts(), before=tried_before)


@statement
def _tokens() -> Executable:
    return _delete(refresh_tokens, refresh_tokens.c.token_hash, refresh_tokens.c.expires_at)


@statement
def _sessions() -> Executable:
    return _delete(sessions, sessions.c.id, sessions.c.expires_at)


@statement
def _codes() -> Executable:
    return _delete(email_verifications, email_verifications.c.id, email_verifications.c.created_at)


@statement
def _sign_in_codes() -> Executable:
    return _delete(sign_in_codes, sign_in_codes.c.code_hash, sign_in_codes.c.expires_at)


@statement
def _counts() -> Executable:
    return _delete(wrong_tries, wrong_tries.c.key, wrong_tries.c.tried_at)


def _delete(table: Table, key: Column[object], at: Column[datetime]) -> Executable:
    # Rows that somebody works with are left for the next time: a count may start anew at this very moment.
    old = select(key).where(at < bindparam("before", type_=MOMENT)).limit(AT_ONCE).with_for_update(skip_locked=True)
    return delete(table).where(key.in_(old))
