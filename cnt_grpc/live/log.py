"""A stream's log as it grows: who watches it, and how entries get into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from cnt_grpc.kit import clock, events
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.events import EventBus
from cnt_grpc.kit.events.dispatcher import Dispatcher, Found
from cnt_grpc.kit.events.tail import PAGE, Head
from cnt_grpc.live.queries import log as queries
from cnt_grpc.live.standing import Entry, Status
from cnt_grpc.pb.cnt.live.v1.reason import Reason

TOPIC: Final = "live"
"""Woken with the stream's id when its log, its status or its number of viewers changes."""


@dataclass(frozen=True, slots=True)
class State:
    """How a stream stands; told with every sign of life."""

    status: Status = Status.ENDED
    viewers: int = 0
    peak_viewers: int = 0
    is_shown: bool = True
    """Whether its host is in public; if not, nobody sees it any more."""


async def write(
    tx: Tx, stream_id: int, kind: Entry, *, user_id: int = 0, text: str = "", data: Mapping[str, object] | None = None
) -> int:
    """Add an entry, and wake who watches; its number. Entries of a stream come one after the other, as commits do."""
    seq: int = await tx.value(
        queries.add(),
        stream_id=stream_id,
        kind=kind,
        user_id=user_id or None,
        text=text,
        data=dict(data or {}),
        now=clock.now(),
    )
    events.wake(tx, TOPIC, stream_id)
    return seq


def dispatcher(db: Database, bus: EventBus) -> Dispatcher[State]:
    """The one reader of logs in a process; it does nothing before the first watcher."""
    return Dispatcher(partial(_read_after, db), partial(bus.subscribe, TOPIC), Reason.STREAM_RESYNC)


async def _read_after(db: Database, pairs: Sequence[tuple[int, int]]) -> Sequence[Found[State]]:
    """For each stream and number: how the stream stands, and the first PAGE entries after the number; one statement."""
    async with db.reading() as tx:
        rows = await tx.all(
            queries.after(PAGE),
            stream_ids=[stream_id for stream_id, _ in pairs],
            after_seqs=[after_seq for _, after_seq in pairs],
        )
    found: list[tuple[Head[State], list[Row]]] = []
    for row in rows:
        if row["pair"] > len(found):
            found.append((_head(row), []))
        if row["seq"] is not None:
            found[-1][1].append(row)
    return found


def _head(row: Row) -> Head[State]:
    if row["last_seq"] is None:
        return Head(State())  # deleted meanwhile: over, whatever it was
    return Head(
        State(Status(row["status"]), row["viewers"], row["peak_viewers"], row["host_is_there"]), row["last_seq"]
    )
