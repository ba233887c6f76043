"""The server that is measured: `cnt-grpc serve` with all rooms, and ProbeService beside them for calls that do nothing.

`python -m bench.server DSN FOLDER` prints its gRPC and plain-HTTP ports when it listens, and serves until it is killed.
"""

import asyncio
import sys
import time
from pathlib import Path

import uvloop
from pydantic import SecretStr

from cnt_grpc.app import Server, opened, servicers
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.kit.telemetry import configure_logs
from cnt_grpc.settings import Settings
from tests.kit.probe import ProbeService
from tests.pb.cnt.testing.v1 import probe_service
from tests.pb.cnt.testing.v1 import probe_service_pb2 as pb2

HOST = "127.0.0.1"
SECRET_KEY = "a secret for measurements, long enough for every check"  # noqa: S105  (of a database that lasts minutes)

WORK_SECONDS = 0.002
"""What one call of ActOutside keeps the processor busy for."""


class Probe(ProbeService):
    """The probe service, with a call that costs something."""

    async def ActOutside(self, request: pb2.ActOutsideRequest, call: Call) -> pb2.ActOutsideResponse:  # noqa: ARG002
        """Compute for WORK_SECONDS."""
        end = time.thread_time() + WORK_SECONDS
        while time.thread_time() < end:
            pass
        return pb2.ActOutsideResponse(count=1)


def settings(dsn: str, folder: Path) -> Settings:
    """The defaults, whatever the environment and `.env` of this machine say."""
    return Settings.model_construct(secret_key=SecretStr(SECRET_KEY), database_url=SecretStr(dsn), cnt_state_dir=folder)


async def serve(dsn: str, folder: Path) -> None:
    """Serve on free ports until killed."""
    configure_logs("ERROR", as_json=False)
    async with opened(settings(dsn, folder)) as system:
        services = {**servicers(system), probe_service.SERVICE: Probe()}
        ports = await Server(system, services).start(HOST, 0, 0)
        print(*ports, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], Path(sys.argv[2])))
