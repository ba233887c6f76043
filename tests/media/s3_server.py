"""An S3-compatible server over HTTP for tests, in a process of its own, and a road to it that can be broken."""

import asyncio
import contextlib
import io
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import boto3
from aiohttp import web

from cnt_grpc.media.s3 import S3Access
from tests import machine

KEY_ID, SECRET = "testing", "testing"


@contextlib.contextmanager
def running() -> Iterator[str]:
    """A small one in Python; its address."""
    port = _free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with _listening(command, port) as url:
        yield url


@contextlib.contextmanager
def real(folder: Path) -> Iterator[str]:
    """One that people run, with its files in this folder; its address. Skips the test where it is missing."""
    port = _free_port()
    for each in ("objects", "attributes"):
        (folder / each).mkdir()
    command = [machine.program("versitygw"), "--port", f"127.0.0.1:{port}", "--access", KEY_ID, "--secret", SECRET]
    # Attributes in files: not every disk keeps them beside the objects.
    command += ["--quiet", "posix", "--sidecar", str(folder / "attributes"), str(folder / "objects")]
    with _listening(command, port) as url:
        yield url


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def _listening(command: list[str], port: int) -> Iterator[str]:
    # It knows uploads in parts of less than 5 MiB only by this; ours are larger but for the last one.
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "MOTO_ACCOUNT_ID": "1" * 12}
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def new_bucket(url: str) -> S3Access:
    """An empty bucket."""
    access = S3Access(f"bucket-{uuid.uuid4().hex}", endpoint=url, key_id=KEY_ID, secret=SECRET)
    client = boto3.client(
        "s3", endpoint_url=url, region_name=access.region, aws_access_key_id=KEY_ID, aws_secret_access_key=SECRET
    )
    client.create_bucket(Bucket=access.bucket)
    client.close()
    return access


@dataclass
class Road:
    """Between client and server: passes every request on, but for those that it is told to break."""

    target: str
    url: str = ""
    broken: set[int] = field(default_factory=set)
    """Numbers of the requests that are broken, from 0."""
    how: str = "500"
    """`500`: the server fails; `late`: no answer before the client gives up; `after`: done, but the answer is lost."""
    late: float = 1.5
    """Seconds that a late answer takes."""
    seen: list[str] = field(default_factory=list)

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        number = len(self.seen)
        self.seen.append(f"{request.method} {request.path_qs}")
        body = await request.read()
        if number in self.broken and self.how == "500":
            return web.Response(status=500, text="<Error><Code>InternalError</Code></Error>")
        if number in self.broken and self.how == "late":
            await asyncio.sleep(self.late)
            return web.Response(status=500)
        ours = {"transfer-encoding", "expect"}
        headers = {name: value for name, value in request.headers.items() if name.lower() not in ours}
        async with (
            aiohttp.ClientSession(auto_decompress=False) as session,
            session.request(
                request.method, f"{self.target}{request.raw_path}", data=io.BytesIO(body), headers=headers
            ) as answer,
        ):
            data = await answer.read()
        if number in self.broken and self.how == "after":
            return web.Response(status=500, text="<Error><Code>InternalError</Code></Error>")
        kept = {n: v for n, v in answer.headers.items() if n.lower() not in {"content-length", "transfer-encoding"}}
        if request.method == "HEAD":
            kept["Content-Length"] = answer.headers.get("Content-Length", "0")
        return web.Response(status=answer.status, body=data if request.method != "HEAD" else None, headers=kept)


@asynccontextmanager
async def road_to(target: str) -> AsyncIterator[Road]:
    """A road to the server."""
    road = Road(target)
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", road.pass_on)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    road.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield road
    finally:
        await runner.cleanup()
