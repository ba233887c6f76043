"""Jobs: enqueued with their transaction, run once though they are tried often, followed, cancelled and given back."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.jobs import GiveUp, Job, Run, State, worker
from cnt_grpc.kit.jobs.worker import Periodic
from cnt_grpc.pb.cnt.auth.v1 import auth_service_pb2
from tests.harness.database import Cluster
from tests.kit import things
from tests.kit.work import HANG, NOTE, connected, enqueue, note, row, state, working


@pytest.fixture
async def db(cluster: Cluster) -> AsyncIterator[Database]:
    async with connected(await cluster.clone()) as db:
        await things.create(db)
        yield db


async def names(db: Database) -> list[str]:
    async with db.reading() as tx:
        rows = await tx.all(things.every_name())
    return [found["name"] for found in rows]


async def test_a_job_runs_when_its_transaction_commits(db: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with db.transaction() as tx:
            await jobs.enqueue(tx, NOTE, StringValue(value="never"))
            raise ZeroDivisionError
    async with working(db, {NOTE: note}):
        job = await enqueue(db, NOTE, "once", owner=7)
        assert await state(db, job) == State.DONE
    found = await row(db, job)
    assert (found["attempts"], found["owner_id"], found["progress"], found["payload"]) == (1, 7, 100, None)
    assert await names(db) == ["once"]


async def test_a_job_starts_at_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    # Were it not woken, this worker would not look again while the test lasts.
    monkeypatch.setattr(worker, "LOOK", timedelta(hours=1))
    async with working(db, {NOTE: note}):
        await state(db, await enqueue(db, NOTE, "warm"))
        for number in range(5):
            assert await state(db, await enqueue(db, NOTE, f"job {number}")) == State.DONE


async def test_a_handler_that_just_returns_has_done_its_job(db: Database) -> None:
    async def nothing(_: StringValue, run: Run) -> None:
        assert run.attempt == 1

    async with working(db, {NOTE: nothing}):
        assert await state(db, await enqueue(db, NOTE, "x")) == State.DONE


async def test_a_failed_run_is_tried_again_with_growing_pauses_and_then_given_up(db: Database) -> None:
    flaky = Job("test.flaky", StringValue, attempts=3, pause=timedelta(milliseconds=200))
    at: list[float] = []

    async def fail(payload: StringValue, run: Run) -> None:
        at.append(time.monotonic())
        if payload.value == "third time lucky" and run.attempt == 3:
            return
        raise ValueError("the secret is 42")

    async with working(db, {flaky: fail}):
        lucky = await enqueue(db, flaky, "third time lucky")
        assert await state(db, lucky) == State.DONE
        assert at[1] - at[0] > 0.14
        assert at[2] - at[1] > 0.29
        unlucky = await enqueue(db, flaky, "never")
        assert await state(db, unlucky) == State.FAILED
    found = await row(db, unlucky)
    assert (found["attempts"], found["error"]) == (3, "ValueError")  # no text of an error: it may hold anything


async def test_giving_up_needs_one_attempt(db: Database) -> None:
    async def give_up(_: StringValue, __: Run) -> None:
        raise GiveUp("the file is no video")

    async with working(db, {NOTE: give_up}):
        job = await enqueue(db, NOTE, "x")
        assert await state(db, job) == State.FAILED
    found = await row(db, job)
    assert (found["attempts"], found["error"]) == (1, "the file is no video")


async def test_a_run_that_takes_too_long_has_failed(db: Database) -> None:
    short = Job("test.short", StringValue, attempts=1, timeout=timedelta(seconds=0.2))
    ended = asyncio.Event()

    async def hang(_: StringValue, __: Run) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async with working(db, {short: hang}):
        job = await enqueue(db, short, "x")
        assert await state(db, job) == State.FAILED
    assert ended.is_set()
    assert (await row(db, job))["error"] == "TimeoutError"


async def test_what_fails_inside_finish_leaves_the_job_undone(db: Database) -> None:
    async def fail_late(payload: StringValue, run: Run) -> None:
        async with run.finish() as tx:
            await tx.run(things.add(), name=payload.value)
            if run.attempt == 1:
                raise ValueError

    async with working(db, {NOTE: fail_late}):
        job = await enqueue(db, NOTE, "a")
        assert await state(db, job) == State.DONE
    assert (await row(db, job))["attempts"] == 2
    assert await names(db) == ["a"]


async def test_an_equal_job_that_waits_stands_for_both(db: Database) -> None:
    first = await enqueue(db, NOTE, "a", dedupe="k")
    assert await enqueue(db, NOTE, "b", dedupe="k") == first
    other = await enqueue(db, NOTE, "c", dedupe="other")
    assert other != first
    async with working(db, {NOTE: note}):
        assert await state(db, first) == State.DONE
        assert await state(db, other) == State.DONE
    assert await enqueue(db, NOTE, "d", dedupe="k") != first
    assert sorted(await names(db)) == ["a", "c"]


async def test_an_equal_job_that_runs_does_not_stand_for_what_came_later(db: Database) -> None:
    began, go = asyncio.Event(), asyncio.Event()

    async def wait_then_fail(_: StringValue, run: Run) -> None:
        began.set()
        await go.wait()
        if run.job_id == first:
            raise ValueError

    async with working(db, {NOTE: wait_then_fail}):
        first = await enqueue(db, NOTE, "a", dedupe="k")
        await began.wait()
        async with db.transaction() as tx:
            second = await jobs.enqueue(tx, NOTE, StringValue(value="b"), dedupe="k", delay=timedelta(seconds=0.5))
        assert second != first
        go.set()
        # It would go back to the queue, where its equal waits already.
        assert await state(db, first) == State.CANCELLED
        assert await state(db, second) == State.DONE


async def test_an_equal_job_does_not_start_before_what_it_stands_for_is_committed(db: Database) -> None:
    first = await enqueue(db, NOTE, "a", dedupe="k")
    can_start = "SELECT 1 FROM jobs WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED"
    async with db.transaction() as tx:
        assert await jobs.enqueue(tx, NOTE, StringValue(value="b"), dedupe="k") == first
        async with db.transaction() as another:
            assert not await another.raw(can_start, first)
    async with db.transaction() as another:
        assert await another.raw(can_start, first)


async def test_a_delayed_job_waits(db: Database) -> None:
    async with working(db, {NOTE: note}):
        started = time.monotonic()
        job = await enqueue(db, NOTE, "a", delay=timedelta(seconds=0.7))
        assert await state(db, job) == State.DONE
        assert time.monotonic() - started > 0.6


async def test_owners_take_turns_and_priority_goes_first(db: Database) -> None:
    order: list[str] = []

    async def record(payload: StringValue, _: Run) -> None:
        order.append(payload.value)

    one = Job("test.one", StringValue, limit=1)
    for number in range(5):
        await enqueue(db, one, f"ann {number}", owner=1)
    last = await enqueue(db, one, "bob 0", owner=2)
    await enqueue(db, one, "bob 1", owner=2)
    await enqueue(db, one, "urgent", owner=1, priority=1)
    async with working(db, {one: record}, concurrency=2):
        assert await state(db, last) == State.DONE
        async with asyncio.timeout(30):
            while len(order) < 8:
                await asyncio.sleep(0.05)
    assert order == ["urgent", "ann 0", "bob 0", "ann 1", "bob 1", "ann 2", "ann 3", "ann 4"]


async def test_progress_is_shown_and_never_goes_back(db: Database) -> None:
    shown, go_on = asyncio.Event(), asyncio.Event()

    async def work(_: StringValue, run: Run) -> None:
        await run.progress(40, "reading")
        await run.progress(10, "writing")
        shown.set()
        await go_on.wait()

    async with working(db, {NOTE: work}):
        job = await enqueue(db, NOTE, "x")
        await shown.wait()
        assert await state(db, job, timeout=0.1) == State.RUNNING
        async with db.reading() as tx:
            found = await jobs.find(tx, job)
        assert found is not None
        assert (found["progress"], found["stage"], found["state"]) == (40, "writing", "running")
        go_on.set()
        assert await state(db, job) == State.DONE


async def cancel(db: Database, job: int) -> bool:
    async with db.transaction() as tx:
        return await jobs.cancel(tx, job)


async def test_a_job_that_waits_is_cancelled_at_once(db: Database) -> None:
    job = await enqueue(db, NOTE, "x")
    assert await cancel(db, job)
    assert await state(db, job) == State.CANCELLED
    assert not await cancel(db, job)
    async with working(db, {NOTE: note}):
        assert await state(db, await enqueue(db, NOTE, "y")) == State.DONE
    assert await names(db) == ["y"]


async def test_a_job_that_runs_sees_that_it_is_cancelled(db: Database) -> None:
    began = asyncio.Event()

    async def heed(_: StringValue, run: Run) -> None:
        began.set()
        await run.cancelled.wait()

    async with working(db, {NOTE: heed}):
        job = await enqueue(db, NOTE, "x")
        await began.wait()
        started = time.monotonic()
        assert await cancel(db, job)
        assert await state(db, job) == State.CANCELLED
        # Were the request not heard, the sweep would find it.
        assert time.monotonic() - started < worker.SWEEP_SECONDS / 2


async def test_a_job_that_does_not_heed_is_cut_off(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnt_grpc.kit.jobs.attempt.HEED_SECONDS", 0.2)
    began = asyncio.Event()

    async def deaf(_: StringValue, __: Run) -> None:
        began.set()
        await asyncio.sleep(60)

    async with working(db, {NOTE: deaf}):
        job = await enqueue(db, NOTE, "x")
        await began.wait()
        assert await cancel(db, job)
        assert await state(db, job) == State.CANCELLED


async def test_a_worker_that_stops_lets_its_jobs_end(db: Database) -> None:
    began = asyncio.Event()

    async def work(payload: StringValue, run: Run) -> None:
        began.set()
        await asyncio.sleep(0.5)
        await note(payload, run)

    async with working(db, {NOTE: work}):
        job = await enqueue(db, NOTE, "x")
        await began.wait()
    assert (await row(db, job))["state"] == "done"


async def test_a_job_that_does_not_end_in_time_is_given_back_uncounted(db: Database) -> None:
    began = asyncio.Event()

    async def hang(_: StringValue, __: Run) -> None:
        began.set()
        await asyncio.sleep(60)

    started = time.monotonic()
    async with working(db, {NOTE: hang}, grace=0.3):
        job = await enqueue(db, NOTE, "x")
        await began.wait()
    assert time.monotonic() - started < 30  # the job would take a minute
    found = await row(db, job)
    assert (found["state"], found["attempts"]) == ("queued", 0)
    async with working(db, {NOTE: note}):
        assert await state(db, job) == State.DONE
    assert (await row(db, job))["attempts"] == 1


async def test_a_payload_with_secrets_lies_sealed_in_the_database(db: Database) -> None:
    mail = Job("test.secret", auth_service_pb2.LoginRequest)
    secret = auth_service_pb2.LoginRequest(password="canary-2718")
    read: list[str] = []

    async def handle(payload: auth_service_pb2.LoginRequest, _: Run) -> None:
        read.append(payload.password)

    async with db.transaction() as tx:
        job = await jobs.enqueue(tx, mail, secret)
    found = await row(db, job)
    assert found["sealed"]
    assert b"canary" not in found["payload"]
    async with working(db, {mail: handle}):
        assert await state(db, job) == State.DONE
    assert read == ["canary-2718"]


async def test_the_clock_enqueues_periodic_jobs_once_for_all_workers(db: Database) -> None:
    ran: list[str] = []

    async def tick(payload: StringValue, _: Run) -> None:
        ran.append(payload.value)

    periodic = [Periodic("* * * * * *", NOTE, StringValue(value="tick"))]
    async with (
        working(db, {NOTE: tick}, periodic=periodic),
        connected(db.dsn) as other,
        working(other, {NOTE: tick}, periodic=periodic),
    ):
        await asyncio.sleep(4)
    assert 1 <= len(ran) <= 5


async def test_what_the_queue_lost_is_delivered_again(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "UNDELIVERED", timedelta())
    monkeypatch.setattr(worker, "SWEEP_SECONDS", 0.2)
    job = await enqueue(db, NOTE, "x")
    async with db.transaction() as tx:
        await tx.raw("DELETE FROM pgqueuer.pgqueuer")
    async with working(db, {NOTE: note}):
        assert await state(db, job) == State.DONE
    assert await names(db) == ["x"]


async def test_a_run_that_was_overtaken_leaves_no_result(db: Database) -> None:
    began, go = asyncio.Event(), asyncio.Event()
    fenced = asyncio.Event()

    async def work(payload: StringValue, run: Run) -> None:
        began.set()
        await go.wait()
        try:
            async with run.finish() as tx:
                await tx.run(things.add(), name=payload.value)
        except jobs.Fenced:
            fenced.set()
            raise

    async with working(db, {NOTE: work}):
        job = await enqueue(db, NOTE, "x")
        await began.wait()
        async with db.transaction() as tx:
            # As another worker does that took this one for dead.
            await tx.raw("UPDATE jobs SET run_id = gen_random_uuid(), attempts = 2 WHERE id = $1", job)
        go.set()
        async with asyncio.timeout(30):
            await fenced.wait()
        await asyncio.sleep(0.5)
        async with db.transaction() as tx:
            queue = await tx.raw("SELECT 1 FROM pgqueuer.pgqueuer WHERE dedupe_key = $1", str(job))
    assert await names(db) == []
    assert (await row(db, job))["state"] == "running"
    # The delivery stays, so that the other worker's death would be noticed.
    assert len(queue) == 1


async def test_a_worker_knows_only_its_own_kinds(db: Database) -> None:
    async with working(db, {NOTE: note}):
        foreign = await enqueue(db, HANG, "x")
        assert await state(db, await enqueue(db, NOTE, "y")) == State.DONE
        assert (await row(db, foreign))["state"] == "queued"
