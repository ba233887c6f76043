"""Whether the process lives, whether it can work, and what it counts."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

Readiness = Callable[[], Awaitable[str]]
"""What keeps the process from working, in a few words; "" when nothing does."""


def add_to(app: web.Application, ready: Readiness, metrics: CollectorRegistry) -> None:
    """Add GET and HEAD of /health, /readyz and /metrics."""

    async def health(_: web.Request) -> web.Response:
        # It answers, so it lives: a database that is away is no reason to be restarted.
        return web.json_response({"status": "ok"})

    async def readiness(_: web.Request) -> web.Response:
        problem = await ready()
        if problem:
            return web.json_response({"status": "unavailable", "problem": problem}, status=503)
        return web.json_response({"status": "ok"})

    async def counts(_: web.Request) -> web.Response:
        # The header holds a version parameter that aiohttp's content_type argument refuses.
        return web.Response(body=generate_latest(metrics), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.router.add_get("/health", health)
    app.router.add_get("/readyz", readiness)
    app.router.add_get("/metrics", counts)
