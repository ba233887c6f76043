"""Shows once more who holds a session, before what cannot be undone; and changes the password, which needs the same."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from cnt_grpc.auth.codes import CodePurpose
from cnt_grpc.auth.google import GoogleIdentity
from cnt_grpc.auth.passwords import Passwords, clean_password
from cnt_grpc.auth.queries import credentials
from cnt_grpc.auth.rules import codes, sessions, slow_down
from cnt_grpc.auth.rules.sessions import FRESH, Device, EndReason, SecurityEvent
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.errors import Unauthenticated
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.auth.v1.reason import Reason


async def by_password(db: Database, passwords: Passwords, caller: Caller, password: str) -> datetime:
    """Confirm the session by the password; until when. Raises Unauthenticated, and Exhausted after several tries."""
    await _check(db, passwords, caller.user_id, password)

    async def confirm(tx: Tx) -> datetime:
        await slow_down.forgive(tx, [slow_down.owner(caller.user_id)])
        return await sessions.confirm(tx, caller.session_id)

    return await db.transact(confirm)


async def by_code(db: Database, caller: Caller, code: str, device: Device) -> datetime:
    """Confirm the session by a code; until when. Raises Unauthenticated, and Exhausted after too many wrong ones."""

    async def confirm(tx: Tx) -> datetime | None:
        own = await credentials.secrets_of(tx, caller.user_id)
        if own is None or own["email"] is None:
            return None
        code_id = await codes.right(tx, own["email"], CodePurpose.CONFIRM, code, device.address)
        if code_id is None:
            return None
        await codes.use_up(tx, own["email"], code_id)
        return await sessions.confirm(tx, caller.session_id)

    # A wrong code is counted, so it is refused only when that is committed.
    until = await db.transact(confirm)
    if until is None:
        raise codes.wrong()
    return until


async def by_google(db: Database, caller: Caller, identity: GoogleIdentity) -> datetime:
    """Confirm the session by a Google account that was checked before; until when. Raises Unauthenticated."""

    async def confirm(tx: Tx) -> datetime | None:
        own = await credentials.secrets_of(tx, caller.user_id)
        if own is None or own["google_id"] != identity.subject:
            return None
        return await sessions.confirm(tx, caller.session_id)

    is_recent = identity.issued_at is not None and identity.issued_at > clock.now() - FRESH
    until = await db.transact(confirm) if is_recent else None
    if until is None:
        raise Unauthenticated(Reason.GOOGLE_TOKEN_INVALID)
    return until


async def change_password(
    db: Database,
    passwords: Passwords,
    caller: Caller,
    *,
    old: str,
    new: str,
    device: Device,
    then: Callable[[Tx], Awaitable[object]],
) -> None:
    """Replace the password and end all other sessions; `then` is the last deed of the same transaction.

    Raises Invalid for a new password that may not be chosen, Unauthenticated for a wrong old one, and Exhausted.
    """
    new = clean_password(new, "new_password")
    checked_hash = await _check(db, passwords, caller.user_id, old)
    new_hash = await passwords.hash(new)

    async def change(tx: Tx) -> bool:
        await slow_down.forgive(tx, [slow_down.owner(caller.user_id)])
        if not await credentials.change_password(tx, caller.user_id, checked_hash, new_hash, clock.now()):
            return False
        await sessions.end_others(tx, caller.user_id, caller.session_id, EndReason.PASSWORD_CHANGED)
        await sessions.tell(tx, caller.user_id, SecurityEvent.PASSWORD_CHANGED, device, caller.session_id)
        await then(tx)
        return True

    if not await db.transact(change):
        raise _wrong()  # it was changed while this one was checked


async def _check(db: Database, passwords: Passwords, user_id: int, password: str) -> str:
    """The hash that the password was found to fit; no connection is held meanwhile, and a wrong try stays counted."""
    async with db.transaction() as tx:
        await slow_down.count(tx, [slow_down.owner(user_id)])
        own = await credentials.secrets_of(tx, user_id)
    stored: str | None = None if own is None else own["password_hash"]
    if not await passwords.matches(password, stored) or stored is None:
        raise _wrong()
    return stored


def _wrong() -> Unauthenticated:
    return Unauthenticated(Reason.WRONG_CREDENTIALS, "wrong name or password")
