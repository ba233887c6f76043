"""livekit/livekit.yaml, which docker-compose mounts, with the real server: it starts, with keys of the environment."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import jwt
import pytest
import yaml
from aiohttp import web

from cnt_grpc.live.livekit import LiveKit
from cnt_grpc.live.standing import Role
from cnt_grpc.live.tokens import Minter
from livekit import rtc
from tests import machine
from tests.live.server import HOST, Server, free_ports

ROOT = Path(__file__).parents[2]
KEY, SECRET = "a-key-of-the-environment", "a secret of the environment, long enough"
KEYS = {"LIVEKIT_KEYS": f"{KEY}: {SECRET}", "LIVEKIT_WEBHOOK_API_KEY": KEY}
"""As docker-compose.yml names them."""


@asynccontextmanager
async def mailbox() -> AsyncIterator[tuple[str, list[tuple[str, bytes]]]]:
    """Where events go, and what came: the signature and the body."""
    came: list[tuple[str, bytes]] = []

    async def take(request: web.Request) -> web.Response:
        came.append((request.headers["Authorization"], await request.read()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/webhooks/livekit", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    yield f"http://{HOST}:{runner.addresses[0][1]}/webhooks/livekit", came
    await runner.cleanup()


def configured(folder: Path, url: str) -> Server:
    """The server with our file, but for what must differ here: ports that are free, and where events go."""
    configuration: dict[str, Any] = yaml.safe_load((ROOT / "livekit" / "livekit.yaml").read_text())
    configuration["port"], configuration["rtc"]["tcp_port"] = free_ports(2)
    configuration["webhook"]["urls"] = [url]
    (folder / "livekit.yaml").write_text(yaml.safe_dump(configuration))
    return Server(machine.program("livekit-server"), folder, configuration["port"])


async def test_it_starts_and_its_keys_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    async with mailbox() as (url, came):
        server = configured(tmp_path, url)
        await server.start()
        rooms = LiveKit(server.url, KEY, SECRET)
        try:
            await rooms.open("a-room")
            assert list(await rooms.names()) == ["a-room"]
            # No room is made by whoever comes.
            way = Minter(KEY, SECRET).mint(
                room="another", kind="voice", identity="user-1", name="Ann", role=Role.HOST, shares_screen=True
            )
            with pytest.raises(rtc.ConnectError):
                await rtc.Room().connect(server.url.replace("http", "ws", 1), way.token)
            async with asyncio.timeout(20):
                while not came:
                    await asyncio.sleep(0.05)
        finally:
            await rooms.aclose()
            await server.stop()
    signature, body = came[0]
    assert jwt.decode(signature, SECRET, algorithms=["HS256"])["iss"] == KEY
    assert json.loads(body)["event"] == "room_started"


async def test_it_does_not_start_without_keys(tmp_path: Path) -> None:
    server = configured(tmp_path, "http://127.0.0.1:9/")
    environment = {name: value for name, value in os.environ.items() if name not in KEYS}
    process = await asyncio.create_subprocess_exec(
        *(server.program, "--config", str(tmp_path / "livekit.yaml")),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 30)
    assert b"keys must be provided" in output, output
