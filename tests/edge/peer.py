"""The server behind the edge in these tests: EdgeService, health and a plain-HTTP side, in a process of its own.

`python -m tests.edge.peer GRPC_PORT HTTP_PORT`, 0 for any free one, prints both ports when it serves.
"""

import asyncio
import hashlib
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any

import grpc
from aiohttp import web
from google.api import httpbody_pb2
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc.aio import ServicerContext as Context
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_status import rpc_status

from tests.pb.cnt.testing.v1 import edge_service_pb2 as pb2
from tests.pb.cnt.testing.v1 import edge_service_pb2_grpc as rpc

FILE = bytes(range(256)) * 40


class EdgeService(rpc.EdgeServiceServicer):
    """Each RPC as its comment in edge_service.proto says."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.watches: dict[str, asyncio.Semaphore] = {}
        self.ended: set[str] = set()

    async def See(self, request: pb2.SeeRequest, context: Context[Any, Any]) -> pb2.SeeResponse:
        headers: dict[str, str] = {}
        for name, value in context.invocation_metadata() or ():
            text = value if isinstance(value, str) else value.hex()
            headers[name] = f"{headers[name]},{text}" if name in headers else text
        if request.name == "ended":
            headers["ended"] = " ".join(sorted(self.ended))
        return pb2.SeeResponse(
            name=request.name,
            q=request.q,
            headers=headers,
            edge_mood=pb2.EDGE_MOOD_CALM,
            filler="x" * request.size,
            port=self.port,
        )

    async def Change(self, request: pb2.ChangeRequest, context: Context[Any, Any]) -> pb2.ChangeResponse:
        return pb2.ChangeResponse(name=request.name, title=request.title)

    async def Fail(self, request: pb2.FailRequest, context: Context[Any, Any]) -> pb2.FailResponse:
        await context.abort_with_status(rpc_status.to_status(refusal(request.code)))

    async def Sleep(self, request: pb2.SleepRequest, context: Context[Any, Any]) -> pb2.SleepResponse:
        await asyncio.sleep(60)
        return pb2.SleepResponse()

    async def Follow(self, request: pb2.FollowRequest, context: Context[Any, Any]) -> AsyncIterator[pb2.FollowResponse]:
        released = self.watches.setdefault(request.name, asyncio.Semaphore(0))
        try:
            for number in range(1, request.count + 1):
                yield pb2.FollowResponse(number=number)
                await released.acquire()
            if request.code:
                await context.abort_with_status(rpc_status.to_status(refusal(request.code)))
        finally:
            self.ended.add(request.name)

    async def Release(self, request: pb2.ReleaseRequest, context: Context[Any, Any]) -> pb2.ReleaseResponse:
        if watch := self.watches.get(request.name):
            watch.release()
        return pb2.ReleaseResponse(watched=watch is not None)

    async def Upload(
        self, requests: AsyncIterator[pb2.UploadRequest], context: Context[Any, Any]
    ) -> pb2.UploadResponse:
        sha256, answer = hashlib.sha256(), pb2.UploadResponse()
        async for request in requests:
            sha256.update(request.file.data)
            answer.size += len(request.file.data)
            answer.pieces += 1
            answer.name = answer.name or request.name
            answer.content_type = answer.content_type or request.file.content_type
        answer.sha256 = sha256.hexdigest()
        return answer

    async def Chat(
        self, requests: AsyncIterator[pb2.ChatRequest], context: Context[Any, Any]
    ) -> AsyncIterator[pb2.ChatResponse]:
        async for request in requests:
            yield pb2.ChatResponse(text=request.text)

    async def Hook(self, request: pb2.HookRequest, context: Context[Any, Any]) -> pb2.HookResponse:
        headers = dict(context.invocation_metadata() or ())
        signature = str(headers.get("stripe-signature", ""))
        return pb2.HookResponse(sha256=hashlib.sha256(request.event.data).hexdigest(), signature=signature)

    async def Download(self, request: pb2.DownloadRequest, context: Context[Any, Any]) -> pb2.DownloadResponse:
        data = b"x" * int(request.file.partition(".")[0])
        return pb2.DownloadResponse(body=httpbody_pb2.HttpBody(content_type="text/plain", data=data))


def refusal(code: int) -> status_pb2.Status:
    """A status with every detail that our errors carry."""
    status = status_pb2.Status(code=code, message="as you wished: 100 %, ü")
    for detail in (
        error_details_pb2.ErrorInfo(reason="PROBE_FAILED", domain="cnt", metadata={"key": "value"}),
        error_details_pb2.RequestInfo(request_id="r-1"),
        error_details_pb2.BadRequest(
            field_violations=[error_details_pb2.BadRequest.FieldViolation(field="code", description="is a code")]
        ),
    ):
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    return status


async def say(request: web.Request) -> web.StreamResponse:
    """A file with byte ranges; every other path says where it came from."""
    if request.path.startswith("/media/"):
        start = int(request.headers.get("range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        headers = {"etag": '"1"', "accept-ranges": "bytes", "content-type": "audio/mpeg"}
        if start:
            headers["content-range"] = f"bytes {start}-{len(FILE) - 1}/{len(FILE)}"
        return web.Response(body=FILE[start:], status=206 if start else 200, headers=headers)
    return web.json_response({"side": request.path, "headers": dict(request.headers)})


async def serve(grpc_port: int, http_port: int) -> None:
    """Serves until SIGTERM."""
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    grpc_port = server.add_insecure_port(f"127.0.0.1:{grpc_port}")
    rpc.add_EdgeServiceServicer_to_server(EdgeService(grpc_port), server)
    state = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(state, server)
    await state.set("", health_pb2.HealthCheckResponse.SERVING)
    await server.start()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", say)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", http_port)
    await site.start()
    sys.stdout.write(f"{grpc_port} {runner.addresses[0][1]}\n")
    sys.stdout.flush()

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    # SIGUSR1 makes it ill, as a lost database would: it still answers, but says that it does not serve.
    loop.add_signal_handler(
        signal.SIGUSR1, lambda: loop.create_task(state.set("", health_pb2.HealthCheckResponse.NOT_SERVING))
    )
    await stop.wait()
    await server.stop(0)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
