"""Events: announced, decided on, found near and by time, joined up to the last seat, and gone."""

import asyncio
import math
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import StatusCode

from cnt_grpc.community import places
from cnt_grpc.community.privacy import HOLDER
from cnt_grpc.community.reminders import REMIND
from cnt_grpc.kit import clock, jobs
from cnt_grpc.pb.cnt.community.v1 import event_pb2 as pb
from cnt_grpc.pb.cnt.community.v1.event_service_pb2 import RemindOfEvents
from cnt_grpc.pb.cnt.moderation.v1.status_pb2 import REVIEW_STATUS_PENDING, REVIEW_STATUS_REJECTED
from tests.community import event_makers as makers
from tests.community.event_examples import moment, picture
from tests.contract.effects import settled
from tests.harness.api import Api
from tests.harness.world import Person, World

MISSING = StatusCode.NOT_FOUND, "EVENT_NOT_FOUND"
FULL = StatusCode.FAILED_PRECONDITION, "EVENT_FULL"
DAY = timedelta(days=1)


def times(after: timedelta = 7 * DAY, lasts: timedelta = timedelta(hours=2)) -> dict[str, Any]:
    starts_at, ends_at = Timestamp(), Timestamp()
    begin = clock.now() + after
    starts_at.FromDatetime(begin)
    ends_at.FromDatetime(begin + lasts)
    return {"starts_at": starts_at, "ends_at": ends_at}


async def told(api: Api, who: Person) -> list[dict[str, str]]:
    """What somebody was told, oldest first."""
    page = await api.as_(who).notification.ListNotifications()
    return [dict(each.data) for each in reversed(page.notifications)]


async def decide(api: Api, moderator: Person, verb: str, event_id: int, **given: Any) -> None:
    call = getattr(api.as_(moderator).moderation, f"{verb}Content")
    await call(content_type="event", content_id=event_id, **given)


async def found(world: World, event_id: int) -> list[tuple[str, str]]:
    """What the search knows of an event."""
    async with world.db.transaction() as tx:
        sql = "SELECT title, subtitle FROM search_documents WHERE kind = 'event' AND ref = $1"
        return [(row["title"], row["subtitle"]) for row in await tx.raw(sql, event_id)]


async def test_an_event_waits_and_everyone_sees_and_finds_it_once_it_is_approved(world: World, api: Api) -> None:
    ann = await world.user()
    moderator = await world.user(roles={"moderator"})
    cover = await picture(world, ann)
    given: dict[str, Any] = {
        "title": "Praise",
        "location": "Hall",
        "latitude": 9.0,
        "longitude": 38.7,
        "max_attendees": 5,
    }
    event = (await api.as_(ann).event.CreateEvent(**given, **times(), cover_media_id=cover)).event
    assert (event.title, event.location, event.max_attendees) == ("Praise", "Hall", 5)
    assert (event.host_id, event.host_name, event.category) == (ann.id, ann.name, pb.EVENT_CATEGORY_OTHER)
    assert (event.status, event.is_approved) == (REVIEW_STATUS_PENDING, False)
    assert "signature=" in event.cover_url
    await api.event.GetEvent(event_id=event.event_id).fails(*MISSING)
    await (
        api.as_(ann)
        .event.JoinEvent(event_id=event.event_id)
        .fails(StatusCode.FAILED_PRECONDITION, "EVENT_NOT_APPROVED")
    )
    assert await found(world, event.event_id) == []
    await decide(api, moderator, "Approve", event.event_id)
    seen = (await api.event.GetEvent(event_id=event.event_id)).event
    assert seen.is_approved
    assert "signature=" not in seen.cover_url
    assert await found(world, event.event_id) == [("Praise", "Hall")]
    assert [each["content_title"] for each in await told(api, ann)] == ["Praise"]
    # What was reviewed is reviewed again; other things are not.
    assert (await api.as_(ann).event.UpdateEvent(event_id=event.event_id, max_attendees=9)).event.is_approved
    moved = (await api.as_(ann).event.UpdateEvent(event_id=event.event_id, location="Park")).event
    assert not moved.is_approved
    assert await found(world, event.event_id) == []
    await decide(api, moderator, "Reject", event.event_id, reason="Where is it?")
    mine = (await api.as_(ann).event.GetEvent(event_id=event.event_id)).event
    assert (mine.status, mine.rejection_reason) == (REVIEW_STATUS_REJECTED, "Where is it?")
    again = (await api.as_(ann).event.UpdateEvent(event_id=event.event_id, location="City park")).event
    assert again.status == REVIEW_STATUS_PENDING


