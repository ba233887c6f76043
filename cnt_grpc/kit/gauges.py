"""What an operator watches of one process: its connections to Postgres, its open streams, and how late jobs are."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from cnt_grpc.kit.db import Database
from cnt_grpc.kit.errors import AppError, Contention
from cnt_grpc.kit.jobs import queries as job_queries
from cnt_grpc.kit.rpc.streams import OpenStreams

JOBS_SECONDS = 5.0
"""How often the queue is looked at: a scrape must not wait for the database, and every process is scraped."""

_log = structlog.get_logger("cnt.gauges")


@dataclass(eq=False)
class Gauges(Collector):
    """The state of one process and, as it last saw it, of the queue that all share."""

    db: Database
    streams: OpenStreams
    _jobs: dict[str, float] = field(default_factory=dict)
    _watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look at the queue."""
        self._watching = asyncio.create_task(self._watch(), name="gauges")

    def stop(self) -> None:
        """Look no longer."""
        if self._watching is not None:
            self._watching.cancel()

    def collect(self) -> Iterable[Metric]:
        """Called by Prometheus's client at each scrape."""
        connections = GaugeMetricFamily(
            "cnt_database_connections", "Connections to Postgres by pool and state.", labels=["pool", "state"]
        )
        waiting = GaugeMetricFamily(
            "cnt_database_waiting", "Callers that wait for a connection, by pool.", labels=["pool"]
        )
        for name, pool in (("write", self.db.write_pool), ("read", self.db.read_pool)):
            connections.add_metric([name, "idle"], pool.idle)
            connections.add_metric([name, "used"], pool.total - pool.idle)
            waiting.add_metric([name], pool.waiting)
        yield connections
        yield waiting
        yield GaugeMetricFamily("cnt_streams_open", "Open streams of every kind.", value=len(self.streams))
        listening = float(self.db.listener.is_connected)
        yield GaugeMetricFamily("cnt_listening", "1 while the connection that hears NOTIFY is up.", value=listening)
        jobs = GaugeMetricFamily("cnt_jobs", "Jobs that are due or run, of all processes.", labels=["state"])
        for state in ("due", "running"):
            if state in self._jobs:
                jobs.add_metric([state], self._jobs[state])
        yield jobs
        if "lag" in self._jobs:
            text = "Seconds that the oldest due job has waited for a worker."
            yield GaugeMetricFamily("cnt_jobs_lag_seconds", text, value=self._jobs["lag"])

    async def _watch(self) -> None:
        while True:
            try:
                async with self.db.reading() as tx:
                    row = await tx.one(job_queries.lag())
                assert row is not None, "an aggregate gives one row"
                self._jobs = {name: float(row[name]) for name in ("due", "running", "lag")}
            except (AppError, Contention) as error:
                # Old numbers would look like a quiet queue.
                self._jobs = {}
                _log.warning("jobs not counted", error=type(error).__name__)
            await asyncio.sleep(JOBS_SECONDS)
