"""The bytes of one call of an upload in several goes, on their way into parts of the store."""

import contextlib
from dataclasses import dataclass

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row
from cnt_grpc.kit.errors import Invalid, NotFound, Precondition
from cnt_grpc.media import sessions
from cnt_grpc.media.declared_types import check_type
from cnt_grpc.media.queries import resumable
from cnt_grpc.media.sniff import HEAD
from cnt_grpc.media.storage import PART, Storage
from cnt_grpc.pb.cnt.media.v1.reason import Reason


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an upload stands."""

    row: Row
    received: int


@dataclass(slots=True)
class Arrival:
    """The bytes of one call, on their way into parts."""

    storage: Storage
    db: Database
    row: Row
    parts: int
    """Bytes in whole parts."""
    held: bytearray
    """Bytes that are no whole part yet; fewer than `PART`."""

    @classmethod
    async def after(cls, storage: Storage, db: Database, standing: Standing) -> "Arrival":
        """Go on from there; raises Precondition when less of it is there than its row says."""
        row, held = standing.row, bytearray()
        tail = standing.received % PART if standing.received < row["size"] else 0
        made = cls(storage, db, row, standing.received - tail, held)
        if tail:
            # Another call may have taken the tail up, or put one of its own in its place, before it told the row.
            with contextlib.suppress(FileNotFoundError):
                async for piece in storage.read(sessions.tail_key(row), 0, tail):
                    held += piece
        if len(held) < tail:
            await made._tell_tail()
            raise Precondition(Reason.UPLOAD_OFFSET_WRONG, f"go on from byte {made.received}", received=made.received)
        return made

    @property
    def received(self) -> int:
        return self.parts + len(self.held)

    async def take(self, block: bytes) -> None:
        if self.received + len(block) > self.row["size"]:
            raise Invalid(Reason.UPLOAD_DIFFERS, f"more bytes came than the {self.row['size']} declared")
        self.held += block
        # What is of another type is refused before gigabytes of it have come.
        if self.parts == 0 and len(self.held) >= min(HEAD, self.row["size"]):
            check_type(bytes(self.held[:HEAD]), self.row)
        while len(self.held) >= PART:
            await self._put(PART)

    async def keep(self) -> None:
        """Store what is left: as the last part, or as the tail from which the next call goes on."""
        storage = self.storage
        if self.held and self.received == self.row["size"]:
            await self._put(len(self.held))
        key = sessions.tail_key(self.row)
        if self.held:
            async with storage.create(key, "application/octet-stream") as writer:
                await writer.write(bytes(self.held))
                await writer.commit()
        await self._tell_tail()
        if not self.held and self.row["tail_at"] is not None:
            await storage.delete(key)

    async def _tell_tail(self) -> None:
        tail = {"tail_at": self.parts if self.held else None, "tail_size": len(self.held) or None}
        await self.db.transact(lambda tx: tx.run(resumable.set_tail(), session=self.row["id"], now=clock.now(), **tail))

    async def _put(self, size: int) -> None:
        number = self.parts // PART + 1
        try:
            await self.storage.put_part(sessions.draft_of(self.row), number, bytes(self.held[:size]))
        except FileNotFoundError:
            raise NotFound(Reason.UPLOAD_NOT_FOUND) from None
        del self.held[:size]
        self.parts += size
        await self.db.transact(lambda tx: tx.run(resumable.touch(), session=self.row["id"], now=clock.now()))
