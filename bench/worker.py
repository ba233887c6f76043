"""The worker beside the server that is measured: `python -m bench.worker DSN FOLDER` works until it is killed."""

import asyncio
import sys
from pathlib import Path

import uvloop

from bench.server import settings
from cnt_grpc import media
from cnt_grpc.app import handlers, opened
from cnt_grpc.app.processes import WORKER_NICENESS
from cnt_grpc.kit.jobs.worker import Worker
from cnt_grpc.kit.telemetry import configure_logs


async def work(dsn: str, folder: Path) -> None:
    """Run what is enqueued."""
    configure_logs("ERROR", as_json=False)
    media.sandbox.yield_to_others(WORKER_NICENESS)
    async with opened(settings(dsn, folder)) as system, Worker(system.db, handlers(system)):
        print(system.settings.edits_at_once, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(work(sys.argv[1], Path(sys.argv[2])))
