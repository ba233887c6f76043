"""A headless Chromium, driven over its DevTools protocol: enough to call functions of its pages."""

import asyncio
import itertools
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

from cnt_grpc.dev.tether import tethered
from tests.machine import program

FLAGS = (
    "--headless",
    # As root there is no sandbox. The pages are ours.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # Nothing but our pages may use the network.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # In containers /dev/shm is small.
    "--disable-dev-shm-usage",
    # The certificates of tests sign themselves.
    "--ignore-certificate-errors",
    "--remote-debugging-port=0",
)


class Page:
    """One page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)

    async def call(self, function: str, *arguments: object) -> Any:
        """What a function of `window.page` returns, promises awaited. AssertionError when it throws."""
        words = ", ".join(json.dumps(argument) for argument in arguments)
        return await self.evaluate(f"page.{function}({words})")

    async def open(self, url: str) -> None:
        """Goes to `url`, and waits until its script has run."""
        await self.visit(url, "'page' in window")

    async def visit(self, url: str, is_ready: str) -> None:
        """Goes to `url`, and waits until an expression is true there."""
        await self._send("Page.navigate", url=url)
        await self.until(f"location.href === {json.dumps(url)} && {is_ready}")

    async def until(self, expression: str) -> None:
        """Waits until an expression is true."""
        deadline = time.monotonic() + 20
        while not await self.evaluate(expression):
            assert time.monotonic() < deadline, f"the page does not load: {expression}"
            await asyncio.sleep(0.05)

    async def choose(self, selector: str, file: Path) -> None:
        """Puts a file of this machine into an input of the page, as somebody does who picks it."""
        found = await self._send("Runtime.evaluate", expression=f"document.querySelector({json.dumps(selector)})")
        await self._send("DOM.setFileInputFiles", files=[str(file)], objectId=found["result"]["objectId"])

    async def slow_down(self, *, up: float, down: float) -> None:
        """Gives the page a network of so many bytes a second."""
        await self._send("Network.enable")
        speed = {"uploadThroughput": up, "downloadThroughput": down}
        await self._send("Network.emulateNetworkConditions", offline=False, latency=0, **speed)

    async def evaluate(self, expression: str) -> Any:
        """What an expression gives in the page, promises awaited. AssertionError when it throws."""
        answer = await self._send(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in answer:
            raise AssertionError(json.dumps(answer["exceptionDetails"], indent=2))
        return answer["result"].get("value")

    async def _send(self, method: str, **parameters: object) -> dict[str, Any]:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async for message in self._socket:
            answer = message.json()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result
        raise AssertionError("the browser has gone")


@asynccontextmanager
async def browser() -> AsyncIterator[Page]:
    """A fresh Chromium with an empty profile and one page; skips the test where there is none."""
    async with pages(1) as [page]:
        yield page


@asynccontextmanager
async def pages(number: int) -> AsyncIterator[list[Page]]:
    """Likewise, with several pages."""
    chromium = program("chromium", "chromium-browser", "google-chrome")
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        process = _start([chromium, *FLAGS, f"--user-data-dir={profile}", "about:blank"], Path(profile) / "log")
        try:
            port = await _port(Path(profile), process)
            async with AsyncExitStack() as stack:
                http = await stack.enter_async_context(aiohttp.ClientSession())
                for _ in range(number - 1):
                    async with http.put(f"http://127.0.0.1:{port}/json/new") as answer:
                        assert answer.status == HTTPStatus.OK, await answer.text()
                async with http.get(f"http://127.0.0.1:{port}/json") as answer:
                    targets = await answer.json()
                urls = [target["webSocketDebuggerUrl"] for target in targets if target["type"] == "page"]
                yield [Page(await stack.enter_async_context(http.ws_connect(url, max_msg_size=0))) for url in urls]
        finally:
            # It has children of its own: the whole group goes.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _start(command: list[str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        return subprocess.Popen(tethered(command), stdout=output, stderr=output, start_new_session=True)


async def _port(profile: Path, process: "subprocess.Popen[bytes]") -> int:
    deadline = time.monotonic() + 30
    told = profile / "DevToolsActivePort"
    while time.monotonic() < deadline and process.poll() is None:
        if told.exists() and (lines := told.read_text().splitlines()):
            return int(lines[0])
        await asyncio.sleep(0.05)
    raise AssertionError((profile / "log").read_text())
