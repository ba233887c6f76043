"""Children: started again when they crash, stopped in order, gone when the launcher is killed; taken ports named."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cnt_grpc.dev.console import Console
from cnt_grpc.dev.ports import PortError, Wanted, claim
from cnt_grpc.dev.program import Program
from cnt_grpc.dev.supervisor import StartError, Supervisor
from tests.dev.processes import alive, eventually, wait_until_gone

ROOT = Path(__file__).parents[2]


class Lines(Console):
    """Keeps what would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[tuple[str, str]] = []

    def line(self, name: str, text: str) -> None:
        self.kept.append((name, text))


def python(name: str, code: str, console: Console) -> Program:
    return Program(name, [sys.executable, "-u", "-c", code], console)


WRITES_PID = "import os, time; print(os.getpid()); time.sleep(60)"


async def test_a_crashed_child_is_started_again() -> None:
    console = Lines()
    supervisor = Supervisor(console)
    child = python("one", WRITES_PID, console)

    def pids() -> list[int]:
        return [int(text) for name, text in console.kept if name == "one"]

    await supervisor.run(child)
    await eventually(lambda: len(pids()) == 1)
    supervisor.settle()
    os.kill(pids()[0], signal.SIGKILL)
    await eventually(lambda: len(pids()) == 2)
    assert ("cnt", "one ended (killed by signal 9); it starts again in 0.2 s") in console.kept
    await supervisor.stop([([child], 5)])
    assert not alive(pids()[1])


async def test_the_wait_grows_while_it_keeps_crashing() -> None:
    console = Lines()
    supervisor = Supervisor(console)
    child = python("one", "raise SystemExit(3)", console)
    supervisor.settle()
    await supervisor.run(child)
    sentences = "one ended (exit code 3); it starts again in 0.2 s", "one ended (exit code 3); it starts again in 0.4 s"
    await eventually(lambda: all(("cnt", sentence) in console.kept for sentence in sentences))
    await supervisor.stop([([child], 5)])


async def test_a_child_that_ends_at_start_is_a_failed_start() -> None:
    console = Lines()
    supervisor = Supervisor(console)
    await supervisor.run(python("one", "print('no luck'); raise SystemExit(3)", console))

    async def never() -> bool:
        return False

    with pytest.raises(StartError, match=r"one ended at start \(exit code 3\)"):
        await supervisor.until(never, 10, "Not ready")
    assert ("one", "no luck") in console.kept
    with pytest.raises(StartError):
        supervisor.settle()
    await supervisor.stop([])


async def test_groups_stop_in_order_and_the_stubborn_are_killed() -> None:
    console = Lines()
    supervisor = Supervisor(console)
    polite = "import signal, sys; print('up'); signal.sigwait({signal.SIGTERM}); print('bye')"
    polite = polite.replace("print('up')", "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM}); print('up')")
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); time.sleep(60)"
    first, second = python("first", deaf, console), python("second", polite, console)
    await supervisor.run(first)
    await supervisor.run(second)
    await eventually(lambda: {("first", "up"), ("second", "up")} <= set(console.kept))
    begin = time.monotonic()
    await supervisor.stop([([first], 0.3), ([second], 5)])
    assert time.monotonic() - begin < 30
    assert console.kept[-2:] == [("cnt", "first did not end within 0 s and was killed"), ("second", "bye")]


def test_kill_9_of_a_launcher_takes_its_children_along() -> None:
    code = f"""
import asyncio, sys
from cnt_grpc.dev.console import Console
from cnt_grpc.dev.program import Program
async def main():
    await Program("one", [sys.executable, "-u", "-c", "{WRITES_PID}"], Console()).start()
    await asyncio.sleep(60)
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT) as launcher:
        assert launcher.stdout is not None
        pid = int(launcher.stdout.readline().rpartition(" ")[2])
        assert alive(pid)
        launcher.kill()
    wait_until_gone(pid)


async def test_taken_ports_are_named_with_their_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnt_grpc.dev.ports.PATIENCE", 0)
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        ports = [listener.getsockname()[1] for listener in (one, two)]
        wanted = [Wanted("127.0.0.1", ports[0], "CNT_HTTP_PORT"), Wanted("127.0.0.1", ports[1], "CNT_GRPC_PORT")]
        with pytest.raises(PortError) as caught:
            await claim(wanted)
    assert str(caught.value).splitlines() == [
        f"Port {ports[0]} (CNT_HTTP_PORT) is taken by another program: stop that, or set CNT_HTTP_PORT to a free port.",
        f"Port {ports[1]} (CNT_GRPC_PORT) is taken by another program: stop that, or set CNT_GRPC_PORT to a free port.",
    ]
    await claim(wanted)


async def test_an_address_of_another_machine_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnt_grpc.dev.ports.PATIENCE", 0)
    with pytest.raises(PortError, match=r"192\.0\.2\.1 is not an address of this machine"):
        await claim([Wanted("192.0.2.1", 8080, "CNT_HTTP_PORT")])
