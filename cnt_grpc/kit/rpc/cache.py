"""Answers to anonymous callers, kept as bytes for a second: too short to need any invalidation."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

Key = tuple[str, bytes]
"""A method and the bytes of a request."""

MOST_BYTES = 32 * 1024 * 1024
"""Memory for answers in one process."""


class AnswerCache:
    """At most one handler runs for equal requests at a time, and its answer serves all until it is too old."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Key, tuple[float, bytes]] = OrderedDict()
        self._running: dict[Key, asyncio.Future[bytes | None] | None] = {}
        """Answers being computed; the future is there only if somebody waits for it as well."""
        self._size = 0

    def get(self, key: Key) -> bytes | None:
        """The answer if it is still young enough."""
        known = self._answers.get(key)
        if known is None or known[0] < time.monotonic():
            return None
        return known[1]

    async def fill(self, key: Key, seconds: float, compute: Callable[[], Awaitable[bytes]]) -> bytes:
        """Compute the answer, or wait for the call that does."""
        while key in self._running:
            answer = await self._computed_elsewhere(key)
            if answer is not None:
                return answer
        # No task of its own: most answers are waited for by one call alone, and a task costs a tenth of a short one.
        self._running[key] = None
        answer, refusal = None, None
        try:
            # The answer's age counts from before it was read, not from when it was ready.
            until = time.monotonic() + seconds
            answer = await compute()
            self._keep(key, until, answer)
        except Exception as error:
            refusal = error
            raise
        finally:
            waiting = self._running.pop(key)
            if waiting is not None:
                _settle(waiting, answer, refusal)
        return answer

    async def _computed_elsewhere(self, key: Key) -> bytes | None:
        """What another call computes; None when that one went away, and whoever comes first has to do it."""
        waiting = self._running[key]
        if waiting is None:
            waiting = self._running[key] = asyncio.get_running_loop().create_future()
        # One of several who wait must not take the answer from the others when it goes away.
        return await asyncio.shield(waiting)

    def _keep(self, key: Key, until: float, answer: bytes) -> None:
        old = self._answers.pop(key, None)
        self._size += len(answer) + len(key[1]) - (len(old[1]) + len(key[1]) if old else 0)
        self._answers[key] = (until, answer)
        while self._size > MOST_BYTES:
            dropped, (_, bytes_) = self._answers.popitem(last=False)
            self._size -= len(bytes_) + len(dropped[1])


def _settle(waiting: asyncio.Future[bytes | None], answer: bytes | None, refusal: Exception | None) -> None:
    if refusal is None:
        waiting.set_result(answer)
    else:
        waiting.set_exception(refusal)
        waiting.exception()  # those who waited may be gone; asyncio must not report it as lost
