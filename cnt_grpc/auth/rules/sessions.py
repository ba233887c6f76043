"""Sessions: started by a sign-in, carried on by refresh tokens that replace each other, ended at once everywhere."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cnt_grpc.auth import jobs, tokens
from cnt_grpc.auth.queries import refresh_tokens, security_events
from cnt_grpc.auth.queries import sessions as queries
from cnt_grpc.auth.tokens import Tokens
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Denied, NotFound, Unauthenticated
from cnt_grpc.pb.cnt.auth.v1.reason import Reason

GRACE = timedelta(seconds=10)
"""How long what was done may be asked for again: a reply was lost, or two tabs woke up with one refresh token."""

FRESH = timedelta(minutes=10)
"""How long a confirmation of identity counts; signing in is one."""


class SignedInBy(StrEnum):
    """How a session began."""

    PASSWORD = "password"  # noqa: S105  (a word, as are those below)
    CODE = "code"
    GOOGLE = "google"
    GUEST = "guest"


class EndReason(StrEnum):
    """Why a session ended before it expired."""

    LOGOUT = "logout"
    ENDED = "ended"
    TOKEN_REUSED = "token_reused"  # noqa: S105
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    BANNED = "banned"
    DELETED = "deleted"


class SecurityEvent(StrEnum):
    """What a person should be told of."""

    REFRESH_TOKEN_REUSED = "refresh_token_reused"  # noqa: S105
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    GOOGLE_LINKED = "google_linked"
    DELETION_REQUESTED = "deletion_requested"


@dataclass(frozen=True, slots=True)
class Device:
    """Where a call comes from, as far as its owner would recognise it."""

    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person and the session that they have now."""

    user_id: int
    username: str
    email: str
    name: str
    is_admin: bool
    session_id: int
    refresh_token: str

    @classmethod
    def of(cls, person: Row, session_id: int, refresh_token: str) -> "SignedIn":
        """From an account's row."""
        return cls(
            user_id=person["id"],
            username=person["username"],
            email=person["email"] or "",
            name=person["name"],
            is_admin="admin" in person["roles"],
            session_id=session_id,
            refresh_token=refresh_token,
        )


async def start(tx: Tx, life: Tokens, person: Row, device: Device, signed_in_by: SignedInBy) -> SignedIn:
    """Begin a session of someone who has just shown who they are; raises Denied when they were banned meanwhile."""
    if person["banned_at"] is not None:
        raise Denied(Reason.ACCOUNT_BANNED)
    now = clock.now()
    refresh_token = tokens.new_refresh_token()
    session_id = await queries.insert_session(
        tx,
        person["id"],
        signed_in_by=signed_in_by,
        address=device.address,
        user_agent=device.user_agent,
        token_hash=tokens.hash_of(refresh_token),
        now=now,
        fresh_until=None if signed_in_by == SignedInBy.GUEST else now + FRESH,
        expires_at=now + life.refresh_lifetime,
    )
    return SignedIn.of(person, session_id, refresh_token)


async def go_on_as(
    tx: Tx, life: Tokens, person: Row, session_id: int, by: SignedInBy = SignedInBy.PASSWORD
) -> SignedIn:
    """Carry a guest's session on for the account that the guest became; its earlier refresh tokens end."""
    now = clock.now()
    refresh_token = tokens.new_refresh_token()
    await refresh_tokens.replace_tokens_of(
        tx,
        session_id,
        tokens.hash_of(refresh_token),
        signed_in_by=by,
        now=now,
        expires_at=now + life.refresh_lifetime,
        fresh_until=now + FRESH,
    )
    return SignedIn.of(person, session_id, refresh_token)


async def refresh(tx: Tx, life: Tokens, refresh_token: str, device: Device) -> SignedIn:
    """Exchange a refresh token for its successor.

    Whoever presents a used one later than `GRACE` has a copy: the session then ends for the thief and the owner alike,
    and the owner is told. Raises Unauthenticated, the same in every case, and Denied for a banned account.
    """
    now = clock.now()
    found = await refresh_tokens.locked_token(tx, tokens.hash_of(refresh_token))
    if found is None or found["ended_at"] is not None or found["expires_at"] <= now:
        raise Unauthenticated(Reason.REFRESH_TOKEN_INVALID)
    if found["banned_at"] is not None:
        raise Denied(Reason.ACCOUNT_BANNED)
    session_id: int = found["session_id"]
    used_at = found["used_at"]
    if used_at is not None and now > used_at + GRACE:
        await _end_stolen(tx, found, device)
        raise Unauthenticated(Reason.REFRESH_TOKEN_INVALID).keeping()
    next_token = tokens.successor(refresh_token) if life.rotates or used_at is not None else refresh_token
    if next_token == refresh_token:
        await queries.touch_session(tx, session_id, address=device.address, user_agent=device.user_agent, now=now)
    elif used_at is None:
        await refresh_tokens.replace_token(
            tx,
            tokens.hash_of(refresh_token),
            tokens.hash_of(next_token),
            address=device.address,
            user_agent=device.user_agent,
            now=now,
            expires_at=now + life.refresh_lifetime,
        )
    return SignedIn.of(found, session_id, next_token)


async def log_out(tx: Tx, refresh_token: str) -> None:
    """End the session that the token belongs to, if there is one; any of its tokens will do."""
    await queries.end_session_of_token(tx, tokens.hash_of(refresh_token), EndReason.LOGOUT, clock.now())


async def end_own(tx: Tx, user_id: int, session_id: int) -> None:
    """End one session of a person's; raises NotFound when they have no such live one."""
    if not await queries.end_own_session(tx, user_id, session_id, EndReason.ENDED, clock.now()):
        raise NotFound(Reason.SESSION_NOT_FOUND)


async def end_others(tx: Tx, user_id: int, session_id: int, reason: EndReason = EndReason.ENDED) -> int:
    """End all sessions of a person's but this one; how many there were."""
    return await queries.end_other_sessions(tx, user_id, session_id, reason, clock.now())


async def confirm(tx: Tx, session_id: int) -> datetime:
    """The owner has just shown who they are: the session is good for more, until the moment that is returned."""
    until = clock.now() + FRESH
    await queries.set_fresh(tx, session_id, until)
    return until


async def tell(tx: Tx, user_id: int, event: SecurityEvent, device: Device, session_id: int | None = None) -> None:
    """Write down what a person should know of, and have them told."""
    event_id = await security_events.insert_security_event(
        tx,
        user_id,
        event,
        session_id=session_id,
        address=device.address,
        user_agent=device.user_agent,
        now=clock.now(),
    )
    await jobs.tell_security_event(tx, event_id, user_id)


async def _end_stolen(tx: Tx, found: Row, device: Device) -> None:
    if not await queries.end_session(tx, found["session_id"], EndReason.TOKEN_REUSED, clock.now()):
        return  # two presented the token at once, and the other one is done with it
    await tell(tx, found["id"], SecurityEvent.REFRESH_TOKEN_REUSED, device, found["session_id"])
