"""What may be done with events, and what follows from it: announce, show, change, delete."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from cnt_grpc import media, moderation, notification, search
from cnt_grpc.community import places
from cnt_grpc.community.queries import attendees, event_changes
from cnt_grpc.community.queries import events as queries
from cnt_grpc.community.rules.event_standing import KIND, ROOM, STANDING, ref, show
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Invalid, NotFound, Precondition
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Gate, Status
from cnt_grpc.pb.cnt.community.v1.reason import Reason

LONGEST: Final = timedelta(days=31)
"""An event lasts no longer; so what may still last began within this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What someone wants an event to be. None keeps what is there."""

    title: str | None = None
    description: str | None = None
    category: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    location: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    clear_coordinates: bool = False
    max_attendees: int | None = None
    requires_approval: bool | None = None
    cover_media_id: int | None = None
    """0 for none."""


async def create(tx: Tx, caller: Caller, wanted: Changes) -> Row:
    """Announce an event. It waits for a moderator, unless the caller is trusted."""
    now = clock.now()
    status = Status.APPROVED if moderation.is_trusted(caller) else Status.PENDING
    columns = await _columns(tx, caller, wanted)
    blank = {"latitude": None, "longitude": None, "cell": None, "cover_id": None, "cover_key": None}
    columns = blank | columns
    _check_times(columns["starts_at"], columns["ends_at"])
    if columns["ends_at"] <= now:
        raise Invalid.of("ends_at", "must not be over yet")
    event_id: int = await tx.value(
        event_changes.insert_event(),
        host_id=caller.user_id,
        status=status,
        created_at=now,
        approved_at=now if status is Status.APPROVED else None,
        **columns,
    )
    if columns["cover_id"] is not None:
        await media.use(tx, columns["cover_id"], ROOM, ref(event_id))
    await moderation.moved(tx, KIND, event_id, author_id=caller.user_id, was=None, now=status)
    event = await shown(tx, caller, event_id)
    if status is Status.APPROVED:
        await show(tx, event)
    return event


async def shown(tx: Tx, caller: Caller, event_id: int) -> Row:
    """One event, as the caller may see it. Raises NotFound."""
    gate = Gate.of(caller)
    row = await tx.one(queries.visible_event(gate), event_id=event_id, **gate.of_viewer(caller))
    if row is None:
        raise NotFound(Reason.EVENT_NOT_FOUND)
    return row


async def update(tx: Tx, caller: Caller, event_id: int, wanted: Changes) -> Row:
    """Change an event of one's own, or as an administrator anyone's. Raises NotFound, Precondition."""
    old = await own(tx, caller, event_id)
    new = await _columns(tx, caller, wanted)
    changed = {name: value for name, value in new.items() if value != old[name]}
    columns = {name: old[name] for name in event_changes.CHANGEABLE} | changed
    if "starts_at" in changed or "ends_at" in changed:
        _check_times(columns["starts_at"], columns["ends_at"])
    if columns["max_attendees"] and columns["max_attendees"] < old["attendees_count"]:
        raise Precondition(Reason.EVENT_FULL, attendees_count=old["attendees_count"])
    if changed:
        await tx.run(event_changes.update_event(), event_id=event_id, edited_at=clock.now(), **columns)
    if "cover_id" in changed:
        await media.release(tx, ROOM, ref(event_id))
        if columns["cover_id"] is not None:
            await media.use(tx, columns["cover_id"], ROOM, ref(event_id))
    if changed and old["host_id"] != caller.user_id:
        told = moderation.without_words(changed)
        plain = {
            name: value if isinstance(value, str | int | float | None) else str(value) for name, value in told.items()
        }
        _write_down(tx, caller, "update", old, plain)
    now = STANDING.next_status(old, caller, changed)
    if now != old["status"]:
        await STANDING.move(tx, event_id, was=Status(old["status"]), now=now, by_moderator=False)
    event = await shown(tx, caller, event_id)
    if changed and now is Status.APPROVED:
        await show(tx, event)
    return event


async def delete(tx: Tx, caller: Caller, event_id: int) -> None:
    """Delete an event of one's own, or as an administrator anyone's. Raises NotFound."""
    old = await own(tx, caller, event_id)
    await remove(tx, old)
    if old["host_id"] != caller.user_id:
        _write_down(tx, caller, "delete", old, {})


async def remove(tx: Tx, event: Row, host: tuple[int, str] | None = None) -> None:
    """Delete a locked event, with all that hangs on it.

    Whoever wanted to come is told, unless it is over or hidden from them. `host` is who is told to have cancelled it,
    as id and name: by default whose event it is.
    """
    if event["status"] == Status.APPROVED and event["ends_at"] > clock.now():
        await _tell_that_it_is_cancelled(tx, event, host)
    await tx.run(event_changes.delete_event(), event_id=event["id"])
    await media.release(tx, ROOM, ref(event["id"]))
    await search.remove(tx, search.Kind.EVENT, event["id"])
    was = Status(event["status"])
    await moderation.moved(tx, KIND, event["id"], author_id=event["host_id"], was=was, now=None)


async def _tell_that_it_is_cancelled(tx: Tx, event: Row, host: tuple[int, str] | None) -> None:
    if host is None:
        row = await tx.one(attendees.person(), user_id=event["host_id"])
        assert row is not None  # the event refers to them
        host = row["id"], row["name"]
    for row in await tx.all(attendees.coming(), ids=[event["id"]]):
        cancelled = notification.EventAnswer(
            user_id=host[0],
            name=host[1],
            event_id=event["id"],
            event_title=event["title"],
            answer="the event is cancelled",
        )
        await notification.tell(tx, set(row["user_ids"]) - {event["host_id"]}, cancelled)


async def own(tx: Tx, caller: Caller, event_id: int, *, lock: bool = True) -> Row:
    """The event, locked, behind the door to what the caller may change: their own, for administrators everyone's."""
    mine = {} if caller.is_admin else {"caller_id": caller.user_id}
    row = await tx.one(queries.own_event(anyones=caller.is_admin, lock=lock), event_id=event_id, **mine)
    if row is None:
        raise NotFound(Reason.EVENT_NOT_FOUND)
    return row


