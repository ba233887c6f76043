"""The two innermost steps of a unary call: its transaction, and that a request id has one effect and one answer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from google.protobuf import message
from google.rpc import status_pb2

from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.errors import AppError, Changed, Contention, Exhausted, Invalid, TimedOut, Unavailable
from cnt_grpc.kit.rpc import idempotency, status
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.kit.rpc.idempotency import Key
from cnt_grpc.kit.rpc.outcome import Replayed
from cnt_grpc.kit.rpc.policy import Method
from cnt_grpc.pb.cnt.common.v1 import policy_pb2
from cnt_grpc.pb.cnt.common.v1.reason import Reason

RUNS = 3
"""How often a call is run that keeps meeting other transactions."""

Handler = Callable[[Any, Call], Awaitable[message.Message]]
Run = Callable[[Call, message.Message], Awaitable[bytes]]

_NOT_KEPT = (Unavailable, TimedOut, Changed, Exhausted)
"""Refusals that a retry with the same id may overcome, and which are therefore not stored as its answer."""


class Runner:
    """Runs handlers of unary methods; the answers are bytes, and what meets other transactions is run again."""

    __slots__ = ("_db", "_twins")

    def __init__(self, db: Database) -> None:
        self._db = db
        self._twins = idempotency.Twins()

    def of(self, method: Method, handler: Handler) -> Run:
        """How calls of this method are run; decided once, when the method is registered."""
        takes_id = method.request_id != policy_pb2.REQUEST_ID_UNSPECIFIED
        reads = method.holds_transaction and method.only_reads

        async def run(call: Call, request: message.Message) -> bytes:
            key = _key(method, call, request) if takes_id else None
            for attempt in range(RUNS):
                try:
                    if reads:
                        call.read()
                        return (await handler(request, call)).SerializeToString()
                    if key is not None:
                        async with self._twins.lock(key):
                            return await self._run_keyed(method, handler, call, request, key)
                    if not method.holds_transaction:
                        return (await handler(request, call)).SerializeToString()
                    async with self._db.transaction() as tx:
                        return await _handle(handler, call, request, tx)
                except Contention:
                    # The others are through in a few milliseconds; twice the wait each time, so that none chase.
                    await asyncio.sleep(0.005 * 2**attempt)
            raise Changed(Reason.CONTENTION)

        return run

    async def _run_keyed(
        self, method: Method, handler: Handler, call: Call, request: message.Message, key: Key
    ) -> bytes:
        """The same, once for each request id: effect and answer are committed together."""
        try:
            if method.holds_transaction:
                async with self._db.transaction() as tx:
                    known = await idempotency.claim(tx, key)
                    if known is None:
                        known = await _handle(handler, call, request, tx, key)
            else:
                known = await self._run_claimed(handler, call, request, key)
        except _NOT_KEPT:
            raise
        except AppError as refusal:
            if refusal.reason != Reason.REQUEST_ID_REUSED:
                async with self._db.transaction() as tx:
                    await idempotency.refuse(tx, key, status.status_of(refusal, call.request_id))
            raise
        if isinstance(known, status_pb2.Status):
            raise Replayed(known)
        return known

    async def _run_claimed(
        self, handler: Handler, call: Call, request: message.Message, key: Key
    ) -> bytes | status_pb2.Status:
        """For methods that talk to the outside: claim, act, settle, in transactions of their own."""
        async with self._db.transaction() as tx:
            known = await idempotency.claim(tx, key)
        if known is not None:
            return known
        answer: bytes | status_pb2.Status
        call.settle_by(lambda tx, kept: idempotency.settle(tx, key, kept))
        try:
            answer = (await handler(request, call)).SerializeToString()
        except _NOT_KEPT:
            async with self._db.transaction() as tx:
                await idempotency.release(tx, key)
            raise
        except AppError as refusal:
            answer = status.status_of(refusal, call.request_id)
        if not call.is_settled:
            async with self._db.transaction() as tx:
                await idempotency.settle(tx, key, answer)
        return answer


async def _handle(handler: Handler, call: Call, request: message.Message, tx: Tx, key: Key | None = None) -> bytes:
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


def _key(method: Method, call: Call, request: message.Message) -> Key | None:
    given = getattr(request, "request_id", "") or call.metadata.get("idempotency-key", "")
    required = method.request_id == policy_pb2.REQUEST_ID_REQUIRED
    if not given:
        if required:
            raise Invalid.of("request_id", "is required: a UUID of your choice for each intended effect", "required")
        return None
    try:
        return Key.of(call.caller.user_id, method.full_name, given, request, kept_for_ever=required)
    except ValueError:
        raise Invalid.of("request_id", "must be a UUID", "string.uuid") from None
