"""A kind of job, and what callers do with one: enqueue it, look at it, wait for it, cancel it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar, cast

from google.protobuf import descriptor, message
from sqlalchemy import select

from cnt_grpc.kit import clock, events, scrub, seal
from cnt_grpc.kit.db import Database, Row, Tx, in_transaction
from cnt_grpc.kit.db.tables import jobs
from cnt_grpc.kit.errors import Contention, Unavailable
from cnt_grpc.kit.events import EventBus
from cnt_grpc.kit.jobs import queries, queue
from cnt_grpc.kit.jobs.run import TOPIC, GiveUp, Run

M = TypeVar("M", bound=message.Message)
Handler = Callable[[Any, Run], Awaitable[None]]
"""Takes the payload, a message of the job's type, and the run."""

standing = select(
    jobs.c.id,
    jobs.c.kind,
    jobs.c.owner_id,
    jobs.c.priority,
    jobs.c.state,
    jobs.c.attempts,
    jobs.c.progress,
    jobs.c.stage,
    jobs.c.cancel_requested,
    jobs.c.error,
).subquery("job")
"""How far jobs are, for joins, by id. What ended is forgotten after a week: keep what must be known for longer."""

CANCEL_TOPIC = "job_cancel"
"""Woken with the job's id when its end is asked for."""

_LOOK_SECONDS = 2.0
"""How long `wait` trusts the bus before it looks again."""

_AWAY_SECONDS = 0.3
"""How long `wait` gives a database that does not answer before it looks again."""


class State(StrEnum):
    """What becomes of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Nothing more will happen."""
        return self not in (State.QUEUED, State.RUNNING)


@dataclass(frozen=True, slots=True)
class Job(Generic[M]):
    """A kind of job."""

    kind: str
    """Room and verb, such as `media.probe`."""
    message: type[M]
    attempts: int = 5
    """Runs at most; one that kills its worker counts."""
    timeout: timedelta = timedelta(minutes=1)
    """Longest run; then it has failed."""
    pause: timedelta = timedelta(seconds=1)
    """Before the second attempt; doubled before each further one, up to five minutes."""
    limit: int = 0
    """Runs of this kind at once over all workers; 0 is any number."""

    def pack(self, payload: M) -> tuple[bytes, bool]:
        """The payload as it is stored, and whether it is sealed: what is sensitive never lies open in the database."""
        data = payload.SerializeToString()
        if scrub.holds_secrets(cast("descriptor.Descriptor", payload.DESCRIPTOR)):
            return seal.seal("job", data, self.kind.encode()), True
        return data, False

    def unpack(self, stored: bytes, *, is_sealed: bool) -> M:
        """The payload; raises GiveUp when it cannot be read, which no further attempt would change."""
        data = seal.unseal("job", stored, self.kind.encode()) if is_sealed else stored
        if data is None:
            raise GiveUp("sealed with another SECRET_KEY")
        try:
            return self.message.FromString(data)
        except message.DecodeError:
            raise GiveUp("the payload is no message of this kind") from None


async def enqueue(
    tx: Tx,
    job: Job[M],
    payload: M,
    *,
    owner: int = 0,
    dedupe: str | None = None,
    delay: timedelta = timedelta(),
    priority: int = 0,
) -> int:
    """Have the job run after this transaction commits; returns its id.

    `owner`: the person it is for, who may follow it, and who takes turns with other owners; 0 is the system.
    `dedupe`: while a job of this kind and key waits, it stands for this one too. One that runs already may have missed
    what you wrote, and does not. `priority`: higher comes first; leave it at 0 unless someone is waiting.
    """
    data, is_sealed = job.pack(payload)
    values = {"kind": job.kind, "owner": owner, "dedupe": dedupe, "payload": data, "sealed": is_sealed}
    for _ in range(3):
        row = await tx.one(queries.add(), **values, step=priority, now=clock.now())
        if row is not None:
            await queue.deliver(tx, job.kind, row["id"], row["priority"], delay)
            return int(row["id"])
        twin: int | None = await tx.value(queries.waiting_twin(), kind=job.kind, dedupe=dedupe)
        if twin is not None:
            return twin
    # Each time the twin began to run between the two statements.
    raise Contention(job.kind)


async def cancel(tx: Tx, job_id: int) -> bool:
    """Ask for the end of a job; False when it has ended. The caller has seen to it that the job is theirs.

    One that waits ends with this transaction; one that runs sees `run.cancelled`, and is cut off when it does not heed.
    """
    state = await tx.value(queries.request_cancel(), job=job_id, now=clock.now())
    if state is None:
        return False
    events.wake(tx, CANCEL_TOPIC if state == State.RUNNING else TOPIC, job_id)
    return True


async def find(tx: Tx, job_id: int) -> Row | None:
    """How far the job is: kind, owner_id, state, attempts, progress (percent), stage, cancel_requested, error."""
    return await tx.one(queries.find(), job=job_id)


async def wait(db: Database, bus: EventBus, job_id: int, timeout: float) -> State:
    """The job's state when it has ended, or when `timeout` seconds are over.

    An outage of the database that is over by then is waited out, since the job waits too; else raises Unavailable.
    """
    if in_transaction():
        raise RuntimeError("a transaction that waits for a job holds its locks, and may be what the job waits for")
    changed = asyncio.Event()

    def look(keys: set[int] | None) -> None:
        if keys is None or job_id in keys:
            changed.set()

    deadline = asyncio.get_running_loop().time() + timeout
    stop = bus.subscribe(TOPIC, look)
    try:
        while True:
            changed.clear()
            left = deadline - asyncio.get_running_loop().time()
            try:
                async with db.reading() as tx:
                    row = await find(tx, job_id)
            except (Unavailable, Contention):
                if left <= 0:
                    raise
                await asyncio.sleep(min(left, _AWAY_SECONDS))
                continue
            # Purged: it ended long ago.
            state = State(row["state"]) if row is not None else State.DONE
            if state.is_final or left <= 0:
                return state
            try:
                async with asyncio.timeout(min(left, _LOOK_SECONDS)):
                    await changed.wait()
            except TimeoutError:
                continue
    finally:
        stop()
