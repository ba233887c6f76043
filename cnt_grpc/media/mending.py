"""Bringing rows and objects together again: what nobody knows of goes, what can be made again is made again.

Each hour compares a share of the rows with the store, so that each is looked at once a week; each night looks at all
objects. When very much differs, it is not the files that are wrong but the settings (another bucket, another
database): then nothing is touched, and the log says so.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import structlog

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.media import examine, rules, variants
from cnt_grpc.media.examine import BrokenExaminerError, Facts, UnreadableError
from cnt_grpc.media.inspection import Difference, Inspection
from cnt_grpc.media.purposes import Limits
from cnt_grpc.media.queries import inspection as queries
from cnt_grpc.media.queries import objects
from cnt_grpc.media.removal import Remover
from cnt_grpc.media.sniff import TYPES, Kind
from cnt_grpc.media.storage import Storage

SHARES: Final = 7 * 24
"""Parts of all rows, one of which is looked at in an hour."""
LOST: Final = "its bytes are lost"

_FEW: Final = 50
"""Differences that are mended however little there is."""
_PERCENT: Final = 5
"""Of all there is: more differences than this are a mistake of those who run the system."""
_NIGHT: Final = 3
"""The hour (UTC) in which all objects are looked at."""

_log = structlog.get_logger("cnt.media.mending")


class TooMuchError(Exception):
    """So much differs that mending would be destroying."""


@dataclass(frozen=True, slots=True)
class Mender:
    """Mends what differs between rows and objects."""

    storage: Storage
    limits: Limits

    async def mend_share(self, db: Database) -> int:
        """What the clock asks for: this hour's share of the rows, and at night all objects; how much was mended."""
        now = clock.now()
        inspection = Inspection(db, self.storage, self.limits)
        share = now.weekday() * 24 + now.hour
        found = [each async for each in inspection.damaged(share, SHARES)]
        total = await inspection.number_of_rows()
        _refuse_much(found, total // SHARES)
        if now.hour == _NIGHT:
            strays = [each async for each in inspection.strays()]
            _refuse_much(strays, total)
            found += strays
        return await self.mend(db, found)

    async def mend_all(self, db: Database) -> list[Difference]:
        """Everything at once, for operators; what was mended."""
        inspection = Inspection(db, self.storage, self.limits)
        found = [each async for each in inspection.differences()]
        _refuse_much(found, await inspection.number_of_rows())
        await self.mend(db, found)
        return found

    async def mend(self, db: Database, found: list[Difference]) -> int:
        """Mend these differences, each of which is looked at again before; how many there still were."""
        mended = 0
        inspection = Inspection(db, self.storage, self.limits)
        for each in found:
            if each.what == "no row":
                # An upload or a move may have begun since it was found.
                if not await inspection.unknown([each.key]):
                    continue
                await self.storage.delete(each.key)
            elif not await self._mend_row(db, each):
                continue
            mended += 1
            _log.warning("mended", what=each.what, key=each.key)
        return mended

    async def _mend_row(self, db: Database, found: Difference) -> bool:
        async with db.reading() as tx:
            row = await tx.one(objects.object_by_id(), media=found.media_id)
        if row is None or row["state"] != "ready":
            return False
        if found.variant:
            return await self._draw_again(db, found)
        if row["key"] != found.key or await self.storage.stat(found.key) is not None:
            if found.what == "another size":
                _log.error("an object has another size than its row says; objects never change", key=found.key)
            return False
        if await Remover(self.storage).discard(db, found.media_id):
            return True

        async def write(tx: Tx) -> None:
            lost = await tx.one(queries.set_lost(), media=found.media_id, failure=LOST)
            if lost is not None:
                await rules.refund(tx, lost["owner_id"], lost["refund"])

        await db.transact(write)
        _log.error("the bytes of a file that is in use are lost", media=found.media_id, key=found.key)
        return True

    async def _draw_again(self, db: Database, found: Difference) -> bool:
        """Make the pictures of a file again; where they cannot be made, the file goes without."""
        async with db.reading() as tx:
            row = await tx.one(objects.object_by_id(), media=found.media_id)
        if row is None:
            return False
        kind = Kind(row["kind"])
        stored: tuple[variants.StoredPicture, ...] = ()
        with TemporaryDirectory(prefix="cnt-mending-") as folder:
            try:
                facts = await self._look(row["key"], row["content_type"], kind, Path(folder))
                stored = await variants.store(self.storage, kind, row["key"], facts, found.key.rpartition("/")[0])
            except (UnreadableError, BrokenExaminerError, FileNotFoundError):
                _log.warning("a picture cannot be made again", key=found.key)

        async def write(tx: Tx) -> None:
            if await tx.value(queries.set_pictures(), media=row["id"], key=variants.thumbnail_key(stored)) is None:
                return
            await tx.run(queries.remove_variant(), media=row["id"], name=found.variant)
            await variants.add(tx, row["id"], stored)

        await db.transact(write)
        return True

    async def _look(self, key: str, content_type: str, kind: Kind, folder: Path) -> Facts:
        file_type = next(each for each in TYPES if each.content_type == content_type)
        path, scratch = folder / f"file.{file_type.extension}", folder / "made"
        scratch.mkdir()
        await self.storage.fetch(key, path)
        if kind is Kind.IMAGE:
            return await examine.picture(path, file_type, scratch, pixels=self.limits.pixels)
        if kind is Kind.DOCUMENT:
            return await examine.document(path, scratch)
        return await examine.film(path, file_type, kind, scratch, thumbnail=True)


def _refuse_much(found: list[Difference], of: int) -> None:
    if len(found) > max(_FEW, of * _PERCENT // 100):
        _log.error("nothing was mended: is this the right store, the right database?", differences=len(found), rows=of)
        raise TooMuchError(f"{len(found)} differences, {of} rows")