async def test_the_trusted_need_not_wait_and_edits_are_found(world: World, api: Api) -> None:
    ann = await world.user(roles={"creator"})
    event = (await api.as_(ann).event.CreateEvent(title="Choir", **times())).event
    assert event.is_approved
    await api.as_(ann).event.UpdateEvent(event_id=event.event_id, title="Great choir", location="Hall")
    assert await found(world, event.event_id) == [("Great choir", "Hall")]
    await api.as_(ann).event.DeleteEvent(event_id=event.event_id)
    assert await found(world, event.event_id) == []
    await api.event.GetEvent(event_id=event.event_id).fails(*MISSING)


async def test_times_and_places_must_make_sense(world: World, api: Api) -> None:
    ann = await world.user()
    create = api.as_(ann).event.CreateEvent
    wrong = StatusCode.INVALID_ARGUMENT, "INVALID"
    await create(title="x", **times(lasts=timedelta())).fails(*wrong)
    await create(title="x", **times(lasts=32 * DAY)).fails(*wrong)
    await create(title="x", **times(after=-3 * DAY)).fails(*wrong)
    await create(title="x", **times(), latitude=1.0).fails(*wrong)
    await create(title="x").fails(*wrong)
    event_id = await makers.made(world, ann)
    change = api.as_(ann).event.UpdateEvent
    await change(event_id=event_id, ends_at=moment(-DAY)).fails(*wrong)
    await api.event.ListEvents(upcoming_only=True, past_only=True).fails(*wrong)
    placed = (await change(event_id=event_id, latitude=0.0, longitude=0.0)).event
    assert (placed.HasField("latitude"), placed.latitude) == (True, 0.0)
    assert not (await change(event_id=event_id, clear_coordinates=True)).event.HasField("latitude")


@pytest.mark.parametrize("status", ["pending", "approved", "rejected", "archived"])
@pytest.mark.parametrize("viewer", ["anonymous", "another", "blocked", "blocker", "host", "moderator"])
async def test_what_is_hidden_does_not_exist(world: World, api: Api, viewer: str, status: str) -> None:
    host, other = await world.users(2)
    place = (host.id % 60 / 2, host.id * 3 % 300 - 150.5)  # its own: what anonymous callers see is cached for a second
    event_id = await makers.made(world, host, status=status, starts_at=clock.now() + DAY, place=place)
    pair = {"blocked": (host.id, other.id), "blocker": (other.id, host.id)}.get(viewer)
    if pair:
        async with world.db.transaction() as tx:
            sql = "INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ($1, $2, $3)"
            await tx.raw(sql, *pair, clock.now())
    who = {
        "anonymous": api,
        "host": api.as_(host),
        "moderator": api.as_(await world.user(roles={"moderator"})),
    }.get(viewer, api.as_(other))
    sees = viewer in {"host", "moderator"} or (status == "approved" and not pair)
    calls: list[tuple[str, dict[str, Any]]] = [
        ("GetEvent", {"event_id": event_id}),
        ("GetEventCalendar", {"file": f"{event_id}.ics"}),
    ]
    if viewer != "anonymous":
        calls.append(("LeaveEvent", {"event_id": event_id}))
    for method, fields in calls:
        call = getattr(who.event, method)
        if sees:
            await call(**fields)
        else:
            hidden = await call(**fields).fails(*MISSING)
            nobodys = {"event_id": 2**62} if "event_id" in fields else {"file": "999999999999999999.ics"}
            assert hidden.wire == (await call(**nobodys).fails(*MISSING)).wire
    for fields in ({"upcoming_only": True}, {}):
        page = await who.event.ListEvents(**fields, latitude=place[0], longitude=place[1], radius_km=5.0, page_size=100)
        assert (event_id in [each.event_id for each in page.events]) == (status == "approved" and not pair)


