"""Removing files: from the store first and from the table last, so that no crash leaves bytes that nobody knows of."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.media import probing, rules, sessions
from cnt_grpc.media.purposes import INCOMING
from cnt_grpc.media.queries import uploads, uses
from cnt_grpc.media.storage import Storage

GRACE: Final = timedelta(hours=24)
"""How long an upload may rest, and a file stay unused, before it is taken as abandoned."""
PROBING_LATE: Final = timedelta(minutes=15)
"""After this a file's examination is asked for again: its job may have used up its tries while the store was away."""

_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Remover:
    """Removes files that nothing uses."""

    storage: Storage

    async def discard(self, db: Database, media_id: int) -> bool:
        """Remove a file unless something uses it; whether it is gone. May be repeated after a crash anywhere."""
        keys = await db.transact(lambda tx: self._mark(tx, media_id))
        if keys is None:
            return False
        await self.storage.delete(*keys)

        async def forget(tx: Tx) -> None:
            row = await tx.one(uses.remove_object(), media=media_id)
            if row is not None:
                await rules.refund(tx, row["owner_id"], row["charged"])

        await db.transact(forget)
        return True

    async def sweep(self, db: Database) -> list[int]:
        """Remove whatever was left behind; ids of the files whose examination must be asked for again."""
        now = clock.now()
        await self.sweep_sessions(db, now - GRACE)
        while True:
            async with db.reading() as tx:
                rows = await tx.all(uses.left_behind(_BATCH), before=now - GRACE)
            for row in rows:
                await self.discard(db, row["id"])
            if len(rows) < _BATCH:
                break
        await self.storage.sweep(GRACE)
        await self._sweep_incoming(now - 2 * GRACE)
        return await self._sweep_probing(db, now - PROBING_LATE, now - GRACE)

    async def _mark(self, tx: Tx, media_id: int) -> list[str] | None:
        # Two statements: the second one sees what those did for whom the first one waited.
        await tx.one(uses.lock_object(), media=media_id)
        row = await tx.one(uses.mark_leaving(), media=media_id)
        if row is None:
            await tx.run(uses.keep(), media=media_id)
            return None
        return [key for key in (row["key"], row["source_key"], *(row["variant_keys"] or ())) if key]

    async def sweep_sessions(self, db: Database, before: datetime) -> None:
        """Give up uploads that nobody has gone on with since then."""
        while True:
            async with db.reading() as tx:
                rows = await tx.all(uploads.abandoned_sessions(_BATCH), before=before)
            for row in rows:
                await sessions.forget_bytes(self.storage, row)

                async def forget(tx: Tx, session: str = row["id"]) -> None:
                    ended = await tx.one(uploads.end_session(), session=session)
                    if ended is not None:
                        await rules.refund(tx, ended["owner_id"], ended["reserved"])

                await db.transact(forget)
            if len(rows) < _BATCH:
                return

    async def _sweep_incoming(self, before: datetime) -> None:
        """What was sent of pictures that have long been drawn anew; their sessions and rows know it no longer."""
        async for stored in self.storage.objects(f"{INCOMING}/"):
            if stored.modified_at < before:
                await self.storage.delete(stored.key)

    async def _sweep_probing(self, db: Database, late: datetime, hopeless: datetime) -> list[int]:
        async with db.reading() as tx:
            rows = await tx.all(uses.still_probing(_BATCH), before=late)
        for row in rows:
            if row["created_at"] < hopeless:

                async def fail(tx: Tx, media_id: int = row["id"]) -> list[str]:
                    return await probing.set_failed(tx, media_id, "it could not be examined in time")

                await self.storage.delete(*await db.transact(fail))
        return [row["id"] for row in rows if row["created_at"] >= hopeless]
