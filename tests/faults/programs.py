"""The programs of the system as an operator starts them, each of which a test may kill, stop and start again."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from cnt_grpc.dev.tether import tethered

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0

# A client that notices within moments that its server is back.
CHANNEL = (
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 200),
    # Channels to one address share a connection otherwise, and a thousand clients would be one.
    ("grpc.use_local_subchannel_pool", 1),
)

_METRIC = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)


class Program:
    """A command of ours; what it writes goes to a file."""

    def __init__(
        self,
        name: str,
        words: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        *,
        around: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self.environment = environment
        self._words = [*around, sys.executable, "-m", "cnt_grpc", *words]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self._read = 0

    @property
    def pid(self) -> int:
        """Of the process that runs now."""
        assert self._process is not None, "start() comes first"
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it; nothing happens when it runs."""
        if self.is_alive:
            return
        self.started_at = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                tethered(self._words), cwd=self._folder, env=self.environment, stdout=log, stderr=log
            )

    def unread(self) -> str:
        """What it wrote since this was asked before."""
        with self.log.open("rb") as log:
            log.seek(self._read)
            text = log.read()
        self._read += len(text)
        return text.decode(errors="replace")

    def kill(self) -> None:
        """As the kernel does when memory is short."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def terminate(self) -> None:
        """Ask it to stop in order."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    def pause(self) -> None:
        """Let it do nothing, as on a machine that hangs."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """After a pause."""
        os.kill(self.pid, signal.SIGCONT)

    async def ended(self, seconds: float) -> int:
        """Its exit code; TimeoutError when it still runs after so many seconds."""
        async with asyncio.timeout(seconds):
            while self.is_alive:
                await asyncio.sleep(0.02)
        assert self._process is not None
        return self._process.returncode


class Server(Program):
    """`cnt-grpc serve` on ports of its own, which stay the same."""

    def __init__(
        self, name: str, environment: Mapping[str, str], folder: Path, *, grpc_port: int, side_port: int
    ) -> None:
        words = ["serve", "--grpc-port", str(grpc_port), "--side-port", str(side_port)]
        super().__init__(name, words, environment, folder)
        self.grpc_port = grpc_port
        self.side_port = side_port
        self.channel = self.new_channel()

    @property
    def target(self) -> str:
        """Its gRPC address."""
        return f"127.0.0.1:{self.grpc_port}"

    def new_channel(self) -> grpc.aio.Channel:
        """A connection that nobody shares."""
        return grpc.aio.insecure_channel(self.target, options=CHANNEL)

    async def health(self) -> str:
        """SERVING, NOT_SERVING, or nothing where nobody answers."""
        try:
            # A channel of its own: one that waits out its backoff would answer late.
            async with self.new_channel() as channel:
                stub: Any = health_pb2_grpc.HealthStub(channel)  # its types leave the methods out
                reply = await stub.Check(health_pb2.HealthCheckRequest(), timeout=1)
        except grpc.aio.AioRpcError:
            return ""
        return health_pb2.HealthCheckResponse.ServingStatus.Name(reply.status)

    async def serving(self, status: str = "SERVING") -> float:
        """Wait until it says so; seconds since it was started."""
        deadline = time.monotonic() + START_SECONDS
        while await self.health() != status:
            assert self.is_alive, f"{self.name} ended:\n{self.log.read_text()[-3000:]}"
            assert time.monotonic() < deadline, f"{self.name} is not {status}:\n{self.log.read_text()[-3000:]}"
            await asyncio.sleep(0.02)
        return time.monotonic() - self.started_at

    async def metrics(self) -> dict[str, float]:
        """What /metrics shows: `name{label="value"}` → number."""
        url = f"http://127.0.0.1:{self.side_port}/metrics"
        async with aiohttp.ClientSession() as http, http.get(url) as reply:
            text = await reply.text()
        return {
            f"{name}{{{labels}}}" if labels else name: float(value) for name, labels, value in _METRIC.findall(text)
        }

    async def close(self) -> None:
        """Hang up and end it."""
        with suppress(Exception):
            await self.channel.close()
        self.kill()
