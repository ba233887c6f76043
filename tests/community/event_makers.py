"""Makes events straight in the tables, as the rules would leave them: a millisecond each."""

from datetime import datetime, timedelta
from typing import Any

from cnt_grpc import moderation
from cnt_grpc.community import places
from cnt_grpc.community.queries import attendees, event_changes
from cnt_grpc.community.rules.event_standing import KIND
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx
from cnt_grpc.moderation import Status


async def event(
    tx: Tx,
    *,
    by: int,
    status: str = "approved",
    title: str = "Evening of praise",
    category: str = "worship",
    starts_at: datetime | None = None,
    lasts: timedelta = timedelta(hours=2),
    place: tuple[float, float] | None = None,
    seats: int = 0,
    asks: bool = False,
    at: datetime | None = None,
) -> int:
    """An event of this person; by default it begins in a week, and everyone may come."""
    now = at or clock.now()
    starts_at = starts_at or clock.now() + timedelta(days=7)
    event_id: int = await tx.value(
        event_changes.insert_event(),
        host_id=by,
        title=title,
        description="Come and sing.",
        category=category,
        starts_at=starts_at,
        ends_at=starts_at + lasts,
        location="Church hall",
        latitude=place[0] if place else None,
        longitude=place[1] if place else None,
        cell=places.cell(*place) if place else None,
        max_attendees=seats,
        requires_approval=asks,
        cover_id=None,
        cover_key=None,
        status=status,
        created_at=now,
        approved_at=now if status == Status.APPROVED else None,
    )
    await moderation.moved(tx, KIND, event_id, author_id=by, was=None, now=Status(status))
    return event_id


async def answer(
    tx: Tx, event_id: int, who: int, *, answer: str = "going", status: str = "approved", at: datetime | None = None
) -> None:
    """What this person has answered, with the seat that it takes."""
    values = {"answer": answer, "status": status, "answered_at": at or clock.now()}
    await tx.run(attendees.put_attendee(), event_id=event_id, user_id=who, **values)
    if (answer, status) == ("going", "approved"):
        await tx.value(attendees.take_seat(), event_id=event_id)


async def made(world: Any, by: Any, **given: Any) -> int:
    """The id of an event of this person."""
    async with world.db.transaction() as tx:
        return await event(tx, by=by.id, **given)
