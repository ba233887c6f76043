"""What the database layer survives: cancelled callers at any moment, and a Postgres that dies and comes back."""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.errors import Contention, Unavailable
from tests.harness.database import Cluster
from tests.kit import things
from tests.kit.mortal import Mortal, mortal_postgres

CANCELS = int(os.environ.get("CNT_FAULTS_CANCELS", "500"))
"""10,000 by `make faults`."""


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Mortal]:
    with mortal_postgres(tmp_path) as server:
        yield server


@pytest.fixture
async def db(cluster: Cluster) -> AsyncIterator[Database]:
    db = Database(await cluster.clone(), writers=5, readers=5, wait=2)
    await things.create(db)
    yield db
    await db.close()


async def test_cancelled_callers_leave_no_trace(db: Database) -> None:
    """Random calls are cancelled at random moments; afterwards connections, locks and rows show none of it."""
    promised: list[str] = []
    random.seed(1)

    async def write(name: str) -> None:
        async with db.transaction() as tx:
            await tx.run(things.add(), name=name)
            if random.random() < 0.3:
                tx.after_commit(lambda: promised.append(name))
            await tx.run(things.bump(), thing="hot")
            await tx.run(things.sleep(), seconds=random.choice([0, 0, 0.002]))
        if name not in promised:
            promised.append(name)

    async def read(_: str) -> None:
        async with db.reading() as tx:
            await tx.run(things.sleep(), seconds=0.001)
            await tx.value(things.count())

    async def snapshot(_: str) -> None:
        async with db.snapshot() as tx:
            await tx.value(things.count())
            await tx.value(things.count())

    async with db.transaction() as tx:
        await tx.run(things.add(), name="hot")
    done = 0
    while done < CANCELS:
        tasks = [
            asyncio.create_task(random.choice([write, write, read, snapshot])(f"{done}.{n}"))
            for n in range(min(25, CANCELS - done))
        ]
        for task in tasks:
            asyncio.get_running_loop().call_later(random.uniform(0, 0.02), task.cancel)
        results = await asyncio.gather(*tasks, return_exceptions=True)
        done += len(tasks)
        unexpected = [r for r in results if r is not None and not isinstance(r, asyncio.CancelledError | Contention)]
        assert not unexpected
    await settled(db)
    for pool in (db.write_pool, db.read_pool):
        assert pool.idle == pool.total <= pool.size
    watcher = await asyncpg.connect(db.dsn)
    try:
        states = await watcher.fetch(
            "SELECT state, query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert {row["state"] for row in states} <= {"idle"}
        locks = (
            "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database WHERE d.datname = current_database()"
        )
        assert await watcher.fetchval(locks + " AND pid <> pg_backend_pid()") == 0
        kept = {row["name"] for row in await watcher.fetch("SELECT name FROM things WHERE name <> 'hot'")}
        hot = await watcher.fetchval("SELECT number FROM things WHERE name = 'hot'")
    finally:
        await watcher.close()
    # Whatever was told to be committed is; and each transaction is there as a whole or not at all.
    assert set(promised) <= kept
    assert hot == len(kept)
    # The same connections serve on.
    await asyncio.gather(*(read("") for _ in range(20)))


async def settled(db: Database) -> None:
    """Wait until cancelled transactions are cleaned up in the background."""
    async with asyncio.timeout(30):
        while any(pool.idle < pool.total for pool in (db.write_pool, db.read_pool)):
            await asyncio.sleep(0.01)


async def test_a_killed_postgres_gives_only_unavailable_and_is_back_at_once(mortal: Mortal) -> None:
    db = await Database.open(mortal.dsn, writers=5, readers=5, wait=1)
    await things.create(db)
    acknowledged: list[str] = []
    errors: list[BaseException] = []
    last_failure = 0.0
    stop = False

    async def client(number: int) -> None:
        nonlocal last_failure
        count = 0
        while not stop:
            name = f"{number}.{count}"
            count += 1

            async def add(tx: Tx, name: str = name) -> None:
                await tx.run(things.add(), name=name)

            try:
                await db.transact(add)
                acknowledged.append(name)
                async with db.reading() as tx:
                    await tx.value(things.count())
            except Exception as error:  # noqa: BLE001
                errors.append(error)
                last_failure = time.monotonic()
                await asyncio.sleep(0.01)

    clients = [asyncio.create_task(client(number)) for number in range(8)]
    await asyncio.sleep(0.3)
    for _ in range(2):
        mortal.kill()
        await asyncio.sleep(0.5)
        await mortal.revive()
        back = time.monotonic()
        # Promised are 5 s on a machine that does nothing else.
        while time.monotonic() - max(back, last_failure) < 1:
            assert time.monotonic() - back < 20
            await asyncio.sleep(0.1)
    stop = True
    await asyncio.gather(*clients)
    assert errors
    assert {repr(error) for error in errors if not isinstance(error, Unavailable)} == set()
    async with db.reading() as tx:
        kept = {row["name"] for row in await tx.all(things.named_among(), names=acknowledged)}
    assert len(acknowledged) > 50
    assert kept == set(acknowledged)
    await db.close()


async def test_a_cancelled_callers_connection_serves_the_next_one(db: Database) -> None:
    """Cleaning keeps it: a client that cancels much must not make the server connect anew each time."""

    async def cancelled_in(state: str) -> None:
        async with db.transaction() as tx:
            if state == "failed":
                with pytest.raises(asyncpg.PostgresError):
                    await tx.raw("SELECT 1/0")
            await tx.raw("SELECT pg_sleep(5)") if state == "running" else await asyncio.sleep(5)

    async def pid() -> int:
        async with db.transaction() as tx:
            return int((await tx.raw("SELECT pg_backend_pid() AS pid"))[0]["pid"])

    first = await pid()
    for state in ("running", "idle", "failed"):
        caller = asyncio.create_task(cancelled_in(state))
        await asyncio.sleep(0.05)
        caller.cancel()
        await asyncio.gather(caller, return_exceptions=True)
        await settled(db)
        assert await pid() == first, state
