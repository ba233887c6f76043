"""What becomes of a push message or a mail that is owed: sent, put off, tried again, or dropped."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.notification import rules
from cnt_grpc.notification.local_time import next_time, zone
from cnt_grpc.notification.notice import KINDS, Channel
from cnt_grpc.notification.queries import outgoing
from cnt_grpc.notification.rules import MailRhythm

MOST_ATTEMPTS = 15
"""Over about 16 hours; then it has failed."""
PAUSE = timedelta(seconds=30)
"""After the first attempt; doubled after each further one."""
LONGEST_PAUSE = timedelta(hours=2)
LEASE = timedelta(minutes=10)
"""How long what was taken belongs to who took it; longer than a job runs."""
AT_ONCE = 200
"""Deliveries that one transaction takes, beside DIGESTS_AT_ONCE."""
DIGESTS_AT_ONCE = 50
"""Mails of the day that it takes at most, each whole."""
DIGEST_AT = time(8)
"""When the mail of a day comes, by the person's clock."""


@dataclass(frozen=True, slots=True)
class Ended:
    """It is over."""

    state: str
    """As `deliveries` has it: sent, failed, or dropped."""
    error: str | None = None
    kills_device: bool = False


@dataclass(frozen=True, slots=True)
class PutBack:
    """It is to be sent later."""

    due_at: datetime
    error: str | None = None
    counted: bool = False
    """Whether it was tried."""
    put_off: bool = False
    """Whether it goes into the mail of the day."""


Fate = Ended | PutBack


async def take(db: Database, channel: Channel, recipient_ids: Sequence[int]) -> tuple[datetime, list[Row]]:
    """Some of what is due, of these people or with none named of all, and until when it is ours."""

    async def take_some(tx: Tx) -> tuple[datetime, list[Row]]:
        now = clock.now()
        until = now + LEASE
        whose = {"recipient_ids": list(recipient_ids)} if recipient_ids else {}
        statement = outgoing.take(AT_ONCE, DIGESTS_AT_ONCE, everyone=not recipient_ids)
        return until, await tx.all(statement, channel=channel, now=now, until=until, **whose)

    return await db.transact(take_some)


def is_full(rows: Sequence[Row]) -> bool:
    """Whether more may be due than what was taken at once."""
    alone = sum(not row["put_off"] for row in rows)
    people = {row["recipient_id"] for row in rows if row["put_off"]}
    return alone >= AT_ONCE or len(people) >= DIGESTS_AT_ONCE


def fate_before_sending(row: Row) -> Fate | None:
    """What is to be done instead of sending this now; None when it is to be sent."""
    kind = KINDS.get(row["type"])
    if kind is None or row["time_zone"] is None:
        return Ended("dropped", "nobody to tell")
    if row["attempts"] > MOST_ATTEMPTS:
        return Ended("failed", row["error"] or "each attempt ended with its worker")
    channel = Channel(row["channel"])
    if (channel is Channel.PUSH and row["token"] is None) or (channel is Channel.MAIL and row["email"] is None):
        return Ended("dropped", "nowhere to send it to")
    # What keeps an account safe waits for nothing, and may be the last that its owner hears of us.
    return None if channel in kind.preferences.always else _fate_of_usual(row, channel)


def _fate_of_usual(row: Row, channel: Channel) -> Fate | None:
    if row["enabled"] is False:
        return Ended("dropped", "not wanted any more")
    if not row["is_active"] or (channel is Channel.MAIL and not row["is_proven"]):
        return Ended("dropped", "not to be told")
    if not row["met"]:
        return Ended("dropped", "a block came between them")
    now, where = clock.now(), zone(row["time_zone"])
    quiet = rules.quiet_hours(row)
    over = now if quiet is None else quiet.over_at(now, where)
    if over > now:
        return PutBack(over, put_off=row["put_off"])
    if channel is Channel.MAIL and row["mail_rhythm"] == MailRhythm.DAILY and not row["put_off"]:
        return PutBack(next_time(DIGEST_AT, now, where), put_off=True)
    return None


def fate_of_failure(row: Row, error: str, wait: float = 0.0) -> Fate:
    """After an attempt that another one may mend, `wait` seconds later at the earliest."""
    if row["attempts"] >= MOST_ATTEMPTS:
        return Ended("failed", error)
    pause = min(PAUSE * 2 ** (row["attempts"] - 1), LONGEST_PAUSE)
    # What failed together must not all come back together.
    spread = pause * random.uniform(0.75, 1.25)  # noqa: S311
    due_at = clock.now() + max(spread, timedelta(seconds=wait))
    return PutBack(due_at, error, counted=True, put_off=row["put_off"])


def not_begun(row: Row) -> Fate:
    """For what was taken and is left to the next who takes it."""
    return PutBack(clock.now(), row["error"], put_off=row["put_off"])


async def settle(db: Database, until: datetime, fates: Sequence[tuple[Row, Fate]]) -> None:
    """Write down what became of what was taken until then; of what somebody else has taken meanwhile, nothing."""
    if not fates:
        return

    async def write(tx: Tx) -> None:
        now = clock.now()
        ended = [
            {"delivery_id": row["id"], "until": until, "state": fate.state, "error": fate.error, "now": now}
            for row, fate in fates
            if isinstance(fate, Ended)
        ]
        back = [
            {
                "delivery_id": row["id"],
                "until": until,
                "due_at": fate.due_at,
                "counted": fate.counted,
                "put_off": fate.put_off,
                "error": fate.error,
            }
            for row, fate in fates
            if isinstance(fate, PutBack)
        ]
        dead = [row["device_id"] for row, fate in fates if isinstance(fate, Ended) and fate.kills_device]
        if ended:
            await tx.many(outgoing.end(), ended)
        if back:
            await tx.many(outgoing.put_back(), back)
        if dead:
            await tx.run(outgoing.drop_devices(), device_ids=dead)

    await db.transact(write)
