"""Several logs read by one watcher: what is new in any of them, gathered until the watcher has time for it."""

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial
from types import TracebackType
from typing import Generic, Self

from cnt_grpc.kit.events.tail import Beat, End, Row, S, Tail

Events = Sequence[Row | Beat[S] | End]


class Bundle(Generic[S]):
    """The tails of one stream, each of another log. Leaves them at the end of its `with` block."""

    def __init__(self, tails: Iterable[Tail[S]]) -> None:
        self._tails = {tail.key: tail for tail in tails}
        self._ready: dict[int, None] = dict.fromkeys(self._tails)  # a set that keeps its order
        self._waiter: asyncio.Future[None] | None = None
        self._is_nudged = False
        for tail in self._tails.values():
            tail.on_wake = partial(self._woken, tail.key)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for key in list(self._tails):
            self.leave(key)

    def leave(self, key: int) -> None:
        """Watch one of the logs no longer."""
        tail = self._tails.pop(key)
        tail.on_wake = None
        tail.__exit__(None, None, None)
        self._ready.pop(key, None)

    def nudge(self) -> None:
        """Have `next` return, whether there is anything or not."""
        self._is_nudged = True
        self._release()

    async def next(self, seconds: float) -> dict[int, Events[S]]:
        """What is new, by log, as soon as there is anything; nothing when that takes longer than so many seconds,
        or after a nudge. Raises what Tail.next raises.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not (found := self._take()) and not self._is_nudged and loop.time() < until:
            self._waiter = loop.create_future()
            timer = loop.call_at(until, self._release)
            try:
                await self._waiter
            finally:
                timer.cancel()
                self._waiter = None
        self._is_nudged = False
        return found

    def _take(self) -> dict[int, Events[S]]:
        ready, self._ready = self._ready, {}
        found: dict[int, Events[S]] = {}
        for key in ready:
            events: list[Row | Beat[S] | End] = []
            while (event := self._tails[key].poll()) is not None:
                events.append(event)
                if isinstance(event, End):
                    break
            if events:
                found[key] = events
        return found

    def _woken(self, key: int) -> None:
        self._ready[key] = None
        self._release()

    def _release(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
