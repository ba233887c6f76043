"""Codes by mail: how many, for how long, and how often they may be guessed.

Whether an account has an address plays no part here: a code is made for every address, a job that nobody waits for
finds out who gets one, and a wrong code costs the same work for all. So neither words nor time tell.
"""

from datetime import datetime, timedelta

from cnt_grpc.auth import codes, jobs
from cnt_grpc.auth.codes import CodePurpose
from cnt_grpc.auth.emails import clean_email
from cnt_grpc.auth.queries import codes as queries
from cnt_grpc.auth.queries import wrong_tries
from cnt_grpc.auth.rules import slow_down
from cnt_grpc.kit import clock, seal
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import Exhausted, Unauthenticated
from cnt_grpc.pb.cnt.auth.v1.reason import Reason

LIFE = timedelta(minutes=10)
WRONG_TRIES = 5
"""That kill a code; asking for another one does not set them back before this one would have expired."""
WRONG_TRIES_A_DAY = 20
"""For an address: all its codes together. One more than a day after the last begins anew, and so does a right code."""
DAY = timedelta(days=1)
MAILS = 5
"""To an address in an hour."""
HOUR = timedelta(hours=1)

_KEY = "auth.wrong-codes"


async def send(tx: Tx, typed: str, purpose: CodePurpose, client: str) -> datetime:
    """Make a code for an address and have it sent to whom it may concern; until when it works.

    `client` is the network address that asks. Raises Invalid for an impossible address, and Exhausted.
    """
    email = _clean(typed)
    now = clock.now()
    await _lock(tx, email)
    await slow_down.count(tx, slow_down.mails_for(client), Reason.CODES_SLOWED_DOWN)
    moments = await queries.latest_moments(tx, email, now - HOUR, MAILS)
    if len(moments) == MAILS:
        raise _slowed_down(moments[-1] + HOUR)
    before = await queries.newest(tx, email, purpose)
    tries = before["wrong_tries"] if before is not None and before["expires_at"] > now else 0
    if before is not None and tries >= WRONG_TRIES:
        raise _slowed_down(before["expires_at"])
    code = codes.new_code()
    code_hash = codes.hash_of(email, purpose, code)
    until = now + LIFE
    await queries.replace_code(tx, email, purpose, code_hash, wrong_tries=tries, now=now, expires_at=until)
    await jobs.deliver_code(tx, email, purpose, code, until)
    return until


async def verify(tx: Tx, email: str, purpose: CodePurpose, typed: str, client: str) -> None:
    """Look whether a code is right, and leave it to be used; raises as `use` does."""
    code_id = await right(tx, email, purpose, typed, client)
    if code_id is None:
        raise wrong()
    await queries.mark_verified(tx, code_id, clock.now())


async def use(tx: Tx, email: str, purpose: CodePurpose, typed: str, client: str) -> None:
    """Use a right code up, in the transaction of what it was for.

    Raises Unauthenticated, which keeps the counted try, and Exhausted when too many were wrong.
    """
    code_id = await right(tx, email, purpose, typed, client)
    if code_id is None:
        raise wrong()
    await use_up(tx, email, code_id)


async def use_up(tx: Tx, email: str, code_id: int) -> None:
    """End a code that was found right, and begin to count wrong ones anew."""
    await queries.use_up(tx, code_id, clock.now())
    await wrong_tries.forget(tx, _key(_clean(email)))


async def right(tx: Tx, email: str, purpose: CodePurpose, typed: str, client: str) -> int | None:
    """The id of the live code if this is it; None when it is wrong, which is then counted. Raises Exhausted."""
    email = _clean(email)
    now = clock.now()
    await _lock(tx, email)
    targets = slow_down.address(client)
    await slow_down.count(tx, targets, Reason.CODES_SLOWED_DOWN)
    found = await queries.newest(tx, email, purpose)
    is_live = found is not None and found["ended_at"] is None and found["expires_at"] > now
    if found is not None and codes.is_code(email, purpose, typed, found["code_hash"]) and is_live:
        await slow_down.forgive(tx, targets)
        code_id: int = found["id"]
        return code_id
    await queries.count_wrong(tx, _key(email), now)
    if found is not None:
        await queries.count_wrong_try(tx, found["id"], most=WRONG_TRIES, now=now)
    return None


def wrong() -> Unauthenticated:
    """The one answer to every code that is not right; what was counted stays."""
    return Unauthenticated(Reason.CODE_WRONG, "wrong code").keeping()


async def _lock(tx: Tx, email: str) -> None:
    """Let what concerns codes of an address happen one after the other; raises Exhausted after too many wrong ones."""
    now = clock.now()
    count = await queries.locked_count(tx, _key(email), now=now, forget_before=now - DAY)
    if count["tries"] >= WRONG_TRIES_A_DAY:
        raise _slowed_down(count["tried_at"] + DAY)


def _slowed_down(until: datetime) -> Exhausted:
    wait = max(1.0, (until - clock.now()).total_seconds())
    return Exhausted(Reason.CODES_SLOWED_DOWN, "too many codes", retry_after=wait)


def _clean(email: str) -> str:
    return clean_email(email).lower()


def _key(email: str) -> bytes:
    return seal.sign(_KEY, email.encode())
