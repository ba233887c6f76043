"""Transactions, read-only statements and snapshots on a real Postgres: what they keep, undo and say."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import pytest

from cnt_grpc.kit.db import Database, Tx, in_transaction, sqlstate, tables
from cnt_grpc.kit.errors import Conflict, Contention, Invalid, NotFound, Precondition, Unavailable
from tests.harness.database import Cluster
from tests.kit import things


@pytest.fixture(scope="module")
async def own(cluster: Cluster) -> AsyncIterator[Database]:
    """A database of this module: what other tests find in theirs is the product's."""
    db = Database(await cluster.clone())
    yield db
    await db.close()


@pytest.fixture
async def db(own: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    await things.create(own)
    monkeypatch.setattr(sqlstate, "_refusals", lambda: tables.refusals(things.metadata))
    return own


@pytest.fixture
async def small(cluster: Cluster) -> AsyncIterator[Database]:
    """A database with two connections of each kind, and little patience."""
    db = Database(await cluster.clone(), writers=2, readers=2, wait=0.2)
    await things.create(db)
    yield db
    await db.close()


async def names(db: Database) -> int:
    async with db.reading() as tx:
        return int(await tx.value(things.count()))


async def test_statements_give_rows_values_and_numbers_of_rows(db: Database) -> None:
    async with db.transaction() as tx:
        first = await tx.value(things.add(), name="a")
        await tx.many(things.add(), [{"name": "b"}, {"name": "c"}])
        assert await tx.run(things.bump(), thing="b") == 1
        assert await tx.run(things.bump(), thing="nobody") == 0
        row = await tx.one(things.by_name(), name="b")
        assert row is not None
        assert (row["name"], row["number"]) == ("b", 1)
        assert await tx.one(things.by_name(), name="nobody") is None
        assert [row["name"] for row in await tx.all(things.named_among(), names=["a", "c", "x"])] == ["a", "c"]
        assert isinstance(first, int)
        assert tx.statements == 7


async def test_values_come_back_as_they_went(db: Database) -> None:
    moment = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
    given = {"at": moment, "data": {"a": [1, None, "ü"]}, "raw": b"\x00\xff", "tags": ["x", "y"], "secret": None}
    async with db.transaction() as tx:
        row = await tx.one(things.add_full(), name="a", colour=things.Why.NAME_TAKEN, **given)
    assert row is not None
    assert {name: row[name] for name in given} == given
    assert row["colour"] == "NAME_TAKEN"


async def test_a_missing_or_unknown_parameter_is_told(db: Database) -> None:
    async with db.reading() as tx:
        with pytest.raises(TypeError, match="'name' is missing"):
            await tx.one(things.by_name())
        with pytest.raises(TypeError, match="no such parameter: extra"):
            await tx.one(things.by_name(), name="a", extra=1)


async def test_an_unused_transaction_takes_no_connection(small: Database) -> None:
    before = small.write_pool.total
    async with small.transaction() as tx:
        assert not tx.is_open
    assert small.write_pool.total == before


async def test_an_error_undoes_the_block(db: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with db.transaction() as tx:
            await tx.run(things.add(), name="a")
            raise ZeroDivisionError
    assert await names(db) == 0
    assert db.write_pool.idle == db.write_pool.total


async def test_callbacks_before_the_commit_write_and_their_order_holds(db: Database) -> None:
    seen = []

    async def write(tx: Tx) -> None:
        seen.append("write")
        await tx.run(things.add(), name="late")
        tx.before_commit(more)

    async def more(_: Tx) -> None:
        seen.append("more")

    async def last(tx: Tx) -> None:
        seen.append("last")
        assert await tx.value(things.count()) == 2

    async with db.transaction() as tx:
        tx.before_commit(last, last=True)
        tx.before_commit(write)
        await tx.run(things.add(), name="early")
    assert seen == ["write", "more", "last"]
    assert await names(db) == 2


async def test_callbacks_after_the_commit_see_it_and_cannot_undo_it(db: Database) -> None:
    seen = []

    def fail() -> None:
        raise ZeroDivisionError

    async def look() -> None:
        seen.append(await names(db))

    async with db.transaction() as tx:
        tx.after_commit(fail)
        tx.after_commit(look)
        await tx.run(things.add(), name="a")
    with pytest.raises(ZeroDivisionError):
        async with db.transaction() as tx:
            tx.after_commit(lambda: seen.append(99))
            await tx.run(things.add(), name="b")
            raise ZeroDivisionError
    assert seen == [1]


async def test_a_cancelled_commit_still_tells(small: Database) -> None:
    """The commit takes 0.3 s because of a deferred trigger, and its caller is cancelled meanwhile."""
    async with small.transaction() as tx:
        await tx.raw(
            "CREATE OR REPLACE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END'"
        )
        await tx.raw(
            "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON things DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION slow()"
        )
    told = asyncio.Event()

    async def work() -> None:
        async with small.transaction() as tx:
            tx.after_commit(told.set)
            await tx.run(things.add(), name="a")

    task = asyncio.create_task(work())
    await asyncio.sleep(0.15)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    assert not told.is_set()
    async with asyncio.timeout(30):
        await told.wait()
    assert await names(small) == 1


async def test_a_failure_that_was_passed_over_is_no_success(db: Database) -> None:
    with pytest.raises(RuntimeError, match="cannot be kept"):
        async with db.transaction() as tx:
            await tx.run(things.add(), name="a")
            with pytest.raises(Conflict):
                await tx.run(things.add(), name="a")
    assert await names(db) == 0


async def test_an_early_commit_keeps_what_a_refusal_would_undo(db: Database) -> None:
    with pytest.raises(NotFound):
        async with db.transaction() as tx:
            await tx.run(things.add(), name="a")
            await tx.commit()
            raise NotFound(things.Why.NO_SUCH_THING)
    assert await names(db) == 1


async def test_broken_constraints_become_what_the_tables_say(db: Database) -> None:
    nothing = {"at": None, "data": None, "raw": None, "tags": None}
    async with db.transaction() as tx:
        await tx.one(things.add_full(), name="a", colour="red", secret="s", **nothing)
    with pytest.raises(Conflict) as taken:
        async with db.transaction() as tx:
            await tx.run(things.add(), name="a")
    assert taken.value.reason == things.Why.NAME_TAKEN
    with pytest.raises(Precondition):
        async with db.transaction() as tx:
            await tx.one(things.add_full(), name="b", colour="red", secret=None, **nothing)
    with pytest.raises(NotFound):
        async with db.transaction() as tx:
            await tx.run(things.add_part(), thing=987654)
    with pytest.raises(asyncpg.UniqueViolationError):  # nobody said what it means: a defect
        async with db.transaction() as tx:
            await tx.one(things.add_full(), name="c", colour=None, secret="s", **nothing)
    assert db.write_pool.idle == db.write_pool.total


async def test_a_text_that_cannot_be_stored_is_the_callers_fault(db: Database) -> None:
    with pytest.raises(Invalid):
        async with db.reading() as tx:
            await tx.one(things.by_name(), name="a\x00b")


async def test_a_deadlock_is_contention_and_the_rerun_succeeds(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.many(things.add(), [{"name": "a"}, {"name": "b"}])
    met = asyncio.Barrier(2)
    runs = 0

    async def both(first: str, second: str) -> None:
        nonlocal runs

        async def work(tx: Tx) -> None:
            nonlocal runs
            runs += 1
            await tx.raw("SET LOCAL deadlock_timeout = '50ms'")
            await tx.run(things.bump(), thing=first)
            if runs <= 2:
                await met.wait()
            await tx.run(things.bump(), thing=second)

        await db.transact(work)

    await asyncio.gather(both("a", "b"), both("b", "a"))
    assert runs == 3
    async with db.reading() as tx:
        row = await tx.one(things.by_name(), name="a")
        assert row is not None
        assert row["number"] == 2


async def test_waiting_too_long_for_a_lock_is_contention(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.run(things.add(), name="a")
    async with db.transaction() as holder:
        await holder.run(things.bump(), thing="a")
        with pytest.raises(Contention):
            async with db.transaction() as tx:
                await tx.raw("SET LOCAL lock_timeout = '50ms'")
                await tx.run(things.bump(), thing="a")


async def test_reading_cannot_write_and_holds_no_connection(small: Database) -> None:
    async with small.reading() as tx:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await tx.run(things.add(), name="a")
        await asyncio.sleep(0.05)  # it is cleaned in the background
        assert small.read_pool.idle == small.read_pool.total
        with pytest.raises(RuntimeError):
            tx.before_commit(lambda _: asyncio.sleep(0))
    assert await names(small) == 0


async def test_a_snapshot_sees_one_state(db: Database) -> None:
    async with db.snapshot() as tx:
        assert await tx.value(things.count()) == 0
        async with db.transaction() as other:
            await other.run(things.add(), name="a")
        assert await tx.value(things.count()) == 0
    assert await names(db) == 1
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with db.snapshot() as tx:
            await tx.run(things.add(), name="b")


async def test_the_outside_guard_knows_when_a_transaction_is_open(db: Database) -> None:
    async def child() -> bool:
        return in_transaction()

    async with db.transaction() as tx:
        assert not in_transaction()
        await tx.value(things.count())
        assert in_transaction()
        assert await asyncio.create_task(child())
    assert not in_transaction()
    async with db.reading() as tx:
        await tx.value(things.count())
        assert not in_transaction()


async def test_one_statement_at_a_time(small: Database) -> None:
    tx = small.transaction()
    with pytest.raises(RuntimeError, match="one statement at a time"):
        async with tx:
            await asyncio.gather(tx.value(things.count()), tx.value(things.count()))
    await asyncio.sleep(0.05)
    assert small.write_pool.idle == small.write_pool.total


async def test_a_transaction_that_is_over_is_over(db: Database) -> None:
    async with db.transaction() as tx:
        pass
    with pytest.raises(RuntimeError, match="over"):
        await tx.value(things.count())


async def test_too_few_connections_are_an_outage_not_a_hang(small: Database) -> None:
    held = asyncio.Event()
    free = asyncio.Event()

    async def hold() -> None:
        async with small.transaction() as tx:
            await tx.value(things.count())
            held.set()
            await free.wait()

    holders = [asyncio.create_task(hold()) for _ in range(2)]
    await held.wait()
    await asyncio.sleep(0.05)
    with pytest.raises(Unavailable):
        async with small.transaction() as tx:
            await tx.value(things.count())
    waiting = asyncio.create_task(names_in_transaction(small))
    await asyncio.sleep(0.05)
    free.set()
    assert await waiting == 0
    await asyncio.gather(*holders)


async def names_in_transaction(db: Database) -> int:
    async with db.transaction() as tx:
        return int(await tx.value(things.count()))


async def test_a_migration_under_prepared_statements_goes_unnoticed(small: Database) -> None:
    async with small.transaction() as tx:
        await tx.run(things.add(), name="a")
        await tx.one(things.by_name(), name="a")
    async with small.reading() as tx:
        await tx.one(things.by_name(), name="a")
    async with small.transaction() as tx:
        await tx.raw("ALTER TABLE things ALTER COLUMN number TYPE bigint")
    async with small.reading() as tx:
        assert await tx.one(things.by_name(), name="a") is not None
    row = await small.transact(lambda tx: tx.one(things.by_name(), name="a"))
    assert row is not None


async def test_a_primary_that_became_a_standby_is_left(small: Database) -> None:
    async with small.transaction() as tx:
        await tx.raw("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    with pytest.raises(Unavailable):
        async with small.transaction() as tx:
            await tx.run(things.add(), name="a")
    async with small.transaction() as tx:  # on a new connection
        await tx.run(things.add(), name="a")


async def test_ping_tells_when_nobody_is_there() -> None:
    db = Database("postgresql://nobody@/nothing?host=/nonexistent")
    with pytest.raises(Unavailable):
        await db.ping()
    with pytest.raises(Unavailable):
        async with db.transaction() as tx:
            await tx.value(things.count())
    await db.close()
