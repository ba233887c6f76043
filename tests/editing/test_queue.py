"""Edits that wait: their place, the time until they are done, and what judging them costs others."""

import asyncio
import threading
from typing import Any

import pytest

from cnt_grpc.editing import captions, watching
from cnt_grpc.editing.messages import edits as messages
from cnt_grpc.editing.queries import edits as queries
from cnt_grpc.editing.rules import edits
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.editing.v1 import edit_pb2
from tests.editing.examples import edit_of, film_of
from tests.harness.api import Api
from tests.harness.world import World

WORDS = {"text_overlays": {"overlays": [{"text": "Amen", "start": 0, "end": 1}]}}


def test_whoever_watches_hears_something_every_two_seconds() -> None:
    """With time to spare for the way to them."""
    assert 0 < watching.BEAT < 2


async def test_what_waits_says_its_place_and_how_long_it_takes(world: World, api: Api) -> None:
    ann = await world.user()
    mine = api.as_(ann).editing
    ids = [await edit_of(world, ann, state="open") for _ in range(3)]
    shown = [(await mine.GetEdit(edit_id=each)).edit.progress for each in ids]
    assert all(each.state == edit_pb2.EDIT_STATE_QUEUED for each in shown)
    assert all(each.stage == edit_pb2.EDIT_STAGE_WAITING for each in shown)
    places = [each.queue_position for each in shown]
    # Edits of others may come and go between.
    assert places[0] >= 1
    assert places == sorted(set(places))
    listed = (await mine.ListEdits()).edits
    assert all(each.progress.queue_position >= 1 for each in listed)
    async with world.db.transaction() as tx:
        rows = [dict(await edits.shown(tx, Caller(ann.id), each)) for each in ids]
    for slots, place, seconds in ((1, 1, 20), (1, 3, 40), (2, 1, 20), (2, 2, 20), (2, 3, 30)):
        row: Any = {**rows[0], "position": place, "typical_seconds": 10.0}
        progress = messages.progress(row, world.system.urls, slots)
        assert (progress.queue_position, progress.eta_seconds) == (place, seconds)


async def test_what_has_ended_asks_nothing_of_the_queue(world: World) -> None:
    """A page of old edits costs the same however many wait."""
    ann = await world.user()
    edit = await edit_of(world, ann)
    waits = await edit_of(world, ann, state="open")
    sql = f"EXPLAIN (ANALYZE) {queries.own_edit().sql}"
    for each, asks in ((edit, False), (waits, True)):
        async with world.db.transaction() as tx:
            rows = await tx.raw(sql, *queries.own_edit().arguments({"edit": each, "owner": ann.id}))
        lines = [row[0] for row in rows]
        [scan] = [line for line in lines if "CTE Scan on waiting" in line]
        assert ("never executed" not in scan) == asks, "\n".join(lines)


async def test_judging_words_holds_up_nobody_else(world: World, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty thousand letters take a second: as many such edits as there are connections leave these to others."""
    ann, bob = await world.users(2)
    film, other = await film_of(world, ann), await film_of(world, bob)
    over, begun = threading.Event(), threading.Event()

    def slow(_: Any) -> None:
        begun.set()
        assert over.wait(60)

    monkeypatch.setattr(captions, "judge", slow)
    size = world.system.settings.database_pool_size + 3

    async def ask() -> int:
        return int((await api.as_(ann).editing.CreateEdit(media_id=film, operations=[WORDS])).edit.edit_id)

    asked = [asyncio.create_task(ask()) for _ in range(size)]
    try:
        assert await asyncio.to_thread(begun.wait, 30)
        await asyncio.sleep(0.5)  # for the others to come as far
        reply = await api.as_(bob).editing.CreateEdit(media_id=other, operations=[{"trim": {"end": 1}}])
        assert reply.edit.edit_id
        assert not any(each.done() for each in asked)
    finally:
        over.set()
    found = await asyncio.gather(*asked)
    assert len(set(found)) == size
