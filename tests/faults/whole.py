"""The whole system as processes that a test may kill: Postgres, servers, a worker, and Envoy and NATS where needed."""

import asyncio
import os
import secrets
import socket
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from cnt_grpc import migrate
from cnt_grpc.app import System, opened
from cnt_grpc.edge import Address, EdgeConfig
from cnt_grpc.edge.__main__ import IMAGE
from cnt_grpc.settings import Settings
from tests.edge.edges import Edge, edge
from tests.faults.programs import ROOT, Program, Server
from tests.harness.api import Api, ApiError
from tests.harness.google import GoogleStandIn
from tests.harness.livekit import LiveKitStandIn
from tests.harness.running import HOST, settings_for
from tests.harness.stripe import StripeStandIn
from tests.harness.world import World
from tests.kit.mortal import Mortal, mortal_postgres

POOL = 5
"""Most connections of each kind that a process opens."""


@dataclass(frozen=True)
class Parties:
    """Those outside whom the system calls; they never fail here, but may be slow."""

    google: GoogleStandIn
    stripe: StripeStandIn
    livekit: LiveKitStandIn

    @property
    def urls(self) -> dict[str, str]:
        """Where they are, by the names that settings_for knows."""
        return {"google_url": self.google.url, "stripe_url": self.stripe.url, "livekit_url": self.livekit.url}


@dataclass
class Whole:
    """What was started. `system` is the test's own way to the same database and storage."""

    folder: Path
    dsn: str
    mortal: Mortal | None
    """The Postgres, where it is one's own."""
    servers: list[Server]
    worker: Program
    system: System
    world: World
    edge: Edge | None = None
    canaries: set[str] = field(default_factory=set)
    """Texts that may stand nowhere: in no log, no error, no job, no dump."""
    ended: Counter[str] = field(default_factory=Counter)
    """What calls ended with, by status and reason."""
    refused: list[str] = field(default_factory=list)
    """What refusals said, for the canaries."""

    def api(self, number: int = 0) -> Api:
        """A client of one of the servers."""
        return Api(self.servers[number].channel)

    @property
    def doors(self) -> list[Api]:
        """Every way in."""
        doors = [self.api(number) for number in range(len(self.servers))]
        return [*doors, Api(self.edge.channel)] if self.edge else doors

    @property
    def postgres(self) -> Mortal:
        """The Postgres, for tests that kill it."""
        assert self.mortal is not None, "this one is lent: others need it"
        return self.mortal

    @property
    def programs(self) -> list[Program]:
        """What runs our code."""
        return [*self.servers, self.worker]

    @property
    def media(self) -> Path:
        """Where files are."""
        return self.folder / "media"

    async def heal(self) -> None:
        """Start again what was killed, and return when all of it works."""
        for program in self.programs:
            program.start()
        await asyncio.gather(*(server.serving() for server in self.servers))

    def note(self, error: ApiError) -> None:
        """Remember how a call was refused."""
        self.ended[f"{error.code.name} {error.reason}"] += 1
        self.refused.append(str(error.status))

    def plant(self, text: str) -> str:
        """A text that must stay secret; returned for use."""
        self.canaries.add(text)
        return text

    def secret(self) -> str:
        """A new text that must stay secret."""
        return self.plant(f"canary {secrets.token_hex(12)}")


@asynccontextmanager
async def whole(
    folder: Path,
    secret_key: str,
    parties: Parties,
    *,
    servers: int = 2,
    bus: str = "",
    with_edge: bool = False,
    dsn: str = "",
    more: Mapping[str, object] | None = None,
) -> AsyncIterator[Whole]:
    """Start everything, with `more` settings; all of it is gone when the block ends.

    With a Postgres of its own, unless it is lent a migrated database (`dsn`), which is quicker.
    """
    async with AsyncExitStack() as stack:
        mortal = None
        if not dsn:
            mortal = stack.enter_context(mortal_postgres(folder))
            dsn = mortal.dsn
            await migrate.upgrade(dsn)
        settings = settings_for(dsn, folder, secret_key, **parties.urls)
        settings = settings.model_copy(update={"event_bus_url": bus, "database_pool_size": POOL, **(more or {})})
        environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
        environment |= _as_environment(settings) | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        started = []
        for number in range(servers):
            ports = [free_port(), free_port()]
            server = Server(f"server-{number}", environment, folder, grpc_port=ports[0], side_port=ports[1])
            stack.push_async_callback(server.close)
            started.append(server)
        worker = Program("worker", ["worker"], environment, folder)
        stack.callback(worker.kill)
        system = await stack.enter_async_context(opened(settings))
        world = World(system, folder, parties.google, parties.stripe, parties.livekit)
        made = Whole(folder, dsn, mortal, started, worker, system, world)
        await made.heal()
        if with_edge:
            made.edge = await stack.enter_async_context(edge(edge_before(made)))
        yield made


def _as_environment(settings: Settings) -> dict[str, str]:
    """What was set, as other programs read it."""
    given = {name: getattr(settings, name) for name in settings.model_fields_set}
    return {
        name.upper(): value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in given.items()
    }


def edge_before(made: Whole) -> EdgeConfig:
    """The settings of production, without a limit by address: all clients of a test share one."""
    return EdgeConfig(
        image=IMAGE,
        grpc=tuple(Address(HOST, server.grpc_port) for server in made.servers),
        side=tuple(Address(HOST, server.side_port) for server in made.servers),
        address_rate=None,
    )


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
