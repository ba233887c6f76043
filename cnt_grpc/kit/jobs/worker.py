"""The worker: runs jobs until it is told to stop, and outlives outages of the database.

    async with Worker(db, {PROBE: probe_media}, concurrency=8):
        await stopped.wait()

A worker that is killed is noticed when its heartbeat stops: another one starts its jobs over about six seconds later.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Self

import structlog
from google.protobuf import message
from pgqueuer.core.qm import QueueManager
from pgqueuer.core.sm import SchedulerManager
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Context, Schedule
from pgqueuer.domain.models import Job as Delivery

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.errors import AppError, Contention
from cnt_grpc.kit.jobs import queries
from cnt_grpc.kit.jobs.attempt import Attempt
from cnt_grpc.kit.jobs.job import CANCEL_TOPIC, Handler, Job, enqueue
from cnt_grpc.kit.jobs.queue import SETTINGS, JobQueries, WorkerDriver, deliver
from cnt_grpc.kit.jobs.run import Fenced

HEARTBEAT = timedelta(seconds=5)
"""A job whose worker has given no sign for this long is started over by another one; so nothing may block the loop."""

LOOK = timedelta(seconds=1)
"""How often the queue is looked at although nothing was heard of it."""

GRACE = timedelta(seconds=20)
"""How long runs have to end by themselves when the worker stops; with what follows it is gone within 30 s."""

INTERRUPT_SECONDS = 8.0
"""How long interrupted runs have to clean up and to be given back."""

SWEEP_SECONDS = 30.0
UNDELIVERED = timedelta(minutes=1)
_SWEPT = 100

_log = structlog.get_logger("cnt.jobs")


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job that the clock enqueues, once however many workers there are."""

    cron: str
    """As crontab writes it, in UTC, with seconds as an optional sixth column: `*/5 * * * *`, `* * * * * */10`."""
    job: Job[Any]
    payload: message.Message


