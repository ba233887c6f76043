"""A whole server with the probe service alone, for tests of the pipeline."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import grpc

from cnt_grpc.kit.db import Database
from cnt_grpc.kit.rpc.identity import Identity
from cnt_grpc.kit.rpc.pipeline import Pipeline
from cnt_grpc.kit.rpc.server import GrpcServer
from tests.harness.api import Api
from tests.kit.probe import CREATE, ProbeService, Sessions, done
from tests.pb.cnt.testing.v1 import probe_service


@dataclass
class Probe:
    """A running server, a client, and the strings that a test may pull."""

    db: Database
    service: ProbeService
    sessions: Sessions
    pipeline: Pipeline
    server: GrpcServer
    api: Api
    port: int

    def signed_in(self, person: int, *roles: str, is_guest: bool = False, fresh_until: datetime | None = None) -> Api:
        """The client as a person of this number."""
        metadata = self.sessions.add(person, *roles, is_guest=is_guest, fresh_until=fresh_until)
        return Api(self.api.channel, metadata)

    async def count(self, what: str) -> int | None:
        """How often a thing was done, as the database has it."""
        async with self.db.reading() as tx:
            found: int | None = await tx.value(done(), what=what)
        return found

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for what happens soon; fails after 5 s."""
        async with asyncio.timeout(30):
            while not holds():
                await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(db: Database) -> AsyncIterator[Probe]:
    """Start a server on a free port, on an empty table of its own."""
    async with db.transaction() as tx:
        for sql in ("DROP TABLE IF EXISTS probe_acts", CREATE, "TRUNCATE idempotency_keys"):
            await tx.raw(sql)
    service, sessions = ProbeService(), Sessions()
    pipeline = Pipeline(db, Identity(sessions))
    server = GrpcServer(pipeline, {probe_service.SERVICE: service})
    port = await server.start("127.0.0.1:0")
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Probe(db, service, sessions, pipeline, server, Api(channel), port)
    await server.stop()