async def test_lists_are_narrowed_and_ordered(world: World, api: Api) -> None:
    ann = await world.user()
    now = clock.now()
    place = (-45.0 - ann.id % 30, float(ann.id * 11 % 300 - 150))
    starts = {"past": -9 * DAY, "lasting": -timedelta(hours=1), "soon": DAY, "later": 60 * DAY}
    ids = {
        await makers.made(
            world, ann, starts_at=now + after, place=place, category="youth" if name == "soon" else "other"
        ): name
        for name, after in starts.items()
    }
    near = {"latitude": place[0], "longitude": place[1], "radius_km": 1.0}

    async def names(**given: Any) -> list[str]:
        page = await api.event.ListEvents(**near, **given)
        return [ids[each.event_id] for each in page.events if each.event_id in ids]

    assert await names() == ["past", "lasting", "soon", "later"]
    assert await names(upcoming_only=True) == ["lasting", "soon", "later"]
    assert await names(past_only=True) == ["past"]
    assert await names(category=pb.EVENT_CATEGORY_YOUTH) == ["soon"]
    hosted = await api.as_(ann).event.ListHostedEvents()
    assert [ids[each.event_id] for each in hosted.events] == ["later", "soon", "lasting", "past"]


async def test_near_is_near_over_every_edge_of_the_map(world: World, api: Api) -> None:
    ann = await world.user()
    spots = {(9.03, 38.74), (9.5, 38.2), (0.0, 179.99), (0.0, -179.99), (89.9, 10.0), (89.9, -170.0), (-89.99, 0.0)}
    ids = {await makers.made(world, ann, place=spot): spot for spot in spots}

    async def near(latitude: float, longitude: float, radius_km: float) -> set[tuple[float, float]]:
        page = await api.event.ListEvents(latitude=latitude, longitude=longitude, radius_km=radius_km, page_size=100)
        return {ids[each.event_id] for each in page.events if each.event_id in ids}

    assert await near(9.03, 38.74, 1) == {(9.03, 38.74)}
    assert await near(9.03, 38.74, 100) == {(9.03, 38.74), (9.5, 38.2)}
    assert await near(0.0, 180.0, 10) == {(0.0, 179.99), (0.0, -179.99)}
    assert await near(90.0, 0.0, 50) == {(89.9, 10.0), (89.9, -170.0)}
    assert await near(-89.98, 180.0, 50) == {(-89.99, 0.0)}
    assert await near(40.0, 0.0, 500) == set()


def test_the_cells_of_a_circle_hold_everything_within_it() -> None:
    dice = random.Random(7)
    for _ in range(2000):
        latitude, longitude = math.degrees(math.asin(dice.uniform(-1, 1))), dice.uniform(-180, 180)
        radius = dice.uniform(1, 500)
        bearing, reach = dice.uniform(0, math.tau), dice.uniform(0, radius) / 6371.0
        one = math.radians(latitude)
        two = math.asin(math.sin(one) * math.cos(reach) + math.cos(one) * math.sin(reach) * math.cos(bearing))
        turn = math.atan2(
            math.sin(bearing) * math.sin(reach) * math.cos(one), math.cos(reach) - math.sin(one) * math.sin(two)
        )
        there = (math.degrees(two), (longitude + math.degrees(turn) + 540) % 360 - 180)
        assert places.cell(*there) in places.cells(latitude, longitude, radius), (latitude, longitude, radius, there)


async def test_answers_take_and_free_seats(world: World, api: Api) -> None:
    host, bob, cy = await world.users(3)
    event_id = await makers.made(world, host, seats=1)
    join, leave = api.as_(bob).event.JoinEvent, api.as_(bob).event.LeaveEvent

    async def count() -> int:
        return int((await api.event.GetEvent(event_id=event_id)).event.attendees_count)

    mine = (await join(event_id=event_id)).event
    assert (mine.my_answer, mine.my_status) == (pb.EVENT_ANSWER_GOING, pb.ATTENDEE_STATUS_APPROVED)
    assert (await join(event_id=event_id)).event.attendees_count == 1
    await api.as_(cy).event.JoinEvent(event_id=event_id).fails(*FULL)
    assert (
        await api.as_(cy).event.JoinEvent(event_id=event_id, answer=pb.EVENT_ANSWER_MAYBE)
    ).event.attendees_count == 1
    assert (await join(event_id=event_id, answer=pb.EVENT_ANSWER_MAYBE)).event.attendees_count == 0
    assert (await api.as_(cy).event.JoinEvent(event_id=event_id)).event.attendees_count == 1
    await join(event_id=event_id).fails(*FULL)
    assert (await api.as_(cy).event.LeaveEvent(event_id=event_id)).event.my_answer == pb.EVENT_ANSWER_NOT_GOING
    assert await count() == 0
    assert (await leave(event_id=event_id)).event.attendees_count == 0
    assert (await leave(event_id=event_id)).event.attendees_count == 0
    # The host was told of each person once.
    assert [each["answer"] for each in await told(api, host)] == ["coming", "maybe coming"]
    attending = await api.as_(bob).event.ListAttendingEvents()
    assert list(attending.events) == []
    await join(event_id=event_id)
    assert [each.event_id for each in (await api.as_(bob).event.ListAttendingEvents()).events] == [event_id]
    await api.as_(host).event.UpdateEvent(event_id=event_id, max_attendees=3)
    await api.as_(cy).event.JoinEvent(event_id=event_id)
    await api.as_(host).event.UpdateEvent(event_id=event_id, max_attendees=1).fails(*FULL)
    over = await makers.made(world, host, starts_at=clock.now() - DAY)
    await join(event_id=over).fails(StatusCode.FAILED_PRECONDITION, "EVENT_OVER")


