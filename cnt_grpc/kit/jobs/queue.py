"""PgQueuer as we use it: it delivers job ids to workers, and finds those whose worker died; `jobs` holds all the rest.

Two drivers lead to it: one enqueues inside a transaction of ours, the other lets a worker live through an outage.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Self

import structlog
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.tm import TaskManager
from pgqueuer.domain.models import Job as Delivery
from pgqueuer.domain.models import TracebackRecord
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.domain.types import JOB_STATUS, Channel
from pgqueuer.ports.driver import Driver, NotifyCallback

from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.db.sqlstate import meaning
from cnt_grpc.kit.errors import Unavailable

LONGEST_PAUSE = 1.0
"""Seconds between attempts during an outage, at most."""

SETTINGS = DBSettings(
    # Every name is given: PgQueuer would take those left out from the environment, even from a variable named TRIGGER.
    prefix="",
    db_schema="pgqueuer",
    channel=Channel("ch_pgqueuer"),
    function="fn_pgqueuer_changed",
    statistics_table="pgqueuer_statistics",
    queue_status_type="pgqueuer_status",
    queue_table="pgqueuer",
    queue_table_log="pgqueuer_log",
    trigger="tg_pgqueuer_changed",
    schedules_table="pgqueuer_schedules",
    # Its log and statistics may be lost in a crash: our own table says what became of each job.
    durability=Durability.balanced,
    widen_id=True,
)

_log = structlog.get_logger("cnt.jobs")


class JobQueries(Queries):
    """PgQueuer's statements on our names, which leave alone what another worker has taken over."""

    def __init__(self, driver: Driver) -> None:
        super().__init__(
            driver, QueryBuilderEnvironment(SETTINGS), QueryQueueBuilder(SETTINGS), QuerySchedulerBuilder(SETTINGS)
        )
        self.lost: set[int] = set()
        """Deliveries that belong to another worker by now."""

    async def log_jobs(self, job_status: list[tuple[Delivery, JOB_STATUS, TracebackRecord | None]]) -> None:
        """Remove finished deliveries; one that another worker runs again must stay, or its death would go unseen."""
        ours = [each for each in job_status if each[0].id not in self.lost]
        self.lost.difference_update(each[0].id for each in job_status)
        if ours:
            await super().log_jobs(ours)


async def deliver(tx: Tx, kind: str, job_id: int, priority: int, delay: timedelta) -> None:
    """Have a worker run the job after the transaction's commit; a job that is on its way already stays as it is."""
    await JobQueries(_InTransaction(tx)).enqueue(
        kind, str(job_id).encode(), priority, delay, dedupe_key=str(job_id), on_conflict="skip"
    )


class _BaseDriver(Driver):
    """What PgQueuer asks of a driver beside statements."""

    def __init__(self) -> None:
        self._shutdown = asyncio.Event()
        self._tasks = TaskManager()

    @property
    def shutdown(self) -> asyncio.Event:
        return self._shutdown

    @property
    def tm(self) -> TaskManager:
        return self._tasks

    async def execute(self, query: str, *args: object) -> str:
        await self.fetch(query, *args)
        return ""

    async def notify(self, channel: str, payload: str) -> None:
        await self.fetch("SELECT pg_notify($1, $2)", channel, payload)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass


class _InTransaction(_BaseDriver):
    """PgQueuer's statements inside a transaction of ours."""

    def __init__(self, tx: Tx) -> None:
        super().__init__()
        self._tx = tx

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        return [dict(row) for row in await self._tx.raw(query, *args)]

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        raise NotImplementedError("a transaction hears nothing")


class WorkerDriver(_BaseDriver):
    """PgQueuer's statements for a worker: through an outage they wait, where PgQueuer itself would end the worker."""

    def __init__(self, db: Database) -> None:
        super().__init__()
        self._db = db
        self.stopping = False
        """Set when the worker stops: then nothing waits for a database that is away."""

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        pause = 0.05
        while True:
            try:
                return await self._fetch(query, args)
            except Exception as error:
                # PgQueuer looks at the errors of Postgres itself; only an outage is ours.
                if self.stopping or not isinstance(meaning(error), Unavailable):
                    raise
                _log.warning("the worker waits for the database", error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        await self._db.listener.listen(channel, callback)

    async def _fetch(self, query: str, args: Sequence[object]) -> list[dict[str, object]]:
        pool = self._db.write_pool
        connection = await pool.acquire()
        try:
            rows = await connection.raw.fetch(query, *args)
        except BaseException:
            pool.discard(connection)
            raise
        pool.release(connection)
        return [dict(row) for row in rows]
