"""The floor: grpc.aio with handlers that return bytes made beforehand, which is the least a Python server can do.

`python -m bench.floor` reads its answers as JSON from standard input ({"package.Service/Method": base64}), prints its
port when it listens, and serves until it is killed.
"""

import asyncio
import base64
import json
import sys
from collections.abc import Awaitable, Callable
from itertools import groupby

import grpc
import uvloop
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

Handler = Callable[[bytes, object], Awaitable[bytes]]


def _returns(answer: bytes) -> Handler:
    async def handle(_request: bytes, _context: object) -> bytes:
        return answer

    return handle


async def serve(answers: dict[str, bytes]) -> None:
    """Serve on a free port until killed."""
    server = grpc.aio.server()
    for service, methods in groupby(sorted(answers), key=lambda name: name.partition("/")[0]):
        handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
            name.partition("/")[2]: grpc.unary_unary_rpc_method_handler(_returns(answers[name])) for name in methods
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    # Envoy sends calls only to servers that say that they are well.
    well = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(well, server)
    await well.set("", health_pb2.HealthCheckResponse.SERVING)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve({name: base64.b64decode(answer) for name, answer in json.load(sys.stdin).items()}))
