"""Removing files: the row first, because only the database knows whether anything still refers to it; then the bytes.

The transaction that removes the row notes the keys of the bytes, so that no crash leaves any that nobody knows of.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import asyncpg
import structlog

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import AppError
from cnt_grpc.media import probing, rules, sessions
from cnt_grpc.media.purposes import INCOMING
from cnt_grpc.media.queries import inspection, leavings, resumable, uploads, uses
from cnt_grpc.media.storage import Storage

GRACE: Final = timedelta(hours=24)
"""How long an upload may rest, and a file stay unused, before it is taken as abandoned."""
PROBING_LATE: Final = timedelta(minutes=15)
"""After this a file's examination is asked for again: its job may have used up its tries while the store was away."""

ERASING_LATE: Final = timedelta(minutes=10)
"""After this whoever was about to remove the bytes of a file has died, or the store was away."""

_BATCH: Final = 200

_log = structlog.get_logger("cnt.media.removal")


@dataclass(frozen=True, slots=True)
class Remover:
    """Removes files that nothing uses."""

    storage: Storage

    async def discard(self, db: Database, media_id: int) -> bool:
        """Remove a file unless something uses it; whether this did. What a crash leaves is removed by `sweep`."""
        now = clock.now()
        try:
            keys = await db.transact(lambda tx: self._forget(tx, media_id, now))
        except (asyncpg.ForeignKeyViolationError, AppError) as error:
            violation = error.__cause__ if isinstance(error, AppError) else error
            if not isinstance(violation, asyncpg.ForeignKeyViolationError):
                raise
            # A room refers to it and does not say so: a defect, which must cost nobody a file.
            _log.error("a file is referred to that nothing uses", media=media_id, by=violation.constraint_name)
            return False
        if keys is None:
            return False
        await self._erase(db, keys, now)
        return True

    async def sweep(self, db: Database) -> list[int]:
        """Remove whatever was left behind; ids of the files whose examination must be asked for again."""
        now = clock.now()
        await self.sweep_sessions(db, now - GRACE)
        await self._sweep_unused(db, now - GRACE)
        await self._sweep_leavings(db, now - ERASING_LATE)
        async with db.reading() as tx:
            alive = {row["ticket"] for row in await tx.all(resumable.tickets())}
        await self.storage.sweep(GRACE, keep=alive)
        await self._sweep_incoming(now - 2 * GRACE)
        return await self._sweep_probing(db, now - PROBING_LATE, now - GRACE)

    async def _forget(self, tx: Tx, media_id: int, now: datetime) -> list[str] | None:
        # Two statements: the second one sees what those did for whom the first one waited.
        await tx.one(uses.lock_object(), media=media_id)
        row = await tx.one(uses.remove_object(), media=media_id)
        if row is None:
            await tx.run(uses.keep(), media=media_id)
            return None
        await rules.refund(tx, row["owner_id"], row["charged"])
        keys = [key for key in (row["key"], row["source_key"], *(row["picture_keys"] or ())) if key]
        await tx.many(leavings.add_leaving(), [{"key": key, "now": now} for key in keys])
        return keys

    async def _erase(self, db: Database, keys: list[str], gone_at: datetime) -> None:
        """Remove the bytes, but for those that were put there since their row went: a key may be made a second time."""
        async with db.reading() as tx:
            kept = {row["key"] for row in await tx.all(inspection.kept_keys(), keys=keys)}
        found = [await self.storage.stat(key) for key in keys if key not in kept]
        await self.storage.delete(*(each.key for each in found if each is not None and each.modified_at <= gone_at))
        await db.transact(lambda tx: tx.run(leavings.forget_leavings(), keys=keys, gone_at=gone_at))

    async def _sweep_unused(self, db: Database, before: datetime) -> None:
        after = 0
        while True:
            async with db.reading() as tx:
                rows = await tx.all(uses.left_behind(_BATCH), before=before, after=after)
            for row in rows:
                await self.discard(db, row["id"])
            if len(rows) < _BATCH:
                return
            after = rows[-1]["id"]

    async def _sweep_leavings(self, db: Database, before: datetime) -> None:
        after = ""
        while True:
            async with db.reading() as tx:
                rows = await tx.all(leavings.leavings(_BATCH), before=before, after=after)
            for row in rows:
                await self._erase(db, [row["key"]], row["gone_at"])
            if len(rows) < _BATCH:
                return
            after = rows[-1]["key"]

    async def sweep_sessions(self, db: Database, before: datetime) -> None:
        """Give up uploads that nobody has gone on with since then."""
        while True:
            async with db.reading() as tx:
                rows = await tx.all(uploads.abandoned_sessions(_BATCH), before=before)
            ended = [await self._end_session(db, row["id"], before) for row in rows]
            if len(rows) < _BATCH or not any(ended):
                return

    async def _end_session(self, db: Database, session: str, before: datetime) -> bool:
        now = clock.now()

        async def claim(tx: Tx) -> Row | None:
            # Its owner may come back at this moment: of the two, one goes on.
            given = {"session": session, "before": before, "now": now, "stale": now - sessions.FINISHING}
            return await tx.one(uploads.claim_abandoned(), **given)

        row: Row | None = await db.transact(claim)
        if row is None:
            return False
        await sessions.forget_bytes(self.storage, row)

        async def forget(tx: Tx) -> None:
            ended = await tx.one(uploads.end_session(), session=session)
            if ended is not None:
                await rules.refund(tx, ended["owner_id"], ended["reserved"])

        await db.transact(forget)
        return True

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
