"""What the plain-HTTP side serves: local files whose rows say that the one who asks may see them."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cnt_grpc.kit.db import Database, Row
from cnt_grpc.media.local import LocalStorage
from cnt_grpc.media.queries import objects
from cnt_grpc.media.storage import is_key
from cnt_grpc.media.urls import is_open, is_signed

_KEPT: Final = 2048
_SECONDS: Final = 1.0
"""How long an answer of the database is believed: players ask for many ranges of one file."""


@dataclass(frozen=True, slots=True)
class Servable:
    """A file to send."""

    path: Path
    content_type: str
    public: bool


class Shelf:
    """The local store as the HTTP side sees it."""

    def __init__(self, db: Database, storage: LocalStorage) -> None:
        self._db = db
        self._storage = storage
        self._known: OrderedDict[str, tuple[float, Row | None]] = OrderedDict()

    async def find(self, key: str, expires: str, signature: str) -> Servable | None:
        """The file, if it is public or the signature is ours and still good; None for everything else."""
        if not is_key(key):
            return None
        row = await self._row(key)
        if row is None:
            return None
        public = is_open(key, row["visibility"])
        if not public and not is_signed(key, expires, signature):
            return None
        return Servable(self._storage.path(key), row["content_type"], public)

    async def _row(self, key: str) -> Row | None:
        known = self._known.get(key)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        async with self._db.reading() as tx:
            row = await tx.one(objects.servable(), key=key)
        self._known[key] = (time.monotonic() + _SECONDS, row)
        self._known.move_to_end(key)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return row
