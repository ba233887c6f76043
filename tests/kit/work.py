"""Jobs for tests, and a program that runs them until it is killed: `python -m tests.kit.work DSN`."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from google.protobuf.wrappers_pb2 import StringValue
from sqlalchemy import Executable, bindparam, select

from cnt_grpc.kit import jobs, seal
from cnt_grpc.kit.db import Database, Row, statement
from cnt_grpc.kit.db.tables import jobs as jobs_table
from cnt_grpc.kit.events import PostgresBus
from cnt_grpc.kit.jobs import Handler, Job, Run, State
from cnt_grpc.kit.jobs.worker import Periodic, Worker
from tests.kit import things

NOTE = Job("test.note", StringValue, pause=timedelta(milliseconds=50), timeout=timedelta(seconds=30))
"""Adds a thing; names are unique, so that a second result would fail."""

HANG = Job("test.hang", StringValue, attempts=2, timeout=timedelta(minutes=5))
"""Never ends; kills its worker where it runs as a program."""


@statement
def job_row() -> Executable:
    return select(jobs_table).where(jobs_table.c.id == bindparam("job"))


async def row(db: Database, job_id: int) -> Row:
    async with db.reading() as tx:
        found = await tx.one(job_row(), job=job_id)
    assert found is not None
    return found


async def enqueue(db: Database, job: Job[StringValue], text: str, **options: Any) -> int:
    async with db.transaction() as tx:
        return await jobs.enqueue(tx, job, StringValue(value=text), **options)


async def state(db: Database, job_id: int, timeout: float = 30) -> State:
    assert db.bus is not None
    return await jobs.wait(db, db.bus, job_id, timeout)


async def note(payload: StringValue, run: Run) -> None:
    async with run.finish() as tx:
        await tx.run(things.add(), name=payload.value)


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[Database]:
    db = Database(dsn)
    db.bus = PostgresBus(db)
    await db.bus.start()
    yield db
    await db.close()


@asynccontextmanager
async def working(
    db: Database,
    handlers: Mapping[Job[Any], Handler],
    *,
    concurrency: int = 8,
    periodic: Sequence[Periodic] = (),
    grace: float = 5,
) -> AsyncIterator[Worker]:
    async with Worker(
        db, handlers, concurrency=concurrency, periodic=periodic, grace=timedelta(seconds=grace)
    ) as worker:
        yield worker


async def main(dsn: str) -> None:
    async def slow(_: StringValue, run: Run) -> None:
        print("started", run.attempt, flush=True)  # noqa: T201  (the test that started this program reads it)
        await asyncio.sleep(600)

    seal.configure("a secret for tests, long enough for every check")
    async with connected(dsn) as db, working(db, {NOTE: slow, HANG: slow}):
        await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
