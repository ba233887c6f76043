"""`cnt-grpc dev` as a newcomer meets it: it comes up, its banner is true, it stops clean, and nothing outlives it."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from cnt_grpc.auth import DEMO_PEOPLE
from cnt_grpc.dev import demo
from tests.dev.processes import alive, slowness, wait_until_gone
from tests.media import makers

ROOT = Path(__file__).parents[2]


class Dev:
    """A launcher, what it wrote, and the processes below it."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.url = f"http://localhost:{port}"
        self.lines: list[str] = []

    def read_until(self, words: str) -> None:
        """Read lines until one has `words`."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if words in line:
                return
        pytest.fail("\n".join(["it ended", *self.lines]))

    def read_banner(self) -> str:
        """Read until the second rule of the banner; its text."""
        self.read_until("─────")
        start = len(self.lines)
        self.read_until("─────")
        return "\n".join(self.lines[start:])

    def get(self, path: str) -> int:
        """The status of GET path."""
        with urllib.request.urlopen(self.url + path, timeout=5) as answer:  # noqa: S310 (always our own)
            return int(answer.status)

    def servers_and_database(self) -> set[int]:
        """The two server processes and the head of Postgres."""
        return {pid for pid, text in self.family().items() if " serve " in text or "postgres -D" in text}

    def family(self) -> dict[int, str]:
        """Every process below the launcher, with its command."""
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
                parents[int(stat.parent.name)] = int(fields[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
        found = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return {pid: command(pid) for pid in found - {self.process.pid}}


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def free_ports() -> list[int]:
    """Ports that were free a moment ago: Envoy's, two of gRPC in a row, two of plain HTTP in a row."""
    while True:
        with ExitStack() as stack:
            found = []
            try:
                for width in (1, 2, 2):
                    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
                    found.append(listener.getsockname()[1])
                    if width == 2:
                        stack.enter_context(socket.create_server(("127.0.0.1", found[-1] + 1)))
            except OSError:
                continue
            return found


@contextmanager
def launch(home: Path, ports: list[int]) -> Iterator[Dev]:
    names = ("CNT_HTTP_PORT", "CNT_GRPC_PORT", "CNT_SIDE_PORT")
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    environment |= dict(zip(names, map(str, ports), strict=True))
    environment |= {"CNT_STATE_DIR": str(home / "state"), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-m", "cnt_grpc", "dev"],
        cwd=home,  # no .env here
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield Dev(process, ports[0])
        finally:
            process.kill()


@pytest.mark.timeout(400)
def test_the_life_of_a_launcher(tmp_path: Path) -> None:
    """One story, for each start costs seconds: come up, be true, heal, be killed, come up again, stop."""
    ports = free_ports()
    with launch(tmp_path, ports) as dev:
        banner = dev.read_banner()
        the_banner_is_true(dev, banner, tmp_path)
        an_upload_is_examined(dev, tmp_path)
        a_second_launcher_on_the_same_state_is_refused(dev, tmp_path, ports)
        taken_ports_are_named(tmp_path / "elsewhere", ports)
        killed_servers_and_a_killed_database_come_back(dev)
        family = dev.family()
        assert len(family) > 5
        dev.process.kill()
        wait_until_gone(*family)

    slow, begin = slowness(), time.monotonic()
    with launch(tmp_path, ports) as dev:
        dev.read_banner()
        # Five seconds on a machine with nothing else to do; here other tests run beside this one.
        assert time.monotonic() - begin < 5 * 2 * max(slow, slowness())
        assert dev.get("/readyz") == 200
        family = dev.family()
        begin = time.monotonic()
        dev.process.send_signal(signal.SIGINT)
        dev.read_until("stopped")
        assert dev.process.wait() == 0
        assert time.monotonic() - begin < 30
        assert [text for pid, text in family.items() if alive(pid)] == []


def the_banner_is_true(dev: Dev, banner: str, home: Path) -> None:
    assert (dev.get("/readyz"), dev.get("/docs")) == (200, 200)
    for words in (
        dev.url,
        f"{dev.url}/docs",
        f"{home}/state",
        *demo.PERSON,
        *demo.ADMIN,
        "S3_BUCKET_NAME",
        "STRIPE_SECRET_KEY",
    ):
        assert words in banner
    shown = [line.strip() for line in banner.splitlines() if line.startswith("     ")]
    sign_in, who_am_i, grpc, stream = shown
    stream = stream.replace("curl -sN", "curl -sN --max-time 3")
    script = "\n".join([sign_in, who_am_i, "echo", "echo ===", grpc, "echo ===", f"{stream} || true"])
    done = subprocess.run(["bash", "-c", script], check=True, capture_output=True, text=True, timeout=60)
    me, podcasts, notifications = done.stdout.split("===\n")
    assert f'"email":"{demo.PERSON[0]}"' in me, (me, done.stderr)
    assert isinstance(json.loads(podcasts), dict), done.stderr
    assert notifications.strip()
    assert all(json.loads(line) for line in notifications.splitlines() if line), done.stderr


def an_upload_is_examined(dev: Dev, home: Path) -> None:
    """What a newcomer tries first: a sound by `curl -F`, which the worker beside the servers looks into."""
    sound, (email, password) = makers.tone(home / "sermon.mp3", 3), demo.PERSON
    curl = ("curl", "-sS", "--fail-with-body", "--max-time", "60")
    sign_in = json.dumps({"username_or_email": email, "password": password})
    signed_in = _json(*curl, f"{dev.url}/api/v1/auth/login", "-H", "content-type: application/json", "-d", sign_in)
    token = ("-H", f"authorization: Bearer {signed_in['access_token']}")
    sent = _json(*curl, *token, "-F", f"file=@{sound}", f"{dev.url}/api/v1/upload/audio")
    deadline = time.monotonic() + 120
    while True:
        media = _json(*curl, *token, f"{dev.url}/api/v1/media/{sent['media_id']}")["media"]
        if media["state"] == "MEDIA_STATE_READY":
            break
        assert media["state"] == "MEDIA_STATE_PROBING"
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert media["sha256"] == hashlib.sha256(sound.read_bytes()).hexdigest()
    assert abs(int(media["duration_ms"]) - 3000) <= 50


def _json(*command: str) -> Any:
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=90).stdout)


def a_second_launcher_on_the_same_state_is_refused(dev: Dev, home: Path, ports: list[int]) -> None:
    with launch(home, ports) as second:
        assert second.process.stdout is not None
        text = second.process.stdout.read()
        assert second.process.wait() == 1
    assert f"is used by another `cnt-grpc dev` (process {dev.process.pid})" in text


def taken_ports_are_named(home: Path, ports: list[int]) -> None:
    home.mkdir()
    with launch(home, ports) as second:
        assert second.process.stdout is not None
        text = second.process.stdout.read()
        assert second.process.wait() == 1
    for name in ("CNT_HTTP_PORT", "CNT_GRPC_PORT", "CNT_SIDE_PORT"):
        assert f"({name}) is taken by another program" in text


def killed_servers_and_a_killed_database_come_back(dev: Dev) -> None:
    victims = dev.servers_and_database()
    assert len(victims) == 3
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while True:
        back = dev.servers_and_database()
        try:
            if len(back) == 3 and not back & victims and dev.get("/readyz") == 200:
                return
        except OSError:
            pass  # nothing answers yet
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_the_demo_accounts_are_the_seeded_ones() -> None:
    assert [(person.email, person.password) for person in DEMO_PEOPLE] == [demo.PERSON, demo.ADMIN]
