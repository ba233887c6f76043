"""Answers to anonymous callers, kept as bytes for a second: too short to need any invalidation."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

MOST_BYTES = 32 * 1024 * 1024
"""Memory for answers in one process."""


class AnswerCache:
    """At most one handler runs for equal requests at a time, and its answer serves all until it is too old."""

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[str, bytes], tuple[float, bytes]] = OrderedDict()
        self._running: dict[tuple[str, bytes], asyncio.Task[bytes]] = {}
        self._size = 0

    def get(self, key: tuple[str, bytes]) -> bytes | None:
        """The answer if it is still young enough."""
        known = self._answers.get(key)
        if known is None or known[0] < time.monotonic():
            return None
        return known[1]

    async def fill(self, key: tuple[str, bytes], seconds: float, compute: Callable[[], Awaitable[bytes]]) -> bytes:
        """Compute the answer, or wait for the call that does."""
        task = self._running.get(key)
        if task is None:
            task = asyncio.create_task(self._compute(key, seconds, compute))
            self._running[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        # A caller who goes away must not take the answer from the others.
        return await asyncio.shield(task)

    async def _compute(self, key: tuple[str, bytes], seconds: float, compute: Callable[[], Awaitable[bytes]]) -> bytes:
        # The answer's age counts from before it was read, not from when it was ready.
        until = time.monotonic() + seconds
        answer = await compute()
        old = self._answers.pop(key, None)
        self._size += len(answer) + len(key[1]) - (len(old[1]) + len(key[1]) if old else 0)
        self._answers[key] = (until, answer)
        while self._size > MOST_BYTES:
            dropped, (_, bytes_) = self._answers.popitem(last=False)
            self._size -= len(bytes_) + len(dropped[1])
        return answer

    def _forget(self, key: tuple[str, bytes], done: asyncio.Task[bytes]) -> None:
        self._running.pop(key, None)
        if not done.cancelled():
            done.exception()  # every waiter has seen it; asyncio must not report it as lost
