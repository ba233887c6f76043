"""Jobs that meet the outside: push messages, mails, and the codes that the auth room has mailed."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby
from typing import Any

import structlog

from cnt_grpc import auth
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.kit.jobs import GiveUp, Handler, Job, Run
from cnt_grpc.notification import devices, outbox, sending
from cnt_grpc.notification.http_client import TryLater
from cnt_grpc.notification.letters import Letters
from cnt_grpc.notification.mail import Mail, Mailer, MailRefused
from cnt_grpc.notification.notice import Channel
from cnt_grpc.notification.push import Push, Pushed, Pusher
from cnt_grpc.notification.sending import Ended, Fate
from cnt_grpc.pb.cnt.auth.v1.jobs_pb2 import SendCode
from cnt_grpc.pb.cnt.notification.v1.jobs_pb2 import Deliver

PUSHES_AT_ONCE = 50
MAILS_AT_ONCE = 4
"""A mail server allows an address few connections."""
LAST_START = outbox.SENDING_TIME.total_seconds() / 2
"""Seconds after which a job begins no attempt: one that has begun takes half a minute at most."""

_FATES: Mapping[Pushed, Fate] = {
    Pushed.SENT: Ended("sent"),
    Pushed.DEAD: Ended("dropped", "the token is dead", kills_device=True),
    Pushed.REFUSED: Ended("failed", "refused"),
}

_log = structlog.get_logger("cnt.notification")

Parcel = Sequence[Row]
"""Deliveries that leave together: one push message, or a mail with one notice or a day's."""


@dataclass(frozen=True, slots=True)
class DeliveryJobs:
    """The jobs, with those who carry what we send."""

    mailer: Mailer
    pusher: Pusher | None
    """None where push is not configured: then none is sent."""
    letters: Letters

    @property
    def handlers(self) -> Mapping[Job[Any], Handler]:
        """By job."""
        return {
            outbox.SEND_PUSH: self.send_push,
            outbox.SEND_MAIL: self.send_mail,
            auth.SEND_CODE: self.send_code,
        }

    async def send_push(self, payload: Deliver, run: Run) -> None:
        """Send the push messages that are due."""
        await _deliver(Channel.PUSH, payload, run, packed=_each_alone, send=self._push, at_once=PUSHES_AT_ONCE)

    async def send_mail(self, payload: Deliver, run: Run) -> None:
        """Send the mails that are due."""
        await _deliver(Channel.MAIL, payload, run, packed=_days_together, send=self._mail, at_once=MAILS_AT_ONCE)

    async def send_code(self, payload: SendCode, run: Run) -> None:
        """Mail a code, unless it is worth nothing any more."""
        if payload.expires_at.ToDatetime(tzinfo=UTC) <= clock.now():
            return
        try:
            await self.mailer.send(self.letters.code(payload, run.job_id))
        except MailRefused as refusal:
            raise GiveUp(str(refusal)) from None

    async def _push(self, parcel: Parcel) -> Fate:
        (row,) = parcel
        if self.pusher is None:
            return Ended("dropped", "push is not configured")
        token = devices.opened(row["token"], row["token_hash"])
        if token is None:
            return Ended("dropped", "sealed with another SECRET_KEY", kills_device=True)
        data = {**row["data"], "type": row["type"]} | ({} if row["seq"] is None else {"seq": str(row["seq"])})
        return _FATES[await self.pusher.send(Push.of(token, row["title"], row["message"], data))]

    async def _mail(self, parcel: Parcel) -> Fate:
        mail: Mail = self.letters.digest(parcel) if parcel[0]["put_off"] else self.letters.single(parcel[0])
        try:
            await self.mailer.send(mail)
        except MailRefused as refusal:
            return Ended("failed", str(refusal))
        return Ended("sent")


def _each_alone(rows: Iterable[Row]) -> list[Parcel]:
    return [[row] for row in rows]


def _days_together(rows: Iterable[Row]) -> list[Parcel]:
    """What waited for the mail of a day in one parcel a person."""

    def whose(row: Row) -> tuple[int, bool]:
        return row["recipient_id"], row["put_off"]

    parcels: list[Parcel] = []
    for (_, waited), group in groupby(sorted(rows, key=whose), key=whose):
        rows_of_one = list(group)
        parcels += [rows_of_one] if waited else _each_alone(rows_of_one)
    return parcels


async def _deliver(
    channel: Channel,
    payload: Deliver,
    run: Run,
    *,
    packed: Callable[[Iterable[Row]], list[Parcel]],
    send: Callable[[Parcel], Awaitable[Fate]],
    at_once: int,
) -> None:
    """Send what is due, batch by batch; no transaction is open while anything is sent.

    What became of a parcel is written down as soon as it is known: a job that is cut off sends nothing twice. What is
    not begun when LAST_START has passed is left to a job that follows.
    """
    loop = asyncio.get_running_loop()
    last_start = loop.time() + LAST_START

    def is_over() -> bool:
        return run.cancelled.is_set() or loop.time() >= last_start

    gate = asyncio.Semaphore(at_once)
    may_be_more = True
    while may_be_more and not is_over():
        until, rows = await sending.take(run.db, channel, payload.recipient_ids)
        may_be_more = sending.is_full(rows)
        before = [(row, sending.fate_before_sending(row)) for row in rows]
        await sending.settle(run.db, until, [(row, fate) for row, fate in before if fate is not None])
        parcels = packed(row for row, fate in before if fate is None)
        async with asyncio.TaskGroup() as group:
            pending = {group.create_task(_attempt(parcel, send, gate, is_over)) for parcel in parcels}
            while pending:
                # All that end while others are written down are written down together.
                ended, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                await sending.settle(run.db, until, [each for task in ended for each in task.result()])
    if is_over():
        await outbox.send_rest(run.db, channel, payload)


async def _attempt(
    parcel: Parcel, send: Callable[[Parcel], Awaitable[Fate]], gate: asyncio.Semaphore, is_over: Callable[[], bool]
) -> list[tuple[Row, Fate]]:
    """Try to send a parcel; it has one fate: what comes in one mail must not come back as many."""
    latest = max(parcel, key=lambda row: int(row["attempts"]))
    try:
        async with gate:
            fate = sending.not_begun(latest) if is_over() else await send(parcel)
    except TryLater as later:
        fate = sending.fate_of_failure(latest, later.message, later.seconds)
    except Unavailable as away:
        fate = sending.fate_of_failure(latest, away.message)
    except Exception as defect:  # noqa: BLE001  (one that cannot be sent must not keep the others of its batch)
        _log.exception("a delivery failed", delivery=parcel[0]["id"])
        fate = sending.fate_of_failure(latest, type(defect).__name__)
    return [(row, fate) for row in parcel]
