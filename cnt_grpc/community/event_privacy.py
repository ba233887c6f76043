"""What the room knows of a person by events: those that they host, and what they have answered to others."""

from collections.abc import AsyncIterator

from cnt_grpc import auth
from cnt_grpc.auth import Record
from cnt_grpc.community.queries import attendees
from cnt_grpc.community.queries import events as queries
from cnt_grpc.community.rules import events
from cnt_grpc.kit.db import Tx

_LEFT_OUT = ("cell", "cover_key", "edits")
"""What we work with, and what says nothing about anybody."""


async def export_person(tx: Tx, user_id: int) -> AsyncIterator[tuple[str, Record]]:
    """Events, and answers to events."""
    for row in await tx.all(attendees.events_of(), user_id=user_id):
        yield "events", {name: value for name, value in row.items() if name not in _LEFT_OUT}
    for row in await tx.all(attendees.answers_of(), user_id=user_id):
        yield "event_answers", dict(row)


async def erase_person(tx: Tx, user_id: int) -> None:
    """An event without a host does not take place; whoever wanted to come is told, without a name. Seats elsewhere are
    free again.
    """
    for event in await tx.all(queries.touched_events(), user_id=user_id):
        if event["host_id"] == user_id:
            await events.remove(tx, event, (0, auth.NOBODY))
    await tx.run(attendees.drop_answers(), user_id=user_id)
