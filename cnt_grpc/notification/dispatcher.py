"""Reads new notifications for all open streams of a process together: ten thousand of them cost few statements."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import cycle, islice

import structlog

from cnt_grpc.notification.stream import Cause, Inbox, Row, Stream

BATCH = 256
"""Streams that one statement reads for: enough to share its cost, few enough that nobody waits long for the others."""
SWEEP_SECONDS = 4.0
"""How often each inbox is read although nothing woke its streams: a lost wake-up costs this much, no notification."""
BEAT_SECONDS = 4.5
"""A sweep sends a heartbeat when the last one is older than this: with the sweep's own period, every 9 s at most."""
_SLOTS = 64
"""Moments over which a sweep is spread: would all streams wake at once, unary calls would have to wait for them."""
_RETRY_SECONDS = 1.0
_LAST_SECONDS = 5.0
"""How long before its deadline a stream is told to end in order, rather than be cut off."""

_log = structlog.get_logger("cnt.notification")

Found = tuple[Inbox, Sequence[Row]]
Read = Callable[[Sequence[tuple[int, int]]], Awaitable[Sequence[Found]]]
"""For each pair of a recipient and a number, in order: the inbox, and its first PAGE rows after the number."""
Subscribe = Callable[[Callable[[set[int] | None], None]], Callable[[], None]]
"""Calls back with the ids of people whose inbox changed, or None when anyone's may have; gives the way to stop it."""


class Dispatcher:
    """All open streams of one process. It starts with the first one; `close` ends it with the process.

    Nothing else reads for a stream: the replay after a reconnect, new rows, what a slow reader left behind and the
    repair of lost wake-ups are one question, “what does this inbox hold after that number?”, asked for many at a time.
    """

    def __init__(self, read: Read, subscribe: Subscribe) -> None:
        self._read = read
        self._subscribe = subscribe
        self._streams: dict[int, list[Stream]] = {}
        self._asking: dict[Stream, None] = {}  # a set that keeps its order, so that nobody is overtaken for ever
        self._asked = asyncio.Event()
        self._sweep: list[set[Stream]] = [set() for _ in range(_SLOTS)]
        self._slots = cycle(range(_SLOTS))
        self._tasks: list[asyncio.Task[None]] = []
        self._unsubscribe: Callable[[], None] | None = None

    def open(self, recipient_id: int, after_seq: int, deadline: float, stopping: asyncio.Event) -> Stream:
        """A stream that gets rows from now on and until `leave`, which is the end of its `with` block."""
        self._start(stopping)
        stream = Stream(self, recipient_id, after_seq, deadline - _LAST_SECONDS, next(self._slots))
        # Registered before the first read: what is committed from now on wakes the stream, the rest is read.
        self._streams.setdefault(recipient_id, []).append(stream)
        self._sweep[stream.slot].add(stream)
        self.ask(stream)
        if stopping.is_set():
            stream.end(Cause.SERVER_STOPPING)
        return stream

    def leave(self, stream: Stream) -> None:
        """Forget the stream."""
        self._sweep[stream.slot].discard(stream)
        self._asking.pop(stream, None)
        mine = self._streams[stream.recipient_id]
        mine.remove(stream)
        if not mine:
            del self._streams[stream.recipient_id]

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
            asyncio.create_task(self._reading(), name="notification reader"),
            asyncio.create_task(self._sweeping(), name="notification sweeper"),
            asyncio.create_task(self._ending(stopping), name="notification streams' end"),
        ]

    # -- who has to be read for ---------------------------------------------------------------------------------------

    def ask(self, stream: Stream) -> None:
        """Read for the stream, soon."""
        self._asking[stream] = None
        self._asked.set()

    def _next_batch(self) -> list[Stream]:
        """Those who asked first; a stream still busy with its last page asks again by itself."""
        first = list(islice(self._asking, BATCH))
        for stream in first:
            del self._asking[stream]
        if not self._asking:
            self._asked.clear()
        return [stream for stream in first if stream.wants_rows()]

    def _woken(self, recipients: set[int] | None) -> None:
        for recipient_id in self._watched(recipients):
            for stream in self._streams[recipient_id]:
                self.ask(stream)

    def _watched(self, recipients: set[int] | None) -> Iterable[int]:
        return list(self._streams) if recipients is None else [each for each in recipients if each in self._streams]

    # -- the three tasks ----------------------------------------------------------------------------------------------

    async def _reading(self) -> None:
        """Read for those who ask, in batches; whoever asks meanwhile is in the next one."""
        while True:
            await self._asked.wait()
            batch = self._next_batch()
            if not batch:
                continue
            try:
                found = await self._read([(stream.recipient_id, stream.after_seq) for stream in batch])
            except Exception as error:  # noqa: BLE001  (a database that is away must not end the streams of a process)
                _log.warning("inboxes not read", streams=len(batch), error=repr(error))
                await asyncio.sleep(_RETRY_SECONDS)
                self._woken({stream.recipient_id for stream in batch})
                continue
            for stream, (inbox, rows) in zip(batch, found, strict=True):
                stream.give(inbox, rows)

    async def _sweeping(self) -> None:
        """Visit every stream once in a period: read its inbox, beat when it is time, end it when its time is up."""
        loop = asyncio.get_running_loop()
        for slot in cycle(self._sweep):
            await asyncio.sleep(SWEEP_SECONDS / _SLOTS)
            now = loop.time()
            for stream in slot:
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