async def test_the_host_decides_where_they_ask_to(world: World, api: Api) -> None:
    host, bob, cy = await world.users(3)
    event_id = await makers.made(world, host, seats=1, asks=True)
    decide_on = api.as_(host).event.DecideAttendee
    for guest in (bob, cy):
        event = (await api.as_(guest).event.JoinEvent(event_id=event_id)).event
        assert (event.my_status, event.attendees_count) == (pb.ATTENDEE_STATUS_PENDING, 0)
    assert [each["answer"] for each in await told(api, host)] == ["wants to come"] * 2
    listed = await api.as_(host).event.ListAttendees(event_id=event_id, status=pb.ATTENDEE_STATUS_PENDING)
    assert [each.user_id for each in listed.attendees] == [bob.id, cy.id]
    approved = await decide_on(event_id=event_id, user_id=bob.id, status=pb.ATTENDEE_STATUS_APPROVED)
    assert (approved.attendee.name, approved.attendee.status) == (bob.name, pb.ATTENDEE_STATUS_APPROVED)
    await decide_on(event_id=event_id, user_id=cy.id, status=pb.ATTENDEE_STATUS_APPROVED).fails(*FULL)
    await decide_on(event_id=event_id, user_id=bob.id, status=pb.ATTENDEE_STATUS_REJECTED)
    await decide_on(event_id=event_id, user_id=cy.id, status=pb.ATTENDEE_STATUS_APPROVED)
    assert [each["answer"] for each in await told(api, bob)] == ["accepted", "declined"]
    rejected = StatusCode.FAILED_PRECONDITION, "ATTENDANCE_REJECTED"
    await api.as_(bob).event.JoinEvent(event_id=event_id).fails(*rejected)
    await api.as_(bob).event.LeaveEvent(event_id=event_id)
    await api.as_(bob).event.JoinEvent(event_id=event_id).fails(*rejected)
    # Leaving and coming back does not get round the host.
    await api.as_(cy).event.LeaveEvent(event_id=event_id)
    again = (await api.as_(cy).event.JoinEvent(event_id=event_id)).event
    assert (again.my_status, again.attendees_count) == (pb.ATTENDEE_STATUS_PENDING, 0)
    await decide_on(event_id=event_id, user_id=2**62, status=pb.ATTENDEE_STATUS_APPROVED).fails(
        StatusCode.NOT_FOUND, "ATTENDEE_NOT_FOUND"
    )
    await api.as_(bob).event.ListAttendees(event_id=event_id).fails(*MISSING)
    await (
        api.as_(bob)
        .event.DecideAttendee(event_id=event_id, user_id=cy.id, status=pb.ATTENDEE_STATUS_APPROVED)
        .fails(*MISSING)
    )


async def test_no_more_come_than_there_are_seats(world: World, api: Api) -> None:
    host = await world.user()
    event_id = await makers.made(world, host, seats=20)
    people = await world.users(100)

    async def come(who: Person) -> bool:
        try:
            await api.as_(who).event.JoinEvent(event_id=event_id)
        except AssertionError as error:
            assert "EVENT_FULL" in str(error)  # noqa: PT017 # whoever is not refused so has come
            return False
        return True

    came = await asyncio.gather(*(come(each) for each in people))
    assert sum(came) == 20
    assert (await api.event.GetEvent(event_id=event_id)).event.attendees_count == 20
    async with world.db.transaction() as tx:
        sql = "SELECT count(*) AS rows FROM event_attendees WHERE event_id = $1 AND answer = 'going'"
        [row] = await tx.raw(sql, event_id)
    assert row["rows"] == 20


