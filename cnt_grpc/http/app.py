"""The aiohttp application, put together."""

from aiohttp import web
from prometheus_client import CollectorRegistry

from cnt_grpc.auth import GoogleRedirect
from cnt_grpc.http import docs, files, google, health
from cnt_grpc.http.health import Readiness
from cnt_grpc.media import Shelf


def make_app(
    *,
    ready: Readiness,
    metrics: CollectorRegistry,
    shelf: Shelf | None = None,
    google_redirect: GoogleRedirect | None = None,
) -> web.Application:
    """An application with /health, /readyz, /metrics, /docs and /openapi.json, with /media/… where files are kept in a
    local folder, and with the addresses of the sign-in by Google that are no calls.
    """
    app = web.Application()
    health.add_to(app, ready, metrics)
    docs.add_to(app)
    if shelf is not None:
        files.add_to(app, shelf)
    if google_redirect is not None:
        google.add_to(app, google_redirect)
    return app


async def serve(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Listen; `await runner.cleanup()` stops it. Port 0 takes a free one, which `runner.addresses` tells."""
    # Envoy writes the access log.
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=5)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner
