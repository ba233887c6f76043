"""Signing in by password: the same answer, after the same work and the same time, whatever was wrong."""

import asyncio

from cnt_grpc.auth.emails import as_stored
from cnt_grpc.auth.passwords import Passwords, needs_upgrade
from cnt_grpc.auth.queries import accounts as queries
from cnt_grpc.auth.queries import credentials
from cnt_grpc.auth.rules import sessions, slow_down
from cnt_grpc.auth.rules.sessions import Device, SignedIn, SignedInBy
from cnt_grpc.auth.tokens import Tokens
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import Denied, Unauthenticated
from cnt_grpc.pb.cnt.auth.v1.reason import Reason

REFUSED_AFTER = 0.4
"""Seconds from the call to the refusal. An argon2id check takes 0.03, a bcrypt check of an old hash about 0.25: without
this, the time of a refusal would tell which names have an old hash behind them."""


async def sign_in(
    db: Database, life: Tokens, passwords: Passwords, *, typed: str, password: str, device: Device
) -> SignedIn:
    """Start a session for who knows the password of the account that `typed`, an email or a username, names.

    In two transactions with the check between them, so that no connection waits for the hash, and a wrong try stays
    counted. Raises Unauthenticated, Denied for a banned account, and Exhausted while wrong tries delay the next.
    """
    refuse_at = asyncio.get_running_loop().time() + REFUSED_AFTER
    targets = [slow_down.account(typed), *slow_down.address(device.address)]
    async with db.transaction() as tx:
        await slow_down.count(tx, targets)
        person = await _named(tx, typed)
    checked_hash: str | None = None if person is None else person["password_hash"]
    is_right = await passwords.matches(password, checked_hash)
    if person is None or checked_hash is None or not is_right:
        await asyncio.sleep(refuse_at - asyncio.get_running_loop().time())
        raise Unauthenticated(Reason.WRONG_CREDENTIALS, "wrong name or password")
    if person["banned_at"] is not None:
        raise Denied(Reason.ACCOUNT_BANNED)
    new_hash = await passwords.hash(password) if needs_upgrade(checked_hash) else checked_hash
    async with db.transaction() as tx:
        await slow_down.forgive(tx, targets)
        confirmed = await credentials.confirm_sign_in(tx, person["id"], checked_hash, new_hash)
        if confirmed is None:
            # The password was changed while this one was checked.
            raise Unauthenticated(Reason.WRONG_CREDENTIALS, "wrong name or password")
        return await sessions.start(tx, life, confirmed, device, SignedInBy.PASSWORD)


async def _named(tx: Tx, typed: str) -> Row | None:
    if "@" in typed:
        return await queries.account_by_email(tx, as_stored(typed))
    return await queries.account_by_username(tx, typed.strip().lower())
