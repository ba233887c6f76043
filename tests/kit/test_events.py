"""Wake-ups between processes: sent after the commit, never without it, and made up for after an outage."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from cnt_grpc.kit import events
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.kit.events import EventBus, PostgresBus
from cnt_grpc.kit.events import bus as bus_module
from cnt_grpc.kit.events.bus import KEYS_A_PAYLOAD, MOST_KEYS, payloads
from cnt_grpc.kit.events.nats_bus import NatsBus
from cnt_grpc.pb.cnt.common.v1.reason import Reason
from tests.harness.database import Cluster
from tests.kit.nats import NatsServer


class Ear:
    """What a subscriber was told."""

    def __init__(self) -> None:
        self.heard: list[set[int] | None] = []
        self._woken = asyncio.Event()

    def __call__(self, keys: set[int] | None) -> None:
        self.heard.append(keys)
        self._woken.set()

    async def until(self, enough: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not enough():
                self._woken.clear()
                await self._woken.wait()

    @property
    def keys(self) -> set[int]:
        return set().union(*(keys for keys in self.heard if keys is not None))


@pytest.fixture
async def processes(cluster: Cluster) -> AsyncIterator[tuple[Database, Database]]:
    """Two databases as two processes have them, on one bus."""
    dsn = await cluster.clone()
    made = [Database(dsn), Database(dsn)]
    for db in made:
        db.bus = PostgresBus(db)
        await db.bus.start()
    yield made[0], made[1]
    for db in made:
        await db.close()


async def nothing(_: Tx) -> None:
    pass


async def test_a_commit_wakes_every_process_and_a_rollback_none(processes: tuple[Database, Database]) -> None:
    here, there = processes
    assert here.bus is not None
    assert there.bus is not None
    ears = [Ear(), Ear()]
    here.bus.subscribe("inbox", ears[0])
    there.bus.subscribe("inbox", ears[1])
    with pytest.raises(ZeroDivisionError):
        async with here.transaction() as tx:
            events.wake(tx, "inbox", 1)
            raise ZeroDivisionError
    async with here.transaction() as tx:
        events.wake(tx, "other", 2)
        events.wake(tx, "inbox", 3)
        events.wake(tx, "inbox", 3)
        events.wake(tx, "inbox", -4)
    for ear in ears:
        await ear.until(lambda ear=ear: bool(ear.heard))  # type: ignore[misc]
        assert ear.heard == [{3, -4}]


async def test_what_is_committed_meanwhile_goes_out_together(
    processes: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "GATHER_SECONDS", 0.5)
    db, there = processes
    assert there.bus is not None
    ear = Ear()
    there.bus.subscribe("inbox", ear)
    for key in range(100):
        async with db.transaction() as tx:
            events.wake(tx, "inbox", key)
    await ear.until(lambda: ear.keys == set(range(100)))
    assert len(ear.heard) < 50


async def test_what_could_not_be_sent_is_sent_later(
    processes: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "RETRY_SECONDS", 0.01)
    db, there = processes
    assert isinstance(db.bus, PostgresBus)
    assert there.bus is not None
    ear = Ear()
    there.bus.subscribe("inbox", ear)
    begin, failures = db.transaction, iter(range(3))

    def fails_first() -> Tx:
        if next(failures, None) is not None:
            raise Unavailable(Reason.DATABASE_UNAVAILABLE)
        return begin()

    async with db.transaction() as tx:
        events.wake(tx, "inbox", 7)
        monkeypatch.setattr(db, "transaction", fails_first)
    await ear.until(lambda: ear.keys == {7})
    assert next(failures, None) is None


async def test_a_process_that_stops_sends_what_it_owes(processes: tuple[Database, Database]) -> None:
    db, there = processes
    assert db.bus is not None
    assert there.bus is not None
    ear = Ear()
    there.bus.subscribe("inbox", ear)
    async with db.transaction() as tx:
        events.wake(tx, "inbox", 8)
    await db.bus.close()
    await ear.until(lambda: ear.keys == {8})


async def test_a_wake_up_from_a_late_callback_is_sent_too(processes: tuple[Database, Database]) -> None:
    db, _ = processes
    assert db.bus is not None
    ear = Ear()
    db.bus.subscribe("inbox", ear)

    async def late(tx: Tx) -> None:
        events.wake(tx, "inbox", 2)

    async with db.transaction() as tx:
        events.wake(tx, "inbox", 1)
        tx.before_commit(late)
    await ear.until(lambda: ear.keys == {1, 2})


async def test_many_keys_fit_and_too_many_become_any(processes: tuple[Database, Database]) -> None:
    db, _ = processes
    assert db.bus is not None
    ear = Ear()
    db.bus.subscribe("inbox", ear)
    large = range(10**18, 10**18 + 3 * KEYS_A_PAYLOAD)
    async with db.transaction() as tx:
        for key in large:
            events.wake(tx, "inbox", key)
    await ear.until(lambda: ear.keys == set(large))
    async with db.transaction() as tx:
        for key in range(MOST_KEYS + 1):
            events.wake(tx, "inbox", key)
    await ear.until(lambda: None in ear.heard)
    assert all(len(payload) < 8000 for payload in payloads({"a_topic_with_a_long_name": set(large)}))


async def test_who_unsubscribes_or_fails_disturbs_nobody(processes: tuple[Database, Database]) -> None:
    db, _ = processes
    assert db.bus is not None
    gone, ear = Ear(), Ear()

    def broken(_: set[int] | None) -> None:
        raise ZeroDivisionError

    db.bus.subscribe("inbox", gone)()
    db.bus.subscribe("inbox", broken)
    db.bus.subscribe("inbox", ear)
    async with db.transaction() as tx:
        events.wake(tx, "inbox", 1)
    await ear.until(lambda: ear.heard == [{1}])
    assert gone.heard == []


async def test_after_a_lost_connection_anything_may_have_changed(processes: tuple[Database, Database]) -> None:
    db, _ = processes
    assert db.bus is not None
    ear = Ear()
    db.bus.subscribe("inbox", ear)
    async with db.transaction() as tx:
        await tx.raw(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'cnt-grpc listen'"
        )
    await ear.until(lambda: None in ear.heard)
    async with db.transaction() as tx:
        events.wake(tx, "inbox", 5)
    await ear.until(lambda: {5} in ear.heard)


async def test_waking_without_a_bus_is_a_defect(scratch: Database) -> None:
    lonely = Database(scratch.dsn)
    with pytest.raises(RuntimeError, match="bus"):
        async with lonely.transaction() as tx:
            events.wake(tx, "inbox", 1)


@pytest.fixture
async def nats_processes(
    scratch: Database, tmp_path: Path
) -> AsyncIterator[tuple[NatsServer, list[tuple[Database, EventBus]]]]:
    server = NatsServer(tmp_path)
    made: list[tuple[Database, EventBus]] = []
    for _ in range(2):
        db = Database(scratch.dsn)
        db.bus = NatsBus(server.url)
        await db.bus.start()
        made.append((db, db.bus))
    yield server, made
    for db, bus in made:
        await bus.close()
        await db.close()
    server.stop()


async def test_nats_wakes_with_the_commit_and_makes_up_for_its_absence(
    nats_processes: tuple[NatsServer, list[tuple[Database, EventBus]]],
) -> None:
    server, [(here, _), (_, there)] = nats_processes
    ear = Ear()
    there.subscribe("inbox", ear)
    with pytest.raises(ZeroDivisionError):
        async with here.transaction() as tx:
            events.wake(tx, "inbox", 1)
            raise ZeroDivisionError
    async with here.transaction() as tx:
        events.wake(tx, "inbox", 2)
        events.wake(tx, "inbox", 3)
    await ear.until(lambda: ear.keys == {2, 3})
    server.stop()
    await asyncio.sleep(0.3)
    async with here.transaction() as tx:  # the commit does not depend on the bus
        events.wake(tx, "inbox", 4)
    server.start()
    await ear.until(lambda: None in ear.heard)
    for _ in range(50):
        async with here.transaction() as tx:
            events.wake(tx, "inbox", 5)
        if 5 in ear.keys:
            break
        await asyncio.sleep(0.1)
    assert 5 in ear.keys
