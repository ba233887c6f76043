"""The way of every call, whatever its kind, from bytes to bytes.

    telemetry → errors → deadline → identity, policy, rate → validation → transaction → idempotency → handler
    └──── outcome.py ────┘           └────── here ───────┘   validation.py   └──────── running.py ─────────┘

Handlers are wrapped once, when they are registered, and without gRPC's own (de)serialisers: malformed bytes are ours to
answer, identity comes before parsing, and the bytes are the cache's key as they are.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import grpc
from google.protobuf import message

from cnt_grpc.kit.db import Database
from cnt_grpc.kit.errors import Denied, Unauthenticated, Unavailable
from cnt_grpc.kit.rpc import policy, validation
from cnt_grpc.kit.rpc.cache import AnswerCache
from cnt_grpc.kit.rpc.call import ANONYMOUS, Call, Caller, Headers
from cnt_grpc.kit.rpc.deadlines import Deadlines
from cnt_grpc.kit.rpc.hearing_out import HearingOut
from cnt_grpc.kit.rpc.identity import Identity
from cnt_grpc.kit.rpc.outcome import ClientGone, Outcome
from cnt_grpc.kit.rpc.policy import Method
from cnt_grpc.kit.rpc.rate import Limiter
from cnt_grpc.kit.rpc.running import Handler, Runner
from cnt_grpc.kit.rpc.streams import OpenStream, OpenStreams
from cnt_grpc.kit.telemetry import CallMetrics, MethodStats
from cnt_grpc.pb.cnt.common.v1.policy_pb2 import ACCESS_WEBHOOK
from cnt_grpc.pb.cnt.common.v1.reason import Reason

Context = Any  # grpc.aio.ServicerContext; its stubs are generic over messages, and here all are bytes
StreamHandler = Callable[[Any, Call], AsyncIterator[message.Message]]
Wrapped: TypeAlias = "grpc.RpcMethodHandler[bytes, bytes]"


@dataclass(slots=True)
class Pipeline:
    """What the steps share in one process."""

    db: Database
    identity: Identity
    trusted_hops: int = 0
    metrics: CallMetrics = field(default_factory=CallMetrics)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    streams: OpenStreams = field(init=False)
    runner: Runner = field(init=False)
    _cache: AnswerCache = field(default_factory=AnswerCache)
    _limiter: Limiter = field(default_factory=Limiter)
    _deadlines: Deadlines = field(default_factory=Deadlines)

    def __post_init__(self) -> None:
        self.streams = OpenStreams(self.identity)
        self.runner = Runner(self.db)

    def handlers(self, service: str, servicer: object) -> dict[str, Wrapped]:
        """Wrap all methods of a service, by path; raises PolicyError when one has no policy or no handler."""
        return {f"/{each.full_name}": self._wrap(each, servicer) for each in policy.methods_of(service)}

    def _wrap(self, method: Method, servicer: object) -> Wrapped:
        handler = getattr(servicer, method.name, None)
        if handler is None:
            missing = f"{type(servicer).__name__} does not implement {method.full_name}"
            raise policy.PolicyError(missing)
        stats = self.metrics.of(method.full_name)
        match method.client_streaming, method.server_streaming:
            case False, False:
                return grpc.unary_unary_rpc_method_handler(self._unary(method, handler, stats))
            case False, True:
                return grpc.unary_stream_rpc_method_handler(self._server_stream(method, handler, stats))
            case True, False:
                return grpc.stream_unary_rpc_method_handler(self._client_stream(method, handler, stats))
            case _:
                return grpc.stream_stream_rpc_method_handler(self._both_stream(method, handler, stats))

    # -- the four kinds -----------------------------------------------------------------------------------------------

    def _unary(self, method: Method, handler: Handler, stats: MethodStats) -> Callable[..., Awaitable[bytes]]:
        valid = validation.parser(method.request)
        name = method.full_name
        keeps = method.cache
        run = self.runner.of(method, handler)

        async def serve(raw: bytes, context: Context) -> bytes:
            headers = context.invocation_metadata()
            # An answer kept for anonymous callers needs no other step: it passed them all a moment ago.
            if keeps and not _header(headers, "authorization"):
                kept = self._cache.get((name, raw))
                if kept is not None:
                    stats.count(grpc.StatusCode.OK, 0.0)
                    return kept
            call = self._call(method, context, headers)
            async with Outcome(method, call, context, stats) as outcome:
                with self._deadlines.until(call.deadline):
                    await self._identify(method, call)
                    if keeps and call.caller.is_anonymous:
                        return await self._cache.fill((name, raw), keeps, lambda: run(call, valid(raw)))
                    outcome.request = request = valid(raw)
                    return await run(call, request)

        return serve

    def _server_stream(
        self, method: Method, handler: StreamHandler, stats: MethodStats
    ) -> Callable[..., Awaitable[None]]:
        valid = validation.parser(method.request)

        async def serve(raw: bytes, context: Context) -> None:
            call = self._call(method, context, context.invocation_metadata())
            async with Outcome(method, call, context, stats) as outcome:
                with await self._opened(method, call):
                    outcome.request = request = valid(raw)
                    await _send(handler(request, call), context)

        return serve

    def _client_stream(self, method: Method, handler: Handler, stats: MethodStats) -> Callable[..., Awaitable[bytes]]:
        async def serve(raws: AsyncIterator[bytes], context: Context) -> bytes:
            call = self._call(method, context, context.invocation_metadata())
            async with Outcome(method, call, context, stats), HearingOut(context):
                with await self._opened(method, call):
                    return (await handler(_requests(method, raws), call)).SerializeToString()

        return serve

    def _both_stream(
        self, method: Method, handler: StreamHandler, stats: MethodStats
    ) -> Callable[..., Awaitable[None]]:
        async def serve(raws: AsyncIterator[bytes], context: Context) -> None:
            call = self._call(method, context, context.invocation_metadata())
            async with Outcome(method, call, context, stats), HearingOut(context):
                with await self._opened(method, call):
                    await _send(handler(_requests(method, raws), call), context)

        return serve

    # -- the steps ----------------------------------------------------------------------------------------------------

    def _call(self, method: Method, context: Context, headers: Headers) -> Call:
        """Deadline: the policy's, or the caller's when that is nearer."""
        seconds = method.deadline
        left = context.time_remaining()
        if left is not None and left < seconds:
            seconds = left
        # By position: names would be gathered in a dictionary for each call.
        return Call(
            method.full_name,
            ANONYMOUS,
            self.db,
            headers,
            context.peer,
            self.trusted_hops,
            time.monotonic() + seconds,
            self.stopping,
        )

    async def _opened(self, method: Method, call: Call) -> OpenStream:
        """The first steps of a stream, and the block around the others: it ends in time, and with its session."""
        if self.stopping.is_set():
            raise Unavailable(Reason.STOPPING)
        await self._identify(method, call)
        call.forget_token()
        return self.streams.holding(method, call.caller.session_id, call.deadline)

    async def _identify(self, method: Method, call: Call) -> None:
        """Identity, policy and rate: all before the request is even parsed."""
        # A provider's authorization is its signature on the body, and its handler's to check.
        authorization = "" if method.access == ACCESS_WEBHOOK else _header(call.headers, "authorization")
        if authorization:
            call.caller = self.identity.remembered(authorization) or await self._caller(method, authorization)
        try:
            policy.allow(method, call.caller)
        except Denied:
            # What is remembered for a second may lack a role or a confirmation that was given meanwhile.
            self.identity.doubt(call.caller.session_id)
            call.caller = await self._caller(method, authorization)
            policy.allow(method, call.caller)
        if method.rate is not None:
            user_id = call.caller.user_id
            self._limiter.take(method, f"user {user_id}" if user_id else call.address)

    async def _caller(self, method: Method, authorization: str) -> Caller:
        try:
            return await self.identity.caller(authorization)
        except Unauthenticated:
            if not method.ignores_bad_token:
                raise
            return ANONYMOUS


async def _send(replies: AsyncIterator[message.Message], context: Context) -> None:
    """Write each reply as it comes; gRPC's flow control holds the handler back while the client reads slowly."""
    try:
        async for reply in replies:
            await context.write(reply.SerializeToString())
    except grpc.aio.InternalError:
        # The connection broke under the message; gRPC will cancel the call, and says so first in this way.
        raise ClientGone from None
    finally:
        # A generator that is left in the middle must let go of what it holds now, not when it is collected.
        if isinstance(replies, AsyncGenerator):
            await replies.aclose()


async def _requests(method: Method, raws: AsyncIterator[bytes]) -> AsyncIterator[message.Message]:
    valid = validation.parser(method.request)
    async for raw in raws:
        yield valid(raw)


def _header(headers: Headers, name: str) -> str:
    for each, value in headers:
        if each == name and isinstance(value, str):
            return value
    return ""
