"""Open streams of one process: a stream outlives the check at its start, so its caller is checked again and again."""

import asyncio
from collections.abc import Sequence
from math import inf
from types import TracebackType
from typing import Self

import structlog

from cnt_grpc.kit.errors import AppError, Denied, TimedOut, Unauthenticated
from cnt_grpc.kit.rpc import policy
from cnt_grpc.kit.rpc.identity import Identity
from cnt_grpc.kit.rpc.policy import Method
from cnt_grpc.pb.cnt.common.v1.reason import Reason

CHECK_SECONDS = 2.0
"""Time between checks; with the statement's own time a ban ends a stream well within 5 s."""

TICK = 0.25
"""Seconds between looks at deadlines; a stream may run over its own by so much."""

_log = structlog.get_logger("cnt.streams")


class OpenStream:
    """A block around a stream that may be ended from outside with a reason; the block then raises that reason.

    No asyncio.timeout and no context manager made from a generator: each would be there ten thousand times.
    """

    __slots__ = ("_refusal", "_streams", "_task", "deadline", "method", "session_id")

    def __init__(self, streams: "OpenStreams", method: Method, session_id: int, deadline: float) -> None:
        self.method = method
        self.session_id = session_id
        self.deadline = deadline
        """When its time is up, in seconds of the event loop's clock."""
        self._streams = streams
        self._refusal: AppError | None = None

    def end(self, refusal: AppError) -> None:
        """End the stream now, and tell the client why; the first one to say so counts."""
        if self._refusal is None:
            self._refusal = refusal
            self._task.cancel()

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None
        self._task: asyncio.Task[object] = task
        self._streams.add(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._streams.discard(self)
        # When the client went away in the same moment, its cancellation counts, and goes on.
        if self._refusal is not None and self._task.uncancel() == 0 and kind is asyncio.CancelledError:
            raise self._refusal from None


class OpenStreams:
    """All open streams of a process, looked at together: one timer and a statement or two, however many there are."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._open: set[OpenStream] = set()
        self._nearest = inf
        """No stream's time is up before this."""
        self._none_open = asyncio.Event()
        self._none_open.set()

    def __len__(self) -> int:
        return len(self._open)

    async def ended(self) -> None:
        """Return when no stream is open."""
        await self._none_open.wait()

    def holding(self, method: Method, session_id: int, deadline: float) -> OpenStream:
        """A block that ends at `deadline` (seconds of the loop's clock, a tick later at most), or with its session, or
        with the role that the method asks for.
        """
        return OpenStream(self, method, session_id, deadline)

    def add(self, stream: OpenStream) -> None:
        """Watch over the stream."""
        self._open.add(stream)
        self._nearest = min(self._nearest, stream.deadline)
        self._none_open.clear()

    def discard(self, stream: OpenStream) -> None:
        """The stream has ended."""
        self._open.discard(stream)
        if not self._open:
            self._nearest = inf
            self._none_open.set()

    async def watch(self) -> None:
        """Look for ever; a database that is away ends nobody's stream."""
        loop = asyncio.get_running_loop()
        checked = loop.time()
        while True:
            await asyncio.sleep(TICK)
            now = loop.time()
            self.end_late(now)
            if now - checked < CHECK_SECONDS:
                continue
            checked = now
            try:
                await self.check()
            except AppError as error:
                _log.warning("sessions of open streams not checked", reason=str(error.reason))

    def end_late(self, now: float) -> None:
        """End the streams whose time is up."""
        if now < self._nearest:
            return
        for stream in self._open:
            if stream.deadline <= now:
                stream.end(TimedOut(Reason.DEADLINE))
        self._nearest = min((stream.deadline for stream in self._open if stream.deadline > now), default=inf)

    async def check(self) -> None:
        """End the streams whose session has ended or was banned, or whose caller is less by now than they ask for."""
        streams = [stream for stream in self._open if stream.session_id]
        if not streams:
            return
        over = await self._identity.over([stream.session_id for stream in streams])
        for stream in streams if over else ():
            if stream.session_id in over:
                stream.end(Unauthenticated(Reason.NOT_SIGNED_IN))
        await self._check_roles([stream for stream in streams if stream.method.needs_role])

    async def _check_roles(self, streams: Sequence[OpenStream]) -> None:
        if not streams:
            return
        callers = await self._identity.callers(list({stream.session_id for stream in streams}))
        for stream in streams:
            caller = callers.get(stream.session_id)
            if caller is None:  # ended a moment ago, as the next look finds
                continue
            try:
                policy.admit(stream.method, caller)
            except Denied as refusal:
                stream.end(refusal)
