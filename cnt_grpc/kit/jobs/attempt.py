"""One delivery of a job to this worker: claim it, run its handler within its limits, and write down how it ended."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import structlog
from pgqueuer.domain.errors import RetryRequested

from cnt_grpc.kit import clock, events
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import AppError, Contention, Unavailable
from cnt_grpc.kit.jobs import queries
from cnt_grpc.kit.jobs.job import Handler, Job, State
from cnt_grpc.kit.jobs.run import TOPIC, Fenced, GiveUp, Interrupted, Run

HEED_SECONDS = 1.5
"""How long a run may take to heed a cancellation before it is cut off."""

UNWIND_SECONDS = 5.0
"""How long a run that is cut off may take to clean up behind itself."""

LONGEST_PAUSE = timedelta(minutes=5)

T = TypeVar("T")
_log = structlog.get_logger("cnt.jobs")


class Attempt:
    """A run and its end. `execute` returns when the delivery has served, and raises RetryRequested when not."""

    def __init__(self, db: Database, job: Job[Any], handler: Handler, job_id: int, stopping: asyncio.Event) -> None:
        self.job_id = job_id
        self._db = db
        self._job = job
        self._handler = handler
        self._stopping = stopping
        self._run: Run | None = None
        self._task: asyncio.Task[None] | None = None
        self._interrupted = False
        self._cancelled = False

    async def execute(self) -> None:
        """Raises Fenced when another worker has the job by now."""
        run_id = uuid4()
        row = await self._persist(lambda tx: tx.one(queries.claim(), job=self.job_id, run=run_id, now=clock.now()))
        if row is None:
            # It has ended, by another run or because someone cancelled it.
            await self._persist(self._end_cancelled)
            return
        self._run = Run(self._db, self.job_id, run_id, row["attempts"], row["owner_id"])
        if self._cancelled:
            self._run.cancelled.set()
        if row["attempts"] > self._job.attempts:
            await self._fail("each run ended with its worker")
            return
        try:
            await self._work(self._run, row)
        except Fenced:
            raise
        except GiveUp as reason:
            await self._fail(str(reason))
        except Exception as error:  # noqa: BLE001  (whatever a handler raises, the job's fate must be written down)
            await self._failed(self._run, error)
        else:
            await self._succeeded(self._run)

    def cancel(self) -> None:
        """Someone asks for the job's end."""
        if self._cancelled:
            return
        self._cancelled = True
        if self._run is not None:
            self._run.cancelled.set()
        asyncio.get_running_loop().call_later(HEED_SECONDS, self._cut_off)

    def interrupt(self) -> None:
        """The worker must stop now: the job goes back to the queue."""
        self._interrupted = True
        self._cut_off()

    def _cut_off(self) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()

    async def _work(self, run: Run, row: Row) -> None:
        payload = self._job.unpack(row["payload"] or b"", is_sealed=row["sealed"])
        task = self._task = asyncio.create_task(self._call(payload, run), name=f"job {self.job_id}")
        if self._interrupted:
            task.cancel()
        try:
            await asyncio.wait({task}, timeout=self._job.timeout.total_seconds())
            if not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=UNWIND_SECONDS)
                raise TimeoutError(f"{self._job.kind} took longer than {self._job.timeout}")
        finally:
            task.cancel()
        if task.cancelled():
            raise _CutOff
        await task

    async def _call(self, payload: object, run: Run) -> None:
        await self._handler(payload, run)

    # -- how it ended -------------------------------------------------------------------------------------------------

    async def _succeeded(self, run: Run) -> None:
        if run.is_finished:
            return
        state = State.CANCELLED if run.cancelled.is_set() else State.DONE
        await self._persist(lambda tx: run.hold(tx, queries.finish(state), now=clock.now()))

    async def _failed(self, run: Run, error: Exception) -> None:
        if run.is_finished:
            _log.error("a job failed after it was finished", kind=self._job.kind, job=self.job_id, exc_info=error)
            return
        if run.cancelled.is_set():
            await self._persist(lambda tx: run.hold(tx, queries.finish(State.CANCELLED), now=clock.now()))
        elif self._interrupted:
            await self._put_back(run, timedelta(), "the worker stopped", counted=False)
        else:
            name = str(error.reason) if isinstance(error, AppError) else type(error).__name__
            details = None if isinstance(error, (AppError, Contention, Interrupted)) else error
            _log.warning(
                "a job failed", kind=self._job.kind, job=self.job_id, attempt=run.attempt, error=name, exc_info=details
            )
            if run.attempt >= self._job.attempts:
                await self._fail(name)
            else:
                await self._put_back(run, self._pause(run.attempt), name, counted=True)

    async def _fail(self, error: str) -> None:
        run = self._run
        assert run is not None, "claimed before"
        _log.error("a job is given up", kind=self._job.kind, job=self.job_id, attempt=run.attempt, error=error)
        await self._persist(lambda tx: run.hold(tx, queries.fail(), error=error, now=clock.now()))

    async def _put_back(self, run: Run, pause: timedelta, error: str, *, counted: bool) -> None:
        try:
            await self._persist(lambda tx: run.hold(tx, queries.put_back(counted=counted), error=error))
        except asyncpg.UniqueViolationError:
            # While this one ran, an equal job was enqueued: it does all that this one would.
            await self._persist(lambda tx: run.hold(tx, queries.finish(State.CANCELLED), now=clock.now()))
            return
        raise RetryRequested(pause, error)

    async def _end_cancelled(self, tx: Tx) -> None:
        if await tx.value(queries.end_cancelled(), job=self.job_id, now=clock.now()):
            events.wake(tx, TOPIC, self.job_id)

    def _pause(self, attempt: int) -> timedelta:
        pause: timedelta = min(self._job.pause * 2 ** (attempt - 1), LONGEST_PAUSE)
        # Jobs that failed together must not all come back together.
        return pause * random.uniform(0.75, 1.25)  # noqa: S311

    async def _persist(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Write to the database, through an outage if need be: a run's end must not be lost because of it."""
        pause = 0.05
        while True:
            try:
                return await self._db.transact(work)
            except (Unavailable, Contention):
                if self._stopping.is_set():
                    raise RetryRequested(timedelta(), "the worker stopped") from None
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)


class _CutOff(Exception):
    """The handler was cancelled: by its timeout, by the worker, or by itself."""
