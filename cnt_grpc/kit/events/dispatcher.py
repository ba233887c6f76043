"""Reads numbered logs for all who watch them in a process together: ten thousand watchers cost few statements."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from enum import StrEnum
from typing import Generic

import structlog

from cnt_grpc.kit.errors import Gone
from cnt_grpc.kit.events.tail import Cause, Head, Row, S, Tail

BATCH = 256
"""Places in logs that one statement reads: enough to share its cost, few enough that none of them waits long."""
SWEEP_SECONDS = 4.0
"""How often each log is read although nothing woke its watchers: a lost wake-up costs this much, no row."""
BEAT_SECONDS = 4.5
"""A sweep sends a heartbeat when the last one is older than this: with the sweep's own period, every 9 s at most."""
_SHORTEST_STEP, _LONGEST_STEP = 0.005, 0.05
"""Seconds between two steps of a sweep, which visits few streams at each: short calls would have to wait for many."""
_RETRY_SECONDS = 1.0
_LAST_SECONDS = 5.0
"""How long before its deadline a stream is told to end in order, rather than be cut off."""

_log = structlog.get_logger("cnt.dispatcher")

Found = tuple[Head[S], Sequence[Row]]
Read = Callable[[Sequence[tuple[int, int]]], Awaitable[Sequence[Found[S]]]]
"""For each pair of a log and a number, in order: the log's head, and its first PAGE rows after the number."""
Subscribe = Callable[[Callable[[set[int] | None], None]], Callable[[], None]]
"""Calls back with the keys of logs that changed, or None when any may have; gives the way to stop it."""


def unmoved(state: S, rows: Sequence[Row]) -> S:  # noqa: ARG001
    """For logs whose rows say nothing about their state."""
    return state


class Dispatcher(Generic[S]):
    """All open streams of one kind in one process. It starts with the first one; `close` ends it with the process.

    Nothing else reads for a stream: the replay after a reconnect, new rows, what a slow reader left behind and the
    repair of lost wake-ups are one question, “what does this log hold after that number?”, asked for many at a time.
    Those who watch one log from one place, as an audience does, share its answer.
    """

    def __init__(
        self,
        read: Read[S],
        subscribe: Subscribe,
        lost: StrEnum,
        expected: Callable[[S, Sequence[Row]], S] = unmoved,
    ) -> None:
        """`lost` is the reason told when a number is too old; `expected` says how rows alone move the state."""
        self._read = read
        self._subscribe = subscribe
        self._lost = lost
        self.expected = expected
        self._streams: dict[int, list[Tail[S]]] = {}
        self._asking: dict[Tail[S], None] = {}  # a set that keeps its order, so that nobody is overtaken for ever
        self._asked = asyncio.Event()
        self._round: deque[Tail[S]] = deque()  # in the order of their visits; those who have left are still among them
        self._tasks: list[asyncio.Task[None]] = []
        self._unsubscribe: Callable[[], None] | None = None

    def open(self, key: int, after_seq: int, deadline: float, stopping: asyncio.Event) -> Tail[S]:
        """A stream that gets rows from now on and until `leave`, which is the end of its `with` block."""
        self._start(stopping)
        stream = Tail(self, key, after_seq, deadline - _LAST_SECONDS)
        # Registered before the first read: what is committed from now on wakes the stream, the rest is read.
        self._streams.setdefault(key, []).append(stream)
        self._round.append(stream)
        self.ask(stream)
        if stopping.is_set():
            stream.end(Cause.SERVER_STOPPING)
        return stream

    def leave(self, stream: Tail[S]) -> None:
        """Forget the stream."""
        self._asking.pop(stream, None)
        mine = self._streams[stream.key]
        mine.remove(stream)
        if not mine:
            del self._streams[stream.key]

    async def close(self) -> None:
        """Stop reading. Streams still open get nothing more, so they are to end before."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    def _start(self, stopping: asyncio.Event) -> None:
        if self._tasks:
            return
        self._unsubscribe = self._subscribe(self._woken)
        self._tasks = [
            asyncio.create_task(self._reading(), name="log reader"),
            asyncio.create_task(self._sweeping(), name="log sweeper"),
            asyncio.create_task(self._ending(stopping), name="watchers' end"),
        ]

    # -- who has to be read for ---------------------------------------------------------------------------------------

    def ask(self, stream: Tail[S]) -> None:
        """Read for the stream, soon."""
        self._asking[stream] = None
        self._asked.set()

    def _next_batch(self) -> dict[tuple[int, int], list[Tail[S]]]:
        """Those who asked first, by the place to read; one still busy with its last page asks again by itself."""
        batch: dict[tuple[int, int], list[Tail[S]]] = {}
        for stream in list(self._asking):
            place = (stream.key, stream.after_seq)
            if len(batch) == BATCH and place not in batch:
                break
            del self._asking[stream]
            if stream.wants_rows():
                batch.setdefault(place, []).append(stream)
        if not self._asking:
            self._asked.clear()
        return batch

    def _woken(self, keys: set[int] | None) -> None:
        for key in self._watched(keys):
            for stream in self._streams[key]:
                self.ask(stream)

    def _watched(self, keys: set[int] | None) -> Iterable[int]:
        return list(self._streams) if keys is None else [each for each in keys if each in self._streams]

    def resync(self, last_seq: int) -> Gone:
        """The refusal of a number behind which the log is no longer whole."""
        return Gone(self._lost, "resync", last_seq=last_seq)

    # -- the three tasks ----------------------------------------------------------------------------------------------

    async def _reading(self) -> None:
        """Read for those who ask, in batches; whoever asks meanwhile is in the next one."""
        while True:
            await self._asked.wait()
            batch = self._next_batch()
            if not batch:
                continue
            try:
                found = await self._read(list(batch))
            except Exception as error:  # noqa: BLE001  (a database that is away must not end the streams of a process)
                _log.warning("logs not read", places=len(batch), error=repr(error))
                await asyncio.sleep(_RETRY_SECONDS)
                self._woken({key for key, _ in batch})
                continue
            for streams, (head, rows) in zip(batch.values(), found, strict=True):
                for stream in streams:
                    stream.give(head, rows)

    async def _sweeping(self) -> None:
        """Visit every stream once in a period, evenly."""
        loop = asyncio.get_running_loop()
        before, due = loop.time(), 0.0
        while True:
            step = SWEEP_SECONDS / (len(self._round) or 1)
            await asyncio.sleep(min(max(step, _SHORTEST_STEP), _LONGEST_STEP))
            now = loop.time()
            due = min(due + (now - before) / SWEEP_SECONDS * len(self._round), len(self._round))
            before = now
            while due >= 1:
                due -= 1
                self._visit(self._round.popleft(), now)

    def _visit(self, stream: Tail[S], now: float) -> None:
        """Read its log, beat when it is time, end it when its time is up."""
        if stream.has_left:
            return
        self._round.append(stream)
        self.ask(stream)
        if now >= stream.deadline:
            stream.end(Cause.TIME_UP)
        elif now - stream.beaten_at >= BEAT_SECONDS:
            stream.beat()

    async def _ending(self, stopping: asyncio.Event) -> None:
        """End all streams when the server stops."""
        await stopping.wait()
        for streams in self._streams.values():
            for stream in streams:
                stream.end(Cause.SERVER_STOPPING)
