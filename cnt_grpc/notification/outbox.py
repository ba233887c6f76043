"""What a transaction has to tell people: gathered while it runs, and written by one statement before it ends."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from cnt_grpc.kit import clock, events, jobs
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.jobs import Job
from cnt_grpc.notification.notice import Channel, Notice, Words
from cnt_grpc.notification.queries import telling
from cnt_grpc.pb.cnt.notification.v1 import jobs_pb2

TOPIC = "inbox"
"""Of wake-ups: the key is the person whose inbox changed."""
INLINE = 100
"""Recipients up to which the transaction itself writes the notice: it holds their inboxes until it ends."""
TELL_MANY = Job("notification.tell_many", jobs_pb2.TellMany, attempts=10, timeout=timedelta(minutes=1))
"""Writes a notice for any number of recipients, a bounded number a transaction."""
SENDING_TIME = timedelta(minutes=5)
"""The longest run of the next two."""
SEND_PUSH = Job("notification.send_push", jobs_pb2.Deliver, attempts=3, timeout=SENDING_TIME, limit=4)
"""Sends the push messages that are due, to some people or to everyone."""
SEND_MAIL = Job("notification.send_mail", jobs_pb2.Deliver, attempts=3, timeout=SENDING_TIME, limit=4)
"""Likewise mails: a job of its own, and few at once, so that a slow mail server delays nothing but mails."""

_SENDERS = {Channel.PUSH: SEND_PUSH, Channel.MAIL: SEND_MAIL}

Owed = list[tuple[Sequence[int], Words]]


async def tell(tx: Tx, recipients: Iterable[int], notice: Notice, *, about: str = "") -> None:
    """Tell these people, each once, when the transaction commits; nobody when it does not.

    Above INLINE recipients the transaction writes a job instead, and they hear of it a moment later. `about`: what the
    notice shows of others, as `thing` names it. It is taken back when that is hidden, and nobody is told while it is.
    """
    ids = sorted(set(recipients))
    words = replace(notice.worded(), about=about)
    if len(ids) <= INLINE:
        put(tx, ids, words)
    else:
        await tell_later(tx, ids, words)


async def tell_later(tx: Tx, recipient_ids: Sequence[int], words: Words) -> None:
    """Leave it to a job; `recipient_ids` in ascending order."""
    payload = jobs_pb2.TellMany(
        recipient_ids=recipient_ids,
        type=words.type,
        title=words.title,
        message=words.message,
        data=words.data,
        about=words.about,
    )
    await jobs.enqueue(tx, TELL_MANY, payload)


def put(tx: Tx, recipient_ids: Sequence[int], words: Words) -> None:
    """Owe this to these people, each named once, until the transaction commits."""
    if not recipient_ids:
        return
    owed: Owed | None = tx.memo.get(tell)
    if owed is None:
        owed = tx.memo[tell] = []
        # Last: inboxes are locked when nothing else is, and only for as long as the commit takes.
        tx.before_commit(_flush, last=True)
    owed.append((recipient_ids, words))


async def send_rest(db: Database, channel: Channel, payload: jobs_pb2.Deliver) -> None:
    """Have another job go on where one has no time left."""
    everyone = None if payload.recipient_ids else "rest"
    await db.transact(lambda tx: jobs.enqueue(tx, _SENDERS[channel], payload, dedupe=everyone))


async def _flush(tx: Tx) -> None:
    owed: Owed = tx.memo.pop(tell)
    said = [_said(words) for _, words in owed]
    one = len(said) == 1 and len(owed[0][0]) == 1
    if one:
        told: dict[str, object] = {**said[0], "recipient_id": owed[0][0][0]}
    else:
        told = {name: [each[name] for each in said] for name in said[0]}
        told["recipient_id"] = [recipient_id for recipient_ids, _ in owed for recipient_id in recipient_ids]
        told["notice"] = [number for number, (recipient_ids, _) in enumerate(owed, 1) for _ in recipient_ids]
    reached = await tx.all(telling.tell(one=one), **told, now=clock.now())
    by_channel: dict[str, list[int]] = {}
    for row in reached:
        by_channel.setdefault(row["channel"], []).append(row["recipient_id"])
    for recipient_id in by_channel.get(Channel.IN_APP, ()):
        events.wake(tx, TOPIC, recipient_id)
    for channel, job in _SENDERS.items():
        if recipients := by_channel.get(channel):
            await jobs.enqueue(tx, job, jobs_pb2.Deliver(recipient_ids=sorted(recipients)))


def _said(words: Words) -> dict[str, object]:
    """A notice as the statement wants it."""
    return {
        "type": words.type,
        "title": words.title,
        "message": words.message,
        "data": json.dumps(dict(words.data), ensure_ascii=False),
        "about": words.about,
        **{f"by_{channel}": channel in words.preferences.on for channel in Channel},
        "always_mailed": Channel.MAIL in words.preferences.always,
    }
