"""Plays by a crowd: none is lost, and whoever reads waits for nobody. `make faults` runs it at full size."""

import asyncio
import os
from datetime import timedelta
from typing import Any

from cnt_grpc.content.jobs import FORGET_PLAYS
from cnt_grpc.content.kinds import PODCAST
from cnt_grpc.content.queries import items, listening
from cnt_grpc.kit import clock, jobs
from cnt_grpc.moderation import Gate
from cnt_grpc.pb.cnt.content.v1.jobs_pb2 import ForgetPlays
from tests.content import makers
from tests.content.given import made
from tests.contract.effects import settled
from tests.harness.api import Api
from tests.harness.world import World

PLAYS = int(os.environ.get("CNT_PLAYS", "5000"))
CLIENTS = 50


async def count(world: World) -> int:
    """Let the job's statement count once; how many plays it found."""
    return int(await world.db.transact(lambda tx: tx.value(listening.count_plays(1000))))


async def test_no_play_of_a_crowd_is_lost(world: World, api: Api) -> None:
    ann = await world.user()
    podcast = await made(world, ann, PODCAST)
    async with world.db.transaction() as tx:
        artist_id = await makers.artist(tx, ann.id)
        await tx.raw("UPDATE artists SET items_count = 1 WHERE id = $1", artist_id)
    over = asyncio.Event()

    async def listen(client: int) -> None:
        for number in range(client, PLAYS, CLIENTS):
            await api.content.RecordPlay(content_id=podcast, device_id=f"phone {number}")

    async def keep_counting() -> None:
        while not over.is_set():
            await count(world)
            await asyncio.sleep(0.05)

    counting = asyncio.create_task(keep_counting())
    await asyncio.gather(*(listen(client) for client in range(CLIENTS)))
    over.set()
    await counting
    while await count(world):
        pass
    async with world.db.transaction() as tx:
        [row] = await tx.raw("SELECT plays_count FROM content_items WHERE id = $1", podcast)
        [of_artist] = await tx.raw("SELECT plays_count FROM artists WHERE id = $1", artist_id)
    assert (row["plays_count"], of_artist["plays_count"]) == (PLAYS, PLAYS)


async def test_who_reads_does_not_wait_for_who_counts(world: World, api: Api) -> None:
    ann = await world.user()
    podcast = await made(world, ann, PODCAST)
    await api.content.RecordPlay(content_id=podcast, device_id="a phone")
    async with world.db.transaction() as counting:
        assert await counting.value(listening.count_plays(1000)) >= 1
        async with asyncio.timeout(5):
            shown = await api.as_(ann).content.GetPodcast(podcast_id=podcast)
            # Listeners do not wait either: their plays are rows of their own.
            await api.content.RecordPlay(content_id=podcast, device_id="another phone")
    assert shown.podcast.plays_count == 0
    assert (await api.as_(ann).content.GetPodcast(podcast_id=podcast)).podcast.plays_count == 1


async def test_reading_costs_the_same_however_often_it_was_played(world: World) -> None:
    ann = await world.user()
    podcast = await made(world, ann, PODCAST)

    async def buffers() -> int:
        statement = items.visible_item(PODCAST, Gate.PUBLIC)
        async with world.db.transaction() as tx:
            [[plan]] = await tx.raw(
                f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.sql}", *statement.arguments({"item_id": podcast})
            )
        found: Any = plan[0]["Plan"]
        return int(found["Shared Hit Blocks"] + found["Shared Read Blocks"])

    before = await buffers()
    for _ in range(300):
        async with world.db.transaction() as tx:
            await tx.raw("UPDATE content_items SET plays_count = plays_count + 1 WHERE id = $1", podcast)
    # Each count leaves a row behind, and nothing in any index: pruning takes it away while others write.
    assert await buffers() <= before + 5


async def test_old_plays_are_dropped_once_they_are_counted_and_their_number_stays(world: World, api: Api) -> None:
    ann = await world.user()
    podcast = await made(world, ann, PODCAST)
    ages = {b"old": (40, True), b"uncounted": (40, False), b"young": (30, True)}
    async with world.db.transaction() as tx:
        for listener, (days, counted) in ages.items():
            at = clock.now() - timedelta(days=days)
            await tx.raw("INSERT INTO plays VALUES ($1, $2, $3, $4)", podcast, at, listener, counted)
        await tx.raw("UPDATE content_items SET plays_count = 7 WHERE id = $1", podcast)
        await jobs.enqueue(tx, FORGET_PLAYS, ForgetPlays())
    await settled(world)
    async with world.db.transaction() as tx:
        rows = await tx.raw("SELECT listener FROM plays WHERE item_id = $1", podcast)
        [item] = await tx.raw("SELECT plays_count FROM content_items WHERE id = $1", podcast)
    left = {row["listener"] for row in rows}
    assert b"young" in left
    assert b"old" not in left
    # The clock may have counted the one that was not; then it may be gone, too.
    assert (item["plays_count"], b"uncounted" in left) in {(7, True), (8, True), (8, False)}
