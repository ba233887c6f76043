"""LiveKit's events and the reconciler: our rows follow its rooms, whatever is lost, repeated, disordered or forged."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from grpc import StatusCode
from sqlalchemy import Executable, Text, bindparam, select

from cnt_grpc.app.live_plug import LIVE
from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import inbox
from cnt_grpc.kit.db.tables import jobs as job_rows
from cnt_grpc.live import syncing, work
from cnt_grpc.live.rooms import EMPTY_TIMEOUT
from cnt_grpc.pb.cnt.live.v1 import stream_pb2 as pb2
from cnt_grpc.pb.cnt.live.v1.jobs_pb2 import ReconcileRooms
from tests.faults.sizes import FULL
from tests.live import makers
from tests.live.test_stage import receive
from tests.live.test_streams import until

if TYPE_CHECKING:
    from tests.harness.api import Api
    from tests.harness.world import World


PATIENCE = 60.0
"""Seconds: the jobs of all tests' streams come first, at times."""


async def status(api: Api, stream_id: int) -> int:
    """Where a stream stands."""
    return int((await api.live.GetStream(stream_id=stream_id)).stream.status)


async def look(world: World, row: Any) -> None:
    """LiveKit is asked how this one stream stands, as the reconciler and events have it done."""
    assert world.system.studio is not None
    await syncing.sync(world.db, world.system.studio.rooms, row["id"])


async def reconcile(world: World) -> None:
    """The minute is over."""
    async with world.db.transaction() as tx:
        job_id = await jobs.enqueue(tx, work.RECONCILE, ReconcileRooms())
    # The database of all tests holds many streams that seem to run.
    assert await jobs.wait(world.db, world.system.bus, job_id, 60) is jobs.State.DONE


