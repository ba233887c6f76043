"""One gRPC server process: handlers, health, reflection, and a stop that cuts nobody off."""

import asyncio
import gc
import os
import sys
import threading
from collections.abc import Mapping

import grpc
import structlog
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from cnt_grpc.kit.db import Database
from cnt_grpc.kit.errors import AppError
from cnt_grpc.kit.rpc.pipeline import Pipeline, Wrapped

STREAMS_SECONDS = 10.0
"""How long streams have to send their resume point when the server stops."""

CALLS_SECONDS = 15.0
"""How long calls in flight have to finish after that: a unary call's deadline."""

DATABASE_CHECK_SECONDS = 1.0

GARBAGE = (50_000, 100, 1_000)
"""When garbage is looked for: rarely in what has lasted, because all calls wait meanwhile, a tenth of a second beside
ten thousand streams. What is not in a cycle, which is nearly everything here, is freed at once anyway."""

_POLLING_THREAD = "(_poll_wrapper)"
"""How the name of the thread ends that grpc.aio polls its completion queue in; where it is called otherwise, the worse
is that it is not nice."""

_POLLING_NICENESS = 5

_OPTIONS = (
    # Two servers on one port would share connections at random; Envoy spreads over ports instead.
    ("grpc.so_reuseport", 0),
    # A connection that lives for ever never finds the servers that were added since, and its half-open calls stay.
    ("grpc.max_connection_age_ms", 30 * 60 * 1000),
    ("grpc.max_connection_age_grace_ms", 60 * 60 * 1000),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    # Upload pieces are 1 MiB at most; nothing else comes near.
    ("grpc.max_receive_message_length", 4 * 1024 * 1024),
    # By default gRPC cancels calls at random when more than a thousand come before Python has looked: the streams of a
    # server that stopped come back all at once. What is too much, the edge refuses, in words.
    ("grpc.server.max_pending_requests", 100_000),
    ("grpc.server.max_pending_requests_hard_limit", 100_000),
    # The edge keeps headers under 8 KiB; between its soft and hard limit gRPC refuses at random.
    ("grpc.max_metadata_size", 16 * 1024),
    ("grpc.absolute_max_metadata_size", 16 * 1024),
)

_log = structlog.get_logger("cnt.server")


class _Methods(grpc.GenericRpcHandler):
    """Finds a method's handler in one look: gRPC would ask a generic handler a service one after the other."""

    def __init__(self, handlers: Mapping[str, Wrapped]) -> None:
        self._handlers = handlers

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "Wrapped | None":
        """The handler of a path; None leaves the path to others, such as health and reflection."""
        return self._handlers.get(handler_call_details.method)


class GrpcServer:
    """Serves the rooms' services on one address, with gRPC health for each and for the whole, and reflection."""

    def __init__(self, pipeline: Pipeline, servicers: Mapping[str, object]) -> None:
        self._pipeline = pipeline
        self._names = tuple(servicers)
        self._server = grpc.aio.server(options=_OPTIONS)
        self._health = health.aio.HealthServicer()
        self._watchers: list[asyncio.Task[None]] = []
        self.reaches_database = True
        """Whether the database answered when it was last asked, a second ago at most."""
        handlers: dict[str, Wrapped] = {}
        for service, servicer in servicers.items():
            handlers.update(pipeline.handlers(service, servicer))
        self._server.add_generic_rpc_handlers((_Methods(handlers),))
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        shown = (*self._names, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(shown, self._server)

    async def start(self, address: str) -> int:
        """Listen on `host:port`, where port 0 is any free one, and return the port."""
        port = self._server.add_insecure_port(address)
        await self._server.start()
        # What is loaded by now stays: without this each full collection walks over all of it again.
        gc.freeze()
        gc.set_threshold(*GARBAGE)
        _let_events_gather()
        await self._tell_health(serving=True)
        self._watchers = [
            asyncio.create_task(self._pipeline.streams.watch()),
            asyncio.create_task(self._watch_database(self._pipeline.db)),
        ]
        return port

    async def stop(self) -> None:
        """Stop taking calls, let streams say where to resume, let calls finish; within 30 s in all."""
        for watcher in self._watchers:
            watcher.cancel()
        await self._health.enter_graceful_shutdown()
        self._pipeline.stopping.set()
        try:
            async with asyncio.timeout(STREAMS_SECONDS):
                await self._pipeline.streams.ended()
        except TimeoutError:
            _log.warning("streams cut off: they did not end themselves", open=len(self._pipeline.streams))
        await self._server.stop(CALLS_SECONDS)

    async def _watch_database(self, db: Database) -> None:
        """Say NOT_SERVING while the database is away, so that the edge sends calls elsewhere."""
        while True:
            await asyncio.sleep(DATABASE_CHECK_SECONDS)
            try:
                await db.ping()
                reached = True
            except AppError:
                reached = False
            if reached != self.reaches_database:
                self.reaches_database = reached
                _log.warning("database is back" if reached else "database is away")
                await self._tell_health(serving=reached)

    async def _tell_health(self, *, serving: bool) -> None:
        status = health_pb2.HealthCheckResponse.SERVING if serving else health_pb2.HealthCheckResponse.NOT_SERVING
        for name in ("", *self._names):
            await self._health.set(name, status)


def _let_events_gather() -> None:
    """Make gRPC's polling thread nice, so that it does not interrupt the event loop for each single event.

    It wakes six times a call, and on a core that both share each time stops the loop to hand over one event. Being nice
    it comes when the loop has nothing left to do, and brings all events at once: a tenth of a short call's processor
    time, and more of the shortest. Nicer than this it would starve on a core that other processes keep busy.
    """
    if sys.platform != "linux":
        return  # elsewhere niceness belongs to the whole process
    for thread in threading.enumerate():
        if thread.name.endswith(_POLLING_THREAD) and thread.native_id is not None:
            os.setpriority(os.PRIO_PROCESS, thread.native_id, _POLLING_NICENESS)
