"""Ends unary calls that take too long: one timer for all of them, since a timer each costs a tenth of a short call."""

import asyncio
from types import TracebackType
from typing import Self

TICK = 0.05
"""Seconds between looks; a call may run over its deadline by so much."""


class Deadlines:
    """The running unary calls of one event loop."""

    def __init__(self) -> None:
        self._running: set[Scope] = set()
        self._ticking = False
        self.loop: asyncio.AbstractEventLoop | None = None
        """The loop that serves the calls, once there was one; asking asyncio for it costs a system call each time."""

    def until(self, deadline: float) -> "Scope":
        """A block that is cancelled at `deadline` (seconds of the loop's clock), and then raises TimeoutError."""
        return Scope(self, deadline)

    def add(self, scope: "Scope") -> None:
        """Watch over a block."""
        self._running.add(scope)
        if not self._ticking:
            self._ticking = True
            self.loop = asyncio.get_running_loop()
            self.loop.call_later(TICK, self._tick)

    def discard(self, scope: "Scope") -> None:
        """The block has ended."""
        self._running.discard(scope)

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for scope in self._running:
            if scope.deadline <= now:
                scope.expire()
        self._ticking = bool(self._running)
        if self._ticking:
            loop.call_later(TICK, self._tick)


class Scope:
    """One block; the same contract as asyncio.timeout_at."""

    __slots__ = ("_deadlines", "_expired", "_task", "deadline")

    def __init__(self, deadlines: Deadlines, deadline: float) -> None:
        self.deadline = deadline
        self._deadlines = deadlines
        self._expired = False

    def expire(self) -> None:
        """Cancel the block, once."""
        if not self._expired:
            self._expired = True
            self._task.cancel()

    def __enter__(self) -> Self:
        self._deadlines.add(self)
        task = asyncio.current_task(self._deadlines.loop)
        assert task is not None
        self._task: asyncio.Task[object] = task
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._deadlines.discard(self)
        # When the client went away in the same moment, its cancellation counts, and goes on.
        if self._expired and self._task.uncancel() == 0 and kind is asyncio.CancelledError:
            raise TimeoutError
