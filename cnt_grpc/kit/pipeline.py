"""The way of every call, whatever its kind, from bytes to bytes.

    telemetry → errors → deadline → identity, policy, rate → validation → transaction → idempotency → handler

Handlers are wrapped once, when they are registered, and without gRPC's own (de)serialisers: malformed bytes are ours to
answer, identity comes before parsing, and the bytes are the cache's key as they are. `Pipeline.handlers` is the way in;
the steps follow in the order in which a call meets them.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import grpc
import structlog
from google.protobuf import message
from google.rpc import status_pb2
from grpc_status import rpc_status

from cnt_grpc.kit import idempotency, policy, scrub, status, validation
from cnt_grpc.kit.cache import AnswerCache
from cnt_grpc.kit.call import ANONYMOUS, Call, Caller, Headers
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.errors import AppError, Changed, Contention, Exhausted, Invalid, TimedOut, Unauthenticated, Unavailable
from cnt_grpc.kit.identity import Identity, bearer
from cnt_grpc.kit.policy import Method
from cnt_grpc.kit.rate import Limiter
from cnt_grpc.kit.streams import OpenStream, OpenStreams
from cnt_grpc.kit.telemetry import SLOW, CallMetrics, MethodStats
from cnt_grpc.pb.cnt.common.v1 import policy_pb2
from cnt_grpc.pb.cnt.common.v1.reason import Reason

RUNS = 3
"""How often a call is run that keeps meeting other transactions."""

_log = structlog.get_logger("cnt.pipeline")
_NOT_KEPT = (Unavailable, TimedOut, Changed, Exhausted)
"""Refusals that a retry with the same id may overcome, and which are therefore not stored as its answer."""

Context = Any  # grpc.aio.ServicerContext; its stubs are generic over messages, and here all are bytes
UnaryHandler = Callable[[Any, Call], Awaitable[message.Message]]
StreamHandler = Callable[[Any, Call], AsyncIterator[message.Message]]


@dataclass(slots=True)
class Pipeline:
    """What the steps share in one process."""

    db: Database
    identity: Identity
    trusted_hops: int = 0
    metrics: CallMetrics = field(default_factory=CallMetrics)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    streams: OpenStreams = field(init=False)
    _cache: AnswerCache = field(default_factory=AnswerCache)
    _limiter: Limiter = field(default_factory=Limiter)
    _twins: idempotency.Twins = field(default_factory=idempotency.Twins)

    def __post_init__(self) -> None:
        self.streams = OpenStreams(self.identity)

    def handlers(self, service: str, servicer: object) -> grpc.GenericRpcHandler:
        """Wrap all methods of a service; raises PolicyError when one has no policy or no handler."""
        wrapped = {each.name: self._wrap(each, servicer) for each in policy.methods_of(service)}
        return grpc.method_handlers_generic_handler(service, wrapped)

    def _wrap(self, method: Method, servicer: object) -> grpc.RpcMethodHandler:
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

    def _unary(self, method: Method, handler: UnaryHandler, stats: MethodStats) -> Callable[..., Awaitable[bytes]]:
        async def serve(raw: bytes, context: Context) -> bytes:
            started = time.perf_counter()
            headers = context.invocation_metadata()
            # An answer kept for anonymous callers needs no other step: it passed them all a moment ago.
            if method.cache and not _header(headers, "authorization"):
                kept = self._cache.get((method.full_name, raw))
                if kept is not None:
                    stats.count(grpc.StatusCode.OK, time.perf_counter() - started)
                    return kept
            call = self._call(method, context)
            async with _Telemetry(method, call, context, stats, started) as telemetry:
                async with asyncio.timeout_at(call.deadline):
                    call.caller = await self.identify(method, call)
                    if method.cache and call.caller.is_anonymous:
                        key = (method.full_name, raw)
                        return await self._cache.fill(key, method.cache, lambda: self._answer(method, handler, call, raw))
                    request = validation.parse(method.request, raw)
                    telemetry.request = request
                    return await self._run(method, handler, call, request)

        return serve

    def _server_stream(
        self, method: Method, handler: StreamHandler, stats: MethodStats
    ) -> Callable[..., Awaitable[None]]:
        async def serve(raw: bytes, context: Context) -> None:
            call = self._call(method, context)
            async with _Telemetry(method, call, context, stats) as telemetry, _StreamScope(self, method, call):
                telemetry.request = request = validation.parse(method.request, raw)
                await _send(handler(request, call), context)

        return serve

    def _client_stream(
        self, method: Method, handler: UnaryHandler, stats: MethodStats
    ) -> Callable[..., Awaitable[bytes]]:
        async def serve(raws: AsyncIterator[bytes], context: Context) -> bytes:
            call = self._call(method, context)
            async with _Telemetry(method, call, context, stats), _StreamScope(self, method, call):
                return (await handler(_requests(method, raws), call)).SerializeToString()

        return serve

    def _both_stream(
        self, method: Method, handler: StreamHandler, stats: MethodStats
    ) -> Callable[..., Awaitable[None]]:
        async def serve(raws: AsyncIterator[bytes], context: Context) -> None:
            call = self._call(method, context)
            async with _Telemetry(method, call, context, stats), _StreamScope(self, method, call):
                await _send(handler(_requests(method, raws), call), context)

        return serve

    # -- the steps ----------------------------------------------------------------------------------------------------

    def _call(self, method: Method, context: Context) -> Call:
        """Deadline: the policy's, or the caller's when that is nearer."""
        seconds = method.deadline
        left = context.time_remaining()
        if left is not None and left < seconds:
            seconds = left
        return Call(
            method=method.full_name,
            caller=ANONYMOUS,
            db=self.db,
            headers=context.invocation_metadata(),
            peer=context.peer,
            trusted_hops=self.trusted_hops,
            deadline=asyncio.get_running_loop().time() + seconds,
            stopping=self.stopping,
        )

    async def identify(self, method: Method, call: Call) -> Caller:
        """Identity, policy and rate: all before the request is even parsed."""
        caller = ANONYMOUS
        authorization = _header(call.headers, "authorization")
        if authorization:
            try:
                token = bearer(authorization)
                if token is not None:
                    caller = await self.identity.caller(token)
            except Unauthenticated:
                if not method.ignores_bad_token:
                    raise
        policy.allow(method, caller)
        if method.rate is not None:
            self._limiter.take(method, f"user {caller.user_id}" if caller.user_id else call.address)
        return caller

    async def _answer(self, method: Method, handler: UnaryHandler, call: Call, raw: bytes) -> bytes:
        return await self._run(method, handler, call, validation.parse(method.request, raw))

    async def _run(self, method: Method, handler: UnaryHandler, call: Call, request: message.Message) -> bytes:
        """Transaction and idempotency around the handler; run again when other transactions were in the way."""
        key = self._key(method, call, request)
        for run in range(RUNS):
            try:
                if key is None:
                    return await self._run_once(method, handler, call, request)
                async with self._twins.lock(key):
                    return await self._run_keyed(method, handler, call, request, key)
            except Contention:
                # The others are through in a few milliseconds; twice the wait each time, so that three do not chase.
                await asyncio.sleep(0.005 * 2**run)
        raise Changed(Reason.CONTENTION)

    async def _run_once(self, method: Method, handler: UnaryHandler, call: Call, request: message.Message) -> bytes:
        if not method.holds_transaction:
            return (await handler(request, call)).SerializeToString()
        async with self.db.reading() if method.only_reads else self.db.transaction() as tx:
            return await _handle(handler, call, request, tx)

    async def _run_keyed(
        self, method: Method, handler: UnaryHandler, call: Call, request: message.Message, key: idempotency.Key
    ) -> bytes:
        """The same, once for each request id: effect and answer are committed together."""
        try:
            if method.holds_transaction:
                async with self.db.transaction() as tx:
                    known = await idempotency.claim(tx, key)
                    if known is None:
                        known = await _handle(handler, call, request, tx, key)
            else:
                known = await self._run_claimed(handler, call, request, key)
        except _NOT_KEPT:
            raise
        except AppError as refusal:
            if refusal.reason != Reason.REQUEST_ID_REUSED:
                async with self.db.transaction() as tx:
                    await idempotency.refuse(tx, key, status.status_of(refusal, call.request_id))
            raise
        if isinstance(known, status_pb2.Status):
            raise _Replayed(known)
        return known

    async def _run_claimed(
        self, handler: UnaryHandler, call: Call, request: message.Message, key: idempotency.Key
    ) -> bytes | status_pb2.Status:
        """For methods that talk to the outside: claim, act, settle, in transactions of their own."""
        async with self.db.transaction() as tx:
            known = await idempotency.claim(tx, key)
        if known is not None:
            return known
        answer: bytes | status_pb2.Status
        try:
            answer = (await handler(request, call)).SerializeToString()
        except _NOT_KEPT:
            async with self.db.transaction() as tx:
                await idempotency.release(tx, key)
            raise
        except AppError as refusal:
            answer = status.status_of(refusal, call.request_id)
        async with self.db.transaction() as tx:
            await idempotency.settle(tx, key, answer)
        return answer

    def _key(self, method: Method, call: Call, request: message.Message) -> idempotency.Key | None:
        if method.request_id == policy_pb2.REQUEST_ID_UNSPECIFIED:
            return None
        given = getattr(request, "request_id", "") or call.metadata.get("idempotency-key", "")
        required = method.request_id == policy_pb2.REQUEST_ID_REQUIRED
        if not given:
            if required:
                raise Invalid.of("request_id", "is required: a UUID of your choice for each intended effect", "required")
            return None
        try:
            return idempotency.Key.of(
                call.caller.user_id, method.full_name, given, request, kept_for_ever=required
            )
        except ValueError:
            raise Invalid.of("request_id", "must be a UUID", "string.uuid") from None


class _Replayed(Exception):  # noqa: N818  (a stored refusal on its way out, not an error of this call)
    """The refusal that the first call with this request id got."""

    def __init__(self, refusal: status_pb2.Status) -> None:
        super().__init__()
        self.refusal = refusal


class _Telemetry:
    """The two outermost steps: counts the call, and turns whatever it raises into a status of the contract."""

    __slots__ = ("_call", "_context", "_method", "_started", "_stats", "request")

    def __init__(
        self, method: Method, call: Call, context: Context, stats: MethodStats, started: float | None = None
    ) -> None:
        self._method = method
        self._call = call
        self._context = context
        self._stats = stats
        self._started = time.perf_counter() if started is None else started
        self.request: message.Message | None = None
        """For the log of a defect; with its secrets cleared."""

    async def __aenter__(self) -> "_Telemetry":
        self._stats.open += 1
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        self._stats.open -= 1
        seconds = time.perf_counter() - self._started
        if seconds > SLOW and not self._method.streams:
            self._call.log.warning("slow call", seconds=round(seconds, 3))
        if error is None:
            self._stats.count(grpc.StatusCode.OK, seconds)
            return
        if isinstance(error, asyncio.CancelledError) and _is_cancelled():
            self._stats.count(grpc.StatusCode.CANCELLED, seconds)
            return
        found = self._status(error)
        code = _CODES[found.code]
        self._stats.count(code, seconds)
        answer = rpc_status.to_status(found)
        await self._context.abort(code, answer.details, answer.trailing_metadata)

    def _status(self, error: BaseException) -> status_pb2.Status:
        if isinstance(error, AppError):
            return status.status_of(error, self._call.request_id)
        if isinstance(error, _Replayed):
            return error.refusal
        if isinstance(error, TimeoutError) and asyncio.get_running_loop().time() >= self._call.deadline:
            return status.status_of(TimedOut(Reason.DEADLINE), self._call.request_id)
        request = scrub.text(self.request) if self.request is not None else ""
        self._call.log.error("defect", exc_info=error, request=request)
        return status.internal(self._call.request_id)


class _StreamScope:
    """Deadline, identity and policy of a stream, and its place among the open ones."""

    __slots__ = ("_call", "_holding", "_method", "_pipeline", "_stream", "_timeout")

    def __init__(self, pipeline: Pipeline, method: Method, call: Call) -> None:
        self._pipeline = pipeline
        self._method = method
        self._call = call

    async def __aenter__(self) -> None:
        if self._pipeline.stopping.is_set():
            raise Unavailable(Reason.STOPPING)
        call = self._call
        call.caller = await self._pipeline.identify(self._method, call)
        self._timeout = asyncio.timeout_at(call.deadline)
        await self._timeout.__aenter__()
        self._stream = OpenStream(call.caller.session_id, self._timeout)
        self._holding = self._pipeline.streams.holding(self._stream)
        self._holding.__enter__()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        self._holding.__exit__(None, None, None)
        try:
            await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError:
            raise self._stream.refusal from None


async def _handle(
    handler: UnaryHandler, call: Call, request: message.Message, tx: Tx, key: idempotency.Key | None = None
) -> bytes:
    """Run the handler in the transaction; a refusal that keeps its writes leaves only after they are committed."""
    call.use(tx)
    try:
        answer = (await handler(request, call)).SerializeToString()
    except AppError as refusal:
        if not refusal.keeps_writes:
            raise
        if key is not None and not isinstance(refusal, _NOT_KEPT):
            await idempotency.settle(tx, key, status.status_of(refusal, call.request_id))
        await tx.commit()
        raise
    if key is not None:
        await idempotency.settle(tx, key, answer)
    return answer


async def _send(replies: AsyncIterator[message.Message], context: Context) -> None:
    """Write each reply as it comes; gRPC's flow control holds the handler back while the client reads slowly."""
    try:
        async for reply in replies:
            await context.write(reply.SerializeToString())
    finally:
        # A generator that is left in the middle must let go of what it holds now, not when it is collected.
        if isinstance(replies, AsyncGenerator):
            await replies.aclose()


async def _requests(method: Method, raws: AsyncIterator[bytes]) -> AsyncIterator[message.Message]:
    async for raw in raws:
        yield validation.parse(method.request, raw)


def _header(headers: Headers, name: str) -> str:
    for each, value in headers:
        if each == name and isinstance(value, str):
            return value
    return ""


def _is_cancelled() -> bool:
    """Whether gRPC cancelled this call; a handler that merely raises CancelledError is a defect, and must answer."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


_CODES = {code.value[0]: code for code in grpc.StatusCode}
