"""The kit's own periodic job: what has served its time leaves the database."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from google.protobuf.empty_pb2 import Empty

from cnt_grpc.kit import clock, defects, inbox
from cnt_grpc.kit.db import Database, Statement
from cnt_grpc.kit.jobs import Handler, Job, Run
from cnt_grpc.kit.jobs import queries as job_queries
from cnt_grpc.kit.jobs.worker import Periodic
from cnt_grpc.kit.rpc import idempotency

JOBS_KEPT = timedelta(days=7)
FAILED_JOBS_KEPT = timedelta(days=60)
DELIVERIES_KEPT = timedelta(days=2)
DEFECTS_KEPT = timedelta(days=14)
EVENTS_KEPT = timedelta(days=90)
"""Providers repeat an event for a month at most."""

BATCH = 1000
"""Rows of one transaction: it must not hold up anyone, nor leave a heap of dead rows at once."""

PURGE = Job("kit.purge", Empty, timeout=timedelta(minutes=30))

PERIODIC = (Periodic("17 * * * *", PURGE, Empty()),)


async def purge(_: Empty, run: Run) -> None:
    """Drop old jobs, deliveries, events, answers and defects, batch by batch."""
    now = clock.now()
    jobs_end = {"before": now - JOBS_KEPT, "failed_before": now - FAILED_JOBS_KEPT}
    await _drain(run.db, job_queries.purge(BATCH), **jobs_end)
    await _drain(run.db, job_queries.purge_delivery_log(BATCH), before=now - DELIVERIES_KEPT)
    await _drain(run.db, inbox.purge(BATCH), before=now - EVENTS_KEPT)
    await _drain(run.db, idempotency.purge(BATCH), now=now)
    await _drain(run.db, defects.purge(BATCH), before=now - DEFECTS_KEPT)


async def _drain(db: Database, statement: Statement, **params: object) -> None:
    """Run a statement that drops at most `BATCH` rows until it drops fewer."""
    dropped = BATCH
    while dropped >= BATCH:
        dropped = await db.transact(lambda tx: tx.run(statement, **params))


HANDLERS: Mapping[Job[Any], Handler] = {PURGE: purge}
