"""Who does not hear whom in a chat: one log goes to all watchers, so that blocks are looked at when it is sent."""

import asyncio
import time
from collections import OrderedDict
from typing import Final

from cnt_grpc import auth
from cnt_grpc.kit import tasks
from cnt_grpc.kit.db import Database

_FRESH_SECONDS: Final = 2.0
"""A block silences within this time."""
_KEPT: Final = 10_000


class Blocks:
    """For each person who writes, with whom they are in a block: one statement serves all who watch."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: OrderedDict[int, tuple[float, asyncio.Future[frozenset[int]]]] = OrderedDict()

    async def between(self, writer_id: int, reader_id: int) -> bool:
        """Whether one of the two blocked the other."""
        if not writer_id or not reader_id or writer_id == reader_id:
            return False
        return reader_id in await self._of(writer_id)

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
