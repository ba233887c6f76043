"""The aiohttp application, put together."""

from aiohttp import web
from prometheus_client import CollectorRegistry

from cnt_grpc.http import files, health
from cnt_grpc.http.health import Readiness
from cnt_grpc.media import Shelf


def make_app(*, ready: Readiness, metrics: CollectorRegistry, shelf: Shelf | None = None) -> web.Application:
    """An application with /health, /readyz and /metrics, and with /media/… where files are kept in a local folder."""
    app = web.Application()
    health.add_to(app, ready, metrics)
    if shelf is not None:
        files.add_to(app, shelf)
    return app


async def serve(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Listen; `await runner.cleanup()` stops it. Port 0 takes a free one, which `runner.addresses` tells."""
    # Envoy writes the access log.
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=5)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner
