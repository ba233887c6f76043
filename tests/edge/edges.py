"""Starts what stands between a test and its answer: server processes, and an Envoy with a rendered configuration."""

import asyncio
import io
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import aiohttp
import grpc
from google.protobuf import descriptor, descriptor_pb2
from google.rpc import error_details_pb2, status_pb2
from yarl import URL

from cnt_grpc.dev.tether import tethered
from cnt_grpc.edge import ENVOY_OPTIONS, Address, EdgeConfig, render
from tests.pb.cnt.testing.v1 import edge_service_pb2

ROOT = Path(__file__).parents[2]
ENVOY = str(Path(sys.executable).with_name("envoy"))


def write_image(path: Path) -> Path:
    """The descriptor image of EdgeService, made as `make gen` makes the real one."""
    image = descriptor_pb2.FileDescriptorSet()
    seen: set[str] = set()

    def add(file: descriptor.FileDescriptor) -> None:
        if file.name not in seen:
            seen.add(file.name)
            for dependency in file.dependencies:
                add(dependency)
            file.CopyToProto(image.file.add())

    for module in (edge_service_pb2, error_details_pb2, status_pb2):
        add(module.DESCRIPTOR)
    path.write_bytes(image.SerializeToString(deterministic=True))
    return path


@dataclass
class Peer:
    """A server process of tests/edge/peer.py."""

    process: subprocess.Popen[str]
    grpc: Address
    side: Address

    def kill(self) -> None:
        """As the kernel does when memory is short."""
        self.process.kill()
        self.process.wait()


@contextmanager
def peer(grpc_port: int = 0, side_port: int = 0) -> Iterator[Peer]:
    """A server that serves until the block ends."""
    command = tethered([sys.executable, "-m", "tests.edge.peer", str(grpc_port), str(side_port)])
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        with process.stdout:
            ports = [Address("127.0.0.1", int(port)) for port in process.stdout.readline().split()]
            yield Peer(process, *ports)
    finally:
        process.kill()
        process.wait()


@dataclass
class Edge:
    """A running Envoy, and clients for it."""

    config: EdgeConfig
    port: int
    folder: Path
    process: subprocess.Popen[bytes]
    http: aiohttp.ClientSession
    channel: grpc.aio.Channel

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"{'https' if self.config.tls else 'http'}://127.0.0.1:{self.port}"

    async def ask(self, verb: str, path: str, **options: Any) -> "Answer":
        """A request whose path is sent as it is written here."""
        url = URL(self.url + path, encoded=True)
        if isinstance(data := options.get("data"), bytes):
            options["data"] = io.BytesIO(data)  # aiohttp sends it piece by piece
        async with self.http.request(verb, url, allow_redirects=False, **options) as response:
            return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, await response.read())

    async def admin(self, path: str, verb: str = "GET") -> str:
        """Envoy's own door."""
        return await _admin(self.folder / "admin", path, verb)

    def log(self) -> list[dict[str, Any]]:
        """The lines of the access log so far."""
        return [json.loads(line) for line in (self.folder / "access.log").read_text().splitlines()]


@dataclass(frozen=True)
class Answer:
    """An HTTP response, read whole."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, which must be JSON and say so."""
        assert self.headers["content-type"] == "application/json", self
        return json.loads(self.body)

    @property
    def reason(self) -> str:
        """Of an error: the reason of its google.rpc.ErrorInfo."""
        found = [d for d in self.json["details"] if d["@type"] == "type.googleapis.com/google.rpc.ErrorInfo"]
        assert len(found) == 1, self
        return str(found[0]["reason"])


@asynccontextmanager
async def edge(config: EdgeConfig) -> AsyncIterator[Edge]:
    """An Envoy with this configuration, on a free port, until the block ends."""
    # Not pytest's folder: the path of a Unix socket is short.
    with tempfile.TemporaryDirectory(prefix="edge-") as name:
        folder = Path(name)
        log = folder / "access.log"
        log.touch()
        config = replace(config, listen=Address("127.0.0.1", 0), admin=folder / "admin", access_log=str(log))
        (folder / "envoy.yaml").write_text(render(config), encoding="utf-8")
        command = [ENVOY, *ENVOY_OPTIONS, "--concurrency", "2", "--log-level", "warning"]
        with (folder / "envoy.log").open("wb") as output:
            process = _start([*command, "--config-path", str(folder / "envoy.yaml")], output)
        try:
            port = await _listening(folder, process)
            channel = _channel(config, port)
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=False),
                auto_decompress=False,
                headers={"accept-encoding": "identity"},
            )
            async with channel, session as http:
                yield Edge(config, port, folder, process, http, channel)
        finally:
            process.kill()
            process.wait()


def _start(command: list[str], output: BinaryIO) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(tethered(command), stdout=output, stderr=output)


def _channel(config: EdgeConfig, port: int) -> grpc.aio.Channel:
    if config.tls is None:
        return grpc.aio.insecure_channel(f"127.0.0.1:{port}")
    root = grpc.ssl_channel_credentials(Path(config.tls.certificate).read_bytes())
    options = [("grpc.ssl_target_name_override", "localhost")]
    return grpc.aio.secure_channel(f"127.0.0.1:{port}", root, options=options)


async def _listening(folder: Path, process: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            listeners = json.loads(await _admin(folder / "admin", "/listeners?format=json"))
            address = listeners["listener_statuses"][0]["local_address"]["socket_address"]
            with socket.create_connection((address["address"], address["port_value"]), 1):
                return int(address["port_value"])
        except (OSError, aiohttp.ClientError, LookupError, ValueError):
            await asyncio.sleep(0.02)
    raise AssertionError((folder / "envoy.log").read_text())


async def _admin(path: Path, url: str, verb: str = "GET") -> str:
    connector = aiohttp.UnixConnector(str(path))
    async with (
        aiohttp.ClientSession(connector=connector) as http,
        http.request(verb, f"http://admin{url}") as response,
    ):
        return await response.text()