async def test_a_calendar_file_says_what_the_event_is(world: World, api: Api) -> None:
    ann = await world.user()
    starts = datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    title = "Ostern: Gott, der lebt; 100% \\o/ " + "ü" * 60 + "\x07"
    event_id = await makers.made(world, ann, starts_at=starts, title=title, place=(48.2, 16.4))
    for edits in range(2):
        answer = await api.event.GetEventCalendar(file=f"{event_id}.ics")
        assert answer.calendar.content_type.startswith("text/calendar")
        raw = answer.calendar.data
        assert raw.startswith(b"BEGIN:VCALENDAR\r\n")
        assert raw.endswith(b"END:VCALENDAR\r\n")
        assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
        read = icalendar.Calendar.from_ical(raw)
        assert not read.errors
        [entry] = read.walk("VEVENT")
        assert not entry.errors
        assert str(entry["summary"]) == title.removesuffix("\x07")
        assert (entry.decoded("dtstart"), entry.decoded("dtend")) == (starts, starts + timedelta(hours=2))
        assert (entry["sequence"], str(entry["uid"])) == (edits, f"event-{event_id}@cnt-grpc")
        assert entry["geo"].to_ical() == "48.2;16.4"
        assert str(read["method"]) == "PUBLISH"
        await api.as_(ann).event.UpdateEvent(event_id=event_id, max_attendees=7 + edits)
    for file in ("0.ics", "12", "x.ics", "-1.ics", "1.ics/..", "9" * 30 + ".ics"):
        await api.event.GetEventCalendar(file=file).fails(StatusCode.INVALID_ARGUMENT, "INVALID")


async def test_whoever_comes_is_reminded_once_and_again_of_another_time(world: World, api: Api) -> None:
    host, bob, cy = await world.users(3)
    soon = await makers.made(world, host, starts_at=clock.now() + timedelta(hours=20))
    later = await makers.made(world, host, starts_at=clock.now() + 3 * DAY)
    async with world.db.transaction() as tx:
        for event_id in (soon, later):
            await makers.answer(tx, event_id, bob.id)
        await makers.answer(tx, soon, cy.id, answer="not_going")

    async def reminded(who: Person) -> list[str]:
        async with world.db.transaction() as tx:
            await jobs.enqueue(tx, REMIND, RemindOfEvents())
        await settled(world)
        return [each["event_id"] for each in await told(api, who) if "starts_at" in each]

    for _ in range(2):
        assert await reminded(bob) == [str(soon)]
    assert await reminded(cy) == []
    await api.as_(host).event.UpdateEvent(event_id=soon, **times(timedelta(hours=22)))
    assert await reminded(bob) == [str(soon), str(soon)]


async def test_whoever_wanted_to_come_hears_that_it_is_cancelled(world: World, api: Api) -> None:
    host, bob, cy = await world.users(3)
    event_id = await makers.made(world, host)
    async with world.db.transaction() as tx:
        await makers.answer(tx, event_id, bob.id)
        await makers.answer(tx, event_id, cy.id, answer="not_going")
    await api.as_(host).event.DeleteEvent(event_id=event_id)
    assert [each["answer"] for each in await told(api, bob)] == ["the event is cancelled"]
    assert await told(api, cy) == []


async def test_administrators_may_change_anyones_event_and_it_is_written_down(world: World, api: Api) -> None:
    host = await world.user()
    admin = await world.user(roles={"admin"})
    event_id = await makers.made(world, host)
    assert (await api.as_(admin).event.UpdateEvent(event_id=event_id, title="Better")).event.is_approved
    await api.as_(admin).event.DeleteEvent(event_id=event_id)
    async with world.db.transaction() as tx:
        acts = await tx.raw("SELECT action FROM audit_log WHERE target_kind = 'event' AND target_id = $1", event_id)
    assert [act["action"] for act in acts] == ["update", "delete"]


async def test_a_person_is_exported_and_goes_with_their_events_and_seats(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    hers = await makers.made(world, ann)
    his = await makers.made(world, bob, seats=1)
    async with world.db.transaction() as tx:
        await makers.answer(tx, his, ann.id)
        await makers.answer(tx, hers, bob.id)
        found = [kind async for kind, _ in HOLDER.export(tx, ann.id)]
    assert found == ["events", "event_answers"]
    for _ in range(2):  # done twice it does nothing more
        async with world.db.transaction() as tx:
            await HOLDER.erase(tx, ann.id)
    await api.event.GetEvent(event_id=hers).fails(*MISSING)
    assert (await api.event.GetEvent(event_id=his)).event.attendees_count == 0
    async with world.db.transaction() as tx:
        assert [each async for each in HOLDER.export(tx, ann.id)] == []
