"""What the dispatcher stands on: the inboxes in the database, and the bus that says which have changed."""

from collections.abc import Sequence
from functools import partial

from cnt_grpc.kit.db import Database, Row
from cnt_grpc.kit.events import EventBus
from cnt_grpc.notification.dispatcher import Dispatcher, Found
from cnt_grpc.notification.outbox import TOPIC
from cnt_grpc.notification.queries import inboxes
from cnt_grpc.notification.stream import PAGE, Inbox


def dispatcher(db: Database, bus: EventBus) -> Dispatcher:
    """The one dispatcher of a process; it does nothing before the first stream."""
    return Dispatcher(partial(read_after, db), partial(bus.subscribe, TOPIC))


async def read_after(db: Database, pairs: Sequence[tuple[int, int]]) -> Sequence[Found]:
    """For each recipient and number: the inbox, and its first PAGE rows after the number; one statement."""
    async with db.reading() as tx:
        rows = await tx.all(
            inboxes.after(PAGE),
            recipient_ids=[recipient_id for recipient_id, _ in pairs],
            after_seqs=[seq for _, seq in pairs],
        )
    found: list[tuple[Inbox, list[Row]]] = []
    for row in rows:
        if row["pair"] > len(found):
            found.append((_inbox(row), []))
        if row["seq"] is not None:
            found[-1][1].append(row)
    return found


def _inbox(row: Row) -> Inbox:
    if row["last_seq"] is None:
        return Inbox()  # nobody was ever told anything here
    return Inbox(row["last_seq"], row["forgotten_seq"], row["unread"])
