"""Plays and positions through the wire: what counts once, what does not count, and what is remembered."""

import asyncio
import os
from datetime import timedelta
from typing import Any

import grpc
import pytest
from grpc import StatusCode

from cnt_grpc.content.jobs import COUNT_PLAYS, RANK_BY_PLAYS
from cnt_grpc.kit import clock, jobs
from cnt_grpc.pb.cnt.content.v1.item_pb2 import SORT_POPULAR
from cnt_grpc.pb.cnt.content.v1.jobs_pb2 import CountPlays, RankByPlays
from tests.content import makers
from tests.content.kinds import Wire, each_kind
from tests.contract.effects import settled
from tests.harness.api import Api
from tests.harness.running import Running
from tests.harness.world import Person, World

PLAYS = int(os.environ.get("CNT_PLAYS", "2000"))
"""How many are sent at once; 100,000 for the figure of the promise."""


async def made(world: World, who: Person, **given: Any) -> int:
    """The id of a podcast of this person."""
    async with world.db.transaction() as tx:
        row = await makers.podcast(tx, by=who.id, **given)
    return int(row["id"])


async def counted(world: World, api: Api, podcast_id: int) -> int:
    """The plays that everyone sees, once the job has counted them."""
    async with world.db.transaction() as tx:
        await jobs.enqueue(tx, COUNT_PLAYS, CountPlays())
    await settled(world)
    return int((await api.content.GetPodcast(podcast_id=podcast_id)).podcast.plays_count)


async def test_a_listener_counts_once_in_a_half_hour(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    podcast_id = await made(world, ann)
    play: dict[str, Any] = {"content_id": podcast_id, "device_id": "a phone"}
    for listener in (api.as_(ann), api.as_(bob), api):
        for _ in range(3):
            await listener.content.RecordPlay(**play)
    assert await counted(world, api, podcast_id) == 3
    assert await counted(world, api, podcast_id) == 3
    clock.move(timedelta(minutes=31))
    await api.content.RecordPlay(**play)
    assert await counted(world, api, podcast_id) == 4


async def test_without_an_account_device_and_address_tell_listeners_apart(world: World, api: Api) -> None:
    ann = await world.user()
    podcast_id = await made(world, ann)
    for address in ("192.0.2.1", "192.0.2.2"):
        for device in ("a phone", "a phone", "a tablet", ""):
            there = api.with_(x_forwarded_for=address).content
            await there.RecordPlay(content_id=podcast_id, device_id=device)
    assert await counted(world, api, podcast_id) == 6


async def test_robots_and_what_is_not_approved_do_not_count(world: World, api: Api, running: Running) -> None:
    ann = await world.user()
    podcast_id, pending = await made(world, ann), await made(world, ann, status="pending")
    await api.as_(ann).content.RecordPlay(content_id=pending)
    for agent, plays in (("Examplebot/2.1 (+https://example.org)", 0), ("Mozilla/5.0 (Linux; CUBOT NOTE 20)", 1)):
        options = [("grpc.primary_user_agent", agent)]
        async with grpc.aio.insecure_channel(running.target, options=options) as channel:
            await Api(channel).content.RecordPlay(content_id=podcast_id, device_id="any")
        assert await counted(world, api, podcast_id) == plays
    sql = "SELECT count(*) AS number FROM plays WHERE item_id = $1"
    async with world.db.transaction() as tx:
        [row] = await tx.raw(sql, pending)
    assert row["number"] == 0


async def test_nobody_reads_who_listened(world: World, api: Api) -> None:
    ann = await world.user()
    podcast_id = await made(world, ann)
    await api.as_(ann).content.RecordPlay(content_id=podcast_id)
    async with world.db.transaction() as tx:
        [row] = await tx.raw("SELECT * FROM plays WHERE item_id = $1", podcast_id)
    assert set(row.keys()) == {"item_id", "half_hour", "listener", "counted"}
    assert len(row["listener"]) == 16


@pytest.mark.timeout(60 + PLAYS // 100)
async def test_plays_at_once_lose_none(world: World, api: Api) -> None:
    ann = await world.user()
    podcast_id = await made(world, ann)
    room = asyncio.Semaphore(50)

    async def play(number: int) -> None:
        async with room:
            await api.content.RecordPlay(content_id=podcast_id, device_id=str(number))

    for half in (range(PLAYS // 2), range(PLAYS // 2, PLAYS)):
        await asyncio.gather(*(play(number) for number in half))
        assert await counted(world, api, podcast_id) == half.stop


async def test_the_order_by_plays_follows(world: World, api: Api) -> None:
    ann = await world.user()
    one, two = await made(world, ann), await made(world, ann)
    await api.content.RecordPlay(content_id=one, device_id="any")
    assert await counted(world, api, one) == 1

    async def order() -> list[int]:
        reply = await api.as_(ann).content.ListPodcasts(creator_id=ann.id, sort=SORT_POPULAR)
        return [podcast.podcast_id for podcast in reply.podcasts]

    assert await order() == [two, one]
    async with world.db.transaction() as tx:
        await jobs.enqueue(tx, RANK_BY_PLAYS, RankByPlays())
    await settled(world)
    assert await order() == [one, two]


@each_kind
async def test_everything_can_be_played_and_left(world: World, api: Api, wire: Wire) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        row = await makers.item(tx, wire.kind, by=ann.id)
    named = {"content_id": row["id"]}
    content = api.as_(bob).content
    await content.RecordPlay(**named)
    start = await content.GetPosition(**named)
    assert (start.position, start.HasField("updated_at")) == (0, False)
    for position in (61_000, 5):
        await content.SavePosition(**named, position=position)
        found = await content.GetPosition(**named)
        assert (found.position, found.HasField("updated_at")) == (position, True)
    assert (await api.as_(ann).content.GetPosition(**named)).position == 0


@pytest.mark.parametrize("position", [-1, 7 * 24 * 3600 * 1000 + 1])
async def test_nobody_stops_outside_of_any_item(world: World, api: Api, position: int) -> None:
    ann = await world.user()
    podcast_id = await made(world, ann)
    await (
        api.as_(ann)
        .content.SavePosition(content_id=podcast_id, position=position)
        .fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    )


async def test_deleting_an_item_forgets_its_plays_and_positions(world: World, api: Api) -> None:
    ann = await world.user()
    podcast_id = await made(world, ann)
    content = api.as_(ann).content
    await content.RecordPlay(content_id=podcast_id)
    await content.SavePosition(content_id=podcast_id, position=7)
    await content.DeletePodcast(podcast_id=podcast_id)
    sql = (
        "SELECT (SELECT count(*) FROM plays WHERE item_id = $1) + (SELECT count(*) FROM positions WHERE item_id = $1) n"
    )
    async with world.db.transaction() as tx:
        [row] = await tx.raw(sql, podcast_id)
    assert row["n"] == 0
