"""Open streams of one process: a stream outlives the check at its start, so its session is checked again and again."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from cnt_grpc.kit.errors import AppError, TimedOut, Unauthenticated
from cnt_grpc.kit.identity import Identity
from cnt_grpc.pb.cnt.common.v1.reason import Reason

CHECK_SECONDS = 2.0
"""Time between checks; with the statement's own time a ban ends a stream well within 5 s."""

_log = structlog.get_logger("cnt.streams")


class OpenStream:
    """A stream that may be ended from outside with a reason."""

    __slots__ = ("_scope", "refusal", "session_id")

    def __init__(self, session_id: int, scope: asyncio.Timeout) -> None:
        self.session_id = session_id
        self.refusal: AppError = TimedOut(Reason.DEADLINE)
        """Why the stream is over when its scope is: its deadline, unless someone ended it earlier."""
        self._scope = scope

    def end(self, refusal: AppError) -> None:
        """End the stream now, and tell the client why."""
        self.refusal = refusal
        if not self._scope.expired():
            self._scope.reschedule(0)


class OpenStreams:
    """All streams of signed-in callers, checked together: one statement, however many there are."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._open: set[OpenStream] = set()
        self._none_open = asyncio.Event()
        self._none_open.set()

    def __len__(self) -> int:
        return len(self._open)

    async def ended(self) -> None:
        """Return when no stream is open."""
        await self._none_open.wait()

    @contextmanager
    def holding(self, stream: OpenStream) -> Iterator[None]:
        """Watch over the stream for as long as it is open."""
        self._open.add(stream)
        self._none_open.clear()
        try:
            yield
        finally:
            self._open.discard(stream)
            if not self._open:
                self._none_open.set()

    async def watch(self) -> None:
        """Check for ever; a database that is away ends nobody's stream."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                await self.check()
            except AppError as error:
                _log.warning("sessions of open streams not checked", reason=str(error.reason))

    async def check(self) -> None:
        """End the streams whose session has ended or was banned."""
        streams = [stream for stream in self._open if stream.session_id]
        if not streams:
            return
        valid = await self._identity.still_valid([stream.session_id for stream in streams])
        for stream in streams:
            if stream.session_id not in valid:
                stream.end(Unauthenticated(Reason.NOT_SIGNED_IN))
