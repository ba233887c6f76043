"""Everything that a measurement needs, running: Postgres with data, our servers, floors, and an Envoy before each."""

import base64
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from google.protobuf import descriptor, descriptor_pb2

from bench import data, wire
from bench.cases import FRAME, Case, Way
from bench.load import Target
from bench.processes import MACHINE, Cores, Process, cpu_seconds, free_port, put_on, running
from bench.server import HOST, SECRET_KEY
from cnt_grpc import migrate
from cnt_grpc.auth import Tokens
from cnt_grpc.dev import envoy
from cnt_grpc.dev.postgres import Postgres
from cnt_grpc.edge import Address, EdgeConfig, render
from cnt_grpc.kit import seal
from tests.pb.cnt.testing.v1 import probe_service_pb2

CONNECTIONS = 2
"""Connections to each port; Envoy opens as many, one for each of its threads."""

EDGE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Database:
    """The database and what the load must know of it."""

    dsn: str
    folder: Path
    postmaster: int
    callers: Sequence[data.Caller]
    podcast_id: int
    """A podcast in the middle of all."""

    def token(self, number: int) -> str:
        """An access token of one of the callers."""
        caller = self.callers[number % len(self.callers)]
        return Tokens().access_token(caller.user_id, caller.session_id)


@asynccontextmanager
async def database(podcasts: int) -> AsyncIterator[Database]:
    """A Postgres with so many podcasts; gone with all its data when the block ends."""
    seal.configure(SECRET_KEY)
    with tempfile.TemporaryDirectory(prefix="cnt-bench-") as name:
        # Root's Postgres may run as another user, who has to pass through.
        folder = Path(name)
        folder.chmod(0o711)
        async with Postgres(folder / "postgres", durable=False) as postgres:
            await postgres.ensure_database("bench")
            dsn = postgres.dsn("bench")
            await migrate.upgrade(dsn)
            callers = await data.fill(dsn, podcasts=podcasts)
            assert postgres.process is not None
            yield Database(dsn, folder, postgres.process.pid, callers, await _middle(dsn))


