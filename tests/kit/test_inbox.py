"""Events of outside parties are kept once, sealed, and handled; and what has served its time is dropped."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from google.protobuf.empty_pb2 import Empty
from google.protobuf.wrappers_pb2 import Int64Value

from cnt_grpc.kit import clock, housekeeping, inbox, jobs
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.jobs import Job, Run, State
from tests.harness.database import Cluster
from tests.kit import things
from tests.kit.work import NOTE, connected, enqueue, note, row, state, working

HANDLE = Job("test.handle_event", Int64Value)


@pytest.fixture
async def db(cluster: Cluster) -> AsyncIterator[Database]:
    async with connected(await cluster.clone()) as db:
        await things.create(db)
        yield db


async def receive(db: Database, external_id: str, body: bytes = b"{}", source: str = "stripe") -> bool:
    async with db.transaction() as tx:
        return await inbox.receive(
            tx,
            source,
            external_id,
            body=body,
            job=HANDLE,
            payload=lambda event_id: Int64Value(value=event_id),
            headers={"stripe-version": "1"},
        )


async def handle(payload: Int64Value, run: Run) -> None:
    async with run.db.reading() as tx:
        found = await inbox.read(tx, payload.value)
    if found is None:
        return
    event, body = found
    async with run.finish() as tx:
        await tx.run(things.add(), name=f"{event['source']} {event['external_id']} {body.decode()}")
        await inbox.handled(tx, payload.value)


async def names(db: Database) -> list[str]:
    async with db.reading() as tx:
        return [found["name"] for found in await tx.all(things.every_name())]


async def count(db: Database, table: str) -> int:
    async with db.transaction() as tx:
        return int((await tx.raw(f"SELECT count(*) FROM {table}"))[0][0])  # noqa: S608


async def test_an_event_that_comes_often_and_at_once_has_one_effect(db: Database) -> None:
    fresh = await asyncio.gather(*(receive(db, "evt_1", b"body") for _ in range(20)))
    assert sum(fresh) == 1
    assert await receive(db, "evt_1", source="paypal")  # another party's id is another event
    async with working(db, {HANDLE: handle}):
        async with asyncio.timeout(30):
            while len(await names(db)) < 2:
                await asyncio.sleep(0.02)
        assert not await receive(db, "evt_1", b"body")
    assert sorted(await names(db)) == ["paypal evt_1 {}", "stripe evt_1 body"]


async def test_a_body_is_sealed_and_gone_when_it_has_served(db: Database) -> None:
    await receive(db, "evt_1", b"canary@example.org")
    async with db.transaction() as tx:
        (stored,) = await tx.raw("SELECT id, payload, headers FROM inbox")
        assert b"canary" not in stored["payload"]
        assert stored["headers"] == {"stripe-version": "1"}
        found = await inbox.read(tx, stored["id"])
        assert found is not None
        assert found[1] == b"canary@example.org"
        await inbox.handled(tx, stored["id"])
        assert await inbox.read(tx, stored["id"]) is None
        (stored,) = await tx.raw("SELECT payload, handled_at FROM inbox")
        assert stored["payload"] is None
        assert stored["handled_at"] is not None


async def test_housekeeping_drops_what_has_served_its_time_and_nothing_else(db: Database) -> None:
    async with working(db, {NOTE: note, HANDLE: handle, **housekeeping.HANDLERS}):
        await receive(db, "evt_1")
        done = await enqueue(db, NOTE, "x")
        assert await state(db, done) == State.DONE
        async with asyncio.timeout(30):
            while len(await names(db)) < 2:
                await asyncio.sleep(0.02)
        await purge(db)
        assert (await row(db, done))["state"] == "done"
        clock.move(housekeeping.JOBS_KEPT + timedelta(hours=1))
        waiting = await enqueue(db, HANDLE_LATER, "y")
        await purge(db)
        async with db.reading() as tx:
            assert await jobs.find(tx, done) is None
            assert await jobs.find(tx, waiting) is not None
        assert await count(db, "inbox") == 1
        clock.move(housekeeping.EVENTS_KEPT)
        await receive(db, "evt_2")  # not handled: nobody works on it yet, or it was only just received
        await purge(db)
        assert await count(db, "inbox WHERE external_id = 'evt_1'") == 0


HANDLE_LATER = Job("test.nobody_handles", NOTE.message)


async def purge(db: Database) -> None:
    async with db.transaction() as tx:
        job = await jobs.enqueue(tx, housekeeping.PURGE, Empty())
    assert await state(db, job) == State.DONE
