"""Notices of what was hidden or deleted: taken back, and told to nobody until it is shown again.

A room says in the transaction that hides a thing that it is hidden. From that commit on nobody is told of it any more,
and a job takes back what was told: from inboxes, and from what still waits to be pushed or mailed. What comes back is
not told again; people hear of what happens to it from then on.
"""

from datetime import timedelta
from functools import partial

from cnt_grpc.kit import clock, events, jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.jobs import Job, Run
from cnt_grpc.notification import rules
from cnt_grpc.notification.outbox import TOPIC
from cnt_grpc.notification.queries import taking_back as queries
from cnt_grpc.pb.cnt.notification.v1.jobs_pb2 import TakeBack

TAKE_BACK = Job("notification.take_back", TakeBack, attempts=10, timeout=timedelta(minutes=10))
"""Take back what was told of a thing, a bounded number of inboxes a transaction."""
ONCE_MORE = timedelta(minutes=1)
"""After this time the job runs again: whoever was being told while the thing was hidden has been told by then."""
AT_ONCE = 500
"""Inboxes that one transaction locks, and messages that it drops."""


async def take_back(tx: Tx, about: str, *, author_id: int | None) -> None:
    """A thing is hidden from everyone but `author_id` (None: from everyone) when this transaction commits."""
    await tx.run(queries.note(), about=about, author_id=author_id, now=clock.now())
    for delay in (timedelta(), ONCE_MORE):
        await jobs.enqueue(tx, TAKE_BACK, TakeBack(about=about), delay=delay)


async def show_again(tx: Tx, about: str) -> None:
    """Everyone sees the thing again: people are told of it from now on."""
    await tx.run(queries.release(), about=about)


async def do_take_back(payload: TakeBack, run: Run) -> None:
    """Take it back, unless it was shown again meanwhile."""
    found = 1
    while found and not run.cancelled.is_set():
        found = await run.db.transact(partial(_take_some, payload.about))


async def _take_some(about: str, tx: Tx) -> int:
    noted = await tx.one(queries.noted(), about=about)
    if noted is None:
        return 0
    # A name ends with a slash, and what is within begins with all of it: “0” is the next character.
    those = {"about": about, "end": f"{about[:-1]}0"}
    author = {"author_id": noted["author_id"]}
    holders = [row["recipient_id"] for row in await tx.all(queries.lock_holders(AT_ONCE), **those, **author)]
    if holders:
        for row in await tx.all(queries.take(), **those, recipient_ids=holders):
            events.wake(tx, TOPIC, row["recipient_id"])
    dropped = await tx.run(queries.drop_unsent(AT_ONCE), **those, **author, now=clock.now())
    return len(holders) + dropped


async def forget_deleted(tx: Tx) -> int:
    """Forget some of what was deleted longer ago than notices are kept; how many."""
    return await tx.run(queries.forget_deleted(AT_ONCE), before=clock.now() - rules.KEPT)
