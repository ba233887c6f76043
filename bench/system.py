"""Everything that a measurement needs, running: Postgres with data, our servers, floors, and an Envoy before each."""

import asyncio
import base64
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import data, edge, wire
from bench.cases import FRAME, Case, Way
from bench.load import Target
from bench.processes import MACHINE, Cores, Process, cpu_seconds, put_on, running
from bench.server import HOST, SECRET_KEY
from cnt_grpc import migrate
from cnt_grpc.auth import Tokens
from cnt_grpc.dev.postgres import Postgres
from cnt_grpc.kit import seal

CONNECTIONS = 2
"""Connections to each port; Envoy opens as many, one for each of its threads."""


@dataclass(frozen=True, slots=True)
class Database:
    """The database and what the load must know of it."""

    dsn: str
    folder: Path
    postmaster: int
    people: Sequence[data.Caller]
    podcast_id: int
    """A podcast in the middle of all."""

    def token(self, number: int) -> str:
        """An access token of one of the people; the first few have full inboxes."""
        person = self.people[number]
        return Tokens().access_token(person.user_id, person.session_id)


@contextmanager
def database(podcasts: int) -> Iterator[Database]:
    """A Postgres with so many podcasts; gone with all its data when the block ends."""
    seal.configure(SECRET_KEY)
    with folder() as found:
        postgres = Postgres(found / "postgres", durable=False)
        try:
            postgres.start()
            dsn = postgres.dsn("bench")
            people, podcast_id = asyncio.run(_prepare(postgres, dsn, podcasts))
            assert postgres.process is not None
            yield Database(dsn, found, postgres.process.pid, people, podcast_id)
        finally:
            postgres.stop()


async def _prepare(postgres: Postgres, dsn: str, podcasts: int) -> tuple[Sequence[data.Caller], int]:
    await postgres.ensure_database("bench")
    await migrate.upgrade(dsn)
    return await data.fill(dsn, podcasts=podcasts)


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for a Postgres, gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="cnt-bench-") as name:
        made = Path(name)
        # Root's Postgres may run as another user, who has to pass through.
        made.chmod(0o711)
        yield made


@dataclass(frozen=True, slots=True)
class Servers:
    """Server processes of one kind, and the Envoy before them."""

    processes: Sequence[Process]
    ports: Sequence[int]
    edge_port: int

    def cpu(self) -> float:
        """Processor time of the server processes so far; Envoy's is not theirs."""
        return sum(cpu_seconds(process.pid) for process in self.processes)

    def fetch(self, case: Case, way: Way, token: str) -> wire.Answer:
        """One answer."""
        port = self.edge_port if way.edge else self.ports[0]
        return wire.fetch(HOST, port, case.headers(way, token), next(case.bodies(way)))

    def target(self, case: Case, way: Way, found: Database, answer: bytes, *, connections: int = CONNECTIONS) -> Target:
        """These servers under the load of one case; so many connections to each port."""
        ports = [self.edge_port] if way.edge else self.ports
        opened = [
            wire.Connection(HOST, port, case.headers(way, found.token(number)))
            for number, port in enumerate(port for port in ports for _ in range(connections))
        ]
        return Target(opened, case.bodies(way), case.smallest(way, answer), self.cpu)


@dataclass(frozen=True, slots=True)
class Pair:
    """Our servers and floors, as many of each, which answer alike."""

    ours: Servers
    floor: Servers
    answers: Mapping[str, bytes]
    """Of our server to each case, by its key: the floor gives the same."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Where servers are started: before which database, on which cores, how many of a kind."""

    found: Database
    cores: Cores
    image: Path
    """Descriptors for Envoy."""
    processes: int

    @contextmanager
    def ours(self) -> Iterator[Servers]:
        """Our servers."""
        command = [sys.executable, "-m", "bench.server", self.found.dsn, str(self.found.folder)]
        processes = [Process(command, self.cores.servers) for _ in range(self.processes)]
        with running(*processes):
            ports = [process.ready() for process in processes]
            with self._behind_an_edge("ours", processes, [each[0] for each in ports], ports[0][1]) as servers:
                yield servers

    @contextmanager
    def floors(self, answers: Mapping[str, bytes]) -> Iterator[Servers]:
        """Floors that give these answers, by method."""
        given = json.dumps({method: base64.b64encode(answer).decode() for method, answer in answers.items()})
        command = [sys.executable, "-m", "bench.floor"]
        processes = [Process(command, self.cores.servers, given) for _ in range(self.processes)]
        with running(*processes):
            ports = [process.ready()[0] for process in processes]
            with self._behind_an_edge("floor", processes, ports, ports[0]) as servers:
                yield servers

    @contextmanager
    def _behind_an_edge(
        self, name: str, processes: Sequence[Process], ports: Sequence[int], side: int
    ) -> Iterator[Servers]:
        file = self.found.folder / f"{name}.yaml"
        with edge.serving(file, self.image, self.cores.others, ports, side) as edge_port:
            yield Servers(processes, ports, edge_port)


@contextmanager
def bench(found: Database, *, processes: int) -> Iterator[Bench]:
    """Cores for so many server processes, and this process with Postgres on the others."""
    cores = Cores.of(processes)
    image = found.folder / "image.binpb"
    image.write_bytes(edge.image())
    try:
        for pid in (os.getpid(), found.postmaster):
            put_on(pid, cores.others)
        yield Bench(found, cores, image, processes)
    finally:
        put_on(os.getpid(), MACHINE)


@contextmanager
def pair(found: Database, wanted: Sequence[Case], *, processes: int) -> Iterator[Pair]:
    """So many of our servers and so many floors; only one kind works at a time."""
    with ExitStack() as stack:
        here = stack.enter_context(bench(found, processes=processes))
        ours = stack.enter_context(here.ours())
        answers = {case.key: _answer(ours, case, found) for case in wanted}
        # Several cases of one method get the same page of the same list.
        floor = stack.enter_context(here.floors({case.method: answers[case.key] for case in wanted}))
        yield Pair(ours, floor, answers)


def _answer(ours: Servers, case: Case, found: Database) -> bytes:
    answer = ours.fetch(case, Way.DIRECT, found.token(0))
    if not answer.ok or answer.size < FRAME:
        raise RuntimeError(f"{case.method} gives no answer: {answer}")
    return answer.body[FRAME:]