async def _columns(tx: Tx, caller: Caller, wanted: Changes) -> dict[str, Any]:
    """What is wanted, as columns and their values; what is kept is left out."""
    plain = ("title", "description", "category", "starts_at", "ends_at", "location", "max_attendees")
    names = (*plain, "requires_approval")
    columns = {name: value for name in names if (value := getattr(wanted, name)) is not None}
    place = places.point(wanted.latitude, wanted.longitude)
    if place:
        columns |= {"latitude": place[0], "longitude": place[1], "cell": places.cell(*place)}
    elif wanted.clear_coordinates:
        columns |= {"latitude": None, "longitude": None, "cell": None}
    if wanted.cover_media_id:
        row = await media.claim(tx, caller, media.Kind.IMAGE, media_id=wanted.cover_media_id)
        columns |= {"cover_id": row["id"], "cover_key": row["key"]}
    elif wanted.cover_media_id is not None:
        columns |= {"cover_id": None, "cover_key": None}
    return columns


def _check_times(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise Invalid.of("ends_at", "must be after starts_at")
    if ends_at - starts_at > LONGEST:
        raise Invalid.of("ends_at", "an event lasts 31 days at most")


def _write_down(tx: Tx, caller: Caller, action: str, old: Row, after: Mapping[str, object]) -> None:
    """Audit what an administrator does to the event of another."""
    before = {"host_id": old["host_id"], "status": old["status"]}
    act = moderation.Act(
        actor_id=caller.user_id, action=action, target_kind=KIND, target_id=old["id"], before=before, after=after
    )
    moderation.record(tx, act)
