"""For operators: comparing rows with objects, filling the store from a folder, making thumbnails that are missing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.media import probing, sessions
from cnt_grpc.media.examine import UnreadableError
from cnt_grpc.media.probing import TRIES, Prober
from cnt_grpc.media.purposes import Limits
from cnt_grpc.media.queries import inspection as queries
from cnt_grpc.media.queries import objects
from cnt_grpc.media.storage import Storage

_BATCH: Final = 500
_AT_ONCE: Final = 16
"""Questions to the store at once."""
YOUNG: Final = timedelta(hours=24)
"""Objects younger than this may belong to an upload under way."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it should be."""

    key: str
    what: str
    """`no object`, `another size`, or `no row`."""
    media_id: int = 0
    variant: str = ""
    """Which picture of the file it is; "" for the file itself."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """Looks at everything, for nobody in particular. Its memory does not grow with what there is."""

    db: Database
    storage: Storage
    limits: Limits

    async def differences(self) -> AsyncIterator[Difference]:
        """Rows without an object, rows whose object has another size, and objects that nothing knows of."""
        async for each in self.damaged():
            yield each
        async for each in self.strays():
            yield each

    async def damaged(self, share: int = 0, shares: int = 1) -> AsyncIterator[Difference]:
        """Rows without an object, and rows whose object has another size, of one share of all files."""
        after = 0
        while True:
            async with self.db.reading() as tx:
                rows = await tx.all(queries.stored_files(_BATCH, shares), after=after, share=share)
                pictures = await tx.all(queries.stored_variants(), ids=[row["id"] for row in rows])
            named = [(Difference(row["key"], "", row["id"]), row["size"]) for row in rows]
            named += [(Difference(row["key"], "", row["media_id"], row["name"]), row["size"]) for row in pictures]
            for at in range(0, len(named), _AT_ONCE):
                for found in await asyncio.gather(*(self._compare(*each) for each in named[at : at + _AT_ONCE])):
                    if found is not None:
                        yield found
            if len(rows) < _BATCH:
                return
            after = rows[-1]["id"]

    async def strays(self) -> AsyncIterator[Difference]:
        """Objects that no row knows of, and that are too old to belong to an upload under way."""
        before = clock.now() - YOUNG
        batch: list[str] = []
        async for found in self.storage.objects():
            if found.modified_at < before:
                batch.append(found.key)
            if len(batch) == _BATCH:
                for key in await self.unknown(batch):
                    yield Difference(key, "no row")
                batch = []
        for key in await self.unknown(batch):
            yield Difference(key, "no row")

    async def unknown(self, keys: Sequence[str]) -> list[str]:
        """Those of these keys that nothing knows of at this moment."""
        if not keys:
            return []
        async with self.db.reading() as tx:
            known = {row["key"] for row in await tx.all(queries.known_keys(), keys=list(keys))}
            tails = {sessions.tail_key(row) for row in await tx.all(queries.sessions_under_way())}
            moving = tuple(row["source_key"].partition(".")[0] for row in await tx.all(queries.sources_on_the_move()))
        return [key for key in keys if key not in known and key not in tails and not key.startswith(moving)]

    async def _compare(self, found: Difference, size: int) -> Difference | None:
        stored = await self.storage.stat(found.key)
        if stored is not None and stored.size == size:
            return None
        return replace(found, what="no object" if stored is None else "another size")

    async def number_of_rows(self) -> int:
        """How many rows `differences` looks at."""
        async with self.db.reading() as tx:
            return int(await tx.value(queries.number()))

    async def without_thumbnail(self) -> list[int]:
        """Ids of the films that have none."""
        async with self.db.reading() as tx:
            return [row["id"] for row in await tx.all(queries.without_thumbnail())]

    async def make_thumbnail(self, media_id: int) -> str:
        """Make a film's thumbnail, here and now; what came of it, in a few words."""
        async with self.db.reading() as tx:
            row = await tx.one(objects.object_by_id(), media=media_id)
        if row is None:
            return "is gone"
        try:
            # The last of the tries: a film that breaks the examiner now is not tried again.
            result = await Prober(self.storage, self.limits).examine(row, thumbnail=True, attempt=TRIES)
        except UnreadableError as error:
            return f"none: {error}"

        async def write(tx: Tx) -> bool:
            return await probing.add_thumbnail(tx, media_id, result)

        return "made" if await self.db.transact(write) else "is there"
