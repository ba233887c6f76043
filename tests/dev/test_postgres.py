"""The embedded Postgres: starts as root and as an ordinary user, survives crashes, leaves nothing behind."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cnt_grpc.dev.cluster import MAJOR, PostgresError, binaries
from cnt_grpc.dev.postgres import Postgres
from cnt_grpc.dev.tether import NOBODY
from tests.dev.processes import alive, wait_until_gone

ROOT = Path(__file__).parents[2]
LAUNCHER = """
import sys, time
from pathlib import Path
from cnt_grpc.dev.postgres import Postgres
pg = Postgres(Path(sys.argv[1]), durable=False)
pg.start()
print(pg.process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def pg(tmp_path: Path) -> Iterator[Postgres]:
    made = Postgres(tmp_path / "pg", durable=False)
    yield made
    made.stop()


def ask(pg: Postgres, sql: str) -> str:
    command = [str(binaries() / "psql"), "-XAtq", "-d", pg.dsn("postgres"), "-c", sql]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_starts_keeps_data_and_stops(pg: Postgres) -> None:
    pg.start()
    assert ask(pg, "SHOW server_version_num").startswith(str(MAJOR))
    ask(pg, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)")
    assert pg.process is not None
    pid = pg.process.pid
    pg.stop()
    assert not alive(pid)

    begin = time.monotonic()
    pg.start()
    assert time.monotonic() - begin < 30
    assert ask(pg, "SELECT id FROM kept") == "7"


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    pg = Postgres(tmp_path / ("x" * 100) / "pg", durable=False)
    try:
        pg.start()
        assert pg.socket_dir != pg.data_dir
        assert ask(pg, "SELECT 1") == "1"
    finally:
        pg.stop()
        shutil.rmtree(pg.socket_dir, ignore_errors=True)


async def test_async_use_makes_databases(tmp_path: Path) -> None:
    async with Postgres(tmp_path / "pg", durable=False) as pg:
        await pg.ensure_database('odd "name"')
        await pg.ensure_database('odd "name"')
        assert ask(pg, "SELECT count(*) FROM pg_database WHERE datname LIKE 'odd%'") == "1"


def test_kill_9_of_the_launcher_stops_the_server_and_the_data_can_be_used_again(pg: Postgres) -> None:
    with launcher(pg.data_dir) as (process, pid):
        process.kill()
    pg.start()  # waits for the orphan to finish instead of failing
    assert not alive(pid)
    assert ask(pg, "SELECT 1") == "1"


def test_kill_9_of_the_server_is_recovered_from(pg: Postgres) -> None:
    pg.start()
    ask(pg, "CREATE TABLE kept (id int)")
    assert pg.process is not None
    pg.process.kill()
    pg.process.wait()
    pg.start()
    assert ask(pg, "SELECT count(*) FROM kept") == "0"


def test_a_stale_pid_file_of_a_foreign_process_does_not_stop_the_start(pg: Postgres) -> None:
    pg.start()
    pg.stop()
    (pg.data_dir / "postmaster.pid").write_text(f"{os.getppid()}\n{pg.data_dir}\n0\n5432\n\n\n0\nready\n")
    pg.start()
    assert ask(pg, "SELECT 1") == "1"


def test_a_cluster_in_use_is_refused_in_words(pg: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnt_grpc.dev.cluster.LOCK_SECONDS", 0.2)
    pg.start()
    with pytest.raises(PostgresError, match="is used by another running Postgres"):
        Postgres(pg.data_dir).start()


def test_another_major_version_is_refused_in_words(pg: Postgres) -> None:
    pg.data_dir.mkdir(parents=True)
    (pg.data_dir / "PG_VERSION").write_text("16\n")
    with pytest.raises(PostgresError, match="made by Postgres 16"):
        pg.start()


def test_a_folder_with_other_things_is_left_alone(pg: Postgres) -> None:
    pg.data_dir.mkdir(parents=True)
    (pg.data_dir / "letter.txt").write_text("mine")
    with pytest.raises(PostgresError, match="not a Postgres cluster"):
        pg.start()
    assert (pg.data_dir / "letter.txt").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_without_namespaces_runs_it_as_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnt_grpc.dev.cluster.namespaces_open", lambda: False)
    shut = [folder for folder in binaries().parents if not folder.stat().st_mode & 0o001]
    home = Path(tempfile.mkdtemp(prefix="cnt-open-"))
    home.chmod(0o711)
    pg = Postgres(home / "pg", durable=False)
    try:
        if shut:
            with pytest.raises(PostgresError, match=f"{shut[0]} is shut to other users"):
                pg.start()
            return
        pg.start()
        assert pg.process is not None
        assert Path(f"/proc/{pg.process.pid}").stat().st_uid == NOBODY
        assert ask(pg, "SELECT 1") == "1"
    finally:
        pg.stop()
        shutil.rmtree(home)


def test_only_the_owner_can_reach_it(pg: Postgres) -> None:
    pg.start()
    assert pg.socket_dir.stat().st_mode & 0o077 == 0
    assert ask(pg, "SHOW listen_addresses") == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_as_an_ordinary_user() -> None:
    python = python_for_nobody()
    home = Path(tempfile.mkdtemp(prefix="cnt-nobody-"))  # pytest's own folders are shut to others
    os.chown(home, NOBODY, NOBODY)
    try:
        with launcher(home / "pg", python, user=NOBODY) as (process, pid):
            assert Path(f"/proc/{pid}").stat().st_uid == NOBODY
            process.kill()
        wait_until_gone(pid)

        # Root takes over the data of an ordinary user by becoming that user.
        pg = Postgres(home / "pg", durable=False)
        pg.start()
        assert pg.process is not None
        assert Path(f"/proc/{pg.process.pid}").stat().st_uid == NOBODY
        assert ask(pg, "SELECT 1") == "1"
        pg.stop()
    finally:
        shutil.rmtree(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of somebody else")
def test_an_ordinary_user_is_told_that_the_data_is_not_theirs(pg: Postgres, tmp_path: Path) -> None:
    pg.data_dir.mkdir()
    os.chown(pg.data_dir, NOBODY, NOBODY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: 1000)
        with pytest.raises(PostgresError, match=f"belongs to another user .uid {NOBODY}"):
            pg.prepare()


@contextmanager
def launcher(
    data_dir: Path, python: str = sys.executable, user: int | None = None
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A separate launcher, which can be killed, and the pid of its server once that is ready."""
    with subprocess.Popen(
        [python, "-c", LAUNCHER, str(data_dir)],
        cwd="/",
        env={"PYTHONPATH": f"{ROOT}:{binaries().parents[2]}", "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        text=True,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    ) as process:
        assert process.stdout is not None
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def python_for_nobody() -> str:
    """A Python ≥3.11 that an ordinary user may run; root's own is often under /root."""
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        try:
            done = subprocess.run([python, "-c", check], user=NOBODY, group=NOBODY, cwd="/", check=False)
        except OSError:
            continue
        if done.returncode == 0 and os.access(binaries(), os.X_OK):
            return python
    pytest.skip("no Python that an ordinary user may run")
