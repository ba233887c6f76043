"""`cnt-grpc dev`: the database, migrations, seed data, servers, a worker and Envoy as one tree, until Ctrl-C."""

import asyncio
import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from cnt_grpc import embedded
from cnt_grpc.dev import banner
from cnt_grpc.dev.console import Console
from cnt_grpc.dev.ports import Wanted, claim
from cnt_grpc.dev.probe import answers, near
from cnt_grpc.dev.program import EmbeddedPostgres, Program
from cnt_grpc.dev.servers import STOP_SECONDS, ours, server, server_ports
from cnt_grpc.dev.stopping import stop_signal, unless_stopped
from cnt_grpc.dev.supervisor import Child, StartError, Supervisor
from cnt_grpc.settings import Settings
from cnt_grpc.settings_rules import voice_needs

EDGE_SECONDS = 1.0
DATABASE_SECONDS = 2.0
READY_SECONDS = 60.0
OLDEST_POSTGRES = 15


async def dev(settings: Settings, workers: int) -> None:
    """Run the embedded default until SIGINT or SIGTERM. StartError and its kin say in words why it cannot."""
    begin = time.monotonic()
    console = Console()
    with _state_lock(settings.cnt_state_dir):
        stop = stop_signal(console)
        tree = Tree(settings, workers, console)
        try:
            if await unless_stopped(stop, tree.start()):
                print(banner.text(settings, workers, time.monotonic() - begin), flush=True)
                await stop.wait()
            console.say("stopping")
        finally:
            await tree.stop()
    console.say("stopped")


class Tree:
    """All children of the embedded default."""

    def __init__(self, settings: Settings, workers: int, console: Console) -> None:
        self._settings = settings
        self._workers = workers
        self._console = console
        self._supervisor = Supervisor(console)
        self._postgres = EmbeddedPostgres(embedded.postgres_dir(settings.cnt_state_dir))
        self._programs: list[Child] = []
        self._edge: list[Child] = []

    async def start(self) -> None:
        """Start everything in order and return when Envoy answers /readyz."""
        settings = self._settings
        edge_port = Wanted(settings.cnt_http_host, settings.cnt_http_port, "CNT_HTTP_PORT")
        await claim([edge_port, *server_ports(settings, self._workers)])
        if settings.is_embedded:
            await self._supervisor.run(self._postgres)
            await self._postgres.server.ensure_database(embedded.DATABASE)
        await check_version(settings.dsn)
        await self._prepare()
        self._programs += self.programs()
        self._edge.append(Program("envoy", self._edge_command(), self._console))
        for child in (*self._programs, *self._edge):
            await self._supervisor.run(child)
        await self._supervisor.until(self._is_ready, READY_SECONDS, "Not ready")
        self._supervisor.settle()

    def programs(self) -> list[Program]:
        """What serves and works here; the voice agent too where it can run, unless that is not wanted."""
        settings = self._settings
        found = [server(settings, number, self._console) for number in range(self._workers)]
        found.append(ours("worker", ["worker"], settings, self._console))
        if not settings.disable_voice_agent_auto_start and not voice_needs(settings):
            found.append(ours("voice", ["voice-agent"], settings, self._console))
        return found

    async def stop(self) -> None:
        """Stop the servers while Envoy still carries their last words, and the database when nobody needs it."""
        await self._supervisor.stop(
            [(self._programs, STOP_SECONDS), (self._edge, EDGE_SECONDS), ([self._postgres], DATABASE_SECONDS)]
        )

    async def _prepare(self) -> None:
        """Bring the schema up to date and put in seed data: one process, for its imports take longer than its work."""
        program = ours("migrate", ["migrate", "--seed"], self._settings, self._console)
        await program.start()
        try:
            from cnt_grpc.dev import envoy  # noqa: F401, PLC0415 (half a second, spent while the other process works)

            code = await program.wait()
        except asyncio.CancelledError:
            await program.stop(EDGE_SECONDS)
            raise
        if code:
            raise StartError("`cnt-grpc migrate --seed` failed; the lines above say why.")

    def _edge_command(self) -> list[str]:
        from cnt_grpc.dev import envoy  # noqa: PLC0415 (see _prepare)

        file = self._settings.cnt_state_dir / "envoy.yaml"
        file.write_text(envoy.config_text(self._settings, self._workers))
        log = self._settings.cnt_state_dir / "access.log"
        log.unlink(missing_ok=True)  # it holds the calls of one run
        log.touch(mode=0o600)
        return envoy.command(file)

    async def _is_ready(self) -> bool:
        """Whether both sides answer through Envoy: the plain one, and a call, which it sends only to servers that it
        has found healthy.
        """
        settings = self._settings
        tls = settings.tls_cert_file is not None
        host, port = near(settings.cnt_http_host), settings.cnt_http_port
        return all([await answers(host, port, path, tls=tls) for path in ("/readyz", "/api/v1/categories")])


async def check_version(dsn: str) -> None:
    """StartError when the database cannot be reached or is older than Postgres 15."""
    import asyncpg  # noqa: PLC0415 (0.1 s that --help need not wait for)

    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        why = str(error) or "no answer within 10 s"
        raise StartError(f"The database of DATABASE_URL cannot be reached: {why}") from None
    try:
        version = connection.get_server_version()
    finally:
        await connection.close()
    if version.major < OLDEST_POSTGRES:
        raise StartError(f"DATABASE_URL: Postgres {version.major} is too old; {OLDEST_POSTGRES} or newer is needed.")


@contextlib.contextmanager
def _state_lock(state_dir: Path) -> Iterator[None]:
    """Only one launcher uses a state directory."""
    try:
        embedded.make_state_dir(state_dir)
        lock = (state_dir / "dev.lock").open("a+")
    except PermissionError as error:
        raise StartError(
            f"CNT_STATE_DIR: {error.filename} is not ours to write; set it to a folder of your own."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise StartError(
                f"{state_dir} is used by another `cnt-grpc dev` (process {lock.read().strip()}): stop that, "
                "or set CNT_STATE_DIR to another folder."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
