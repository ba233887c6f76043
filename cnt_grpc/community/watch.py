"""What those who watch posts stand on: one reader a process for all of them, and whom each of them shall not meet."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final

import structlog

from cnt_grpc import auth
from cnt_grpc.community.queries import watching as queries
from cnt_grpc.community.rules.watching import TOPIC, Standing
from cnt_grpc.kit.db import Database, Row
from cnt_grpc.kit.events import Callback, EventBus
from cnt_grpc.kit.events.dispatcher import Dispatcher, Found
from cnt_grpc.kit.events.tail import PAGE, Head
from cnt_grpc.pb.cnt.community.v1.reason import Reason

GATHERED_SECONDS: Final = 0.1
"""How long wake-ups are gathered before anything is read: a post that everyone likes at once is read ten times a
second, however many they are."""
AVOIDED_SECONDS: Final = 2.0
"""How often blocks are read again: one acts on open streams well within 5 s."""

_log = structlog.get_logger("cnt.community")


class PostWatch:
    """All streams of one process that watch posts. It does nothing before the first; `close` ends it."""

    def __init__(self, db: Database, bus: EventBus) -> None:
        self.logs = Dispatcher(partial(read_after, db), partial(gathered, bus), Reason.WATCH_RESYNC)
        self.blocks = Blocks(db)

    async def close(self) -> None:
        """Stop reading."""
        await asyncio.gather(self.logs.close(), self.blocks.close())


class Blocks:
    """Whom the watchers of this process shall not meet: read for all of them together, again and again."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._watchers: defaultdict[int, list[Callable[[], None]]] = defaultdict(list)
        self._known: dict[int, frozenset[int]] = {}
        self._reading: asyncio.Task[None] | None = None

    def of(self, person_id: int) -> frozenset[int]:
        """Whom this watcher shall not meet."""
        return self._known.get(person_id, frozenset())

    @contextmanager
    def holding(self, person_id: int, known: frozenset[int], changed: Callable[[], None]) -> Iterator[None]:
        """Keep a watcher's blocks up to date, from what is `known` now, and call back when they change; 0 is nobody."""
        if not person_id:
            yield
            return
        self._watchers[person_id].append(changed)
        self._known[person_id] = known
        if self._reading is None:
            self._reading = asyncio.create_task(self._read(), name="blocks of watchers")
        try:
            yield
        finally:
            self._watchers[person_id].remove(changed)
            if not self._watchers[person_id]:
                del self._watchers[person_id], self._known[person_id]

    async def close(self) -> None:
        """Stop reading."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
            self._reading = None

    async def _read(self) -> None:
        while True:
            await asyncio.sleep(AVOIDED_SECONDS)
            people = sorted(self._watchers)
            if not people:
                continue
            try:
                async with self._db.reading() as tx:
                    found = await auth.blocks_of(tx, people)
            except Exception as error:  # noqa: BLE001  (a database that is away ends nobody's stream)
                _log.warning("blocks of watchers not read", error=repr(error))
                continue
            for person in people:
                now = found.get(person, frozenset())
                if person in self._known and self._known[person] != now:
                    self._known[person] = now
                    for changed in self._watchers[person]:
                        changed()


def gathered(bus: EventBus, callback: Callback) -> Callable[[], None]:
    """Call back with the posts that changed, a tenth of a second's together; gives the way to stop it."""
    loop = asyncio.get_running_loop()
    waiting: list[set[int] | None] = []
    timer: list[asyncio.TimerHandle] = []

    def tell() -> None:
        keys = None if None in waiting else set[int]().union(*(each for each in waiting if each is not None))
        waiting.clear()
        callback(keys)

    def hear(keys: set[int] | None) -> None:
        if not waiting:
            timer[:] = [loop.call_later(GATHERED_SECONDS, tell)]
        waiting.append(keys)

    unsubscribe = bus.subscribe(TOPIC, hear)

    def stop() -> None:
        unsubscribe()
        for each in timer:
            each.cancel()

    return stop


async def read_after(db: Database, pairs: Sequence[tuple[int, int]]) -> Sequence[Found[Standing]]:
    """For each post and number: how the post stands, and its first PAGE comments after the number; one statement."""
    async with db.reading() as tx:
        rows = await tx.all(
            queries.after(PAGE),
            post_ids=[post_id for post_id, _ in pairs],
            after_seqs=[seq for _, seq in pairs],
        )
    found: list[tuple[Head[Standing], list[Row]]] = []
    for row in rows:
        if row["pair"] > len(found):
            found.append((_head(row), []))
        if row["seq"] is not None:
            found[-1][1].append(row)
    return found


def _head(row: Row) -> Head[Standing]:
    if row["status"] is None:
        # Gone, or never there: whoever knows a number of it has no gap.
        return Head(Standing(), row["after_seq"])
    return Head(Standing.of(row), row["changes"])
