"""What people are told of events: nothing of what is hidden from them, and nobody by name who is gone."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from grpc import StatusCode

from cnt_grpc import auth
from cnt_grpc.app import holders
from cnt_grpc.auth.rules import deletion
from cnt_grpc.community.reminders import REMIND
from cnt_grpc.kit import clock, jobs
from cnt_grpc.pb.cnt.community.v1 import event_pb2 as pb
from cnt_grpc.pb.cnt.community.v1.event_service_pb2 import RemindOfEvents
from tests.community import event_makers as makers
from tests.contract.effects import settled
from tests.harness.api import Api
from tests.harness.world import Person, World

SOON = timedelta(hours=20)


async def block(world: World, blocker: Person, blocked: Person) -> None:
    """One blocks the other."""
    async with world.db.transaction() as tx:
        sql = "INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ($1, $2, $3)"
        await tx.raw(sql, blocker.id, blocked.id, clock.now())


async def erase(world: World, person: Person) -> None:
    """A person goes from every room, as when their thirty days are over."""
    system = world.system
    async with world.db.transaction() as tx:
        await tx.raw("UPDATE users SET delete_after = $2 WHERE id = $1", person.id, clock.now() - timedelta(hours=1))
    async with world.db.transaction() as tx:
        await deletion.erase(tx, holders(system), system.avatars, system.vault, person.id)


async def told(world: World, who: Person) -> str:
    """All that somebody was or will be told, as one text."""
    async with world.db.transaction() as tx:
        rows = [
            *await tx.raw("SELECT n::text AS words FROM notifications n WHERE recipient_id = $1", who.id),
            *await tx.raw("SELECT d::text AS words FROM deliveries d WHERE recipient_id = $1", who.id),
        ]
    return "\n".join(row["words"] for row in rows)


async def test_an_erased_host_is_named_nowhere(world: World, api: Api) -> None:
    host, guest = await world.users(2)
    event_id = await makers.made(world, host, title=f"Praise {host.id}", asks=True)
    await api.as_(guest).event.JoinEvent(event_id=event_id)
    decide = api.as_(host).event.DecideAttendee
    await decide(event_id=event_id, user_id=guest.id, status=pb.ATTENDEE_STATUS_APPROVED)
    assert host.name in await told(world, guest)
    await erase(world, host)
    words = await told(world, guest)
    assert "the event is cancelled" in words
    assert auth.NOBODY in words
    assert host.name not in words


async def remind(world: World, api: Api, host: Person, event_id: int) -> None:
    """The clock comes by."""
    async with world.db.transaction() as tx:
        await jobs.enqueue(tx, REMIND, RemindOfEvents())
    await settled(world)


async def cancel(world: World, api: Api, host: Person, event_id: int) -> None:
    """The host takes it back."""
    await api.as_(host).event.DeleteEvent(event_id=event_id)


@pytest.mark.parametrize("happens", [remind, cancel])
@pytest.mark.parametrize("by_host", [True, False])
async def test_whoever_is_in_a_block_with_the_host_hears_no_more(
    world: World, api: Api, happens: Callable[[World, Api, Person, int], Awaitable[None]], by_host: bool
) -> None:
    host, met, other = await world.users(3)
    async with world.db.transaction() as tx:
        event_id = await makers.event(tx, by=host.id, title=f"Praise {host.id}", starts_at=clock.now() + SOON)
        for each in (met, other):
            await makers.answer(tx, event_id, each.id)
    await block(world, *((host, other) if by_host else (other, host)))
    await happens(world, api, host, event_id)
    assert f"Praise {host.id}" in await told(world, met)
    assert await told(world, other) == ""


@pytest.mark.parametrize("status", ["rejected", "archived"])
async def test_nobody_hears_of_what_happens_to_a_hidden_event(world: World, api: Api, status: str) -> None:
    host, guest = await world.users(2)
    event_id = await makers.made(world, host, status=status, asks=True)
    async with world.db.transaction() as tx:
        await makers.answer(tx, event_id, guest.id, status="pending")
    decide = api.as_(host).event.DecideAttendee
    decided = await decide(event_id=event_id, user_id=guest.id, status=pb.ATTENDEE_STATUS_APPROVED)
    assert decided.attendee.status == pb.ATTENDEE_STATUS_APPROVED
    await api.as_(host).event.DeleteEvent(event_id=event_id)
    assert await told(world, guest) == ""


@pytest.mark.parametrize("by_host", [True, False])
async def test_a_host_decides_on_nobody_in_a_block(world: World, api: Api, by_host: bool) -> None:
    host, guest = await world.users(2)
    event_id = await makers.made(world, host, asks=True)
    async with world.db.transaction() as tx:
        await makers.answer(tx, event_id, guest.id, status="pending")
    await block(world, *((host, guest) if by_host else (guest, host)))
    decide = api.as_(host).event.DecideAttendee
    hidden = await decide(event_id=event_id, user_id=guest.id, status=pb.ATTENDEE_STATUS_APPROVED).fails(
        StatusCode.NOT_FOUND, "ATTENDEE_NOT_FOUND"
    )
    unknown = await decide(event_id=event_id, user_id=2**62, status=pb.ATTENDEE_STATUS_APPROVED).fails(
        StatusCode.NOT_FOUND, "ATTENDEE_NOT_FOUND"
    )
    assert hidden.wire == unknown.wire
    assert await told(world, guest) == ""


async def test_what_an_administrator_decides_names_no_host_in_a_block(world: World, api: Api) -> None:
    host, guest = await world.users(2)
    admin = await world.user(roles={"admin"})
    event_id = await makers.made(world, host, asks=True)
    async with world.db.transaction() as tx:
        await makers.answer(tx, event_id, guest.id, status="pending")
    await block(world, guest, host)
    decide = api.as_(admin).event.DecideAttendee
    await decide(event_id=event_id, user_id=guest.id, status=pb.ATTENDEE_STATUS_APPROVED)
    assert await told(world, guest) == ""
