"""The two kinds of process: one answers calls, the other does jobs."""

import asyncio
import signal
from collections.abc import Callable
from typing import Final

from cnt_grpc import admin, auth, http, media, migrate
from cnt_grpc.app.plug import Servicers
from cnt_grpc.app.rooms import PERIODIC, handlers, servicers
from cnt_grpc.app.system import System, opened
from cnt_grpc.kit.gauges import Gauges
from cnt_grpc.kit.jobs.worker import Worker
from cnt_grpc.kit.rpc.identity import Identity
from cnt_grpc.kit.rpc.pipeline import Pipeline
from cnt_grpc.kit.rpc.policy import PolicyError
from cnt_grpc.kit.rpc.server import GrpcServer
from cnt_grpc.kit.telemetry import configure_logs, counts_of_process
from cnt_grpc.media.local import LocalStorage
from cnt_grpc.refusal import Refusal
from cnt_grpc.settings import Settings

WORKER_NICENESS: Final = 5
"""Whoever waits for an answer comes before jobs; what reads and makes films comes behind both."""
SHORT_JOBS: Final = 8


class Server:
    """One server process: the gRPC server, and the plain-HTTP side beside it."""

    def __init__(self, system: System, services: Servicers | None = None) -> None:
        """Serves these services; every room's unless told otherwise."""
        self.pipeline = Pipeline(
            system.db, Identity(auth.Sessions(system.db)), trusted_hops=system.settings.trusted_hops
        )
        self._gauges = Gauges(system.db, self.pipeline.streams)
        self._sampler = admin.CallSampler(system.db, self.pipeline.metrics.calls)
        self._counts = counts_of_process()
        for counts in (self.pipeline.metrics, self._gauges):
            self._counts.register(counts)
        self._system = system
        try:
            self._grpc = GrpcServer(self.pipeline, services or servicers(system))
        except PolicyError as error:
            raise Refusal(str(error)) from None

    async def start(self, host: str, grpc_port: int, side_port: int) -> tuple[int, int]:
        """Listen; port 0 is any free one. Returns both ports. Raises Refusal when the schema is not current."""
        if not await migrate.is_current(self._system.settings.dsn):
            raise Refusal("The database's schema is not current: run `cnt-grpc migrate`.")
        self._gauges.start()
        self._sampler.start()
        storage = self._system.storage
        shelf = media.Shelf(self._system.db, storage) if isinstance(storage, LocalStorage) else None
        self._side = await http.serve(
            http.make_app(
                ready=self._problem,
                metrics=self._counts,
                shelf=shelf,
                google_redirect=self._system.google_redirect(),
            ),
            host,
            side_port,
        )
        return await self._grpc.start(f"{host}:{grpc_port}"), self._side.addresses[0][1]

    async def stop(self) -> None:
        """Let everyone finish; within 30 s."""
        await self._grpc.stop()
        await self._side.cleanup()
        self._gauges.stop()
        await self._sampler.stop()

    async def _problem(self) -> str:
        """What keeps this process from working; it was started on a current schema, so only an outage can."""
        if self.pipeline.stopping.is_set():
            return "stopping"
        return "" if self._grpc.reaches_database else "the database does not answer"


async def run_server(
    settings: Settings, *, grpc_port: int, side_port: int, ready: Callable[[], None] | None = None
) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is called when both ports listen."""
    configure(settings)
    stop = stop_signal()
    async with opened(settings) as system:
        server = Server(system)
        await server.start(settings.cnt_grpc_host, grpc_port, side_port)
        if ready is not None:
            ready()
        await stop.wait()
        await server.stop()


async def run_worker(settings: Settings) -> None:
    """Run jobs until SIGTERM or SIGINT."""
    configure(settings)
    stop = stop_signal()
    media.sandbox.yield_to_others(WORKER_NICENESS)
    media.sandbox.report()
    media.folders.sweep()
    async with opened(settings) as system:
        await Worker(system.db, handlers(system), concurrency=jobs_at_once(settings), periodic=PERIODIC).run(stop)


def jobs_at_once(settings: Settings) -> int:
    """Jobs that a worker runs at once: edits take hours, so mail, uploads and all others have places besides theirs."""
    return SHORT_JOBS + settings.edits_at_once


def stop_signal() -> asyncio.Event:
    """Set by SIGTERM and SIGINT: what runs then ends in order."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def configure(settings: Settings) -> None:
    """Logs as these settings want them."""
    configure_logs(settings.log_level.upper(), as_json=settings.is_production)