async def _middle(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return int(await connection.fetchval("SELECT (min(id) + max(id)) / 2 FROM content_items"))
    finally:
        await connection.close()


@dataclass(frozen=True, slots=True)
class Servers:
    """Server processes of one kind, and the Envoy before them."""

    processes: Sequence[Process]
    ports: Sequence[int]
    edge: Process
    edge_port: int

    def cpu(self) -> float:
        """Processor time of the server processes so far; Envoy's is not theirs."""
        return sum(cpu_seconds(process.pid) for process in self.processes)

    def fetch(self, case: Case, way: Way, token: str) -> wire.Answer:
        """One answer."""
        port = self.edge_port if way.edge else self.ports[0]
        return wire.fetch(HOST, port, case.headers(way, token), next(case.bodies(way)))

    def target(self, case: Case, way: Way, found: Database, answer: bytes) -> Target:
        """These servers under the load of one case."""
        ports = [self.edge_port] if way.edge else self.ports
        connections = [
            wire.Connection(HOST, port, case.headers(way, found.token(number)))
            for number, port in enumerate(port for port in ports for _ in range(CONNECTIONS))
        ]
        return Target(connections, case.bodies(way), case.smallest(way, answer), self.cpu)


@dataclass(frozen=True, slots=True)
class Pair:
    """Our servers and floors, as many of each, which answer alike."""

    ours: Servers
    floor: Servers
    cores: Cores
    answers: dict[str, bytes]
    """Of our server to each case, by its key: the floor gives the same."""


@contextmanager
def pair(found: Database, wanted: Sequence[Case], *, processes: int) -> Iterator[Pair]:
    """So many of our servers and so many floors; only one kind works at a time."""
    cores = Cores.of(processes)
    try:
        for pid in (os.getpid(), found.postmaster):
            put_on(pid, cores.others)
        with ExitStack() as stack:
            image = found.folder / "image.binpb"
            image.write_bytes(_image())
            ours = stack.enter_context(_ours(found, cores, image, processes))
            answers = {case.key: _answer(ours, case, found) for case in wanted}
            floor = stack.enter_context(_floors(wanted, answers, found, cores, image, processes))
            yield Pair(ours, floor, cores, answers)
    finally:
        put_on(os.getpid(), MACHINE)


def _answer(ours: Servers, case: Case, found: Database) -> bytes:
    answer = ours.fetch(case, Way.DIRECT, found.token(0))
    if not answer.ok or answer.size < FRAME:
        raise RuntimeError(f"{case.method} gives no answer: {answer}")
    return answer.body[FRAME:]


@contextmanager
def _ours(found: Database, cores: Cores, image: Path, count: int) -> Iterator[Servers]:
    command = [sys.executable, "-m", "bench.server", found.dsn, str(found.folder)]
    processes = [Process(command, cores.servers) for _ in range(count)]
    with running(*processes):
        ports = [process.ready() for process in processes]
        grpc_ports, side_ports = [each[0] for each in ports], [each[1] for each in ports]
        with _edge(found.folder / "ours.yaml", image, cores, grpc_ports, side_ports) as (edge, edge_port):
            yield Servers(processes, grpc_ports, edge, edge_port)


@contextmanager
def _floors(
    wanted: Sequence[Case], answers: dict[str, bytes], found: Database, cores: Cores, image: Path, count: int
) -> Iterator[Servers]:
    # Two cases of one method have the same page of the same list for an answer.
    given = json.dumps({case.method: base64.b64encode(answers[case.key]).decode() for case in wanted})
    processes = [Process([sys.executable, "-m", "bench.floor"], cores.servers, given) for _ in range(count)]
    with running(*processes):
        ports = [process.ready()[0] for process in processes]
        with _edge(found.folder / "floor.yaml", image, cores, ports, ports) as (edge, edge_port):
            yield Servers(processes, ports, edge, edge_port)


@contextmanager
def _edge(
    file: Path, image: Path, cores: Cores, grpc_ports: Sequence[int], side_ports: Sequence[int]
) -> Iterator[tuple[Process, int]]:
    """An Envoy as production has it, but for the limit on addresses: all of the load comes from one."""
    port = free_port()
    config = EdgeConfig(
        image=image,
        grpc=tuple(Address(HOST, each) for each in grpc_ports),
        side=tuple(Address(HOST, each) for each in side_ports),
        listen=Address(HOST, port),
        admin=file.with_suffix(".admin"),
        access_log=str(file.with_suffix(".log")),
        address_rate=None,
    )
    file.write_text(render(config))
    process = Process(envoy.command(file), cores.others)
    with running(process):
        _wait_for(port)
        yield process, port


def _wait_for(port: int) -> None:
    """Return when Envoy finds a server well and passes a call on to it."""
    kind = (("content-type", "application/grpc"), ("te", "trailers"))
    asked = wire.headers("POST", "http", HOST, "/grpc.health.v1.Health/Check", kind)
    deadline = time.monotonic() + EDGE_SECONDS
    while True:
        try:
            if wire.fetch(HOST, port, asked, b"\0\0\0\0\0").size > FRAME:
                return
        except (OSError, wire.WireError):
            pass
        if time.monotonic() > deadline:
            raise RuntimeError(f"Envoy on port {port} reaches no server after {EDGE_SECONDS:.0f} s")
        time.sleep(0.05)


def _image() -> bytes:
    """The contract's descriptors as Envoy reads them, and those of the probe service."""
    image = descriptor_pb2.FileDescriptorSet.FromString(envoy.IMAGE.read_bytes())
    seen = {file.name for file in image.file}

    def add(file: descriptor.FileDescriptor) -> None:
        if file.name not in seen:
            seen.add(file.name)
            for dependency in file.dependencies:
                add(dependency)
            file.CopyToProto(image.file.add())

    add(probe_service_pb2.DESCRIPTOR)
    return image.SerializeToString()
