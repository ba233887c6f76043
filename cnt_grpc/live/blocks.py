"""Who does not hear whom in a chat: one log goes to all watchers, so that blocks are looked at when it is sent."""

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import structlog

from cnt_grpc import auth
from cnt_grpc.kit import tasks
from cnt_grpc.kit.db import Database

_FRESH_SECONDS: Final = 2.0
"""A block silences within this time, and a host's block ends a watch well within 5 s."""
_KEPT: Final = 10_000

_log = structlog.get_logger("cnt.live")


class Blocks:
    """For each person who writes, with whom they are in a block: one statement serves all who watch.

    Hosts of watched streams are looked at again and again, so that their blocks act where nobody writes, too.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._watchers: defaultdict[int, list[tuple[int, Callable[[], None]]]] = defaultdict(list)
        self._reading: asyncio.Task[None] | None = None
        self._known: OrderedDict[int, tuple[float, asyncio.Future[frozenset[int]]]] = OrderedDict()

    async def between(self, writer_id: int, reader_id: int) -> bool:
        """Whether one of the two blocked the other."""
        if not writer_id or not reader_id or writer_id == reader_id:
            return False
        return reader_id in await self._of(writer_id)

    @contextmanager
    def heeding(self, host_id: int, reader_id: int, shut_out: Callable[[], None]) -> Iterator[None]:
        """Call back when the host and the reader come into a block, again and again; 0 is nobody, whom none blocks."""
        if not reader_id or reader_id == host_id:
            yield
            return
        watcher = (reader_id, shut_out)
        self._watchers[host_id].append(watcher)
        if self._reading is None:
            self._reading = asyncio.create_task(self._read(), name="blocks of hosts")
        try:
            yield
        finally:
            self._watchers[host_id].remove(watcher)
            if not self._watchers[host_id]:
                del self._watchers[host_id]
            if not self._watchers:
                self._reading.cancel()
                self._reading = None

    async def _read(self) -> None:
        while True:
            await asyncio.sleep(_FRESH_SECONDS)
            try:
                async with self._db.reading() as tx:
                    found = await auth.blocks_of(tx, sorted(self._watchers))
            except Exception as error:  # noqa: BLE001  (a database that is away ends nobody's stream)
                _log.warning("blocks of hosts not read", error=repr(error))
                continue
            for host_id, shut_out in found.items():
                for reader_id, tell in self._watchers.get(host_id, ()):
                    if reader_id in shut_out:
                        self._known.pop(host_id, None)
                        tell()

    async def _of(self, writer_id: int) -> frozenset[int]:
        known = self._known.get(writer_id)
        if known is None or known[0] < time.monotonic() - _FRESH_SECONDS:
            known = (time.monotonic(), tasks.shared(self._load(writer_id)))
            self._known[writer_id] = known
            self._known.move_to_end(writer_id)
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        # Shielded: one watcher who leaves must not take the answer from the others.
        return await asyncio.shield(known[1])

    async def _load(self, writer_id: int) -> frozenset[int]:
        try:
            async with self._db.reading() as tx:
                return (await auth.blocks_of(tx, [writer_id])).get(writer_id, frozenset())
        except BaseException:
            self._known.pop(writer_id, None)
            raise
