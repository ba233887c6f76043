"""One run of a job, as its handler sees it: progress, the wish to end it, and the fence around its result."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

from cnt_grpc.kit import clock, events
from cnt_grpc.kit.db import Database, Statement, Tx
from cnt_grpc.kit.jobs import queries

PROGRESS_SECONDS = 0.25
"""Progress that comes faster is left out: nobody sees it, and each costs a transaction."""

COMPLETE = 100

TOPIC = "job"
"""Woken with the job's id when its state or its progress changes."""


class GiveUp(Exception):
    """Raise it to fail the job for good; the reason is shown to its owner, so it names no secret."""


class Interrupted(Exception):
    """Something that a run had started was ended from outside: another try may do, and nobody has made a mistake."""


class Fenced(Exception):
    """Another run has taken the job over, because this one seemed dead: its result counts, this one's does not."""


class Run:
    """Made by the worker."""

    def __init__(self, db: Database, job_id: int, run_id: UUID, attempt: int, owner: int) -> None:
        self.db = db
        self.job_id = job_id
        self.run_id = run_id
        self.attempt = attempt
        """1 for the first; a run that died with its worker has counted."""
        self.owner = owner
        """The person it is for; 0 is the system."""
        self.cancelled = asyncio.Event()
        """Set when someone asks for the end: leave soon, raising or returning, without `finish`."""
        self.is_finished = False
        self._shown = (-1, "")
        self._shown_at = 0.0

    @property
    def percent(self) -> int:
        """How far it was shown to be."""
        return max(self._shown[0], 0)

    async def progress(
        self, percent: float, stage: str = "", *, also: Callable[[Tx], Awaitable[object]] | None = None
    ) -> None:
        """Show how far the run is; never backwards. Raises Fenced when another run has taken over.

        `also` writes in the same transaction what the room itself knows of the run, when anything is written.
        """
        shown = max(min(int(percent), COMPLETE), 0, self._shown[0]), stage or self._shown[1]
        now = time.monotonic()
        if shown == self._shown or (shown[1] == self._shown[1] and now - self._shown_at < PROGRESS_SECONDS):
            return
        self._shown, self._shown_at = shown, now

        async def write(tx: Tx) -> None:
            await self.hold(tx, queries.progress(), percent=shown[0], stage=shown[1])
            if also is not None:
                await also(tx)

        await self.db.transact(write)

    @asynccontextmanager
    async def finish(self) -> AsyncIterator[Tx]:
        """A transaction in which the job is done, and no other run's can be: write the result in it.

        Raises Fenced when another run has taken over; what fails in it leaves the job undone.
        """
        async with self.db.transaction() as tx:
            # First, not last: it locks the job, so that a second run cannot begin while this result is written.
            await self.hold(tx, queries.finish("done"), now=clock.now())
            yield tx
        self.is_finished = True

    async def hold(self, tx: Tx, statement: Statement, **params: object) -> None:
        """Change the job's row as this run; for the kit. Raises Fenced when it is another's."""
        if not await tx.value(statement, job=self.job_id, run=self.run_id, **params):
            raise Fenced(f"job {self.job_id}")
        events.wake(tx, TOPIC, self.job_id)