class Worker:
    """Runs up to `concurrency` jobs at once, of the kinds that it has handlers for."""

    def __init__(
        self,
        db: Database,
        handlers: Mapping[Job[Any], Handler],
        *,
        concurrency: int = 8,
        periodic: Sequence[Periodic] = (),
        grace: timedelta = GRACE,
    ) -> None:
        if db.bus is None:
            raise RuntimeError("a worker needs Database.bus: it hears cancellations by it")
        self._db = db
        self._bus = db.bus
        # PgQueuer fetches in batches and wants room for two of them.
        self._concurrency = max(concurrency, 2)
        self._grace = grace
        self._stopping = asyncio.Event()
        self._attempts: dict[int, Attempt] = {}
        self._driver = WorkerDriver(db)
        self._queries = JobQueries(self._driver)
        self._kinds = {job.kind: (job, handler) for job, handler in handlers.items()}
        if len(self._kinds) != len(handlers):
            raise ValueError("two handlers for one kind of job")
        self._queue = QueueManager(self._queries, SETTINGS.channel)
        for job in handlers:
            self._queue.entrypoint(job.kind, concurrency_limit=job.limit, accepts_context=True)(self._run)
        self._schedules = SchedulerManager(self._queries)
        self._schedules.shutdown = self._queue.shutdown
        for each in periodic:
            self._schedules.schedule(each.job.kind, each.cron)(_enqueuer(db, each))

    async def run(self, stop: asyncio.Event) -> None:
        """Work until the event is set, then stop in order."""
        async with self:
            await stop.wait()

    async def __aenter__(self) -> Self:
        await self._db.listener.start()
        self._unsubscribe = self._bus.subscribe(CANCEL_TOPIC, self._hear_cancel)
        self._working = asyncio.create_task(self._work(), name="worker")
        self._others = {asyncio.create_task(self._sweep(), name="worker sweep")}
        if self._schedules.registry:
            self._others.add(asyncio.create_task(self._supervise(self._schedules.run), name="worker schedules"))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Take no new jobs, let those that run end, and give the others back; within 30 s."""
        self._unsubscribe()
        self._stopping.set()
        self._driver.stopping = True
        self._queue.shutdown.set()
        try:
            await asyncio.wait({self._working}, timeout=self._grace.total_seconds())
            if not self._working.done():
                _log.warning("jobs interrupted: the worker stops", jobs=sorted(self._attempts))
                for attempt in list(self._attempts.values()):
                    attempt.interrupt()
                await asyncio.wait({self._working}, timeout=INTERRUPT_SECONDS)
        finally:
            tasks = (self._working, *self._others)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    # -- jobs ---------------------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        await self._supervise(
            partial(
                self._queue.run,
                dequeue_timeout=LOOK,
                batch_size=self._concurrency // 2,
                max_concurrent_tasks=self._concurrency,
                heartbeat_timeout=HEARTBEAT,
                # Statistics that nobody reads.
                log_aggregation_interval=timedelta(),
            )
        )

    async def _supervise(self, run: Callable[[], Awaitable[None]]) -> None:
        """Run a part of PgQueuer again when it ends; outages do not end it, so that is a defect, and jobs go on."""
        while True:
            try:
                await run()
            except Exception:  # noqa: BLE001
                _log.exception("a part of the worker ended")
            if self._stopping.is_set():
                return
            await asyncio.sleep(1)

    async def _run(self, delivery: Delivery, _: Context) -> None:
        job, handler = self._kinds[delivery.entrypoint]
        job_id = int(delivery.payload or b"0")
        attempt = Attempt(self._db, job, handler, job_id, self._stopping)
        self._attempts[job_id] = attempt
        try:
            await attempt.execute()
        except Fenced:
            _log.warning("a run was overtaken", kind=job.kind, job=job_id)
            self._queries.lost.add(delivery.id)
        except RetryRequested:
            raise
        except Exception:  # noqa: BLE001  (it is delivered again, and looks at what it finds)
            _log.exception("a run's end could not be written", kind=job.kind, job=job_id)
            raise RetryRequested(HEARTBEAT) from None
        finally:
            if self._attempts.get(job_id) is attempt:
                del self._attempts[job_id]

    # -- beside them --------------------------------------------------------------------------------------------------

    def _hear_cancel(self, keys: set[int] | None) -> None:
        mine = [job_id for job_id in self._attempts if keys is None or job_id in keys]
        if mine:
            self._queue_cancel(mine)

    def _queue_cancel(self, mine: list[int]) -> None:
        task = asyncio.create_task(self._cancel(mine), name="worker cancel")
        self._others.add(task)
        task.add_done_callback(self._others.discard)

    async def _cancel(self, mine: list[int]) -> None:
        try:
            async with self._db.reading() as tx:
                rows = await tx.all(queries.cancelled_among(), jobs=mine)
        except (AppError, Contention) as error:
            _log.warning("cancellations not seen", error=type(error).__name__)
            return
        for row in rows:
            if row["id"] in self._attempts:
                self._attempts[row["id"]].cancel()

    async def _sweep(self) -> None:
        """Deliver again what PgQueuer has lost, and look for cancellations that were not heard."""
        while True:
            try:
                await self._db.transact(self._deliver_again)
                if self._attempts:
                    await self._cancel(list(self._attempts))
            except (AppError, Contention) as error:
                _log.warning("jobs not swept", error=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)

    async def _deliver_again(self, tx: Tx) -> None:
        before = clock.now() - UNDELIVERED
        for row in await tx.all(queries.undelivered(_SWEPT), kinds=list(self._kinds), before=before):
            _log.warning("a job is delivered again", kind=row["kind"], job=row["id"])
            await deliver(tx, row["kind"], row["id"], row["priority"], timedelta())


def _enqueuer(db: Database, periodic: Periodic) -> Any:  # noqa: ANN401  (a type of PgQueuer's that it does not export)
    async def due(_: Schedule) -> None:
        # One that still waits from last time is enough.
        await db.transact(lambda tx: enqueue(tx, periodic.job, periodic.payload, dedupe=f"periodic {periodic.cron}"))

    return due
