"""A valid call of every method of EventService, for the laws that run over all methods."""

from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from cnt_grpc.kit import clock
from cnt_grpc.pb.cnt.community.v1 import event_pb2
from cnt_grpc.pb.cnt.community.v1.event_service import SERVICE
from tests.community import event_makers as makers
from tests.harness.examples import Example, Fields, Foreign, Given, Pages
from tests.harness.world import Person, World
from tests.media import makers as media_makers

MOMENT = datetime(2027, 1, 1, tzinfo=UTC)
"""When everything of a list begins that shall sort alike."""


def moment(after: timedelta) -> Timestamp:
    """So long after now."""
    found = Timestamp()
    found.FromDatetime(clock.now() + after)
    return found


async def picture(world: World, who: Person) -> Any:
    """A picture that somebody has uploaded."""
    async with world.db.transaction() as tx:
        return (await media_makers.image(tx, who.id))["id"]


async def new_event(world: World, who: Person) -> Fields:
    """An event with all there is."""
    return {
        "title": "Evening of praise",
        "description": "Come and sing.",
        "starts_at": moment(timedelta(days=7)),
        "ends_at": moment(timedelta(days=7, hours=2)),
        "location": "Church hall",
        "latitude": 9.03,
        "longitude": 38.74,
        "max_attendees": 100,
        "cover_media_id": await picture(world, who),
    }


def own(**fields: Any) -> Given:
    """An event of this person that everyone sees, and these fields."""

    async def given(world: World, who: Person) -> Fields:
        return {"event_id": await makers.made(world, who), **fields}

    return given


async def another(world: World, who: Person) -> Fields:
    """What an event shall be."""
    return {"event_id": await makers.made(world, who), "title": "Morning", "cover_media_id": await picture(world, who)}


async def answered(world: World, who: Person) -> Fields:
    """An event to which this person goes."""
    event_id = await makers.made(world, await world.user())
    async with world.db.transaction() as tx:
        await makers.answer(tx, event_id, who.id)
    return {"event_id": event_id}


async def of_others(world: World, who: Person) -> Fields:
    """An event of somebody else."""
    return {"event_id": await makers.made(world, await world.user())}


async def asked(world: World, who: Person) -> Fields:
    """Somebody who wants to come to this person's event."""
    guest = await world.user()
    event_id = await makers.made(world, who, asks=True)
    async with world.db.transaction() as tx:
        await makers.answer(tx, event_id, guest.id, status="pending")
    return {"event_id": event_id, "user_id": guest.id, "status": event_pb2.ATTENDEE_STATUS_APPROVED}


async def far_away(world: World, who: Person, number: int) -> Fields:
    """Events of one beginning, at a place of their own."""
    place = (-60.0 - who.id % 20, float(who.id * 7 % 360 - 180))
    for _ in range(number):
        await makers.made(world, who, starts_at=MOMENT, place=place)
    return {"latitude": place[0], "longitude": place[1], "radius_km": 1}


async def hosted(world: World, who: Person, number: int) -> Fields:
    """Own events of one beginning."""
    for _ in range(number):
        await makers.made(world, who, starts_at=MOMENT)
    return {}


async def attended(world: World, who: Person, number: int) -> Fields:
    """Events of one beginning to which this person goes."""
    host = await world.user()
    for _ in range(number):
        event_id = await makers.made(world, host, starts_at=MOMENT)
        async with world.db.transaction() as tx:
            await makers.answer(tx, event_id, who.id)
    return {}


_GUESTS: dict[int, int] = {}


async def guests(world: World, who: Person, number: int) -> Fields:
    """People who come, and answered at one moment, to one event of this person."""
    event_id = _GUESTS.get(who.id) or await makers.made(world, who)
    _GUESTS[who.id] = event_id
    for guest in await world.users(number):
        async with world.db.transaction() as tx:
            await makers.answer(tx, event_id, guest.id, at=MOMENT)
    return {"event_id": event_id}


async def file_of_own(world: World, who: Person) -> Fields:
    """The calendar file of an event."""
    return {"file": f"{await makers.made(world, who)}.ics"}


async def hidden_event(world: World, who: Person) -> Any:
    """An event that waits for a moderator."""
    return await makers.made(world, who, status="pending")


async def own_event(world: World, who: Person) -> Any:
    """An event that only its host may change."""
    return await makers.made(world, who)


COVER = Foreign("cover_media_id", picture, "MEDIA_NOT_FOUND")
HIDDEN = Foreign("event_id", hidden_event, "EVENT_NOT_FOUND")
OTHERS = Foreign("event_id", own_event, "EVENT_NOT_FOUND")

METHODS = {
    "CreateEvent": Example(given=new_event, foreign=COVER),
    "GetEvent": Example(given=own(), foreign=HIDDEN),
    "ListEvents": Example(pages=Pages(far_away, "events", key="event_id")),
    "UpdateEvent": Example(given=another, foreign=(OTHERS, COVER)),
    "DeleteEvent": Example(given=own(), foreign=OTHERS),
    "JoinEvent": Example(given=of_others, foreign=HIDDEN),
    "LeaveEvent": Example(given=answered, foreign=HIDDEN),
    "ListAttendees": Example(given=own(), foreign=OTHERS, pages=Pages(guests, "attendees", key="user_id")),
    "DecideAttendee": Example(
        given=asked,
        foreign=OTHERS,
        open_ids={"user_id": "only the host learns who has answered"},
    ),
    "ListHostedEvents": Example(pages=Pages(hosted, "events", key="event_id")),
    "ListAttendingEvents": Example(pages=Pages(attended, "events", key="event_id")),
    "GetEventCalendar": Example(given=file_of_own),
}

EXAMPLES = {f"{SERVICE}/{name}": example for name, example in METHODS.items()}
