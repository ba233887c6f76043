"""What the dispatcher stands on: the inboxes in the database, and the bus that says which have changed."""

from collections.abc import Sequence
from functools import partial

from cnt_grpc.kit.db import Database, Row
from cnt_grpc.kit.events import EventBus
from cnt_grpc.kit.events.dispatcher import Dispatcher, Found
from cnt_grpc.kit.events.tail import PAGE, Head
from cnt_grpc.kit.events.tail import Row as LogRow
from cnt_grpc.notification.outbox import TOPIC
from cnt_grpc.notification.queries import inboxes
from cnt_grpc.pb.cnt.notification.v1.reason import Reason

Unread = int
"""The state of an inbox: how many notifications its owner has not read."""


def dispatcher(db: Database, bus: EventBus) -> Dispatcher[Unread]:
    """The one dispatcher of a process; it does nothing before the first stream."""
    return Dispatcher(partial(read_after, db), partial(bus.subscribe, TOPIC), Reason.RESYNC, with_new)


def with_new(unread: Unread, rows: Sequence[LogRow]) -> Unread:
    """What new rows make of the number of unread ones; a client that counts along needs no beat for it."""
    return unread + sum(not row["read"] for row in rows)


async def read_after(db: Database, pairs: Sequence[tuple[int, int]]) -> Sequence[Found[Unread]]:
    """For each recipient and number: the inbox, and its first PAGE rows after the number; one statement."""
    async with db.reading() as tx:
        rows = await tx.all(
            inboxes.after(PAGE),
            recipient_ids=[recipient_id for recipient_id, _ in pairs],
            after_seqs=[seq for _, seq in pairs],
        )
    found: list[tuple[Head[Unread], list[Row]]] = []
    for row in rows:
        if row["pair"] > len(found):
            found.append((_head(row), []))
        if row["seq"] is not None:
            found[-1][1].append(row)
    return found


def _head(row: Row) -> Head[Unread]:
    if row["last_seq"] is None:
        return Head(0)  # nobody was ever told anything here
    return Head(row["unread"], row["last_seq"], row["forgotten_seq"])