async def test_events_move_the_row(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    stream = (await api.as_(ann).live.CreateStream(title="Sunday")).stream
    way = await api.as_(ann).live.JoinStream(stream_id=stream.stream_id)
    world.livekit.comes_in(way.token)
    await receive(world, api, "participant_joined", stream.room_name)
    await until(lambda: status(api, stream.stream_id), pb2.STREAM_STATUS_LIVE, PATIENCE)
    world.livekit.comes_in((await api.as_(bob).live.JoinStream(stream_id=stream.stream_id)).token)
    await receive(world, api, "participant_joined", stream.room_name)

    async def viewers() -> tuple[int, int]:
        shown = (await api.live.GetStream(stream_id=stream.stream_id)).stream
        return shown.viewers, shown.peak_viewers

    await until(viewers, (1, 1))
    world.livekit.leaves(stream.room_name, f"user-{bob.id}")
    await receive(world, api, "participant_left", stream.room_name)
    await until(viewers, (0, 1))
    world.livekit.leaves(stream.room_name, f"user-{ann.id}")
    await receive(world, api, "participant_left", stream.room_name)
    await until(lambda: status(api, stream.stream_id), pb2.STREAM_STATUS_SCHEDULED, PATIENCE)


async def settled(world: World, row: Any) -> None:
    """Everything that events of this stream asked for is done: they were handled, and the looks that they led to."""
    async with asyncio.timeout(PATIENCE):
        while await unhandled(world, row["room_name"]):
            await asyncio.sleep(0.02)
    for job_id in await looks(world, row["id"]):
        assert await jobs.wait(world.db, world.system.bus, job_id, PATIENCE) is jobs.State.DONE


async def test_whatever_their_order_events_end_alike(world: World, api: Api) -> None:
    """What an event says is not believed: in all 120 orders of five, one of them twice, they leave the same row.

    The room changes as rooms do, and what is told of it comes in another order: too early, or too late.
    """
    ann, bob, zoe = await world.users(3)
    names = ("room_started", "participant_joined", "participant_joined", "participant_joined", "participant_left")
    orders = list(itertools.permutations(range(5)))
    for order in orders if FULL else orders[::10]:
        row = await makers.made(world, ann)
        way = (await api.as_(ann).live.JoinStream(stream_id=row["id"])).token
        del world.livekit.rooms[row["room_name"]]
        changes: tuple[Callable[[], object], ...] = (
            partial(makers.opened, world, row),
            partial(world.livekit.comes_in, way),
            partial(makers.inside, world, row, bob),
            partial(makers.inside, world, row, zoe),
            partial(world.livekit.leaves, row["room_name"], f"user-{zoe.id}"),
        )
        told = []
        for change, number in zip(changes, order, strict=True):
            change()
            event = world.livekit.event(names[number], row["room_name"])
            event.id = f"EV_{row['room_name']}_{number}"
            told.append(world.livekit.signed(event))
            await deliver(api, *told[-1])
        await deliver(api, *told[0])
        await settled(world, row)
        shown = (await api.live.GetStream(stream_id=row["id"])).stream
        assert (shown.status, shown.viewers) == (pb2.STREAM_STATUS_LIVE, 1), order


async def deliver(api: Api, body: bytes, headers: dict[str, str]) -> None:
    """LiveKit tells something."""
    asking = api.with_(authorization=headers["authorization"])
    await asking.live_kit_webhook.ReceiveLiveKitEvent(event={"data": body})


@statement
def _unhandled() -> Executable:
    about = inbox.c.external_id.contains(bindparam("room", type_=Text))
    return select(inbox.c.id).where(inbox.c.source == "livekit", inbox.c.handled_at.is_(None), about)


async def unhandled(world: World, room: str) -> int:
    """How many events of this room nobody has looked at."""
    async with world.db.reading() as tx:
        return len(await tx.all(_unhandled(), room=room))


@statement
def _looks() -> Executable:
    return select(job_rows.c.id).where(job_rows.c.kind == "live.sync_room", job_rows.c.dedupe == bindparam("dedupe"))


async def looks(world: World, stream_id: int) -> list[int]:
    """The jobs that bring this stream and its room together."""
    async with world.db.reading() as tx:
        return [each["id"] for each in await tx.all(_looks(), dedupe=f"live:{stream_id}")]


def test_the_reconciler_runs_each_minute() -> None:
    [each] = [each for each in LIVE.periodic if each.job is work.RECONCILE]
    assert each.cron == "* * * * *"


@pytest.mark.parametrize(
    "change",
    [{"secret": "somebody else's secret, long enough"}, {"signs": b"other bytes"}, {"ttl": timedelta(hours=-1)}],
)
async def test_a_forged_altered_or_old_event_is_refused(world: World, api: Api, change: dict[str, Any]) -> None:
    body, headers = world.livekit.signed(world.livekit.event("room_started", "any"), **change)
    for authorization in (headers["authorization"], "", f"Bearer {headers['authorization']}"):
        asking = api.with_(authorization=authorization) if authorization else api
        await asking.live_kit_webhook.ReceiveLiveKitEvent(event={"data": body}).fails(
            StatusCode.INVALID_ARGUMENT, "LIVEKIT_SIGNATURE_INVALID"
        )


async def test_the_reconciler_heals_what_lost_events_left(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    begun = (await api.as_(ann).live.CreateStream(title="Begun unseen")).stream
    world.livekit.comes_in((await api.as_(ann).live.JoinStream(stream_id=begun.stream_id)).token)
    gone = await makers.on_air(world, bob)
    world.livekit.leaves(gone["room_name"], f"user-{bob.id}")
    await reconcile(world)
    await until(lambda: status(api, begun.stream_id), pb2.STREAM_STATUS_LIVE, PATIENCE)
    await until(lambda: status(api, gone["id"]), pb2.STREAM_STATUS_SCHEDULED, PATIENCE)
    # LiveKit has given up the room: after a while nobody waits for its host any more.
    del world.livekit.rooms[gone["room_name"]]
    clock.move(EMPTY_TIMEOUT + timedelta(minutes=2))
    await reconcile(world)
    await until(lambda: status(api, gone["id"]), pb2.STREAM_STATUS_ENDED, PATIENCE)


async def test_no_row_says_live_while_livekit_is_away(world: World, api: Api) -> None:
    row = await makers.on_air(world, await world.user())
    with makers.livekit_away(world):
        await reconcile(world)
        assert await status(api, row["id"]) == pb2.STREAM_STATUS_SCHEDULED
    await reconcile(world)
    await until(lambda: status(api, row["id"]), pb2.STREAM_STATUS_LIVE, PATIENCE)


async def test_what_livekit_lost_while_it_was_away_may_go_on(world: World, api: Api) -> None:
    """An outage that is longer than LiveKit keeps a room ends no stream: its host could not come back."""
    row = await makers.on_air(world, await world.user())
    with makers.livekit_away(world):
        await reconcile(world)
        clock.move(EMPTY_TIMEOUT + timedelta(minutes=5))
        await reconcile(world)
    del world.livekit.rooms[row["room_name"]]
    await look(world, row)
    assert await status(api, row["id"]) == pb2.STREAM_STATUS_SCHEDULED
    clock.move(EMPTY_TIMEOUT + timedelta(minutes=2))
    await look(world, row)
    assert await status(api, row["id"]) == pb2.STREAM_STATUS_ENDED


async def test_a_room_that_closes_while_it_is_looked_at_is_gone(world: World) -> None:
    row = await makers.on_air(world, await world.user())
    world.livekit.vanishing.add(row["room_name"])
    assert world.system.studio is not None
    assert await world.system.studio.rooms.people(row["room_name"]) is None


async def test_a_deleted_streams_room_is_closed(world: World, api: Api) -> None:
    ann = await world.user()
    stream = (await api.as_(ann).live.CreateStream(title="Never")).stream
    await api.as_(ann).live.JoinStream(stream_id=stream.stream_id)
    await api.as_(ann).live.DeleteStream(stream_id=stream.stream_id)

    async def is_open() -> bool:
        return stream.room_name in world.livekit.rooms

    await until(is_open, False)
