"""Background doors of the notification room; those that meet the outside are in delivering.py."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from cnt_grpc import auth
from cnt_grpc.auth import SecurityEvent
from cnt_grpc.kit.jobs import Handler, Job, Run
from cnt_grpc.kit.jobs.worker import Periodic
from cnt_grpc.notification import outbox, rules, taking_back
from cnt_grpc.notification.notice import Words
from cnt_grpc.notification.notices import SecurityAlert
from cnt_grpc.pb.cnt.auth.v1.jobs_pb2 import TellSecurityEvent
from cnt_grpc.pb.cnt.notification.v1.jobs_pb2 import Deliver, ForgetOld, TellMany

FORGET_OLD = Job("notification.forget_old", ForgetOld, attempts=3, timeout=timedelta(minutes=30), limit=1)
"""Drop notifications, and what was sent of them, that are older than they are kept."""

AT_ONCE = 500
"""Inboxes that one transaction writes to and, for a few milliseconds, locks."""
PARTS = 16
"""Jobs into which a job divides that has more recipients."""

_SECURITY_EVENTS = {
    SecurityEvent.REFRESH_TOKEN_REUSED: "Someone used an old sign-in of yours again, so we ended it",
    SecurityEvent.PASSWORD_CHANGED: "Your password was changed",
    SecurityEvent.GOOGLE_LINKED: "A Google account was linked, and can sign in to yours from now on",
    SecurityEvent.DELETION_REQUESTED: "Your account is about to be deleted; sign in within 30 days to keep it",
}
if unworded := set(SecurityEvent) - _SECURITY_EVENTS.keys():
    raise TypeError(f"security events without words: {sorted(unworded)}")


async def tell_many(payload: TellMany, run: Run) -> None:
    """Write the notice, or divide the work; effect and end of the job are one transaction, so each is told once."""
    words = Words(payload.type, payload.title, payload.message, dict(payload.data), payload.about)
    ids = list(payload.recipient_ids)
    async with run.finish() as tx:
        if len(ids) <= AT_ONCE:
            outbox.put(tx, ids, words)
            return
        for part in _parts(ids):
            await outbox.tell_later(tx, part, words)


def _parts(ids: Sequence[int]) -> list[Sequence[int]]:
    size = max(AT_ONCE, -(-len(ids) // PARTS))
    return [ids[start : start + size] for start in range(0, len(ids), size)]


async def tell_security_event(payload: TellSecurityEvent, run: Run) -> None:
    """Tell a person what befell their account; the auth room, which lies below, asks for it."""
    async with run.finish() as tx:
        event = await auth.security_event(tx, payload.security_event_id)
        if event is None:
            return  # erased with its person
        alert = SecurityAlert(
            event=_SECURITY_EVENTS[SecurityEvent(event["kind"])],
            time=f"{event['created_at']:%Y-%m-%d %H:%M} UTC",
            address=event["address"] or "an unknown address",
        )
        await outbox.tell(tx, [event["user_id"]], alert)


async def forget_old(_: ForgetOld, run: Run) -> None:
    """Drop what is too old, a bounded number a transaction, until nothing is."""
    for forget in (rules.forget_old, rules.forget_old_deliveries, taking_back.forget_deleted):
        dropped = 1
        while dropped and not run.cancelled.is_set():
            dropped = await run.db.transact(forget)


HANDLERS: Mapping[Job[Any], Handler] = {
    outbox.TELL_MANY: tell_many,
    auth.TELL_SECURITY_EVENT: tell_security_event,
    taking_back.TAKE_BACK: taking_back.do_take_back,
    FORGET_OLD: forget_old,
}
PERIODIC: Sequence[Periodic] = (
    Periodic("43 * * * *", FORGET_OLD, ForgetOld()),
    # What was put off, or could not be sent when it was written.
    Periodic("* * * * *", outbox.SEND_PUSH, Deliver()),
    Periodic("* * * * *", outbox.SEND_MAIL, Deliver()),
)
