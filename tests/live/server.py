"""A real LiveKit server for tests, on free ports of this machine, and people who come into its rooms."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import yaml

from tests.harness import livekit

HOST = "127.0.0.1"


def free_ports(number: int) -> list[int]:
    """Ports that nobody listens on."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(number)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@dataclass
class Server:
    """A LiveKit server that runs, or was stopped."""

    program: str
    folder: Path
    port: int
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.folder / "livekit.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                self.program, "--config", str(self.folder / "livekit.yaml"), stdout=log, stderr=log
            )
        async with asyncio.timeout(20), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(self.url) as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)

    async def stop(self) -> None:
        """Kill it: what it held is gone."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@asynccontextmanager
async def serving(program: str, folder: Path, webhook: str) -> AsyncIterator[Server]:
    """A server that tells `webhook` what happens, until the block ends."""
    port, tcp, udp = free_ports(3)
    configuration = {
        "port": port,
        "bind_addresses": [HOST],
        "rtc": {"tcp_port": tcp, "udp_port": udp, "use_external_ip": False, "node_ip": HOST},
        "room": {"auto_create": False, "empty_timeout": 300},
        "webhook": {"api_key": livekit.KEY, "urls": [webhook]},
        "keys": {livekit.KEY: livekit.SECRET},
        "logging": {"level": "warn"},
    }
    (folder / "livekit.yaml").write_text(yaml.safe_dump(configuration))
    server = Server(program, folder, port)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
