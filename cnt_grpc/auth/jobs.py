"""Background doors of the auth room."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from cnt_grpc.auth.rules import forgetting
from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.jobs import Handler, Job, Run
from cnt_grpc.kit.worker import Periodic
from cnt_grpc.pb.cnt.auth.v1.jobs_pb2 import ForgetOld, TellSecurityEvent

TELL_SECURITY_EVENT = Job("auth.tell_security_event", TellSecurityEvent)
"""Tell someone, in the app and by mail, what befell their account. The notification room, which lies above, does it."""

FORGET_OLD = Job("auth.forget_old", ForgetOld, attempts=3, timeout=timedelta(minutes=30), limit=1)
"""Drop what is past its time."""


async def tell_security_event(tx: Tx, event_id: int, user_id: int) -> None:
    """Have the person told as soon as this transaction is committed."""
    payload = TellSecurityEvent(security_event_id=event_id, user_id=user_id)
    await jobs.enqueue(tx, TELL_SECURITY_EVENT, payload, owner=user_id, dedupe=f"security_event:{event_id}")


async def forget_old(_: ForgetOld, run: Run) -> None:
    """Drop what is past its time, a bounded number a transaction, until nothing is."""
    rows = 1
    while rows and not run.cancelled.is_set():
        rows = await run.db.transact(forgetting.forget_old)


HANDLERS: Mapping[Job[Any], Handler] = {FORGET_OLD: forget_old}
PERIODIC: Sequence[Periodic] = (Periodic("27 * * * *", FORGET_OLD, ForgetOld()),)
