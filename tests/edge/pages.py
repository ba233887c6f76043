"""Web pages for browser tests: bundled from TypeScript, and served on an origin of their own."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from tests.edge.edges import ROOT
from tests.harness.running import HOST

BUNDLER = ROOT / "tests" / "edge" / "node_modules" / "esbuild" / "bin" / "esbuild"
CLIENT = ROOT / "clients" / "typescript"
FOLDER = ROOT / "tests" / "edge" / "web"
NODE = Path(sys.executable).with_name("node")


def bundled(page: str, folder: Path) -> bytes:
    """A page of tests/edge/web, such as page.ts, and all that it imports, as one script; written into a folder."""
    for needed in (BUNDLER, CLIENT / "node_modules"):
        assert needed.exists(), f"{needed} is missing: run `make env-dev`"
    script = folder / "page.js"
    options = ["--bundle", "--format=esm", "--target=es2022", "--log-level=warning", f"--outfile={script}"]
    subprocess.run(
        [NODE, BUNDLER, page, *options],
        cwd=FOLDER,
        env=os.environ | {"NODE_PATH": str(CLIENT / "node_modules")},
        check=True,
    )
    return script.read_bytes()


@asynccontextmanager
async def site(bundle: bytes) -> AsyncIterator[str]:
    """A web server with the page, on an origin of its own; gives the origin."""

    async def document(_: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><script type=module src=/page.js></script>", content_type="text/html")

    async def script(_: web.Request) -> web.Response:
        return web.Response(body=bundle, content_type="text/javascript")

    app = web.Application()
    app.add_routes([web.get("/", document), web.get("/page.js", script)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    yield f"http://{HOST}:{runner.addresses[0][1]}"
    await runner.cleanup()
