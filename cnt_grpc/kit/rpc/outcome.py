"""The two outermost steps of a call: its counts and log lines, and the status that whatever it raised becomes."""

import asyncio
import time
from typing import Any, Self

import grpc
from google.protobuf import message
from google.rpc import status_pb2
from grpc_status import rpc_status

from cnt_grpc.kit import defects, scrub
from cnt_grpc.kit.errors import AppError, TimedOut
from cnt_grpc.kit.rpc import status
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.kit.rpc.policy import Method
from cnt_grpc.kit.telemetry import SLOW, MethodStats
from cnt_grpc.pb.cnt.common.v1.reason import Reason


class Replayed(Exception):
    """The refusal that the first call with this request id got, on its way out as the answer to this one too."""

    def __init__(self, refusal: status_pb2.Status) -> None:
        super().__init__()
        self.refusal = refusal


class ClientGone(Exception):
    """Nobody is there any more to answer."""


class Outcome:
    """A block around one call: nothing but a status of the contract leaves it."""

    __slots__ = ("_call", "_context", "_method", "_started", "_stats", "request")

    def __init__(self, method: Method, call: Call, context: Any, stats: MethodStats) -> None:  # noqa: ANN401
        self._method = method
        self._call = call
        self._context = context
        self._stats = stats
        self._started = time.perf_counter()
        self.request: message.Message | None = None
        """For the log of a defect; with its secrets cleared."""

    async def __aenter__(self) -> Self:
        self._stats.open += 1
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        self._stats.open -= 1
        seconds = time.perf_counter() - self._started
        if seconds > SLOW and not self._method.streams:
            self._call.log.warning("slow call", seconds=round(seconds, 3))
        if error is None:
            self._stats.count(grpc.StatusCode.OK, seconds)
        elif isinstance(error, asyncio.CancelledError) and _is_cancelled():
            self._stats.count(grpc.StatusCode.CANCELLED, seconds)
        elif isinstance(error, ClientGone):
            self._stats.count(grpc.StatusCode.CANCELLED, seconds)
            # Only so does gRPC forget the call without a word; of a caller who is still there it must not be raised.
            raise asyncio.CancelledError from None
        else:
            await self._refuse(error, seconds)

    async def _refuse(self, error: BaseException, seconds: float) -> None:
        found = self._status(error)
        code = _CODES[found.code]
        self._stats.count(code, seconds)
        if code is grpc.StatusCode.INTERNAL and not isinstance(error, Replayed):
            await self._keep(error)
        answer = rpc_status.to_status(found)
        try:
            await self._context.abort(code, answer.details, answer.trailing_metadata)
        except grpc.aio.InternalError:
            # The caller has gone meanwhile: nobody is there to be refused.
            raise asyncio.CancelledError from None

    async def _keep(self, defect: BaseException) -> None:
        """Write it down for whoever is shown its id. What fails here must not change what the caller is told."""
        try:
            await defects.keep(self._call.db, self._call.request_id, self._method.full_name, defect)
        except Exception:
            self._call.log.exception("defect not kept")

    def _status(self, error: BaseException) -> status_pb2.Status:
        if isinstance(error, AppError):
            return status.status_of(error, self._call.request_id)
        if isinstance(error, Replayed):
            return error.refusal
        if isinstance(error, TimeoutError) and asyncio.get_running_loop().time() >= self._call.deadline:
            return status.status_of(TimedOut(Reason.DEADLINE), self._call.request_id)
        request = scrub.text(self.request) if self.request is not None else ""
        self._call.log.error("defect", exc_info=error, request=request)
        return status.internal(self._call.request_id)


def _is_cancelled() -> bool:
    """Whether gRPC cancelled this call; a handler that merely raises CancelledError is a defect, and must answer."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


_CODES = {code.value[0]: code for code in grpc.StatusCode}
